// Text -> tokens.
#pragma once

#include <string_view>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/base/result.h"
#include "engine/jexl/token.h"

namespace tripgate::jexl {

/// Splits a script into tokens; the last one is always `end`. Source: jexl.md section 3.
[[nodiscard]] Result<std::vector<Token>, Diagnostic> tokenize(std::string_view source);

/// A complaint about the byte at offset, with line and column.
[[nodiscard]] Diagnostic complain_at(std::string_view source, std::size_t offset,
                                     std::string message);

}  // namespace tripgate::jexl
