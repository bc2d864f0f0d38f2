// Two sets of variables over the same header map; the body's text and its value are made once.
#include "engine/match/judged_event.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "engine/jexl/json.h"
#include "engine/jexl/text.h"

namespace tripgate {
namespace {

using jexl::Value;

/// Rendered keys that are kept, and the size of one: 1 MB of an event at most.
constexpr std::size_t kRenderedMax = 1000;
constexpr std::size_t kRenderedMaxBytes = 1000;

constexpr std::string_view kMask = "********";
constexpr std::array<std::string_view, 3> kSecretHeaders = {"x-api-key", "authorization", "cookie"};

Value::Entry header_entry(const EventHeader& header) {
  const std::string name = jexl::text::to_lower(header.name);
  const bool is_secret = std::ranges::find(kSecretHeaders, name) != kSecretHeaders.end();
  return {Value::string(name), Value::string(is_secret ? kMask : header.value)};
}

// A map keeps the last of equal keys, so the lines go in backwards.
Value header_map(std::span<const EventHeader> headers) {
  std::vector<Value::Entry> entries;
  entries.reserve(headers.size());
  for (std::size_t i = headers.size(); i-- > 0;) entries.push_back(header_entry(headers[i]));
  return Value::map(std::move(entries));
}

Value header_map(const DecodedEventHead& head) {
  std::vector<EventHeader> headers;
  headers.reserve(head.header_count);
  ByteReader reader(head.header_bytes);
  for (std::uint16_t i = 0; i < head.header_count; ++i) {
    headers.push_back(DecodedEventHead::next_header(reader));
  }
  return header_map(headers);
}

Value variables_of(const Value& headers, const Value& payload, Value text) {
  const Value custom = Value::string("Custom");
  Value trigger = Value::map({{Value::string("type"), custom},
                              {Value::string("sourceType"), custom},
                              {Value::string("header"), headers},
                              {Value::string("payload"), payload},
                              {Value::string("eventPayload"), std::move(text)}});
  return Value::map(
      {{Value::string("trigger"), std::move(trigger)}, {Value::string("eventPayload"), payload}});
}

}  // namespace

JudgedEvent::JudgedEvent(std::string_view body, std::span<const EventHeader> headers)
    : JudgedEvent(header_map(headers), body) {}

JudgedEvent::JudgedEvent(const DecodedEventHead& head, std::string_view body)
    : JudgedEvent(header_map(head), body) {}

JudgedEvent::JudgedEvent(Value headers, std::string_view body)
    : headers_(std::move(headers)),
      variables_(variables_of(headers_, jexl::parse_body(body), Value::string(body))) {}

const jexl::Context& JudgedEvent::header_variables() const {
  if (!header_variables_) {
    header_variables_.emplace(variables_of(headers_, Value::map({}), Value::string("{}")));
  }
  return *header_variables_;
}

jexl::Coerced<std::string> JudgedEvent::render(const Key& key, bool is_header) const {
  Rendered& known = is_header ? header_rendered_ : rendered_;
  const auto found = known.find(key);
  if (found != known.end()) return found->second;
  jexl::Coerced<std::string> text = key->render(is_header ? header_variables() : variables());
  if (text && text->size() <= kRenderedMaxBytes && known.size() < kRenderedMax) {
    known.emplace(key, *text);
  }
  return text;
}

}  // namespace tripgate
