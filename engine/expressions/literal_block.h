// Data inside a text that will be rendered.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/jexl/value.h"

namespace tripgate {

/// Who has a say in a value.
enum class ValueOrigin : std::uint8_t {
  pipeline,
  sender,  // Something of the event went into it: it may not choose a secret.
};

/// The function that stands around what came from a sender: `<+given("...")>`. It is worth its
/// argument, and counts as naming the event.
inline constexpr std::string_view kGivenFunction = "given";

/// A block `<+"...">` that is worth exactly that text, whatever it holds: what an expression gave
/// can be written into another text, is never evaluated there, and stays a block for whoever has to
/// judge the places of values (script_placement.h).
[[nodiscard]] std::string literal_block(std::string_view text, ValueOrigin origin);

/// The same of a value: lists and maps stay what they are; numbers, booleans, null and
/// the empty text need no block.
[[nodiscard]] std::string literal_block(const jexl::Value& value, ValueOrigin origin);

/// The text that a literal block alone is worth; nothing of any other text.
[[nodiscard]] std::optional<std::string> literal_text(std::string_view block);

}  // namespace tripgate
