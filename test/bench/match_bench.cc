// What one event costs that selects every trigger of a large project: its body is parsed once, and
// each trigger's conditions are judged. None matches, so nothing is planned.
#include <benchmark/benchmark.h>

#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/errc.h"
#include "engine/match/verdict.h"

namespace tripgate {
namespace {

/// Triggers as users write them: two of three compare the branch or the repository, the third is an
/// expression.
plan::TriggerDocument trigger_document(std::size_t number) {
  plan::TriggerDocument trigger;
  const std::string name = "acme/service-" + std::to_string(number);
  switch (number % 3) {
    case 0:
      trigger.payload_conditions = {{"<+trigger.payload.ref>", "Equals", "refs/heads/main"},
                                    {"<+trigger.payload.repository.full_name>", "Equals", name}};
      break;
    case 1:
      trigger.payload_conditions = {{"<+trigger.payload.ref>", "Regex", "refs/heads/release-.*"}};
      break;
    default:
      trigger.jexl_condition = R"(<+trigger.payload.ref> == "refs/heads/main" && )"
                               R"(<+trigger.payload.repository.full_name>.startsWith(")" +
                               name + "\")";
  }
  return trigger;
}

class BenchCatalog final : public Catalog {
 public:
  explicit BenchCatalog(std::size_t count) {
    ConditionPool pool;
    for (std::size_t i = 0; i < count; ++i) {
      CatalogTrigger trigger;
      trigger.ref = i + 1;
      trigger.version = 1;
      trigger.is_enabled = true;
      trigger.identifier = "t" + std::to_string(i);
      trigger.conditions = std::make_shared<const Conditions>(trigger_document(i), pool);
      triggers_.push_back(std::make_shared<const CatalogTrigger>(std::move(trigger)));
    }
  }

  Result<TriggerPointer> find_trigger(std::uint64_t) override { return TriggerPointer(); }
  Result<std::vector<TriggerPointer>> select_triggers(const TriggerQuery&) override {
    return triggers_;
  }
  Result<std::optional<PipelineText>> find_pipeline(const PipelineKey&) override {
    return std::optional<PipelineText>();
  }
  Result<std::optional<std::string>> find_input_set(const PipelineKey&, std::string_view) override {
    return std::optional<std::string>();
  }
  Result<std::string> load_pipeline_version(const PipelineKey&, std::uint64_t) override {
    return make_error_code(Errc::not_found);
  }

 private:
  std::vector<TriggerPointer> triggers_;
};

StoredEvent push_event() {
  std::ifstream file("test/data/jexl/github_push.json");
  EventHead head;
  head.account = "acc";
  head.org = "default";
  head.project = "demo";
  head.method = "POST";
  const EventHeader header{"X-GitHub-Event", "push"};
  std::vector<std::uint8_t> bytes(head.encoded_size() + encoded_size(header));
  ByteWriter writer(bytes);
  encode_event_head(head, 1, writer);
  encode_event_header(header, writer);
  return {1, std::string(as_text(bytes)), std::string(std::istreambuf_iterator<char>(file), {})};
}

void judge_project(benchmark::State& state) {
  BenchCatalog catalog(static_cast<std::size_t>(state.range(0)));
  const StoredEvent event = push_event();
  const SystemClock clock;
  const auto first = judge_event(event, catalog, clock, {});
  if (!first || first->rows.size() != 1 || first->rows[0].run) {
    state.SkipWithError("a trigger matched");
  }
  for (auto _ : state) benchmark::DoNotOptimize(judge_event(event, catalog, clock, {}));
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(judge_project)->Arg(1)->Arg(100)->Arg(10000)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace tripgate
