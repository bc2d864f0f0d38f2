// Typed access to a mapping and its complaints.
#include "engine/yaml/mapping_reader.h"

#include <gtest/gtest.h>

#include "engine/yaml/parser.h"

namespace tripgate::yaml {
namespace {

Document document(std::string_view text) {
  auto parsed = parse_document(text, "f.yaml");
  EXPECT_TRUE(parsed);
  return parsed ? std::move(*parsed) : Document{};
}

std::vector<std::string> printed(const std::vector<Diagnostic>& diagnostics) {
  std::vector<std::string> lines;
  for (const Diagnostic& diagnostic : diagnostics) lines.push_back(diagnostic.to_string());
  return lines;
}

using Lines = std::vector<std::string>;

TEST(MappingReader, NamesWrongKindsWithTheirPlace) {
  const Document text = document("a: [1]\nb: {c: d}\nd: x\ne: maybe\nf: [[]]\ng: {h: []}\n");
  Findings findings("f.yaml");
  MappingReader reader(text.root, "the step", findings);
  EXPECT_EQ(reader.text("a"), "");
  EXPECT_EQ(reader.find_sequence("b"), nullptr);
  EXPECT_EQ(reader.find_mapping("d"), nullptr);
  EXPECT_TRUE(reader.flag("e", true));
  EXPECT_TRUE(reader.texts("f").empty());
  EXPECT_TRUE(reader.text_pairs("g").empty());
  EXPECT_EQ(printed(findings.errors),
            (Lines{"f.yaml:1:4: a in the step must be a scalar, not a list",
                   "f.yaml:2:4: b in the step must be a list, not a mapping",
                   "f.yaml:3:4: d in the step must be a mapping, not a scalar",
                   "f.yaml:4:4: e in the step must be true or false, not \"maybe\"",
                   "f.yaml:5:5: an item of f in the step must be a scalar, not a list",
                   "f.yaml:6:8: h in g of the step must be a scalar, not a list"}));
}

TEST(MappingReader, NamesWhatIsMissingOnce) {
  const Document text = document("a: {}\nb: []\n");
  Findings findings("f.yaml");
  MappingReader reader(text.root, "the step", findings);
  EXPECT_EQ(reader.require_scalar("x"), nullptr);
  EXPECT_EQ(reader.require_mapping("b"), nullptr);
  EXPECT_EQ(printed(findings.errors), (Lines{"f.yaml:1:1: x is missing in the step",
                                             "f.yaml:2:4: b in the step must be a mapping, not a "
                                             "list"}));
}

TEST(MappingReader, WarnsAboutUnknownKeys) {
  const Document text = document("name: a\ntimout: 10s\n");
  Findings findings("f.yaml");
  MappingReader reader(text.root, "step [a]", findings);
  EXPECT_EQ(reader.text("name"), "a");
  reader.finish();
  EXPECT_TRUE(findings.is_clean());
  EXPECT_EQ(printed(findings.warnings),
            Lines{"f.yaml:2:1: the key \"timout\" means nothing in step [a]"});
}

TEST(MappingReader, RefusesAndRemarksAtTheKey) {
  const Document text = document("when: {}\nselectors: []\n");
  Findings findings("f.yaml");
  MappingReader reader(text.root, "it", findings);
  reader.refuse("when", "no");
  reader.refuse("absent", "no");
  reader.remark("selectors", "ignored");
  reader.finish();
  EXPECT_EQ(printed(findings.errors), Lines{"f.yaml:1:1: no"});
  EXPECT_EQ(printed(findings.warnings), Lines{"f.yaml:2:1: ignored"});
}

TEST(MappingReader, ReadsNullAsAbsent) {
  const Document text = document("a:\nb: ~\nc: {d: }\n");
  Findings findings;
  MappingReader reader(text.root, "it", findings);
  EXPECT_EQ(reader.find("a"), nullptr);
  EXPECT_TRUE(reader.flag("b", true));
  EXPECT_EQ(reader.text_pairs("c")[0].second, "");
  EXPECT_TRUE(findings.is_clean());
}

TEST(MappingReader, SaysThatTheNodeIsNoMapping) {
  const Document text = document("- a\n");
  Findings findings("f.yaml");
  MappingReader reader(text.root, "the trigger", findings);
  EXPECT_EQ(reader.require_scalar("name"), nullptr);
  reader.finish();
  EXPECT_EQ(printed(findings.errors),
            Lines{"f.yaml:1:1: the trigger must be a mapping, not a list"});
}

}  // namespace
}  // namespace tripgate::yaml
