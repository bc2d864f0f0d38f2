// One line of a conformance corpus -> the line that compare.py reads.
#pragma once

#include <string>
#include <string_view>

namespace tripgate {

/// Evaluates one case of `cases.jsonl` or `condition_operators.jsonl`: modes jexl, expression,
/// condition, render and operator. Gives one JSON line without line break; a line that is no case
/// gives `{"id":null,"ok":false,"error":"other"}`. Source: jexl.md section 18.
[[nodiscard]] std::string evaluate_case(std::string_view json_line);

}  // namespace tripgate
