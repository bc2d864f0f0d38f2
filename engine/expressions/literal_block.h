// Data inside a text that will be rendered.
#pragma once

#include <string>
#include <string_view>

namespace tripgate {

/// A block `<+"...">` that is worth exactly that text, whatever it holds: what an expression gave
/// can be written into another text and is never evaluated there. A text without `<+` needs none
/// and comes back as it is.
[[nodiscard]] std::string literal_block(std::string_view text);

}  // namespace tripgate
