// The language evaluates the text as a whole; the blocks are then resolved once more to be shown.
// That is cheap, has no side effects, and keeps the evaluator free of bookkeeping.
#include "engine/expressions/run_condition.h"

#include <algorithm>

#include "engine/expressions/aliases.h"
#include "engine/expressions/expression_failure.h"
#include "engine/jexl/template.h"
#include "engine/jexl/text.h"

namespace tripgate {
namespace {

using jexl::Template;

/// The first bytes of a text, without a torn character at the end.
std::string cut(std::string text, std::size_t size_max) {
  if (text.size() <= size_max) return text;
  std::size_t end = size_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  text.resize(end);
  return text;
}

class BlockLister {
 public:
  explicit BlockLister(const jexl::Context& context) : context_(context), meter_(jexl::Budget{}) {}

  /// Adds the innermost blocks of a text, from left to right.
  void list(const Template& text) {
    for (const Template::Piece& piece : text.pieces()) {
      if (piece.block == nullptr) continue;
      if (piece.block->nested != nullptr) {
        list(*piece.block->nested);
      } else {
        add(text, *piece.block);
      }
    }
  }

  [[nodiscard]] std::vector<ConditionExpression> take() { return std::move(found_); }

 private:
  void add(const Template& text, const Template::Block& block) {
    const std::string name(jexl::text::trim(block.content));
    if (name.find("currentStatus") != std::string::npos) return;
    const auto known = std::ranges::find(found_, name, &ConditionExpression::expression);
    if (known != found_.end()) {
      ++known->count;
      return;
    }
    const jexl::Outcome value = text.resolve(block, context_, meter_);
    if (!value || value->is_null()) return;
    found_.push_back({name, cut(Template::value_text(*value), kConditionValueMax), 1});
  }

  const jexl::Context& context_;
  jexl::Meter meter_;
  std::vector<ConditionExpression> found_;
};

Result<bool, Diagnostic> judge(const Template& condition, const jexl::Context& context) {
  const jexl::Outcome value = condition.evaluate(context);
  if (!value) return expression_failure(condition.source(), value.error());
  if (value->is(jexl::Kind::boolean)) return value->as_bool();
  return Diagnostic("The condition is not worth true or false: " + condition.source());
}

}  // namespace

RunConditionOutcome evaluate_run_condition(std::string_view text, const jexl::Context& context) {
  const AliasContext with_aliases(context);
  const Template condition = Template::parse(text);
  BlockLister blocks(with_aliases);
  blocks.list(condition);
  return {judge(condition, with_aliases), blocks.take()};
}

}  // namespace tripgate
