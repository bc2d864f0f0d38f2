// All events of one read are in one group; their acknowledgement is one frame.
#include "engine/intake/connection.h"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <cstring>
#include <utility>

#include "engine/base/errc.h"
#include "engine/base/log.h"
#include "shared/bytes.h"
#include "shared/limits.h"

namespace tripgate {
namespace {

namespace asio = boost::asio;

/// Twice the largest frame: a whole frame always fits behind the rest of another.
constexpr std::size_t kInputSize = 2 * limits::kFrameMaxSize;

/// Bytes of answers that a worker may leave unread before it is taken for hung.
constexpr std::size_t kOutputMaxSize = 4 * 1024 * 1024;

constexpr const char* kFullMessage = "Invalid request: Webhook event could not be received";

Refusal store_refusal() {
  return {503, limits::kRetryAfterSeconds, "UNAVAILABLE", kFullMessage};
}

/// Of an event's body, below bodies/.
std::string file_name(const EventId& id) {
  std::array<char, EventId::kTextSize> name{};
  id.print(name);
  return {name.data(), name.size()};
}

/// Rising sequence numbers as ranges: "1-3, 7".
std::string encode_ranges(const std::vector<std::uint64_t>& sequences) {
  std::string payload;
  std::array<std::uint8_t, 16> bytes{};
  for (std::size_t i = 0; i < sequences.size();) {
    SequenceRange range{sequences[i], sequences[i]};
    while (++i < sequences.size() && sequences[i] == range.last + 1) ++range.last;
    encode_range(range, bytes);
    payload += as_text(bytes);
  }
  return payload;
}

}  // namespace

IntakeConnection::IntakeConnection(IntakeShared& shared, Socket socket)
    : shared_(shared), socket_(std::move(socket)), input_(kInputSize, '\0') {
  ++shared_.connection_count;
}

IntakeConnection::~IntakeConnection() {
  --shared_.connection_count;
}

void IntakeConnection::start() {
  read();
}

void IntakeConnection::read() {
  is_reading_ = true;
  socket_.async_read_some(asio::buffer(input_.data() + input_size_, input_.size() - input_size_),
                          [self = shared_from_this()](const ErrorCode& failed, std::size_t size) {
                            self->is_reading_ = false;
                            if (failed || self->is_closed_) return self->close();
                            self->input_size_ += size;
                            self->take_frames();
                            if (self->group_sequences_.empty()) self->go_on();
                          });
}

void IntakeConnection::take_frames() {
  std::string_view rest(input_.data(), input_size_);
  while (!is_closed_) {
    const std::optional<IntakeFsm::Step> step = fsm_.next(rest);
    if (!step) break;
    std::visit([this](const auto& action) { act(action); }, step->action);
    rest.remove_prefix(step->consumed);
  }
  taken_size_ = input_size_ - rest.size();
}

/// Nobody needs what was taken any more: makes room, answers, reads on.
void IntakeConnection::go_on() {
  flush();
  if (is_closed_ || is_reading_) return;
  input_size_ -= taken_size_;
  std::memmove(input_.data(), input_.data() + taken_size_, input_size_);
  taken_size_ = 0;
  read();
}

void IntakeConnection::add_to_group(const NewEvent& event, std::uint64_t sequence) {
  group_sequences_.push_back(sequence);
  shared_.group.add(event, shared_from_this());
}

void IntakeConnection::finish_group(ErrorCode failed) {
  acknowledge(group_sequences_, failed);
  group_sequences_.clear();
  group_bodies_.clear();
  go_on();
}

void IntakeConnection::act(const IntakeHello& /*hello*/) {
  std::array<std::uint8_t, WelcomePayload::kSize> payload{};
  WelcomePayload{.credit_bytes = limits::kInitialCreditBytes}.encode(payload);
  send_frame(FrameType::welcome, 0, as_text(payload));
}

std::optional<Refusal> IntakeConnection::refuse(const IntakeEvent& event) const {
  // A refusal says that the event is certainly not stored.
  if (event.is_resent && shared_.seams.journal.find(event.decoded.head.id)) return std::nullopt;
  if (auto refusal = shared_.seams.refusal()) return refusal;
  const EventHead& head = event.decoded.head;
  if (head.generation == shared_.seams.current_generation()) return std::nullopt;
  return shared_.seams.judge(head);
}

void IntakeConnection::act(const IntakeEvent& event) {
  const EventId& id = event.decoded.head.id;
  const std::optional<Refusal> refusal = refuse(event);
  if (refusal) send_nack(event.sequence, *refusal);
  if (event.body_follows) {
    const std::string path = shared_.seams.journal.body_directory() + '/' + file_name(id);
    open_bodies_.emplace(event.sequence, OpenBody{.id = id,
                                                  .head_bytes = std::string(event.head_bytes),
                                                  .spool = std::make_shared<BodySpool>(
                                                      path, event.decoded.head.body_size),
                                                  .is_resent = event.is_resent,
                                                  .is_refused = refusal.has_value(),
                                                  .body = {},
                                                  .body_file = {}});
  } else if (!refusal) {
    add_to_group({.id = id,
                  .head_bytes = event.head_bytes,
                  .body = event.body,
                  .body_file = {},
                  .is_resent = event.is_resent},
                 event.sequence);
  }
}

void IntakeConnection::act(const IntakeBody& body) {
  const auto found = open_bodies_.find(body.sequence);
  // Pieces behind a CANCEL or a NACK may still be on their way; their credit goes back all the
  // same.
  const bool is_wanted = found != open_bodies_.end() && !found->second.is_refused;
  std::shared_ptr<BodySpool> spool = is_wanted ? found->second.spool : nullptr;
  if (is_wanted && body.ends) found->second.is_whole = true;
  asio::post(shared_.spoolers,
             [self = shared_from_this(), spool = std::move(spool),
              piece = std::string(is_wanted ? body.piece : std::string_view()),
              size = body.piece.size(), sequence = body.sequence, ends = body.ends] {
               ErrorCode failed;
               if (spool != nullptr) failed = spool->write(piece);
               if (spool != nullptr && !failed && ends) failed = spool->finish();
               asio::post(self->shared_.loop, [self, failed, size, sequence, ends] {
                 std::array<std::uint8_t, 4> credit{};
                 ByteWriter(credit).put(static_cast<std::uint32_t>(size));
                 self->send_frame(FrameType::credit, 0, as_text(credit));
                 if (ends || failed) self->append_spooled(sequence, failed);
                 self->flush();
               });
             });
}

void IntakeConnection::append_spooled(std::uint64_t sequence, ErrorCode failed) {
  OpenBodies::node_type node = open_bodies_.extract(sequence);
  if (node.empty() || node.mapped().is_refused) return;
  if (failed) {
    log_warning("an event's body could not be stored: " + failed.message());
    return send_nack(sequence, store_refusal());
  }
  OpenBody& open = node.mapped();
  if (open.spool->is_file()) {
    open.body_file = file_name(open.id);
  } else {
    open.body = open.spool->take_body();
  }
  add_to_group({.id = open.id,
                .head_bytes = open.head_bytes,
                .body = open.body,
                .body_file = open.body_file,
                .is_resent = open.is_resent},
               sequence);
  group_bodies_.push_back(std::move(node));
}

void IntakeConnection::act(const IntakeCancel& cancel) {
  const auto found = open_bodies_.find(cancel.sequence);
  // An event whose body is whole is with the spooler or the writer: its ACK or NACK is the answer.
  if (found == open_bodies_.end() || found->second.is_whole) return;
  open_bodies_.erase(found);
  send_frame(FrameType::cancelled, cancel.sequence, {});
}

void IntakeConnection::act(const IntakeBroken& broken) {
  log_warning(std::string("a worker broke the intake protocol: ") + broken.reason);
  close();
}

void IntakeConnection::acknowledge(const std::vector<std::uint64_t>& sequences, ErrorCode failed) {
  if (!failed) {
    shared_.event_count += sequences.size();
    return send_frame(FrameType::ack, 0, encode_ranges(sequences));
  }
  // Nobody knows whether an event of a broken store is on disk: no answer (design section 2).
  if (failed == Errc::store_io || failed == Errc::cancelled) return;
  for (const std::uint64_t sequence : sequences) send_nack(sequence, store_refusal());
}

void IntakeConnection::send_nack(std::uint64_t sequence, const Refusal& refusal) {
  ++shared_.refused_count;
  std::string payload(refusal.code.size() + refusal.message.size() + 16, '\0');
  const NackPayload nack{refusal.http_status, refusal.retry_after_s, refusal.code, refusal.message};
  payload.resize(nack.encode({reinterpret_cast<std::uint8_t*>(payload.data()), payload.size()}));
  send_frame(FrameType::nack, sequence, payload);
}

void IntakeConnection::send_frame(FrameType type, std::uint64_t sequence,
                                  std::string_view payload) {
  if (is_closed_ || is_deaf_) return;
  std::array<std::uint8_t, FrameHeader::kSize> header{};
  FrameHeader{.payload_size = static_cast<std::uint32_t>(payload.size()),
              .type = type,
              .sequence = sequence}
      .encode(header);
  output_ += as_text(header);
  output_ += payload;
  if (output_.size() > kOutputMaxSize) close();
}

void IntakeConnection::flush() {
  if (is_closed_ || output_.empty() || !in_flight_.empty()) return;
  in_flight_.swap(output_);
  asio::async_write(socket_, asio::buffer(in_flight_),
                    [self = shared_from_this()](const ErrorCode& failed, std::size_t) {
                      self->in_flight_.clear();
                      if (failed) return self->go_deaf();
                      self->flush();
                    });
}

/// The worker is gone. What it sent before is read all the same, up to its end.
void IntakeConnection::go_deaf() {
  is_deaf_ = true;
  output_.clear();
}

void IntakeConnection::close() {
  if (std::exchange(is_closed_, true)) return;
  ErrorCode ignored;
  socket_.close(ignored);
  // A whole body's file may have its name already; an event must come to name it, or it would lie
  // there until the next start. The worker's copy of that event finds this one stored.
  std::erase_if(open_bodies_, [](const auto& entry) { return !entry.second.is_whole; });
}

}  // namespace tripgate
