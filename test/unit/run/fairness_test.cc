// Which run begins when a place is free: a project with much to do holds up no other, its own runs
// keep their order, and a kill of the engine changes neither.
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "engine/run/start_queue.h"
#include "test/lib/machine_stand.h"
#include "test/lib/run_stand.h"

namespace tripgate {
namespace {

class Fairness : public ::testing::Test {
 protected:
  void SetUp() override {
    stand_.catalog.pipelines["deploy"] = pipeline_yaml("deploy", {1});
    stand_.run_limits.running_max = 4;
    stand_.run_limits.running_per_project_max = 4;
    stand_.dispatch_limits.batch_events = 1;
  }

  /// Projects are numbered from 1, as the refs of their triggers.
  void add_project(std::uint64_t project) {
    stand_.catalog.add(project, "trigger", "deploy").project = "project" + std::to_string(project);
  }

  void fire(std::uint64_t project, int times = 1) {
    for (int i = 0; i < times; ++i) {
      const EventId id = event_id(++event_count_);
      std::string text(EventId::kTextSize, '\0');
      id.print(std::span<char, EventId::kTextSize>(text.data(), text.size()));
      projects_[text] = project;
      events_[text] = event_count_;
      stand_.append(id, project, "{}");
    }
  }

  void await_waiting(std::size_t count) {
    ASSERT_TRUE(stand_.run_until([&] {
      return stand_.executions().size() == event_count_ && stand_.runner->waiting_count() == count;
    }));
  }

  /// Ends the oldest run that is at work, and waits for the start that this makes room for.
  void end_oldest() {
    const std::size_t before = stand_.commands.started.size();
    ASSERT_TRUE(stand_.commands.end(stand_.commands.started[ended_count_++].id, 0));
    ASSERT_TRUE(stand_.run_until([&] { return stand_.commands.started.size() > before; }));
  }

  [[nodiscard]] std::uint64_t project_of_start(std::size_t index) const {
    return projects_.at(stand_.commands.started[index].command.event_id);
  }
  [[nodiscard]] std::uint64_t event_of_start(std::size_t index) const {
    return events_.at(stand_.commands.started[index].command.event_id);
  }

  /// Steps that are at work live on, and the next engine finds them.
  void kill_and_restart() {
    stand_.commands.adoptable.clear();
    for (std::size_t i = ended_count_; i < stand_.commands.started.size(); ++i) {
      stand_.commands.adoptable[stand_.commands.started[i].id] = Adoption::running;
    }
    stand_.kill();
    stand_.start();
  }

  RunStand stand_;
  std::size_t ended_count_ = 0;

 private:
  std::uint64_t event_count_ = 0;
  std::map<std::string, std::uint64_t> projects_;
  std::map<std::string, std::uint64_t> events_;
};

TEST_F(Fairness, ANoisyProjectDelaysAnothersStartByAtMostOnePlace) {
  add_project(1);
  add_project(2);
  stand_.start();
  fire(1, 40);
  await_waiting(36);
  fire(2);
  await_waiting(37);
  end_oldest();
  end_oldest();
  EXPECT_TRUE(project_of_start(4) == 2 || project_of_start(5) == 2);
}

TEST(StartQueue, ProjectsTakeTurnsAndKeepTheirOrder) {
  StartQueue queue;
  for (const NodeNumber node : {1, 2, 3}) queue.push("a", {1, node});
  queue.push("b", {2, 7});
  std::string order;
  while (const auto start = queue.pop()) {
    order += std::to_string(start->execution) + "." + std::to_string(start->node) + " ";
  }
  EXPECT_EQ(order, "1.1 2.7 1.2 1.3 ");
  queue.push("b", {2, 8});
  EXPECT_EQ(queue.pop()->node, 8u);
  EXPECT_FALSE(queue.pop());
}

TEST_F(Fairness, ALoopOfManyStepsDelaysAnothersStepByAtMostOnePlace) {
  stand_.catalog.pipelines["deploy"] =
      pipeline_of("deploy", stage_yaml("s", step_yaml("a", "strategy: {repeat: {times: 20}}")));
  stand_.run_limits.processes_max = 2;
  add_project(1);
  add_project(2);
  stand_.start();
  fire(1);
  ASSERT_TRUE(stand_.run_until([&] { return stand_.commands.started.size() == 2; }));
  fire(2);
  ASSERT_TRUE(stand_.run_until([&] {
    return stand_.executions().size() == 2 && stand_.executions()[1].status == RunStatus::running &&
           stand_.node(2, "s.spec.execution.steps.a").status == RunStatus::running;
  }));
  end_oldest();
  end_oldest();
  EXPECT_TRUE(project_of_start(2) == 2 || project_of_start(3) == 2);
}

TEST_F(Fairness, PlacesBeyondItsOwnBoundStayFreeForOthers) {
  add_project(1);
  add_project(2);
  stand_.run_limits.running_per_project_max = 2;
  stand_.start();
  fire(1, 20);
  await_waiting(18);
  fire(2);
  ASSERT_TRUE(stand_.run_until([&] { return stand_.commands.started.size() == 3; }));
  EXPECT_EQ(project_of_start(2), 2u);
}

TEST_F(Fairness, ProjectsTakeTurns) {
  for (const int project : {1, 2, 3}) add_project(static_cast<std::uint64_t>(project));
  stand_.start();
  fire(1, 10);
  fire(2, 4);
  fire(3, 4);
  await_waiting(14);
  for (int i = 0; i < 9; ++i) end_oldest();
  // All places went to the first; from then on each project gets one of three.
  std::map<std::uint64_t, int> starts;
  for (std::size_t i = 4; i < 13; ++i) ++starts[project_of_start(i)];
  EXPECT_EQ(starts, (std::map<std::uint64_t, int>{{1, 3}, {2, 3}, {3, 3}}));
  for (std::size_t i = 4; i < 12; ++i) EXPECT_NE(project_of_start(i), project_of_start(i + 1));
}

TEST_F(Fairness, RunsOfAProjectKeepTheirOrderWhereverTheEngineDies) {
  add_project(1);
  stand_.run_limits.running_max = 1;
  stand_.start();
  fire(1, 12);
  await_waiting(11);
  for (int i = 0; i < 11; ++i) {
    if (i % 3 == 1) kill_and_restart();
    end_oldest();
  }
  ASSERT_EQ(stand_.commands.started.size(), 12u);
  for (std::size_t i = 0; i < 12; ++i) EXPECT_EQ(event_of_start(i), i + 1);
}

TEST_F(Fairness, AKillDoesNotLetANoisyProjectOvertake) {
  add_project(1);
  add_project(2);
  stand_.start();
  fire(1, 20);
  await_waiting(16);
  fire(2, 2);
  await_waiting(18);
  kill_and_restart();
  for (int i = 0; i < 4; ++i) end_oldest();
  std::map<std::uint64_t, int> starts;
  for (std::size_t i = 4; i < 8; ++i) ++starts[project_of_start(i)];
  EXPECT_EQ(starts, (std::map<std::uint64_t, int>{{1, 2}, {2, 2}}));
}

}  // namespace
}  // namespace tripgate
