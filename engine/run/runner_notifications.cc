// What a run's rules want to be told: written with the turn that it tells of, announced when that
// is durable, and once more by the next engine as long as nobody has erased it.
#include <algorithm>

#include "engine/base/log.h"
#include "engine/run/runner_impl.h"

namespace tripgate {

std::vector<PendingNotification> Runner::Impl::notifications_of(
    ActiveRun& run, const RunTree::Changes& changes) const {
  std::vector<PendingNotification> notifications;
  const auto& rules = run.tree.plan().notification_rules;
  if (rules.empty() || !parts_.on_announcement) return notifications;
  for (const RunEvent& event :
       run.watch.look(run.tree, changes, parts_.public_url, parts_.clock.now_ms())) {
    for (const plan::NotificationRule& rule : rules) {
      if (!wants(rule, event)) continue;
      notifications.push_back({run.tree.execution().number, rule.identifier, event});
    }
  }
  return notifications;
}

void Runner::Impl::announce(ActiveRun& run, const PendingNotification& notification,
                            bool may_have_begun) {
  const auto& rules = run.tree.plan().notification_rules;
  const auto rule =
      std::ranges::find(rules, notification.rule, &plan::NotificationRule::identifier);
  if (rule == rules.end() || !parts_.on_announcement) return;
  parts_.on_announcement({notification, *rule,
                          [&run](std::string_view text, std::vector<std::string>& secrets) {
                            return run.expressions.render_for_process(run.tree, kRootNode, text,
                                                                      secrets);
                          },
                          may_have_begun});
}

/// Announces what earlier engines left; their runs may have ended long ago.
ErrorCode Runner::Impl::announce_pending() {
  std::vector<PendingNotification> pending;
  {
    const auto txn = parts_.store.begin_read();
    if (!txn) return txn.error();
    auto loaded = load_notifications(*txn, dbs());
    if (!loaded) return loaded.error();
    pending = std::move(*loaded);
  }
  for (const PendingNotification& notification : pending) {
    if (ActiveRun* run = find(notification.execution)) {
      announce(*run, notification, true);
      continue;
    }
    Result<Execution> execution = load(notification.execution);
    if (!execution) continue;
    const auto run = load_run(std::move(*execution));
    if (run) {
      announce(**run, notification, true);
    } else {
      log_warning("notifications of execution " + std::to_string(notification.execution) +
                  " are kept back: " + run.error().message);
    }
  }
  return {};
}

}  // namespace tripgate
