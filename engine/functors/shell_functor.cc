// `shell`: text for a shell. In scripts nobody needs it, for expressions there reach bash as data;
// it is for texts that go to another shell, over ssh say.
#include "engine/functors/functor.h"

namespace tripgate {
namespace {

using jexl::Value;

/// What a shell reads as more than a character. A line break is missing: behind a backslash it
/// would vanish, so it is quoted instead.
constexpr std::string_view kSpecial = " \t|&;<>()$`\\\"'*?[]{}~#!^=%";

std::string escape_each(std::string_view text, std::string_view characters) {
  std::string out;
  for (const char c : text) {
    if (characters.find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

jexl::Outcome quote(const FunctorCall& call) {
  std::string out = "'";
  for (const char c : call.text(0)) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c;
    }
  }
  return Value::string(out + "'");
}

jexl::Outcome double_quote(const FunctorCall& call) {
  return Value::string('"' + escape_each(call.text(0), "\"\\$`") + '"');
}

jexl::Outcome enclose(const FunctorCall& call) {
  return Value::string(call.text(1) + call.text(0) + call.text(1));
}

jexl::Outcome escape(const FunctorCall& call) {
  std::string out;
  for (const char c : call.text(0)) {
    if (c == '\n') {
      out += "'\n'";
    } else {
      out += escape_each({&c, 1}, kSpecial);
    }
  }
  return Value::string(out);
}

jexl::Outcome escape_characters(const FunctorCall& call) {
  return Value::string(escape_each(call.text(0), call.text(1)));
}

constexpr FunctorEntry kFunctions[] = {{"quote", 1, quote},
                                       {"doubleQuote", 1, double_quote},
                                       {"enclose", 2, enclose},
                                       {"escape", 1, escape},
                                       {"escapeChars", 2, escape_characters}};

}  // namespace

std::span<const FunctorEntry> shell_functions() {
  return kFunctions;
}

}  // namespace tripgate
