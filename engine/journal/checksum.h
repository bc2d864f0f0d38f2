// The checksums of the event log.
#pragma once

#include <cstdint>
#include <string_view>

namespace tripgate {

/// CRC-32, that of zlib: 0.4 us for an event of 600 bytes.
[[nodiscard]] std::uint32_t crc32(std::string_view bytes) noexcept;

/// CRC-32C (Castagnoli, RFC 3720 B.4).
[[nodiscard]] std::uint32_t crc32c(std::string_view bytes) noexcept;

/// Whether this processor has an instruction for CRC-32C, which makes it the cheaper one by far:
/// 0.1 us for an event of 600 bytes. Without it, it is the dearer one.
[[nodiscard]] bool is_crc32c_fast() noexcept;

}  // namespace tripgate
