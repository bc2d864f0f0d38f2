// Every bound of a call: value, unit, reason.
#pragma once

#include <chrono>
#include <cstddef>

namespace tripgate {

/// Bytes of a request document. A resolved expression has at most 256 kB (pipelines.md 9.3); room
/// for a body, headers and certificates of that size, escaped.
inline constexpr std::size_t kCallRequestMaxBytes = std::size_t{4} << 20;

/// Bytes of a result document; what the supervisor keeps of a program's result.
inline constexpr std::size_t kCallResultMaxBytes = 512 * 1024;

/// Bytes of a response's body. An expression's value has at most as many (pipelines.md 9.3).
inline constexpr std::size_t kResponseBodyMaxBytes = 256 * 1024;

/// Bytes of all header lines of one exchange, interim responses included. nginx, Apache and
/// Tomcat send at most 8 to 32 kB.
inline constexpr std::size_t kResponseHeadersMaxBytes = 64 * 1024;

/// Bytes of a URL; servers refuse more than 8 to 16 kB.
inline constexpr std::size_t kUrlMaxBytes = 32 * 1024;

/// Redirects that one GET or HEAD follows. Browsers give up at 20, and a login page takes 4.
inline constexpr int kRedirectsMax = 10;

/// What connecting may take, name look-up included (pipelines.md 2.3).
inline constexpr std::chrono::milliseconds kConnectTimeout{2000};

/// People one e-mail may go to (pipelines.md 2.7).
inline constexpr std::size_t kRecipientsMax = 2100;

}  // namespace tripgate
