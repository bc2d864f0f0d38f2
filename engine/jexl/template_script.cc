// One pass that follows quotes and comments as the lexer does.
#include "engine/jexl/template_script.h"

#include <utility>

namespace tripgate::jexl {
namespace {

class ScriptWriter {
 public:
  explicit ScriptWriter(Template::Dialect dialect)
      : sees_quotes_(dialect == Template::Dialect::pipeline) {}

  void add_text(std::string_view text) {
    for (const char c : text) add(c);
  }

  void add_block(const std::string& word) {
    const bool is_quoted = sees_quotes_ && place_ == Place::quotes;
    script_.is_quoted.push_back(is_quoted);
    before_ = '\0';
    if (!is_quoted) {
      script_.text += word;
      return;
    }
    // A backslash in front of a block stands for itself (pipelines.md 6.1).
    if (is_escaped_) script_.text += '\\';
    is_escaped_ = false;
    script_.text += quote_;
    script_.text += '+' + word + '+';
    script_.text += quote_;
    is_joined_ = true;
  }

  [[nodiscard]] TemplateScript take() { return std::move(script_); }

 private:
  enum class Place { code, quotes, backquotes, line_comment, comment };

  void add(char c) {
    const char before = std::exchange(before_, c);
    if (place_ == Place::code && (c == '"' || c == '\'')) {
      place_ = Place::quotes;
      quote_ = c;
      is_joined_ = false;
      opened_at_ = script_.text.size();
      script_.text += c;
      return;
    }
    script_.text += c;
    switch (place_) {
      case Place::code:
        read_code(before, c);
        break;
      case Place::quotes:
      case Place::backquotes:
        read_quoted(c);
        break;
      case Place::line_comment:
        if (c == '\n' || c == '\r') place_ = Place::code;
        break;
      case Place::comment:
        if (before == '*' && c == '/') leave_comment();
        break;
    }
  }

  void read_code(char before, char c) {
    if (c == '`') place_ = Place::backquotes;
    if ((before == '/' && c == '/') || (before == '#' && c == '#')) place_ = Place::line_comment;
    // `/*/` does not end the comment that it begins.
    if (before == '/' && c == '*') {
      place_ = Place::comment;
      before_ = '\0';
    }
  }

  void leave_comment() {
    place_ = Place::code;
    before_ = '\0';
  }

  void read_quoted(char c) {
    if (is_escaped_ || c == '\\') {
      is_escaped_ = !is_escaped_;
    } else if (place_ == Place::quotes && c == quote_) {
      close_quotes();
    } else if (place_ == Place::backquotes && c == '`') {
      place_ = Place::code;
    }
  }

  void close_quotes() {
    place_ = Place::code;
    if (!is_joined_) return;
    script_.text.insert(opened_at_, 1, '(');
    script_.text += ')';
  }

  bool sees_quotes_;
  Place place_ = Place::code;
  char quote_ = '"';
  char before_ = '\0';
  bool is_escaped_ = false;  // A backslash ended the text so far.
  bool is_joined_ = false;   // The open quotes hold a block.
  std::size_t opened_at_ = 0;
  TemplateScript script_;
};

}  // namespace

TemplateScript write_script(std::span<const Template::Piece> pieces, Template::Dialect dialect,
                            const std::function<std::string(std::size_t)>& word) {
  ScriptWriter writer(dialect);
  std::size_t number = 0;
  for (const Template::Piece& piece : pieces) {
    if (piece.block == nullptr) {
      writer.add_text(piece.text);
    } else {
      writer.add_block(word(number++));
    }
  }
  return writer.take();
}

}  // namespace tripgate::jexl
