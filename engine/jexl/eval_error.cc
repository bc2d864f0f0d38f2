// Names of the error categories.
#include "engine/jexl/eval_error.h"

namespace tripgate::jexl {

std::string_view to_string(ErrorKind kind) noexcept {
  switch (kind) {
    case ErrorKind::parse:
      return "parse";
    case ErrorKind::undefined_variable:
      return "undefined-variable";
    case ErrorKind::undefined_method:
      return "undefined-method";
    case ErrorKind::arithmetic:
      return "arithmetic";
    case ErrorKind::other:
    case ErrorKind::limit:
      break;
  }
  return "other";
}

}  // namespace tripgate::jexl
