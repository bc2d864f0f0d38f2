// The HarnessApproval step. Source: pipelines.md 2.5.
#include <algorithm>
#include <charconv>
#include <set>

#include "engine/plan/expression_blocks.h"
#include "engine/plan/plan_parts.h"
#include "engine/plan/step_spec_readers.h"

namespace tripgate::plan {
namespace {

// A number above zero, or an expression that has to give one.
std::string read_minimum_count(yaml::MappingReader& approvers, yaml::Findings& findings) {
  const yaml::Node* node = approvers.require_scalar("minimumCount");
  if (node == nullptr) return {};
  if (has_block(node->text)) return node->text;
  std::int32_t count = 0;
  const char* end = node->text.data() + node->text.size();
  const auto [rest, failure] = std::from_chars(node->text.data(), end, count);
  if (failure != std::errc() || rest != end) {
    findings.error(node->position,
                   "The minimum count value (" + node->text + ") must be a valid integer");
  } else if (count < 1) {
    findings.error(node->position, "Minimum count should be > 0");
  }
  return node->text;
}

void read_approvers(yaml::MappingReader& spec, ApprovalSpec& approval, yaml::Findings& findings) {
  const yaml::Node* node = find_map(spec, "approvers");
  if (node == nullptr && spec.find("approvers") == nullptr) spec.require_mapping("approvers");
  if (node == nullptr) return;
  yaml::MappingReader approvers(*node, "approvers of " + spec.what(), findings);
  approval.user_groups = read_texts(approvers, "userGroups");
  const auto is_blank = [](const std::string& group) { return group.empty(); };
  if (std::ranges::all_of(approval.user_groups, is_blank)) {
    findings.error(node->position, "All the provided user groups are empty");
  }
  approval.minimum_count = read_minimum_count(approvers, findings);
  approval.excludes_executor = read_flag(approvers, "disallowPipelineExecutor", false);
  approvers.finish();
}

// `allowedValues` is a list, or its elements in one text.
std::vector<std::string> read_choices(yaml::MappingReader& reader, std::string_view key) {
  const yaml::Node* node = reader.find(key);
  if (node == nullptr || !node->is_scalar()) return reader.texts(key);
  std::vector<std::string> choices;
  std::string_view rest = node->text;
  while (!rest.empty()) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    std::string_view choice = rest.substr(0, comma);
    while (choice.starts_with(' ')) choice.remove_prefix(1);
    while (choice.ends_with(' ')) choice.remove_suffix(1);
    choices.emplace_back(choice);
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  return choices;
}

ApproverInput read_input(const yaml::Node& node, const std::string& owner,
                         yaml::Findings& findings) {
  yaml::MappingReader reader(node, "an approver input of " + owner, findings);
  ApproverInput input;
  input.name = require_text(reader, "name", findings);
  input.default_value = reader.text("defaultValue");
  input.is_required = read_flag(reader, "required", false);
  input.allowed_values = read_choices(reader, "allowedValues");
  const std::vector<std::string> options = read_choices(reader, "selectOneFrom");
  if (input.allowed_values.empty()) input.allowed_values = options;
  input.regex = reader.text("regex");
  input.description = reader.text("description");
  reader.finish();
  return input;
}

void read_inputs(yaml::MappingReader& spec, ApprovalSpec& approval, const SpecPlace& place) {
  const yaml::Node* list = find_list(spec, "approverInputs");
  if (list == nullptr) return;
  std::set<std::string> names;
  for (const yaml::Node& entry : list->items) {
    ApproverInput input = read_input(entry, spec.what(), place.findings());
    if (!names.insert(input.name).second) {
      complain_twice(entry.position, place.fqn + ".spec.approverInputs[name:" + input.name + "]",
                     place.findings());
    }
    approval.inputs.push_back(std::move(input));
  }
}

void read_auto_approval(yaml::MappingReader& spec, ApprovalSpec& approval,
                        yaml::Findings& findings) {
  const yaml::Node* node = find_map(spec, "autoApproval");
  if (node == nullptr) return;
  yaml::MappingReader reader(*node, "autoApproval of " + spec.what(), findings);
  const yaml::Node* action = reader.require_scalar("action");
  if (action != nullptr && action->text != "APPROVE" && !is_runtime_input(*action)) {
    findings.error(action->position,
                   "the action of autoApproval must be APPROVE, not \"" + action->text + "\"");
  }
  approval.auto_approval_comments = reader.text("comments");
  if (const yaml::Node* deadline = reader.require_mapping("scheduledDeadline")) {
    yaml::MappingReader schedule(*deadline, "scheduledDeadline of " + spec.what(), findings);
    approval.auto_approval_time = require_text(schedule, "time", findings);
    approval.auto_approval_time_zone = require_text(schedule, "timeZone", findings);
    schedule.finish();
  }
  reader.finish();
}

bool is_id_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-';
}

// ^[a-zA-Z0-9_-]*(<\+[^ ]+>)?[a-zA-Z0-9_.()-]*$
bool is_callback_id(std::string_view text) {
  const std::size_t open = text.find("<+");
  const std::string_view head = text.substr(0, std::min(open, text.size()));
  std::string_view tail;
  if (open != std::string_view::npos) {
    const std::size_t close = text.rfind('>');
    if (close == std::string_view::npos || close < open + 3) return false;
    if (text.substr(open, close - open).find(' ') != std::string_view::npos) return false;
    tail = text.substr(close + 1);
  }
  const auto may_follow = [](char c) { return is_id_char(c) || c == '.' || c == '(' || c == ')'; };
  // Without a block the second half of the expression may begin anywhere.
  return (open == std::string_view::npos ? std::ranges::all_of(head, may_follow)
                                         : std::ranges::all_of(head, is_id_char)) &&
         std::ranges::all_of(tail, may_follow);
}

void read_callback_id(yaml::MappingReader& spec, ApprovalSpec& approval, yaml::Findings& findings) {
  const yaml::Node* node = spec.find_scalar("callbackId");
  if (node == nullptr) return;
  approval.callback_id = node->text;
  if (is_callback_id(node->text)) return;
  findings.error(node->position,
                 "the callbackId \"" + node->text +
                     "\" must match ^[a-zA-Z0-9_-]*(<\\+[^ ]+>)?[a-zA-Z0-9_.()-]*$");
}

}  // namespace

StepSpec read_approval_spec(yaml::MappingReader& spec, const SpecPlace& place) {
  ApprovalSpec approval;
  approval.message = spec.text("approvalMessage");
  approval.includes_history = read_flag(spec, "includePipelineExecutionHistory", false);
  read_approvers(spec, approval, place.findings());
  read_inputs(spec, approval, place);
  approval.rejects_older = read_flag(spec, "isAutoRejectEnabled", false);
  read_auto_approval(spec, approval, place.findings());
  read_callback_id(spec, approval, place.findings());
  return approval;
}

}  // namespace tripgate::plan
