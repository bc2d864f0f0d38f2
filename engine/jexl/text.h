// UTF-8 text whose positions count UTF-16 units, as Java's do.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tripgate::jexl::text {

/// Length in UTF-16 units.
[[nodiscard]] std::size_t utf16_size(std::string_view utf8) noexcept;
[[nodiscard]] bool is_ascii(std::string_view utf8) noexcept;
[[nodiscard]] bool is_valid_utf8(std::string_view bytes) noexcept;

/// The text with U+FFFD for everything that is not UTF-8.
[[nodiscard]] std::string scrubbed(std::string_view bytes);

/// Byte offset of the UTF-16 index, which must not exceed utf16_size(). An index inside a surrogate
/// pair gives the offset of the pair.
[[nodiscard]] std::size_t byte_offset(std::string_view utf8, std::size_t unit_index) noexcept;
/// UTF-16 index of a byte offset.
[[nodiscard]] std::size_t unit_index(std::string_view utf8, std::size_t byte_offset) noexcept;

/// Units from begin to end; halves of surrogate pairs become their three-byte form.
[[nodiscard]] std::string substring(std::string_view utf8, std::size_t begin, std::size_t end);
/// The unit at an index below utf16_size().
[[nodiscard]] char16_t unit_at(std::string_view utf8, std::size_t index) noexcept;

/// Decodes the code point at offset and moves offset behind it; malformed bytes decode one by one.
[[nodiscard]] char32_t decode(std::string_view utf8, std::size_t& offset) noexcept;
void append(std::string& utf8, char32_t code_point);
[[nodiscard]] std::u32string to_code_points(std::string_view utf8);
[[nodiscard]] std::u16string to_units(std::string_view utf8);
[[nodiscard]] std::string from_units(std::u16string_view units);

/// Byte offset of the first occurrence at or after `from`, or npos. As string_view::find, but in
/// linear time: the standard one compares the needle anew at every place.
[[nodiscard]] std::size_t find(std::string_view text, std::string_view needle,
                               std::size_t from = 0) noexcept;
/// Byte offset of the last occurrence that begins at or before `from`, or npos; in linear time.
[[nodiscard]] std::size_t find_last(std::string_view text, std::string_view needle,
                                    std::size_t from);

/// Difference of the first differing UTF-16 units, else of the lengths: Java's compareTo().
[[nodiscard]] int compare(std::string_view left, std::string_view right) noexcept;

/// Value of a decimal digit of any script, or nothing.
[[nodiscard]] std::optional<int> digit_value(char32_t code_point) noexcept;

/// Full Unicode case mapping in the English locale, final sigma included.
[[nodiscard]] std::string to_upper(std::string_view utf8);
[[nodiscard]] std::string to_lower(std::string_view utf8);
/// One code point to one code point.
[[nodiscard]] char32_t simple_upper(char32_t code_point) noexcept;
[[nodiscard]] char32_t simple_lower(char32_t code_point) noexcept;
/// Upper and then lower case: what Java compares where case does not matter.
[[nodiscard]] char32_t fold_case(char32_t code_point) noexcept;

/// Java's trim(): without units up to U+0020 at both ends.
[[nodiscard]] std::string_view trim(std::string_view utf8) noexcept;
/// Java's Character.isWhitespace().
[[nodiscard]] bool is_white_space(char32_t code_point) noexcept;
/// Java's isBlank(): nothing but white space.
[[nodiscard]] bool is_blank(std::string_view utf8) noexcept;

}  // namespace tripgate::jexl::text
