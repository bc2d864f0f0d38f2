// Which event is being judged, where the next engine finds it should this one die of it.
#pragma once

#include <string>

#include "engine/journal/journal.h"

namespace tripgate {

/// One number in a mapped file: setting it is a store to memory, and the kernel keeps it when the
/// process dies, whatever of. A power cut may bring back an older number, so a mark is a suspicion
/// and no proof.
class JudgingMark {
 public:
  /// path: of the file, made where it does not exist. Without a path, or where the file cannot be
  /// mapped, the mark remembers nothing.
  explicit JudgingMark(const std::string& path);
  ~JudgingMark();
  JudgingMark(const JudgingMark&) = delete;
  JudgingMark& operator=(const JudgingMark&) = delete;

  /// The event that an earlier engine was judging when it died; 0: none.
  [[nodiscard]] EventSequence left_behind() const noexcept { return left_behind_; }

  /// The event is being judged for as long as this lives.
  class Scope {
   public:
    Scope(JudgingMark& mark, EventSequence sequence) noexcept : mark_(mark) { mark_.set(sequence); }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;
    ~Scope() { mark_.set(0); }

   private:
    JudgingMark& mark_;
  };

 private:
  void set(EventSequence sequence) noexcept;

  EventSequence* mapped_ = nullptr;
  EventSequence left_behind_ = 0;
};

}  // namespace tripgate
