// Little-endian numbers and length-prefixed text in byte buffers, with bounds checked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <type_traits>

namespace tripgate {

/// Writes values one after the other into a buffer that somebody else owns.
///
/// A value that does not fit is not written and makes the writer fail for good: test `ok()` once,
/// at the end.
class ByteWriter {
 public:
  explicit ByteWriter(std::span<std::uint8_t> out) noexcept : out_(out) {}

  template <class T>
  requires std::is_unsigned_v<T>
  void put(T value) noexcept {
    std::uint8_t* to = take(sizeof(T));
    if (to == nullptr) return;
    for (std::size_t i = 0; i < sizeof(T); ++i) {
      to[i] = static_cast<std::uint8_t>(static_cast<std::uint64_t>(value) >> (8 * i));
    }
  }

  void put_bytes(const void* from, std::size_t size) noexcept {
    if (std::uint8_t* to = take(size); to != nullptr && size != 0) std::memcpy(to, from, size);
  }

  /// Text behind its size in a number of type Size.
  template <class Size>
  void put_text(std::string_view text) noexcept {
    if (text.size() > static_cast<Size>(-1)) {
      failed_ = true;
      return;
    }
    put(static_cast<Size>(text.size()));
    put_bytes(text.data(), text.size());
  }

  [[nodiscard]] bool ok() const noexcept { return !failed_; }
  [[nodiscard]] std::size_t size() const noexcept { return used_; }

 private:
  std::uint8_t* take(std::size_t size) noexcept {
    if (failed_ || out_.size() - used_ < size) {
      failed_ = true;
      return nullptr;
    }
    std::uint8_t* at = out_.data() + used_;
    used_ += size;
    return at;
  }

  std::span<std::uint8_t> out_;
  std::size_t used_ = 0;
  bool failed_ = false;
};

/// Reads what ByteWriter wrote. Views point into the buffer read.
///
/// Reading past the end yields zeros and empty views and makes the reader fail for good.
class ByteReader {
 public:
  explicit ByteReader(std::string_view in) noexcept : in_(in) {}

  template <class T>
  requires std::is_unsigned_v<T>
  [[nodiscard]] T get() noexcept {
    const std::string_view bytes = get_bytes(sizeof(T));
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      value |= static_cast<std::uint64_t>(static_cast<std::uint8_t>(bytes[i])) << (8 * i);
    }
    return static_cast<T>(value);
  }

  [[nodiscard]] std::string_view get_bytes(std::size_t size) noexcept {
    if (failed_ || in_.size() - at_ < size) {
      failed_ = true;
      return {};
    }
    const std::string_view bytes(in_.data() + at_, size);
    at_ += size;
    return bytes;
  }

  template <class Size>
  [[nodiscard]] std::string_view get_text() noexcept {
    return get_bytes(get<Size>());
  }

  [[nodiscard]] bool ok() const noexcept { return !failed_; }
  [[nodiscard]] std::size_t remaining() const noexcept { return in_.size() - at_; }

  /// True when everything was read and nothing was missing.
  [[nodiscard]] bool done() const noexcept { return ok() && remaining() == 0; }

 private:
  std::string_view in_;
  std::size_t at_ = 0;
  bool failed_ = false;
};

/// The bytes of an array or vector of std::uint8_t as text, and the other way round.
[[nodiscard]] inline std::string_view as_text(std::span<const std::uint8_t> bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Whether two short texts are equal, for one that lies in a mapped store: there it may end where a
/// page does. glibc's memcmp masks what it loads from behind a text; if the next page is not
/// mapped, the processor takes a hundred nanoseconds to find that nobody wanted it.
[[nodiscard]] inline bool is_equal_text(std::string_view left, std::string_view right) noexcept {
  constexpr std::size_t kWord = sizeof(std::uint64_t);
  const auto word_at = [](std::string_view text, std::size_t at) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + at, kWord);
    return word;
  };
  const std::size_t size = left.size();
  if (size != right.size()) return false;
  if (size >= kWord) {
    for (std::size_t at = 0; at + kWord <= size; at += kWord) {
      if (word_at(left, at) != word_at(right, at)) return false;
    }
    return word_at(left, size - kWord) == word_at(right, size - kWord);
  }
  for (std::size_t at = 0; at < size; ++at) {
    if (left[at] != right[at]) return false;
  }
  return true;
}

}  // namespace tripgate
