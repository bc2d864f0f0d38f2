// Judges the bytes that connect() gets, never names: whatever a name resolves to at that moment is
// what is judged, so neither a second look-up nor a redirect gets around it.
#include "engine/call/address_policy.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace tripgate {
namespace {

constexpr unsigned kIpv4Offset = 12;
constexpr unsigned kIpv4PrefixBits = 96;

constexpr AddressBytes ipv4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d) {
  return {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, d};
}

constexpr AddressBlock ipv4_block(std::uint8_t a, std::uint8_t b, std::uint8_t c, unsigned bits) {
  return {ipv4(a, b, c, 0), kIpv4PrefixBits + bits};
}

// IANA's registries of special addresses (RFC 6890 and its updates), IPv4.
constexpr AddressBlock kReservedIpv4[] = {
    ipv4_block(0, 0, 0, 8),       // This network; 0.0.0.0 reaches the machine itself.
    ipv4_block(10, 0, 0, 8),      // Private.
    ipv4_block(100, 64, 0, 10),   // Shared between customers of a carrier.
    ipv4_block(127, 0, 0, 8),     // Loopback.
    ipv4_block(169, 254, 0, 16),  // Link-local; metadata of most clouds.
    ipv4_block(172, 16, 0, 12),   // Private.
    ipv4_block(192, 0, 0, 24),    // Protocol assignments; metadata of one more cloud.
    ipv4_block(192, 0, 2, 24),    // Documentation.
    ipv4_block(192, 168, 0, 16),  // Private.
    ipv4_block(198, 18, 0, 15),   // Benchmarks.
    ipv4_block(198, 51, 100, 24), ipv4_block(203, 0, 113, 24),
    ipv4_block(224, 0, 0, 4),  // Multicast.
    ipv4_block(240, 0, 0, 4),  // Reserved, broadcast.
};

// The same of IPv6. ::/96 holds the unspecified address, loopback and the compatible addresses.
constexpr AddressBlock kReservedIpv6[] = {
    {{0}, 96},
    {{0x00, 0x64, 0xff, 0x9b, 0, 1}, 48},  // Local NAT64.
    {{0x01}, 64},                          // Discard.
    {{0x20, 0x01}, 23},                    // Protocol assignments, Teredo among them.
    {{0x20, 0x01, 0x0d, 0xb8}, 32},        // Documentation.
    {{0x3f, 0xff}, 20},                    // Documentation.
    {{0x5f}, 16},                          // Segment routing.
    {{0xfc}, 7},                           // Unique-local.
    {{0xfe, 0x80}, 10},                    // Link-local.
    {{0xfe, 0xc0}, 10},                    // Site-local, deprecated.
    {{0xff}, 8},                           // Multicast.
};

constexpr AddressBlock kMapped{ipv4(0, 0, 0, 0), kIpv4PrefixBits};
constexpr AddressBlock kNat64{{0x00, 0x64, 0xff, 0x9b}, 96};
constexpr AddressBlock k6to4{{0x20, 0x02}, 16};

bool is_in(std::span<const AddressBlock> blocks, const AddressBytes& address) {
  return std::ranges::any_of(blocks, [&](const AddressBlock& b) { return b.contains(address); });
}

// An address of NAT64 or 6to4 ends up at the IPv4 address in it.
std::optional<AddressBytes> carried_ipv4(const AddressBytes& a) {
  if (kNat64.contains(a)) return ipv4(a[12], a[13], a[14], a[15]);
  if (k6to4.contains(a)) return ipv4(a[2], a[3], a[4], a[5]);
  return std::nullopt;
}

bool is_reserved(const AddressBytes& address) {
  if (kMapped.contains(address)) return is_in(kReservedIpv4, address);
  if (is_in(kReservedIpv6, address)) return true;
  const std::optional<AddressBytes> carried = carried_ipv4(address);
  return carried && is_in(kReservedIpv4, *carried);
}

std::optional<AddressBytes> parse_address(const std::string& text) {
  AddressBytes bytes = ipv4(0, 0, 0, 0);
  if (::inet_pton(AF_INET, text.c_str(), bytes.data() + kIpv4Offset) == 1) return bytes;
  if (::inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1) return bytes;
  return std::nullopt;
}

}  // namespace

bool AddressBlock::contains(const AddressBytes& address) const {
  const unsigned whole = prefix_bits / 8;
  const unsigned rest = prefix_bits % 8;
  if (!std::equal(first.begin(), first.begin() + whole, address.begin())) return false;
  const auto mask = static_cast<std::uint8_t>(0xff00U >> rest);
  return rest == 0 || ((first[whole] ^ address[whole]) & mask) == 0;
}

std::optional<AddressBlock> parse_address_block(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto address = parse_address(std::string(text.substr(0, slash)));
  if (!address || text.find('\0') != std::string_view::npos) return std::nullopt;
  AddressBlock block{*address, 128};
  if (slash != std::string_view::npos) {
    const std::string_view number = text.substr(slash + 1);
    unsigned bits = 0;
    const auto read = std::from_chars(number.data(), number.data() + number.size(), bits);
    const unsigned family_bits = text.find(':') == std::string_view::npos ? 32 : 128;
    if (read.ec != std::errc() || read.ptr != number.data() + number.size() || bits > family_bits) {
      return std::nullopt;
    }
    block.prefix_bits = 128 - family_bits + bits;
  }
  for (unsigned bit = block.prefix_bits; bit < 128; ++bit) {
    if ((block.first[bit / 8] & (0x80U >> (bit % 8))) != 0) return std::nullopt;
  }
  return block;
}

std::optional<AddressBytes> address_of(const sockaddr* address, std::size_t size_bytes) {
  if (address->sa_family == AF_INET && size_bytes >= sizeof(sockaddr_in)) {
    sockaddr_in in{};
    std::memcpy(&in, address, sizeof in);
    AddressBytes bytes = ipv4(0, 0, 0, 0);
    std::memcpy(bytes.data() + kIpv4Offset, &in.sin_addr, sizeof in.sin_addr);
    return bytes;
  }
  if (address->sa_family == AF_INET6 && size_bytes >= sizeof(sockaddr_in6)) {
    sockaddr_in6 in{};
    std::memcpy(&in, address, sizeof in);
    AddressBytes bytes{};
    std::memcpy(bytes.data(), &in.sin6_addr, sizeof in.sin6_addr);
    return bytes;
  }
  return std::nullopt;
}

bool AddressPolicy::permits(const AddressBytes& address) const {
  return !is_reserved(address) || is_in(allowed_, address);
}

std::string to_text(const AddressBytes& address) {
  char text[INET6_ADDRSTRLEN] = "";
  if (kMapped.contains(address)) {
    ::inet_ntop(AF_INET, address.data() + kIpv4Offset, text, sizeof text);
  } else {
    ::inet_ntop(AF_INET6, address.data(), text, sizeof text);
  }
  return text;
}

}  // namespace tripgate
