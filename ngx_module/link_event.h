// One event on its way to the engine, and lists of them that never allocate.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "shared/ids.h"

namespace tripgate {

/// Where an event stands on the link.
enum class LinkState : std::uint8_t {
  idle,        // not on the link
  waiting,     // not sent on this connection
  body,        // EVENT sent, BODY frames still to come
  sent,        // everything sent, no answer
  cancelling,  // CANCEL queued or sent, no answer
};

/// An event and its place on the link. The request owns it; LinkFsm borrows it from add() until it
/// settles or is dropped. The first group of members is the owner's, the rest is the machine's.
struct LinkEvent {
  EventId id;
  std::span<std::uint8_t> frame;  // room for a frame header, head, and the body if it is inline
  std::uint64_t body_size = 0;    // bytes that BODY frames carry; 0: the body is inline
  std::size_t memory_size = 0;    // bytes of memory that the event holds
  bool has_body_frames = false;
  void* owner = nullptr;

  LinkState state = LinkState::idle;
  bool was_sent = false;            // at least one byte left for some engine
  std::uint64_t sequence = 0;       // on this connection; 0: none
  std::uint64_t body_sent = 0;      // bytes
  std::uint64_t deadline_ms = 0;    // of its state
  std::uint64_t hold_until_ms = 0;  // 0: no connection broke under it
  LinkEvent* previous = nullptr;
  LinkEvent* next = nullptr;
  LinkEvent* next_in_bucket = nullptr;
};

/// A queue of events, linked through the events.
class LinkEventList {
 public:
  [[nodiscard]] LinkEvent* front() const noexcept { return front_; }
  [[nodiscard]] bool empty() const noexcept { return front_ == nullptr; }

  void push_back(LinkEvent& event) noexcept {
    event.previous = back_;
    event.next = nullptr;
    (back_ == nullptr ? front_ : back_->next) = &event;
    back_ = &event;
  }

  void remove(LinkEvent& event) noexcept {
    (event.previous == nullptr ? front_ : event.previous->next) = event.next;
    (event.next == nullptr ? back_ : event.next->previous) = event.previous;
    event.previous = event.next = nullptr;
  }

 private:
  LinkEvent* front_ = nullptr;
  LinkEvent* back_ = nullptr;
};

}  // namespace tripgate
