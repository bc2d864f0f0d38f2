// The store behind the Lua peer: takes records on a Unix socket, appends them to the same journal
// with the same group commit, and answers each with its id after that.
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>

#include "engine/journal/journal.h"

namespace tripgate {
namespace {

namespace asio = boost::asio;
using Protocol = asio::local::stream_protocol;

std::string encode_head(const EventId& id, std::uint64_t body_size) {
  EventHead head;
  head.id = id;
  head.body_size = body_size;
  std::string bytes(head.encoded_size(), '\0');
  ByteWriter writer({reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size()});
  encode_event_head(head, 0, writer);
  return bytes;
}

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(asio::io_context& loop, Journal& journal, Protocol::socket socket)
      : loop_(loop), journal_(journal), socket_(std::move(socket)) {}

  void read() {
    asio::async_read(socket_, asio::buffer(size_),
                     [self = shared_from_this()](const ErrorCode& failed, std::size_t) {
                       if (failed) return;
                       const std::string digits(self->size_.data(), self->size_.size());
                       self->record_.resize(std::strtoul(digits.c_str(), nullptr, 10));
                       self->read_record();
                     });
  }

 private:
  void read_record() {
    asio::async_read(socket_, asio::buffer(record_),
                     [self = shared_from_this()](const ErrorCode& failed, std::size_t) {
                       if (!failed) self->append();
                     });
  }

  void append() {
    static std::mt19937_64 random(std::random_device{}());
    const EventId id = EventId::make(static_cast<std::uint32_t>(std::time(nullptr)), random());
    id.print(answer_);
    std::vector<NewEvent> events(1);
    events[0] = {
        .id = id, .head_bytes = encode_head(id, record_.size()), .body = record_, .body_file = {}};
    journal_.append(std::move(events), [self = shared_from_this()](ErrorCode failed) {
      if (failed) return;
      asio::post(self->loop_, [self] {
        asio::async_write(self->socket_, asio::buffer(self->answer_),
                          [self](const ErrorCode& broken, std::size_t) {
                            if (!broken) self->read();
                          });
      });
    });
  }

  asio::io_context& loop_;
  Journal& journal_;
  Protocol::socket socket_;
  std::array<char, 8> size_{};
  std::array<char, EventId::kTextSize> answer_{};
  std::string record_;
};

void accept(asio::io_context& loop, Protocol::acceptor& acceptor, Journal& journal) {
  acceptor.async_accept([&](const ErrorCode& failed, Protocol::socket socket) {
    if (!failed) std::make_shared<Connection>(loop, journal, std::move(socket))->read();
    accept(loop, acceptor, journal);
  });
}

}  // namespace
}  // namespace tripgate

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  auto store = tripgate::StateStore::open(std::string(argv[1]) + "/state");
  if (!store) return 1;
  auto journal = tripgate::Journal::open(**store, std::string(argv[1]) + "/bodies");
  if (!journal) return 1;
  boost::asio::io_context loop(1);
  tripgate::Protocol::acceptor acceptor(loop, tripgate::Protocol::endpoint(argv[2]));
  tripgate::accept(loop, acceptor, **journal);
  std::puts("ready");
  std::fflush(stdout);
  loop.run();
  return 0;
}
