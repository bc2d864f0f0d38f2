// URLs as people write them, made fit for a request line.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tripgate {

/// Percent-encodes every byte that no URL may hold (blanks, quotes, control bytes, non-ASCII, a
/// stray `%`), unless the text holds `%XX` somewhere: then somebody has encoded it already and it
/// stays as it is. Source: pipelines.md 2.3.
[[nodiscard]] std::string encode_url(std::string_view url);

/// Whether the text begins with http:// or https://, in any case.
[[nodiscard]] bool is_http_url(std::string_view url);

/// Scheme, host and port in one text, equal for URLs of one origin; nothing if it is no URL.
[[nodiscard]] std::optional<std::string> origin_of(const std::string& url);

}  // namespace tripgate
