// Compared byte by byte: there are few secrets, and most bytes begin none of them.
#include "engine/step/secret_mask.h"

namespace tripgate::step {

void SecretMask::set(std::span<const std::string_view> secrets) {
  secrets_ = secrets;
  for (std::size_t i = 0; i < secrets.size(); ++i) {
    std::uint16_t& first = first_[static_cast<unsigned char>(secrets[i].front())];
    next_[i + 1] = first;
    first = static_cast<std::uint16_t>(i + 1);
  }
}

std::size_t SecretMask::size_at(std::string_view rest, bool is_cut) const {
  std::size_t longest = 0;
  std::size_t number = first_[static_cast<unsigned char>(rest.front())];
  for (; number != 0; number = next_[number]) {
    const std::string_view secret = secrets_[number - 1];
    if (rest.starts_with(secret)) {
      if (secret.size() > longest) longest = secret.size();
    } else if (is_cut && secret.starts_with(rest)) {
      return rest.size();
    }
  }
  return longest;
}

}  // namespace tripgate::step
