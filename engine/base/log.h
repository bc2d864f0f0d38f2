// The engine's log: one line an entry on standard error, where systemd or a terminal takes it.
#pragma once

#include <string_view>

namespace tripgate {

/// Something an operator may want to know: start, stop, recovery.
void log_info(std::string_view text);

/// Something went wrong and was dealt with.
void log_warning(std::string_view text);

/// Something went wrong that an operator has to deal with.
void log_error(std::string_view text);

}  // namespace tripgate
