// Addresses, query parameters, and JSON text.
#include <array>
#include <string>
#include <vector>

#include "ngx_module/address.h"
#include "ngx_module/call_parameters.h"
#include "ngx_module/json_text.h"
#include "shared/query_text.h"

// cmocka needs these four, and its macro `fail` must not meet the C++ library's headers.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

namespace tripgate {
namespace {

void unknown_paths_are_no_address(void** /*state*/) {
  for (const char* path :
       {"", "/", "/gateway", "/pipeline/api/webhook", "/pipeline/api/webhook/custom/",
        "/pipeline/api/webhook/customs", "/pipeline/api/webhook/custom/v3",
        "/pipeline/api/webhook/custom/v2/", "/pipeline/api/webhook/custom/t",
        "/pipeline/api/webhook/custom/t/v4", "/pipeline/api/webhook/custom//v3",
        "/pipeline/api/webhook/custom/a/b/v3", "/gateway/gateway/pipeline/api/webhook/custom"}) {
    assert_false(parse_webhook_address(path).has_value());
  }
}

void three_versions_with_and_without_gateway(void** /*state*/) {
  for (const std::string prefix : {"", "/gateway"}) {
    const std::string base = prefix + "/pipeline/api/webhook/custom";
    assert_true(parse_webhook_address(base)->version == WebhookVersion::v1);
    assert_true(parse_webhook_address(base + "/v2")->version == WebhookVersion::v2);
    const std::string path = base + "/v2/v3";
    const auto v3 = parse_webhook_address(path);
    assert_true(v3->version == WebhookVersion::v3 && v3->token == "v2");
  }
}

void tokens_are_cut_wherever_they_stand(void** /*state*/) {
  const struct {
    std::string path;
    std::string shown;
  } cases[] = {{"/a/custom/secret/v3", "/a/custom/secr/v3"},
               {"/a/custom/secret", "/a/custom/secr"},
               {"/a/custom//secret/v3", "/a/custom//secr/v3"},
               {"/a/custom/./secret/v3", "/a/custom/./secr/v3"},
               {"/a/custom/v2", "/a/custom/v2"},
               {"/a/other/secret", "/a/other/secret"},
               {"", ""}};
  for (const auto& one : cases) {
    std::string out(one.path.size(), '?');
    out.resize(cut_token(one.path, out));
    assert_string_equal(out.c_str(), one.shown.c_str());
  }
}

void one_pass_finds_what_five_searches_find(void** /*state*/) {
  for (const std::string query :
       {"", "&", "=", "accountIdentifier", "accountIdentifier=", "accountIdentifier=a&x=1",
        "x=1&accountIdentifier=a%20b&accountIdentifier=c", "%61ccountIdentifier=a+b%",
        "accountIdentifier=%zz&", "accountIdentifierX=1&accountIdentifie=2", "a&&=b&c=d&"}) {
    std::string room(query.size(), ' ');
    const CallParameters found = parse_call_parameters(query, room);
    const auto raw = find_query_parameter(query, "accountIdentifier");
    assert_true(found.account.has_value() == raw.has_value());
    if (!raw) continue;
    std::string expected(raw->size(), ' ');
    assert_true(*found.account == *decode_query_text(*raw, expected));
  }
}

void all_five_parameters_share_the_room(void** /*state*/) {
  const std::string query =
      "triggerIdentifier=%74&pipelineIdentifier=%70&projectIdentifier=%6a&orgIdentifier=%6f&"
      "accountIdentifier=%61";
  std::string room(query.size(), ' ');
  const CallParameters found = parse_call_parameters(query, room);
  assert_true(found.account == "a" && found.org == "o" && found.project == "j");
  assert_true(found.pipeline == "p" && found.trigger == "t");
}

void json_escapes_and_replaces(void** /*state*/) {
  const struct {
    std::string_view text;
    std::string_view json;
  } cases[] = {{"a\"\\\n\x01", "a\\\"\\\\\\n\\u0001"},
               {"\xc3\xa9", "\xc3\xa9"},
               {"\xc3", "\xef\xbf\xbd"},
               {"\xc0\xaf", "\xef\xbf\xbd\xef\xbf\xbd"},
               {"\xed\xa0\x80x", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdx"},
               {"\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80"}};
  for (const auto& one : cases) {
    std::array<char, 64> room;
    JsonText out(room);
    out.text(one.text, 100);
    assert_true(out.ok() && out.view() == one.json);
  }
}

/// Plain text is judged eight bytes at a time: no byte may slip through wherever it stands.
void json_sees_every_byte_at_every_place(void** /*state*/) {
  for (unsigned byte = 0; byte < 256; ++byte) {
    std::array<char, 8> alone_room;
    const char c = static_cast<char>(byte);
    JsonText alone(alone_room);
    alone.text({&c, 1}, 100);
    for (std::size_t place = 0; place < 17; ++place) {
      std::string text(17, '~');
      text[place] = c;
      const std::string json =
          std::string(place, '~') + std::string(alone.view()) + std::string(16 - place, '~');
      std::array<char, 64> room;
      JsonText out(room);
      out.text(text, 100);
      assert_true(out.view() == json);
    }
  }
}

void json_cuts_between_characters(void** /*state*/) {
  std::array<char, 64> room;
  JsonText out(room);
  out.text("ab\xc3\xa9z", 3);
  assert_true(out.view() == "ab");
}

void json_without_room_fails_for_good(void** /*state*/) {
  std::array<char, 4> room;
  JsonText out(room);
  assert_false(out.raw("abc").raw("de").ok());
  assert_false(out.raw("").ok());
}

}  // namespace
}  // namespace tripgate

int main() {
  using namespace tripgate;
  const CMUnitTest tests[] = {
      cmocka_unit_test(unknown_paths_are_no_address),
      cmocka_unit_test(three_versions_with_and_without_gateway),
      cmocka_unit_test(tokens_are_cut_wherever_they_stand),
      cmocka_unit_test(one_pass_finds_what_five_searches_find),
      cmocka_unit_test(all_five_parameters_share_the_room),
      cmocka_unit_test(json_escapes_and_replaces),
      cmocka_unit_test(json_sees_every_byte_at_every_place),
      cmocka_unit_test(json_cuts_between_characters),
      cmocka_unit_test(json_without_room_fails_for_good),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
