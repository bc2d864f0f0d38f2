// Both forms are told apart by two members that no known payload has together at its top.
#include "engine/cli/event_file.h"

#include "engine/jexl/json.h"
#include "engine/jexl/text.h"
#include "engine/jexl/value_text.h"

namespace tripgate::cli {
namespace {

using jexl::Kind;
using jexl::Value;

const Diagnostic kHeaderForm(
    "`headers` must be an object of names and texts, or a list of objects with `name` and `value`");

bool is_header_text(const Value& value) {
  return value.is(Kind::string) || value.is_number();
}

std::optional<Diagnostic> add_values(EventFile& event, const std::string& name,
                                     const Value& value) {
  if (is_header_text(value)) {
    event.headers.emplace_back(name, jexl::to_text(value));
    return std::nullopt;
  }
  if (!value.is(Kind::list)) return kHeaderForm;
  for (const Value& line : value.elements()) {
    if (!is_header_text(line)) return kHeaderForm;
    event.headers.emplace_back(name, jexl::to_text(line));
  }
  return std::nullopt;
}

std::optional<Diagnostic> read_headers(const Value& headers, EventFile& event) {
  if (headers.is(Kind::map)) {
    for (const Value::Entry& entry : headers.entries()) {
      auto complaint = add_values(event, jexl::to_text(entry.key), entry.value);
      if (complaint) return complaint;
    }
    return std::nullopt;
  }
  for (const Value& line : headers.elements()) {
    const Value* const name = line.get("name");
    const Value* const value = line.get("value");
    if (name == nullptr || value == nullptr || !name->is(Kind::string)) return kHeaderForm;
    auto complaint = add_values(event, jexl::to_text(*name), *value);
    if (complaint) return complaint;
  }
  return std::nullopt;
}

bool may_hold_headers(const Value* headers) {
  return headers != nullptr && (headers->is(Kind::map) || headers->is(Kind::list));
}

}  // namespace

std::vector<EventHeader> EventFile::header_lines() const {
  std::vector<EventHeader> lines;
  for (const auto& [name, value] : headers) lines.push_back({name, value});
  return lines;
}

Result<EventFile, Diagnostic> read_event_file(std::string_view text) {
  EventFile event;
  const Result<Value, Diagnostic> parsed = jexl::parse_json(text);
  const Value* const headers = parsed ? parsed->get("headers") : nullptr;
  const Value* body = parsed ? parsed->get("body") : nullptr;
  if (parsed && body == nullptr) body = parsed->get("payload");
  if (body == nullptr || !may_hold_headers(headers)) {
    event.body = text;
    return event;
  }
  event.body = body->is(Kind::string) ? std::string(body->as_string()) : jexl::to_full_json(*body);
  const auto complaint = read_headers(*headers, event);
  if (complaint) return *complaint;
  return event;
}

std::optional<Diagnostic> add_header_line(EventFile& event, std::string_view line) {
  const std::size_t colon = line.find(':');
  const std::string_view name = jexl::text::trim(line.substr(0, colon));
  if (colon == std::string_view::npos || name.empty()) {
    return Diagnostic("a header reads `Name: value`, not `" + std::string(line) + "`");
  }
  event.headers.emplace_back(name, jexl::text::trim(line.substr(colon + 1)));
  return std::nullopt;
}

}  // namespace tripgate::cli
