// `tripgate eval`: values, complaints with a caret, and corpora that hold broken lines.
#include <gtest/gtest.h>

#include <fstream>
#include <iostream>
#include <sstream>

#include "engine/cli/commands.h"

namespace tripgate::cli {
namespace {

struct Ran {
  int exit_code;
  std::string out;
  std::string complaint;
};

Ran run(const std::vector<std::string>& words) {
  std::ostringstream out;
  std::ostringstream complain;
  const Environment environment = [](std::string_view) { return std::nullopt; };
  const int exit_code = run_command(words, environment, out, complain);
  return {exit_code, out.str(), complain.str()};
}

/// Runs with this as standard input.
Ran run(const std::vector<std::string>& words, const std::string& input) {
  std::istringstream in(input);
  std::streambuf* const standard = std::cin.rdbuf(in.rdbuf());
  Ran ran = run(words);
  std::cin.rdbuf(standard);
  return ran;
}

constexpr const char* kContext =
    R"({"trigger":{"payload":{"ref":"main","size":5,"none":null},"header":{"x-team":"blue"}}})";

Ran eval(const std::string& expression) {
  return run({"eval", expression, "--context", "-"}, kContext);
}

TEST(Eval, WrongUsageIsTwo) {
  const std::vector<std::string> cases[] = {
      {"eval"},
      {"eval", "1", "2"},
      {"eval", "--batch", "1"},
      {"eval", "--batch", "--context", "f"},
  };
  for (const auto& words : cases) {
    EXPECT_EQ(run(words).exit_code, exit_usage) << testing::PrintToString(words);
  }
}

TEST(Eval, ShowsTheValueSoThatTextDiffersFromOthers) {
  EXPECT_EQ(eval("<+trigger.payload.ref> == 'main'").out, "true\n");
  EXPECT_EQ(eval("\"true\"").out, "\"true\"\n");
  EXPECT_EQ(eval("<+trigger.header['X-Team']>").out, "\"blue\"\n");
  EXPECT_EQ(eval("[1, 2.0, null]").out, "[1,2.0,null]\n");
  EXPECT_EQ(eval("").out, "null\n");
  EXPECT_EQ(run({"eval", "1b / 8"}).out, "0.125\n");
}

TEST(Eval, GivesProgramsTheTypeAsWell) {
  const Ran ran = run({"eval", "1.50b", "-o", "json"});
  EXPECT_EQ(ran.exit_code, exit_done);
  EXPECT_NE(ran.out.find("\"jtype\": \"bigdec\""), std::string::npos);
  EXPECT_EQ(run({"eval", "1/0", "-o", "json"}).exit_code, exit_refused);
}

struct Complaint {
  const char* expression;
  const char* text;
};

TEST(Eval, PutsACaretBelowWhatIsWrong) {
  const Complaint cases[] = {
      {"1 + ",
       "1:5: a value was expected, but the text ends here\n"
       "1 + \n"
       "    ^\n"},
      {"true &&\n <+trigger.payload.size> == 5",
       "2:20: 'size' is a keyword here: write ['size'] or .size()\n"
       " <+trigger.payload.size> == 5\n"
       "                   ^\n"},
      {"<+trigger.payload.ref> == 'a' || <+trigger.payload.ref>.nope()",
       "1:57: undefined-method: there is no method nope for these arguments\n"
       "<+trigger.payload.ref> == 'a' || <+trigger.payload.ref>.nope()\n"
       "                                                        ^\n"},
      {"'é' == 1",
       "1:6: arithmetic: \"é\" is no number of the needed kind\n"
       "'é' == 1\n"
       "    ^\n"},
      {"1 == 1 && <+trigger.payload.ref - 1> == 2",
       "1:11: arithmetic: \"main\" is no number of the needed kind\n"
       "1 == 1 && <+trigger.payload.ref - 1> == 2\n"
       "          ^\n"},
  };
  for (const Complaint& one : cases) {
    const Ran ran = eval(one.expression);
    EXPECT_EQ(ran.exit_code, exit_refused) << one.expression;
    EXPECT_EQ(ran.out, "") << one.expression;
    EXPECT_EQ(ran.complaint, std::string("tripgate eval: ") + one.text);
  }
}

TEST(Eval, NamesTheFileOfABrokenContext) {
  EXPECT_EQ(run({"eval", "1", "--context", "/nowhere"}).exit_code, exit_refused);
  EXPECT_TRUE(run({"eval", "1", "--context", "-"}, "{\"a\":}")
                  .complaint.starts_with("tripgate eval: standard input:1:"));
  EXPECT_EQ(run({"eval", "1", "--context", "-"}, "[1]").complaint,
            "tripgate eval: standard input: the context must be a JSON object\n");
}

TEST(Eval, BatchAnswersEveryLineWhateverItHolds) {
  const std::string deep = R"({"id":"deep","mode":"jexl","expr":"1","context":)" +
                           std::string(5000, '[') + std::string(5000, ']') + "}";
  const std::string lines =
      "{\"id\":\"a\",\"mode\":\"jexl\",\"expr\":\"1 + 1\"}\r\n"
      "\n"
      "no case\n"
      "{\"id\":\"n\",\"context\":{\"x\":NaN},\"mode\":\"jexl\",\"expr\":\"1\"}\n" +
      deep +
      "\n"
      "{\"id\":\"m\",\"mode\":\"magic\",\"expr\":\"1\"}\n"
      "{\"id\":\"e\",\"mode\":\"jexl\"}\n"
      "{\"id\":\"o\",\"mode\":\"operator\",\"operator\":\"Like\",\"input\":\"a\"}\n"
      "{\"id\":\"\xff\",\"mode\":\"jexl\",\"expr\":\"1\"}\n"
      "\"text\"\n"
      "{\"id\":\"z\",\"mode\":\"expression\",\"expr\":\"2 * 3\",\"context\":{}}";
  const Ran ran = run({"eval", "--batch"}, lines);
  EXPECT_EQ(ran.exit_code, exit_done);
  std::istringstream out(ran.out);
  const char* const beginnings[] = {
      R"({"id":"a","ok":true,"type":"number","value":2,)",
      R"({"id":null,"ok":false,"error":"other",)",
      R"({"id":"n","ok":false,"error":"other",)",
      R"({"id":"deep","ok":false,"error":"other",)",
      R"({"id":"m","ok":false,"error":"other",)",
      R"({"id":"e","ok":false,"error":"other",)",
      R"({"id":"o","ok":false,"error":"other",)",
      R"({"id":null,"ok":false,"error":"other",)",
      R"({"id":null,"ok":false,"error":"other",)",
      R"({"id":"z","ok":true,"type":"number","value":6,)",
  };
  std::string line;
  for (const char* const beginning : beginnings) {
    ASSERT_TRUE(std::getline(out, line)) << beginning;
    EXPECT_EQ(line.substr(0, std::string(beginning).size()), beginning);
  }
  EXPECT_FALSE(std::getline(out, line)) << line;
}

}  // namespace
}  // namespace tripgate::cli
