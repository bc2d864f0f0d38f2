// Values come from a webhook's sender: they are quoted, and nothing in them reaches the terminal.
#include "engine/cli/explanation_text.h"

#include <algorithm>

#include "engine/base/diagnostic.h"

namespace tripgate::cli {
namespace {

constexpr const char* kMargin = "         ";

/// Lines of a text, each behind a margin.
void print_lines(std::ostream& out, const char* margin, std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string line(text.substr(0, end));
    std::ranges::replace_if(
        line, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, '?');
    out << margin << line << '\n';
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

const char* verdict_word(std::string_view result) {
  if (result == "holds") return "  ok     ";
  if (result == "fails") return "  FAILS  ";
  if (result == "error") return "  ERROR  ";
  return "  -      ";
}

void print_error(std::ostream& out, const JsonView& condition) {
  const JsonView error = condition.find("error");
  if (!error) return;
  Diagnostic complaint(error.find("message").text());
  complaint.line = static_cast<std::uint32_t>(error.find("line").integer().value_or(0));
  complaint.column = static_cast<std::uint32_t>(error.find("column").integer().value_or(0));
  print_lines(out, kMargin, "error: " + complaint.to_string());
  print_lines(out, "             ", caret_lines(condition.find("source").text(), complaint));
}

void print_condition(std::ostream& out, const JsonView& condition) {
  out << verdict_word(condition.find("result").text()) << condition.find("condition").text()
      << '\n';
  const std::string operation = condition.find("operator").text();
  print_lines(out, kMargin, condition.find("source").text());
  if (!operation.empty()) {
    out << kMargin << operation << ' ' << cli::quoted(condition.find("expected").text()) << '\n';
  }
  for (const JsonView block : condition.find("blocks").elements()) {
    print_lines(out, kMargin,
                block.find("source").text() + " is " + cli::quoted(block.find("value").text()));
  }
  const JsonView found = condition.find("found");
  if (found) out << kMargin << "found " << cli::quoted(found.text()) << '\n';
  print_error(out, condition);
}

}  // namespace

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    const bool is_control = static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
    out += is_control ? '?' : c;
  }
  return out + '"';
}

void print_conditions(std::ostream& out, const JsonView& conditions) {
  for (const JsonView condition : conditions.elements()) print_condition(out, condition);
}

}  // namespace tripgate::cli
