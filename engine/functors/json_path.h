// Paths into JSON values.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/base/result.h"
#include "engine/jexl/budget.h"
#include "engine/jexl/value.h"

namespace tripgate {

/// Bytes of one path.
inline constexpr std::size_t kJsonPathSizeMax = 1024;

/// A JSONPath: `$`, `.name`, `['name','other']`, `[0]`, `[-1]`, `[0,2]`, `[1:3]`, `*`, `..` and
/// filters of one comparison, `[?(@.a.b == 'x')]` or `[?(@.a)]`.
///
/// A path that can meet several values (everything but names and single indexes) yields a list of
/// them; any other one yields its value. Source: pipelines.md 6.7.
class JsonPath {
 public:
  /// `$.` is put in front of a path that does not begin with `$`. Errors: what is wrong and where.
  [[nodiscard]] static Result<JsonPath, Diagnostic> parse(std::string_view text);

  /// Errors: a name or index that a definite path does not meet; the meter ran out.
  [[nodiscard]] Result<jexl::Value, Diagnostic> select(const jexl::Value& root,
                                                       jexl::Meter& meter) const;

  enum class StepKind { names, indexes, slice, all, filter };

  /// One comparison with something below the element.
  struct Filter {
    std::vector<std::string> names;  ///< Path from the element, `@`.
    std::string op;                  ///< Empty: it must be there.
    jexl::Value operand;
  };

  struct Step {
    StepKind kind = StepKind::names;
    bool is_deep = false;  ///< Behind `..`: at every level below.
    std::vector<std::string> names;
    std::vector<std::int64_t> indexes;
    std::optional<std::int64_t> first;  ///< Of a slice.
    std::optional<std::int64_t> last;   ///< Exclusive.
    Filter filter;

    [[nodiscard]] bool is_definite() const {
      return !is_deep && ((kind == StepKind::names && names.size() == 1) ||
                          (kind == StepKind::indexes && indexes.size() == 1));
    }
  };

 private:
  std::string text_;
  std::vector<Step> steps_;
};

}  // namespace tripgate
