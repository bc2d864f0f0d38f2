// JSON written into a buffer of fixed size.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace tripgate {

/// Appends JSON to a buffer that somebody else owns; test `ok()` once, at the end.
///
/// Caller's text is escaped, invalid UTF-8 becomes U+FFFD, and what is longer than `limit` bytes is
/// cut at a character.
class JsonText {
 public:
  explicit JsonText(std::span<char> out) noexcept : out_(out) {}

  /// Our own text, as it is. Inline, so that the copy of a literal is a few moves.
  JsonText& raw(std::string_view text) noexcept {
    if (failed_ || out_.size() - used_ < text.size()) {
      failed_ = true;
      return *this;
    }
    if (!text.empty()) std::memcpy(out_.data() + used_, text.data(), text.size());
    used_ += text.size();
    return *this;
  }

  /// Somebody else's text inside a string.
  JsonText& text(std::string_view text, std::size_t limit) noexcept;
  JsonText& number(std::uint64_t value) noexcept;

  [[nodiscard]] bool ok() const noexcept { return !failed_; }
  [[nodiscard]] std::string_view view() const noexcept { return {out_.data(), used_}; }

 private:
  std::size_t copy_plain(std::string_view text) noexcept;
  void escape(unsigned char c) noexcept;

  std::span<char> out_;
  std::size_t used_ = 0;
  bool failed_ = false;
};

/// Bytes of the UTF-8 character at the start of text; 0 when it is not valid there.
[[nodiscard]] std::size_t utf8_size(std::string_view text) noexcept;

}  // namespace tripgate
