// Fills a state directory with triggers before an engine opens it, with the engine's own code: the
// documents are read, checked, stored and projected into the edge store as `tripgate apply` does.
//
// usage: trigger_loader STATE_DIR COUNT TOKEN_FILE
// TOKEN_FILE gets one line for each trigger: webhook token, pipeline, trigger.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>

#include "engine/entities/entities.h"
#include "engine/journal/state_store.h"
#include "engine/plan/documents.h"

namespace tripgate {
namespace {

using entities::Entities;

const entities::Scope kProject = {"demo", "default", "demo"};

constexpr std::size_t kTriggersPerPipeline = 1000;

/// Triggers of one apply: with their pipelines below what it takes at once. The larger the piece,
/// the fewer pages are written twice, since tokens lie in random order.
constexpr std::size_t kTriggersPerApply = 4 * kTriggersPerPipeline;
static_assert(kTriggersPerApply + 4 <= entities::kApplyMaxDocuments);

std::string pipeline_name(std::size_t number) {
  return "pipeline_" + std::to_string(number);
}

std::string pipeline_text(const std::string& name) {
  return "pipeline:\n  name: " + name + "\n  identifier: " + name +
         "\n"
         "  stages:\n"
         "    - stage:\n"
         "        name: One\n"
         "        identifier: one\n"
         "        type: Custom\n"
         "        spec:\n"
         "          execution:\n"
         "            steps:\n"
         "              - step:\n"
         "                  name: Step\n"
         "                  identifier: step\n"
         "                  type: ShellScript\n"
         "                  timeout: 1m\n"
         "                  spec: {shell: Bash, source: {type: Inline, spec: {script: 'true'}}}\n";
}

std::string trigger_text(const std::string& pipeline, std::size_t number) {
  const std::string name = "trigger_" + std::to_string(number);
  return "---\ntrigger:\n  name: " + name + "\n  identifier: " + name +
         "\n"
         "  enabled: true\n"
         "  orgIdentifier: default\n"
         "  projectIdentifier: demo\n"
         "  pipelineIdentifier: " +
         pipeline +
         "\n"
         "  source: {type: Webhook, spec: {type: Custom, spec: {}}}\n";
}

UnixMs now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

int fail(const std::string& why) {
  std::fprintf(stderr, "trigger_loader: %s\n", why.c_str());
  return 1;
}

/// The triggers from `first` up to `last`, with their pipelines.
std::string documents_text(std::size_t first, std::size_t last) {
  std::string text;
  for (std::size_t i = first; i < last; ++i) {
    const std::string pipeline = pipeline_name(i / kTriggersPerPipeline);
    if (i % kTriggersPerPipeline == 0) text += "---\n" + pipeline_text(pipeline);
    text += trigger_text(pipeline, i);
  }
  return text;
}

int apply(Entities& entities, const std::string& text) {
  yaml::Findings findings("triggers.yaml");
  const auto documents = plan::read_documents(text, {}, findings);
  if (!findings.is_clean()) return fail(findings.errors.front().to_string());
  const auto report = entities.apply(documents, kProject, now_ms());
  return report ? 0 : fail(report.error().to_string());
}

int print_tokens(const Entities& entities, const std::string& pipeline, std::ofstream& tokens) {
  const auto triggers = entities.list(entities::EntityKind::trigger, kProject, pipeline);
  if (!triggers) return fail(triggers.error().message());
  for (const entities::Entity& trigger : *triggers) {
    tokens << trigger.webhook_token << ' ' << pipeline << ' ' << trigger.key.identifier << '\n';
  }
  return 0;
}

int load(const std::string& state_dir, std::size_t count, const std::string& token_file) {
  const auto store = StateStore::open(state_dir + "/state");
  if (!store) return fail(store.error().message());
  const auto entities = Entities::open(**store, {.edge_dir = state_dir + "/edge", .group = {}});
  if (!entities) return fail(entities.error().message());
  if (const ErrorCode failed = (*entities)->ensure_scope(kProject)) return fail(failed.message());
  for (std::size_t first = 0; first < count; first += kTriggersPerApply) {
    const std::string text = documents_text(first, std::min(count, first + kTriggersPerApply));
    if (const int failed = apply(**entities, text)) return failed;
  }
  std::ofstream tokens(token_file);
  for (std::size_t first = 0; first < count; first += kTriggersPerPipeline) {
    const std::string pipeline = pipeline_name(first / kTriggersPerPipeline);
    if (const int failed = print_tokens(**entities, pipeline, tokens)) return failed;
  }
  return 0;
}

}  // namespace
}  // namespace tripgate

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fputs("usage: trigger_loader STATE_DIR COUNT TOKEN_FILE\n", stderr);
    return 2;
  }
  return tripgate::load(argv[1], std::strtoul(argv[2], nullptr, 10), argv[3]);
}
