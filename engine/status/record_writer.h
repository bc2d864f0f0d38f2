// Growing records: numbers and text in the form that ByteReader reads.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "shared/bytes.h"

namespace tripgate {

/// ByteWriter for a record whose size is not known before. Cannot fail.
class RecordWriter {
 public:
  explicit RecordWriter(std::uint8_t version) { put(version); }

  template <class T>
  void put(T value) {
    std::array<std::uint8_t, sizeof(T)> bytes{};
    ByteWriter(bytes).put(value);
    out_ += as_text(bytes);
  }

  void put_text(std::string_view text) {
    put(static_cast<std::uint32_t>(text.size()));
    out_ += text;
  }

  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

/// What put_text wrote.
[[nodiscard]] inline std::string read_text(ByteReader& reader) {
  return std::string(reader.get_text<std::uint32_t>());
}

/// A number as a key: most significant byte first, so that key order is number order.
template <class T>
[[nodiscard]] std::string big_endian_key(T number) {
  std::string key(sizeof(T), '\0');
  for (std::size_t i = sizeof(T); i-- > 0; number = static_cast<T>(number >> 8)) {
    key[i] = static_cast<char>(number & 0xff);
  }
  return key;
}

/// The number in the first bytes of a key, which must hold as many.
template <class T>
[[nodiscard]] T read_big_endian(std::string_view key) {
  T number = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    number = static_cast<T>(number << 8 | static_cast<unsigned char>(key[i]));
  }
  return number;
}

}  // namespace tripgate
