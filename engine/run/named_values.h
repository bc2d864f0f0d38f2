// Objects of the host that answer to names: `x.name`, `x["name"]` and `x.get("name")`.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/jexl/host_object.h"
#include "engine/jexl/value.h"

namespace tripgate {

/// A named object; `all` is what it looks like where a text is needed.
class NamedValues : public jexl::HostObject {
 public:
  std::optional<Result<jexl::Value, jexl::EvalError>> call(
      std::string_view name, std::span<const jexl::Value> arguments) const override;
  std::string text() const override;

 protected:
  [[nodiscard]] virtual jexl::Value all() const { return jexl::Value::map({}); }
};

/// A map value of a few members.
[[nodiscard]] jexl::Value make_map(std::vector<std::pair<std::string_view, jexl::Value>> members);

[[nodiscard]] inline jexl::Value text_value(std::string_view text) {
  return jexl::Value::string(text);
}

/// Null for an empty text.
[[nodiscard]] inline jexl::Value optional_text(std::string_view text) {
  return text.empty() ? jexl::Value() : jexl::Value::string(text);
}

}  // namespace tripgate
