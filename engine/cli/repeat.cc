// Running an execution's pipeline again, afresh or from the stage that failed. Inputs and stages
// are those of the execution where the command says no others.
#include <functional>

#include "engine/base/json_writer.h"
#include "engine/cli/commands.h"
#include "engine/cli/source_files.h"

namespace tripgate::cli {
namespace {

constexpr std::string_view kExecutions = "/pipeline/api/pipelines/execution/";
constexpr std::string_view kExecute = "/pipeline/api/pipeline/execute/";

/// The execution that is repeated, as far as the new request needs it.
struct Original {
  std::string id;
  std::string pipeline;
  std::vector<std::string> stages;  ///< Those that were selected; empty: all ran.
  std::string runtime_input;
};

Call get(const Session& session, std::string path) {
  return {.method = "GET", .path = std::move(path), .query = session.project_query(), .body = {}};
}

/// Reads the file that --file names, else keeps what the execution was given.
bool take_file(const Session& session, Original& original) {
  const auto path = session.arguments().value("file");
  if (!path) return true;
  const auto file = read_source_file(*path);
  if (!file) {
    session.complain() << file.error().message << '\n';
    return false;
  }
  original.runtime_input = file->text;
  return true;
}

/// Loads the execution that the command names and hands it on.
int with_original(const Session& session, const std::function<int(Original&)>& use) {
  Original original;
  original.id = session.operand(0);
  const std::string path = std::string(kExecutions) + "v2/" + encode_url(original.id);
  return session.ask(get(session, path), [&](const JsonView& detail) {
    const JsonView summary = detail.find("pipelineExecutionSummary");
    original.pipeline = summary.find("pipelineIdentifier").text();
    for (const JsonView stage : summary.find("stagesExecuted").elements()) {
      original.stages.push_back(stage.text());
    }
    const std::string inputs = std::string(kExecutions) + encode_url(original.id) + "/inputsetV2";
    return session.ask(get(session, inputs), [&](const JsonView& given) {
      original.runtime_input = given.find("inputSetYaml").text();
      return take_file(session, original) ? use(original) : int{exit_refused};
    });
  });
}

int start(const Session& session, const Call& call) {
  return session.ask(call, [&](const JsonView& data) {
    return session.show(data, [&](const JsonView& shown) {
      session.out() << shown.find("planExecution").find("uuid").text() << '\n';
    });
  });
}

int rerun(const Session& session, Original& original) {
  const auto chosen = session.arguments().values("stage");
  if (!chosen.empty()) original.stages = chosen;
  JsonWriter json;
  json.begin_object().member("runtimeInputYaml", original.runtime_input);
  json.key("stageIdentifiers").begin_array();
  for (const std::string& stage : original.stages) json.string(stage);
  json.end_array().end_object();
  return start(session, {.method = "POST",
                         .path = std::string(kExecute) + "rerun/" + encode_url(original.id) + "/" +
                                 encode_url(original.pipeline) + "/stages",
                         .query = session.project_query(),
                         .body = json.take()});
}

/// The stages of the place that failed: the last one that may be retried.
std::vector<std::string> failed_stages(const JsonView& retriable) {
  std::vector<std::string> stages;
  const auto places = retriable.find("groups").elements();
  if (places.empty()) return stages;
  for (const JsonView stage : places.back().find("info").elements()) {
    stages.push_back(stage.find("identifier").text());
  }
  return stages;
}

int retry(const Session& session, const Original& original,
          const std::vector<std::string>& stages) {
  Call call = {.method = "POST",
               .path = std::string(kExecute) + "retry/" + encode_url(original.pipeline),
               .query = session.project_query(),
               .body = original.runtime_input};
  call.query.emplace_back("planExecutionId", original.id);
  for (const std::string& stage : stages) call.query.emplace_back("retryStages", stage);
  const bool is_whole = !session.arguments().has("failed-only");
  call.query.emplace_back("runAllStages", is_whole ? "true" : "false");
  return start(session, call);
}

}  // namespace

int execution_rerun(const Session& session) {
  return with_original(session, [&](Original& original) { return rerun(session, original); });
}

int execution_retry(const Session& session) {
  return with_original(session, [&](const Original& original) {
    const auto chosen = session.arguments().values("stage");
    if (!chosen.empty()) return retry(session, original, chosen);
    const std::string path = std::string(kExecute) + encode_url(original.id) + "/retryStages";
    return session.ask(get(session, path), [&](const JsonView& retriable) {
      const std::vector<std::string> stages = failed_stages(retriable);
      if (!stages.empty()) return retry(session, original, stages);
      session.complain() << "tripgate execution retry: " << retriable.find("errorMessage").text()
                         << '\n';
      return int{exit_refused};
    });
  });
}

}  // namespace tripgate::cli
