// JSON read into a tree; for small documents of the API and its clients.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/base/result.h"

struct yajl_val_s;

namespace tripgate {

/// A value inside a JsonDocument; valid as long as the document is. Absent values read as absent
/// again, so that a path can be followed without a test at each step.
class JsonView {
 public:
  JsonView() = default;
  explicit JsonView(const yajl_val_s* node) : node_(node) {}

  /// False for what is absent and for null.
  [[nodiscard]] explicit operator bool() const;

  /// The member of an object; of a repeated key the first.
  [[nodiscard]] JsonView find(std::string_view key) const;
  /// The elements of an array; none for anything else.
  [[nodiscard]] std::vector<JsonView> elements() const;
  /// The members of an object in order; none for anything else.
  [[nodiscard]] std::vector<std::pair<std::string_view, JsonView>> members() const;

  /// The text of a string; nothing for anything else.
  [[nodiscard]] std::optional<std::string_view> string() const;
  [[nodiscard]] std::optional<bool> boolean() const;
  [[nodiscard]] std::optional<std::int64_t> integer() const;

  /// Strings, numbers (as written), booleans as text; everything else as "".
  [[nodiscard]] std::string text() const;

  [[nodiscard]] bool is_object() const;
  [[nodiscard]] bool is_array() const;

 private:
  const yajl_val_s* node_ = nullptr;
};

class JsonDocument {
 public:
  /// Strict JSON, UTF-8, at most kJsonDepthMax deep. Errors: what is wrong, without a place.
  [[nodiscard]] static Result<JsonDocument, Diagnostic> parse(const std::string& text);

  [[nodiscard]] JsonView root() const { return JsonView(tree_.get()); }

 private:
  struct Free {
    void operator()(yajl_val_s* tree) const;
  };
  explicit JsonDocument(yajl_val_s* tree) : tree_(tree) {}
  std::unique_ptr<yajl_val_s, Free> tree_;
};

/// Deepest nesting; a tree is freed by recursion.
inline constexpr std::size_t kJsonDepthMax = 256;

}  // namespace tripgate
