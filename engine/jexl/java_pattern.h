// Java's regular expressions in the words of PCRE2.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/base/result.h"
#include "engine/jexl/eval_error.h"

namespace tripgate::jexl {

/// Flags of `(?ismxudU)` as they stand at one place of a pattern.
struct PatternFlags {
  bool ignores_case = false;         // i: ASCII only, unless u
  bool dot_matches_breaks = false;   // s
  bool is_multiline = false;         // m
  bool has_comments = false;         // x
  bool folds_unicode = false;        // u
  bool has_unix_lines = false;       // d
  bool has_unicode_classes = false;  // U, implies u
};

/// Translates a pattern of java.util.regex into one for PCRE2 with PCRE2_UTF and PCRE2_DOTALL.
/// Errors: what Java refuses, and the little that PCRE2 cannot express. Source: jexl.md section 9.
[[nodiscard]] Result<std::string, EvalError> translate_java_pattern(std::string_view pattern,
                                                                    PatternFlags flags);

/// The translator's state. Every function returns false after a complaint, which is kept.
class PatternTranslator {
 public:
  PatternTranslator(std::string_view pattern, PatternFlags flags)
      : pattern_(pattern), flags_(flags) {}

  [[nodiscard]] Result<std::string, EvalError> run();

 private:
  struct CharacterSet;

  // java_pattern.cc
  bool translate_alternatives(int depth);
  bool translate_sequence(int depth);
  bool translate_atom(int depth);
  bool translate_group(int depth);
  bool translate_named_or_lookbehind(std::string& open);
  bool translate_flags(int depth, PatternFlags before);
  bool translate_quantifier();
  bool translate_escape();
  bool translate_back_reference(char first);
  bool translate_quote();
  void put_dot();
  void put_caret();
  void put_dollar();
  void put_literal(char32_t point);
  void skip_comments();

  // java_class.cc
  bool translate_class(std::string& out, int depth);
  bool read_class_operand(CharacterSet& set, int depth);
  bool read_class_range(CharacterSet& set);
  bool read_class_point(char32_t& point);
  bool translate_property(bool is_negated, std::string& out);
  bool map_property(std::string name, bool is_negated, std::string& out);
  bool map_shorthand(char letter, std::string& out) const;
  bool read_code_point(char letter, char32_t& point);
  bool read_hex(std::size_t digits, char32_t& point);
  void add_range(CharacterSet& set, char32_t first, char32_t last) const;

  [[nodiscard]] bool is_at_end() const { return at_ >= pattern_.size(); }
  [[nodiscard]] char peek(std::size_t ahead = 0) const {
    return at_ + ahead < pattern_.size() ? pattern_[at_ + ahead] : '\0';
  }
  bool accept(std::string_view text);
  bool fail(std::string message);

  std::string_view pattern_;
  PatternFlags flags_;
  std::size_t at_ = 0;
  int groups_ = 0;
  std::string out_;
  std::string message_;
};

}  // namespace tripgate::jexl
