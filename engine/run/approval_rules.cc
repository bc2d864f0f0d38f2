// What is asked of people is rendered once, when the step begins; who they are is looked up when
// they act.
#include "engine/run/approval_rules.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <set>

#include "engine/base/time_zone.h"
#include "engine/jexl/regex.h"
#include "engine/jexl/template.h"
#include "engine/plan/expression_blocks.h"

namespace tripgate {
namespace {

using std::chrono::minutes;

/// How far ahead an automatic approval has to be.
constexpr UnixMs kAutoApprovalMin = std::chrono::milliseconds(minutes(15)).count();

/// Renders the texts of one step; the first failure is kept.
class ApprovalTexts {
 public:
  ApprovalTexts(const RunTree& tree, NodeNumber node, RunExpressions& expressions)
      : tree_(tree), node_(node), expressions_(expressions) {}

  std::string text(const std::string& written) {
    auto rendered = expressions_.render(tree_, node_, written, Unresolved::as_written);
    if (rendered) return std::move(*rendered);
    if (!failure_) failure_ = rendered.error();
    return {};
  }

  /// The names in a list, or in the one expression that stands for it.
  std::vector<std::string> names(const std::vector<std::string>& written) {
    std::vector<std::string> names;
    for (const std::string& entry : written) {
      if (plan::has_block(entry)) {
        add_values(entry, names);
      } else {
        names.push_back(entry);
      }
    }
    std::erase_if(names, [](const std::string& name) { return name.empty(); });
    return names;
  }

  [[nodiscard]] const std::optional<Diagnostic>& failure() const { return failure_; }

 private:
  void add_values(const std::string& entry, std::vector<std::string>& names) {
    const auto value = expressions_.evaluate(tree_, node_, entry);
    if (!value) {
      if (!failure_) failure_ = value.error();
      return;
    }
    if (value->is_null()) return;
    if (value->is_sequence()) {
      for (const jexl::Value& element : value->elements()) {
        names.push_back(jexl::Template::value_text(element));
      }
      return;
    }
    names.push_back(jexl::Template::value_text(*value));
  }

  const RunTree& tree_;
  NodeNumber node_;
  RunExpressions& expressions_;
  std::optional<Diagnostic> failure_;
};

Result<std::uint32_t, Diagnostic> parse_minimum_count(const std::string& text) {
  std::int32_t count = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, failed] = std::from_chars(text.data(), end, count);
  if (failed != std::errc() || rest != end) {
    return Diagnostic("The minimum count value (" + text + ") must be a valid integer");
  }
  if (count < 1) return Diagnostic("Minimum count should be > 0");
  return static_cast<std::uint32_t>(count);
}

std::string list_text(const std::vector<std::string>& names) {
  std::string text = "[";
  for (const std::string& name : names) text += (text.size() > 1 ? ", " : "") + name;
  return text + "]";
}

Result<void, Diagnostic> set_groups(Approval& approval, std::vector<std::string> names,
                                    const UserGroups& groups) {
  if (names.empty()) return Diagnostic("All the provided user groups are empty");
  approval.user_groups = std::move(names);
  std::ranges::copy_if(approval.user_groups, std::back_inserter(approval.valid_user_groups),
                       [&](const std::string& name) { return groups.has_group(name); });
  if (!approval.valid_user_groups.empty()) return {};
  return Diagnostic("At least 1 valid user group is required in " +
                    list_text(approval.user_groups) +
                    ", Please check scope of the user group's provided");
}

/// The time of "2026-01-31 09:24 AM". Nothing for other texts.
std::optional<std::chrono::local_seconds> parse_reading(const std::string& text) {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  int hour = 0;
  int minute = 0;
  char half = 0;
  int end = 0;
  // NOLINTNEXTLINE(cert-err34-c): every number's range is looked at below.
  const int fields = std::sscanf(text.c_str(), "%4d-%2u-%2u %2d:%2d %c%*1[mM]%n", &year, &month,
                                 &day, &hour, &minute, &half, &end);
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month),
                                         std::chrono::day(day)};
  const bool is_afternoon = half == 'P' || half == 'p';
  const bool is_half = is_afternoon || half == 'A' || half == 'a';
  const bool is_whole = fields == 6 && end == static_cast<int>(text.size()) && is_half;
  if (!is_whole || !date.ok() || hour < 1 || hour > 12 || minute < 0 || minute > 59) return {};
  const int hours = hour % 12 + (is_afternoon ? 12 : 0);
  return std::chrono::local_days(date) + std::chrono::hours(hours) + minutes(minute);
}

Result<AutoApproval, Diagnostic> make_auto_approval(ApprovalTexts& texts,
                                                    const plan::ApprovalSpec& spec,
                                                    const std::string& step, UnixMs now_ms) {
  AutoApproval automatic{0, texts.text(spec.auto_approval_time),
                         texts.text(spec.auto_approval_time_zone),
                         texts.text(spec.auto_approval_comments)};
  const auto reading = parse_reading(automatic.time);
  if (!reading) {
    return Diagnostic("The time of the automatic approval (" + automatic.time +
                      ") is not of the form 2026-01-31 09:24 AM");
  }
  const auto at_ms = unix_time_of(*reading, automatic.time_zone);
  if (!at_ms) return at_ms.error();
  if (*at_ms <= now_ms + kAutoApprovalMin) {
    return Diagnostic("Time given for auto approval in approval step " + step +
                      " should be greater than 15 minutes with respect to current time");
  }
  automatic.at_ms = *at_ms;
  return automatic;
}

/// Why a value cannot be taken; empty if it can.
std::string complaint_about(const plan::ApproverInput& input, const std::string& value) {
  if (value.empty()) return input.is_required ? input.name + " needs a value" : std::string();
  const auto& allowed = input.allowed_values;
  if (!allowed.empty() && std::ranges::find(allowed, value) == allowed.end()) {
    return "the value of " + input.name + " is not one of " + list_text(allowed);
  }
  if (input.regex.empty()) return {};
  const auto pattern = jexl::Regex::compile(input.regex);
  jexl::Meter meter{jexl::Budget()};
  const auto fits = pattern ? pattern->matches(value, meter) : Result<bool, jexl::EvalError>(false);
  if (fits && *fits) return {};
  return "the value of " + input.name + " does not match " + input.regex;
}

std::set<std::string> names_of(const ApproverInputValues& values) {
  std::set<std::string> names;
  for (const auto& [name, value] : values) names.insert(name);
  return names;
}

/// Takes the values of an approval as defaults of the next one.
Result<void, Diagnostic> take_inputs(Approval& approval, const ApproverInputValues& values) {
  std::set<std::string> declared;
  for (const plan::ApproverInput& input : approval.inputs) declared.insert(input.name);
  if (names_of(values) != declared || values.size() != declared.size()) {
    return Diagnostic("Invalid approver inputs");
  }
  for (plan::ApproverInput& input : approval.inputs) {
    const auto given =
        std::ranges::find(values, input.name, &ApproverInputValues::value_type::first);
    const std::string complaint = complaint_about(input, given->second);
    if (!complaint.empty()) return Diagnostic("Invalid approver inputs: " + complaint);
    input.default_value = given->second;
  }
  return {};
}

}  // namespace

Result<Approval, Diagnostic> render_approval(const RunTree& tree, NodeNumber node,
                                             const UserGroups& groups, RunExpressions& expressions,
                                             UnixMs now_ms) {
  const auto& spec = std::get<plan::ApprovalSpec>(tree.at(node).plan->spec);
  ApprovalTexts texts(tree, node, expressions);
  Approval approval;
  approval.message = texts.text(spec.message);
  approval.includes_history = spec.includes_history;
  approval.excludes_executor = spec.excludes_executor;
  approval.rejects_older = spec.rejects_older;
  approval.callback_id = texts.text(spec.callback_id);
  for (plan::ApproverInput input : spec.inputs) {
    input.default_value = texts.text(input.default_value);
    for (std::string& value : input.allowed_values) value = texts.text(value);
    approval.inputs.push_back(std::move(input));
  }
  const auto named = set_groups(approval, texts.names(spec.user_groups), groups);
  const auto count = parse_minimum_count(texts.text(spec.minimum_count));
  if (texts.failure()) return *texts.failure();
  if (!named) return named.error();
  if (!count) return count.error();
  approval.minimum_count = *count;
  if (!spec.auto_approval_time.empty()) {
    auto automatic = make_auto_approval(texts, spec, tree.state(node).name, now_ms);
    if (!automatic) return automatic.error();
    approval.auto_approval = std::move(*automatic);
  }
  approval.created_at_ms = approval.modified_at_ms = now_ms;
  approval.deadline_ms = tree.state(node).expires_at_ms;
  return approval;
}

std::optional<std::string> refusal_of_user(const Approval& approval, const Execution& execution,
                                           const UserGroups& groups, const ApprovalUser& user) {
  const bool has_acted = std::ranges::any_of(approval.activities, [&](const auto& activity) {
    return activity.user.identifier == user.identifier;
  });
  if (has_acted) return "You have already approved/rejected the pipeline";
  const bool is_executor =
      !user.identifier.empty() && (execution.origin.principal_username == user.identifier ||
                                   execution.origin.principal_username == user.name);
  if (approval.excludes_executor && is_executor) {
    return "Pipeline executor is not allowed to approve/reject";
  }
  const bool is_member = std::ranges::any_of(approval.user_groups, [&](const std::string& group) {
    return groups.has_member(group, user.identifier);
  });
  if (!is_member) return "You are not authorized to approve/reject";
  return std::nullopt;
}

std::optional<std::string> refusal_of_ended(const Approval& approval, const NodeState& node,
                                            UnixMs now_ms) {
  const std::string_view status = approval_status(approval, node);
  const bool is_late = approval.deadline_ms != 0 && now_ms >= approval.deadline_ms;
  if (status == "EXPIRED" || (status == "WAITING" && is_late)) {
    return "Harness approval instance has already expired";
  }
  if (status == "WAITING" && node.status == RunStatus::approval_waiting) return std::nullopt;
  return "Unable to add Harness Approval Activity : Harness approval instance is already " +
         std::string(status);
}

Result<void, Diagnostic> add_activity(Approval& approval, const ApprovalRequest& request,
                                      UnixMs now_ms) {
  if (request.is_approval) {
    if (auto taken = take_inputs(approval, request.inputs); !taken) return taken;
  }
  approval.activities.push_back({.user = request.user,
                                 .is_approval = request.is_approval,
                                 .inputs = request.inputs,
                                 .comments = request.comments,
                                 .at_ms = now_ms});
  approval.modified_at_ms = now_ms;
  return {};
}

}  // namespace tripgate
