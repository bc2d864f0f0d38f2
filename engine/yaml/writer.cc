// Block style throughout: outside of brackets almost every plain text may stay plain. What may not
// is quoted, and what has lines becomes a literal block where that loses nothing.
#include "engine/yaml/writer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

namespace tripgate::yaml {
namespace {

/// Longer keys need the form with a question mark; libyaml gives up at 1024 characters.
constexpr std::size_t kSimpleKeyMaxBytes = 1000;

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

/// Whether a text holds what only double quotes can express: control characters and what the reader
/// takes for a line break or refuses.
bool needs_escapes(std::string_view text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7f) return true;
  }
  // U+0080 to U+009F; LS and PS; the byte order mark; U+FFFE and U+FFFF.
  for (std::size_t at = text.find('\xc2'); at < text.size(); at = text.find('\xc2', at + 1)) {
    if (at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) < 0xa0) return true;
  }
  return has(text, "\xe2\x80\xa8") || has(text, "\xe2\x80\xa9") || has(text, "\xef\xbb\xbf") ||
         has(text, "\xef\xbf\xbe") || has(text, "\xef\xbf\xbf");
}

/// Whether a text at the start of a line would begin or end a document.
bool is_marker(std::string_view text) {
  const bool begins_alike = text.starts_with("---") || text.starts_with("...");
  return begins_alike && (text.size() == 3 || text[3] == ' ');
}

bool may_be_plain(std::string_view text) {
  constexpr std::string_view kIndicators = "-?:,[]{}#&*!|>'\"%@`";
  if (text.front() == ' ' || text.back() == ' ' || text.back() == ':') return false;
  if (is_marker(text) || text == "<<") return false;
  if (has(text, "\n") || has(text, "\t") || needs_escapes(text)) return false;
  if (has(text, ": ") || has(text, " #")) return false;
  if (kIndicators.find(text.front()) == std::string_view::npos) return true;
  const bool is_only_a_start = text.size() > 1 && text[1] != ' ' && text.front() == '-';
  return is_only_a_start;
}

/// The code point that begins a text, and its length in bytes. The text is UTF-8.
std::pair<unsigned, std::size_t> first_code_point(std::string_view text) {
  const auto byte = [text](std::size_t at) {
    return at < text.size() ? static_cast<unsigned char>(text[at]) : 0u;
  };
  const unsigned lead = byte(0);
  if (lead < 0xc0) return {lead, 1};
  if (lead < 0xe0) return {(lead & 0x1f) << 6 | (byte(1) & 0x3f), 2};
  if (lead < 0xf0) return {(lead & 0x0f) << 12 | (byte(1) & 0x3f) << 6 | (byte(2) & 0x3f), 3};
  return {0x10000, 4};  // Above the basic plane nothing needs an escape.
}

bool is_escaped(unsigned code) {
  return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x2028 || code == 0x2029 ||
         code == 0xfeff || code == 0xfffe || code == 0xffff;
}

void append_hex(std::string& out, unsigned code) {
  std::array<char, 8> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), code, 16).ptr;
  const std::string_view text(digits.data(), static_cast<std::size_t>(end - digits.data()));
  out.append("\\u").append(4 - text.size(), '0').append(text);
}

void append_double_quoted(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    const auto [code, size] = first_code_point(text);
    if (code == '"' || code == '\\') {
      out.append("\\").append(text.substr(0, 1));
    } else if (code == '\n') {
      out += "\\n";
    } else if (code == '\t') {
      out += "\\t";
    } else if (is_escaped(code)) {
      append_hex(out, code);
    } else {
      out += text.substr(0, size);
    }
    text.remove_prefix(std::min(size, text.size()));
  }
  out += '"';
}

void append_single_quoted(std::string& out, std::string_view text) {
  out += '\'';
  for (const char c : text) out.append(c == '\'' ? 2 : 1, c);
  out += '\'';
}

void append_on_one_line(std::string& out, const Node& scalar) {
  const std::string& text = scalar.text;
  if (scalar.style == ScalarStyle::plain && (text.empty() || may_be_plain(text))) {
    out += text;
  } else if (scalar.style == ScalarStyle::single_quoted && !has(text, "\n") &&
             !needs_escapes(text)) {
    append_single_quoted(out, text);
  } else {
    append_double_quoted(out, text);
  }
}

/// A literal block keeps all but what needs escapes; its indentation is that of its first line.
bool may_be_literal(const Node& scalar) {
  const std::string_view text = scalar.text;
  const bool is_block = scalar.style == ScalarStyle::literal ||
                        scalar.style == ScalarStyle::folded || has(text, "\n");
  return is_block && !text.empty() && !needs_escapes(text) &&
         std::string_view("\n\t ").find(text.front()) == std::string_view::npos;
}

void append_literal(std::string& out, std::string_view text, std::size_t indent) {
  const bool ends_line = text.ends_with('\n');
  out += !ends_line ? "|-" : text.ends_with("\n\n") ? "|+" : "|";
  if (ends_line) text.remove_suffix(1);
  while (true) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    out += '\n';
    if (!line.empty()) out.append(indent, ' ').append(line);
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

class Writer {
 public:
  /// Writes a value behind what introduced it (a key's colon, an item's dash, nothing). is_inline:
  /// the first member of a mapping may stand on this very line.
  void value(const Node& node, std::size_t indent, bool is_inline) {
    if (node.is_scalar()) return scalar(node, indent);
    const bool is_empty = node.entries.empty() && node.items.empty();
    if (is_empty) {
      separate();
      out_ += node.is_mapping() ? "{}\n" : "[]\n";
      return;
    }
    if (!is_inline) end_line();
    bool is_first = is_inline;
    for (const Entry& entry : node.entries) {
      begin_member(is_first, indent);
      member(entry, indent);
    }
    for (const Node& item : node.items) {
      begin_member(is_first, indent);
      out_ += '-';
      value(item, indent + 2, item.is_mapping());
    }
  }

  std::string take() { return std::move(out_); }

 private:
  void scalar(const Node& node, std::size_t indent) {
    if (may_be_literal(node)) {
      separate();
      append_literal(out_, node.text, std::max<std::size_t>(indent, 1));
    } else if (!(node.text.empty() && node.style == ScalarStyle::plain)) {
      separate();
      append_on_one_line(out_, node);
    }
    out_ += '\n';
  }

  void member(const Entry& entry, std::size_t indent) {
    Node key = entry.key;
    if (key.style == ScalarStyle::literal || key.style == ScalarStyle::folded) {
      key.style = ScalarStyle::double_quoted;
    }
    if (key.text.empty()) key.style = ScalarStyle::double_quoted;
    std::string text;
    append_on_one_line(text, key);
    if (text.size() > kSimpleKeyMaxBytes) {
      out_.append("? ").append(text).append("\n").append(indent, ' ').append(":");
    } else {
      out_.append(text).append(":");
    }
    value(entry.value, indent + 2, false);
  }

  /// The first member of an inline mapping follows its dash, the others begin a line.
  void begin_member(bool& is_first, std::size_t indent) {
    if (is_first) {
      separate();
    } else {
      out_.append(indent, ' ');
    }
    is_first = false;
  }

  /// A blank behind a colon or a dash.
  void separate() {
    if (!out_.empty() && out_.back() != '\n') out_ += ' ';
  }

  void end_line() {
    if (!out_.empty() && out_.back() != '\n') out_ += '\n';
  }

  std::string out_;
};

}  // namespace

std::string write_document(const Node& root) {
  Writer writer;
  writer.value(root, 0, false);
  return writer.take();
}

}  // namespace tripgate::yaml
