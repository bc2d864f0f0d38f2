// How a complaint about a person's text is printed.
#include "engine/base/diagnostic.h"

#include <algorithm>
#include <optional>

namespace tripgate {
namespace {

// Bytes shown before and behind the caret: both fit a terminal of 120 columns.
constexpr std::size_t kShownBefore = 60;
constexpr std::size_t kShownBehind = 50;

bool continues_character(char c) {
  return (static_cast<unsigned char>(c) & 0xc0U) == 0x80;
}

std::optional<std::string_view> line_at(std::string_view source, std::uint32_t number) {
  for (; number > 1; --number) {
    const std::size_t end = source.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    source.remove_prefix(end + 1);
  }
  source = source.substr(0, source.find('\n'));
  return source.ends_with('\r') ? source.substr(0, source.size() - 1) : source;
}

std::string printable(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if ((static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f) c = '?';
  }
  return out;
}

}  // namespace

std::string Diagnostic::to_string() const {
  std::string text = file;
  if (line != 0) {
    if (!text.empty()) text += ':';
    text += std::to_string(line);
    if (column != 0) text += ':' + std::to_string(column);
  }
  if (!text.empty()) text += ": ";
  return text + message;
}

std::string caret_lines(std::string_view source, const Diagnostic& complaint) {
  if (complaint.line == 0 || complaint.column == 0) return {};
  const std::optional<std::string_view> found = line_at(source, complaint.line);
  const std::size_t at = complaint.column - 1;
  if (!found || at > found->size()) return {};
  const std::string_view line = *found;
  std::size_t begin = at > kShownBefore ? at - kShownBefore : 0;
  while (begin < at && begin > 0 && continues_character(line[begin])) ++begin;
  std::size_t end = std::min(line.size(), at + kShownBehind);
  while (end < line.size() && continues_character(line[end])) ++end;
  std::string out = printable(line.substr(begin, end - begin)) + '\n';
  // One blank per character; tabs stay, so that the caret stands below its place.
  for (const char c : line.substr(begin, at - begin)) {
    if (!continues_character(c)) out += c == '\t' ? '\t' : ' ';
  }
  return out + "^\n";
}

}  // namespace tripgate
