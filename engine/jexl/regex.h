// Java's regular expressions on PCRE2, with bounded matching.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/result.h"
#include "engine/jexl/budget.h"
#include "engine/jexl/eval_error.h"

struct pcre2_real_code_8;

namespace tripgate::jexl {

/// One match: byte offsets of the whole and of each group (npos, npos: the group took no part).
using MatchSpans = std::vector<std::pair<std::size_t, std::size_t>>;

/// Steps of an evaluation that compiling one byte of a pattern takes: up to a microsecond.
inline constexpr std::uint64_t kCompileStepsPerByte = 8;

/// A compiled pattern; immutable, may be used by several threads at once.
class Regex {
 public:
  enum class Flags : std::uint8_t { none, dot_matches_breaks };

  /// Translates and compiles a pattern of java.util.regex. Errors: other, foreign; the offset is
  /// that in the pattern.
  [[nodiscard]] static Result<Regex, EvalError> compile(std::string_view java_pattern,
                                                        Flags flags = Flags::none);
  /// For patterns that are literals of a script: a bad one is kept as nullptr and complained about
  /// when it is evaluated.
  [[nodiscard]] static std::shared_ptr<const Regex> compile_shared(std::string_view java_pattern);

  Regex(Regex&&) noexcept = default;
  Regex& operator=(Regex&&) noexcept = default;

  /// Whether the whole subject matches; what is not UTF-8 in it counts as U+FFFD. Errors: limit.
  [[nodiscard]] Result<bool, EvalError> matches(std::string_view subject, Meter& meter) const;
  /// The first match at or after start, or nothing. A search begins at 0: only there is the subject
  /// checked to be UTF-8. Errors: limit, other.
  [[nodiscard]] Result<std::optional<MatchSpans>, EvalError> find(std::string_view subject,
                                                                  std::size_t start,
                                                                  Meter& meter) const;
  /// Number of the named group, or nothing.
  [[nodiscard]] std::optional<std::size_t> group_number(const std::string& name) const;
  [[nodiscard]] std::size_t group_count() const;

 private:
  struct FreeCode {
    void operator()(pcre2_real_code_8* code) const noexcept;
  };
  using Code = std::unique_ptr<pcre2_real_code_8, FreeCode>;

  Regex(Code code, Code whole) : code_(std::move(code)), whole_(std::move(whole)) {}
  [[nodiscard]] Result<std::optional<MatchSpans>, EvalError> run(const pcre2_real_code_8* code,
                                                                 std::string_view subject,
                                                                 std::size_t start,
                                                                 Meter& meter) const;

  Code code_;                        // For searching.
  Code whole_;                       // Anchored at both ends.
  bool is_audited_ = false;          // Its loops are counted by callouts.
  bool has_back_reference_ = false;  // Each step may compare as much as the subject.
  std::uint64_t step_weight_ = 1;    // What one of PCRE2's steps costs.
};

}  // namespace tripgate::jexl
