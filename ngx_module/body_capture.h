// A request's body as nginx holds it, in memory or in a temporary file, read piece by piece.
#pragma once

#include <cstdint>
#include <span>

#include "ngx_module/ngx_cpp.h"

namespace tripgate {

/// Reads the buffers of r->request_body. Pieces are asked for in order, or from the start again
/// after a broken connection; buffers are never changed, so both work.
class BodyReader {
 public:
  BodyReader() = default;
  explicit BodyReader(const ngx_http_request_t* r) noexcept;

  /// Bytes of the body, and those of them that are kept in memory.
  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
  [[nodiscard]] std::uint64_t memory_size() const noexcept { return memory_size_; }

  /// Fills out with the bytes from offset on; false when they are not there (a file cut or lost).
  [[nodiscard]] bool read(std::uint64_t offset, std::span<std::uint8_t> out) noexcept;

 private:
  [[nodiscard]] bool seek(std::uint64_t offset) noexcept;

  ngx_chain_t* first_ = nullptr;
  ngx_chain_t* at_ = nullptr;  // the buffer that holds offset start_
  std::uint64_t start_ = 0;    // bytes in front of at_
  std::uint64_t size_ = 0;
  std::uint64_t memory_size_ = 0;
};

}  // namespace tripgate
