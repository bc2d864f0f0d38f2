// The order of checks is the order of refusals; each step returns at its first reason.
#include "ngx_module/admission.h"

#include "shared/bytes.h"
#include "shared/limits.h"

namespace tripgate {
namespace {

/// Stands in for the hash of a key that is not there, so that comparing costs the same.
constexpr Sha256Digest kDummyHash = {0x74, 0x72, 0x69, 0x70, 0x67, 0x61, 0x74, 0x65};

class Judge {
 public:
  Judge(const WebhookCall& call, EdgeReader& store, KeyHasher& hasher) noexcept
      : call_(call), store_(store), hasher_(hasher) {
    verdict_.generation = store.generation();
  }

  Admission judge(std::uint64_t now_ms) noexcept {
    verdict_.refusal = first_refusal(now_ms);
    return verdict_;
  }

 private:
  Refusal first_refusal(std::uint64_t now_ms) noexcept {
    if (has_key() && !check_key(now_ms)) return Refusal::bad_key;
    const CallParameters& given = call_.parameters;
    scope_ = {given.account.value_or(std::string_view()), given.org.value_or(std::string_view()),
              given.project.value_or(std::string_view())};
    if (scope_.account.empty() || scope_.org.empty() || scope_.project.empty()) {
      return Refusal::missing_parameter;
    }
    if (!has_key() && is_key_mandatory()) return Refusal::key_mandatory;
    if (has_key() && !key_->allows(edge::permission_execute, scope_.org, scope_.project)) {
      return Refusal::no_permission;
    }
    return call_.address.version == WebhookVersion::v3 ? check_token() : select_by_ids();
  }

  [[nodiscard]] bool has_key() const noexcept { return call_.api_key_lines != 0; }

  /// One look-up, one hash and one comparison for every well-formed key, so that durations do not
  /// tell a wrong secret from an unknown key.
  bool check_key(std::uint64_t now_ms) noexcept {
    if (call_.api_key_lines > 1) return false;
    const std::optional<ApiKeyText> text = parse_api_key(call_.api_key);
    if (!text) return false;
    const std::optional<edge::ApiKeyRecord> found = store_.find_api_key(text->uuid);
    const Sha256Digest hash = hasher_.hash(text->secret);
    const bool is_secret = constant_time_equal(hash, found ? found->secret_hash : kDummyHash);
    if (!found || !is_secret) return false;
    key_ = found;
    verdict_.principal = {.type = key_->type,
                          .token = text->uuid,
                          .identifier = key_->identifier,
                          .username = key_->username,
                          .email = key_->email};
    const bool is_of_account = call_.parameters.account == key_->account &&
                               (text->account.empty() || text->account == key_->account);
    return is_of_account && text->type == key_->type && now_ms > key_->valid_from_ms &&
           now_ms < key_->expires_ms;
  }

  bool is_key_mandatory() noexcept {
    if (const std::optional<bool> known = store_.mandate().find(scope_)) return *known;
    const bool is_mandatory = look_up_mandate();
    store_.mandate().keep(scope_, is_mandatory);
    return is_mandatory;
  }

  /// The nearest scope that has a row decides; without any row keys are not mandatory.
  bool look_up_mandate() noexcept {
    for (const ScopeName& scope :
         {scope_, ScopeName{scope_.account, scope_.org, {}}, ScopeName{scope_.account, {}, {}}}) {
      const auto row =
          store_.find_scope(hasher_.hash_scope(scope.account, scope.org, scope.project));
      if (row && row->account == scope.account && row->org == scope.org &&
          row->project == scope.project) {
        return row->is_key_mandatory;
      }
    }
    return false;
  }

  [[nodiscard]] bool is_selected(const edge::TriggerRecord& record) const noexcept {
    const CallParameters& given = call_.parameters;
    return is_equal_text(record.account, scope_.account) && is_equal_text(record.org, scope_.org) &&
           is_equal_text(record.project, scope_.project) &&
           (!given.pipeline || is_equal_text(*given.pipeline, record.pipeline)) &&
           (!given.trigger || is_equal_text(*given.trigger, record.trigger));
  }

  Refusal check_token() noexcept {
    const std::string_view token = call_.address.token;
    if (token.size() > limits::kTokenTextMaxSize) return Refusal::unknown_token;
    const std::optional<edge::TriggerRecord> record = store_.find_token(hasher_.hash(token));
    if (!record) return Refusal::unknown_token;
    if (!record->is_enabled) return Refusal::disabled_trigger;
    if (!is_selected(*record)) return Refusal::ids_select_other;
    verdict_.trigger_ref = record->trigger_ref;
    verdict_.trigger = record->trigger;
    return Refusal::none;
  }

  Refusal select_by_ids() noexcept {
    const std::optional<edge::TriggerRecord> first = first_enabled();
    if (!first) return Refusal::no_trigger;
    verdict_.trigger = first->trigger;
    return first->has_token && !has_key() ? Refusal::token_needed : Refusal::none;
  }

  std::optional<edge::TriggerRecord> first_enabled() noexcept {
    const CallParameters& given = call_.parameters;
    const std::optional<edge::TriggerKey> key =
        edge::trigger_key(hasher_.hash_scope(scope_.account, scope_.org, scope_.project),
                          given.pipeline, given.trigger);
    if (!key) return std::nullopt;
    std::optional<edge::TriggerRecord> record = store_.first_trigger(*key);
    for (std::size_t seen = 0; record && seen < limits::kEdgeSelectScanMax; ++seen) {
      if (record->is_enabled && is_selected(*record)) return record;
      record = store_.next_trigger(*key);
    }
    return std::nullopt;
  }

  const WebhookCall& call_;
  EdgeReader& store_;
  KeyHasher& hasher_;
  ScopeName scope_;
  std::optional<edge::ApiKeyRecord> key_;  // 1.3 kB that calls without a key need not clear
  Admission verdict_;
};

}  // namespace

std::string_view refusal_word(Refusal refusal) noexcept {
  switch (refusal) {
    case Refusal::none:
      return "admitted";
    case Refusal::bad_key:
      return "bad_key";
    case Refusal::missing_parameter:
      return "missing_parameter";
    case Refusal::key_mandatory:
      return "key_mandatory";
    case Refusal::no_permission:
      return "no_permission";
    case Refusal::unknown_token:
      return "unknown_token";
    case Refusal::disabled_trigger:
      return "disabled_trigger";
    case Refusal::ids_select_other:
      return "ids_select_other";
    case Refusal::no_trigger:
      return "no_trigger";
    case Refusal::token_needed:
      return "token_needed";
  }
  return "";
}

Admission admit(const WebhookCall& call, EdgeReader& store, KeyHasher& hasher,
                std::uint64_t now_ms) noexcept {
  return Judge(call, store, hasher).judge(now_ms);
}

}  // namespace tripgate
