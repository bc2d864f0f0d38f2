// Texts inside texts, blocks without a value, sizes, and secrets that come last.
#include "engine/expressions/text_renderer.h"

#include <gtest/gtest.h>

#include "test/unit/expressions/pipeline_roots.h"

namespace tripgate {
namespace {

class TextRendererTest : public ::testing::Test {
 protected:
  TextRendererTest() {
    roots_.own->renderer = &renderer_;
    roots_.own->texts = {{"env", "prod"},
                         {"nested", "<+V.env>-n"},
                         {"self", "<+V.self>"},
                         {"ping", "<+V.pong>"},
                         {"pong", "x<+V.ping>"},
                         {"broken", "<+<+V.env>.nosuch()>"},
                         {"list", "<+trigger.payload.arr>"},
                         {"nothing", "<+trigger.payload.none>"},
                         {"token", "<+secrets.getValue(\"tok\")>"},
                         {"bearer", "Bearer <+secrets.getValue('account.api')>"},
                         {"evil", "<+trigger.payload.inj>"},
                         {"chosen", "<+trigger.payload.name>"},
                         {"secretName", "tok"}};
    secrets_.values = {{"tok", "s3cr'et\n2"}, {"account.api", "abc"}, {"other", "not yours"}};
  }

  std::string render(std::string_view text, Unresolved unresolved = Unresolved::as_null) {
    const auto rendered = renderer_.render(text, unresolved);
    return rendered ? *rendered : "error: " + rendered.error().message;
  }

  std::string reveal(std::string_view text) {
    used_.clear();
    const auto rendered = renderer_.render_for_process(text, used_);
    return rendered ? *rendered : "error: " + rendered.error().message;
  }

  test::PipelineRoots roots_{
      R"({"trigger":{"payload":{"arr":["x","y"],"inj":"<+secrets.getValue(\"tok\")>",
          "name":"other","env":"dev"}}})"};
  test::FakeSecrets secrets_;
  TextRenderer renderer_{roots_, {.now_ms = 0, .secrets = &secrets_}};
  std::vector<std::string> used_;
};

TEST_F(TextRendererTest, FailsOnTextsThatLeadBackToThemselves) {
  EXPECT_EQ(render("<+V.self>"), "error: Infinite loop in variable interpretation");
  EXPECT_EQ(render("a <+V.ping>"),
            "error: Infinite loop or too deep indirection in expression evaluation");
  EXPECT_EQ(render("<+V.env>"), "prod") << "a failure is forgotten with its text";
}

TEST_F(TextRendererTest, FollowsFifteenTextsAndNoMore) {
  for (int i = 0; i <= kRenderDepthMax; ++i) {
    roots_.own->texts["v" + std::to_string(i)] = "<+V.v" + std::to_string(i + 1) + ">";
  }
  roots_.own->texts["v16"] = "end";
  EXPECT_EQ(render("<+V.v1>"), "end");
  EXPECT_TRUE(render("<+V.v0>").starts_with("error: Infinite loop or too deep"));
}

TEST_F(TextRendererTest, FailsWithTheTextInsideThatFailed) {
  EXPECT_NE(render("x <+V.broken> y").find("<+<+V.env>.nosuch()>"), std::string::npos);
  EXPECT_FALSE(renderer_.evaluate("<+V.broken> == null"));
  EXPECT_FALSE(renderer_.evaluate_condition("<+V.broken> == null").is_met);
}

TEST_F(TextRendererTest, TreatsBlocksWithoutAValueAsAsked) {
  constexpr const char* kText = "<+V.env>/<+nope.a>/<+V.nothing>";
  EXPECT_EQ(render(kText), "prod/null/null");
  EXPECT_EQ(render(kText, Unresolved::as_written), "prod/<+nope.a>/<+V.nothing>");
  EXPECT_EQ(render(kText, Unresolved::refused), "error: Unresolved expressions: nope.a, V.nothing");
}

TEST_F(TextRendererTest, KeepsTheTypeOfAFieldThatIsOneBlock) {
  const auto field = [this](const char* text) {
    const auto value = renderer_.render_field(text);
    return value ? value->kind() : jexl::Kind::function;
  };
  EXPECT_EQ(field("<+V.list>"), jexl::Kind::list);
  EXPECT_EQ(field("<+1 + 1>"), jexl::Kind::int32);
  EXPECT_EQ(field("<+V.nothing>"), jexl::Kind::null);
  EXPECT_EQ(field("x<+V.nothing>"), jexl::Kind::string);
  EXPECT_EQ(field("plain"), jexl::Kind::string);
}

TEST_F(TextRendererTest, RefusesATextOfMoreThan256Kb) {
  const std::string text(kRenderedSizeMax - 4, 'x');
  EXPECT_EQ(render(text + "<+V.env>").size(), kRenderedSizeMax);
  EXPECT_TRUE(render(text + "x<+V.env>").starts_with("error: "));
  secrets_.values["big"] = text;
  EXPECT_TRUE(reveal("12345<+secrets.getValue('big')>").starts_with("error: "));
}

TEST_F(TextRendererTest, ShowsSecretsAsExpressions) {
  EXPECT_EQ(render("t=<+secrets.getValue('tok')>;"), "t=<+secrets.getValue(\"tok\")>;");
  EXPECT_EQ(render("<+V.token>"), "<+secrets.getValue(\"tok\")>");
  EXPECT_EQ(render("<+V.bearer>"), "Bearer <+secrets.getValue(\"account.api\")>");
  EXPECT_EQ(render("<+secrets.getValue('none')>"), "<+secrets.getValue(\"none\")>");
}

TEST_F(TextRendererTest, RevealsSecretsToAProcessAndListsThem) {
  EXPECT_EQ(reveal("t=<+secrets.getValue('tok')>, <+V.bearer>, <+V.token>"),
            "t=s3cr'et\n2, Bearer abc, s3cr'et\n2");
  EXPECT_EQ(used_, (std::vector<std::string>{"s3cr'et\n2", "abc"}));
  EXPECT_EQ(reveal("nothing <+V.env>"), "nothing prod");
  EXPECT_TRUE(used_.empty());
}

TEST_F(TextRendererTest, FailsForAMissingSecretByName) {
  EXPECT_EQ(reveal("<+secrets.getValue('none')>"), "error: no secret none");
  EXPECT_TRUE(reveal("<+secrets.getValue(5)>").starts_with("error: "));
}

// Whatever an expression does with a secret, it works with the stand-in.
TEST_F(TextRendererTest, NeverLetsAnExpressionSeeASecret) {
  EXPECT_EQ(reveal("<+<+secrets.getValue('account.api')> == 'abc'>"), "false");
  EXPECT_EQ(reveal("<+<+secrets.getValue('account.api')> =~ 'a.*'>"), "false");
  for (const char* text : {"<+<+V.token> * 2>", "<+<+V.token>.length()>"}) {
    const std::string failure = reveal(text);
    EXPECT_TRUE(failure.starts_with("error: ")) << text;
    EXPECT_EQ(failure.find("s3cr"), std::string::npos) << failure;
    EXPECT_EQ(failure.find("tripgate-secret-"), std::string::npos) << failure;
  }
  EXPECT_EQ(reveal("<+'k=' + <+V.token>>"), "k=s3cr'et\n2");
  EXPECT_FALSE(*renderer_.evaluate_condition("<+secrets.getValue('account.api')> == 'abc'").is_met);
}

TEST_F(TextRendererTest, LetsNoSenderReachASecret) {
  EXPECT_EQ(reveal("<+trigger.payload.inj>"), "<+secrets.getValue(\"tok\")>");
  EXPECT_EQ(reveal("<+V.evil>"), "<+secrets.getValue(\"tok\")>");
  for (const char* text :
       {"<+secrets.getValue(<+trigger.payload.name>)>", "<+secrets.getValue(<+V.chosen>)>",
        "<+secrets.getValue(trigger.payload.name)>", "<+V.chosen><+secrets.getValue(V.chosen)>"}) {
    EXPECT_NE(reveal(text).find("may not come from the event"), std::string::npos) << text;
  }
  EXPECT_EQ(reveal("<+secrets.getValue(<+V.secretName>)>"), "s3cr'et\n2");
  EXPECT_EQ(reveal("<+<+trigger.payload.env> == 'dev' ? <+secrets.getValue('tok')> : "
                   "<+secrets.getValue('account.api')>>"),
            "s3cr'et\n2");
}

TEST_F(TextRendererTest, KnowsNoForgedStandIn) {
  SecretReferences references;
  const std::string real = references.stand_in("tok");
  std::string forged = real;
  forged[20] = forged[20] == '0' ? '1' : '0';
  std::vector<std::string> used;
  const auto text =
      references.reveal(forged + real + real.substr(0, real.size() - 1), secrets_, used);
  ASSERT_TRUE(text);
  EXPECT_EQ(*text, forged + "s3cr'et\n2" + real.substr(0, real.size() - 1));
  EXPECT_NE(SecretReferences().stand_in("tok"), real);
}

TEST_F(TextRendererTest, WritesValuesAsDataForAnotherText) {
  const std::pair<const char*, const char*> kCases[] = {
      {"plain <+", "plain <+"},
      {"<+V.env>", "<+\"prod\">"},
      {"run <+V.env> twice", "run <+\"prod\"> twice"},
      {"<+trigger.payload.none>", "<+trigger.payload.none>"},
      {"<+trigger.payload.none> == null", "null == null"},
      {"<+1 + 2>", "3"},
      {"<+V.env> <+trigger.payload.env> <+V.env>",
       "<+\"prod\"> <+given(\"\\u0064ev\")> <+given(\"\\u0070rod\")>"},
      {"<+secrets.getValue('tok')>", "<+secrets.getValue(\"tok\")>"},
      {"u:<+V.token>@h", "u:<+secrets.getValue(\"tok\")>@h"},
      {"<+V.nosuch.x>", "<+V.nosuch.x>"},
  };
  for (const auto& [text, expected] : kCases) {
    const auto data = renderer_.render_as_data(text);
    EXPECT_EQ(data ? *data : "error: " + data.error().message, expected) << text;
  }
  EXPECT_FALSE(renderer_.render_as_data("<+secrets.getValue(trigger.payload.name)>"));
  const auto odd = renderer_.render_as_data("<+secrets.getValue('a\") + secrets.getValue(\"b')>");
  ASSERT_TRUE(odd);
  EXPECT_TRUE(odd->starts_with("<+\"")) << *odd;
}

}  // namespace
}  // namespace tripgate
