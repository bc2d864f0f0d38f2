// Which addresses a step may reach: refusals first, then the neighbours of every refused range.
#include "engine/call/address_policy.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>

namespace tripgate {
namespace {

AddressBytes address(const std::string& text) {
  const auto block = parse_address_block(text);
  EXPECT_TRUE(block) << text;
  return block ? block->first : AddressBytes{};
}

TEST(AddressPolicy, RefusesEveryAddressThatIsNotOfTheInternet) {
  for (const char* text : {"0.0.0.0",
                           "0.1.2.3",
                           "10.0.0.0",
                           "10.255.255.255",
                           "100.64.0.1",
                           "100.127.255.255",
                           "127.0.0.1",
                           "127.255.255.254",
                           "169.254.0.1",
                           "169.254.169.254",
                           "172.16.0.1",
                           "172.31.255.255",
                           "192.0.0.192",
                           "192.0.2.1",
                           "192.168.0.1",
                           "192.168.255.255",
                           "198.18.0.1",
                           "198.19.255.255",
                           "198.51.100.7",
                           "203.0.113.9",
                           "224.0.0.1",
                           "239.255.255.255",
                           "240.0.0.1",
                           "255.255.255.255",
                           "::",
                           "::1",
                           "::7f00:1",
                           "::10.0.0.1",
                           "::ffff:127.0.0.1",
                           "::ffff:169.254.169.254",
                           "::ffff:a00:1",
                           "64:ff9b::10.0.0.1",
                           "64:ff9b::169.254.169.254",
                           "64:ff9b:1::8.8.8.8",
                           "100::1",
                           "2001::1",
                           "2001:db8::1",
                           "2002:7f00:1::",
                           "2002:a9fe:a9fe::1",
                           "3fff::1",
                           "5f00::1",
                           "fc00::1",
                           "fd00:ec2::254",
                           "fe80::1",
                           "febf::1",
                           "fec0::1",
                           "ff02::1"}) {
    EXPECT_FALSE(AddressPolicy().permits(address(text))) << text;
  }
}

TEST(AddressPolicy, PermitsTheNeighboursOfRefusedRanges) {
  for (const char* text :
       {"1.0.0.0",         "9.255.255.255",   "11.0.0.0",       "100.63.255.255",
        "100.128.0.0",     "126.255.255.255", "128.0.0.0",      "169.253.255.255",
        "169.255.0.0",     "172.15.255.255",  "172.32.0.0",     "192.0.1.0",
        "192.0.3.0",       "192.167.255.255", "192.169.0.0",    "198.17.255.255",
        "198.20.0.0",      "223.255.255.255", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8",
        "2002:808:808::1", "2001:200::1",     "2001:db9::1",    "2606:4700::1111",
        "fbff::1"}) {
    EXPECT_TRUE(AddressPolicy().permits(address(text))) << text;
  }
}

TEST(AddressPolicy, AllowsExactlyTheGivenBlocks) {
  const AddressPolicy policy({*parse_address_block("127.0.0.0/30"), *parse_address_block("::1"),
                              *parse_address_block("fd12::/16")});
  for (const char* text : {"127.0.0.0", "127.0.0.3", "::ffff:127.0.0.2", "::1", "fd12:ffff::1"}) {
    EXPECT_TRUE(policy.permits(address(text))) << text;
  }
  for (const char* text : {"127.0.0.4", "10.0.0.1", "::2", "fd13::1", "64:ff9b::127.0.0.1"}) {
    EXPECT_FALSE(policy.permits(address(text))) << text;
  }
}

TEST(AddressPolicy, AnAllowedBlockOfEverythingAllowsEverything) {
  const AddressPolicy policy({*parse_address_block("0.0.0.0/0"), *parse_address_block("::/0")});
  EXPECT_TRUE(policy.permits(address("127.0.0.1")));
  EXPECT_TRUE(policy.permits(address("fe80::1")));
  EXPECT_FALSE(AddressPolicy({*parse_address_block("0.0.0.0/0")}).permits(address("fe80::1")));
}

TEST(AddressBlock, RefusesWhatIsNoBlock) {
  for (const std::string& text :
       {std::string(), std::string("localhost"), std::string("10.0.0.0/33"), std::string("10/8"),
        std::string("10.0.0.0/"), std::string("10.0.0.0/-1"), std::string("10.0.0.0/8x"),
        std::string("10.0.0.1/8"), std::string("010.0.0.1"), std::string("fe80::/129"),
        std::string("fe80::1/64"), std::string("1.2.3.4.5"), std::string("::1 "),
        std::string("10.0.0.1\0", 9), std::string("99999999999999999999/8")}) {
    EXPECT_FALSE(parse_address_block(text)) << text;
  }
}

TEST(AddressBlock, ReadsBothFamilies) {
  EXPECT_EQ(parse_address_block("10.0.0.0/8")->prefix_bits, 104U);
  EXPECT_EQ(parse_address_block("10.0.0.1")->prefix_bits, 128U);
  EXPECT_EQ(parse_address_block("fd00::/8")->prefix_bits, 8U);
  EXPECT_EQ(to_text(address("10.1.2.3")), "10.1.2.3");
  EXPECT_EQ(to_text(address("::ffff:10.1.2.3")), "10.1.2.3");
  EXPECT_EQ(to_text(address("2001:DB8::1")), "2001:db8::1");
}

TEST(AddressOf, ReadsSocketAddressesAndNothingElse) {
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_addr.s_addr = htonl(0x7f000001);
  EXPECT_EQ(address_of(reinterpret_cast<const sockaddr*>(&v4), sizeof v4), address("127.0.0.1"));
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_addr = in6addr_loopback;
  EXPECT_EQ(address_of(reinterpret_cast<const sockaddr*>(&v6), sizeof v6), address("::1"));
  sockaddr local{};
  local.sa_family = AF_UNIX;
  EXPECT_FALSE(address_of(&local, sizeof local));
  EXPECT_FALSE(address_of(reinterpret_cast<const sockaddr*>(&v6), sizeof local));
}

}  // namespace
}  // namespace tripgate
