// `<+secrets.getValue("id")>`: a stand-in while an expression is evaluated, the plain text or the
// expression again once the text is finished.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/base/result.h"
#include "engine/base/secret_text.h"
#include "engine/expressions/secret_source.h"

namespace tripgate {

/// The secrets that one text mentions.
///
/// No expression ever sees a plain text: it works with a stand-in that holds 128 random bits, which
/// nobody who sends data can guess, and the finished text gets the plain texts put in (or shows the
/// expressions). So neither an error message nor a value made by the expression can hold a secret.
class SecretReferences {
 public:
  /// The stand-in for a secret.
  [[nodiscard]] std::string stand_in(std::string_view reference);

  [[nodiscard]] bool is_empty() const noexcept { return names_.empty(); }

  /// The text with `<+secrets.getValue("id")>` for every stand-in: for eyes, statuses and logs.
  [[nodiscard]] std::string show(std::string text) const;

  /// The text with the plain text for every stand-in: for a process. Each one that is used is added
  /// to `used`, once.
  /// Errors: those of SecretSource::reveal.
  [[nodiscard]] Result<std::string, Diagnostic> reveal(std::string_view text,
                                                       const SecretSource& source,
                                                       std::vector<std::string>& used) const;

 private:
  [[nodiscard]] std::size_t find_next(std::string_view text, std::size_t from,
                                      std::size_t& number) const;

  std::string marker_;  // Begins every stand-in; empty until the first one.
  std::vector<std::string> names_;
};

/// The expression that names a secret, in the form that statuses show.
[[nodiscard]] std::string secret_expression(std::string_view reference);

/// The name of the secret that such an expression names; nothing of any other text, and of a name
/// that could be more than a name.
[[nodiscard]] std::optional<std::string_view> named_secret(std::string_view expression);

}  // namespace tripgate
