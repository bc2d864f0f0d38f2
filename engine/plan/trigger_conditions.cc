// A trigger that cannot be judged must not be saved, so reading compiles what judging will use.
#include "engine/plan/trigger_conditions.h"

#include <algorithm>

#include "engine/jexl/lexer.h"
#include "engine/jexl/template.h"
#include "engine/jexl/text.h"
#include "engine/match/condition_operators.h"
#include "engine/yaml/mapping_reader.h"

namespace tripgate::plan {
namespace {

using jexl::Template;

std::size_t offset_of(std::string_view text, const Diagnostic& problem) {
  std::size_t start = 0;
  for (std::uint32_t line = 1; line < problem.line; ++line) start = text.find('\n', start) + 1;
  return start + problem.column - 1;
}

/// At the place in the document, with the line of the expression and a caret.
void complain(const yaml::Node& node, const Diagnostic& problem, yaml::Findings& findings) {
  const yaml::Position at =
      problem.line == 0 ? node.position : node.position_at(offset_of(node.text, problem));
  std::string lines = caret_lines(node.text, problem);
  if (!lines.empty()) lines.pop_back();
  findings.error(at, problem.message + (lines.empty() ? "" : "\n" + lines));
}

Template parse(const yaml::Node& node, bool has_header_names) {
  return Template::parse(has_header_names ? jexl::lower_header_names(node.text) : node.text,
                         Template::Dialect::condition);
}

bool has_unclosed_block(const Template& text) {
  return std::ranges::any_of(text.pieces(), [](const Template::Piece& piece) {
    return piece.block == nullptr && piece.text.find("<+") != std::string::npos;
  });
}

/// Names of headers that only header conditions and the JEXL condition put into lower case.
bool has_upper_case_header(const std::string& key) {
  const auto is_same = [](char left, char right) {
    return left == right || (left == '"' && right == '\'');
  };
  return !std::ranges::equal(key, jexl::lower_header_names(key), is_same);
}

void warn_of_key(const yaml::Node& key, const Template& parsed, bool is_header,
                 yaml::Findings& findings) {
  if (!is_header && jexl::text::to_lower(key.text) == "changedfiles") {
    findings.warn(key.position, "changedFiles filters git events only: the condition is ignored");
  } else if (!is_header && (key.text == "sourceBranch" || key.text == "targetBranch")) {
    findings.warn(key.position, key.text + " exists for git events only: this never matches");
  } else if (has_unclosed_block(parsed)) {
    findings.warn(key.position, "a <+ without its > is plain text");
  } else if (!parsed.has_blocks()) {
    findings.warn(key.position, "a key without <+...> is compared as the text that it is");
  } else if (!is_header && has_upper_case_header(key.text)) {
    findings.warn(key.position, "header names are lower case in payload conditions: this is null");
  }
}

void check_key(const yaml::Node& key, bool is_header, yaml::Findings& findings) {
  const Template parsed = parse(key, is_header);
  const auto problem = parsed.problem(false);
  if (problem) return complain(key, *problem, findings);
  warn_of_key(key, parsed, is_header, findings);
}

void check_value(ConditionOperator operation, const yaml::Node& value, yaml::Findings& findings) {
  const ConditionCheck check(operation, value.text);
  const std::optional<jexl::EvalError>& bad = check.bad_pattern();
  if (!bad) return;
  if (bad->offset == jexl::EvalError::kNoOffset)
    return findings.error(value.position, bad->message);
  complain(value, jexl::complain_at(value.text, bad->offset, bad->message), findings);
}

std::vector<ConditionText> read_conditions(yaml::MappingReader& spec, std::string_view list_key,
                                           bool is_header, yaml::Findings& findings) {
  std::vector<ConditionText> conditions;
  const yaml::Node* const list = spec.find_sequence(list_key);
  if (list == nullptr) return conditions;
  for (const yaml::Node& item : list->items) {
    yaml::MappingReader reader(item, "a condition of " + std::string(list_key), findings);
    ConditionText condition;
    if (const yaml::Node* const key = reader.require_scalar("key")) {
      condition.key = key->text;
      check_key(*key, is_header, findings);
    }
    const yaml::Node* const value = reader.find_scalar("value");
    if (value != nullptr) condition.value = value->text;
    if (const yaml::Node* const op = reader.require_scalar("operator")) {
      condition.op = op->text;
      const auto operation = find_condition_operator(op->text);
      if (!operation) findings.error(op->position, "unknown operator \"" + op->text + "\"");
      if (operation && value != nullptr) check_value(*operation, *value, findings);
    }
    reader.finish();
    conditions.push_back(std::move(condition));
  }
  return conditions;
}

}  // namespace

void read_custom_spec(const yaml::Node& node, TriggerDocument& trigger, yaml::Findings& findings) {
  yaml::MappingReader spec(node, "the spec of a custom trigger", findings);
  trigger.payload_conditions = read_conditions(spec, "payloadConditions", false, findings);
  trigger.header_conditions = read_conditions(spec, "headerConditions", true, findings);
  if (const yaml::Node* const jexl = spec.find_scalar("jexlCondition")) {
    trigger.jexl_condition = jexl->text;
    const auto problem = parse(*jexl, true).problem(true);
    if (problem && !jexl::text::is_blank(jexl->text)) complain(*jexl, *problem, findings);
  }
  spec.finish();
}

}  // namespace tripgate::plan
