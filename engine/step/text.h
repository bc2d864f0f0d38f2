// Numbers to text without stdio, which would cost more memory than the rest of the program.
#pragma once

#include <charconv>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace tripgate::step {

/// Text of bounded length on the stack; what does not fit is dropped.
template <std::size_t Capacity>
class Text {
 public:
  Text& operator<<(std::string_view text) {
    const std::size_t size = text.size() < Capacity - size_ ? text.size() : Capacity - size_;
    if (size != 0) std::memcpy(bytes_ + size_, text.data(), size);
    size_ += size;
    return *this;
  }
  Text& operator<<(std::int64_t number) {
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
    return *this << std::string_view(digits, static_cast<std::size_t>(end - digits));
  }
  Text& operator<<(std::uint64_t number) { return *this << static_cast<std::int64_t>(number); }
  Text& operator<<(int number) { return *this << static_cast<std::int64_t>(number); }

  [[nodiscard]] std::string_view view() const { return {bytes_, size_}; }

 private:
  char bytes_[Capacity];
  std::size_t size_ = 0;
};

}  // namespace tripgate::step
