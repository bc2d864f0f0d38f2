// Percent-decoding as HTML forms do it (a plus is a blank), and the search for one parameter.
#include "shared/query_text.h"

namespace tripgate {
namespace {

int hex_value(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// Reads one decoded character at `at` and moves behind it.
char take_decoded(std::string_view text, std::size_t& at) noexcept {
  const char c = text[at++];
  if (c == '+') return ' ';
  if (c != '%' || text.size() - at < 2) return c;
  const int high = hex_value(text[at]);
  const int low = hex_value(text[at + 1]);
  if (high < 0 || low < 0) return c;
  at += 2;
  return static_cast<char>(high << 4 | low);
}

bool equals_decoded(std::string_view encoded, std::string_view plain) noexcept {
  std::size_t at = 0;
  for (const char c : plain) {
    if (at >= encoded.size() || take_decoded(encoded, at) != c) return false;
  }
  return at == encoded.size();
}

}  // namespace

std::optional<std::string_view> find_query_parameter(std::string_view query,
                                                     std::string_view name) noexcept {
  std::size_t at = 0;
  while (at < query.size()) {
    std::size_t end = query.find('&', at);
    if (end == std::string_view::npos) end = query.size();
    const std::string_view pair(query.data() + at, end - at);
    const std::size_t equals = pair.find('=');
    const bool has_value = equals != std::string_view::npos;
    const std::string_view key(pair.data(), has_value ? equals : pair.size());
    if (equals_decoded(key, name)) {
      if (!has_value) return std::string_view(pair.data() + pair.size(), 0);
      return std::string_view(pair.data() + equals + 1, pair.size() - equals - 1);
    }
    at = end + 1;
  }
  return std::nullopt;
}

std::optional<std::string_view> decode_query_text(std::string_view text,
                                                  std::span<char> out) noexcept {
  std::size_t size = 0;
  for (std::size_t at = 0; at < text.size();) {
    if (size == out.size()) return std::nullopt;
    out[size++] = take_decoded(text, at);
  }
  return std::string_view(out.data(), size);
}

}  // namespace tripgate
