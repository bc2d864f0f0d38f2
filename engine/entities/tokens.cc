// Secrets are made here, printed once and kept as a hash.
#include "engine/entities/tokens.h"

#include <algorithm>
#include <array>

#include "engine/base/errc.h"
#include "engine/entities/random_text.h"
#include "engine/entities/settings.h"

namespace tripgate::entities {
namespace {

/// Longest name; the edge record of the principal it names has room for twice as much.
constexpr std::size_t kTokenNameMaxSize = 128;

/// Stands in for the hash of a token that is not there.
constexpr Sha256Digest kDummyHash = {0x74, 0x72, 0x69, 0x70, 0x67, 0x61, 0x74, 0x65};

Diagnostic name_taken(const std::string& name) {
  return Diagnostic("Try using different token name, [" + name + "] already exists");
}

/// Gives a token its uuid and secret, and stores it.
Result<std::string, Diagnostic> issue(EntityWriter& writer, Token token, UnixMs now_ms) {
  token.uuid = new_token_uuid(now_ms);
  token.created_at_ms = now_ms;
  // A key works strictly after this, and shall work in the millisecond in which it was made.
  token.valid_from_ms = now_ms - 1;
  const std::string secret = random_text(kLettersAndDigits, kApiKeySecretSize);
  if (const ErrorCode failed =
          writer.put_token({.token = token, .secret_hash = key_hasher().hash(secret)})) {
    return explain(failed);
  }
  std::array<char, TokenUuid::kTextSize> uuid{};
  token.uuid.print(uuid);
  std::string text(api_key_prefix(token.type));
  text.append(".").append(token.scope.account);
  text.append(".").append(uuid.data(), uuid.size()).append(".").append(secret);
  return {boost::system::in_place_value, std::move(text)};
}

std::optional<Diagnostic> find_defect(const NewToken& wanted, UnixMs now_ms) {
  if (wanted.name.empty() || wanted.name.size() > kTokenNameMaxSize) {
    return Diagnostic("A token needs a name of 1 to 128 characters");
  }
  if (!is_account_identifier(wanted.scope.account)) return Diagnostic("The account is invalid");
  const bool are_ids = (wanted.scope.org.empty() || is_identifier(wanted.scope.org)) &&
                       (wanted.scope.project.empty() || is_identifier(wanted.scope.project));
  if (!are_ids || (wanted.scope.org.empty() && !wanted.scope.project.empty())) {
    return Diagnostic("The organisation or project is invalid");
  }
  if (wanted.expires_ms <= now_ms) {
    return Diagnostic("Token's validTo cannot be set before current time TokenDTO: [" +
                      wanted.name + "]");
  }
  return std::nullopt;
}

}  // namespace

Result<std::string, Diagnostic> add_token(EntityWriter& writer, const NewToken& wanted,
                                          UnixMs now_ms) {
  if (std::optional<Diagnostic> defect = find_defect(wanted, now_ms)) return *std::move(defect);
  const auto taken = writer.find_token_named(wanted.scope.account, wanted.name);
  if (!taken) return explain(taken.error());
  if (*taken) return name_taken(wanted.name);
  if (const ErrorCode failed = writer.ensure_scope({wanted.scope.account, {}, {}})) {
    return explain(failed);
  }
  Token token;
  token.type = wanted.type;
  token.name = wanted.name;
  token.role = wanted.role;
  token.scope = wanted.scope;
  token.identifier = wanted.name;
  token.username = wanted.name;
  token.expires_ms = wanted.expires_ms;
  return issue(writer, std::move(token), now_ms);
}

Result<std::string, Diagnostic> replace_token(EntityWriter& writer, const std::string& account,
                                              const std::string& name, UnixMs rotate_at_ms,
                                              UnixMs now_ms) {
  const auto found = writer.find_token_named(account, name);
  if (!found) return explain(found.error());
  if (!*found) return Diagnostic("No token present with identifier: " + name);
  const Token successor = (*found)->token;
  if (successor.is_rotated) return Diagnostic("Rotated tokens cannot be updated");
  TokenRow old = **found;
  old.token.name = "rotated_" + random_text(kLetters, 15);
  old.token.is_rotated = true;
  old.token.expires_ms = std::min(rotate_at_ms, old.token.expires_ms);
  if (const ErrorCode failed = writer.put_token(old)) return explain(failed);
  return issue(writer, successor, now_ms);
}

Result<Token> check_api_key(const EntityReader& reader, std::string_view api_key,
                            std::string_view account, UnixMs now_ms) {
  const std::optional<ApiKeyText> text = parse_api_key(api_key);
  if (!text) return ErrorCode(Errc::unauthorized);
  Result<std::optional<TokenRow>> found = reader.find_token(text->uuid);
  if (!found) return found.error();
  const Sha256Digest hash = key_hasher().hash(text->secret);
  const bool is_secret = constant_time_equal(hash, *found ? (*found)->secret_hash : kDummyHash);
  if (!*found || !is_secret) return ErrorCode(Errc::unauthorized);
  Token& token = (*found)->token;
  const bool is_of_account =
      account == token.scope.account && (text->account.empty() || text->account == account);
  if (!is_of_account || text->type != token.type || !token.is_valid_at(now_ms)) {
    return ErrorCode(Errc::unauthorized);
  }
  return std::move(token);
}

}  // namespace tripgate::entities
