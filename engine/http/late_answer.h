// Answers that come when the runner has spoken. It lives on a thread of its own and speaks after a
// write: at once as a rule, and not before there is room while the disk is full.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "engine/base/diagnostic.h"
#include "engine/base/result.h"
#include "engine/http/envelope.h"
#include "engine/http/message.h"

namespace tripgate::http {

/// How long the server's thread waits for a word before the answer is held back without it: many
/// times what a write takes, and short enough for the few threads that there are.
inline constexpr std::chrono::milliseconds kPromptly{100};

/// Until the outcome counts as unknown.
inline constexpr std::chrono::seconds kAnswerPatience{30};

/// A word that is given once, on any thread.
template <class T>
class Word {
 public:
  using Value = Result<T, Diagnostic>;

  void give(const Value& value) {
    {
      const std::lock_guard lock(mutex_);
      value_ = value;
    }
    given_.notify_all();
  }

  /// Empty when it did not come in time; zero asks without waiting.
  [[nodiscard]] std::optional<Value> take(std::chrono::milliseconds patience) {
    std::unique_lock lock(mutex_);
    given_.wait_for(lock, patience, [this] { return value_.has_value(); });
    return value_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable given_;
  std::optional<Value> value_;
};

/// Asks, and answers with what becomes of the word, or with outcome_unknown when it does not come.
///
/// ask: is given the function that takes the word. answer: called on a thread of the server's,
/// maybe after the request is gone.
template <class T>
[[nodiscard]] Response answer_when_told(
    const std::function<void(std::function<void(const Result<T, Diagnostic>&)>)>& ask,
    std::function<Response(const Result<T, Diagnostic>&)> answer, std::string correlation_id) {
  const auto word = std::make_shared<Word<T>>();
  ask([word](const Result<T, Diagnostic>& told) { word->give(told); });
  if (const auto told = word->take(kPromptly)) return answer(*told);
  Response held;
  held.waiting = std::make_shared<const Waiting>(
      Waiting{[word] { return word->take({}).has_value(); },
              [word, answer = std::move(answer), id = std::move(correlation_id)] {
                const auto told = word->take({});
                return told ? answer(*told) : outcome_unknown(id);
              },
              kAnswerPatience, true});
  return held;
}

}  // namespace tripgate::http
