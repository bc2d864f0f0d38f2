// Writes JSON from left to right into a string; nothing is kept but the text itself.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tripgate {

/// Appends text to out as one quoted JSON string. Bytes that are not UTF-8 become U+FFFD, one for
/// each maximal ill-formed part (Unicode 3.9, "best practice"), so that the result always parses.
void append_json_string(std::string& out, std::string_view text);

/// A streaming writer. Calls follow the document: `key` before each value of an object, and every
/// begin has its end. Commas are placed by the writer.
class JsonWriter {
 public:
  JsonWriter& begin_object() { return open('{'); }
  JsonWriter& end_object() { return close('}'); }
  JsonWriter& begin_array() { return open('['); }
  JsonWriter& end_array() { return close(']'); }

  JsonWriter& key(std::string_view name);

  JsonWriter& string(std::string_view text);
  JsonWriter& number(std::int64_t value);
  JsonWriter& boolean(bool value);
  JsonWriter& null();
  /// Text that is JSON already.
  JsonWriter& raw(std::string_view json);

  // Members of an object, name and value at once.

  JsonWriter& member(std::string_view name, std::string_view text) {
    return key(name).string(text);
  }
  JsonWriter& member(std::string_view name, const char* text) { return key(name).string(text); }
  JsonWriter& member(std::string_view name, const std::string& text) {
    return key(name).string(text);
  }
  JsonWriter& member(std::string_view name, std::int64_t value) { return key(name).number(value); }
  JsonWriter& member(std::string_view name, bool value) { return key(name).boolean(value); }
  /// null where the text is absent.
  JsonWriter& member(std::string_view name, const std::optional<std::string>& text) {
    return text ? key(name).string(*text) : key(name).null();
  }
  JsonWriter& null_member(std::string_view name) { return key(name).null(); }

  [[nodiscard]] const std::string& text() const { return out_; }
  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  JsonWriter& open(char bracket);
  JsonWriter& close(char bracket);
  void place_comma();

  std::string out_;
  bool needs_comma_ = false;
};

}  // namespace tripgate
