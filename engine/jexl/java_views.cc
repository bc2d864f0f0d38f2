// Each view is an object of the host: properties and methods by name, nothing else.
#include "engine/jexl/java_views.h"

#include <algorithm>

#include "engine/jexl/host_object.h"
#include "engine/jexl/java_hash.h"
#include "engine/jexl/operators.h"
#include "engine/jexl/value_text.h"

namespace tripgate::jexl {
namespace {

using Arguments = std::span<const Value>;

class EntryView final : public HostObject {
 public:
  EntryView(Value key, Value value) : key_(std::move(key)), value_(std::move(value)) {}

  std::optional<Value> property(std::string_view name) const override {
    if (name == "key") return key_;
    if (name == "value") return value_;
    return std::nullopt;
  }

  std::optional<Result<Value, EvalError>> call(std::string_view name,
                                               Arguments arguments) const override {
    if (name == "equals" && arguments.size() == 1) return Value::boolean(equals(arguments[0]));
    if (!arguments.empty()) return std::nullopt;
    if (name == "getKey") return key_;
    if (name == "getValue") return value_;
    if (name == "toString") return Value::string(text());
    if (name == "hashCode") return hash();
    return std::nullopt;
  }

  std::string text() const override { return to_text(key_) + "=" + to_text(value_); }

 private:
  bool equals(const Value& other) const {
    if (!other.is(Kind::object)) return false;
    const auto* const entry = dynamic_cast<const EntryView*>(&other.as_object());
    return entry != nullptr && java_equals(key_, entry->key_) && java_equals(value_, entry->value_);
  }

  Result<Value, EvalError> hash() const {
    Meter meter{Budget{}};
    const auto key = java_hash(key_, meter);
    const auto value = java_hash(value_, meter);
    if (!key || !value) return key ? value.error() : key.error();
    return Value::int32(*key ^ *value);
  }

  Value key_;
  Value value_;
};

class IteratorView final : public HostObject {
 public:
  explicit IteratorView(std::vector<Value> elements) : elements_(std::move(elements)) {}

  std::optional<Value> property(std::string_view) const override { return std::nullopt; }

  std::optional<Result<Value, EvalError>> call(std::string_view name,
                                               Arguments arguments) const override {
    if (!arguments.empty()) return std::nullopt;
    if (name == "hasNext") return Value::boolean(next_ < elements_.size());
    if (name != "next") return std::nullopt;
    if (next_ == elements_.size()) return other_error("there is no next element");
    return elements_[next_++];
  }

 private:
  std::vector<Value> elements_;
  mutable std::size_t next_ = 0;  // Belongs to one evaluation, which runs in one thread.
};

class StreamView final : public HostObject {
 public:
  explicit StreamView(std::vector<Value> elements) : elements_(std::move(elements)) {}

  std::optional<Value> property(std::string_view) const override { return std::nullopt; }

  std::optional<Result<Value, EvalError>> call(std::string_view name,
                                               Arguments arguments) const override {
    const bool has_count =
        arguments.size() == 1 && (arguments[0].is(Kind::int32) || arguments[0].is(Kind::int64));
    if (has_count && (name == "limit" || name == "skip")) return cut(name, arguments[0].as_int64());
    if (!arguments.empty()) return std::nullopt;
    if (name == "count") return Value::int64(static_cast<std::int64_t>(elements_.size()));
    if (name == "toList") return Value::list(elements_);
    if (name == "toArray") return Value::array(elements_);
    if (name == "iterator") return make_iterator_view(elements_);
    if (name == "distinct") return distinct();
    return std::nullopt;
  }

 private:
  Result<Value, EvalError> cut(std::string_view name, std::int64_t count) const {
    if (count < 0) return other_error("a stream cannot be cut by a negative number");
    const auto at = std::min<std::uint64_t>(static_cast<std::uint64_t>(count), elements_.size());
    const auto middle = elements_.begin() + static_cast<std::ptrdiff_t>(at);
    if (name == "limit") return make_stream_view({elements_.begin(), middle});
    return make_stream_view({middle, elements_.end()});
  }

  Value distinct() const {
    const Value members = Value::set(elements_);
    std::vector<Value> kept;
    for (const Value::Entry& entry : members.entries()) kept.push_back(entry.key);
    return make_stream_view(std::move(kept));
  }

  std::vector<Value> elements_;
};

}  // namespace

Value make_entry_view(Value key, Value value) {
  return Value::object(std::make_shared<EntryView>(std::move(key), std::move(value)));
}

Value make_iterator_view(std::vector<Value> elements) {
  return Value::object(std::make_shared<IteratorView>(std::move(elements)));
}

Value make_stream_view(std::vector<Value> elements) {
  return Value::object(std::make_shared<StreamView>(std::move(elements)));
}

}  // namespace tripgate::jexl
