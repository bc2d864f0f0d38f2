// The URL of a trigger and the curl command that calls it (triggers.md 7.7).
#pragma once

#include <string>
#include <string_view>

#include "engine/http/api.h"

namespace tripgate::http {

/// base: such as "https://host"; a `#` at its end is dropped. Empty without a base.
[[nodiscard]] std::string webhook_url(const EntityView& trigger, std::string_view base);

/// One line, ready to paste. Empty without a base.
[[nodiscard]] std::string webhook_curl_command(const EntityView& trigger, std::string_view base);

}  // namespace tripgate::http
