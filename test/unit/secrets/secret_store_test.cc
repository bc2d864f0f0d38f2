// Secrets at rest: who gets them, what a stolen or damaged store is worth, lost and changed keys.
#include "engine/secrets/secret_store.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "engine/base/errc.h"

namespace tripgate {
namespace {

namespace fs = std::filesystem;

const SecretScope kProject = {"acme", "default", "shop"};
const SecretScope kOrg = {"acme", "default", ""};
const SecretScope kAccount = {"acme", "", ""};

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class SecretStoreTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ::unsetenv("CREDENTIALS_DIRECTORY");
    char folder[] = "/tmp/tripgate-secrets-XXXXXX";
    ASSERT_NE(::mkdtemp(folder), nullptr);
    directory_ = folder;
    auto store = StateStore::open(directory_ / "state");
    ASSERT_TRUE(store);
    state_ = std::move(*store);
    secrets_ = std::make_unique<SecretStore>(*state_, SecretKeyFile(key_path()));
  }

  void TearDown() override {
    secrets_.reset();
    if (state_) state_->stop();
    state_.reset();
    fs::remove_all(directory_);
  }

  [[nodiscard]] std::string key_path() const { return directory_ / "keys" / "secrets.key"; }

  void write_key_file(const std::string& text, unsigned mode = 0600) {
    fs::create_directories(directory_ / "keys");
    std::ofstream(key_path()) << text;
    ASSERT_EQ(::chmod(key_path().c_str(), mode), 0);
  }

  void set(const SecretName& name, const std::string& value) {
    const auto stored = secrets_->set(name, value, 1000);
    ASSERT_TRUE(stored) << stored.error().message;
  }

  std::string reveal(const SecretName& name) {
    const auto plain = secrets_->reveal(name);
    return plain ? std::string(plain->view()) : "error: " + plain.error().message;
  }

  fs::path directory_;
  std::unique_ptr<StateStore> state_;
  std::unique_ptr<SecretStore> secrets_;
};

TEST_F(SecretStoreTest, RefusesWhatNoProcessCouldGet) {
  for (const auto& [name, value] : std::vector<std::pair<SecretName, std::string>>{
           {{kProject, ""}, "v"},
           {{kProject, "a-b"}, "v"},
           {{kProject, "9a"}, "v"},
           {{kProject, std::string(129, 'a')}, "v"},
           {{{"", "", ""}, "a"}, "v"},
           {{{"acme", "", "shop"}, "a"}, "v"},
           {{kProject, "a"}, ""},
           {{kProject, "a"}, std::string("a\0b", 3)},
           {{kProject, "a"}, std::string(kSecretSizeMax + 1, 'x')}}) {
    EXPECT_FALSE(secrets_->set(name, value, 1)) << name.identifier << " in " << name.scope.account;
  }
  EXPECT_FALSE(fs::exists(key_path())) << "a refused secret makes no key";
}

TEST_F(SecretStoreTest, KeepsOneValuePerScope) {
  set({kProject, "token"}, "of the project");
  set({kOrg, "token"}, "of the organisation");
  set({kAccount, "token"}, "of the account");
  set({kAccount, "token"}, std::string(kSecretSizeMax, 'x'));
  const ScopedSecrets scoped(secrets_.get(), kProject);
  EXPECT_EQ(scoped.reveal("token")->view(), "of the project");
  EXPECT_EQ(scoped.reveal("org.token")->view(), "of the organisation");
  EXPECT_EQ(scoped.reveal("account.token")->size(), kSecretSizeMax);
  EXPECT_EQ(
      ScopedSecrets(secrets_.get(), {"acme", "default", "other"}).reveal("token").error().message,
      "There is no secret token in project default/other of account acme");
  EXPECT_FALSE(ScopedSecrets(secrets_.get(), {"rival", "default", "shop"}).reveal("account.token"));
  for (const char* reference : {"", "account.", "project.token", "account.org.token", "a b"}) {
    EXPECT_FALSE(scoped.reveal(reference)) << reference;
  }
}

TEST_F(SecretStoreTest, ListsAndDeletesWithoutAKey) {
  set({kProject, "b"}, "2");
  set({kProject, "a"}, "1");
  set({kOrg, "c"}, "3");
  EXPECT_FALSE(secrets_->set({kProject, "a"}, "again", 2, true));
  fs::remove(key_path());
  const auto entries = secrets_->list(kProject);
  ASSERT_TRUE(entries);
  ASSERT_EQ(entries->size(), 2U);
  EXPECT_EQ(entries->front().identifier, "a");
  EXPECT_EQ(entries->front().updated_at_ms, 1000);
  EXPECT_TRUE(*secrets_->erase({kProject, "a"}));
  EXPECT_FALSE(*secrets_->erase({kProject, "a"}));
}

TEST_F(SecretStoreTest, WritesNoPlainTextToDisk) {
  set({kProject, "token"}, "plain-text-that-must-not-be-found");
  set({kProject, "token"}, "another-plain-text-to-look-for");
  state_->stop();
  const std::string data = read_file(directory_ / "state" / "data.mdb");
  EXPECT_NE(data.find("token"), std::string::npos) << "names are no secret";
  EXPECT_EQ(data.find("plain-text"), std::string::npos);
}

TEST_F(SecretStoreTest, MakesAKeyThatOnlyTheOwnerReads) {
  set({kProject, "token"}, "v");
  struct stat status {};
  ASSERT_EQ(::stat(key_path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  ASSERT_EQ(::stat((directory_ / "keys").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0700U);
}

TEST_F(SecretStoreTest, NamesTheKeyFileWhenItIsLostOrWrong) {
  set({kProject, "token"}, "v");
  const std::string key = read_file(key_path());
  const auto complains = [this](const std::string& about) {
    const std::string failure = reveal({kProject, "token"});
    EXPECT_NE(failure.find(about), std::string::npos) << failure;
    EXPECT_NE(failure.find(key_path()), std::string::npos) << failure;
  };
  fs::remove(key_path());
  complains("No such file");
  EXPECT_FALSE(secrets_->set({kProject, "other"}, "v", 1)) << "no second key behind the first";
  EXPECT_FALSE(fs::exists(key_path()));
  write_key_file(std::string(64, 'a') + "\n");
  complains("under a key that");
  for (const char* text : {"", "\n", "0123\n", "not hexadecimal at all"}) {
    write_key_file(text);
    complains("is no key file");
  }
  write_key_file(std::string(70'000, 'a'));
  complains("too large");
  write_key_file(key, 0640);
  complains("may be read by others");
  write_key_file(key);
  EXPECT_EQ(reveal({kProject, "token"}), "v");
}

TEST_F(SecretStoreTest, RotatesKeysWithoutLosingASecret) {
  set({kProject, "token"}, "first");
  const std::string old_key = read_file(key_path());
  const std::string new_key = std::string(64, 'b') + "\n";
  write_key_file(new_key + old_key);
  EXPECT_EQ(reveal({kProject, "token"}), "first");
  set({kProject, "late"}, "second");
  EXPECT_EQ(*secrets_->reseal(), 1U);
  EXPECT_EQ(*secrets_->reseal(), 0U);
  write_key_file(new_key);
  EXPECT_EQ(reveal({kProject, "token"}), "first");
  EXPECT_EQ(reveal({kProject, "late"}), "second");
  write_key_file(old_key);
  EXPECT_FALSE(secrets_->reseal()) << "a secret under a key that is gone stops it";
}

TEST_F(SecretStoreTest, PrefersTheCredentialOfTheServiceManager) {
  fs::create_directories(directory_ / "credentials");
  std::ofstream(directory_ / "credentials" / "tripgate-secrets-key") << std::string(64, 'c');
  ::setenv("CREDENTIALS_DIRECTORY", (directory_ / "credentials").c_str(), 1);
  SecretStore secrets(*state_, SecretKeyFile(key_path()));
  ::unsetenv("CREDENTIALS_DIRECTORY");
  ASSERT_TRUE(secrets.set({kProject, "token"}, "v", 1));
  EXPECT_FALSE(fs::exists(key_path()));
  EXPECT_EQ(secrets.reveal({kProject, "token"})->view(), "v");
}

SecretKey fixed_key() {
  return {.id = {0x3e, 0xb1, 0xbd, 0x43, 0x99, 0x47, 0xeb, 0x76},
          .bytes = SecretText(std::string_view("0123456789abcdef0123456789abcdef"))};
}

std::string from_hex(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  }
  return bytes;
}

// Made with another implementation of the cipher; the page shows it.
TEST(SealedSecret, OpensTheExampleOfThePage) {
  const std::string record = from_hex(
      "013eb1bd439947eb76000102030405060708090a0b0500000000000000010000"
      "0061010000006f010000007003000000746f6b5b84d709bce9607185e452bec1"
      "9ed71bb3a3f42214");
  const auto sealed = parse_sealed_secret(record);
  ASSERT_TRUE(sealed);
  EXPECT_EQ(sealed->name, (SecretName{{"a", "o", "p"}, "tok"}));
  EXPECT_EQ(sealed->updated_at_ms, 5);
  EXPECT_EQ(sealed->key_id, fixed_key().id);
  const auto plain = open_secret(*sealed, fixed_key());
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->view(), "value");
}

TEST(SealedSecret, OpensNeitherChangedNorUnderAnotherName) {
  const SecretKey key = fixed_key();
  const auto record = seal_secret({kProject, "token"}, "value", key, 5);
  ASSERT_TRUE(record);
  ASSERT_EQ(open_secret(*parse_sealed_secret(*record), key)->view(), "value");
  // Every byte counts: names, times, key and nonce as much as the ciphertext.
  for (std::size_t i = 0; i < record->size(); ++i) {
    std::string changed = *record;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    const auto parsed = parse_sealed_secret(changed);
    EXPECT_FALSE(parsed && open_secret(*parsed, key)) << "byte " << i;
  }
  for (std::size_t size = 0; size < record->size(); ++size) {
    const auto parsed = parse_sealed_secret(std::string_view(*record).substr(0, size));
    EXPECT_FALSE(parsed && open_secret(*parsed, key)) << "cut to " << size;
  }
}

TEST(SealedSecret, UsesANonceOnce) {
  const SecretKey key = fixed_key();
  const auto first = parse_sealed_secret(*seal_secret({kProject, "a"}, "value", key, 5));
  const auto second = parse_sealed_secret(*seal_secret({kProject, "a"}, "value", key, 5));
  EXPECT_NE(first->nonce, second->nonce);
  EXPECT_NE(first->ciphertext, second->ciphertext);
}

TEST_F(SecretStoreTest, RefusesARecordThatWasMovedToAnotherKey) {
  set({kProject, "mine"}, "v");
  set({kAccount, "root"}, "everything");
  std::vector<std::pair<std::string, std::string>> rows;
  {
    const auto txn = state_->begin_read();
    ASSERT_TRUE(txn);
    ASSERT_FALSE(lmdb::for_each_with_prefix(*txn, state_->databases().secret, "",
                                            [&](std::string_view key, std::string_view record) {
                                              rows.emplace_back(key, record);
                                              return true;
                                            }));
  }
  ASSERT_EQ(rows.size(), 2U);
  std::swap(rows[0].second, rows[1].second);
  ASSERT_FALSE(state_->write_and_wait([&](lmdb::WriteTransaction& txn) {
    for (const auto& [key, record] : rows) {
      if (const ErrorCode failed = txn.put(state_->databases().secret, key, record)) return failed;
    }
    return ErrorCode();
  }));
  EXPECT_TRUE(reveal({kProject, "mine"}).starts_with("error: "));
  EXPECT_TRUE(reveal({kAccount, "root"}).starts_with("error: "));
}

}  // namespace
}  // namespace tripgate
