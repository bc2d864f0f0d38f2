// What an EventListener step waits for, as its record keeps it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace tripgate {

struct EventListener {
  std::string trigger;           ///< Identifier of the triggers whose events it wants.
  std::uint64_t last_event = 0;  ///< The newest that it has seen, or that was there before it.
};

/// The form of NodeState::instance; `decode` gives an equal listener back.
[[nodiscard]] std::string encode_listener(const EventListener& listener);

/// Empty if the text is none that `encode_listener` made.
[[nodiscard]] std::optional<EventListener> decode_listener(const std::string& instance);

}  // namespace tripgate
