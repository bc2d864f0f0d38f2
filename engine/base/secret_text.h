// Text that must not outlive its use.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace tripgate {

/// A text whose memory is overwritten before it is given back. It lies on the heap whatever its
/// size, so that a move leaves no copy behind.
class SecretText {
 public:
  SecretText() = default;
  /// Copies; the source stays the caller's to wipe.
  explicit SecretText(std::string_view text);
  /// Of `size` zero bytes, to be filled through bytes().
  explicit SecretText(std::size_t size);
  SecretText(SecretText&& other) noexcept
      : bytes_(std::move(other.bytes_)), size_(std::exchange(other.size_, 0)) {}
  SecretText& operator=(SecretText&& other) noexcept;
  ~SecretText();

  [[nodiscard]] std::string_view view() const noexcept { return {bytes_.get(), size_}; }
  [[nodiscard]] char* bytes() noexcept { return bytes_.get(); }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

 private:
  std::unique_ptr<char[]> bytes_;  // NOLINT(modernize-avoid-c-arrays): one exact allocation
  std::size_t size_ = 0;
};

/// Overwrites a text in place, all of its capacity, and empties it.
void wipe(std::string& text) noexcept;

}  // namespace tripgate
