// The keys of `pipeline` itself; stages and everything below them have files of their own.
#include "engine/plan/pipeline_reader.h"

#include <algorithm>
#include <set>

#include "engine/plan/barriers.h"
#include "engine/plan/foreign_roots.h"
#include "engine/plan/names.h"
#include "engine/plan/node_readers.h"
#include "engine/plan/notification_rules.h"
#include "engine/plan/plan_parts.h"
#include "engine/plan/setup_id.h"
#include "engine/yaml/parser.h"

namespace tripgate::plan {
namespace {

/// Complaints and warnings about one pipeline that a person gets to see, each.
constexpr std::size_t kComplaintsMax = 100;

constexpr WrapperRules kStageRules = {"stage", "", read_stage_node};

void read_stages(const yaml::Node& list, PlanNode& stages, const PlanContext& context) {
  stages.kind = NodeKind::stages;
  stages.type = "STAGES_STEP";
  stages.identifier = stages.name = "stages";
  stages.path = "pipeline.stages";
  stages.setup_id = setup_id(context.execution_id, stages.path);
  if (list.items.empty()) {
    context.findings.error(list.position, "stages must hold at least one stage");
  }
  std::set<std::string> identifiers;
  Enclosure inside;
  inside.path = inside.parallel_path = inside.fqn = stages.path;
  inside.depth = 2;  // The pipeline and its stages.
  inside.identifiers = &identifiers;
  stages.children = read_wrappers(list, kStageRules, inside, context);
}

PipelinePlan read_pipeline(const yaml::Node& node, PlanContext& context) {
  yaml::Findings& findings = context.findings;
  yaml::MappingReader reader(node, "pipeline", findings);
  PipelinePlan plan;
  if (refuse_template(reader, findings)) return plan;
  plan.name = read_name(reader, findings);
  plan.identifier = read_identifier(reader, findings);
  plan.org = read_scope(reader, "orgIdentifier", findings);
  plan.project = read_scope(reader, "projectIdentifier", findings);
  plan.description = reader.text("description");
  plan.tags = read_pairs(reader, "tags");
  plan.variables = read_variables(reader, "variables", "pipeline", findings);
  plan.timeout = read_plan_timeout(reader, context.defaults.pipeline_timeout, findings);
  plan.allows_stage_selection = read_flag(reader, "allowStageExecutions", false);
  plan.notification_rules = read_notification_rules(reader, findings);
  plan.barriers = read_barriers(reader, findings);
  context.barriers = plan.barriers;
  std::ranges::sort(context.barriers);
  std::vector<BarrierUse> barrier_uses;
  context.barrier_uses = &barrier_uses;
  reader.refuse("gitDetails", "Only inline pipelines are supported");
  remark_delegates(reader);
  reader.skip({"properties", "fixedInputsOnRerun"});
  if (const yaml::Node* stages = reader.require_sequence("stages")) {
    read_stages(*stages, plan.stages, context);
  }
  remark_deadlocks(barrier_uses, findings);
  reader.finish();
  return plan;
}

// A person repairs a handful at a time; thousands are one mistake, or an attack on the memory.
void keep_first(std::vector<Diagnostic>& complaints, std::size_t before) {
  if (complaints.size() <= before + kComplaintsMax) return;
  const std::size_t rest = complaints.size() - before - kComplaintsMax;
  complaints.resize(before + kComplaintsMax);
  Diagnostic last(0, 0, "and " + std::to_string(rest) + " more about this pipeline");
  last.file = complaints.back().file;
  complaints.push_back(std::move(last));
}

}  // namespace

PipelinePlan read_pipeline_plan(const yaml::Node& node, std::string_view execution_id,
                                const PlanDefaults& defaults, yaml::Findings& findings) {
  const std::size_t errors = findings.errors.size();
  const std::size_t warnings = findings.warnings.size();
  PlanContext context{execution_id, defaults, findings};
  PipelinePlan plan = read_pipeline(node, context);
  if (!context.is_for_run()) remark_foreign_roots(node, findings);
  keep_first(findings.errors, errors);
  keep_first(findings.warnings, warnings);
  return plan;
}

Result<PipelinePlan, Diagnostic> plan_pipeline_text(std::string_view text,
                                                    std::string_view execution_id,
                                                    const PlanDefaults& defaults) {
  const Result<yaml::Document, Diagnostic> document = yaml::parse_document(text, "");
  if (!document) return document.error();
  const yaml::Node* root = document->root.find("pipeline");
  if (root == nullptr) return Diagnostic(1, 1, "the document's root is not pipeline");
  yaml::Findings findings;
  PipelinePlan plan = read_pipeline_plan(*root, execution_id, defaults, findings);
  if (!findings.is_clean()) return findings.errors.front();
  return plan;
}

}  // namespace tripgate::plan
