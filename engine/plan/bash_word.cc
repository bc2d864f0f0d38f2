// Bookkeeping of blocks: each gets one place or one refusal.
#include "engine/plan/bash_word.h"

#include <algorithm>

namespace tripgate::plan {
namespace {

std::vector<PlacementRemark> sorted(std::vector<PlacementRemark> remarks) {
  std::stable_sort(remarks.begin(), remarks.end(),
                   [](const auto& a, const auto& b) { return a.offset < b.offset; });
  remarks.erase(std::unique(remarks.begin(), remarks.end()), remarks.end());
  return remarks;
}

}  // namespace

std::size_t BlockPlaces::first_from(std::size_t offset) const {
  const auto found = std::lower_bound(
      blocks_->begin(), blocks_->end(), offset,
      [](const ExpressionBlock& block, std::size_t at) { return block.offset < at; });
  return static_cast<std::size_t>(found - blocks_->begin());
}

std::optional<std::size_t> BlockPlaces::at(std::size_t offset) const {
  const std::size_t index = first_from(offset);
  if (index == blocks_->size() || (*blocks_)[index].offset != offset) return {};
  return index;
}

bool BlockPlaces::any_in(std::size_t begin, std::size_t end) const {
  const std::size_t index = first_from(begin);
  return index < blocks_->size() && (*blocks_)[index].offset < end;
}

void BlockPlaces::place(std::size_t index, Kind kind) {
  if (kinds_[index] != Kind::refused) kinds_[index] = kind;
}

void BlockPlaces::refuse(std::size_t index, const std::string& message) {
  if (kinds_[index] == Kind::refused) return;
  kinds_[index] = Kind::refused;
  refusals_.push_back({(*blocks_)[index].offset, message});
}

void BlockPlaces::refuse_in(std::size_t begin, std::size_t end, const std::string& message) {
  for (std::size_t i = first_from(begin); i < blocks_->size() && (*blocks_)[i].offset < end; ++i) {
    if (kinds_[i] != Kind::dropped) refuse(i, message);
  }
}

void BlockPlaces::warn_in(std::size_t begin, std::size_t end, const std::string& message) {
  for (std::size_t i = first_from(begin); i < blocks_->size() && (*blocks_)[i].offset < end; ++i) {
    if (kinds_[i] != Kind::dropped) warnings_.push_back({(*blocks_)[i].offset, message});
  }
}

void BlockPlaces::refuse_at(std::size_t offset, std::string message) {
  refusals_.push_back({offset, std::move(message)});
}

std::vector<PlacementRemark> BlockPlaces::sorted_refusals() const {
  return sorted(refusals_);
}
std::vector<PlacementRemark> BlockPlaces::sorted_warnings() const {
  return sorted(warnings_);
}

}  // namespace tripgate::plan
