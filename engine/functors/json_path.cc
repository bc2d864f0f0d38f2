// Step by step, from the values that the steps so far met to those that the next one meets.
#include "engine/functors/json_path.h"

#include <algorithm>

#include "engine/functors/json_path_parser.h"
#include "engine/jexl/json.h"
#include "engine/jexl/operators.h"

namespace tripgate {
namespace {

using jexl::Value;
using Step = JsonPath::Step;
using Kind = JsonPath::StepKind;

/// An index from the front, or from the end if it is negative.
const Value* element_at(const Value& list, std::int64_t index) {
  const auto elements = list.elements();
  const auto size = static_cast<std::int64_t>(elements.size());
  const std::int64_t from_front = index < 0 ? size + index : index;
  const bool is_inside = from_front >= 0 && from_front < size;
  return is_inside ? &elements[static_cast<std::size_t>(from_front)] : nullptr;
}

/// Applies the steps, and counts what that costs.
class Walk {
 public:
  explicit Walk(jexl::Meter& meter) : meter_(meter) {}

  /// What a step meets below the values so far. False when the meter ran out.
  bool advance(const Step& step) {
    std::vector<Value> found;
    for (const Value& value : values_) {
      if (!(step.is_deep ? descend(step, value, found) : apply(step, value, found))) return false;
    }
    values_ = std::move(found);
    return true;
  }

  [[nodiscard]] std::vector<Value>& values() { return values_; }

 private:
  bool keep(const Value* value, std::vector<Value>& out) {
    if (value == nullptr) return true;
    if (!meter_.step() || !meter_.allocate(sizeof(Value))) return false;
    out.push_back(*value);
    return true;
  }

  bool apply(const Step& step, const Value& value, std::vector<Value>& out) {
    if (!meter_.step()) return false;
    switch (step.kind) {
      case Kind::names:
        return std::ranges::all_of(
            step.names, [&](const std::string& name) { return keep(value.get(name), out); });
      case Kind::indexes:
        return !value.is_sequence() || std::ranges::all_of(step.indexes, [&](std::int64_t index) {
          return keep(element_at(value, index), out);
        });
      case Kind::slice:
        return !value.is_sequence() || slice(step, value, out);
      case Kind::all:
        return for_each_child(value, [&](const Value& child) { return keep(&child, out); });
      case Kind::filter:
        break;
    }
    return for_each_child(value, [&](const Value& child) {
      return meter_.step() && (!passes(step.filter, child) || keep(&child, out));
    });
  }

  bool slice(const Step& step, const Value& list, std::vector<Value>& out) {
    const auto size = static_cast<std::int64_t>(list.elements().size());
    const auto clamp = [size](std::int64_t index) {
      return std::clamp(index < 0 ? size + index : index, std::int64_t{0}, size);
    };
    const std::int64_t end = clamp(step.last.value_or(size));
    for (std::int64_t i = clamp(step.first.value_or(0)); i < end; ++i) {
      if (!keep(element_at(list, i), out)) return false;
    }
    return true;
  }

  /// The value itself first, then what is below it. jexl::kMaxDepth bounds the recursion.
  bool descend(const Step& step, const Value& value, std::vector<Value>& out) {
    if (!apply(step, value, out)) return false;
    return for_each_child(value, [&](const Value& child) { return descend(step, child, out); });
  }

  template <class Visit>
  static bool for_each_child(const Value& value, const Visit& visit) {
    if (value.is_sequence()) return std::ranges::all_of(value.elements(), visit);
    if (!value.is(jexl::Kind::map)) return true;
    return std::ranges::all_of(value.entries(),
                               [&](const Value::Entry& entry) { return visit(entry.value); });
  }

  bool passes(const JsonPath::Filter& filter, const Value& element) {
    const Value* at = &element;
    for (const std::string& name : filter.names) {
      at = at->get(name);
      if (at == nullptr) return false;
    }
    return filter.op.empty() || compare(filter.op, *at, filter.operand);
  }

  /// Values of different types are never equal and have no order.
  bool compare(const std::string& op, const Value& left, const Value& right) {
    const bool is_comparable =
        (left.is_number() && right.is_number()) || left.kind() == right.kind();
    if (op == "==" || op == "!=") {
      const auto equal = jexl::is_equal(left, right, meter_);
      return (is_comparable && equal && *equal) == (op == "==");
    }
    const bool is_ordered = is_comparable && (left.is_number() || left.is(jexl::Kind::string));
    if (!is_ordered) return false;
    const auto operation = op == "<"    ? jexl::Op::less
                           : op == "<=" ? jexl::Op::less_equal
                           : op == ">"  ? jexl::Op::greater
                                        : jexl::Op::greater_equal;
    const auto outcome = jexl::is_ordered(operation, left, right, meter_);
    return outcome && *outcome;
  }

  jexl::Meter& meter_;
  std::vector<Value> values_;
};

}  // namespace

Result<JsonPath, Diagnostic> JsonPath::parse(std::string_view text) {
  if (text.size() > kJsonPathSizeMax) return Diagnostic("the path is too long");
  JsonPath path;
  path.text_ = text.starts_with('$') ? std::string(text) : "$." + std::string(text);
  Result<std::vector<Step>, Diagnostic> steps = parse_json_path(path.text_);
  if (!steps) return steps.error();
  path.steps_ = std::move(*steps);
  return path;
}

Result<Value, Diagnostic> JsonPath::select(const Value& root, jexl::Meter& meter) const {
  Walk walk(meter);
  walk.values().push_back(root);
  bool is_definite = true;
  for (const Step& step : steps_) {
    if (!walk.advance(step)) return Diagnostic("the path " + text_ + " meets too much");
    is_definite = is_definite && step.is_definite();
    if (is_definite && walk.values().empty()) {
      return Diagnostic("No results for path: " + text_);
    }
  }
  if (!is_definite) return Value::list(std::move(walk.values()));
  return walk.values().front();
}

}  // namespace tripgate
