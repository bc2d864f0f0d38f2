// Printing is separate from asking, so that a test can look at it.
#include "engine/cli/output.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <ctime>

#include "engine/base/json_writer.h"

namespace tripgate::cli {
namespace {

/// Characters of UTF-8, which is what a terminal's columns count but for wide ones.
std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

std::string printable(std::string text) {
  std::replace_if(
      text.begin(), text.end(),
      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, '?');
  return text;
}

std::string scalar_json(const JsonView& value) {
  if (!value) return "null";
  if (const auto text = value.string()) {
    std::string quoted;
    append_json_string(quoted, *text);
    return quoted;
  }
  return value.text();
}

void append_indent(std::string& out, std::size_t depth) {
  out.append(2 * depth, ' ');
}

void append_pretty(std::string& out, const JsonView& value, std::size_t depth) {
  if (!value.is_object() && !value.is_array()) {
    out += scalar_json(value);
    return;
  }
  const char* separator = "\n";
  out += value.is_object() ? '{' : '[';
  const auto begin_entry = [&] {
    out += separator;
    separator = ",\n";
    append_indent(out, depth + 1);
  };
  for (const auto& [name, member] : value.members()) {
    begin_entry();
    append_json_string(out, name);
    out += ": ";
    append_pretty(out, member, depth + 1);
  }
  for (const JsonView element : value.elements()) {
    begin_entry();
    append_pretty(out, element, depth + 1);
  }
  if (*separator == ',') {
    out += '\n';
    append_indent(out, depth);
  }
  out += value.is_object() ? '}' : ']';
}

bool is_empty(const JsonView& value) {
  return value.is_object() ? value.members().empty() : value.elements().empty();
}

/// Words that YAML 1.1 or 1.2 reads as something else than text.
bool is_yaml_word(std::string_view text) {
  constexpr std::array<std::string_view, 9> kWords = {"true", "false", "null", "yes", "no",
                                                      "on",   "off",   "y",    "n"};
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
  return std::ranges::find(kWords, lower) != kWords.end();
}

/// True for what needs no quotes wherever it stands: identifiers, paths, versions.
bool is_plain(std::string_view text) {
  const auto is_letter = [](char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; };
  if (text.empty() || !(is_letter(text.front()) || text.front() == '_')) return false;
  return !is_yaml_word(text) && std::ranges::all_of(text, [&](char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.' || c == '/';
  });
}

/// True for lines that a block scalar shows as they are. YAML takes more than ASCII's line feed for
/// a line break, so whatever is not ASCII is left to quotes.
bool is_block(std::string_view text) {
  if (text.find('\n') == std::string_view::npos || text.front() == ' ' || text.front() == '\n') {
    return false;
  }
  return std::ranges::all_of(text, [](char c) { return c == '\n' || (c >= 0x20 && c < 0x7F); });
}

void append_block(std::string& out, std::string_view text, std::size_t depth) {
  const bool ends_line = text.ends_with('\n');
  out += !ends_line ? " |-\n" : text.ends_with("\n\n") ? " |+\n" : " |\n";
  if (ends_line) text.remove_suffix(1);
  for (std::size_t at = 0; at <= text.size();) {
    const std::string_view line = text.substr(at, text.find('\n', at) - at);
    if (!line.empty()) append_indent(out, depth);
    out.append(line) += '\n';
    at += line.size() + 1;
  }
}

void append_yaml_key(std::string& out, std::string_view name) {
  is_plain(name) ? void(out.append(name)) : append_json_string(out, name);
  out += ':';
}

void append_yaml_scalar(std::string& out, const JsonView& value, std::size_t depth) {
  const std::optional<std::string_view> text = value.string();
  if (text && is_block(*text)) return append_block(out, *text, depth);
  // A JSON string is a double-quoted YAML scalar.
  out.append(1, ' ').append(text && is_plain(*text) ? std::string(*text) : scalar_json(value));
  out += '\n';
}

/// Writes what follows "key:" or "-", up to and with the end of the line.
void append_yaml(std::string& out, const JsonView& value, std::size_t depth) {
  if (!value.is_object() && !value.is_array()) return append_yaml_scalar(out, value, depth);
  if (is_empty(value)) {
    out += value.is_object() ? " {}\n" : " []\n";
    return;
  }
  out += '\n';
  for (const auto& [name, member] : value.members()) {
    append_indent(out, depth);
    append_yaml_key(out, name);
    append_yaml(out, member, depth + 1);
  }
  for (const JsonView element : value.elements()) {
    append_indent(out, depth);
    out += '-';
    const std::size_t start = out.size();
    append_yaml(out, element, depth + 1);
    // The first member stands beside its dash: of "\n" and the indentation one blank stays.
    if (out[start] == '\n') out.erase(start, 2 * (depth + 1));
  }
}

}  // namespace

void Table::print(std::ostream& out) const {
  std::vector<std::size_t> widths;
  for (const auto& row : rows_) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width(row[i]));
  }
  for (const auto& row : rows_) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += printable(row[i]);
      line.append(widths[i] - width(row[i]) + 2, ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out << line << '\n';
  }
}

std::string to_pretty_json(const JsonView& value) {
  std::string out;
  append_pretty(out, value, 0);
  return out + '\n';
}

std::string to_yaml(const JsonView& value) {
  std::string out;
  append_yaml(out, value, 0);
  return out.substr(1);
}

std::string time_text(const JsonView& time_ms) {
  const std::optional<std::int64_t> milliseconds = time_ms.integer();
  if (!milliseconds) return "-";
  const std::time_t seconds = static_cast<std::time_t>(*milliseconds / 1000);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  char text[32];
  return std::string(text, std::strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &parts));
}

}  // namespace tripgate::cli
