// Verdicts on calls, and what judging a key costs.
#include "ngx_module/admission.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <unistd.h>

#include <array>
#include <string>

#include "ngx_module/response.h"
#include "test/module/edge_store_writer.h"

// cmocka needs these four, and its macro `fail` must not meet the C++ library's headers.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

namespace {
/// Calls of the store and of libcrypto; module.mk has the linker lead them here.
struct Operations {
  int lookups = 0;
  int hashes = 0;
  int comparisons = 0;

  friend bool operator==(const Operations&, const Operations&) = default;
};
Operations counted;
}  // namespace

// The linker's names for a function that is wrapped and for what it wraps.
// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming)
extern "C" {
int __real_mdb_get(MDB_txn* txn, MDB_dbi database, MDB_val* key, MDB_val* value);
int __wrap_mdb_get(MDB_txn* txn, MDB_dbi database, MDB_val* key, MDB_val* value) {
  ++counted.lookups;
  return __real_mdb_get(txn, database, key, value);
}
int __real_SHA256_Final(unsigned char* out, SHA256_CTX* state);
int __wrap_SHA256_Final(unsigned char* out, SHA256_CTX* state) {
  ++counted.hashes;
  return __real_SHA256_Final(out, state);
}
int __real_CRYPTO_memcmp(const void* left, const void* right, size_t size);
int __wrap_CRYPTO_memcmp(const void* left, const void* right, size_t size) {
  ++counted.comparisons;
  return __real_CRYPTO_memcmp(left, right, size);
}
}
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)

namespace tripgate {
namespace {

constexpr std::uint64_t kNowMs = 1000;
const std::string kSecret = "qybothN6MJv6XETxKQjD";
const std::string kUuid = "63bc6f8bed8ecc38a51965ba";

/// A store in a temporary folder with one trigger and one key.
struct Stand {
  Stand() {
    char folder[] = "/tmp/tripgate-admission-XXXXXX";
    root = mkdtemp(folder);
    EdgeWriter writer(root);
    writer.add({"trigger", "7", "on", "token", "acc", "org", "proj", "pipe", "trig"});
    writer.add({"key", kUuid, kSecret, "pat", "acc", "alice", "10", "2000", "2", "", ""});
    writer.finish();
    assert_false(static_cast<bool>(reader.open((root + "/v1").c_str())));
  }
  Stand(const Stand&) = delete;
  Stand& operator=(const Stand&) = delete;
  ~Stand() {
    reader.close();
    for (const char* name : {"/v1/data.mdb", "/v1/lock.mdb"}) unlink((root + name).c_str());
    rmdir((root + "/v1").c_str());
    rmdir(root.c_str());
  }

  Admission judge(const WebhookCall& call, std::uint64_t now_ms = kNowMs) {
    const EdgeLook look(reader);
    assert_false(static_cast<bool>(look.trouble()));
    return admit(call, reader, hasher, now_ms);
  }

  std::string root;
  EdgeReader reader;
  KeyHasher hasher;
};

WebhookCall call_with(std::string_view key) {
  return {.address = {.version = WebhookVersion::v3, .token = "token"},
          .parameters =
              {.account = "acc", .org = "org", .project = "proj", .pipeline = {}, .trigger = {}},
          .api_key = key,
          .api_key_lines = key.empty() ? 0u : 1u};
}

/// What judging a key costs: a call that lacks a project is refused right behind that check.
Operations cost_of(Stand& stand, std::string_view key, std::uint64_t now_ms, Refusal expected) {
  WebhookCall call = call_with(key);
  call.parameters.project = {};
  counted = {};
  assert_true(stand.judge(call, now_ms).refusal == expected);
  return counted;
}

void every_well_formed_key_costs_the_same(void** /*state*/) {
  Stand stand;
  const Operations one_of_each{.lookups = 1, .hashes = 1, .comparisons = 1};
  const auto costs_one_of_each = [&](const std::string& key, Refusal refusal,
                                     std::uint64_t now_ms = kNowMs) {
    assert_true(cost_of(stand, key, now_ms, refusal) == one_of_each);
  };
  const std::string good = "pat.acc." + kUuid + "." + kSecret;
  costs_one_of_each(good, Refusal::missing_parameter);
  costs_one_of_each("pat." + kUuid + "." + kSecret, Refusal::missing_parameter);
  costs_one_of_each(good, Refusal::bad_key, 5000);  // expired
  for (const std::string& bad :
       {"sat.acc." + kUuid + "." + kSecret, "pat.other." + kUuid + "." + kSecret,
        "pat.acc." + kUuid + ".aaaaaaaaaaaaaaaaaaaa",
        "pat.acc.000000000000000000000000." + kSecret}) {
    costs_one_of_each(bad, Refusal::bad_key);
  }
}

void keys_are_valid_strictly_between_their_times(void** /*state*/) {
  Stand stand;
  const std::string key = "pat.acc." + kUuid + "." + kSecret;
  for (const std::uint64_t now_ms : {0, 10, 2000, 3000}) {
    assert_true(stand.judge(call_with(key), now_ms).refusal == Refusal::bad_key);
  }
  for (const std::uint64_t now_ms : {11, 1999}) {
    assert_true(stand.judge(call_with(key), now_ms).refusal == Refusal::none);
  }
}

void no_lookup_for_what_cannot_be_a_key(void** /*state*/) {
  Stand stand;
  const std::string malformed = "pat.acc.x." + kSecret;
  assert_true(cost_of(stand, malformed, kNowMs, Refusal::bad_key) == Operations{});
}

void token_admits_with_its_trigger(void** /*state*/) {
  Stand stand;
  const Admission admission = stand.judge(call_with(""));
  assert_true(admission.refusal == Refusal::none);
  assert_int_equal(admission.trigger_ref, 7);
  assert_true(admission.principal.is_anonymous());
}

/// What judging a call without a key costs, which the mandate of its scope decides.
Operations cost_of_mandate(Stand& stand, const WebhookCall& call, Refusal expected) {
  counted = {};
  assert_true(stand.judge(call).refusal == expected);
  return counted;
}

void a_scope_is_looked_up_once(void** /*state*/) {
  Stand stand;
  const WebhookCall call = call_with("");
  const Operations first = cost_of_mandate(stand, call, Refusal::none);
  const Operations again = cost_of_mandate(stand, call, Refusal::none);
  assert_int_equal(first.lookups - again.lookups, 3);  // project, organisation, account
  assert_int_equal(again.lookups, 1);                  // the token
  WebhookCall other = call;
  other.parameters.project = "proj2";
  assert_int_equal(cost_of_mandate(stand, other, Refusal::ids_select_other).lookups, first.lookups);
}

void a_changed_mandate_acts_at_once(void** /*state*/) {
  Stand stand;
  for (const bool is_mandatory : {false, true, false}) {
    EdgeWriter writer(stand.root);
    writer.add({"scope", is_mandatory ? "on" : "off", "acc", "org", "proj"});
    writer.finish();
    for (int call = 0; call < 2; ++call) {
      assert_true(stand.judge(call_with("")).refusal ==
                  (is_mandatory ? Refusal::key_mandatory : Refusal::none));
    }
  }
}

void only_the_very_scope_is_remembered(void** /*state*/) {
  MandateMemo memo;
  assert_false(memo.find({"", "", ""}).has_value());
  memo.keep({"acc", "org", "proj"}, true);
  assert_true(memo.find({"acc", "org", "proj"}) == std::optional(true));
  for (const ScopeName& other : {ScopeName{"acc", "orgp", "roj"}, ScopeName{"acc", "org", ""},
                                 ScopeName{"ac", "org", "proj"}, ScopeName{"acc", "org", "proX"}}) {
    assert_false(memo.find(other).has_value());
  }
  const std::string long_part(limits::kIdentifierMaxSize + 1, 'a');
  memo.keep({"acc", "org", long_part}, false);
  assert_false(memo.find({"acc", "org", long_part}).has_value());
  memo.forget();
  assert_false(memo.find({"acc", "org", "proj"}).has_value());
}

/// Text of the largest size that is echoed, every byte of which needs six.
void worst_answers_fit_their_room(void** /*state*/) {
  const std::string worst(limits::kEchoMaxSize, '\x01');
  const std::string message(kMessageMaxSize, '\x01');
  WebhookCall call = call_with("");
  call.address.token = worst;
  call.parameters = {worst, worst, worst, worst, worst};
  std::array<char, kAnswerMaxSize> room;
  for (int refusal = 1; refusal <= static_cast<int>(Refusal::token_needed); ++refusal) {
    JsonText out(room);
    Admission admission;
    admission.refusal = static_cast<Refusal>(refusal);
    admission.principal.identifier = worst;
    write_refusal(call, admission, worst, out);
    assert_true(out.ok());
  }
  JsonText success(room);
  write_success(call, {}, {.scheme = "https://", .host = worst}, worst, success);
  assert_true(success.ok());
  JsonText nack(room);
  write_nack(call, {.code = worst, .message = message}, worst, nack);
  assert_true(nack.ok());
  JsonText denied(room);
  write_nack(call, {.http_status = 403, .code = "NG_ACCESS_DENIED", .message = message}, worst,
             denied);
  assert_true(denied.ok());
}

}  // namespace
}  // namespace tripgate

int main() {
  using namespace tripgate;
  const CMUnitTest tests[] = {
      cmocka_unit_test(every_well_formed_key_costs_the_same),
      cmocka_unit_test(keys_are_valid_strictly_between_their_times),
      cmocka_unit_test(no_lookup_for_what_cannot_be_a_key),
      cmocka_unit_test(token_admits_with_its_trigger),
      cmocka_unit_test(a_scope_is_looked_up_once),
      cmocka_unit_test(a_changed_mandate_acts_at_once),
      cmocka_unit_test(only_the_very_scope_is_remembered),
      cmocka_unit_test(worst_answers_fit_their_room),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
