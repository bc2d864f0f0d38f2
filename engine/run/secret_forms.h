// The texts that give a secret away.
#pragma once

#include <string>
#include <vector>

namespace tripgate {

/// Every text under which the secrets may stand in one line of a log or in an output: each line of
/// theirs, that line as JSON (and that inside JSON, as answers of servers are kept), as a URL, and
/// as bash quotes it in a trace, and base64 of secret and line, whatever text stands before or
/// behind it in what was encoded. None of them twice.
///
/// Lines under three bytes, and base64 under four, are left out: they would mask what is no secret
/// (spec 6.11). Base64 that is wrapped within the secret is not found.
[[nodiscard]] std::vector<std::string> secret_forms(const std::vector<std::string>& secrets);

}  // namespace tripgate
