// Compiling and judging. What goes wrong inside one condition is that condition's result, so it
// never reaches a trigger's siblings.
#include "engine/match/conditions.h"

#include <algorithm>

#include "engine/jexl/operators.h"
#include "engine/jexl/text.h"

namespace tripgate {
namespace {

using jexl::EvalError;
using jexl::Template;

/// Keys that are names of git filters rather than texts (triggers.md 8.4).
bool is_file_filter(std::string_view key) {
  return jexl::text::to_lower(key) == "changedfiles";
}
bool is_branch_filter(std::string_view key) {
  return key == "sourceBranch" || key == "targetBranch";
}

}  // namespace

std::vector<Conditions::Comparison> Conditions::compile(
    const std::vector<plan::ConditionText>& conditions, ConditionList list) {
  std::vector<Comparison> compiled;
  for (const plan::ConditionText& text : conditions) {
    const bool is_header = list == ConditionList::header;
    Comparison comparison = {
        .index = static_cast<std::uint32_t>(compiled.size()),
        .text = text,
        // Only here and in the JEXL condition are names of headers lower-cased (triggers.md 8.6).
        .key = Template::parse(is_header ? jexl::lower_header_names(text.key) : text.key,
                               Template::Dialect::condition),
        .check = std::nullopt,
        .is_ignored = !is_header && is_file_filter(text.key),
        .is_git_only = !is_header && is_branch_filter(text.key)};
    if (const auto operation = find_condition_operator(text.op)) {
      comparison.check.emplace(*operation, text.value);
    }
    compiled.push_back(std::move(comparison));
  }
  return compiled;
}

Conditions::Conditions(const plan::TriggerDocument& trigger)
    : payload_(compile(trigger.payload_conditions, ConditionList::payload)),
      header_(compile(trigger.header_conditions, ConditionList::header)),
      script_text_(trigger.jexl_condition) {
  if (jexl::text::is_blank(script_text_)) return;
  script_ = Template::parse(jexl::lower_header_names(script_text_), Template::Dialect::condition);
}

Result<bool, EvalError> Conditions::judge(const Comparison& comparison, ConditionList list,
                                          const JudgedEvent& event,
                                          std::optional<std::string>* found) {
  if (comparison.is_ignored) return true;
  if (comparison.is_git_only) {
    return jexl::other_error("the key " + comparison.text.key + " exists for git events only");
  }
  if (!comparison.check) {
    return jexl::other_error("Operator [" + comparison.text.op +
                             "] is not supported. Please user valid one");
  }
  const auto rendered = event.render(comparison.key, list == ConditionList::header);
  if (!rendered) return rendered.error();
  if (found != nullptr) *found = *rendered;
  jexl::Meter meter{jexl::Budget{}};
  const auto holds = comparison.check->matches(*rendered, meter);
  if (holds) return holds;
  EvalError error = holds.error();
  error.offset = EvalError::kNoOffset;  // It counts in the value, not in the key.
  return error;
}

Result<bool, EvalError> Conditions::judge_script(const jexl::Outcome& outcome) {
  if (!outcome) return outcome.error();
  if (outcome->is(jexl::Kind::boolean)) return outcome->as_bool();
  return jexl::other_error(outcome->is_null() ? "the result is null, a boolean was expected"
                                              : "the result is no boolean: only true matches");
}

std::optional<Mismatch> Conditions::find_mismatch(const JudgedEvent& event) const {
  for (const ConditionList list : {ConditionList::payload, ConditionList::header}) {
    for (const Comparison& comparison : list == ConditionList::header ? header_ : payload_) {
      const auto holds = judge(comparison, list, event, nullptr);
      if (!holds || !*holds) return Mismatch{{list, comparison.index}, !holds};
    }
  }
  if (!script_) return std::nullopt;
  const auto holds = judge_script(script_->evaluate(event.variables()));
  if (holds && *holds) return std::nullopt;
  return Mismatch{{ConditionList::jexl, 0}, !holds};
}

}  // namespace tripgate
