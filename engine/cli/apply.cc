// Files to the engine, or through the same checks without one.
#include "engine/base/json_writer.h"
#include "engine/cli/commands.h"
#include "engine/cli/source_files.h"
#include "engine/plan/documents.h"

namespace tripgate::cli {
namespace {

void print_changes(const Session& session, const JsonView& data) {
  Table table({"ACTION", "KIND", "IDENTIFIER", "PLACE"});
  for (const JsonView change : data.find("changes").elements()) {
    table.add({change.find("action").text(), change.find("kind").text(),
               change.find("identifier").text(), change.find("place").text()});
  }
  table.print(session.out());
}

void print_warnings(const Session& session, const JsonView& data) {
  for (const JsonView warning : data.find("warnings").elements()) {
    session.complain() << warning.find("file").text() << ':' << warning.find("line").text() << ':'
                       << warning.find("column").text()
                       << ": warning: " << warning.find("message").text() << '\n';
  }
}

std::string body_of(const std::vector<SourceFile>& files) {
  JsonWriter json;
  json.begin_object().key("files").begin_array();
  for (const SourceFile& file : files) {
    json.begin_object().member("name", file.name).member("text", file.text).end_object();
  }
  json.end_array().end_object();
  return json.take();
}

}  // namespace

int apply(const Session& session) {
  const std::vector<std::string> paths = session.arguments().values("file");
  if (paths.empty()) {
    session.complain() << "tripgate apply: -f FILE|DIR is missing\n";
    return exit_usage;
  }
  const Result<std::vector<SourceFile>, Diagnostic> files = read_source_files(paths);
  if (!files) {
    session.complain() << "tripgate apply: " << files.error().message << '\n';
    return exit_refused;
  }
  Call call = {.method = "POST",
               .path = "/pipeline/api/tripgate/apply",
               .query = session.project_query(),
               .body = body_of(*files)};
  if (session.arguments().has("dry-run")) call.query.emplace_back("dryRun", "true");
  return session.ask(call, [&](const JsonView& data) {
    print_warnings(session, data);
    return session.show(data, [&](const JsonView& shown) { print_changes(session, shown); });
  });
}

int validate(const Session& session) {
  const Result<std::vector<SourceFile>, Diagnostic> files =
      read_source_files(session.arguments().operands());
  if (!files) {
    session.complain() << "tripgate validate: " << files.error().message << '\n';
    return exit_refused;
  }
  bool is_clean = true;
  for (const SourceFile& file : *files) {
    yaml::Findings findings(file.name);
    const auto documents = plan::read_documents(file.text, {}, findings);
    for (Diagnostic& warning : findings.warnings) {
      warning.message.insert(0, "warning: ");
      session.complain() << warning.to_string() << '\n';
    }
    for (const Diagnostic& error : findings.errors) session.complain() << error.to_string() << '\n';
    is_clean = is_clean && findings.is_clean();
    if (findings.is_clean()) {
      session.out() << file.name << ": " << documents.size() << " documents, no errors\n";
    }
  }
  return is_clean ? exit_done : exit_refused;
}

}  // namespace tripgate::cli
