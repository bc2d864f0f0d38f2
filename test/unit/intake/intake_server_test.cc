// The server behind its real socket, with the writer held back where order matters.
#include "engine/intake/intake_server.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <future>
#include <thread>

#include "engine/base/unique_fd.h"
#include "shared/bytes.h"
#include "shared/limits.h"
#include "shared/wire_frame.h"
#include "test/unit/intake/worker_frames.h"

namespace tripgate {
namespace {

/// An event of one `number`, which is one id; its body is empty or follows.
std::string event(std::uint64_t sequence, std::uint64_t number, std::uint8_t flags = 0,
                  std::uint64_t body_size = 0) {
  EventHead head;
  head.body_size = body_size;
  head.id = EventId::make(1, number);
  head.account = "demo";
  std::string bytes(head.encoded_size(), '\0');
  ByteWriter writer({reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size()});
  encode_event_head(head, 0, writer);
  std::array<std::uint8_t, 4> size{};
  ByteWriter(size).put(static_cast<std::uint32_t>(bytes.size()));
  return frame(FrameType::event, sequence, std::string(as_text(size)) + bytes, flags);
}

constexpr std::size_t kLargeBodySize = 5 * limits::kBodyPieceMaxSize;
static_assert(kLargeBodySize > limits::kStoredInlineBodyMaxSize, "such a body goes to a file");
constexpr std::size_t kLastPieceSize = FrameHeader::kSize + limits::kBodyPieceMaxSize;

std::string event_with_large_body(std::uint64_t sequence, std::uint64_t number) {
  std::string bytes = event(sequence, number, kEventBodyFollows, kLargeBodySize);
  const std::string piece(limits::kBodyPieceMaxSize, 'x');
  for (std::size_t sent = piece.size(); sent <= kLargeBodySize; sent += piece.size()) {
    bytes += frame(FrameType::body, sequence, piece, sent == kLargeBodySize ? kBodyEnds : 0);
  }
  return bytes;
}

/// Small: tests make many journals.
constexpr std::uint64_t kLogCapacity = 1 << 20;

class IntakeServerTest : public ::testing::Test {
 protected:
  IntakeServerTest() {
    std::string name = (std::filesystem::temp_directory_path() / "intake-XXXXXX").string();
    directory_ = ::mkdtemp(name.data());
    store_ = std::move(*StateStore::open(directory_ / "state"));
    journal_ = std::move(*Journal::open(*store_, directory_.string(), kLogCapacity));
    const std::string path = directory_ / "intake.sock";
    server_ = std::move(*IntakeServer::start(
        {.socket_path = path, .socket_gid = {}, .worker_uid = {}},
        {.journal = *journal_,
         .current_generation = [] { return std::uint64_t{0}; },
         .judge = [](const EventHead&) { return std::optional<Refusal>(); },
         .refusal =
             [this] {
               return is_refusing_ ? std::optional(Refusal{}) : std::optional<Refusal>();
             }}));
    worker_.reset(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof(address.sun_path) - 1);
    EXPECT_EQ(::connect(worker_.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    send(hello());
    EXPECT_EQ(receive(), FrameType::welcome);
  }
  ~IntakeServerTest() override {
    server_->stop();
    store_->stop();
    server_.reset();
    journal_.reset();
    store_.reset();
    std::filesystem::remove_all(directory_);
  }

  void send(const std::string& bytes) const {
    ASSERT_EQ(::send(worker_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(bytes.size()));
  }

  /// The type of the next frame.
  [[nodiscard]] std::optional<FrameType> receive() const {
    std::array<std::uint8_t, FrameHeader::kSize> bytes{};
    if (::recv(worker_.get(), bytes.data(), bytes.size(), MSG_WAITALL) != ssize_t{bytes.size()}) {
      return std::nullopt;
    }
    const auto header = FrameHeader::decode(bytes);
    if (!header) return std::nullopt;
    std::string payload(header->payload_size, '\0');
    if (!payload.empty()) (void)::recv(worker_.get(), payload.data(), payload.size(), MSG_WAITALL);
    return header->type;
  }

  [[nodiscard]] std::optional<FrameType> receive_behind_credit() const {
    std::optional<FrameType> type = receive();
    while (type == FrameType::credit) type = receive();
    return type;
  }

  /// Asked often, for nothing tells when.
  template <class Claim>
  static bool becomes_true(Claim claim) {
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!claim() && std::chrono::steady_clock::now() < give_up) std::this_thread::yield();
    return claim();
  }

  [[nodiscard]] auto body_files() const {
    return std::distance(std::filesystem::directory_iterator(directory_ / "bodies"), {});
  }

  std::filesystem::path directory_;
  std::atomic<bool> is_refusing_ = false;
  std::unique_ptr<StateStore> store_;
  std::unique_ptr<Journal> journal_;
  std::unique_ptr<IntakeServer> server_;
  UniqueFd worker_;
};

TEST_F(IntakeServerTest, RefusesNoEventThatIsStored) {
  send(event(1, 7));
  EXPECT_EQ(receive(), FrameType::ack);
  is_refusing_ = true;
  send(event(2, 7, kEventResent));
  EXPECT_EQ(receive(), FrameType::ack);
  send(event(3, 8, kEventResent));
  EXPECT_EQ(receive(), FrameType::nack);
  EXPECT_EQ(journal_->last_durable(), 1U);
}

TEST_F(IntakeServerTest, CancelOfAWholeBodyComesTooLate) {
  send(event_with_large_body(1, 7) + frame(FrameType::cancel, 1, ""));
  EXPECT_EQ(receive_behind_credit(), FrameType::ack);
  EXPECT_EQ(journal_->last_durable(), 1U);
  EXPECT_EQ(body_files(), 1);
}

TEST_F(IntakeServerTest, CancelOfAnUnfinishedBodyLeavesNothing) {
  const std::string whole = event_with_large_body(1, 7);
  send(whole.substr(0, whole.size() - kLastPieceSize) + frame(FrameType::cancel, 1, ""));
  EXPECT_EQ(receive_behind_credit(), FrameType::cancelled);
  send(event(2, 8));
  EXPECT_EQ(receive_behind_credit(), FrameType::ack);
  EXPECT_EQ(journal_->last_durable(), 1U);
  EXPECT_TRUE(becomes_true([&] { return body_files() == 0; }));
}

TEST_F(IntakeServerTest, WholeBodyOfAWorkerThatDiedIsStored) {
  send(event_with_large_body(1, 7));
  worker_.reset();
  EXPECT_TRUE(becomes_true([&] { return journal_->last_durable() == 1; }));
  EXPECT_EQ(body_files(), 1);
  EXPECT_EQ(journal_->load(1)->body.size(), kLargeBodySize);
}

TEST_F(IntakeServerTest, AcknowledgesWhileTheStoreIsBusy) {
  std::promise<void> held;
  std::promise<void> release;
  store_->submit(
      [&](lmdb::WriteTransaction&) {
        held.set_value();
        release.get_future().wait();
        return ErrorCode();
      },
      [](ErrorCode) {});
  held.get_future().wait();
  send(event(1, 7) + event(2, 8));
  EXPECT_EQ(receive(), FrameType::ack);
  EXPECT_EQ(journal_->last_durable(), 2U);
  EXPECT_EQ(journal_->last_stored(), 0U);
  server_->stop();
  release.set_value();
}

TEST_F(IntakeServerTest, AnswersACancelBehindItsEventWithTheAcknowledgementAlone) {
  send(event(1, 7) + frame(FrameType::cancel, 1, ""));
  EXPECT_EQ(receive(), FrameType::ack);
  send(event(2, 8, kEventBodyFollows) + frame(FrameType::cancel, 2, ""));
  EXPECT_EQ(receive(), FrameType::cancelled);
  EXPECT_EQ(journal_->last_durable(), 1U);
}

}  // namespace
}  // namespace tripgate
