// What the conditions of triggers see of one event.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "engine/jexl/template.h"
#include "shared/event_head.h"

namespace tripgate {

/// The variables of an event's conditions: its body is parsed once and shared by all triggers.
///
/// Header names are lower case and of several lines the first counts (triggers.md 8.6). The values
/// of X-Api-Key, Authorization and Cookie are masked here too, for an event that did not pass
/// nginx. Keeps nothing of what it is made from. For one thread. Source: triggers.md 8.3.
class JudgedEvent {
 public:
  JudgedEvent(std::string_view body, std::span<const EventHeader> headers);

  /// A stored event: its decoded head and its body.
  JudgedEvent(const DecodedEventHead& head, std::string_view body);

  /// For payload conditions and the JEXL condition.
  [[nodiscard]] const jexl::Context& variables() const { return variables_; }

  /// For header conditions, whose payload is always `{}`. Made when first asked for.
  [[nodiscard]] const jexl::Context& header_variables() const;

  using Key = std::shared_ptr<const jexl::Template>;

  /// A key as text, rendered once for all triggers that share the key.
  [[nodiscard]] jexl::Coerced<std::string> render(const Key& key, bool is_header) const;

 private:
  /// Holding the keys keeps their addresses from being used again.
  using Rendered = std::unordered_map<Key, std::string>;

  JudgedEvent(jexl::Value headers, std::string_view body);

  jexl::Value headers_;
  jexl::MapContext variables_;
  mutable std::optional<jexl::MapContext> header_variables_;
  mutable Rendered rendered_;
  mutable Rendered header_rendered_;
};

}  // namespace tripgate
