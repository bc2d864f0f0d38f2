// Input sets over REST: what is refused before anything is written, and what is shown afterwards.
#include <gtest/gtest.h>

#include <map>

#include "engine/http/routes.h"
#include "test/unit/http/fake_api.h"

namespace tripgate::http {
namespace {

constexpr const char* kQuery =
    "accountIdentifier=acc&orgIdentifier=default&projectIdentifier=demo&pipelineIdentifier=pipe";

std::string set_yaml(const std::string& id, const std::string& pipeline = "pipe") {
  return "inputSet:\n  name: Set " + id + "\n  identifier: " + id +
         "\n  description: words\n  tags: {team: core}\n  orgIdentifier: default\n"
         "  projectIdentifier: demo\n  pipeline:\n    identifier: " +
         pipeline + "\n    variables:\n      - {name: v, type: String, value: x}\n";
}

std::string overlay_yaml(const std::string& id) {
  return "overlayInputSet:\n  name: Over " + id + "\n  identifier: " + id +
         "\n  orgIdentifier: default\n  projectIdentifier: demo\n"
         "  pipelineIdentifier: pipe\n  inputSetReferences: [one]\n";
}

/// A store of sets by identifier.
class InputSets : public testing::Test {
 protected:
  InputSets() {
    api_.entity = [this](const EntityName& name) -> Result<EntityView> {
      EXPECT_EQ(name.kind, EntityKind::input_set);
      EXPECT_EQ(name.pipeline, "pipe");
      const auto found = stored_.find(name.identifier);
      if (found == stored_.end()) return Errc::not_found;
      return view(found->first, found->second);
    };
    api_.apply = [this](const ApplyRequest& asked) -> Result<ApplyOutcome> {
      EXPECT_TRUE(asked.may_edit({"acc", "default", "demo"}));
      EXPECT_NE(asked.must_be_new, asked.must_exist);
      ApplyOutcome outcome;
      if (complaint_.empty()) {
        stored_["one"] = asked.files.front().text;
      } else {
        outcome.errors.emplace_back(9, 9, complaint_);
      }
      ++applied_;
      return outcome;
    };
    api_.entities = [this](const EntityListQuery&) -> Result<std::vector<EntityView>> {
      std::vector<EntityView> views;
      for (const auto& [id, yaml] : stored_) views.push_back(view(id, yaml));
      return views;
    };
    api_.erase_entity = [this](const EntityName& name) -> Result<bool, Diagnostic> {
      return stored_.erase(name.identifier) != 0;
    };
  }

  static EntityView view(const std::string& id, const std::string& yaml) {
    EntityView set;
    set.kind = EntityKind::input_set;
    set.scope = {"acc", "default", "demo"};
    set.pipeline = "pipe";
    set.identifier = id;
    set.name = "Set " + id;
    set.yaml = yaml;
    return set;
  }

  Response ask(Method method, const std::string& path, const std::string& body = {},
               const std::string& more = {}, const char* key = kEditorKey) {
    Request request;
    request.method = method;
    request.path = "/pipeline/api/inputSets" + path;
    request.query = kQuery + more;
    request.headers = {{"x-requestid", "id-1"}, {"x-api-key", key}};
    request.body = body;
    return answer(api_, request);
  }

  Api api_ = fake_api();
  std::map<std::string, std::string> stored_;
  std::string complaint_;
  int applied_ = 0;
};

TEST_F(InputSets, AreWrittenByThoseWhoMayEdit) {
  EXPECT_EQ(ask(Method::post, "", set_yaml("one"), "", kViewerKey).status, 403);
  EXPECT_EQ(ask(Method::put, "/one", set_yaml("one"), "", kViewerKey).status, 403);
  EXPECT_EQ(ask(Method::erase, "/one", "", "", kViewerKey).status, 403);
  EXPECT_EQ(ask(Method::post, "/overlay", overlay_yaml("o"), "", kViewerKey).status, 403);
  EXPECT_EQ(applied_, 0);
}

TEST_F(InputSets, NeedTheirPipeline) {
  Request request;
  request.method = Method::post;
  request.path = "/pipeline/api/inputSets";
  request.query = "accountIdentifier=acc&orgIdentifier=default&projectIdentifier=demo";
  request.headers = {{"x-api-key", kEditorKey}};
  const Response response = answer(api_, request);
  EXPECT_EQ(response.status, 400);
  EXPECT_NE(response.body.find("pipelineIdentifier: must not be null"), std::string::npos);
}

TEST_F(InputSets, AreRefusedWhenTheBodyIsSomethingElse) {
  const std::string two = set_yaml("one") + "---\n" + set_yaml("two");
  for (const std::string& body : {std::string(), std::string("{"), std::string("x: 1"),
                                  overlay_yaml("one"), two, set_yaml("one", "other")}) {
    EXPECT_EQ(ask(Method::post, "", body).status, 400) << body;
  }
  EXPECT_EQ(ask(Method::post, "/overlay", set_yaml("one")).status, 400);
  std::string elsewhere = set_yaml("one");
  elsewhere.replace(elsewhere.find("projectIdentifier: demo"), 23, "projectIdentifier: else");
  const Response response = ask(Method::post, "", elsewhere);
  EXPECT_NE(response.body.find("projectIdentifier of the input set is else, of the request demo"),
            std::string::npos)
      << response.body;
  stored_["one"] = set_yaml("one");
  EXPECT_EQ(ask(Method::put, "/one", set_yaml("two")).status, 400);
  EXPECT_EQ(applied_, 0);
}

TEST_F(InputSets, AreCreatedOnce) {
  const Response created = ask(Method::post, "", set_yaml("one"));
  EXPECT_EQ(created.status, 200);
  const std::string head =
      R"({"status":"SUCCESS","data":{"accountId":"acc","orgIdentifier":"default",)"
      R"("projectIdentifier":"demo","pipelineIdentifier":"pipe","identifier":"one",)"
      R"("inputSetYaml":"inputSet:\n)";
  EXPECT_TRUE(created.body.starts_with(head)) << created.body;
  EXPECT_NE(created.body.find(
                R"(,"name":"Set one","description":"words","tags":{"team":"core"},)"
                R"("inputSetType":"INPUT_SET","storeType":"INLINE","errorResponse":false})"),
            std::string::npos)
      << created.body;
  const Response again = ask(Method::post, "", set_yaml("one"));
  EXPECT_EQ(again.status, 400);
  EXPECT_NE(again.body.find(R"("code":"DUPLICATE_FIELD","message":"Input set [one] under )"
                            R"(Project[demo], Organization [default] for Pipeline [pipe] already )"
                            R"(exists")"),
            std::string::npos)
      << again.body;
  EXPECT_EQ(applied_, 1);
}

TEST_F(InputSets, AreUpdatedWhereTheyExist) {
  const Response absent = ask(Method::put, "/one", set_yaml("one"));
  EXPECT_EQ(absent.status, 404);
  EXPECT_NE(absent.body.find("InputSet with the given ID: one does not exist or has been deleted"),
            std::string::npos);
  stored_["one"] = overlay_yaml("one");
  EXPECT_EQ(ask(Method::put, "/one", set_yaml("one")).status, 404) << "it is an overlay";
  EXPECT_EQ(applied_, 0);
  const Response updated = ask(Method::put, "/overlay/one", overlay_yaml("one"));
  EXPECT_EQ(updated.status, 200);
  EXPECT_NE(updated.body.find(R"("inputSetReferences":["one"],"overlayInputSetYaml":")"),
            std::string::npos)
      << updated.body;
}

TEST_F(InputSets, TellWhatTheirPipelineDoesNotAskFor) {
  complaint_ = "pipeline.variables.v.name: Field not a runtime input";
  const Response refused = ask(Method::post, "", set_yaml("one"));
  EXPECT_EQ(refused.status, 400);
  EXPECT_NE(refused.body.find("Field not a runtime input"), std::string::npos);
  EXPECT_NE(refused.body.find(R"("line":9,"column":9)"), std::string::npos) << refused.body;
}

TEST_F(InputSets, AreDeletedOnce) {
  stored_["one"] = set_yaml("one");
  const Response erased = ask(Method::erase, "/one");
  EXPECT_EQ(erased.body.substr(0, 32), R"({"status":"SUCCESS","data":true,)");
  EXPECT_EQ(ask(Method::erase, "/one").status, 404);
  EXPECT_EQ(ask(Method::get, "/one").status, 404);
}

TEST_F(InputSets, AreListedByPages) {
  stored_ = {{"a", set_yaml("a")}, {"b", set_yaml("b")}, {"o", overlay_yaml("o")}};
  const auto list = [&](const std::string& more) { return ask(Method::get, "", "", more).body; };
  const std::string second = list("&pageIndex=1&pageSize=2");
  EXPECT_NE(second.find(R"("totalPages":2,"totalItems":3,"pageItemCount":1,"pageSize":2,)"
                        R"("content":[{"accountId":"acc",)"),
            std::string::npos)
      << second;
  EXPECT_NE(second.find(R"("inputSetType":"OVERLAY_INPUT_SET")"), std::string::npos);
  EXPECT_NE(second.find(R"("pageIndex":1,"empty":false)"), std::string::npos);
  const std::string behind = list("&pageIndex=18446744073709551615");
  EXPECT_NE(behind.find(R"("pageItemCount":0)"), std::string::npos) << behind;
  EXPECT_NE(list("&inputSetType=INPUT_SET").find(R"("totalItems":2)"), std::string::npos);
  EXPECT_NE(list("&inputSetType=OVERLAY_INPUT_SET").find(R"("totalItems":1)"), std::string::npos);
  EXPECT_NE(list("&searchTerm=SET%20B").find(R"("totalItems":1)"), std::string::npos);
  EXPECT_EQ(ask(Method::get, "/overlay/a").status, 404) << "it is no overlay";
  EXPECT_EQ(ask(Method::get, "/overlay/o").status, 200);
}

}  // namespace
}  // namespace tripgate::http
