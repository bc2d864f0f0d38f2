// The one file that knows yajl's tree. Depth is counted before parsing, because yajl frees what it
// built by recursion and has no bound of its own.
#include "engine/base/json_document.h"

#include <yajl/yajl_tree.h>

namespace tripgate {
namespace {

bool is_too_deep(std::string_view text) {
  std::size_t depth = 0;
  bool is_in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (is_in_string) {
      if (c == '\\') {
        ++i;
      } else if (c == '"') {
        is_in_string = false;
      }
    } else if (c == '"') {
      is_in_string = true;
    } else if (c == '{' || c == '[') {
      if (++depth > kJsonDepthMax) return true;
    } else if ((c == '}' || c == ']') && depth > 0) {
      --depth;
    }
  }
  return false;
}

}  // namespace

JsonView::operator bool() const {
  return node_ != nullptr && node_->type != yajl_t_null;
}
bool JsonView::is_object() const {
  return node_ != nullptr && node_->type == yajl_t_object;
}
bool JsonView::is_array() const {
  return node_ != nullptr && node_->type == yajl_t_array;
}

JsonView JsonView::find(std::string_view key) const {
  if (!is_object()) return {};
  for (std::size_t i = 0; i < node_->u.object.len; ++i) {
    if (key == node_->u.object.keys[i]) return JsonView(node_->u.object.values[i]);
  }
  return {};
}

std::vector<JsonView> JsonView::elements() const {
  std::vector<JsonView> views;
  if (!is_array()) return views;
  for (std::size_t i = 0; i < node_->u.array.len; ++i) views.emplace_back(node_->u.array.values[i]);
  return views;
}

std::vector<std::pair<std::string_view, JsonView>> JsonView::members() const {
  std::vector<std::pair<std::string_view, JsonView>> views;
  if (!is_object()) return views;
  for (std::size_t i = 0; i < node_->u.object.len; ++i) {
    views.emplace_back(node_->u.object.keys[i], JsonView(node_->u.object.values[i]));
  }
  return views;
}

std::optional<std::string_view> JsonView::string() const {
  if (node_ == nullptr || node_->type != yajl_t_string) return std::nullopt;
  return std::string_view(node_->u.string);
}

std::optional<bool> JsonView::boolean() const {
  if (node_ == nullptr) return std::nullopt;
  if (node_->type == yajl_t_true) return true;
  if (node_->type == yajl_t_false) return false;
  return std::nullopt;
}

std::optional<std::int64_t> JsonView::integer() const {
  if (node_ == nullptr || !YAJL_IS_INTEGER(node_)) return std::nullopt;
  return node_->u.number.i;
}

std::string JsonView::text() const {
  if (const auto found = string()) return std::string(*found);
  if (const auto flag = boolean()) return *flag ? "true" : "false";
  if (node_ != nullptr && node_->type == yajl_t_number) return node_->u.number.r;
  return {};
}

Result<JsonDocument, Diagnostic> JsonDocument::parse(const std::string& text) {
  if (is_too_deep(text)) return Diagnostic("JSON nested too deeply");
  if (text.find('\0') != std::string::npos) return Diagnostic("JSON with a NUL byte");
  char error[256] = "";
  yajl_val tree = yajl_tree_parse(text.c_str(), error, sizeof(error));
  if (tree == nullptr) {
    const std::string reason(error);
    return Diagnostic(reason.empty() ? "empty JSON" : reason.substr(0, reason.find('\n')));
  }
  return JsonDocument(tree);
}

void JsonDocument::Free::operator()(yajl_val_s* tree) const {
  yajl_tree_free(tree);
}

}  // namespace tripgate
