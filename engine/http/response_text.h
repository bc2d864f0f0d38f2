// Responses as bytes of HTTP/1.1.
#pragma once

#include <string>
#include <string_view>

#include "engine/http/message.h"

namespace tripgate::http {

/// Everything before a body that is sent as it is. Names and values of headers are the handlers'
/// own: none has a line break.
[[nodiscard]] std::string head_with_length(const Response& response, bool is_kept);

/// Everything before a body of unknown length; the connection ends with it.
[[nodiscard]] std::string head_of_chunks(const Response& response);

/// A piece of such a body. Without bytes it is the last one.
[[nodiscard]] std::string chunk(std::string_view bytes);

}  // namespace tripgate::http
