// Looking things up in a request: names in any case, values decoded.
#include "engine/http/message.h"

#include <algorithm>
#include <charconv>

#include "shared/query_text.h"

namespace tripgate::http {
namespace {

char to_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool equal_in_any_case(std::string_view left, std::string_view right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](char a, char b) { return to_lower(a) == to_lower(b); });
}

/// The first parameter of a name.
std::optional<std::string> decode_parameter(std::string_view query, std::string_view name) {
  const std::optional<std::string_view> raw = find_query_parameter(query, name);
  if (!raw) return std::nullopt;
  std::string decoded(raw->size(), '\0');
  const std::optional<std::string_view> text = decode_query_text(*raw, decoded);
  decoded.resize(text ? text->size() : 0);
  return decoded;
}

}  // namespace

std::string_view method_name(Method method) {
  switch (method) {
    case Method::get:
      return "GET";
    case Method::post:
      return "POST";
    case Method::put:
      return "PUT";
    case Method::erase:
      return "DELETE";
    case Method::head:
      return "HEAD";
    case Method::other:
      break;
  }
  return "?";
}

std::optional<std::string> Request::header(std::string_view name) const {
  std::optional<std::string> joined;
  for (const auto& [key, value] : headers) {
    if (!equal_in_any_case(key, name)) continue;
    if (joined) {
      *joined += ',' + value;
    } else {
      joined = value;
    }
  }
  return joined;
}

std::optional<std::string> Request::parameter(std::string_view name) const {
  return decode_parameter(query, name);
}

std::vector<std::string> Request::parameters(std::string_view name) const {
  std::vector<std::string> found;
  std::string_view rest = query;
  while (!rest.empty()) {
    const std::size_t end = rest.find('&');
    if (auto value = decode_parameter(rest.substr(0, end), name))
      found.push_back(*std::move(value));
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  return found;
}

std::string Request::parameter_or_empty(std::string_view name) const {
  return parameter(name).value_or("");
}

std::string decode_path(std::string_view path) {
  std::string decoded;
  decoded.reserve(path.size());
  for (std::size_t i = 0; i < path.size(); ++i) {
    unsigned char byte = 0;
    if (path[i] == '%' && i + 2 < path.size()) {
      const char* const digits = path.data() + i + 1;
      if (std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2) {
        decoded += static_cast<char>(byte);
        i += 2;
        continue;
      }
    }
    decoded += path[i];
  }
  return decoded;
}

}  // namespace tripgate::http
