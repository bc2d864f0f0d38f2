// An engine's middle without sockets and processes: store on disk, journal, dispatcher and runner,
// with a hand-held clock, catalog and command runner. It can be killed and started again.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <array>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/match/dispatcher.h"
#include "engine/match/run_request.h"
#include "engine/run/runner.h"
#include "engine/status/execution_store.h"
#include "engine/status/history.h"
#include "engine/status/node_path.h"
#include "engine/status/node_store.h"
#include "engine/status/status_reader.h"
#include "shared/event_head.h"
#include "test/lib/fake_command_runner.h"

namespace tripgate {

/// Small: tests make many journals.
inline constexpr std::uint64_t kLogCapacity = 1 << 20;

class HandClock final : public Clock {
 public:
  [[nodiscard]] UnixMs now_ms() const override { return now; }
  UnixMs now = 1'663'276'236'674;
};

/// Triggers and pipelines in memory; survives the engine, as the entity store would.
class FakeCatalog final : public Catalog {
 public:
  std::vector<CatalogTrigger> triggers;
  std::map<std::string, std::string> pipelines;
  std::map<std::string, std::string, std::less<>> input_sets;
  /// The answer of find_trigger and select_triggers while it is set.
  ErrorCode failure;
  /// The answer of load_pipeline_version while it is set.
  ErrorCode version_failure;
  int version_loads = 0;
  /// As failure, for one trigger only.
  std::uint64_t poisoned_ref = 0;
  /// Looking for it ends the process.
  std::uint64_t deadly_ref = 0;

  Result<TriggerPointer> find_trigger(std::uint64_t ref) override {
    if (failure) return failure;
    if (ref == poisoned_ref) return make_error_code(Errc::store_corrupt);
    if (deadly_ref != 0 && ref == deadly_ref) std::_Exit(9);
    for (const CatalogTrigger& trigger : triggers) {
      if (trigger.ref == ref) return std::make_shared<const CatalogTrigger>(trigger);
    }
    return TriggerPointer();
  }

  Result<std::vector<TriggerPointer>> select_triggers(const TriggerQuery& query) override {
    if (failure) return failure;
    std::vector<TriggerPointer> selected;
    for (const CatalogTrigger& trigger : triggers) {
      if (query.pipeline && *query.pipeline != trigger.pipeline) continue;
      if (query.trigger && *query.trigger != trigger.identifier) continue;
      selected.push_back(std::make_shared<const CatalogTrigger>(trigger));
    }
    return selected;
  }

  Result<std::optional<PipelineText>> find_pipeline(const PipelineKey& key) override {
    const auto found = pipelines.find(std::string(key.pipeline));
    if (found == pipelines.end()) return std::optional<PipelineText>();
    return std::optional<PipelineText>(PipelineText{1, found->second});
  }

  Result<std::optional<std::string>> find_input_set(const PipelineKey&,
                                                    std::string_view identifier) override {
    const auto found = input_sets.find(identifier);
    if (found == input_sets.end()) return std::optional<std::string>();
    return std::optional<std::string>(found->second);
  }

  Result<std::string> load_pipeline_version(const PipelineKey& key, std::uint64_t) override {
    ++version_loads;
    if (version_failure) return version_failure;
    const auto found = pipelines.find(std::string(key.pipeline));
    if (found == pipelines.end()) return make_error_code(Errc::not_found);
    return found->second;
  }

  CatalogTrigger& add(std::uint64_t ref, const std::string& identifier,
                      const std::string& pipeline) {
    triggers.push_back({ref, 1, true, true, "acc", "default", "demo", pipeline, identifier,
                        identifier, std::nullopt, nullptr});
    return triggers.back();
  }
};

/// A pipeline whose stages hold so many steps each.
inline std::string pipeline_yaml(const std::string& identifier, std::vector<int> steps,
                                 const std::string& script = "echo hi") {
  std::string text =
      "pipeline:\n  name: " + identifier + "\n  identifier: " + identifier + "\n  stages:\n";
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const std::string stage = "stage" + std::to_string(i);
    text += "    - stage:\n        name: " + stage + "\n        identifier: " + stage +
            "\n        type: Custom\n        spec:\n          execution:\n            steps:\n";
    for (int j = 0; j < steps[i]; ++j) {
      const std::string step = "step" + std::to_string(j);
      text +=
          "              - step:\n                  type: ShellScript\n                  name: " +
          step + "\n                  identifier: " + step +
          "\n                  timeout: 10m\n                  spec:\n"
          "                    shell: Bash\n                    onDelegate: true\n"
          "                    source:\n                      type: Inline\n"
          "                      spec:\n                        script: " +
          script + "\n";
    }
  }
  return text;
}

class RunStand {
 public:
  RunStand() : RunStand(commands) {}
  explicit RunStand(CommandRunner& runs_with) : runs_with_(runs_with) {
    // Kills take nothing from memory, so that no test has to wait for a disk that others use too.
    const std::filesystem::path memory = "/dev/shm";
    const bool has_memory = ::access(memory.c_str(), W_OK) == 0;
    std::string name =
        ((has_memory ? memory : std::filesystem::temp_directory_path()) / "tripgate-run-XXXXXX")
            .string();
    directory_ = mkdtemp(name.data());
  }
  ~RunStand() {
    kill();
    std::filesystem::remove_all(directory_);
  }

  HandClock clock;
  FakeCatalog catalog;
  FakeCommandRunner commands;
  DispatchLimits dispatch_limits;
  RunLimits run_limits;
  std::function<void(const Announcement&)> on_announcement;
  CallSettings calls;

  void start(bool is_paused = false) {
    auto opened = StateStore::open(directory_ + "/state");
    ASSERT_TRUE(opened) << opened.error().message();
    store = std::move(*opened);
    std::filesystem::create_directories(directory_ + "/bodies");
    auto opened_journal = Journal::open(*store, directory_, kLogCapacity);
    ASSERT_TRUE(opened_journal) << opened_journal.error().message();
    journal = std::move(*opened_journal);
    io = std::make_unique<boost::asio::io_context>();
    // Without it, waiting for the writer thread would be a busy loop.
    work_ = std::make_unique<Work>(io->get_executor());
    runner = std::make_unique<Runner>(Runner::Parts{.executor = io->get_executor(),
                                                    .store = *store,
                                                    .journal = *journal,
                                                    .catalog = catalog,
                                                    .commands = runs_with_,
                                                    .clock = clock,
                                                    .limits = run_limits,
                                                    .calls = calls,
                                                    .plan_defaults = {},
                                                    .on_room = {},
                                                    .on_ended = {},
                                                    .on_announcement = on_announcement});
    dispatcher = std::make_unique<Dispatcher>(Dispatcher::Parts{
        io->get_executor(),
        *store,
        *journal,
        catalog,
        clock,
        dispatch_limits,
        {},
        [this] { return runner->room(); },
        [this](std::span<PlannedRun* const> runs) { runner->begin_new(runs); },
        [this](const std::vector<CreatedRun>& created) { runner->take_over(created); },
        [this] { runner->offer_events(); },
        directory_ + "/judging"});
    ASSERT_FALSE(runner->recover());
    dispatcher->start(is_paused);
  }

  /// Ends the engine between two handlers; the store keeps what was submitted before.
  void kill() {
    if (!store) return;
    io->stop();
    work_.reset();
    store->stop();
    dispatcher.reset();
    runner.reset();
    io.reset();
    journal.reset();
    store.reset();
  }

  /// Runs handlers, waiting for writes, until nothing is under way and `done` holds.
  template <class Done>
  ::testing::AssertionResult run_until(Done done) {
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(120);
    while (!done()) {
      if (std::chrono::steady_clock::now() > give_up) {
        return ::testing::AssertionFailure() << "it never came";
      }
      io->restart();
      io->run_one_for(std::chrono::milliseconds(5));
    }
    return ::testing::AssertionSuccess();
  }

  /// A run of a pipeline of the catalog; nothing of it is stored.
  PlannedRun plan(const std::string& pipeline) {
    auto answer = plan_run(request_of(pipeline), catalog, clock, {});
    EXPECT_TRUE(answer && answer->run() != nullptr);
    return std::move(*answer->run());
  }

  static RunRequest request_of(const std::string& pipeline) {
    RunRequest request;
    request.account = "acc";
    request.org = "default";
    request.project = "demo";
    request.pipeline = pipeline;
    return request;
  }

  void store_durably(PlannedRun& run) {
    ASSERT_FALSE(store->write_and_wait(
        [&](lmdb::WriteTransaction& txn) { return store_run(txn, store->databases(), run); }));
  }

  /// Makes an event durable; trigger_ref 0 selects by ids.
  void append(EventId id, std::uint64_t trigger_ref, const std::string& body,
              std::optional<std::string_view> trigger = {}, bool has_key = false) {
    EventHead head;
    head.id = id;
    head.version = trigger_ref != 0 ? WebhookVersion::v3 : WebhookVersion::v2;
    head.received_at_ms = 1;
    head.trigger_ref = trigger_ref;
    head.body_size = body.size();
    head.account = "acc";
    head.org = "default";
    head.project = "demo";
    head.trigger = trigger;
    head.peer = "127.0.0.1";
    head.method = "POST";
    if (has_key) {
      head.principal.type = PrincipalType::user;
      head.principal.identifier = head.principal.username = "ada";
      head.principal.email = "ada@example.com";
    }
    const EventHeader header{"X-Team", "blue"};
    std::vector<std::uint8_t> bytes(head.encoded_size() + encoded_size(header));
    ByteWriter writer(bytes);
    encode_event_head(head, 1, writer);
    encode_event_header(header, writer);
    const NewEvent event{.id = id, .head_bytes = as_text(bytes), .body = body, .body_file = {}};
    ASSERT_FALSE(journal->append({&event, 1}));
    // Behind it the store has the event too.
    ASSERT_FALSE(store->write_and_wait([](lmdb::WriteTransaction&) { return ErrorCode(); }));
    if (dispatcher) dispatcher->wake();
  }

  [[nodiscard]] std::vector<HistoryRow> rows_of(EventId id) const {
    const auto sequence = journal->find(id);
    const auto txn = store->begin_read();
    if (!sequence || !txn) return {};
    const auto rows = load_history_rows(*txn, store->databases(), *sequence);
    return rows ? *rows : std::vector<HistoryRow>();
  }

  [[nodiscard]] std::vector<Execution> executions() const {
    std::vector<Execution> all;
    const auto txn = store->begin_read();
    if (!txn) return all;
    EXPECT_FALSE(for_each_execution(*txn, store->databases(), 0, [&](const Execution& execution) {
      all.insert(all.begin(), execution);
      return true;
    }));
    return all;
  }

  /// All nodes of an execution, by number.
  [[nodiscard]] std::vector<NodeState> nodes(ExecutionNumber number) const {
    const auto txn = store->begin_read();
    if (!txn) return {};
    auto loaded = load_nodes(*txn, store->databases(), number);
    EXPECT_TRUE(loaded);
    return loaded ? std::move(*loaded) : std::vector<NodeState>();
  }

  /// A node by path without `pipeline.stages.`, such as stage0.spec.execution.steps.step0; the
  /// newest attempt. A node that was not visited is not started.
  [[nodiscard]] NodeState node(ExecutionNumber number, const std::string& path) const {
    const std::vector<NodeState> all = nodes(number);
    NodeState found;
    for (const NodeState& node : all) {
      if (base_fqn(all, node.number) == "pipeline.stages." + path) found = node;
    }
    return found;
  }

  [[nodiscard]] const std::string& directory() const { return directory_; }

  std::unique_ptr<StateStore> store;
  std::unique_ptr<Journal> journal;
  std::unique_ptr<boost::asio::io_context> io;
  std::unique_ptr<Runner> runner;
  std::unique_ptr<Dispatcher> dispatcher;

 private:
  using Work = boost::asio::executor_work_guard<boost::asio::io_context::executor_type>;

  CommandRunner& runs_with_;
  std::unique_ptr<Work> work_;
  std::string directory_;
};

inline EventId event_id(std::uint64_t number) {
  return EventId::make(1'663'276'236, number);
}

}  // namespace tripgate
