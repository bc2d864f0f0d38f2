// A key file is small and is read each time anew; whoever lost it learns so when a secret is used,
// while everything that needs no secret goes on.
#include "engine/secrets/secret_keys.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "engine/base/durable_directory.h"
#include "engine/base/errc.h"
#include "engine/base/unique_fd.h"
#include "shared/key_hash.h"

namespace tripgate {
namespace {

constexpr const char* kCredential = "tripgate-secrets-key";

/// A file of more keys than anybody rotates through is no key file.
constexpr std::size_t kFileSizeMax = 64 * 1024;

SecretKeyId id_of(std::string_view bytes) {
  const Sha256Digest digest = KeyHasher::hash(bytes);
  SecretKeyId id{};
  std::copy_n(digest.begin(), id.size(), id.begin());
  return id;
}

int digit_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

bool parse_hex(std::string_view text, SecretText& out) {
  if (text.size() != 2 * out.size()) return false;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const int high = digit_value(text[2 * i]);
    const int low = digit_value(text[2 * i + 1]);
    if (high < 0 || low < 0) return false;
    out.bytes()[i] = static_cast<char>(high * 16 + low);
  }
  return true;
}

SecretText hex_line(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  SecretText line(2 * bytes.size() + 1);
  char* at = line.bytes();
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    *at++ = kDigits[byte >> 4U];
    *at++ = kDigits[byte & 15U];
  }
  *at = '\n';
  return line;
}

Result<SecretText, Diagnostic> read_file(const std::string& path, int fd) {
  SecretText text(kFileSizeMax);
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t count = ::read(fd, text.bytes() + size, text.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Diagnostic(path + ": " + last_system_error().message());
    if (count == 0) return SecretText(text.view().substr(0, size));
    size += static_cast<std::size_t>(count);
  }
  return Diagnostic(path + " is no key file: it is too large");
}

Result<std::vector<SecretKey>, Diagnostic> parse_keys(const std::string& path,
                                                      std::string_view text) {
  std::vector<SecretKey> keys;
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    const std::string_view line = text.substr(start, end - start);
    start = end + 1;
    if (line.empty()) continue;
    SecretKey key = {.id = {}, .bytes = SecretText(SecretKey::kSize)};
    if (!parse_hex(line, key.bytes)) {
      return Diagnostic(path + " is no key file: a line of 64 hexadecimal digits is expected");
    }
    key.id = id_of(key.bytes.view());
    keys.push_back(std::move(key));
  }
  if (keys.empty()) return Diagnostic(path + " is no key file: it is empty");
  return keys;
}

}  // namespace

SecretKeyFile::SecretKeyFile(std::string path) : path_(std::move(path)) {
  const char* const directory = std::getenv("CREDENTIALS_DIRECTORY");
  if (directory == nullptr) return;
  const std::string credential = std::string(directory) + "/" + kCredential;
  is_credential_ = ::access(credential.c_str(), F_OK) == 0;
  if (is_credential_) path_ = credential;
}

bool SecretKeyFile::exists() const {
  return ::access(path_.c_str(), F_OK) == 0;
}

Result<std::vector<SecretKey>, Diagnostic> SecretKeyFile::load() const {
  const UniqueFd file(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) {
    return Diagnostic("the key of the secrets cannot be read: " + path_ + ": " +
                      last_system_error().message() +
                      "; restore the file, without it stored secrets are lost");
  }
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) {
    return Diagnostic(path_ + ": " + last_system_error().message());
  }
  if (!is_credential_ && (status.st_mode & 077U) != 0) {
    return Diagnostic(path_ + " may be read by others; chmod 600 it, and rotate the key");
  }
  const Result<SecretText, Diagnostic> text = read_file(path_, file.get());
  if (!text) return text.error();
  return parse_keys(path_, text->view());
}

Result<std::vector<SecretKey>, Diagnostic> SecretKeyFile::make() const {
  const auto fail = [this](const ErrorCode& why) {
    return Diagnostic(path_ + ": " + why.message(), why);
  };
  if (exists()) return fail(make_error_code(Errc::already_exists));
  const std::string directory = std::filesystem::path(path_).parent_path().string();
  if (const ErrorCode failed = make_durable_directory(directory)) return fail(failed);
  if (::chmod(directory.c_str(), 0700) != 0) return fail(last_system_error());
  SecretText key(SecretKey::kSize);
  if (RAND_bytes(reinterpret_cast<unsigned char*>(key.bytes()), SecretKey::kSize) != 1) {
    return fail(make_error_code(Errc::io));
  }
  if (const ErrorCode failed = write_durable_file(path_, hex_line(key.view()).view(), 0600)) {
    return fail(failed);
  }
  return load();
}

}  // namespace tripgate
