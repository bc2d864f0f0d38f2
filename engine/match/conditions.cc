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

std::shared_ptr<const Template> ConditionPool::key_template(const std::string& key,
                                                            ConditionList list) {
  // Only here and in the JEXL condition are names of headers lower-cased (triggers.md 8.6).
  const std::string source = list == ConditionList::header ? jexl::lower_header_names(key) : key;
  return keys_.get(source, [&] {
    return std::make_shared<const Template>(
        Template::parse(source, Template::Dialect::condition, expressions_));
  });
}

std::shared_ptr<const ConditionPool::Comparison> ConditionPool::comparison(
    const plan::ConditionText& text, ConditionList list) {
  const bool is_payload = list == ConditionList::payload;
  // Sizes keep apart texts that run into each other.
  std::string identity = is_payload ? "p" : "h";
  for (const std::string* part : {&text.key, &text.op, &text.value}) {
    identity += std::to_string(part->size()) + ':' + *part;
  }
  return comparisons_.get(identity, [&] {
    auto made = std::make_shared<Comparison>();
    made->key = key_template(text.key, list);
    made->is_ignored = is_payload && is_file_filter(text.key);
    made->is_git_only = is_payload && is_branch_filter(text.key);
    if (const auto operation = find_condition_operator(text.op)) {
      made->check.emplace(*operation, text.value);
    }
    made->text = text;
    return made;
  });
}

Conditions::Comparisons Conditions::compile(const std::vector<plan::ConditionText>& conditions,
                                            ConditionList list, ConditionPool& pool) {
  Comparisons compiled;
  compiled.reserve(conditions.size());
  for (const plan::ConditionText& text : conditions)
    compiled.push_back(pool.comparison(text, list));
  return compiled;
}

Conditions::Conditions(const plan::TriggerDocument& trigger, ConditionPool& pool)
    : payload_(compile(trigger.payload_conditions, ConditionList::payload, pool)),
      header_(compile(trigger.header_conditions, ConditionList::header, pool)),
      script_text_(trigger.jexl_condition) {
  if (jexl::text::is_blank(script_text_)) return;
  script_ = Template::parse(jexl::lower_header_names(script_text_), Template::Dialect::condition,
                            pool.expressions_);
}

Conditions::Conditions(const plan::TriggerDocument& trigger) {
  ConditionPool own;
  *this = Conditions(trigger, own);
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
  auto holds = comparison.check->matches(*rendered, meter);
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
    const Comparisons& comparisons = list == ConditionList::header ? header_ : payload_;
    for (std::uint32_t index = 0; index < comparisons.size(); ++index) {
      const auto holds = judge(*comparisons[index], list, event, nullptr);
      if (!holds || !*holds) return Mismatch{{list, index}, !holds};
    }
  }
  if (!script_) return std::nullopt;
  const auto holds = judge_script(script_->evaluate(event.variables()));
  if (holds && *holds) return std::nullopt;
  return Mismatch{{ConditionList::jexl, 0}, !holds};
}

}  // namespace tripgate
