// Splits an API key at its dots. A key either has the exact form or is none.
#include "shared/api_key.h"

#include "shared/limits.h"

namespace tripgate {
namespace {

bool is_secret(std::string_view text) noexcept {
  if (text.size() != kApiKeySecretSize) return false;
  for (const char c : text) {
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!is_letter && !(c >= '0' && c <= '9')) return false;
  }
  return true;
}

/// Cuts the text before the last dot off; empty text when there is no dot.
std::string_view take_last_part(std::string_view& text) noexcept {
  const std::size_t dot = text.rfind('.');
  if (dot == std::string_view::npos) return {};
  const std::string_view part(text.data() + dot + 1, text.size() - dot - 1);
  text = std::string_view(text.data(), dot);
  return part;
}

}  // namespace

std::optional<ApiKeyText> parse_api_key(std::string_view text) noexcept {
  if (text.size() > limits::kApiKeyTextMaxSize) return std::nullopt;
  ApiKeyText key;
  key.secret = take_last_part(text);
  if (!is_secret(key.secret)) return std::nullopt;
  const std::optional<TokenUuid> uuid = TokenUuid::parse(take_last_part(text));
  if (!uuid) return std::nullopt;
  key.uuid = *uuid;
  const std::size_t dot = text.find('.');
  if (dot != std::string_view::npos) {
    key.account = std::string_view(text.data() + dot + 1, text.size() - dot - 1);
    if (!is_account_identifier(key.account)) return std::nullopt;
    text = std::string_view(text.data(), dot);
  }
  if (text == "pat") {
    key.type = PrincipalType::user;
  } else if (text == "sat") {
    key.type = PrincipalType::service_account;
  } else {
    return std::nullopt;
  }
  return key;
}

std::string_view api_key_prefix(PrincipalType type) noexcept {
  return type == PrincipalType::user ? "pat" : "sat";
}

std::string_view principal_type_word(PrincipalType type) noexcept {
  return type == PrincipalType::user ? "USER" : "SERVICE_ACCOUNT";
}

}  // namespace tripgate
