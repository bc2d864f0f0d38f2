// A pattern must match the whole value; of a list, each part must be allowed. Texts are those of
// the original, letter for letter.
#include "engine/inputs/validator.h"

#include <algorithm>
#include <cstdlib>

#include "engine/jexl/expression.h"
#include "engine/jexl/regex.h"
#include "engine/jexl/template.h"

namespace tripgate::inputs {
namespace {

constexpr std::string_view kListScript = "jexl(";

std::string bracketed(const std::vector<std::string>& texts) {
  std::string list = "[";
  for (const std::string& text : texts) list.append(list.size() > 1 ? ", " : "").append(text);
  return list + "]";
}

/// A decimal number and nothing else; Java's words and hexadecimal forms do not count.
std::optional<double> number_of(const std::string& text) {
  if (text.empty() || text.find_first_not_of("+-.0123456789eE") != std::string::npos) return {};
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  return end == text.c_str() + text.size() ? std::optional(number) : std::nullopt;
}

/// A list that a script computes: `jexl(...)`. What fails computes nothing, and allows nothing.
std::vector<std::string> computed_values(std::string_view script) {
  const auto expression = jexl::Expression::parse(script);
  if (!expression) return {};
  const auto value = expression->evaluate(jexl::MapContext(jexl::Value::map({})));
  if (!value) return {};
  if (!value->is_sequence()) return split_values(jexl::Template::value_text(*value));
  std::vector<std::string> values;
  for (const jexl::Value& item : value->elements()) {
    values.push_back(jexl::Template::value_text(item));
  }
  return values;
}

std::vector<std::string> allowed_values(const std::string& list) {
  const bool is_script = list.starts_with(kListScript) && list.ends_with(')');
  if (!is_script) return split_values(list);
  const std::string_view text = list;
  return computed_values(text.substr(kListScript.size(), text.size() - kListScript.size() - 1));
}

/// 1.10 as a number is 1.1, as a text it is not: the way in which the value is written decides.
bool is_allowed(const std::string& value, bool may_be_number,
                const std::vector<std::string>& allowed) {
  const std::optional<double> number = may_be_number ? number_of(value) : std::nullopt;
  return std::ranges::any_of(allowed, [&](const std::string& candidate) {
    return candidate == value || (number && number == number_of(candidate));
  });
}

/// Empty if the pattern does not compile.
std::optional<bool> matches(const std::string& pattern, std::string_view value) {
  const auto regex = jexl::Regex::compile(pattern);
  if (!regex) return std::nullopt;
  jexl::Meter meter{jexl::Budget()};
  const auto matched = regex->matches(value, meter);
  return matched && *matched;
}

std::string pattern_text(const std::string& value, const std::string& fqn, Moment moment) {
  if (moment == Moment::resolved)
    return "Current value " + value + " does not match with given regex";
  return "The value provided for [" + fqn + ": " + value +
         "] does not match the required regex pattern";
}

std::string allowed_text(const std::vector<std::string>& parts,
                         const std::vector<std::string>& allowed, const std::string& fqn,
                         Moment moment) {
  if (moment == Moment::supplied) {
    return "The values provided for " + fqn + ": [" + quoted_list(parts) +
           "] do not match any of the allowed values [" + quoted_list(allowed) + "]";
  }
  return parts.size() == 1
             ? "Current value " + parts.front() + " is not in allowed values list"
             : "Current values " + quoted_list(parts) + " are not in allowed values list";
}

std::optional<std::string> scalar_violation(const RuntimeInput& input, const yaml::Node& value,
                                            const std::string& fqn, Moment moment) {
  if (input.pattern) {
    const std::optional<bool> is_match = matches(*input.pattern, value.text);
    if (!is_match) return find_broken_pattern(input, fqn);
    if (!*is_match) return pattern_text(value.text, fqn, moment);
  }
  if (!input.allowed || has_expression(*input.allowed)) return std::nullopt;
  const std::vector<std::string> allowed = allowed_values(*input.allowed);
  const bool may_be_number = value.style == yaml::ScalarStyle::plain || moment == Moment::resolved;
  std::vector<std::string> parts = {value.text};
  if (is_allowed(value.text, may_be_number, allowed)) return std::nullopt;
  parts = split_values(value.text);
  const bool are_allowed = std::ranges::all_of(
      parts, [&](const std::string& part) { return is_allowed(part, may_be_number, allowed); });
  if (are_allowed) return std::nullopt;
  return allowed_text(parts, allowed, fqn, moment);
}

}  // namespace

std::optional<std::string> find_broken_pattern(const RuntimeInput& input, const std::string& fqn) {
  if (!input.pattern || jexl::Regex::compile(*input.pattern)) return std::nullopt;
  return "Invalid pattern " + *input.pattern + " provided in " + fqn;
}

std::optional<std::string> find_violation(const RuntimeInput& input, const yaml::Node& value,
                                          const std::string& fqn, Moment moment) {
  if (!input.has_validator()) return std::nullopt;
  if (value.is_mapping()) {
    return input.allowed ? "AllowedValues do not handle value of type: Map"
                         : pattern_text("a mapping", fqn, moment);
  }
  if (value.is_scalar()) {
    // What a run resolved is data: an expression in it will never be one.
    const bool may_change = moment == Moment::supplied && has_expression(value.text);
    if (may_change) return std::nullopt;
    return scalar_violation(input, value, fqn, moment);
  }
  std::vector<std::string> violating;
  for (const yaml::Node& item : value.items) {
    if (find_violation(input, item, fqn, moment)) violating.push_back(item.text);
  }
  if (violating.empty()) return std::nullopt;
  return "Following values don't match the provided input set validator: " + bracketed(violating);
}

std::string quoted_list(const std::vector<std::string>& values) {
  std::string list;
  for (const std::string& value : values) {
    list.append(list.empty() ? "" : ", ").append("\\'").append(value).append("\\'");
  }
  return list;
}

}  // namespace tripgate::inputs
