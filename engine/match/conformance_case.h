// One line of a conformance corpus -> the line that compare.py reads.
#pragma once

#include <string>
#include <string_view>

#include "engine/jexl/operators.h"

namespace tripgate {

/// What an evaluation gave, in the corpus's own words: `"ok":true,"type":...,"value":...`, of
/// numbers also `jtype` and `text`, or `"ok":false,"error":...,"message":...`; without braces.
[[nodiscard]] std::string describe(const jexl::Outcome& outcome);

/// Evaluates one case of `cases.jsonl` or `condition_operators.jsonl`: modes jexl, expression,
/// condition, render and operator. Gives one JSON line without line break, whatever the line holds:
/// `"ok":false,"error":"other"` for a line that is no case, with its id if one can be made out.
/// Source: jexl.md section 18.
[[nodiscard]] std::string evaluate_case(std::string_view json_line);

}  // namespace tripgate
