// The seam between expressions, which name secrets, and the store that has them.
#pragma once

#include <string_view>

#include "engine/base/diagnostic.h"
#include "engine/base/result.h"
#include "engine/base/secret_text.h"

namespace tripgate {

/// The secrets that one execution may read.
class SecretSource {
 public:
  virtual ~SecretSource() = default;

  /// The plain text behind `id` (the execution's project), `org.id` or `account.id`.
  /// Errors: no such secret, or one that cannot be decrypted, naming id and scope; never a value.
  [[nodiscard]] virtual Result<SecretText, Diagnostic> reveal(std::string_view reference) const = 0;
};

}  // namespace tripgate
