// Expressions that many texts have in common, parsed once.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/base/shared_pool.h"
#include "engine/jexl/expression.h"

namespace tripgate::jexl {

/// Thousands of triggers ask for `trigger.payload.ref`. Sharing its tree keeps it in the
/// processor's cache while all of them are judged, and saves the memory of the copies. For one
/// thread.
class ExpressionPool {
 public:
  /// As Expression::parse() of a script; an expression that does not parse is not kept.
  [[nodiscard]] Result<Expression, Diagnostic> parse(
      const std::string& text, const std::vector<std::string>& bound_names = {});

 private:
  SharedPool<Ast> trees_;
};

}  // namespace tripgate::jexl
