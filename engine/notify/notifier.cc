// A notification is ready, running, or waiting for its next try; settling takes it out. Each try is
// an attempt with a number of its own, so that a restarted engine finds it again.
#include "engine/notify/notifier.h"

#include <iterator>
#include <utility>

#include "engine/base/errc.h"
#include "engine/base/log.h"

namespace tripgate {

Notifier::Notifier(Parts parts)
    : parts_(std::move(parts)), self_(std::make_shared<Notifier*>(this)) {}

Notifier::~Notifier() = default;

bool Notifier::offer(Notification notification) {
  return take(std::move(notification), false);
}

bool Notifier::resume(Notification notification) {
  return take(std::move(notification), true);
}

bool Notifier::take(Notification notification, bool may_have_begun) {
  const Key key{notification.execution_id, notification.key};
  if (pending_.contains(key)) return true;
  if (pending_.size() >= kNotificationsMax) {
    log_warning("notification " + key.second + " of execution " + key.first +
                " is dropped: too many are waiting");
    return false;
  }
  Delivery delivery;
  delivery.notification = std::move(notification);
  delivery.may_have_begun = may_have_begun;
  pending_.emplace(key, std::move(delivery));
  ready_.push_back(key);
  start_next();
  return true;
}

void Notifier::start_next() {
  while (running_count_ < kDeliveriesAtOnceMax && !ready_.empty()) {
    const Key key = std::move(ready_.front());
    ready_.pop_front();
    ++running_count_;
    start(key);
  }
}

void Notifier::start(const Key& key) {
  Delivery& delivery = pending_.at(key);
  ++delivery.try_count;
  if (adopt(key, delivery)) return;
  Result<StepCommand, Diagnostic> command = make_command(delivery);
  if (!command) {
    return end_try(key, {DeliveryTry::Outcome::is_hopeless, command.error().message});
  }
  const ErrorCode error =
      parts_.commands.start({key.first, key.second, delivery.number}, *command, end_of(key));
  wipe(command->script);
  if (!error) return;
  const bool is_final = error == Errc::invalid_argument || error == Errc::too_large;
  end_try(key,
          {is_final ? DeliveryTry::Outcome::is_hopeless : DeliveryTry::Outcome::may_succeed_later,
           error.message()});
}

// True if an earlier engine's attempt was found: its end is told like that of one of ours.
bool Notifier::adopt(const Key& key, Delivery& delivery) {
  if (!delivery.may_have_begun) return false;
  const Result<Adoption> found =
      parts_.commands.adopt({key.first, key.second, delivery.number}, end_of(key));
  if (found && *found != Adoption::never_started) return true;
  // Its number is used up by being looked for.
  ++delivery.number;
  delivery.may_have_begun = false;
  return false;
}

Result<StepCommand, Diagnostic> Notifier::make_command(const Delivery& delivery) const {
  const Notification& notification = delivery.notification;
  SecretText password;
  const bool is_mail = notification.rule.method == plan::NotificationRule::Method::email;
  if (is_mail && parts_.settings.smtp && !parts_.settings.smtp->user.empty()) {
    Result<SecretText, Diagnostic> revealed = parts_.reveal_password();
    if (!revealed) return revealed.error();
    password = std::move(*revealed);
  }
  auto command = make_delivery_command(notification, parts_.settings, password.view());
  if (!command) return command;
  command->event_id = notification.execution_id;
  command->timeout = kDeliveryTimeout;
  command->secrets = notification.secrets;
  return command;
}

OnStepEnd Notifier::end_of(const Key& key) {
  return [weak = std::weak_ptr<Notifier*>(self_), key](const StepResult& result) {
    if (const auto self = weak.lock()) (*self)->on_end(key, result);
  };
}

void Notifier::on_end(const Key& key, const StepResult& result) {
  end_try(key, judge_delivery(pending_.at(key).notification, result));
  start_next();
}

void Notifier::end_try(const Key& key, DeliveryTry outcome) {
  --running_count_;
  Delivery& delivery = pending_.at(key);
  const bool is_last = delivery.try_count > std::size(kDeliveryWaits);
  if (outcome.outcome == DeliveryTry::Outcome::may_succeed_later && !is_last) {
    ++delivery.number;
    const auto wait = kDeliveryWaits[delivery.try_count - 1];
    parts_.after(wait, [weak = std::weak_ptr<Notifier*>(self_), key] {
      const auto self = weak.lock();
      if (self == nullptr) return;
      (*self)->ready_.push_back(key);
      (*self)->start_next();
    });
  } else {
    settle(key, outcome);
  }
}

void Notifier::settle(const Key& key, const DeliveryTry& outcome) {
  const auto settled = pending_.extract(key);
  if (outcome.outcome != DeliveryTry::Outcome::delivered) {
    log_warning("notification " + key.second + " of execution " + key.first +
                " could not be delivered: " + outcome.reason);
  }
  if (parts_.on_settled) parts_.on_settled(settled.mapped().notification, outcome);
}

}  // namespace tripgate
