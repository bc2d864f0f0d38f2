// Printing is separate from asking, so that a test can look at it.
#include "engine/cli/output.h"

#include <algorithm>
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

/// Writes what follows "key:" or "-", up to and with the end of the line.
void append_yaml(std::string& out, const JsonView& value, std::size_t depth) {
  if (!value.is_object() && !value.is_array()) {
    // A JSON string is a double-quoted YAML scalar.
    out += ' ' + scalar_json(value) + '\n';
    return;
  }
  if (is_empty(value)) {
    out += value.is_object() ? " {}\n" : " []\n";
    return;
  }
  out += '\n';
  for (const auto& [name, member] : value.members()) {
    append_indent(out, depth);
    append_json_string(out, name);
    out += ':';
    append_yaml(out, member, depth + 1);
  }
  for (const JsonView element : value.elements()) {
    append_indent(out, depth);
    out += '-';
    append_yaml(out, element, depth + 1);
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
