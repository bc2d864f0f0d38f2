// Whether a call may become an event: key, parameters, mandate or permission, trigger, in this
// order (design section 4). Everything is decided before the body is read.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "ngx_module/address.h"
#include "ngx_module/call_parameters.h"
#include "ngx_module/edge_reader.h"
#include "shared/event_head.h"
#include "shared/key_hash.h"

namespace tripgate {

/// What the request brings that admission looks at. Views borrow.
struct WebhookCall {
  WebhookAddress address;
  CallParameters parameters;
  std::string_view api_key;         // of the first X-Api-Key line
  std::uint32_t api_key_lines = 0;  // X-Api-Key lines; more than one is never a valid key
};

/// Why a call was refused; response.md lists the answers.
enum class Refusal : std::uint8_t {
  none,
  bad_key,
  missing_parameter,
  key_mandatory,
  no_permission,
  unknown_token,
  disabled_trigger,
  ids_select_other,  // good token, but the ids do not select its trigger
  no_trigger,        // v1, v2: nothing enabled is selected
  token_needed,      // v1, v2: the first selected trigger owns a token and no key was sent
};

/// The word of a refusal for logs; "admitted" for none.
[[nodiscard]] std::string_view refusal_word(Refusal refusal) noexcept;

/// The verdict. Principal and trigger views point into the edge store: they end with the look.
struct Admission {
  Refusal refusal = Refusal::none;
  std::uint64_t generation = 0;
  std::uint64_t trigger_ref = 0;  // 0 for v1 and v2, where the ids select
  Principal principal;
  std::string_view trigger;  // identifier of the token's or the first selected trigger
};

/// Judges one call inside a look at the store (EdgeLook). now_ms: Unix time.
[[nodiscard]] Admission admit(const WebhookCall& call, EdgeReader& store, KeyHasher& hasher,
                              std::uint64_t now_ms) noexcept;

}  // namespace tripgate
