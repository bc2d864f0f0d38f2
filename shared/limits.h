// Every bound that the edge and the engine both obey: value, unit, reason.
#pragma once

#include <cstddef>
#include <cstdint>

namespace tripgate::limits {

/// Characters of an account, organisation, project, pipeline or trigger identifier (triggers.md
/// 7.3). LMDB keys hold two of them and a 16-byte scope and stay below 300 bytes.
inline constexpr std::size_t kIdentifierMaxSize = 128;

/// Bytes of a webhook token in a URL. Our tokens have 22; longer text cannot be one of them, and
/// the answer that echoes an unknown token stays small.
inline constexpr std::size_t kTokenTextMaxSize = 128;

/// Bytes of an `X-Api-Key` value that is looked at: prefix, account, uuid and secret with their
/// dots need at most 4 + 129 + 25 + 20.
inline constexpr std::size_t kApiKeyTextMaxSize = 256;

/// Bytes of caller's text that an answer may echo (identifiers, token, method).
inline constexpr std::size_t kEchoMaxSize = 256;

/// Header lines that one event may carry; nginx's own buffers stop most requests before.
inline constexpr std::size_t kHeaderCountMax = 512;

/// Bytes of an event's head: ids, query, headers, principal. nginx's default header buffers hold
/// 32 kB; twice that plus the query leaves room for a configuration that raises them.
inline constexpr std::size_t kEventHeadMaxSize = 128 * 1024;

/// Bytes of a body that travel inside the EVENT frame; larger bodies follow in BODY frames, so that
/// a small event waits for at most one such piece.
inline constexpr std::size_t kInlineBodyMaxSize = 16 * 1024;

/// Bytes of one BODY frame's payload (design section 3).
inline constexpr std::size_t kBodyPieceMaxSize = 64 * 1024;

/// Bytes of a body at all. nginx's `client_max_body_size` (25 MB as shipped) refuses earlier; this
/// one protects the engine from a worker whose configuration sets none.
inline constexpr std::uint64_t kBodyMaxSize = 1024ULL * 1024 * 1024;

/// Bytes of the largest frame: an EVENT with the largest head and inline body.
inline constexpr std::size_t kFrameMaxSize = kEventHeadMaxSize + kInlineBodyMaxSize + 64;

/// Bytes of a body that are kept inside the store. A larger one becomes a file of its own, for a
/// long chain of overflow pages would stall every other acknowledgement (design section 2).
inline constexpr std::size_t kStoredInlineBodyMaxSize = 256 * 1024;

/// BODY bytes that a worker may send ahead of the engine's grants. One second of a slow disk
/// at 8 MB/s; four uploads of 64 kB pieces keep it busy.
inline constexpr std::uint32_t kInitialCreditBytes = 2 * 1024 * 1024;

/// Bytes that one worker may have queued towards the engine; beyond it the answer is 503.
inline constexpr std::size_t kLinkOutgoingMaxBytes = 16 * 1024 * 1024;

/// Requests of one worker that may wait for the engine, sent or held; beyond it the answer is 503.
/// Eight times what nginx's default worker_connections (512, Debian 768) admit.
inline constexpr std::size_t kLinkHeldRequestsMax = 8192;

/// Bytes of request bodies in memory that one worker may hold while the engine is away.
inline constexpr std::size_t kLinkHeldBodyMaxBytes = 64 * 1024 * 1024;

/// Triggers of one scope that the edge looks at to find the first enabled one of a v1 or v2 call.
inline constexpr std::size_t kEdgeSelectScanMax = 10000;

/// Scopes that one API key may be granted.
inline constexpr std::size_t kApiKeyGrantsMax = 32;

/// Seconds of `Retry-After` in a 503 answer: an engine restart takes less.
inline constexpr unsigned kRetryAfterSeconds = 1;

}  // namespace tripgate::limits
