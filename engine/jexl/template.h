// Texts with `<+...>` blocks: where the blocks are, what they are worth, and what the text becomes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/jexl/expression.h"
#include "engine/jexl/expression_pool.h"
#include "engine/jexl/outcome.h"

namespace tripgate::jexl {

/// A parsed text with blocks. Immutable; one may be used by several threads.
///
/// What a block yields is a value, never source: text that itself contains `<+` stays text.
/// Sources: jexl.md section 12 (conditions), pipelines.md 6.1 to 6.6 (pipelines).
class Template {
 public:
  /// condition: as the reference evaluates trigger conditions, its `datetime.` quirk included.
  /// pipeline: every block once; a nested block that touches a name is spliced into that name.
  enum class Dialect : std::uint8_t { condition, pipeline };

  struct Block;
  /// A run of literal text, or an outermost block.
  struct Piece {
    std::size_t offset = 0;              // In the whole source, in bytes.
    std::string text;                    // As written; of a block with its `<+` and `>`.
    std::shared_ptr<const Block> block;  // nullptr: literal text.
  };

  /// Never fails: a broken expression is a failure of its block, see problem(). An unclosed `<+` is
  /// literal text.
  [[nodiscard]] static Template parse(std::string_view source, Dialect dialect = Dialect::pipeline);
  /// The same, with the expressions that other texts of the pool have too.
  [[nodiscard]] static Template parse(std::string_view source, Dialect dialect,
                                      ExpressionPool& pool);

  [[nodiscard]] const std::string& source() const { return source_; }
  /// Literal text and outermost blocks, in order; together they are the whole source.
  [[nodiscard]] std::span<const Piece> pieces() const { return pieces_; }
  [[nodiscard]] bool has_blocks() const;
  /// Too many or too long blocks: nothing was compiled, and problem() says so.
  [[nodiscard]] bool is_too_large() const { return has_too_many_blocks_; }

  /// The first complaint about the expressions, with the line and column of the source; about the
  /// text between the blocks only if it is meant to be evaluated as a whole.
  [[nodiscard]] std::optional<Diagnostic> problem(bool is_evaluated) const;

  /// The whole text as one script in which every outermost block is a typed variable. Blank text is
  /// null; a text that is one block gives the block's value. Offsets of errors count in the source.
  [[nodiscard]] Outcome evaluate(const Context& context, const Budget& budget = {}) const;
  [[nodiscard]] Outcome evaluate(const Context& context, Meter& meter) const;

  /// Each outermost block replaced by the text of its value: null is `null`, containers are compact
  /// JSON. Errors: of nested blocks, and limit.
  [[nodiscard]] Coerced<std::string> render(const Context& context,
                                            const Budget& budget = {}) const;

  /// The value of one outermost block of this template.
  [[nodiscard]] Outcome resolve(const Block& block, const Context& context, Meter& meter) const;

  /// The text that a block's value is rendered to.
  [[nodiscard]] static std::string value_text(const Value& value);

 private:
  friend class TemplateScanner;
  Template() = default;
  /// The variable that stands for a block in the script.
  [[nodiscard]] static std::string block_name(std::size_t number);
  /// Where a place in the script stands in the source; of a block its beginning.
  [[nodiscard]] std::uint32_t source_offset(std::uint32_t script_offset) const;
  [[nodiscard]] Outcome evaluate_spliced(const std::vector<Value>& values, const Context& context,
                                         Meter& meter) const;

  std::string source_;
  std::vector<Piece> pieces_;
  std::optional<Expression> script_;        // Absent if it does not parse.
  std::optional<Diagnostic> script_error_;  // Why.
  std::vector<std::size_t> spliced_;        // Numbers of blocks that become part of a name.
  bool is_blank_ = false;
  bool has_too_many_blocks_ = false;  // Nothing was compiled, nothing can be evaluated.
  Dialect dialect_ = Dialect::pipeline;
};

/// `<+...>` with what it holds.
struct Template::Block {
  std::size_t offset = 0;  // Of its `<+`, in the whole source.
  std::string content;     // Without the delimiters; `\>` is `>` where no block is nested.
  /// Blocks inside, and the text around them; nullptr if there are none.
  std::unique_ptr<Template> nested;
  std::optional<Expression> expression;  // Of a block without blocks inside, if it parses.
  std::optional<Expression> prefixed;    // Its `datetime.` form, where that may have a value.
  std::optional<Diagnostic> error;
};

/// Writes the names of `<+trigger.header['Name']>` and `["Name"]` in lower case and single quotes,
/// in exactly that form (triggers.md 8.6). Lengths and offsets stay.
[[nodiscard]] std::string lower_header_names(std::string_view text);

}  // namespace tripgate::jexl
