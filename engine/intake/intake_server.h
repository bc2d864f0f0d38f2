// The socket to which nginx workers send events.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "engine/base/result.h"
#include "engine/journal/journal.h"
#include "shared/event_head.h"

namespace tripgate {

/// Why an event is refused after all; becomes a NACK.
struct Refusal {
  std::uint16_t http_status = 503;
  std::uint16_t retry_after_s = 0;
  std::string code;
  std::string message;
};

struct IntakeConfig {
  std::string socket_path;
  /// Owner group of the socket; empty: that of the process.
  std::optional<unsigned> socket_gid;
  /// Besides root and the engine's own user, the only uid whose events are taken.
  std::optional<unsigned> worker_uid;
};

struct IntakeSeams {
  Journal& journal;
  /// Generation of the entities that an event must have been admitted under.
  std::function<std::uint64_t()> current_generation;
  /// Judges an event of another generation again. Called on the intake thread.
  std::function<std::optional<Refusal>(const EventHead&)> judge;
  /// Says why nothing can be taken at the moment (disk nearly full, backlog); cheap.
  std::function<std::optional<Refusal>()> refusal;
};

/// Runs a thread of its own: accepts workers, appends their events, acknowledges what is durable.
class IntakeServer {
 public:
  /// Binds the socket (0660), replacing one that a dead engine left.
  [[nodiscard]] static Result<std::unique_ptr<IntakeServer>> start(const IntakeConfig& config,
                                                                   IntakeSeams seams);
  ~IntakeServer();
  IntakeServer(const IntakeServer&) = delete;
  IntakeServer& operator=(const IntakeServer&) = delete;

  /// Ends the thread; no acknowledgement leaves any more. Events that were read and not
  /// acknowledged are sent again by the workers.
  void stop();

  struct Counters {
    std::uint64_t events = 0;       // appended and acknowledged
    std::uint64_t refused = 0;      // answered by a NACK
    std::uint64_t connections = 0;  // open now
  };
  [[nodiscard]] Counters counters() const;

 private:
  class Impl;
  explicit IntakeServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace tripgate
