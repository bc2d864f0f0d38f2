// The description and the routes table say the same, row by row, and every reference leads
// somewhere.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "engine/base/json_document.h"
#include "engine/http/handlers.h"
#include "engine/http/routes.h"
#include "test/unit/http/fake_api.h"

namespace tripgate::http {
namespace {

/// What the module answers itself, and the routes table does not hold.
const std::set<std::string> kOfTheModule = {"post /pipeline/api/webhook/custom",
                                            "post /pipeline/api/webhook/custom/v2",
                                            "post /pipeline/api/webhook/custom/{webhookToken}/v3"};

class OpenApi : public testing::Test {
 protected:
  OpenApi() {
    Request request;
    request.method = Method::get;
    request.path = "/openapi.json";
    const Response response = answer(fake_api(), request);
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.content_type, "application/json");
    auto parsed = JsonDocument::parse(response.body);
    EXPECT_TRUE(parsed) << parsed.error().message;
    if (parsed) document_.emplace(*std::move(parsed));
  }

  [[nodiscard]] JsonView root() const { return document_->root(); }

  /// The value that a "$ref" names, else the value itself.
  [[nodiscard]] JsonView resolve(JsonView view) const {
    std::string reference = view.find("$ref").text();
    if (reference.empty()) return view;
    EXPECT_TRUE(reference.starts_with("#/"));
    view = root();
    for (std::size_t at = 2; at <= reference.size();) {
      const std::size_t end = std::min(reference.find('/', at), reference.size());
      view = view.find(reference.substr(at, end - at));
      at = end + 1;
    }
    EXPECT_TRUE(view) << reference << " leads nowhere";
    return view;
  }

  void check_references(const JsonView& view) const {
    (void)resolve(view);
    for (const auto& [name, member] : view.members()) check_references(member);
    for (const JsonView element : view.elements()) check_references(element);
  }

  /// "get /path" -> operation.
  [[nodiscard]] std::map<std::string, JsonView> operations() const {
    std::map<std::string, JsonView> all;
    for (const auto& [path, methods] : root().find("paths").members()) {
      for (const auto& [method, operation] : methods.members()) {
        all.emplace(std::string(method) + ' ' + std::string(path), operation);
      }
    }
    return all;
  }

  /// Names of an operation's parameters at one place; of a query only the required ones.
  [[nodiscard]] std::set<std::string> required(const JsonView& operation,
                                               std::string_view place) const {
    std::set<std::string> names;
    for (const JsonView each : operation.find("parameters").elements()) {
      const JsonView parameter = resolve(each);
      const bool is_required = parameter.find("required").boolean().value_or(false);
      if (is_required && parameter.find("in").text() == place) {
        names.insert(parameter.find("name").text());
      }
    }
    return names;
  }

  std::optional<JsonDocument> document_;
};

std::string operation_name(const Route& route) {
  const std::map<Method, const char*> words = {{Method::get, "get"},
                                               {Method::post, "post"},
                                               {Method::put, "put"},
                                               {Method::erase, "delete"}};
  return std::string(words.at(route.method)) + ' ' + std::string(route.pattern);
}

std::set<std::string> path_parameters(std::string_view pattern) {
  std::set<std::string> names;
  for (std::size_t at = 0; (at = pattern.find('{', at)) != std::string_view::npos; ++at) {
    names.emplace(pattern.substr(at + 1, pattern.find('}', at) - at - 1));
  }
  return names;
}

std::set<std::string> query_parameters(const Route& route) {
  std::set<std::string> names;
  if ((route.needs & 1) != 0) names.insert("accountIdentifier");
  if ((route.needs & 2) != 0) names.insert("orgIdentifier");
  if ((route.needs & 4) != 0) names.insert("projectIdentifier");
  if ((route.needs & needs_target) != 0) names.insert("targetIdentifier");
  if ((route.needs & needs_event) != 0) names.insert("eventId");
  if ((route.needs & needs_pipeline) != 0) names.insert("pipelineIdentifier");
  if ((route.needs & needs_retry) != 0) names.insert({"planExecutionId", "retryStages"});
  return names;
}

TEST_F(OpenApi, DescribesEveryRouteAndNothingElse) {
  std::set<std::string> described;
  for (const auto& [name, operation] : operations()) described.insert(name);
  std::set<std::string> expected = kOfTheModule;
  for (const Route& route : routes()) expected.insert(operation_name(route));
  EXPECT_EQ(described, expected);
}

TEST_F(OpenApi, NamesTheParametersThatARouteNeeds) {
  const std::map<std::string, JsonView> described = operations();
  for (const Route& route : routes()) {
    const auto found = described.find(operation_name(route));
    if (found == described.end()) continue;
    EXPECT_EQ(required(found->second, "path"), path_parameters(route.pattern)) << found->first;
    EXPECT_EQ(required(found->second, "query"), query_parameters(route)) << found->first;
  }
}

TEST_F(OpenApi, SaysWhoNeedsNoKey) {
  const std::map<std::string, JsonView> described = operations();
  for (const Route& route : routes()) {
    const auto found = described.find(operation_name(route));
    if (found == described.end()) continue;
    const JsonView security = found->second.find("security");
    const bool is_open = security.is_array() && security.elements().empty();
    EXPECT_EQ(is_open, route.access == Access::open) << found->first;
  }
}

/// Calls whose answer waits for the disk, and calls that ask for a run.
const std::set<Response (*)(const Context&)> kWaiting = {
    interrupt_execution,          interrupt_node, intervene,           act_on_approval,
    act_on_approval_of_execution, put_wait_step,  give_execution_input};
const std::set<Response (*)(const Context&)> kRunning = {
    run_pipeline,         run_with_input_sets,   run_stages,   retry_pipeline,
    rerun_pipeline,       rerun_with_input_sets, rerun_stages, newer_run_pipeline,
    newer_retry_pipeline, newer_rerun_pipeline};

TEST_F(OpenApi, TellsNotStoredFromNotKnown) {
  const std::map<std::string, JsonView> described = operations();
  std::size_t waiting_count = 0, running_count = 0;
  for (const Route& route : routes()) {
    const std::string name = operation_name(route);
    const auto found = described.find(name);
    ASSERT_NE(found, described.end()) << name;
    const JsonView answers = found->second.find("responses");
    const bool is_waiting = kWaiting.contains(route.handler);
    const bool is_running = kRunning.contains(route.handler);
    waiting_count += is_waiting ? 1 : 0;
    running_count += is_running ? 1 : 0;
    EXPECT_EQ(answers.find("504").find("$ref").text(),
              is_waiting ? "#/components/responses/unknown" : "")
        << name;
    if (!is_waiting && !is_running) continue;
    EXPECT_EQ(answers.find("503").find("$ref").text(), "#/components/responses/later") << name;
  }
  EXPECT_EQ(waiting_count, kWaiting.size());
  EXPECT_GE(running_count, kRunning.size());
}

TEST_F(OpenApi, BoundsTheNotesOfARun) {
  std::size_t bounded_count = 0;
  for (const auto& [name, operation] : operations()) {
    for (const JsonView each : operation.find("parameters").elements()) {
      const JsonView parameter = resolve(each);
      const std::string word = parameter.find("name").text();
      if (word != "notes" && word != "notesForPipelineExecution") continue;
      EXPECT_EQ(parameter.find("schema").find("maxLength").integer(), kNotesMaxBytes) << name;
      ++bounded_count;
    }
  }
  EXPECT_EQ(bounded_count, 13U);  // 12 ways to ask for a run, and the notes themselves
}

// A refusal lists what the address takes.
TEST_F(OpenApi, NamesTheInterruptsThatEachAddressTakes) {
  Api api = fake_api();
  api.execution_scope = [](const std::string&, const std::string&) -> Result<Scope> {
    return Scope{"acc", "default", "demo"};
  };
  std::size_t address_count = 0;
  for (const auto& [name, operation] : operations()) {
    if (name.find("/interrupt/") == std::string::npos) continue;
    ++address_count;
    std::string listed = "expected values are: [";
    for (const JsonView each : operation.find("parameters").elements()) {
      for (const JsonView type : resolve(each).find("schema").find("enum").elements()) {
        listed += (listed.ends_with('[') ? "" : ", ") + type.text();
      }
    }
    Request request;
    request.method = Method::put;
    request.path = name.substr(name.find('/'));
    request.query = "accountIdentifier=acc&interruptType=none";
    request.headers = {{"x-api-key", kEditorKey}};
    const std::string refusal = answer(api, request).body;
    EXPECT_NE(refusal.find(listed + "]"), std::string::npos) << name << ": " << refusal;
  }
  EXPECT_EQ(address_count, 3U);
}

TEST_F(OpenApi, EveryReferenceLeadsSomewhere) {
  check_references(root());
}

TEST_F(OpenApi, EveryOperationHasASummaryAndAnswers) {
  for (const auto& [name, operation] : operations()) {
    EXPECT_NE(operation.find("summary").text(), "") << name;
    EXPECT_FALSE(operation.find("responses").members().empty()) << name;
  }
}

}  // namespace
}  // namespace tripgate::http
