// Compiled patterns. Both forms (searching, whole text) are compiled at once, because a trigger's
// pattern is compiled once and used for every event. Match steps are bounded per evaluation.
//
// PCRE2's match limit counts backtracking from one start, neither the starts of a search nor the
// characters that a loop runs over. Automatic possessive loops are therefore off, so that each
// character of a loop costs a step when it is given back. In searches, and where a pattern forbids
// giving back (possessive, atomic, look-around), callouts before each item count instead.
#define PCRE2_CODE_UNIT_WIDTH 8
#include "engine/jexl/regex.h"

#include <pcre2.h>

#include <algorithm>

#include "engine/jexl/java_pattern.h"
#include "engine/jexl/jexl_limits.h"
#include "engine/jexl/text.h"

namespace tripgate::jexl {
namespace {

struct FreeMatch {
  void operator()(pcre2_match_data* data) const { pcre2_match_data_free(data); }
};
using MatchData = std::unique_ptr<pcre2_match_data, FreeMatch>;

struct FreeContext {
  void operator()(pcre2_match_context* context) const { pcre2_match_context_free(context); }
};
using MatchContext = std::unique_ptr<pcre2_match_context, FreeContext>;

constexpr std::uint32_t kOptions =
    PCRE2_UTF | PCRE2_DOTALL | PCRE2_NEVER_BACKSLASH_C | PCRE2_NEVER_UCP | PCRE2_NO_AUTO_POSSESS;

// Characters that a loop, a fixed repetition or a back reference runs over in the time of one step.
constexpr std::size_t kCharactersPerStep = 32;

pcre2_code* compile_one(const std::string& pattern, std::uint32_t options) {
  int error = 0;
  PCRE2_SIZE offset = 0;
  return pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(),
                       kOptions | options, &error, &offset, nullptr);
}

bool has_uncounted_loops(std::string_view pattern) {
  constexpr std::string_view kMarks[] = {"*+",  "++",  "?+",   "}+",  "(?>",
                                         "(?=", "(?!", "(?<=", "(?<!"};
  return std::ranges::any_of(kMarks, [pattern](std::string_view mark) {
    return pattern.find(mark) != std::string_view::npos;
  });
}

// The largest number of a repetition; digits elsewhere do no harm.
std::size_t largest_repetition(std::string_view pattern) {
  std::size_t largest = 0;
  std::size_t number = 0;
  for (const char c : pattern) {
    const bool is_digit = c >= '0' && c <= '9';
    number = is_digit ? std::min<std::size_t>(number * 10 + static_cast<std::size_t>(c - '0'),
                                              std::size_t{1} << 16U)
                      : 0;
    largest = std::max(largest, number);
  }
  return pattern.find('{') == std::string_view::npos ? 0 : largest;
}

bool has_back_reference(std::string_view pattern) {
  for (std::size_t at = pattern.find('\\'); at != std::string_view::npos && at + 1 < pattern.size();
       at = pattern.find('\\', at + 2)) {
    const char next = pattern[at + 1];
    if ((next >= '1' && next <= '9') || next == 'k' || next == 'g') return true;
  }
  return false;
}

// What the callouts count: steps, and how far apart they were.
struct Work {
  std::uint64_t left = 0;
  std::size_t position = 0;
};

int count_work(pcre2_callout_block* block, void* data) {
  Work& work = *static_cast<Work*>(data);
  const std::size_t here = block->current_position;
  const std::size_t run = here > work.position ? here - work.position : work.position - here;
  const std::uint64_t cost = 1 + run / kCharactersPerStep;
  work.position = here;
  if (work.left < cost) return PCRE2_ERROR_CALLOUT;
  work.left -= cost;
  return 0;
}

// PCRE2 does not report how many steps a match took. So it starts with few and gets more as long as
// they do not suffice; what is charged is then right within a small factor.
constexpr std::uint64_t kFirstSteps = 256;
constexpr std::uint64_t kStepGrowth = 8;

template <class Match>
int match_stepwise(const Match& match, std::uint64_t weight, Meter& meter) {
  int count = PCRE2_ERROR_MATCHLIMIT;
  for (std::uint64_t steps = kFirstSteps; count == PCRE2_ERROR_MATCHLIMIT; steps *= kStepGrowth) {
    if (meter.match_steps() == 0) break;
    const std::uint64_t granted = std::min(steps, meter.match_steps() / weight);
    count = match(granted);
    const std::uint64_t used = count == PCRE2_ERROR_MATCHLIMIT ? granted : granted / kStepGrowth;
    meter.use_match_steps(weight * (1 + used));
  }
  return count;
}

template <class Match>
int match_audited(pcre2_match_context* context, const Match& match, std::uint64_t weight,
                  std::size_t start, Meter& meter) {
  const std::uint64_t granted = meter.match_steps() / weight;
  Work work{granted, start};
  pcre2_set_callout(context, count_work, &work);
  const int count = match(granted);
  meter.use_match_steps(weight * (1 + granted - work.left));
  return count;
}

}  // namespace

void Regex::FreeCode::operator()(pcre2_real_code_8* code) const noexcept {
  pcre2_code_free(code);
}

Result<Regex, EvalError> Regex::compile(std::string_view java_pattern, Flags flags) {
  PatternFlags start;
  start.dot_matches_breaks = flags == Flags::dot_matches_breaks;
  const auto pattern = translate_java_pattern(java_pattern, start);
  if (!pattern) return pattern.error();
  const bool is_audited = has_uncounted_loops(*pattern);
  const std::uint32_t options = PCRE2_ANCHORED | PCRE2_ENDANCHORED;
  Code code(compile_one(*pattern, PCRE2_AUTO_CALLOUT));
  Code whole(code == nullptr
                 ? nullptr
                 : compile_one(*pattern, options | (is_audited ? PCRE2_AUTO_CALLOUT : 0)));
  if (whole == nullptr) {
    EvalError error(ErrorKind::other, "bad pattern: " + std::string(java_pattern.substr(0, 60)));
    error.is_foreign = true;
    return error;
  }
  Regex regex(std::move(code), std::move(whole));
  regex.is_audited_ = is_audited;
  regex.has_back_reference_ = has_back_reference(*pattern);
  regex.step_weight_ = 1 + largest_repetition(*pattern) / kCharactersPerStep;
  return regex;
}

std::shared_ptr<const Regex> Regex::compile_shared(std::string_view java_pattern) {
  auto regex = compile(java_pattern);
  if (!regex) return nullptr;
  return std::make_shared<const Regex>(std::move(*regex));
}

Result<std::optional<MatchSpans>, EvalError> Regex::run(const pcre2_real_code_8* code,
                                                        std::string_view subject, std::size_t start,
                                                        Meter& meter) const {
  const MatchData data(pcre2_match_data_create_from_pattern(code, nullptr));
  const MatchContext context(pcre2_match_context_create(nullptr));
  if (data == nullptr || context == nullptr) {
    return EvalError(ErrorKind::limit, "out of memory while matching a pattern");
  }
  pcre2_set_heap_limit(context.get(), kMatchHeapKib);
  const std::uint64_t weight =
      step_weight_ + (has_back_reference_ ? subject.size() / kCharactersPerStep : 0);
  const auto match = [&](std::uint64_t limit) {
    pcre2_set_match_limit(context.get(), static_cast<std::uint32_t>(limit));
    return pcre2_match(code, reinterpret_cast<PCRE2_SPTR>(subject.data()), subject.size(), start,
                       PCRE2_NO_UTF_CHECK, data.get(), context.get());
  };
  const bool is_audited = is_audited_ || code == code_.get();
  const int count = is_audited ? match_audited(context.get(), match, weight, start, meter)
                               : match_stepwise(match, weight, meter);
  if (count == PCRE2_ERROR_NOMATCH) return std::optional<MatchSpans>();
  if (count < 0) {
    meter.use_match_steps(meter.match_steps());
    return EvalError(ErrorKind::limit, "matching the pattern takes too many steps");
  }
  const PCRE2_SIZE* const offsets = pcre2_get_ovector_pointer(data.get());
  MatchSpans spans(pcre2_get_ovector_count(data.get()),
                   {std::string_view::npos, std::string_view::npos});
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
    spans[i] = {offsets[2 * i], offsets[2 * i + 1]};
  }
  return std::optional(std::move(spans));
}

Result<bool, EvalError> Regex::matches(std::string_view subject, Meter& meter) const {
  if (!meter.scan(subject.size())) return EvalError(ErrorKind::limit, "the text is too long");
  const std::string valid = text::is_valid_utf8(subject) ? std::string() : text::scrubbed(subject);
  const auto found = run(whole_.get(), valid.empty() ? subject : valid, 0, meter);
  if (!found) return found.error();
  return found->has_value();
}

Result<std::optional<MatchSpans>, EvalError> Regex::find(std::string_view subject,
                                                         std::size_t start, Meter& meter) const {
  if (start == 0 && !text::is_valid_utf8(subject)) {
    return EvalError(ErrorKind::other, "the text is not valid Unicode");
  }
  return run(code_.get(), subject, start, meter);
}

std::optional<std::size_t> Regex::group_number(const std::string& name) const {
  const int number =
      pcre2_substring_number_from_name(code_.get(), reinterpret_cast<PCRE2_SPTR>(name.c_str()));
  return number > 0 ? std::optional(static_cast<std::size_t>(number)) : std::nullopt;
}

std::size_t Regex::group_count() const {
  std::uint32_t count = 0;
  pcre2_pattern_info(code_.get(), PCRE2_INFO_CAPTURECOUNT, &count);
  return count;
}

}  // namespace tripgate::jexl
