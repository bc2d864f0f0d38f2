// What is written is read as the same tree; the texts are those a person would write.
#include "engine/yaml/writer.h"

#include <gtest/gtest.h>

#include "engine/yaml/parser.h"

namespace tripgate::yaml {
namespace {

Node scalar(std::string text, ScalarStyle style = ScalarStyle::double_quoted) {
  Node node;
  node.text = std::move(text);
  node.style = style;
  return node;
}

/// A mapping that holds a scalar under `k`.
Node mapping_of(Node value) {
  Node mapping;
  mapping.kind = NodeKind::mapping;
  mapping.entries.push_back({scalar("k", ScalarStyle::plain), std::move(value)});
  return mapping;
}

TEST(YamlWriter, KeepsHostileScalarsInEveryStyle) {
  const std::string texts[] = {"",
                               " ",
                               "null",
                               "~",
                               "true",
                               "1.10",
                               "0x1F",
                               "-",
                               "- a",
                               "-5",
                               "?",
                               "? a",
                               "a: b",
                               "a:",
                               ": a",
                               "#",
                               "a #b",
                               "a#b",
                               "'",
                               "\"",
                               "\\",
                               "it's",
                               "[",
                               "{a",
                               "&a",
                               "*a",
                               "!a",
                               "|",
                               ">",
                               "%a",
                               "@a",
                               "`a",
                               "a\tb",
                               "\ta",
                               "a\t",
                               "a\n",
                               "a",
                               "a\nb",
                               "\na",
                               "a\n\n",
                               "\n",
                               "\n\n",
                               " a\nb",
                               "a\n b\n",
                               "a\n \n",
                               "a\n\n\n",
                               "a\r\nb",
                               "\r",
                               "a\x01z",
                               "\x7f",
                               "---",
                               "--- a",
                               "...",
                               "<<",
                               "=",
                               "<+input>",
                               "<+a['b: c']>",
                               "${x}",
                               "é",
                               "\xc2\x85",
                               "\xc2\xa0",
                               "\xe2\x80\xa8",
                               "\xef\xbb\xbf",
                               "\xef\xbf\xbe",
                               "\xf0\x9f\x9a\x80",
                               "a\n\tb\n",
                               "\t\n",
                               "x\n...\ny",
                               "x\n---\n"};
  for (const std::string& text : texts) {
    for (const ScalarStyle style :
         {ScalarStyle::plain, ScalarStyle::single_quoted, ScalarStyle::double_quoted,
          ScalarStyle::literal, ScalarStyle::folded}) {
      const std::string written = write_document(mapping_of(scalar(text, style)));
      const auto read = parse_document(written, "written");
      ASSERT_TRUE(read) << written << read.error().to_string();
      EXPECT_EQ(read->root.find("k")->text, text) << written;
    }
  }
}

TEST(YamlWriter, KeepsHostileKeys) {
  for (const std::string text : {"", "a: b", "'", "\n", "-", "? x", "null", "é"}) {
    Node mapping = mapping_of(scalar("v"));
    mapping.entries.front().key = scalar(text, ScalarStyle::plain);
    const auto read = parse_document(write_document(mapping), "written");
    ASSERT_TRUE(read) << text;
    EXPECT_EQ(read->root.entries.front().key.text, text);
  }
}

TEST(YamlWriter, WritesKeysThatAreTooLongForOneLine) {
  Node mapping = mapping_of(mapping_of(scalar("v")));
  mapping.entries.front().key.text = std::string(1024, '\'');
  mapping.entries.front().key.style = ScalarStyle::single_quoted;
  const auto read = parse_document(write_document(mapping), "written");
  ASSERT_TRUE(read) << read.error().to_string();
  EXPECT_EQ(read->root.entries.front().key.text.size(), 1024u);
  EXPECT_EQ(read->root.entries.front().value.find("k")->text, "v");
}

TEST(YamlWriter, WritesWhatAPersonWouldWrite) {
  const std::string_view text =
      "pipeline:\n"
      "  name: Edge deploy\n"
      "  tags: {}\n"
      "  variables:\n"
      "    - name: version\n"
      "      value: \"1.10\"\n"
      "    - name: n\n"
      "      value: -5\n"
      "      default:\n"
      "  stages:\n"
      "    - stage:\n"
      "        identifier: build\n"
      "        script: |\n"
      "          echo \"a: b\" # c\n"
      "\n"
      "          exit\n"
      "        args:\n"
      "          - 'it''s'\n"
      "          - <+trigger.payload.a>\n"
      "          -\n"
      "            - nested\n"
      "            - []\n";
  const auto document = parse_document(text, "in");
  ASSERT_TRUE(document) << document.error().to_string();
  EXPECT_EQ(write_document(document->root), text);
}

TEST(YamlWriter, UnfoldsFlowStyleAndComments) {
  const auto document = parse_document("a: {b: [1, 'x'], c: {}} # gone\n", "in");
  ASSERT_TRUE(document);
  EXPECT_EQ(write_document(document->root), "a:\n  b:\n    - 1\n    - 'x'\n  c: {}\n");
}

}  // namespace
}  // namespace tripgate::yaml
