// Expressions by hand: one with its variables from a file, or a corpus from standard input. Needs
// no engine.
#include <iostream>

#include "engine/cli/commands.h"
#include "engine/cli/source_files.h"
#include "engine/jexl/json.h"
#include "engine/jexl/lexer.h"
#include "engine/jexl/template.h"
#include "engine/match/conformance_case.h"

namespace tripgate::cli {
namespace {

int complain(const Session& session, std::string_view text) {
  session.complain() << "tripgate eval: " << text << '\n';
  return exit_usage;
}

/// Says what is wrong with the expression and shows the place.
int refuse(const Session& session, std::string_view expression, const Diagnostic& complaint) {
  session.complain() << "tripgate eval: " << complaint.to_string() << '\n'
                     << caret_lines(expression, complaint);
  return exit_refused;
}

Result<jexl::Value, Diagnostic> read_context(const Arguments& arguments) {
  const auto path = arguments.value("context");
  if (!path) return jexl::Value::map({});
  const Result<SourceFile, Diagnostic> file = read_source_file(*path);
  if (!file) return file.error();
  Result<jexl::Value, Diagnostic> context = jexl::parse_json(file->text);
  if (context && context->is(jexl::Kind::map)) return context;
  Diagnostic complaint =
      context ? Diagnostic("the context must be a JSON object") : context.error();
  complaint.file = file->name;
  return complaint;
}

Diagnostic located(std::string_view expression, const jexl::EvalError& error) {
  const bool is_limit = error.kind == jexl::ErrorKind::limit;
  const std::string category(is_limit ? "limit" : jexl::to_string(error.kind));
  const std::string message = category + ": " + error.message;
  if (error.offset == jexl::EvalError::kNoOffset) return Diagnostic(message);
  return jexl::complain_at(expression, error.offset, message);
}

int eval_one(const Session& session, const std::string& expression) {
  const auto context = read_context(session.arguments());
  if (!context) {
    session.complain() << "tripgate eval: " << context.error().to_string() << '\n';
    return exit_refused;
  }
  const std::string text = jexl::lower_header_names(expression);
  const auto condition = jexl::Template::parse(text, jexl::Template::Dialect::condition);
  // A block that does not parse would count as null; a person wants to know.
  if (const auto problem = condition.problem(true)) return refuse(session, expression, *problem);
  const jexl::Outcome outcome = condition.evaluate(jexl::MapContext(*context));
  if (session.format() == OutputFormat::table) {
    if (!outcome) return refuse(session, expression, located(expression, outcome.error()));
    session.out() << jexl::to_full_json(*outcome) << '\n';
    return exit_done;
  }
  const Result<JsonDocument, Diagnostic> result =
      JsonDocument::parse('{' + describe(outcome) + '}');
  if (!result) return complain(session, "the value is nested too deeply to be shown");
  session.show(result->root(), {});
  return outcome ? exit_done : exit_refused;
}

/// A result for every line, at once, so that a program at the other end of a pipe can wait for it.
void eval_lines(std::istream& in, std::ostream& out) {
  for (std::string line; std::getline(in, line);) {
    if (line.find_first_not_of(" \t\r") != std::string::npos) {
      out << evaluate_case(line) << std::endl;
    }
  }
}

}  // namespace

int eval(const Session& session) {
  const std::vector<std::string>& operands = session.arguments().operands();
  if (session.arguments().has("batch")) {
    if (!operands.empty() || session.arguments().has("context")) {
      return complain(session, "--batch takes neither EXPR nor --context");
    }
    eval_lines(std::cin, session.out());
    return exit_done;
  }
  if (operands.empty()) return complain(session, "EXPR is missing");
  return eval_one(session, operands.front());
}

}  // namespace tripgate::cli
