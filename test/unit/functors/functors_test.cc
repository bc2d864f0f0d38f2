// The computed examples of pipelines.md 6.7, and what hostile arguments may cost.
#include <gtest/gtest.h>

#include "engine/functors/functor.h"
#include "engine/jexl/json.h"
#include "engine/jexl/template.h"

namespace tripgate {
namespace {

/// 2026-11-23T16:05:09.007Z
constexpr UnixMs kNow = 1'795'449'909'007;

/// Functors, and the texts of the examples.
class FunctorContext final : public jexl::Context {
 public:
  std::optional<jexl::Value> find(std::string_view name) const override {
    if (const auto found = values_.find(name)) return found;
    return find_functor(name, kNow, meter_);
  }
  std::optional<Result<jexl::Value, jexl::EvalError>> call(
      std::string_view name, std::span<const jexl::Value> arguments) const override {
    return call_bare_function(name, arguments, kNow, meter_);
  }

 private:
  jexl::MapContext values_{jexl::parse_body(
      R"json({
    "J": "{\"a\":{\"b\":1,\"c\":\"two\"},\"l\":[1,2,3],\"s\":[\"p\",\"q\"],\"t\":true,\"z\":null,)json"
      R"json(\"o\":[{\"n\":\"x\",\"p\":1},{\"n\":\"y\",\"p\":7},{\"p\":\"7\"}],\"a.b\":{\"c d\":5}}",
    "X": "<r><n>v1</n><n>v2</n><m k=\"a\"/></r>",
    "map": {"a": 1, "none": null}
  })json")};
  mutable jexl::Meter meter_{jexl::Budget{}};
};

std::string render(const std::string& text) {
  const FunctorContext context;
  const auto rendered = jexl::Template::parse(text).render(context);
  return rendered ? *rendered : "error";
}

struct Example {
  const char* expression;
  const char* result;
};

void check(std::span<const Example> examples) {
  for (const Example& each : examples) {
    EXPECT_EQ(render(std::string("<+") + each.expression + ">"), each.result) << each.expression;
  }
}

TEST(JsonFunctor, FailsWhereNothingIs) {
  constexpr Example kExamples[] = {{R"x(json.select("nope", J))x", "error"},
                                   {R"x(json.select("l[9]", J))x", "error"},
                                   {R"x(json.select("a.b.c", J))x", "error"},
                                   {R"x(json.select("a[", J))x", "error"},
                                   {R"x(json.select("l[x]", J))x", "error"},
                                   {R"x(json.select("o[?(@.n)", J))x", "error"},
                                   {R"x(json.list("a", J))x", "error"},
                                   {R"x(json.select("a", "not json"))x", "null"},
                                   {R"x(json.list("a", "not json"))x", "null"},
                                   {R"x(json.object("not json"))x", "null"},
                                   {R"x(json.select("a"))x", "null"}};
  check(kExamples);
}

TEST(JsonFunctor, SelectsByPath) {
  constexpr Example kExamples[] = {{R"x(json.select("a.c", J))x", "two"},
                                   {R"x(json.select("$.a.c", J))x", "two"},
                                   {R"x(json.select("a", J))x", R"x({"b":1,"c":"two"})x"},
                                   {R"x(json.select("l", J))x", "[1,2,3]"},
                                   {R"x(json.select("l[0]", J))x", "1"},
                                   {R"x(json.select("l[-1]", J))x", "3"},
                                   {R"x(json.select(".a.c", J))x", R"x(["two"])x"},
                                   {R"x(json.select("$..c", J))x", R"x(["two"])x"},
                                   {R"x(json.select("$..nope", J))x", "[]"},
                                   {R"x(json.select("z", J))x", "null"},
                                   {R"x(json.select("t", J))x", "true"},
                                   {R"x(json.select("$['a.b']['c d']", J))x", "5"},
                                   {R"x(json.select("$['t','z']", J))x", "[true,null]"},
                                   {R"x(json.select("l[0,2]", J))x", "[1,3]"},
                                   {R"x(json.select("l[1:]", J))x", "[2,3]"},
                                   {R"x(json.select("l[:2]", J))x", "[1,2]"},
                                   {R"x(json.select("l[-2:]", J))x", "[2,3]"},
                                   {R"x(json.select("s[*]", J))x", R"x(["p","q"])x"},
                                   {R"x(json.select("a.*", J))x", R"x([1,"two"])x"},
                                   {R"x(json.select("o[*].p", J))x", R"x([1,7,"7"])x"},
                                   {R"x(json.select("o[?(@.n)].p", J))x", "[1,7]"},
                                   {R"x(json.select("o[?(@.n == 'y')].p", J))x", "[7]"},
                                   {R"x(json.select("o[?(@.p == 7)].p", J))x", "[7]"},
                                   {R"x(json.select("o[?(@.p != 1)].p", J))x", R"x([7,"7"])x"},
                                   {R"x(json.select("o[?(@.p < 7)].n", J))x", R"x(["x"])x"},
                                   {R"x(json.select("$", J).l)x", "[1,2,3]"},
                                   {R"x(json.select("a", map))x", "1"}};
  check(kExamples);
}

TEST(JsonFunctor, MakesListsObjectsAndText) {
  constexpr Example kExamples[] = {{R"x(json.list("s", J))x", R"x(["p","q"])x"},
                                   {R"x(json.list("s", J).get(0))x", "p"},
                                   {R"x(json.list("s", J)[1])x", "q"},
                                   {"json.object(J).a.c", "two"},
                                   {"json.format(map)", R"x({"a":1})x"},
                                   {"json.format('say \"hi\"')", "\"say \\\"hi\\\"\""}};
  check(kExamples);
}

TEST(XmlFunctor, SelectsByXPath) {
  constexpr Example kExamples[] = {{R"x(xml.select("/r/n", X))x", "v1"},
                                   {R"x(xml.select("/r/n[2]", X))x", "v2"},
                                   {R"x(xml.select("/r/none", X))x", ""},
                                   {R"x(xml.select("count(/r/n)", X))x", "2"},
                                   {R"x(xml.select("/r/m/@k", X))x", "a"},
                                   {R"x(xml.select("/r/n", "<r\>"))x", "null"},
                                   {R"x(xml.select("/r/n", ""))x", "null"},
                                   {R"x(xml.select("/r[", X))x", "error"},
                                   {R"x(xml.select("document('/etc/passwd')", X))x", "error"}};
  check(kExamples);
}

TEST(XmlFunctor, BringsNothingAlong) {
  constexpr Example kExamples[] = {
      {R"x(xml.select("/r", "<!DOCTYPE r [<!ENTITY e SYSTEM 'file:///etc/passwd'\>]><r>&e;</r>"))x",
       "null"},
      {R"x(xml.select("/r", '<?xml version="1.0"?\><!DOCTYPE r\><r\>x</r\>'))x", "null"},
      {R"x(xml.select("/r", "<r\>&lol;</r\>"))x", "null"}};
  for (const Example& each : kExamples) {
    const std::string result = render(std::string("<+") + each.expression + ">");
    EXPECT_EQ(result.find("root:"), std::string::npos) << each.expression;
  }
}

TEST(XmlFunctor, EndsAnXPathThatTakesTooLong) {
  std::string document = "<r>";
  for (int i = 0; i < 20'000; ++i) document += "<n/>";
  document += "</r>";
  jexl::Meter meter{jexl::Budget{}};
  const jexl::Value arguments[] = {jexl::Value::string("count(//n[count(//n[count(//n)>0])>0])"),
                                   jexl::Value::string(document)};
  EXPECT_FALSE(xml_functions()[0].run({arguments, kNow, meter}));
}

TEST(RegexFunctor, ExtractsMatchesAndReplaces) {
  constexpr Example kExamples[] = {
      {R"x(regex.extract("[0-9]+", "a12b34"))x", "12"},
      {R"x(regex.extract("[0-9]*", "a12"))x", "12"},
      {R"x(regex.extract("(a)(b)?", "xay"))x", "a"},
      {R"x(regex.extract("z*", "äöü"))x", ""},
      {R"x(regex.extract("x", "abc"))x", ""},
      {R"x(regex.extract("(", "abc"))x", "null"},
      {R"x(regex.match("b", "abc"))x", "true"},
      {R"x(regex.match("^b", "abc"))x", "false"},
      {R"x(regex.match("(", "abc"))x", "null"},
      {R"x(regex.replace("b+", "-", "abbcb"))x", "a-c-"},
      {R"x(regex.replace("(a)(b)", "$2$1", "abab"))x", "baba"},
      {R"x(regex.replace("(", "-", "abc"))x", "null"},
      {R"x(regex.extract("(a+)+$", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaab"))x", "error"}};
  check(kExamples);
}

TEST(ShellFunctor, QuotesAndEscapes) {
  constexpr Example kExamples[] = {{R"x(shell.quote("a b"))x", "'a b'"},
                                   {R"x(shell.quote("it's"))x", R"x('it'\''s')x"},
                                   {R"x(shell.doubleQuote("a b"))x", R"x("a b")x"},
                                   {R"x(shell.doubleQuote("$(id)"))x", R"x("\$(id)")x"},
                                   {R"x(shell.enclose("x", "**"))x", "**x**"},
                                   {R"x(shell.escape("a;b|c$d"))x", R"x(a\;b\|c\$d)x"},
                                   {R"x(shell.escapeChars("a.b,c", ".,"))x", R"x(a\.b\,c)x"}};
  check(kExamples);
}

TEST(DatetimeFunctor, CountsDaysAsJavaDoes) {
  constexpr Example kExamples[] = {{"datetime.currentDate()", "2026-11-23"},
                                   {"currentDate()", "2026-11-23"},
                                   {"datetime.currentTime()", "2026-11-23T16:05:09.007+0000"},
                                   {"currentDate().plusDays(8)", "2026-12-01"},
                                   {"currentDate().minusDays(23)", "2026-10-31"},
                                   {"currentDate().plusWeeks(1)", "2026-11-30"},
                                   {"currentDate().minusDays(23).plusMonths(1)", "2026-11-30"},
                                   {"currentDate().minusDays(23).minusMonths(8)", "2026-02-28"},
                                   {"currentDate().plusYears(1)", "2027-11-23"},
                                   {"currentDate().getYear()", "2026"},
                                   {"currentDate().getMonthValue()", "11"},
                                   {"currentDate().getDayOfMonth()", "23"},
                                   {"'d-' + currentDate()", "d-2026-11-23"},
                                   {"currentDate().plusDays('1')", "2026-11-24"},
                                   {"currentDate().plusDays(99999999)", "error"},
                                   {"currentDate().plusYears(999999)", "error"}};
  check(kExamples);
}

TEST(Functors, ShareOneBudget) {
  jexl::Meter meter{jexl::Budget{.steps = 100}};
  const auto json = find_functor("json", kNow, meter);
  ASSERT_TRUE(json);
  std::string text = "[";
  for (int i = 0; i < 200; ++i) text += "1,";
  const jexl::Value arguments[] = {jexl::Value::string("$[*]"), jexl::Value::string(text + "1]")};
  EXPECT_FALSE(*json->as_object().call("select", arguments));
  EXPECT_TRUE(meter.is_exhausted());
  EXPECT_FALSE(find_functor("nothing", kNow, meter));
}

}  // namespace
}  // namespace tripgate
