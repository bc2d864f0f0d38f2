// The worked examples of wire_frame.md and store_schema.md, made here and looked for there: a page
// that no longer tells the truth fails. Run from the top folder, as make does.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "shared/event_head.h"
#include "shared/limits.h"
#include "shared/store_schema.h"
#include "shared/wire_frame.h"

namespace tripgate {
namespace {

/// Lines of 16 bytes, as `hexdump -C` writes them.
std::vector<std::string> dump(std::string_view bytes) {
  std::vector<std::string> lines;
  for (std::size_t start = 0; start < bytes.size(); start += 16) {
    const std::string_view row = bytes.substr(start, 16);
    std::array<char, 24> text{};
    std::snprintf(text.data(), text.size(), "%04zx", start);
    std::string line = text.data();
    std::string ascii;
    for (const char c : row) {
      std::snprintf(text.data(), text.size(), " %02x", static_cast<unsigned char>(c));
      line += text.data();
      ascii += c >= ' ' && c <= '~' ? c : '.';
    }
    line.resize(4 + 16 * 3, ' ');
    lines.push_back(line + "  " + ascii);
  }
  return lines;
}

void expect_on_page(const std::string& page, std::string_view bytes) {
  std::ifstream file(page);
  std::stringstream text;
  text << file.rdbuf();
  std::string block;
  for (const std::string& line : dump(bytes)) block += line + "\n";
  EXPECT_NE(text.str().find(block), std::string::npos) << page << " should hold\n" << block;
}

std::string frame(FrameType type, std::uint8_t flags, std::uint64_t sequence,
                  std::string_view payload) {
  std::array<std::uint8_t, FrameHeader::kSize> header{};
  FrameHeader{.payload_size = static_cast<std::uint32_t>(payload.size()),
              .type = type,
              .flags = flags,
              .sequence = sequence}
      .encode(header);
  return std::string(as_text(header)) + std::string(payload);
}

template <class Payload>
std::string encoded(const Payload& payload) {
  std::array<std::uint8_t, Payload::kSize> bytes{};
  payload.encode(bytes);
  return std::string(as_text(bytes));
}

std::string event_payload() {
  EventHead head;
  head.id = EventId::make(0x632394c7, 0xb018985c661747be);
  head.version = WebhookVersion::v3;
  head.received_at_ms = 1663276236705;
  head.generation = 5;
  head.trigger_ref = 9;
  head.body_size = 2;
  head.account = "demo";
  head.org = "default";
  head.project = "demo";
  head.peer = "127.0.0.1";
  head.method = "POST";
  head.query = "accountIdentifier=demo";
  const EventHeader header{"Host", "a"};
  std::vector<std::uint8_t> bytes(head.encoded_size() + encoded_size(header));
  ByteWriter writer(bytes);
  encode_event_head(head, 1, writer);
  encode_event_header(header, writer);
  EXPECT_TRUE(writer.ok());
  std::array<std::uint8_t, 4> size{};
  ByteWriter(size).put(static_cast<std::uint32_t>(bytes.size()));
  return std::string(as_text(size)) + std::string(as_text(bytes)) + "{}";
}

TEST(WireFramePage, ShowsTheBytesThatAreSent) {
  const std::string page = "shared/wire_frame.md";
  expect_on_page(page, frame(FrameType::hello, 0, 0,
                             encoded(HelloPayload{.worker_pid = 4711, .edge_schema = 1})));
  expect_on_page(page, frame(FrameType::welcome, 0, 0,
                             encoded(WelcomePayload{.credit_bytes = limits::kInitialCreditBytes})));
  expect_on_page(page, frame(FrameType::event, 0, 1, event_payload()));
  std::array<std::uint8_t, 16> range{};
  encode_range({1, 1}, range);
  expect_on_page(page, frame(FrameType::ack, 0, 0, as_text(range)));
}

TEST(StoreSchemaPage, ShowsTheBytesThatAreStored) {
  const std::string page = "shared/store_schema.md";
  const edge::TriggerRecord trigger{.trigger_ref = 9,
                                    .is_enabled = true,
                                    .has_token = true,
                                    .account = "demo",
                                    .org = "default",
                                    .project = "demo",
                                    .pipeline = "publish",
                                    .trigger = "on_call"};
  std::vector<std::uint8_t> bytes(edge::TriggerRecord::kMaxSize);
  bytes.resize(trigger.encode(bytes));
  expect_on_page(page, as_text(bytes));

  KeyHasher hasher;
  const auto key =
      edge::trigger_key(hasher.hash_scope("demo", "default", "demo"), "publish", "on_call");
  ASSERT_TRUE(key);
  expect_on_page(page, key->view());

  const edge::ScopeRecord scope{
      .is_key_mandatory = true, .account = "demo", .org = "default", .project = "demo"};
  std::vector<std::uint8_t> scope_bytes(edge::ScopeRecord::kMaxSize);
  scope_bytes.resize(scope.encode(scope_bytes));
  expect_on_page(page, as_text(scope_bytes));
}

}  // namespace
}  // namespace tripgate
