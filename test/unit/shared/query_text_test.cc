// Decoding of queries as forms do it, hostile spellings included.
#include "shared/query_text.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tripgate {
namespace {

struct Lookup {
  std::string_view query;
  std::optional<std::string_view> value;  // of parameter "id"
};

TEST(QueryText, FindsTheFirstParameterOfTheName) {
  for (const Lookup& lookup : std::vector<Lookup>{
           {"", std::nullopt},
           {"&&&", std::nullopt},
           {"=id", std::nullopt},
           {"idx=1", std::nullopt},
           {"xid=1", std::nullopt},
           {"ID=1", std::nullopt},
           {"i=1&d=2", std::nullopt},
           {"id%3D1", std::nullopt},
           {"id", ""},
           {"id=", ""},
           {"id&id=2", ""},
           {"a=1&id=2&id=3", "2"},
           {"a=1&&id=2&", "2"},
           {"id=a=b", "a=b"},
           {"id=%2", "%2"},
           {"%69%64=raw%20value", "raw%20value"},
           {"%69%4=1&id=2", "2"},
           {"id=1;x=2", "1;x=2"},
       }) {
    EXPECT_EQ(find_query_parameter(lookup.query, "id"), lookup.value) << lookup.query;
  }
}

TEST(QueryText, DecodesAsFormsDo) {
  const std::vector<std::pair<std::string_view, std::string>> cases = {
      {"", ""},
      {"a+b", "a b"},
      {"a%2Bb", "a+b"},
      {"%", "%"},
      {"%4", "%4"},
      {"%4g", "%4g"},
      {"%%41", "%A"},
      {"%c3%A4", "\xc3\xa4"},
      {"%ff", "\xff"},
      {"%2541", "%41"},
      {"%00", std::string(1, '\0')},
  };
  for (const auto& [text, expected] : cases) {
    std::string out(text.size(), '?');
    EXPECT_EQ(decode_query_text(text, out), expected) << text;
  }
}

TEST(QueryText, RefusesABufferThatIsTooSmall) {
  std::string out(2, '?');
  EXPECT_EQ(decode_query_text("%41%42", out), "AB");
  EXPECT_FALSE(decode_query_text("abc", out));
  EXPECT_FALSE(decode_query_text("a", std::span<char>()));
  EXPECT_EQ(decode_query_text("", std::span<char>()), "");
}

}  // namespace
}  // namespace tripgate
