// One pass finds the line starts; everything else is a binary search or a short walk.
#include "engine/yaml/line_index.h"

#include <algorithm>

namespace tripgate::yaml {
namespace {

// The length of the line break at an offset, 0 where there is none.
std::size_t break_size(std::string_view text, std::size_t at) {
  const std::string_view rest = text.substr(at);
  if (rest.starts_with("\r\n")) return 2;
  if (rest.starts_with('\n') || rest.starts_with('\r')) return 1;
  if (rest.starts_with("\xC2\x85")) return 2;
  if (rest.starts_with("\xE2\x80\xA8") || rest.starts_with("\xE2\x80\xA9")) return 3;
  return 0;
}

bool is_continuation(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}

}  // namespace

LineIndex::LineIndex(std::string_view text) : text_(text), starts_{0} {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t size = break_size(text, at);
    at += std::max<std::size_t>(size, 1);
    if (size != 0) starts_.push_back(at);
  }
}

Position LineIndex::position_of(std::size_t offset) const {
  const auto next = std::upper_bound(starts_.begin(), starts_.end(), offset);
  const auto line = static_cast<std::size_t>(next - starts_.begin());
  return {static_cast<std::uint32_t>(line),
          static_cast<std::uint32_t>(offset - starts_[line - 1] + 1)};
}

std::size_t LineIndex::offset_of(std::size_t line, std::size_t character) {
  if (line >= starts_.size()) return text_.size();
  if (line != cursor_.line || character < cursor_.character) cursor_ = {line, 0, starts_[line]};
  for (; cursor_.character < character && cursor_.offset < text_.size(); ++cursor_.character) {
    ++cursor_.offset;
    while (cursor_.offset < text_.size() && is_continuation(text_[cursor_.offset])) {
      ++cursor_.offset;
    }
  }
  return cursor_.offset;
}

std::string_view LineIndex::line(std::size_t index) const {
  if (index >= starts_.size()) return {};
  const std::size_t begin = starts_[index];
  std::size_t end = begin;
  while (end < text_.size() && break_size(text_, end) == 0) ++end;
  return text_.substr(begin, end - begin);
}

}  // namespace tripgate::yaml
