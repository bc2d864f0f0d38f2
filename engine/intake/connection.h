// One worker's connection: frames in, appended events, acknowledgements out.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/thread_pool.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/intake/body_spool.h"
#include "engine/intake/intake_fsm.h"
#include "engine/intake/intake_server.h"

namespace tripgate {

/// What all connections share.
struct IntakeShared {
  IntakeSeams seams;
  boost::asio::io_context& loop;
  boost::asio::thread_pool& spoolers;  // one thread: writes bodies
  std::uint64_t event_count = 0;
  std::uint64_t refused_count = 0;
  std::uint64_t connection_count = 0;
};

/// Lives as long as its own reads, writes and appends do. Everything runs on the intake thread but
/// what is posted to the spooler.
class IntakeConnection : public std::enable_shared_from_this<IntakeConnection> {
 public:
  using Socket = boost::asio::local::stream_protocol::socket;

  IntakeConnection(IntakeShared& shared, Socket socket);
  ~IntakeConnection();
  void start();

 private:
  /// A body that is still coming, or being synced.
  struct OpenBody {
    NewEvent event;
    std::shared_ptr<BodySpool> spool;
    bool is_refused = false;
    bool is_whole = false;  // its last piece is here: it will be stored, whatever comes
  };

  void read();
  void take_frames();
  void act(const IntakeHello& hello);
  void act(const IntakeEvent& event);
  void act(const IntakeBody& body);
  void act(const IntakeCancel& cancel);
  void act(const IntakeBroken& broken);
  [[nodiscard]] std::optional<Refusal> refuse(const IntakeEvent& event) const;
  void append_batch();
  void append_spooled(std::uint64_t sequence, ErrorCode failed);
  void acknowledge(const std::vector<std::uint64_t>& sequences, ErrorCode failed);
  void send_nack(std::uint64_t sequence, const Refusal& refusal);
  void send_frame(FrameType type, std::uint64_t sequence, std::string_view payload);
  void flush();
  void close();

  IntakeShared& shared_;
  Socket socket_;
  IntakeFsm fsm_;
  std::string input_;
  std::size_t input_size_ = 0;
  std::string output_;     // being collected
  std::string in_flight_;  // being written
  bool is_closed_ = false;
  std::vector<NewEvent> batch_;
  std::vector<std::uint64_t> batch_sequences_;
  std::unordered_map<std::uint64_t, OpenBody> open_bodies_;
};

}  // namespace tripgate
