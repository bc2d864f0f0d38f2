// Strict access to the members of a JSON object: a call is not made on a guess.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/jexl/value.h"

namespace tripgate {

/// Reads the members of an object one by one. The first complaint is kept, later reads give empty
/// values. Borrows the object.
class CallFields {
 public:
  /// what: how complaints call the object.
  CallFields(const jexl::Value& object, std::string what);

  // Required members.

  [[nodiscard]] std::string text(std::string_view name);
  [[nodiscard]] std::int64_t number(std::string_view name, std::int64_t low, std::int64_t high);
  [[nodiscard]] bool flag(std::string_view name);
  [[nodiscard]] std::vector<std::string> texts(std::string_view name);
  /// A list; empty after a complaint.
  [[nodiscard]] std::vector<jexl::Value> list(std::string_view name);
  /// An object; null after a complaint.
  [[nodiscard]] jexl::Value object(std::string_view name);

  /// Whether there is such a member.
  [[nodiscard]] bool has(std::string_view name) const;

  void complain(std::string message);
  /// Takes over another reader's complaint.
  void adopt(const CallFields& inner);
  /// The first complaint, or about a member that nobody asked for; empty if all is well.
  [[nodiscard]] std::string finish();
  [[nodiscard]] const std::string& complaint() const { return complaint_; }

 private:
  const jexl::Value* find(std::string_view name);

  const jexl::Value& object_;
  std::string what_;
  std::string complaint_;
  std::size_t read_count_ = 0;
};

}  // namespace tripgate
