// Every error of the world that the engine tells apart; LMDB and errno codes are translated here.
#pragma once

#include <boost/system/error_code.hpp>
#include <type_traits>

namespace tripgate {

enum class Errc {
  ok = 0,
  not_found,         // The key, entity or file does not exist.
  already_exists,    // A unique key is taken.
  store_full,        // The map or the disk is full; nothing was written.
  store_io,          // A write or sync failed; the outcome is unknown until recovery.
  store_corrupt,     // A record does not decode, or holds another key than it should.
  store_schema,      // The store was written under a schema version that this build does not know.
  readers_full,      // No reader slot is free.
  too_large,         // A bound of shared/limits.h would be exceeded.
  overloaded,        // A queue is full; the same call may succeed later.
  stale_generation,  // The caller decided on a view of the entities that is no longer current.
  peer_gone,         // The other side closed the connection.
  bad_frame,         // The other side broke the protocol.
  unauthorized,      // No or no valid key.
  forbidden,         // A valid key without the permission.
  conflict,          // The entity changed since it was read.
  invalid_argument,  // A value outside what the caller may give.
  invalid_transition,  // A status may not follow the current one.
  cancelled,           // The engine is stopping.
  io,                  // Any other failure of a file, pipe or process.
};

/// The category of Errc; its messages are fit for logs.
[[nodiscard]] const boost::system::error_category& tripgate_category() noexcept;

[[nodiscard]] boost::system::error_code make_error_code(Errc code) noexcept;

/// The current errno as an ErrorCode of the system category.
[[nodiscard]] boost::system::error_code last_system_error() noexcept;

}  // namespace tripgate

template <>
struct boost::system::is_error_code_enum<tripgate::Errc> : std::true_type {};
