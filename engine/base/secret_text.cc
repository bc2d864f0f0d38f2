// OPENSSL_cleanse is a memset that no optimiser removes.
#include "engine/base/secret_text.h"

#include <openssl/crypto.h>

#include <algorithm>

namespace tripgate {

SecretText::SecretText(std::size_t size) : bytes_(std::make_unique<char[]>(size)), size_(size) {}

SecretText::SecretText(std::string_view text) : SecretText(text.size()) {
  std::copy(text.begin(), text.end(), bytes_.get());
}

SecretText& SecretText::operator=(SecretText&& other) noexcept {
  std::swap(bytes_, other.bytes_);
  std::swap(size_, other.size_);
  return *this;
}

SecretText::~SecretText() {
  if (bytes_ != nullptr) OPENSSL_cleanse(bytes_.get(), size_);
}

void wipe(std::string& text) noexcept {
  // Up to the capacity, where an earlier, longer value may still stand; no allocation.
  text.resize(text.capacity());
  OPENSSL_cleanse(text.data(), text.size());
  text.clear();
}

}  // namespace tripgate
