// Compiled patterns. Both forms (searching, whole text) are compiled at once, because a trigger's
// pattern is compiled once and used for every event. Match steps are bounded per evaluation.
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
    PCRE2_UTF | PCRE2_DOTALL | PCRE2_NEVER_BACKSLASH_C | PCRE2_NEVER_UCP;

pcre2_code* compile_one(const std::string& pattern, std::uint32_t options) {
  int error = 0;
  PCRE2_SIZE offset = 0;
  return pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(),
                       kOptions | options, &error, &offset, nullptr);
}

// PCRE2 does not report how many steps a match took. So it starts with few and gets more as long as
// they do not suffice; what is charged is then right within a small factor.
constexpr std::uint64_t kFirstSteps = 256;
constexpr std::uint64_t kStepGrowth = 8;

}  // namespace

void Regex::FreeCode::operator()(pcre2_real_code_8* code) const noexcept {
  pcre2_code_free(code);
}

Result<Regex, EvalError> Regex::compile(std::string_view java_pattern, Flags flags) {
  PatternFlags start;
  start.dot_matches_breaks = flags == Flags::dot_matches_breaks;
  const auto pattern = translate_java_pattern(java_pattern, start);
  if (!pattern) return pattern.error();
  Code code(compile_one(*pattern, 0));
  Code whole(code == nullptr ? nullptr : compile_one(*pattern, PCRE2_ANCHORED | PCRE2_ENDANCHORED));
  if (whole == nullptr) {
    EvalError error(ErrorKind::other, "bad pattern: " + std::string(java_pattern.substr(0, 60)));
    error.is_foreign = true;
    return error;
  }
  return Regex(std::move(code), std::move(whole));
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
  int count = PCRE2_ERROR_MATCHLIMIT;
  for (std::uint64_t steps = kFirstSteps; count == PCRE2_ERROR_MATCHLIMIT; steps *= kStepGrowth) {
    if (meter.match_steps() == 0) break;
    const std::uint64_t granted = std::min(steps, meter.match_steps());
    pcre2_set_match_limit(context.get(), static_cast<std::uint32_t>(granted));
    count = pcre2_match(code, reinterpret_cast<PCRE2_SPTR>(subject.data()), subject.size(), start,
                        PCRE2_NO_UTF_CHECK, data.get(), context.get());
    meter.use_match_steps(count == PCRE2_ERROR_MATCHLIMIT ? granted : granted / kStepGrowth + 1);
  }
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
