// Whatever bytes a caller sent, the text must be JSON.
#include "engine/base/json_writer.h"

#include <gtest/gtest.h>

#include <vector>

namespace tripgate {
namespace {

TEST(JsonWriter, ReplacesWhatIsNotUtf8) {
  struct Row {
    std::string bytes;
    std::string json;
  };
  const std::string bad = "\xEF\xBF\xBD";
  const std::vector<Row> rows = {
      {"\xff", bad},
      {"a\x80z", "a" + bad + "z"},
      {"\xC0\xAF", bad + bad},                      // overlong
      {"\xED\xA0\x80", bad + bad + bad},            // a surrogate
      {"\xF4\x90\x80\x80", bad + bad + bad + bad},  // beyond Unicode
      {"\xE2\x82", bad},                            // cut
      {"\xE2\x82\x41", bad + "A"},
      {"\xE2\x82\xAC", "\xE2\x82\xAC"},
      {"\xF0\x9F\x98\x80", "\xF0\x9F\x98\x80"},
  };
  for (const Row& row : rows) {
    std::string out;
    append_json_string(out, row.bytes);
    EXPECT_EQ(out, '"' + row.json + '"');
  }
}

TEST(JsonWriter, EscapesControlCharactersAndQuotes) {
  std::string out;
  append_json_string(out, std::string("\0\"\\\n\x1f", 5));
  EXPECT_EQ(out, R"("\u0000\"\\\n\u001f")");
}

TEST(JsonWriter, PlacesCommasBetweenMembersAndElements) {
  JsonWriter json;
  json.begin_object().key("a").begin_array().number(-1).null().end_array();
  json.member("b", true).key("c").begin_object().end_object().member("d", "x").end_object();
  EXPECT_EQ(json.text(), R"({"a":[-1,null],"b":true,"c":{},"d":"x"})");
}

}  // namespace
}  // namespace tripgate
