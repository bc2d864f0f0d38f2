// Which network addresses a step may talk to.
#pragma once

#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tripgate {

/// An address of either family in 16 bytes; IPv4 as ::ffff:a.b.c.d.
using AddressBytes = std::array<std::uint8_t, 16>;

/// Addresses that share their first bits.
struct AddressBlock {
  AddressBytes first{};
  unsigned prefix_bits = 128;  ///< Counted in the 16 bytes: 10.0.0.0/8 has 104.

  [[nodiscard]] bool contains(const AddressBytes& address) const;
};

/// Reads "10.0.0.0/8", "fd00::/8" or a single address. Nothing if it is neither, or if it has bits
/// behind its prefix: 10.1.2.3/8 is a slip of somebody's hand.
[[nodiscard]] std::optional<AddressBlock> parse_address_block(std::string_view text);

/// The address of a socket address of size_bytes; nothing for families other than IPv4 and IPv6.
[[nodiscard]] std::optional<AddressBytes> address_of(const sockaddr* address,
                                                     std::size_t size_bytes);

/// Refuses every address that is not of the public internet, unless it was allowed: a pipeline's
/// URL may come from an event, and must not reach a cloud's metadata or the machine's own services.
///
/// Refused: unspecified, loopback, link-local, private, shared, unique-local, multicast, broadcast,
/// documentation and reserved ranges (RFC 6890), and IPv6 addresses that carry such an IPv4 address
/// (mapped, compatible, NAT64, 6to4).
class AddressPolicy {
 public:
  AddressPolicy() = default;
  explicit AddressPolicy(std::vector<AddressBlock> allowed) : allowed_(std::move(allowed)) {}

  [[nodiscard]] bool permits(const AddressBytes& address) const;

 private:
  std::vector<AddressBlock> allowed_;
};

/// As people write it: "127.0.0.1", "fe80::1".
[[nodiscard]] std::string to_text(const AddressBytes& address);

}  // namespace tripgate
