// One worker's connection: frames in, appended events, acknowledgements out.
#pragma once

#include <atomic>
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
#include "engine/intake/intake_group.h"
#include "engine/intake/intake_server.h"

namespace tripgate {

/// What all connections share.
struct IntakeShared {
  IntakeSeams seams;
  boost::asio::io_context& loop;
  boost::asio::thread_pool& spoolers;  // one thread: writes bodies
  IntakeGroup& group;
  std::atomic<std::uint64_t> event_count = 0;
  std::atomic<std::uint64_t> refused_count = 0;
  std::atomic<std::uint64_t> connection_count = 0;
};

/// Lives as long as its own reads, writes and groups do. Everything runs on the intake thread but
/// what is posted to the spooler. Reads no more while a group has its events, which are views into
/// what was read.
class IntakeConnection : public std::enable_shared_from_this<IntakeConnection> {
 public:
  using Socket = boost::asio::local::stream_protocol::socket;

  IntakeConnection(IntakeShared& shared, Socket socket);
  ~IntakeConnection();
  void start();

  /// This connection's events were appended, or not.
  void finish_group(ErrorCode failed);

 private:
  /// An event whose body is still coming, or being synced.
  struct OpenBody {
    EventId id;
    std::string head_bytes;
    std::shared_ptr<BodySpool> spool;
    bool is_resent = false;
    bool is_refused = false;
    bool is_whole = false;  // its last piece is here: it will be stored, whatever comes
    std::string body;       // whole, if it is no file
    std::string body_file;
  };
  using OpenBodies = std::unordered_map<std::uint64_t, OpenBody>;

  void read();
  void go_on();
  void take_frames();
  void add_to_group(const NewEvent& event, std::uint64_t sequence);
  void act(const IntakeHello& hello);
  void act(const IntakeEvent& event);
  void act(const IntakeBody& body);
  void act(const IntakeCancel& cancel);
  void act(const IntakeBroken& broken);
  [[nodiscard]] std::optional<Refusal> refuse(const IntakeEvent& event) const;
  void append_spooled(std::uint64_t sequence, ErrorCode failed);
  void acknowledge(const std::vector<std::uint64_t>& sequences, ErrorCode failed);
  void send_nack(std::uint64_t sequence, const Refusal& refusal);
  void send_frame(FrameType type, std::uint64_t sequence, std::string_view payload);
  void flush();
  void go_deaf();
  void close();

  IntakeShared& shared_;
  Socket socket_;
  IntakeFsm fsm_;
  std::string input_;
  std::size_t input_size_ = 0;
  std::size_t taken_size_ = 0;  // of the input; a group may still use it
  bool is_reading_ = false;
  std::string output_;     // being collected
  std::string in_flight_;  // being written
  bool is_deaf_ = false;   // nothing can be written any more
  bool is_closed_ = false;
  OpenBodies open_bodies_;

  // In the group.
  std::vector<std::uint64_t> group_sequences_;
  std::vector<OpenBodies::node_type> group_bodies_;
};

}  // namespace tripgate
