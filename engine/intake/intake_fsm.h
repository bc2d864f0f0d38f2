// The engine's side of a worker's connection as a state machine without I/O.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string_view>
#include <variant>

#include "shared/event_head.h"
#include "shared/wire_frame.h"

namespace tripgate {

/// What the connection has to do next. Views point into the bytes that were handed in.
struct IntakeHello {
  HelloPayload hello;
};
struct IntakeEvent {
  std::uint64_t sequence = 0;
  bool is_resent = false;
  bool body_follows = false;
  std::string_view head_bytes;
  DecodedEventHead decoded;
  std::string_view body;  // empty when it follows
};
struct IntakeBody {
  std::uint64_t sequence = 0;
  std::string_view piece;
  bool ends = false;
};
struct IntakeCancel {
  std::uint64_t sequence = 0;
};
/// The peer broke the protocol: close the connection.
struct IntakeBroken {
  const char* reason = "";
};
using IntakeAction = std::variant<IntakeHello, IntakeEvent, IntakeBody, IntakeCancel, IntakeBroken>;

/// Takes bytes as they come and yields one action per whole frame.
class IntakeFsm {
 public:
  /// An action, and how many of the bytes it took.
  struct Step {
    IntakeAction action;
    std::size_t consumed = 0;
  };

  /// The next whole frame in `bytes`; empty when more bytes are needed. After IntakeBroken the
  /// machine yields nothing else.
  [[nodiscard]] std::optional<Step> next(std::string_view bytes);

 private:
  [[nodiscard]] IntakeAction take_hello(const FrameHeader& header, std::string_view payload);
  [[nodiscard]] IntakeAction take_event(const FrameHeader& header, std::string_view payload);
  [[nodiscard]] IntakeAction take_body(const FrameHeader& header, std::string_view payload);

  bool is_greeted_ = false;
  bool is_broken_ = false;
  std::uint64_t last_sequence_ = 0;

  /// Events whose BODY frames are still coming.
  std::set<std::uint64_t> open_bodies_;
};

}  // namespace tripgate
