// A rule is rendered when its notification goes out: secrets are in memory only as long as it is on
// its way.
#include "engine/notify/notification_desk.h"

#include <boost/asio/steady_timer.hpp>
#include <map>
#include <utility>

#include "engine/base/log.h"

namespace tripgate {

class NotificationDesk::Impl : public std::enable_shared_from_this<Impl> {
 public:
  explicit Impl(Parts parts) : parts_(std::move(parts)) {}

  /// Apart from the constructor, for the notifier's callbacks hold this weakly.
  void open() {
    notifier_ = std::make_unique<Notifier>(Notifier::Parts{
        .commands = parts_.commands,
        .settings = parts_.calls,
        .reveal_password = [this] { return reveal_password(); },
        .after = [this](std::chrono::milliseconds time,
                        std::function<void()> then) { wait_then(time, std::move(then)); },
        .on_settled = [this](const Notification& notification,
                             const DeliveryTry&) { forget(notification); }});
  }

  void announce(const Announcement& announcement) {
    const PendingNotification& pending = announcement.notification;
    const std::string key = notification_key(pending.event, pending.rule);
    std::vector<std::string> secrets;
    const auto rendered = render_rule(announcement.rule, [&](std::string_view text) {
      return announcement.render(text, secrets);
    });
    if (!rendered) {
      log_warning("notification " + key + " of execution " + pending.event.execution_id +
                  " could not be made: " + rendered.error().message);
      return erase(pending.execution, key);
    }
    executions_[{pending.event.execution_id, key}] = pending.execution;
    Notification notification = make_notification(*rendered, pending.event, std::move(secrets));
    const bool is_taken = announcement.may_have_begun ? notifier_->resume(std::move(notification))
                                                      : notifier_->offer(std::move(notification));
    if (is_taken) return;
    executions_.erase({pending.event.execution_id, key});
    erase(pending.execution, key);
  }

 private:
  Result<SecretText, Diagnostic> reveal_password() const {
    const ScopedSecrets secrets(parts_.secrets, {parts_.account, {}, {}});
    return secrets.reveal(parts_.calls.smtp->password_secret);
  }

  void wait_then(std::chrono::milliseconds time, std::function<void()> then) {
    auto timer = std::make_shared<boost::asio::steady_timer>(parts_.executor, time);
    timer->async_wait([timer, then = std::move(then)](const ErrorCode& cancelled) {
      if (!cancelled) then();
    });
  }

  void forget(const Notification& notification) {
    const auto found = executions_.extract({notification.execution_id, notification.key});
    if (!found.empty()) erase(found.mapped(), notification.key);
  }

  /// One that cannot be erased is delivered again by the next engine.
  void erase(ExecutionNumber execution, const std::string& key) {
    parts_.store.submit(
        [dbs = parts_.store.databases(), execution, key](lmdb::WriteTransaction& txn) {
          return erase_notification(txn, dbs, execution, key);
        },
        [](ErrorCode) {});
  }

  Parts parts_;
  std::unique_ptr<Notifier> notifier_;
  /// Of notifications that are being delivered, by execution id and key.
  std::map<std::pair<std::string, std::string>, ExecutionNumber> executions_;
};

NotificationDesk::NotificationDesk(Parts parts) : impl_(std::make_shared<Impl>(std::move(parts))) {
  impl_->open();
}

NotificationDesk::~NotificationDesk() = default;

void NotificationDesk::announce(const Announcement& announcement) {
  impl_->announce(announcement);
}

}  // namespace tripgate
