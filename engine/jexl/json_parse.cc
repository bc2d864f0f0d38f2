// yajl reads, this builds: finished values wait on one stack until their container closes and takes
// them in one piece, so a body costs two allocations per container and none per short string.
#include <yajl/yajl_parse.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <vector>

#include "engine/jexl/big_number.h"
#include "engine/jexl/jexl_limits.h"
#include "engine/jexl/json.h"
#include "engine/jexl/number_text.h"
#include "engine/jexl/text.h"

namespace tripgate::jexl {
namespace {

class Builder {
 public:
  /// text_size: of the JSON; a first guess at its values, for a small body gets by with a small
  /// allocation, which costs a tenth of a large one.
  explicit Builder(std::size_t text_size) {
    values_.reserve(std::min(text_size / kBytesPerValue + 1, kFirstValuesMax));
  }

  int add(Value value) {
    values_.push_back(std::move(value));
    return 1;
  }
  int add_key(std::string_view key) { return add(Value::string(key)); }

  int open() {
    if (starts_.size() >= static_cast<std::size_t>(kMaxDepth)) return 0;
    starts_.push_back(values_.size());
    return 1;
  }

  int close_array() {
    static const Value empty = Value::list({});
    if (values_.size() == starts_.back()) return replace(empty);
    const auto first = values_.begin() + static_cast<std::ptrdiff_t>(starts_.back());
    std::vector<Value> elements(std::make_move_iterator(first),
                                std::make_move_iterator(values_.end()));
    return replace(Value::list(std::move(elements)));
  }

  int close_map() {
    static const Value empty = Value::map({});
    if (values_.size() == starts_.back()) return replace(empty);
    std::vector<Value::Entry> entries;
    entries.reserve((values_.size() - starts_.back()) / 2);
    for (std::size_t i = starts_.back(); i < values_.size(); i += 2) {
      entries.push_back({std::move(values_[i]), std::move(values_[i + 1])});
    }
    return replace(Value::map(std::move(entries)));
  }

  int add_number(std::string_view text) {
    if (text.size() > kMaxNumberSize) return 0;
    if (text.find_first_of(".eE") != std::string_view::npos) {
      return add(Value::float64(parse_java_double(text).value_or(0)));
    }
    std::int64_t number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    if (read.ec == std::errc{}) return add(Value::integer(number));
    auto big = BigInteger::from_text(text);
    return big ? add(Value::big_integer(std::move(*big))) : 0;
  }

  [[nodiscard]] bool is_complete() const { return starts_.empty() && values_.size() == 1; }
  [[nodiscard]] Value result() { return std::move(values_.front()); }

 private:
  int replace(Value container) {
    values_.resize(starts_.back());
    starts_.pop_back();
    return add(std::move(container));
  }

  static constexpr std::size_t kBytesPerValue = 8;
  static constexpr std::size_t kFirstValuesMax = 256;

  std::vector<Value> values_;        // Finished values and keys of the open containers.
  std::vector<std::size_t> starts_;  // Where each open container begins on values_.
};

Builder& builder(void* context) {
  return *static_cast<Builder*>(context);
}

std::string_view view(const unsigned char* text, std::size_t size) {
  return {reinterpret_cast<const char*>(text), size};
}

constexpr yajl_callbacks kCallbacks = {
    .yajl_null = [](void* c) { return builder(c).add({}); },
    .yajl_boolean = [](void* c, int value) { return builder(c).add(Value::boolean(value != 0)); },
    .yajl_integer = nullptr,
    .yajl_double = nullptr,
    .yajl_number =
        [](void* c, const char* text, std::size_t size) {
          return builder(c).add_number({text, size});
        },
    .yajl_string = [](void* c, const unsigned char* text,
                      std::size_t size) { return builder(c).add(Value::string(view(text, size))); },
    .yajl_start_map = [](void* c) { return builder(c).open(); },
    .yajl_map_key = [](void* c, const unsigned char* text,
                       std::size_t size) { return builder(c).add_key(view(text, size)); },
    .yajl_end_map = [](void* c) { return builder(c).close_map(); },
    .yajl_start_array = [](void* c) { return builder(c).open(); },
    .yajl_end_array = [](void* c) { return builder(c).close_array(); },
};

struct FreeParser {
  void operator()(yajl_handle parser) const { yajl_free(parser); }
};
using Parser = std::unique_ptr<std::remove_pointer_t<yajl_handle>, FreeParser>;

const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

Diagnostic complaint(yajl_handle parser, std::string_view text, yajl_status status) {
  const std::size_t offset = std::min(yajl_get_bytes_consumed(parser), text.size());
  const std::string_view before = text.substr(0, offset);
  const std::size_t break_at = before.rfind('\n');
  std::uint32_t line = 1;
  for (const char c : before) line += c == '\n' ? 1U : 0U;
  const std::size_t start = break_at == std::string_view::npos ? 0 : break_at + 1;
  const auto column = static_cast<std::uint32_t>(offset - start + 1);
  if (status == yajl_status_client_canceled) {
    return {line, column, "the JSON is nested too deeply or holds a number that is too long"};
  }
  return {line, column, "this is not valid JSON"};
}

}  // namespace

Result<Value, Diagnostic> parse_json(std::string_view text) {
  if (text.size() > kMaxJsonSize) return Diagnostic("the JSON is too long");
  Builder builder(text.size());
  const Parser parser(yajl_alloc(&kCallbacks, nullptr, &builder));
  yajl_status status = yajl_parse(parser.get(), bytes(text), text.size());
  if (status == yajl_status_ok) status = yajl_complete_parse(parser.get());
  if (status != yajl_status_ok) return complaint(parser.get(), text, status);
  if (!builder.is_complete()) return Diagnostic(1, 1, "a JSON value was expected");
  return builder.result();
}

Value parse_body(std::string_view body) {
  const std::size_t start = body.find_first_not_of(" \t\r\n");
  if (start == std::string_view::npos || body.size() > kMaxJsonSize) return Value::string(body);
  const char first = body[start];
  if (first == 'n' && text::trim(body) == "null") return {};
  if (first != '{' && first != '[') return Value::string(body);
  Builder builder(body.size());
  const Parser parser(yajl_alloc(&kCallbacks, nullptr, &builder));
  yajl_config(parser.get(), yajl_allow_trailing_garbage, 1);
  const yajl_status status = yajl_parse(parser.get(), bytes(body), body.size());
  if (status != yajl_status_ok || !builder.is_complete()) return Value::string(body);
  return builder.result();
}

}  // namespace tripgate::jexl
