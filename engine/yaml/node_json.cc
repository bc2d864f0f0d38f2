// The style of a scalar decides: a quoted "3" stays a string.
#include "engine/yaml/node_json.h"

#include "engine/base/json_writer.h"
#include "engine/yaml/mapping_reader.h"

namespace tripgate::yaml {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::size_t take_digits(std::string_view& text) {
  std::size_t count = 0;
  while (count < text.size() && is_digit(text[count])) ++count;
  text.remove_prefix(count);
  return count;
}

// The grammar of RFC 8259, section 6; YAML's other spellings are strings to JSON.
bool is_json_number(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const bool starts_with_zero = text.starts_with('0');
  const std::size_t whole = take_digits(text);
  if (whole == 0 || (starts_with_zero && whole > 1)) return false;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    if (take_digits(text) == 0) return false;
  }
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
    if (take_digits(text) == 0) return false;
  }
  return text.empty();
}

void write_scalar(JsonWriter& out, const Node& node) {
  if (node.is_null()) {
    out.null();
  } else if (node.style != ScalarStyle::plain) {
    out.string(node.text);
  } else if (const std::optional<bool> flag = parse_flag(node.text)) {
    out.boolean(*flag);
  } else if (is_json_number(node.text)) {
    out.raw(node.text);
  } else {
    out.string(node.text);
  }
}

// Recursion is bounded by the depth that the parser allows.
void write(JsonWriter& out, const Node& node) {
  if (node.is_scalar()) return write_scalar(out, node);
  if (node.is_sequence()) {
    out.begin_array();
    for (const Node& item : node.items) write(out, item);
    out.end_array();
    return;
  }
  out.begin_object();
  for (const Entry& entry : node.entries) {
    out.key(entry.key.text);
    write(out, entry.value);
  }
  out.end_object();
}

}  // namespace

std::string json_text(const Node& node) {
  JsonWriter out;
  write(out, node);
  return out.take();
}

}  // namespace tripgate::yaml
