// What evaluating gives: a value, or why there is none.
#pragma once

#include "engine/base/result.h"
#include "engine/jexl/eval_error.h"
#include "engine/jexl/value.h"

namespace tripgate::jexl {

using Outcome = Result<Value, EvalError>;
template <class T>
using Coerced = Result<T, EvalError>;

}  // namespace tripgate::jexl
