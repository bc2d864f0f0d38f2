// Numbers and keys that the parts of the state store share. Never renumber, never rename.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string_view>

#include "engine/base/lmdb.h"
#include "engine/journal/log_entry.h"

namespace tripgate::state {

/// Layout of the state environment as a whole; records carry versions of their own.
inline constexpr std::uint64_t kSchemaVersion = 4;

/// Keys of `meta`: 8-byte big-endian numbers.
inline constexpr std::string_view kSchemaKey = "schema";
inline constexpr std::string_view kSettledKey = "settled";  // last settled event sequence
inline constexpr std::string_view kIndexedKey = "indexed";  // last event in event_index
inline constexpr std::string_view kLogIdKey = "log_id";     // of the event log's file
inline constexpr std::string_view kLogPositionKey = "log";  // LogPosition: what the store lacks
inline constexpr std::string_view kGenerationKey = "generation";  // of the edge projection
inline constexpr std::string_view kNextRefKey = "next_ref";       // next entity ref
inline constexpr std::string_view kNextExecutionKey = "next_execution";
inline constexpr std::string_view kRetainedKey = "retained";  // last event that retention looked at

/// Address space; the file is sparse. 256 GiB hold 300 million small events.
inline constexpr std::size_t kMapSize = std::size_t{256} << 30;

/// Reader slots: the engine's own threads, and tools that look at a running store.
inline constexpr unsigned kMaxReaders = 126;

/// Events of one commit: bounds how long the writes behind them wait.
inline constexpr std::size_t kGroupMaxEvents = 8192;

/// A commit of nothing but events waits this long for each event of the group before, counted from
/// that group's begin and up to the bound. Under 10,000 events a second the waits shrink to
/// nothing, above that they grow to the bound: a larger group costs less per event, and its flushes
/// disturb those of the event log less often.
inline constexpr std::chrono::microseconds kEventGroupWait{100};

/// The least of these waits. What an event starts is written within a millisecond of it: together
/// they need one flush, whereas a run that begins just after a commit has to wait for that one.
inline constexpr std::chrono::milliseconds kEventGroupWaitMin{2};
inline constexpr std::chrono::milliseconds kEventGroupWaitMax{50};

/// While the disk is full, how often events that wait for room in the store are tried again.
inline constexpr std::chrono::milliseconds kFullRetryInterval{500};

/// Free bytes of the disk below which a failed write is put down to it; more than a group takes.
inline constexpr std::uint64_t kScarceRoom = std::uint64_t{64} << 20;

/// How long the writes that are no events may take of one group (design section 2).
inline constexpr std::chrono::milliseconds kSliceTime{5};

/// An 8-byte big-endian key: order of keys is order of numbers.
struct NumberKey {
  std::array<char, 8> bytes{};

  explicit NumberKey(std::uint64_t number) noexcept;
  [[nodiscard]] std::string_view view() const noexcept { return {bytes.data(), bytes.size()}; }
};

/// The number of an 8-byte big-endian text; 0 for text of another size.
[[nodiscard]] std::uint64_t parse_number(std::string_view text) noexcept;

/// A number in `meta`; 0 when it was never written.
[[nodiscard]] Result<std::uint64_t> load_number(const lmdb::Transaction& txn, lmdb::Database meta,
                                                std::string_view key);
[[nodiscard]] ErrorCode put_number(lmdb::WriteTransaction& txn, lmdb::Database meta,
                                   std::string_view key, std::uint64_t number);

/// A place in the event log as 16 bytes; zeros of another size are the start.
[[nodiscard]] LogPosition parse_log_position(std::string_view text) noexcept;
[[nodiscard]] ErrorCode put_log_position(lmdb::WriteTransaction& txn, lmdb::Database meta,
                                         LogPosition position);

}  // namespace tripgate::state
