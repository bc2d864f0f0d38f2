// Trees, positions and refusals of the YAML parser.
#include "engine/yaml/parser.h"

#include <gtest/gtest.h>

#include "engine/yaml/yaml_limits.h"

namespace tripgate::yaml {
namespace {

std::string complaint(std::string_view text) {
  const auto documents = parse_documents(text, "f.yaml");
  return documents ? "accepted" : documents.error().to_string();
}

Node parse(std::string_view text) {
  auto document = parse_document(text, "f.yaml");
  if (document) return std::move(document->root);
  ADD_FAILURE() << document.error().to_string();
  return {};
}

struct Refusal {
  const char* text;
  const char* complaint;
};

TEST(YamlParser, RefusesWithFileLineAndColumn) {
  const Refusal refusals[] = {
      {"a: 1\nb: 2\na: 3\n", "f.yaml:3:1: the key \"a\" is given twice"},
      {"a: {b: 1, \"b\": 2}\n", "f.yaml:1:11: the key \"b\" is given twice"},
      {"a:\n\tb: 1\n",
       "f.yaml:2:1: a tab cannot indent; use blanks (while scanning for the next token)"},
      {"a: *x\n", "f.yaml:1:4: the alias *x has no anchor before it"},
      {"? [a]\n: b\n", "f.yaml:1:3: a key must be a scalar, not a list"},
      {"<<: {a: 1}\n", "f.yaml:1:1: merge keys (<<) are not supported"},
      {"a: !!binary x\n", "f.yaml:1:4: the tag tag:yaml.org,2002:binary is not supported"},
      {"a: !x {}\n", "f.yaml:1:4: the tag !x is not supported"},
      {"a: [1, 2\n",
       "f.yaml:2:1: did not find expected ',' or ']' (while parsing a flow sequence "
       "that began in line 1)"},
      {"a: \"\xC3\xA9\" b\n",
       "f.yaml:1:9: did not find expected key (while parsing a block mapping)"},
      {"\xC3\xA9: \xFF\n", "f.yaml:1:5: invalid leading UTF-8 octet"},
      {"a: \x01\n", "f.yaml:1:4: control characters are not allowed"},
  };
  for (const Refusal& refusal : refusals) {
    EXPECT_EQ(complaint(refusal.text), refusal.complaint) << refusal.text;
  }
}

TEST(YamlParser, RefusesNulByte) {
  using namespace std::string_view_literals;
  EXPECT_EQ(complaint("a: b\0c\n"sv), "f.yaml:1:5: control characters are not allowed");
}

TEST(YamlParser, RefusesTextAboveItsBound) {
  EXPECT_EQ(complaint(std::string(kTextMaxBytes + 1, '#')),
            "f.yaml: the text is larger than 1048576 bytes");
}

TEST(YamlParser, RefusesDeepNesting) {
  const std::string deep(kDepthMax + 2, '[');
  EXPECT_EQ(complaint(deep + std::string(kDepthMax + 2, ']')),
            "f.yaml:1:130: nested deeper than 128 levels");
  EXPECT_EQ(complaint(std::string(100'000, '[')), "f.yaml:1:130: nested deeper than 128 levels");
}

TEST(YamlParser, RefusesAliasBomb) {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int level = 1; level < 10; ++level) {
    const std::string below = "*a" + std::to_string(level - 1);
    bomb += "a" + std::to_string(level) + ": &a" + std::to_string(level) + " [";
    for (int i = 0; i < 10; ++i) bomb += below + (i < 9 ? ", " : "]\n");
  }
  EXPECT_NE(complaint(bomb).find("more than 200000 nodes"), std::string::npos) << complaint(bomb);
}

TEST(YamlParser, RefusesAliasesThatDeepenTheTree) {
  std::string text = "a0: &a0 x\n";
  for (int level = 1; level < 10; ++level) {
    text += "a" + std::to_string(level) + ": &a" + std::to_string(level) + " " +
            std::string(20, '[') + "*a" + std::to_string(level - 1) + std::string(20, ']') + "\n";
  }
  EXPECT_NE(complaint(text).find("nested deeper than 128 levels"), std::string::npos);
}

TEST(YamlParser, RefusesNestedAnchorsThatMultiplyCopies) {
  std::string text;
  for (int level = 0; level < 100; ++level) text += "[&a" + std::to_string(level) + " ";
  for (int i = 0; i < 20'000; ++i) text += "[],";
  text += std::string(100, ']');
  EXPECT_NE(complaint(text).find("more than 200000 nodes"), std::string::npos);
}

TEST(YamlParser, KeepsOrderKindsAndPositions) {
  const Node root = parse("b: [x, 'y']\na:\n  c: \"z\"\n");
  ASSERT_EQ(root.entries.size(), 2U);
  EXPECT_EQ(root.entries[0].key.text, "b");
  EXPECT_EQ(root.entries[0].value.items[1].style, ScalarStyle::single_quoted);
  EXPECT_EQ(root.entries[0].value.items[1].position, (Position{1, 8}));
  EXPECT_EQ(root.find("a")->find("c")->position, (Position{3, 6}));
  EXPECT_EQ(root.find("nothing"), nullptr);
}

TEST(YamlParser, CountsColumnsInBytes) {
  const Node root = parse("{\xC3\xA9: \xC3\xA9, b: c}\n");
  EXPECT_EQ(root.find("b")->position, (Position{1, 13}));
}

TEST(YamlParser, TellsNullFromEmptyText) {
  const Node root = parse("a:\nb: ~\nc: ''\nd: null\ne: !!str null\n");
  EXPECT_TRUE(root.find("a")->is_null());
  EXPECT_TRUE(root.find("b")->is_null());
  EXPECT_FALSE(root.find("c")->is_null());
  EXPECT_TRUE(root.find("d")->is_null());
  EXPECT_FALSE(root.find("e")->is_null());
}

TEST(YamlParser, ExpandsAliases) {
  const Node root = parse("a: &x {k: v}\nb: *x\n");
  EXPECT_EQ(root.find("b")->find("k")->text, "v");
}

TEST(YamlParser, FindsTheBytesOfAScriptInTheFile) {
  struct Case {
    const char* text;
    std::size_t offset;
    Position position;
  };
  const Case cases[] = {
      {"s: |\n  ab\n  cd\n", 4, {3, 4}}, {"s: |-  # why\n\n\n   ab\n", 3, {4, 5}},
      {"s: |2\n    ab\n", 2, {2, 5}},    {"s: |\r\n  ab\r\n  cd\r\n", 3, {3, 3}},
      {"s: abc\n", 1, {1, 5}},           {"s: 'abc'\n", 1, {1, 6}},
      {"s: \"abc\"\n", 2, {1, 7}},       {"s: \"a\\tc\"\n", 2, {1, 4}},
      {"s: >\n  ab\n  cd\n", 3, {1, 4}}, {"s: ab\n  cd\n", 3, {1, 4}},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(parse(c.text).find("s")->position_at(c.offset), c.position) << c.text;
  }
}

TEST(YamlParser, ReadsWindowsLineEnds) {
  EXPECT_EQ(parse("a: 1\r\ns: |\r\n  x\r\n  y\r\n").find("s")->text, "x\ny\n");
}

TEST(YamlParser, SplitsStreamsAndKeepsEachText) {
  const auto documents =
      parse_documents("# one\na: 1\n---\n# two\nb: 2\n...\n---\n---\nc: 3\n", "");
  ASSERT_TRUE(documents);
  ASSERT_EQ(documents->size(), 3U);
  EXPECT_EQ((*documents)[0].text, "# one\na: 1\n");
  EXPECT_EQ((*documents)[1].text, "\n# two\nb: 2\n");
  EXPECT_EQ((*documents)[1].first_line, 3U);
  EXPECT_EQ((*documents)[2].root.find("c")->position, (Position{9, 4}));
}

TEST(YamlParser, ForgetsAnchorsBetweenDocuments) {
  EXPECT_EQ(complaint("a: &x 1\n---\nb: *x\n"), "f.yaml:3:4: the alias *x has no anchor before it");
}

TEST(YamlParser, WantsExactlyOneDocument) {
  EXPECT_EQ(parse_document("a: 1\n---\nb: 2\n", "").error().message,
            "the text holds more than one document");
  EXPECT_EQ(parse_document("# nothing\n", "f").error().to_string(),
            "f: the text holds no document");
}

TEST(YamlParser, EachDocumentsTextParsesToTheSameTree) {
  const auto documents = parse_documents("a: [1]\n--- {b: |-\n x}\n", "");
  EXPECT_FALSE(documents);
  const auto good = parse_documents("a: [1]\n--- \nb: |\n  x\n", "");
  ASSERT_TRUE(good);
  EXPECT_EQ(parse((*good)[1].text).find("b")->text, "x\n");
}

}  // namespace
}  // namespace tripgate::yaml
