// The one error category of the engine.
#include "engine/base/errc.h"

#include <cerrno>
#include <string>

namespace tripgate {
namespace {

const char* describe(Errc code) {
  switch (code) {
    case Errc::ok:
      return "success";
    case Errc::not_found:
      return "not found";
    case Errc::already_exists:
      return "already exists";
    case Errc::store_full:
      return "the store is full";
    case Errc::store_io:
      return "the store could not be written";
    case Errc::store_corrupt:
      return "the store holds a damaged record";
    case Errc::store_schema:
      return "the store has another schema version";
    case Errc::readers_full:
      return "no reader slot of the store is free";
    case Errc::too_large:
      return "too large";
    case Errc::overloaded:
      return "too much is waiting already";
    case Errc::stale_generation:
      return "decided on an outdated view of the entities";
    case Errc::peer_gone:
      return "the peer closed the connection";
    case Errc::bad_frame:
      return "the peer broke the protocol";
    case Errc::unauthorized:
      return "no valid key";
    case Errc::forbidden:
      return "not permitted";
    case Errc::conflict:
      return "changed since it was read";
    case Errc::invalid_argument:
      return "invalid argument";
    case Errc::invalid_transition:
      return "the status does not allow this";
    case Errc::cancelled:
      return "the engine is stopping";
    case Errc::io:
      return "input or output failed";
  }
  return "unknown error";
}

class TripgateCategory final : public boost::system::error_category {
 public:
  const char* name() const noexcept override { return "tripgate"; }
  std::string message(int value) const override { return describe(static_cast<Errc>(value)); }
};

}  // namespace

const boost::system::error_category& tripgate_category() noexcept {
  static const TripgateCategory category;
  return category;
}

boost::system::error_code make_error_code(Errc code) noexcept {
  return {static_cast<int>(code), tripgate_category()};
}

boost::system::error_code last_system_error() noexcept {
  return {errno, boost::system::system_category()};
}

}  // namespace tripgate
