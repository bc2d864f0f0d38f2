// Tables for people, JSON and YAML for programs.
#include "engine/cli/output.h"

#include <gtest/gtest.h>

#include <sstream>

#include "engine/yaml/parser.h"

namespace tripgate::cli {
namespace {

JsonDocument parse(const std::string& text) {
  auto document = JsonDocument::parse(text);
  EXPECT_TRUE(document);
  return *std::move(document);
}

TEST(Table, AlignsColumnsAndHidesControlCharacters) {
  Table table({"ID", "NAME"});
  table.add({"longer", "x\x1b[31m"});
  table.add({"\xC3\xBC", ""});
  std::ostringstream out;
  table.print(out);
  EXPECT_EQ(out.str(), "ID      NAME\nlonger  x?[31m\n\xC3\xBC\n");
}

TEST(Output, PrettyJsonKeepsOrderAndNumbers) {
  const JsonDocument document = parse(R"({"b":[1,2.50,{}],"a":"q\"","n":null,"t":true})");
  EXPECT_EQ(to_pretty_json(document.root()),
            "{\n  \"b\": [\n    1,\n    2.50,\n    {}\n  ],\n  \"a\": \"q\\\"\",\n"
            "  \"n\": null,\n  \"t\": true\n}\n");
}

TEST(Output, YamlIsReadAsWhatItWas) {
  const JsonDocument document =
      parse(R"({"list":[{"a":"x: y","b":[]},["deep",1]],"text":"two\nlines","empty":{}})");
  const auto read = yaml::parse_document(to_yaml(document.root()), "out");
  ASSERT_TRUE(read) << read.error().to_string() << to_yaml(document.root());
  const yaml::Node* const list = read->root.find("list");
  ASSERT_NE(list, nullptr);
  EXPECT_EQ(list->items[0].find("a")->text, "x: y");
  EXPECT_EQ(list->items[1].items[0].text, "deep");
  EXPECT_EQ(read->root.find("text")->text, "two\nlines");
}

TEST(Output, YamlQuotesOnlyWhatNeedsIt) {
  const JsonDocument document = parse(
      R"({"identifier":"trig","a b":"x","list":[{"count":1,"word":"no"},[2,[]]],"url":"http://h",)"
      R"("yaml":"trigger:\n  a: b\n\n  c: d\n","open":"x\ny","tail":"x\n\n","utf8":"ü\nx","lead":" x\ny"})");
  EXPECT_EQ(
      to_yaml(document.root()),
      "identifier: trig\n\"a b\": x\nlist:\n  - count: 1\n    word: \"no\"\n  - - 2\n    - []\n"
      "url: \"http://h\"\nyaml: |\n  trigger:\n    a: b\n\n    c: d\nopen: |-\n  x\n  y\n"
      "tail: |+\n  x\n\nutf8: \"ü\\nx\"\nlead: \" x\\ny\"\n");
  EXPECT_TRUE(yaml::parse_document(to_yaml(document.root()), "out"));
}

TEST(Output, TimesAreUtc) {
  const JsonDocument document = parse("[1663276236674,null]");
  EXPECT_EQ(time_text(document.root().elements()[0]), "2022-09-15 21:10:36");
  EXPECT_EQ(time_text(document.root().elements()[1]), "-");
}

}  // namespace
}  // namespace tripgate::cli
