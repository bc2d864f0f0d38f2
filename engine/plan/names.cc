// Small hand-written matchers: these run on every identifier and need no regular expressions.
#include "engine/plan/names.h"

#include <algorithm>
#include <array>

namespace tripgate::plan {
namespace {

constexpr std::size_t kNameMaxBytes = 128;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool matches(std::string_view text, std::string_view first, std::string_view rest) {
  if (text.empty() || text.size() > kNameMaxBytes) return false;
  if (!is_letter(text[0]) && first.find(text[0]) == std::string_view::npos) return false;
  return std::ranges::all_of(text.substr(1), [rest](char c) {
    return is_letter(c) || is_digit(c) || rest.find(c) != std::string_view::npos;
  });
}

constexpr std::array<std::string_view, 24> kReserved = {
    "or",       "and",       "eq",  "ne",      "lt",     "gt",
    "le",       "ge",        "div", "mod",     "not",    "null",
    "true",     "false",     "new", "var",     "return", "step",
    "parallel", "stepGroup", "org", "account", "class",  "shellScriptProvisioner"};

}  // namespace

bool is_identifier(std::string_view text) {
  return matches(text, "", "");
}
bool is_display_name(std::string_view text) {
  return matches(text, "0123456789-.", "-. \t\n\r\f\v");
}
bool is_variable_name(std::string_view text) {
  return matches(text, "", ".$-");
}
bool is_shell_name(std::string_view text) {
  return matches(text, "", "");
}

bool is_number_text(std::string_view text) {
  if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
  if (text.empty() || !is_digit(text.back())) return false;
  return std::ranges::count(text, '.') <= 1 &&
         std::ranges::all_of(text, [](char c) { return is_digit(c) || c == '.'; });
}

bool is_reserved_identifier(std::string_view text) {
  return std::ranges::find(kReserved, text) != kReserved.end();
}

std::string read_identifier(yaml::MappingReader& reader, yaml::Findings& findings) {
  const yaml::Node* node = reader.find_scalar("identifier");
  if (node == nullptr || node->text.empty()) {
    findings.error(node == nullptr ? reader.position() : node->position,
                   "Identifier can not be empty");
    return {};
  }
  if (!is_identifier(node->text)) {
    findings.error(node->position, "the identifier \"" + node->text +
                                       "\" must match ^[a-zA-Z_][0-9a-zA-Z_]{0,127}$");
  }
  // Complaints repeat the identifier for every key below it, so a long one must not travel on.
  return node->text.substr(0, kNameMaxBytes);
}

std::string read_name(yaml::MappingReader& reader, yaml::Findings& findings) {
  const yaml::Node* node = reader.find_scalar("name");
  if (node == nullptr || node->text.empty()) {
    findings.error(node == nullptr ? reader.position() : node->position, "Name can not be empty");
    return {};
  }
  if (!is_display_name(node->text)) {
    findings.error(node->position, "the name \"" + node->text +
                                       "\" must match ^[a-zA-Z_0-9-.][-0-9a-zA-Z_\\s.]{0,127}$");
  }
  return node->text;
}

std::string read_scope(yaml::MappingReader& reader, std::string_view key,
                       yaml::Findings& findings) {
  const yaml::Node* node = reader.find_scalar(key);
  if (node == nullptr) return {};
  if (!is_identifier(node->text)) {
    findings.error(node->position, std::string(key) + " \"" + node->text +
                                       "\" must match ^[a-zA-Z_][0-9a-zA-Z_]{0,127}$");
  }
  return node->text;
}

}  // namespace tripgate::plan
