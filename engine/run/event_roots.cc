// Headers are found in any case; several of one name are joined (triggers.md 10.1).
#include "engine/run/event_roots.h"

#include <algorithm>

#include "engine/jexl/json.h"
#include "engine/run/named_values.h"
#include "shared/event_head.h"

namespace tripgate {
namespace {

using jexl::Value;

bool is_same_header(std::string_view left, std::string_view right) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [&](char a, char b) { return lower(a) == lower(b); });
}

class Headers final : public NamedValues {
 public:
  explicit Headers(std::string_view head_bytes) {
    const auto decoded = decode_event_head(head_bytes);
    if (!decoded) return;
    ByteReader reader(decoded->header_bytes);
    for (std::uint16_t i = 0; i < decoded->header_count; ++i) {
      add(DecodedEventHead::next_header(reader));
    }
  }

  std::optional<Value> property(std::string_view name) const override {
    for (const auto& [known, value] : values_) {
      if (is_same_header(known, name)) return text_value(value);
    }
    return std::nullopt;
  }

 private:
  void add(const EventHeader& header) {
    for (auto& [known, value] : values_) {
      if (!is_same_header(known, header.name)) continue;
      value.append(",").append(header.value);
      return;
    }
    values_.emplace_back(header.name, header.value);
  }

  Value all() const override {
    std::vector<Value::Entry> entries;
    for (const auto& [name, value] : values_) {
      entries.push_back({text_value(name), text_value(value)});
    }
    return Value::map(std::move(entries));
  }

  std::vector<std::pair<std::string, std::string>> values_;
};

/// A blank body gives no payload at all.
Value payload_value(std::string_view body) {
  if (body.find_first_not_of(" \t\r\n") == std::string_view::npos) return {};
  return jexl::parse_body(body);
}

}  // namespace

EventRoots EventRoots::of_event(std::string_view head_bytes, std::string_view body) {
  Value payload = payload_value(body);
  Value trigger = make_map({{"type", text_value("Custom")},
                            {"sourceType", text_value("Custom")},
                            {"payload", payload},
                            {"eventPayload", text_value(body)},
                            {"header", Value::object(std::make_shared<Headers>(head_bytes))}});
  return {std::move(trigger), std::move(payload)};
}

jexl::Value listened_event(std::string_view head_bytes, std::string_view body) {
  return make_map({{"payload", payload_value(body)},
                   {"headers", Value::object(std::make_shared<Headers>(head_bytes))}});
}

}  // namespace tripgate
