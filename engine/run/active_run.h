// An execution that holds a place among the running ones.
#pragma once

#include <algorithm>
#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/run/node_expressions.h"
#include "engine/run/run_machine.h"
#include "engine/run/run_tree.h"
#include "engine/run/run_watch.h"
#include "engine/secrets/secret_store.h"
#include "engine/status/execution.h"
#include "engine/status/notification_store.h"

namespace tripgate {

/// Stays where it is: its parts refer to each other.
struct ActiveRun {
  /// store and surroundings: borrowed.
  ActiveRun(RunTree assembled, NodeExpressions::LoadEvent load_event, const Clock& clock,
            const SecretStore* store, const RunSurroundings& surroundings)
      : tree(std::move(assembled)),
        secrets(store, {tree.execution().account, tree.execution().org, tree.execution().project}),
        expressions(std::move(load_event), clock, &secrets),
        machine(tree, expressions, surroundings),
        watch(tree) {}
  ActiveRun(const ActiveRun&) = delete;
  ActiveRun& operator=(const ActiveRun&) = delete;

  /// Puts the tags on the run that expressions of the turn asked for.
  void take_tags() {
    for (auto& [name, value] : expressions.take_tags()) {
      auto& tags = tree.edit_execution().tags;
      const auto known = std::ranges::find(tags, name, [](const auto& tag) { return tag.first; });
      if (known == tags.end()) {
        tags.emplace_back(name, value);
      } else {
        known->second = value;
      }
    }
  }

  RunTree tree;
  ScopedSecrets secrets;
  NodeExpressions expressions;
  RunMachine machine;
  RunWatch watch;
  /// Effects of turns whose changes are not durable yet, and who is to be told when they are.
  std::vector<RunEffect> effects;
  std::vector<std::function<void()>> on_durable;
  /// Records of it are on their way to the disk; later turns wait for the next write.
  bool is_saving = false;
  /// Steps whose attempt was started or adopted, and whose end will be told.
  std::set<NodeNumber> attempts_under_way;
  /// Of these, those that ended before this engine began: their results count before any time does.
  std::set<NodeNumber> ended_before;
};

/// What one write makes durable, and what follows from it.
struct SavedTurn {
  Execution head;
  RunTree::Changes changes;
  std::vector<PendingNotification> notifications;
  std::vector<RunEffect> effects;
  std::vector<std::function<void()>> on_durable;
};

/// Where an execution queues: executions of one project share a lane.
[[nodiscard]] inline std::string lane_of(const Execution& execution) {
  return execution.account + '/' + execution.org + '/' + execution.project;
}

}  // namespace tripgate
