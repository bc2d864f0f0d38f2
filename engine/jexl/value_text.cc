// Java's toString() of every kind of value.
#include "engine/jexl/value_text.h"

#include "engine/jexl/host_object.h"
#include "engine/jexl/jexl_limits.h"
#include "engine/jexl/number_text.h"
#include "engine/jexl/text.h"

namespace tripgate::jexl {
namespace {

class TextWriter {
 public:
  explicit TextWriter(std::size_t limit) : limit_(limit) {}

  /// False once the limit is exceeded.
  bool write(const Value& value, int depth) {
    if (depth > kMaxDepth || out_.size() > limit_) return false;
    switch (value.kind()) {
      case Kind::null:
        out_ += "null";
        break;
      case Kind::boolean:
        out_ += value.as_bool() ? "true" : "false";
        break;
      case Kind::string:
        out_ += value.as_string();
        break;
      case Kind::character:
        text::append(out_, static_cast<char32_t>(value.as_int64()));
        break;
      case Kind::list:
      case Kind::array:
        return write_elements(value, depth);
      case Kind::map:
      case Kind::set:
        return write_entries(value, depth);
      case Kind::range:
        out_ += range_text(value.as_range());
        break;
      case Kind::function:
        out_ += "function";
        break;
      case Kind::object:
        out_ += value.as_object().text();
        break;
      default:
        out_ += number_text(value);
    }
    return out_.size() <= limit_;
  }

  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  bool write_elements(const Value& list, int depth) {
    out_ += '[';
    const char* before = "";
    for (const Value& element : list.elements()) {
      out_ += std::exchange(before, ", ");
      if (!write(element, depth + 1)) return false;
    }
    out_ += ']';
    return true;
  }

  bool write_entries(const Value& container, int depth) {
    const bool is_map = container.is(Kind::map);
    out_ += is_map ? '{' : '[';
    const char* before = "";
    for (const Value::Entry& entry : container.entries()) {
      out_ += std::exchange(before, ", ");
      if (!write(entry.key, depth + 1)) return false;
      if (is_map) out_ += '=';
      if (is_map && !write(entry.value, depth + 1)) return false;
    }
    out_ += is_map ? '}' : ']';
    return true;
  }

  static std::string range_text(const IntegerRange& range) {
    return std::to_string(range.first) + ".." + std::to_string(range.last);
  }

  std::size_t limit_;
  std::string out_;
};

}  // namespace

std::optional<std::string> to_text(const Value& value, std::size_t limit) {
  TextWriter writer(limit);
  if (!writer.write(value, 0)) return std::nullopt;
  return writer.take();
}

std::string to_text(const Value& value) {
  return to_text(value, kDefaultMemoryBytes).value_or("...");
}

}  // namespace tripgate::jexl
