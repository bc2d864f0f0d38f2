// Methods of String that take a pattern: matches, replaceAll, replaceFirst, split.
#include "engine/jexl/builtins.h"
#include "engine/jexl/regex.h"
#include "engine/jexl/text.h"

namespace tripgate::jexl {
namespace {

EvalError too_long() {
  return limit_error("the text is too long");
}

// The pattern of a call: compiled with the script, or now.
class Pattern {
 public:
  explicit Pattern(const Invocation& call) : regex_(call.regex) {
    if (regex_ != nullptr) return;
    const std::string_view pattern = call.arguments[0].as_string();
    if (!call.meter.step(kCompileStepsPerByte * pattern.size())) {
      compiled_ = limit_error("too many patterns");
      return;
    }
    compiled_ = Regex::compile(pattern);
    if (*compiled_) regex_ = &**compiled_;
  }
  [[nodiscard]] bool is_bad() const { return regex_ == nullptr; }
  [[nodiscard]] EvalError error() const { return compiled_->error(); }
  const Regex* operator->() const { return regex_; }
  const Regex& operator*() const { return *regex_; }

 private:
  std::optional<Result<Regex, EvalError>> compiled_;
  const Regex* regex_;
};

// Where the next search starts after a match; an empty one must not be found again.
std::size_t next_start(std::string_view subject, std::pair<std::size_t, std::size_t> match) {
  if (match.first != match.second) return match.second;
  std::size_t next = match.second;
  if (next < subject.size()) {
    (void)text::decode(subject, next);
  } else {
    ++next;
  }
  return next;
}

std::string_view group_text(std::string_view subject, const MatchSpans& spans, std::size_t group) {
  if (group >= spans.size() || spans[group].first == std::string_view::npos) return {};
  return subject.substr(spans[group].first, spans[group].second - spans[group].first);
}

// Java's replacement: $n takes digits as long as there is such a group, \c is c.
Coerced<std::string> expand(const Regex& regex, std::string_view replacement,
                            std::string_view subject, const MatchSpans& spans) {
  std::string out;
  for (std::size_t at = 0; at < replacement.size(); ++at) {
    const char c = replacement[at];
    if (c != '$' && c != '\\') {
      out += c;
      continue;
    }
    if (++at == replacement.size()) return other_error("the replacement ends too early");
    if (c == '\\') {
      out += replacement[at];
    } else if (replacement[at] == '{') {
      const std::size_t end = replacement.find('}', at);
      if (end == std::string_view::npos) return other_error("'}' expected in the replacement");
      const auto group = regex.group_number(std::string(replacement.substr(at + 1, end - at - 1)));
      if (!group) return other_error("no group of that name");
      out += group_text(subject, spans, *group);
      at = end;
    } else {
      const auto digit = [&replacement](std::size_t i) {
        const bool is_digit =
            i < replacement.size() && replacement[i] >= '0' && replacement[i] <= '9';
        return is_digit ? std::optional<std::size_t>(replacement[i] - '0') : std::nullopt;
      };
      auto group = digit(at);
      if (!group) return other_error("a group expected after '$'");
      if (*group > regex.group_count()) return other_error("no such group");
      while (digit(at + 1) && *group * 10 + *digit(at + 1) <= regex.group_count()) {
        group = *group * 10 + *digit(++at);
      }
      out += group_text(subject, spans, *group);
    }
  }
  return out;
}

Outcome replace_matches(const Invocation& call, bool only_first) {
  const Pattern pattern(call);
  if (pattern.is_bad()) return pattern.error();
  const std::string_view subject = call.target.as_string();
  std::string out;
  std::size_t copied = 0;
  for (std::size_t start = 0; start <= subject.size();) {
    const auto found = pattern->find(subject, start, call.meter);
    if (!found) return found.error();
    if (!*found) break;
    const auto whole = (**found)[0];
    if (call.arguments[1].is_null()) return other_error("the replacement is null");
    auto text = expand(*pattern, call.arguments[1].as_string(), subject, **found);
    if (!text) return text.error();
    if (!call.meter.allocate(text->size() + 1) || !call.meter.step()) return too_long();
    out += subject.substr(copied, whole.first - copied);
    out += *text;
    copied = whole.second;
    start = next_start(subject, whole);
    if (only_first) break;
  }
  return make_string(out += subject.substr(copied), call.meter);
}

Outcome split(const Invocation& call) {
  const Pattern pattern(call);
  if (pattern.is_bad()) return pattern.error();
  const std::int64_t limit = call.arguments.size() > 1 ? call.arguments[1].as_int64() : 0;
  const std::string_view subject = call.target.as_string();
  std::vector<Value> parts;
  std::size_t copied = 0;
  bool is_found = false;
  for (std::size_t start = 0; start <= subject.size();) {
    if (limit > 0 && static_cast<std::int64_t>(parts.size()) == limit - 1) break;
    const auto found = pattern->find(subject, start, call.meter);
    if (!found) return found.error();
    if (!*found) break;
    const auto whole = (**found)[0];
    start = next_start(subject, whole);
    // A match without width at the start makes no empty first part, nor one at the end.
    if (whole.second == 0 || (whole.first == whole.second && whole.first == subject.size())) {
      is_found = is_found || whole.second > 0;
      if (whole.second == 0) continue;
    }
    is_found = true;
    if (!call.meter.allocate(sizeof(Value) + whole.first - copied) || !call.meter.step()) {
      return too_long();
    }
    parts.push_back(Value::string(subject.substr(copied, whole.first - copied)));
    copied = whole.second;
  }
  if (!is_found) return Value::array({call.target});
  parts.push_back(Value::string(subject.substr(copied)));
  while (limit == 0 && !parts.empty() && parts.back().as_string().empty()) parts.pop_back();
  return Value::array(std::move(parts));
}

Outcome matches_whole(const Invocation& call) {
  const Pattern pattern(call);
  if (pattern.is_bad()) return pattern.error();
  const auto result = pattern->matches(call.target.as_string(), call.meter);
  if (!result) return result.error();
  return Value::boolean(*result);
}

constexpr MethodEntry kMethods[] = {
    {"matches", "s", matches_whole},
    {"replaceAll", "st", [](const Invocation& call) { return replace_matches(call, false); }},
    {"replaceFirst", "ss", [](const Invocation& call) { return replace_matches(call, true); }},
    {"split", "s", split},
    {"split", "si", split},
};

}  // namespace

std::span<const MethodEntry> pattern_methods() {
  return kMethods;
}

}  // namespace tripgate::jexl
