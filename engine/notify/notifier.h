// Delivers notifications beside the runs, and never in their way.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "engine/base/result.h"
#include "engine/base/secret_text.h"
#include "engine/notify/notification.h"
#include "engine/run/command_runner.h"

namespace tripgate {

/// Notifications that wait, run or wait for another try; beyond it new ones are dropped with a
/// warning. A dead receiver holds each for about two minutes.
inline constexpr std::size_t kNotificationsMax = 1000;
/// Deliveries at once; each is a process.
inline constexpr std::size_t kDeliveriesAtOnceMax = 4;
/// What one try may take.
inline constexpr std::chrono::milliseconds kDeliveryTimeout = std::chrono::seconds(30);
/// Waits before the second, third and fourth try; then it is given up.
inline constexpr std::chrono::milliseconds kDeliveryWaits[] = {
    std::chrono::seconds(2), std::chrono::seconds(10), std::chrono::seconds(60)};

/// Starts the process of each delivery through the same CommandRunner as steps, tries again a few
/// times, and tells how it ended. Nothing that goes wrong here touches a run.
///
/// What it holds is in memory. Whoever keeps notifications durably (notification_desk.h) offers
/// those that were not settled again with `resume` after a restart; then each is delivered at least
/// once. One thread's; callbacks arrive from within CommandRunner's callbacks and `after`'s.
class Notifier {
 public:
  struct Parts {
    CommandRunner& commands;  ///< Outlives the notifier.
    CallSettings settings;
    /// The password of settings.smtp; asked for at each try, only if there is a user.
    std::function<Result<SecretText, Diagnostic>()> reveal_password;
    /// Calls back once, after that time.
    std::function<void(std::chrono::milliseconds, std::function<void()>)> after;
    /// Told once per notification, when it is delivered or given up; within `offer` if it cannot be
    /// delivered at all. May be empty.
    std::function<void(const Notification&, const DeliveryTry&)> on_settled;
  };

  explicit Notifier(Parts parts);
  Notifier(const Notifier&) = delete;
  Notifier& operator=(const Notifier&) = delete;
  /// Deliveries that run go on; nobody is told of their end.
  ~Notifier();

  /// Takes a notification, or drops it if there are too many: false then. One that is already being
  /// delivered is not taken twice.
  bool offer(Notification notification);

  /// As offer, for a notification that an earlier engine may have begun to deliver: its tries are
  /// adopted before a new one starts.
  bool resume(Notification notification);

  /// Taken and not settled.
  [[nodiscard]] std::size_t pending_count() const { return pending_.size(); }

 private:
  struct Delivery {
    Notification notification;
    std::uint32_t number = 0;  ///< Of the attempt that runs or comes next.
    std::size_t try_count = 0;
    bool may_have_begun = false;  ///< Attempts from `number` on may exist already.
  };
  using Key = std::pair<std::string, std::string>;

  bool take(Notification notification, bool may_have_begun);
  void start_next();
  void start(const Key& key);
  [[nodiscard]] bool adopt(const Key& key, Delivery& delivery);
  [[nodiscard]] Result<StepCommand, Diagnostic> make_command(const Delivery& delivery) const;
  [[nodiscard]] OnStepEnd end_of(const Key& key);
  void on_end(const Key& key, const StepResult& result);
  void end_try(const Key& key, DeliveryTry outcome);
  void settle(const Key& key, const DeliveryTry& outcome);

  Parts parts_;
  std::map<Key, Delivery> pending_;
  std::deque<Key> ready_;  // Of pending_, those that wait for a free place.
  std::size_t running_count_ = 0;
  // Callbacks may outlive this; they hold it weakly.
  std::shared_ptr<Notifier*> self_;
};

}  // namespace tripgate
