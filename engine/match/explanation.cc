// The same judgement as Conditions::find_mismatch, with everything that was seen on the way.
#include "engine/match/explanation.h"

#include <algorithm>

#include "engine/jexl/lexer.h"
#include "engine/jexl/text.h"
#include "engine/match/conditions.h"

namespace tripgate {
namespace {

/// Cuts at a character's border.
std::string shown(std::string_view text) {
  if (text.size() <= kShownMaxBytes) return std::string(text);
  std::size_t end = kShownMaxBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return std::string(text.substr(0, end)) + "...";
}

void put_result(const Result<bool, jexl::EvalError>& holds, const jexl::Template& text,
                bool is_script, ExplainedCondition& explained) {
  if (holds) {
    explained.outcome = *holds ? ConditionOutcome::holds : ConditionOutcome::fails;
    return;
  }
  explained.outcome = ConditionOutcome::error;
  const jexl::EvalError error = holds.error();
  // A text that does not parse says where; an evaluation that failed may know it too.
  const std::optional<Diagnostic> problem = text.problem(is_script);
  if (error.kind == jexl::ErrorKind::parse && problem) {
    explained.error = problem;
  } else if (error.offset != jexl::EvalError::kNoOffset) {
    explained.error = jexl::complain_at(text.source(), error.offset, error.message);
  } else {
    explained.error = Diagnostic(error.message);
  }
}

}  // namespace

std::string ConditionPlace::to_string() const {
  if (list == ConditionList::jexl) return "jexlCondition";
  const char* const name =
      list == ConditionList::payload ? "payloadConditions[" : "headerConditions[";
  return name + std::to_string(index) + "]";
}

std::string_view to_string(ConditionOutcome outcome) {
  switch (outcome) {
    case ConditionOutcome::holds:
      return "holds";
    case ConditionOutcome::fails:
      return "fails";
    case ConditionOutcome::error:
      return "error";
    case ConditionOutcome::ignored:
      break;
  }
  return "ignored";
}

const ExplainedCondition* Explanation::first_failing() const {
  const auto found = std::ranges::find_if(conditions, [](const ExplainedCondition& condition) {
    return condition.outcome == ConditionOutcome::fails ||
           condition.outcome == ConditionOutcome::error;
  });
  return found == conditions.end() ? nullptr : &*found;
}

ExplainedCondition Conditions::explain(const Comparison& comparison, ConditionPlace place,
                                       const JudgedEvent& event) {
  ExplainedCondition explained;
  explained.place = place;
  explained.source = comparison.text.key;
  explained.operation = comparison.text.op;
  explained.expected = comparison.text.value;
  if (comparison.is_ignored) {
    explained.outcome = ConditionOutcome::ignored;
    return explained;
  }
  put_result(judge(comparison, place.list, event, &explained.found), *comparison.key, false,
             explained);
  if (explained.found) explained.found = shown(*explained.found);
  return explained;
}

ExplainedCondition Conditions::explain_script(const jexl::Context& variables) const {
  ExplainedCondition explained;
  explained.place = {ConditionList::jexl, 0};
  explained.source = script_text_;
  const jexl::Outcome outcome = script_->evaluate(variables);
  put_result(judge_script(outcome), *script_, true, explained);
  if (outcome) explained.found = shown(jexl::Template::value_text(*outcome));
  // One budget for all blocks: there may be thousands.
  jexl::Meter meter{jexl::Budget{}};
  for (const jexl::Template::Piece& piece : script_->pieces()) {
    if (piece.block == nullptr) continue;
    const jexl::Outcome value = script_->resolve(*piece.block, variables, meter);
    explained.blocks.push_back({piece.text, value ? shown(jexl::Template::value_text(*value))
                                                  : "error: " + value.error().message});
  }
  return explained;
}

Explanation Conditions::explain(const JudgedEvent& event) const {
  Explanation explanation;
  for (const ConditionList list : {ConditionList::payload, ConditionList::header}) {
    const Comparisons& comparisons = list == ConditionList::header ? header_ : payload_;
    for (std::uint32_t index = 0; index < comparisons.size(); ++index) {
      explanation.conditions.push_back(explain(*comparisons[index], {list, index}, event));
    }
  }
  if (script_) explanation.conditions.push_back(explain_script(event.variables()));
  return explanation;
}

}  // namespace tripgate
