// The text of a JSONPath becomes its steps.
#pragma once

#include <string_view>
#include <vector>

#include "engine/functors/json_path.h"

namespace tripgate {

/// text begins with `$`. Errors: what was expected, with the column.
[[nodiscard]] Result<std::vector<JsonPath::Step>, Diagnostic> parse_json_path(
    std::string_view text);

}  // namespace tripgate
