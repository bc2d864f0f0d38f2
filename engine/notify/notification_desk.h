// Between the runs, which tell what happened, and the notifier, which delivers it.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>
#include <string>

#include "engine/journal/state_store.h"
#include "engine/notify/notifier.h"
#include "engine/run/runner.h"
#include "engine/secrets/secret_store.h"
#include "engine/status/notification_store.h"

namespace tripgate {

/// Builds notifications from the announcements of the runner, and forgets their records once they
/// are delivered or given up. Records that an earlier engine left behind are announced again by the
/// runner's recovery. All work happens on one executor.
class NotificationDesk {
 public:
  struct Parts {
    boost::asio::any_io_executor executor;
    StateStore& store;
    CommandRunner& commands;
    CallSettings calls;
    const SecretStore* secrets = nullptr;
    std::string account;  ///< Whose secret the mail server's password is.
  };

  explicit NotificationDesk(Parts parts);
  ~NotificationDesk();
  NotificationDesk(const NotificationDesk&) = delete;
  NotificationDesk& operator=(const NotificationDesk&) = delete;

  /// Delivers it, or says in the log why not. On the executor.
  void announce(const Announcement& announcement);

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace tripgate
