// Values as compact JSON.
#include <cmath>

#include "engine/jexl/host_object.h"
#include "engine/jexl/jexl_limits.h"
#include "engine/jexl/json.h"
#include "engine/jexl/number_text.h"
#include "engine/jexl/text.h"
#include "engine/jexl/value_text.h"

namespace tripgate::jexl {
namespace {

class Writer {
 public:
  explicit Writer(bool keeps_nulls) : keeps_nulls_(keeps_nulls) {}

  void write(const Value& value, int depth) {
    // Lists that share their parts can be exponentially longer than what they take in memory.
    if (depth > kMaxDepth || out_.size() > kMaxJsonSize) return put("null");
    switch (value.kind()) {
      case Kind::null:
        return put("null");
      case Kind::boolean:
        return put(value.as_bool() ? "true" : "false");
      case Kind::string:
        return write_string(value.as_string());
      case Kind::list:
      case Kind::array:
        return write_elements(value, depth);
      case Kind::map:
        return write_map(value, depth);
      case Kind::set:
        return write_set(value, depth);
      case Kind::range:
        return write_range(value.as_range());
      default:
        break;
    }
    // JSON has no infinite numbers; Jackson writes them as strings.
    const bool is_odd = value.is_floating() && !std::isfinite(value.as_double());
    if (value.is_number() && !is_odd) return put(number_text(value));
    write_string(to_text(value));
  }

  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  void put(std::string_view text) { out_ += text; }

  void write_string(std::string_view text) {
    out_ += '"';
    if (text::is_valid_utf8(text)) {
      write_escaped(text);
    } else {
      write_escaped(text::scrubbed(text));
    }
    out_ += '"';
  }

  void write_escaped(std::string_view text) {
    constexpr char kHex[] = "0123456789ABCDEF";
    for (const char c : text) {
      switch (c) {
        case '"':
          put("\\\"");
          break;
        case '\\':
          put("\\\\");
          break;
        case '\n':
          put("\\n");
          break;
        case '\r':
          put("\\r");
          break;
        case '\t':
          put("\\t");
          break;
        case '\b':
          put("\\b");
          break;
        case '\f':
          put("\\f");
          break;
        default:
          if (static_cast<unsigned char>(c) >= 0x20) {
            out_ += c;
          } else {
            put("\\u00");
            out_ += kHex[static_cast<unsigned char>(c) >> 4U];
            out_ += kHex[static_cast<unsigned char>(c) & 15U];
          }
      }
    }
  }

  void write_elements(const Value& list, int depth) {
    char before = '[';
    for (const Value& element : list.elements()) {
      if (out_.size() > kMaxJsonSize) break;
      out_ += std::exchange(before, ',');
      write(element, depth + 1);
    }
    put(before == '[' ? "[]" : "]");
  }

  void write_map(const Value& map, int depth) {
    char before = '{';
    for (const Value::Entry& entry : map.entries()) {
      if (entry.value.is_null() && !keeps_nulls_) continue;
      out_ += std::exchange(before, ',');
      write_string(to_text(entry.key));
      out_ += ':';
      write(entry.value, depth + 1);
    }
    put(before == '{' ? "{}" : "}");
  }

  void write_set(const Value& set, int depth) {
    char before = '[';
    for (const Value::Entry& entry : set.entries()) {
      out_ += std::exchange(before, ',');
      write(entry.key, depth + 1);
    }
    put(before == '[' ? "[]" : "]");
  }

  void write_range(const IntegerRange& range) {
    // A range of a billion members has no text; what is written stays bounded.
    constexpr std::int64_t kMaxMembers = 100'000;
    const std::int64_t step = range.first <= range.last ? 1 : -1;
    std::int64_t member = range.first;
    char before = '[';
    for (std::int64_t i = 0; i < kMaxMembers; ++i, member += step) {
      out_ += std::exchange(before, ',');
      put(std::to_string(member));
      if (member == range.last) break;
    }
    out_ += ']';
  }

  bool keeps_nulls_;
  std::string out_;
};

}  // namespace

std::string to_compact_json(const Value& value) {
  Writer writer(false);
  writer.write(value, 0);
  return writer.take();
}

std::string to_full_json(const Value& value) {
  Writer writer(true);
  writer.write(value, 0);
  return writer.take();
}

}  // namespace tripgate::jexl
