// One static buffer: pages that nothing reaches are never touched, and cost nothing.
#include "engine/step/kept_bytes.h"

#include <string.h>

#include "engine/step/step_protocol.h"

namespace tripgate::step {
namespace {

char kept[kOutputsLimitBytes];

// The size of the JSON string that a text begins with, quotes included; all of it if none ends.
std::size_t string_size(std::string_view text) {
  for (std::size_t at = 1; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == '"') {
      return at + 1;
    }
  }
  return text.size();
}

bool is_key(std::string_view behind) {
  for (const char c : behind) {
    if (c != ' ' && c != '\t' && c != '\r' && c != '\n') return c == ':';
  }
  return false;
}

}  // namespace

void KeptBytes::put(std::string_view text) {
  const std::size_t room = sizeof kept - size_;
  const std::size_t size = text.size() < room ? text.size() : room;
  if (size < text.size()) is_over_limit_ = true;
  if (size != 0) memcpy(kept + size_, text.data(), size);
  size_ += size;
}

void KeptBytes::put_masked(std::string_view text) {
  while (!text.empty()) {
    const std::size_t secret_size = mask_.size_at(text);
    put(secret_size != 0 ? std::string_view(kMask) : std::string_view(text.data(), 1));
    text.remove_prefix(secret_size != 0 ? secret_size : 1);
  }
}

void KeptBytes::put_masked_json(std::string_view text) {
  while (!text.empty()) {
    const std::size_t size = text.front() == '"' ? string_size(text) : 1;
    const std::string_view piece(text.data(), size);
    text.remove_prefix(size);
    const bool is_whole = size >= 2 && piece.back() == '"';
    if (!is_whole || is_key(text)) {
      put(piece);
      continue;
    }
    put("\"");
    put_masked({piece.data() + 1, size - 2});
    put("\"");
  }
}

std::string_view KeptBytes::view() const {
  return {kept, size_};
}

}  // namespace tripgate::step
