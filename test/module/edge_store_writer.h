// Writes records of the edge store with the encoders of shared/, without an engine.
#pragma once

#include <lmdb.h>
#include <sys/stat.h>

#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "shared/bytes.h"
#include "shared/store_schema.h"

namespace tripgate {
inline void check(int code, const char* what) {
  if (code == 0) return;
  std::cerr << "edge_writer: " << what << ": " << mdb_strerror(code) << "\n";
  std::exit(1);
}

/// One transaction on the store below `root`; lines are documented in edge_writer.cc.
class EdgeWriter {
 public:
  explicit EdgeWriter(const std::string& root) {
    const std::string directory = root + "/" + edge::kDirectoryName;
    mkdir(root.c_str(), 0750);
    mkdir(directory.c_str(), 0750);
    check(mdb_env_create(&environment_), "create");
    check(mdb_env_set_maxdbs(environment_, edge::kDatabaseCount), "maxdbs");
    check(mdb_env_set_maxreaders(environment_, edge::kMaxReaders), "maxreaders");
    check(mdb_env_set_mapsize(environment_, edge::kMapSize), "mapsize");
    check(mdb_env_open(environment_, directory.c_str(), 0, 0660), "open");
    check(mdb_txn_begin(environment_, nullptr, 0, &transaction_), "begin");
    meta_ = open(edge::kMetaDatabase);
    token_ = open(edge::kTokenDatabase);
    api_key_ = open(edge::kApiKeyDatabase);
    scope_ = open(edge::kScopeDatabase);
    trigger_ = open(edge::kTriggerDatabase);
    put_number(edge::kMetaSchemaKey, edge::kSchemaVersion);
  }

  void finish() {
    put_number(edge::kMetaGenerationKey, mdb_txn_id(transaction_));
    check(mdb_txn_commit(transaction_), "commit");
    mdb_env_close(environment_);
  }

  void add(const std::vector<std::string>& f) {
    if (f.empty()) return;
    if (f[0] == "trigger") add_trigger(f);
    if (f[0] == "key") add_key(f);
    if (f[0] == "scope") add_scope(f);
    if (f[0] == "schema") put_number(edge::kMetaSchemaKey, std::stoull(f[1]));
  }

 private:
  unsigned open(const char* name) {
    unsigned handle = 0;
    check(mdb_dbi_open(transaction_, name, MDB_CREATE, &handle), name);
    return handle;
  }

  void put(unsigned database, std::string_view key, std::string_view value) {
    MDB_val k{key.size(), const_cast<char*>(key.data())};
    MDB_val v{value.size(), const_cast<char*>(value.data())};
    check(mdb_put(transaction_, database, &k, &v, 0), "put");
  }

  void put_number(std::string_view key, std::uint64_t number) {
    std::array<std::uint8_t, 8> bytes{};
    ByteWriter(bytes).put(number);
    put(meta_, key, as_text(bytes));
  }

  template <class Record>
  void put_record(unsigned database, std::string_view key, const Record& record) {
    std::array<std::uint8_t, Record::kMaxSize> bytes{};
    const std::size_t size = record.encode(bytes);
    if (size == 0) std::exit(1);
    put(database, key, as_text({bytes.data(), size}));
  }

  void add_trigger(const std::vector<std::string>& f) {
    edge::TriggerRecord record{.trigger_ref = std::stoull(f[1]),
                               .is_enabled = f[2] == "on",
                               .has_token = !f[3].empty(),
                               .account = f[4],
                               .org = f[5],
                               .project = f[6],
                               .pipeline = f[7],
                               .trigger = f[8]};
    if (record.has_token) put_record(token_, as_text(hasher_.hash(f[3])), record);
    const auto key = edge::trigger_key(hasher_.hash_scope(f[4], f[5], f[6]), f[7], f[8]);
    put_record(trigger_, key->view(), record);
  }

  void add_key(const std::vector<std::string>& f) {
    edge::ApiKeyRecord record;
    record.type = f[3] == "pat" ? PrincipalType::user : PrincipalType::service_account;
    record.secret_hash = hasher_.hash(f[2]);
    record.account = f[4];
    record.identifier = f[5];
    record.username = f[5];
    record.email = f[5];
    record.valid_from_ms = std::stoull(f[6]);
    record.expires_ms = std::stoull(f[7]);
    record.grant_count = 1;
    record.grants[0] = {static_cast<std::uint8_t>(std::stoul(f[8])), f[9], f[10]};
    put_record(api_key_, as_text(TokenUuid::parse(f[1])->bytes), record);
  }

  void add_scope(const std::vector<std::string>& f) {
    const edge::ScopeRecord record{
        .is_key_mandatory = f[1] == "on", .account = f[2], .org = f[3], .project = f[4]};
    put_record(scope_, as_text(hasher_.hash_scope(f[2], f[3], f[4])), record);
  }

  MDB_env* environment_ = nullptr;
  MDB_txn* transaction_ = nullptr;
  KeyHasher hasher_;
  unsigned meta_ = 0;
  unsigned token_ = 0;
  unsigned api_key_ = 0;
  unsigned scope_ = 0;
  unsigned trigger_ = 0;
};

}  // namespace tripgate
