// Equal immutable values, made once and shared by all that want them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <unordered_map>

namespace tripgate {

/// Gives the same object for the same key as long as anybody holds it. For one thread; what it gave
/// may outlive it and go anywhere.
template <class T>
class SharedPool {
 public:
  /// The living object of that key, or what make() gives: a shared_ptr, which may be null and is
  /// not kept then.
  template <class Make>
  [[nodiscard]] std::shared_ptr<const T> get(const std::string& key, Make make) {
    if (std::shared_ptr<const T> known = find(key)) return known;
    std::shared_ptr<const T> made = make();
    if (made != nullptr) keep(key, made);
    return made;
  }

  /// Living objects, and dead ones that no sweep has found yet.
  [[nodiscard]] std::size_t size() const { return known_.size(); }

 private:
  [[nodiscard]] std::shared_ptr<const T> find(const std::string& key) const {
    const auto found = known_.find(key);
    return found == known_.end() ? nullptr : found->second.lock();
  }

  /// Sweeps whenever the pool has doubled, so that dead objects are at most as many as living ones
  /// were, and a sweep costs each key a constant share.
  void keep(const std::string& key, const std::shared_ptr<const T>& object) {
    if (known_.size() >= sweep_at_) {
      std::erase_if(known_, [](const auto& entry) { return entry.second.expired(); });
      sweep_at_ = std::max(kSweepMin, 2 * known_.size());
    }
    known_.insert_or_assign(key, object);
  }

  static constexpr std::size_t kSweepMin = 64;

  std::unordered_map<std::string, std::weak_ptr<const T>> known_;
  std::size_t sweep_at_ = kSweepMin;
};

}  // namespace tripgate
