// Finding blocks: one pass with a stack pairs every `<+` with its `>`, so that a megabyte of
// opening marks is as cheap as any other text. Then each block is compiled, from the outside in.
#include <algorithm>

#include "engine/jexl/jexl_limits.h"
#include "engine/jexl/lexer.h"
#include "engine/jexl/template.h"
#include "engine/jexl/template_script.h"
#include "engine/jexl/text.h"

namespace tripgate::jexl {
namespace {

constexpr std::size_t kUnclosed = std::string_view::npos;

// For every `<+` the position of its closing `>`.
struct Mark {
  std::size_t open = 0;
  std::size_t close = kUnclosed;
};

std::vector<Mark> find_marks(std::string_view text) {
  std::vector<Mark> marks;
  std::vector<std::size_t> open;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '<' && at + 1 < text.size() && text[at + 1] == '+') {
      open.push_back(marks.size());
      marks.push_back({at++, kUnclosed});
    } else if (text[at] == '\\' && at + 1 < text.size() && text[at + 1] == '>' && !open.empty()) {
      ++at;
    } else if (text[at] == '>' && !open.empty()) {
      marks[open.back()].close = at;
      open.pop_back();
    }
  }
  return marks;
}

// Bytes inside the outermost blocks, all of which are compiled.
std::size_t size_of_blocks(const std::vector<Mark>& marks) {
  std::size_t size = 0;
  std::size_t end = 0;
  for (const Mark& mark : marks) {
    if (mark.close == kUnclosed || mark.open < end) continue;
    size += mark.close - mark.open;
    end = mark.close;
  }
  return size;
}

std::string drop_escapes(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\\' && at + 1 < text.size() && text[at + 1] == '>') ++at;
    out += text[at];
  }
  return out;
}

bool is_name_end(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '$';
}

// Whether the script begins with something that has a value although `datetime` is undefined: a
// bare path as the condition of `? :` or `?:`, or an assignment to a dotted name.
bool may_survive_prefix(const Ast& ast) {
  const Node* node = ast.script.root;
  if (node->type == NodeType::block && !node->children.empty()) node = node->children[0];
  while (true) {
    switch (node->type) {
      case NodeType::ternary:
      case NodeType::elvis:
        if (node->children[0]->is_protected) return true;
        node = node->children[0];
        break;
      case NodeType::assign:
        return true;
      case NodeType::logic_and:
      case NodeType::logic_or:
      case NodeType::chain:
      case NodeType::compare:
      case NodeType::range:
        node = node->children[0];
        break;
      case NodeType::path:
        return std::ranges::any_of(node->children, [](const Node* step) {
          return step->type == NodeType::size_step || step->type == NodeType::empty_step;
        });
      default:
        return false;
    }
  }
}

}  // namespace

/// Builds a template from a part of a text whose marks are known.
class TemplateScanner {
 public:
  TemplateScanner(std::string_view text, Template::Dialect dialect, ExpressionPool& pool)
      : text_(text),
        dialect_(dialect),
        pool_(pool),
        marks_(find_marks(text)),
        is_too_large_(marks_.size() > kMaxBlocks || size_of_blocks(marks_) > kMaxSourceSize) {}

  Template scan(std::size_t begin, std::size_t end, int depth) {
    Template out;
    out.dialect_ = dialect_;
    out.source_ = text_.substr(begin, end - begin);
    out.is_blank_ = text::trim(out.source_).empty();
    if (is_too_large_) return refuse(std::move(out));
    std::size_t literal = begin;
    const auto add_literal = [&](std::size_t until) {
      if (until == literal) return;
      // Inside a block the escape stands for a plain '>'.
      const std::string_view raw = text_.substr(literal, until - literal);
      out.pieces_.push_back({literal, depth == 0 ? std::string(raw) : drop_escapes(raw), nullptr});
    };
    for (const Mark* mark = next_mark(begin, end); mark != nullptr;
         mark = next_mark(mark->close + 1, end)) {
      add_literal(mark->open);
      out.pieces_.push_back({mark->open,
                             std::string(text_.substr(mark->open, mark->close + 1 - mark->open)),
                             make_block(*mark, depth)});
      literal = mark->close + 1;
    }
    add_literal(end);
    compile_script(out, begin, depth);
    return out;
  }

 private:
  static Template refuse(Template out) {
    out.has_too_many_blocks_ = true;
    out.script_error_ = Diagnostic(1, 1, "the text has too many or too long <+...> blocks");
    out.pieces_.push_back({0, out.source_, nullptr});
    return out;
  }

  // The next closed mark that opens in [begin, end); marks are in order of their opening.
  const Mark* next_mark(std::size_t begin, std::size_t end) const {
    auto mark = std::ranges::lower_bound(marks_, begin, {}, &Mark::open);
    while (mark != marks_.end() && mark->open < end && mark->close == kUnclosed) ++mark;
    return mark != marks_.end() && mark->open < end ? &*mark : nullptr;
  }

  std::shared_ptr<const Template::Block> make_block(const Mark& mark, int depth) {
    auto block = std::make_shared<Template::Block>();
    const std::size_t begin = mark.open + 2;
    block->offset = mark.open;
    block->content = text_.substr(begin, mark.close - begin);
    if (next_mark(begin, mark.close) != nullptr) {
      if (depth >= kMaxWrapperDepth) {
        block->error = complain_at(text_, mark.open, "blocks are nested too deeply");
        return block;
      }
      block->nested = std::make_unique<Template>(scan(begin, mark.close, depth + 1));
      return block;
    }
    block->content = drop_escapes(block->content);
    if (!text::trim(block->content).empty()) compile_block(*block, begin);
    return block;
  }

  void compile_block(Template::Block& block, std::size_t begin) const {
    auto expression = pool_.parse(block.content);
    if (expression) {
      block.expression = std::move(*expression);
    } else {
      block.error = located(expression.error(), begin, block.content);
    }
    if (dialect_ != Template::Dialect::condition) return;
    auto prefixed = pool_.parse("datetime." + block.content);
    if (prefixed && may_survive_prefix(prefixed->ast())) block.prefixed = std::move(*prefixed);
  }

  // A complaint about a part becomes one about the whole text.
  Diagnostic located(const Diagnostic& inner, std::size_t begin, std::string_view part) const {
    std::size_t offset = 0;
    for (std::uint32_t line = 1; line < inner.line; ++line) offset = part.find('\n', offset) + 1;
    return complain_at(text_, begin + offset + (inner.column > 0 ? inner.column - 1 : 0),
                       inner.message);
  }

  void compile_script(Template& out, std::size_t begin, int depth) const {
    std::vector<std::string> names;
    const TemplateScript script = write_script(out.pieces_, dialect_, [&names](std::size_t number) {
      names.push_back(Template::block_name(number));
      return names.back();
    });
    std::size_t number = 0;
    for (std::size_t i = 0; i < out.pieces_.size(); ++i) {
      if (out.pieces_[i].block == nullptr) continue;
      const bool is_part = depth > 0 && !script.is_quoted[number] && touches_name(out, i);
      if (is_part) out.spliced_.push_back(number);
      ++number;
    }
    if (!out.spliced_.empty() || text::trim(script.text).empty()) return;
    auto expression = pool_.parse(script.text, names);
    if (expression) {
      out.script_ = std::move(*expression);
    } else {
      out.script_error_ = script_complaint(out, begin, expression.error());
    }
  }

  // The place in the script, less what the generated names are longer than the blocks.
  Diagnostic script_complaint(const Template& out, std::size_t begin,
                              const Diagnostic& inner) const {
    if (inner.line != 1) return complain_at(text_, begin, inner.message);
    std::size_t at = inner.column > 0 ? inner.column - 1 : 0;
    std::size_t number = 0;
    for (const Template::Piece& piece : out.pieces_) {
      const std::size_t size =
          piece.block == nullptr ? piece.text.size() : Template::block_name(number++).size();
      if (at < size) {
        return complain_at(text_, piece.offset + (piece.block == nullptr ? at : 0), inner.message);
      }
      at -= size;
    }
    return complain_at(text_, begin + out.source_.size(), inner.message);
  }

  bool touches_name(const Template& out, std::size_t index) const {
    if (dialect_ != Template::Dialect::pipeline) return false;
    const auto literal = [&out](std::size_t i) -> std::string_view {
      return out.pieces_[i].block == nullptr ? out.pieces_[i].text : std::string_view();
    };
    const std::string_view before = index > 0 ? literal(index - 1) : std::string_view();
    const std::string_view after = index + 1 < out.pieces_.size() ? literal(index + 1) : "";
    const bool joins_before =
        !before.empty() && (is_name_end(before.back()) || before.back() == '.');
    return joins_before || (!after.empty() && is_name_end(after.front()));
  }

  std::string_view text_;
  Template::Dialect dialect_;
  ExpressionPool& pool_;
  std::vector<Mark> marks_;
  bool is_too_large_;
};

Template Template::parse(std::string_view source, Dialect dialect) {
  ExpressionPool own;
  return parse(source, dialect, own);
}

Template Template::parse(std::string_view source, Dialect dialect, ExpressionPool& pool) {
  return TemplateScanner(source, dialect, pool).scan(0, source.size(), 0);
}

std::string Template::block_name(std::size_t number) {
  return "__block_" + std::to_string(number);
}

}  // namespace tripgate::jexl
