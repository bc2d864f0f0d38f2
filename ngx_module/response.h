// The JSON of every answer that the module itself gives; response.md is the table of them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "ngx_module/admission.h"
#include "ngx_module/json_text.h"
#include "shared/ids.h"
#include "shared/wire_frame.h"

namespace tripgate {

/// Bytes that the largest answer may take: an ERROR envelope holds its message twice, and escaping
/// makes six bytes of one.
inline constexpr std::size_t kAnswerMaxSize = 32 * 1024;

/// Bytes of a message from the engine that an answer repeats.
inline constexpr std::size_t kMessageMaxSize = 2048;

/// Where the links of an answer point: `tripgate_public_url`, or what the request was sent to.
struct PublicAddress {
  std::string_view scheme;  // "https://", or the whole directive value
  std::string_view host;    // caller's text
};

/// Status line and extra header of an answer whose JSON was written.
struct Answer {
  std::uint16_t status = 200;
  std::uint16_t retry_after_s = 0;  // 0: no Retry-After
};

/// SUCCESS: the event is on disk under that id (triggers.md 1.9).
Answer write_success(const WebhookCall& call, const EventId& id, const PublicAddress& address,
                     std::string_view correlation_id, JsonText& out) noexcept;

/// The answer to a refused call.
Answer write_refusal(const WebhookCall& call, const Admission& admission,
                     std::string_view correlation_id, JsonText& out) noexcept;

/// ERROR envelope with the engine's words; NG_ACCESS_DENIED names the check that failed, as at the
/// edge.
Answer write_nack(const WebhookCall& call, const NackPayload& nack, std::string_view correlation_id,
                  JsonText& out) noexcept;

/// 503 with Retry-After: certainly not stored.
Answer write_not_stored(std::string_view correlation_id, JsonText& out) noexcept;

/// 504: whether the event is stored is not known; its id is named.
Answer write_outcome_unknown(const EventId& id, std::string_view correlation_id,
                             JsonText& out) noexcept;

/// The edge store cannot be read: 503 with Retry-After.
Answer write_store_unavailable(std::string_view correlation_id, JsonText& out) noexcept;

/// Addresses below the location that are no webhook address, and methods other than POST.
Answer write_unknown_path(std::string_view correlation_id, JsonText& out) noexcept;
Answer write_wrong_method(std::string_view correlation_id, JsonText& out) noexcept;

/// 504 for a proxied call that was sent to the engine, and whose answer did not come.
Answer write_change_unknown(std::string_view correlation_id, JsonText& out) noexcept;

/// ERROR envelope for a status that nginx itself made (tripgate_error).
Answer write_nginx_error(std::uint16_t status, std::string_view correlation_id,
                         JsonText& out) noexcept;

}  // namespace tripgate
