// A matrix is a Cartesian product, first axis outermost; repeat and parallelism are lists and
// counts. Every list is complete before the first iteration begins.
#include "engine/run/loop_expansion.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

#include "engine/jexl/json.h"
#include "engine/jexl/template.h"

namespace tripgate {
namespace {

using jexl::Kind;
using jexl::Value;
using plan::LoopStrategy;

constexpr const char* kNothingLeft =
    "Total number of iterations found to be 0 for this strategy. Please check pipeline yaml";
constexpr const char* kNoList =
    "Expression provided did not resolve into a list of string/objects. Please ensure that "
    "expression is correct";
constexpr std::size_t kPostfixMax = 126;

bool has_block(std::string_view text) {
  return text.find("<+") != std::string_view::npos;
}

bool is_list(const Value& value) {
  return value.is(Kind::list) || value.is(Kind::array) || value.is(Kind::set);
}

/// A whole number, as written or as an expression gives it.
Result<std::int64_t, Diagnostic> number_of(const std::string& text, const EvaluateText& evaluate) {
  std::string digits = text;
  if (has_block(text)) {
    const auto value = evaluate(text);
    if (!value) return value.error();
    digits = jexl::Template::value_text(*value);
  }
  double number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  const bool is_whole = error == std::errc() && end == digits.data() + digits.size() &&
                        std::floor(number) == number && std::abs(number) < 1e9;
  if (!is_whole) return Diagnostic("\"" + digits + "\" is no whole number");
  return static_cast<std::int64_t>(number);
}

/// The texts of a list's members: scalars as they are, maps as compact JSON.
std::vector<std::string> texts_of(const Value& list) {
  std::vector<std::string> texts;
  for (const Value& member : list.elements()) texts.push_back(jexl::Template::value_text(member));
  return texts;
}

struct Axis {
  std::string name;
  std::vector<std::string> values;
};

Result<Axis, Diagnostic> expand_axis(const LoopStrategy::Axis& axis, const EvaluateText& evaluate) {
  if (axis.expression.empty()) return Axis{axis.name, axis.values};
  const auto value = evaluate(axis.expression);
  if (!value) {
    return Diagnostic("Unable to resolve the expression for " + axis.name +
                      ". Please ensure that expression is correct.");
  }
  if (value->is(Kind::null)) {
    return Diagnostic("Expected List but found null value in one of the axis with key:" +
                      axis.name);
  }
  if (!is_list(*value)) return Diagnostic(kNoList);
  Axis expanded{axis.name, texts_of(*value)};
  if (expanded.values.empty()) {
    return Diagnostic("Axis is empty for key [" + axis.name +
                      "]. Please provide at least one value in the axis.");
  }
  return expanded;
}

/// A matrix that is one expression as a whole: a map of lists.
Result<std::vector<Axis>, Diagnostic> expand_whole(const std::string& text,
                                                   const EvaluateText& evaluate) {
  const auto value = evaluate(text);
  if (!value || !value->is(Kind::map)) {
    return Diagnostic("Expression for matrix at runtime could not be resolved!");
  }
  std::vector<Axis> axes;
  for (const Value::Entry& entry : value->entries()) {
    if (!is_list(entry.value)) return Diagnostic(kNoList);
    axes.push_back({jexl::Template::value_text(entry.key), texts_of(entry.value)});
  }
  return axes;
}

/// Literal axes come first, in the order of the document; those of expressions follow.
Result<std::vector<Axis>, Diagnostic> expand_axes(const LoopStrategy& loop,
                                                  const EvaluateText& evaluate) {
  if (!loop.matrix_expression.empty()) return expand_whole(loop.matrix_expression, evaluate);
  std::vector<Axis> axes;
  for (const bool wants_expression : {false, true}) {
    for (const LoopStrategy::Axis& axis : loop.axes) {
      if (axis.expression.empty() == wants_expression) continue;
      Result<Axis, Diagnostic> expanded = expand_axis(axis, evaluate);
      if (!expanded) return expanded.error();
      axes.push_back(std::move(*expanded));
    }
  }
  return axes;
}

using Values = std::vector<std::pair<std::string, std::string>>;

bool is_excluded(const Values& values, const std::vector<LoopStrategy::Combination>& excludes) {
  return std::any_of(excludes.begin(), excludes.end(), [&](const auto& exclude) {
    return !exclude.empty() && std::all_of(exclude.begin(), exclude.end(), [&](const auto& pair) {
      return std::find(values.begin(), values.end(), pair) != values.end();
    });
  });
}

Result<std::vector<Iteration>, Diagnostic> expand_matrix(const LoopStrategy& loop,
                                                         const EvaluateText& evaluate) {
  const auto axes = expand_axes(loop, evaluate);
  if (!axes) return axes.error();
  std::vector<Iteration> iterations;
  std::vector<std::uint32_t> indexes(axes->size(), 0);
  const bool has_empty_axis =
      std::any_of(axes->begin(), axes->end(), [](const Axis& axis) { return axis.values.empty(); });
  bool is_done = axes->empty() || has_empty_axis;
  while (!is_done && iterations.size() <= kIterationsMax) {
    Iteration iteration;
    iteration.combination = indexes;
    for (std::size_t i = 0; i < axes->size(); ++i) {
      iteration.values.emplace_back((*axes)[i].name, (*axes)[i].values[indexes[i]]);
      iteration.postfix += "_" + std::to_string(indexes[i]);
    }
    if (!is_excluded(iteration.values, loop.exclude)) iterations.push_back(std::move(iteration));
    std::size_t axis = axes->size();
    while (axis > 0 && ++indexes[axis - 1] == (*axes)[axis - 1].values.size()) indexes[--axis] = 0;
    is_done = axis == 0;
  }
  return iterations;
}

std::vector<Iteration> count_up(std::int64_t times) {
  const auto count = std::min<std::int64_t>(times, kIterationsMax + 1);
  std::vector<Iteration> iterations(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < iterations.size(); ++i) {
    iterations[i].postfix = "_" + std::to_string(i);
  }
  return iterations;
}

Result<std::vector<std::string>, Diagnostic> items_of(const LoopStrategy& loop,
                                                      const EvaluateText& evaluate) {
  std::vector<std::string> items = loop.items;
  if (!loop.items_expression.empty()) {
    const auto value = evaluate(loop.items_expression);
    if (!value) return value.error();
    if (value->is(Kind::null)) return Diagnostic("Loop items list cannot be null");
    if (!is_list(*value)) {
      return Diagnostic(
          "Could not parse the repeat strategy. Please ensure you are using list of strings");
    }
    items = texts_of(*value);
  }
  if (items.empty()) return Diagnostic("items list cannot be empty");
  if (loop.start.empty() && loop.end.empty()) return items;
  const auto start = number_of(loop.start.empty() ? "0" : loop.start, evaluate);
  if (!start) return start.error();
  // Unlike the original, a start without an end keeps the last item.
  const auto end = number_of(loop.end.empty() ? std::to_string(items.size()) : loop.end, evaluate);
  if (!end) return end.error();
  if (*start < 0 || *end < 0) return Diagnostic("start or end cannot be less that 0");
  const auto size = static_cast<std::int64_t>(items.size());
  const std::int64_t from = std::min(*start, size);
  const std::int64_t to = std::clamp(*end, from, size);
  return std::vector<std::string>(items.begin() + from, items.begin() + to);
}

Result<std::vector<Iteration>, Diagnostic> expand_items(const LoopStrategy& loop,
                                                        const EvaluateText& evaluate) {
  const auto items = items_of(loop, evaluate);
  if (!items) return items.error();
  if (loop.partition_size.empty()) {
    std::vector<Iteration> iterations = count_up(static_cast<std::int64_t>(items->size()));
    for (std::size_t i = 0; i < iterations.size() && i < items->size(); ++i) {
      iterations[i].item = (*items)[i];
    }
    return iterations;
  }
  const auto given = number_of(loop.partition_size, evaluate);
  if (!given) return given.error();
  if (*given <= 0) return Diagnostic("partition size cannot be equal or less that 0");
  const auto count = static_cast<std::int64_t>(items->size());
  const std::int64_t size = loop.is_partition_percentage
                                ? std::max<std::int64_t>(1, (count * *given + 99) / 100)
                                : *given;
  std::vector<Iteration> iterations = count_up((count + size - 1) / size);
  for (std::size_t i = 0; i < items->size(); ++i) {
    const std::size_t round = i / static_cast<std::size_t>(size);
    if (round < iterations.size()) iterations[round].partition.push_back((*items)[i]);
  }
  return iterations;
}

Result<std::vector<Iteration>, Diagnostic> expand_times(const LoopStrategy& loop,
                                                        const EvaluateText& evaluate) {
  const auto times = number_of(loop.times, evaluate);
  if (!times) return times.error();
  if (*times > 0) return count_up(*times);
  return Diagnostic(loop.type == LoopStrategy::Type::repeat
                        ? "Iteration can not be [zero]. Please provide some positive Integer for "
                          "Iteration count"
                        : "Parallelism can not be [zero]. Please provide some positive Integer for "
                          "Parallelism");
}

/// Renders nodeName for an iteration: only the values of its own axes are known there.
std::string render_name(const LoopStrategy& loop, const Iteration& iteration) {
  std::vector<Value::Entry> axes;
  for (const auto& [axis, value] : iteration.values) {
    axes.push_back({Value::string(axis), Value::string(value)});
  }
  std::vector<Value::Entry> roots;
  roots.push_back({Value::string("matrix"), Value::map(std::move(axes))});
  const jexl::MapContext context(Value::map(std::move(roots)));
  const auto text = jexl::Template::parse(loop.node_name).render(context);
  return text ? *text : std::string();
}

/// Postfixes become parts of identifiers: cut, cleaned and made unique.
void finish_postfixes(const LoopStrategy& loop, std::vector<Iteration>& iterations) {
  std::set<std::string> seen;
  for (Iteration& iteration : iterations) {
    if (!loop.node_name.empty()) iteration.postfix = "_" + render_name(loop, iteration);
    iteration.postfix.resize(std::min(iteration.postfix.size(), kPostfixMax));
    for (char& c : iteration.postfix) {
      const bool is_plain =
          (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      if (!is_plain) c = '_';
    }
    const std::string plain = iteration.postfix;
    for (int n = 1; !seen.insert(iteration.postfix).second; ++n) {
      iteration.postfix = plain + "_" + std::to_string(n);
    }
  }
}

}  // namespace

Result<LoopExpansion, Diagnostic> expand_loop(const LoopStrategy& loop,
                                              const EvaluateText& evaluate) {
  const bool is_matrix = loop.type == LoopStrategy::Type::matrix;
  auto iterations = is_matrix             ? expand_matrix(loop, evaluate)
                    : !loop.times.empty() ? expand_times(loop, evaluate)
                                          : expand_items(loop, evaluate);
  if (!iterations) return iterations.error();
  if (iterations->empty()) return Diagnostic(kNothingLeft);
  if (iterations->size() > kIterationsMax) {
    return Diagnostic("a loop has at most " + std::to_string(kIterationsMax) + " iterations");
  }
  finish_postfixes(loop, *iterations);
  for (std::size_t i = 0; i < iterations->size(); ++i) {
    (*iterations)[i].index = static_cast<std::uint32_t>(i);
    (*iterations)[i].total = static_cast<std::uint32_t>(iterations->size());
  }
  LoopExpansion expansion{std::move(*iterations), 0};
  if (!loop.max_concurrency.empty()) {
    const auto most = number_of(loop.max_concurrency, evaluate);
    if (!most) return most.error();
    expansion.max_concurrency = static_cast<std::uint32_t>(std::max<std::int64_t>(0, *most));
  }
  return expansion;
}

}  // namespace tripgate
