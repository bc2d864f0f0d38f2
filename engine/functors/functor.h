// Objects of the expression language that offer functions: `json.select(...)`, `shell.quote(...)`.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "engine/base/clock.h"
#include "engine/base/result.h"
#include "engine/jexl/budget.h"
#include "engine/jexl/host_object.h"
#include "engine/jexl/operators.h"

namespace tripgate {

/// What a function works with: its arguments, the time, and what all functions of one node's texts
/// may cost together.
struct FunctorCall {
  std::span<const jexl::Value> arguments;
  UnixMs now_ms = 0;
  jexl::Meter& meter;

  /// The text of an argument: a text as it is, anything else as it would be rendered.
  [[nodiscard]] std::string text(std::size_t index) const;
};

/// One function: its name, how many arguments it takes, and what it does.
struct FunctorEntry {
  std::string_view name;
  std::size_t argument_count;
  jexl::Outcome (*run)(const FunctorCall& call);
};

// One table per object. Source: pipelines.md 6.7.

[[nodiscard]] std::span<const FunctorEntry> json_functions();
[[nodiscard]] std::span<const FunctorEntry> xml_functions();
[[nodiscard]] std::span<const FunctorEntry> regex_functions();
[[nodiscard]] std::span<const FunctorEntry> shell_functions();
[[nodiscard]] std::span<const FunctorEntry> datetime_functions();

/// The object of that name: json, xml, regex, shell or datetime; nothing for another name.
///
/// meter: borrowed, for as long as the value lives; shared by all functions of a node.
[[nodiscard]] std::optional<jexl::Value> find_functor(std::string_view name, UnixMs now_ms,
                                                      jexl::Meter& meter);

/// `currentDate()` and `currentTime()` without `datetime` in front; nothing for another name.
[[nodiscard]] std::optional<jexl::Outcome> call_bare_function(
    std::string_view name, std::span<const jexl::Value> arguments, UnixMs now_ms,
    jexl::Meter& meter);

/// A failure that fails the text around the block too, instead of leaving the block null.
[[nodiscard]] jexl::EvalError functor_error(std::string message);

}  // namespace tripgate
