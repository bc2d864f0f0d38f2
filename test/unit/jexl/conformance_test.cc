// Every line of the conformance corpora, compared as exactly as they say: type, value, number text,
// error category. Lines on which Tripgate differs on purpose are listed beside them, with the
// reason.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <string>

#include "engine/jexl/big_number.h"
#include "engine/jexl/json.h"
#include "engine/jexl/operators.h"
#include "engine/match/conformance_case.h"

namespace tripgate {
namespace {

using jexl::Kind;
using jexl::Value;

constexpr const char* kFolder = "test/data/jexl/";

std::string text_of(const Value& object, std::string_view field) {
  const Value* const value = object.get(field);
  return value != nullptr && value->is(Kind::string) ? std::string(value->as_string()) : "";
}

bool same_json(const Value& a, const Value& b) {
  if (a.is_number() && b.is_number()) {
    const auto left = jexl::to_big_decimal(a);
    const auto right = jexl::to_big_decimal(b);
    return left && right && left->compare(*right) == 0;
  }
  if (a.kind() != b.kind()) return false;
  if (a.is(Kind::list)) {
    return std::ranges::equal(a.elements(), b.elements(), same_json);
  }
  if (!a.is(Kind::map)) return java_equals(a, b);
  if (a.entries().size() != b.entries().size()) return false;
  return std::ranges::all_of(a.entries(), [&b](const Value::Entry& entry) {
    const Value* const other = b.find(entry.key);
    return other != nullptr && same_json(entry.value, *other);
  });
}

// Members of a set come in no particular order.
bool same_members(const Value& a, const Value& b) {
  const auto sorted = [](const Value& set) {
    std::multiset<std::string> texts;
    for (const Value& member : set.elements()) texts.insert(jexl::to_full_json(member));
    return texts;
  };
  return a.is(Kind::list) && b.is(Kind::list) && sorted(a) == sorted(b);
}

bool agrees(const Value& expected, const Value& actual) {
  for (const char* const field : {"ok", "match"}) {
    const Value* const wanted = expected.get(field);
    const Value* const given = actual.get(field);
    if (wanted != nullptr && (given == nullptr || !java_equals(*wanted, *given))) return false;
  }
  if (!expected.get("ok")->as_bool()) return text_of(expected, "error") == text_of(actual, "error");
  const std::string type = text_of(expected, "type");
  if (type != text_of(actual, "type")) return false;
  if (type == "number") {
    return text_of(expected, "text") == text_of(actual, "text") &&
           text_of(expected, "jtype") == text_of(actual, "jtype");
  }
  if (type == "set") return same_members(*expected.get("value"), *actual.get("value"));
  return same_json(*expected.get("value"), *actual.get("value"));
}

std::set<std::string> known_differences() {
  std::set<std::string> ids;
  std::ifstream file(std::string(kFolder) + "differences.txt");
  for (std::string line; std::getline(file, line);) {
    if (!line.empty() && line[0] != '#') ids.insert(line.substr(0, line.find(' ')));
  }
  return ids;
}

void run_corpus(const std::string& name, std::size_t least_cases) {
  const std::set<std::string> differences = known_differences();
  std::ifstream file(kFolder + name);
  std::size_t cases = 0;
  for (std::string line; std::getline(file, line); ++cases) {
    const auto expected = jexl::parse_json(line);
    ASSERT_TRUE(expected) << line;
    const std::string result = evaluate_case(line);
    const auto actual = jexl::parse_json(result);
    ASSERT_TRUE(actual) << result;
    const bool is_same = agrees(*expected->get("expected"), *actual);
    const bool is_known = differences.contains(text_of(*expected, "id"));
    EXPECT_EQ(is_same, !is_known) << line << "\n  gave " << result;
  }
  EXPECT_GE(cases, least_cases);
}

TEST(Conformance, ExpressionsBehaveAsTheReference) {
  run_corpus("cases.jsonl", 8770);
}

TEST(Conformance, WhatOnceDifferedBehavesAsTheReference) {
  run_corpus("found.jsonl", 1180);
}

TEST(Conformance, OperatorsBehaveAsTheReference) {
  run_corpus("condition_operators.jsonl", 811);
}

TEST(Conformance, ALineThatIsNoCaseGivesAnError) {
  EXPECT_EQ(evaluate_case("{}"),
            R"({"id":null,"ok":false,"error":"other","message":"the case has no expr"})");
  EXPECT_TRUE(evaluate_case("{").starts_with(R"({"id":null,"ok":false,"error":"other",)"));
}

}  // namespace
}  // namespace tripgate
