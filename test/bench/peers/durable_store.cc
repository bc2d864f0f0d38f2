// The store behind the Lua peer: takes records on a Unix socket, puts them into LMDB with a group
// commit, as one would who has no event log, and answers each with its id after that.
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

#include "engine/journal/state_schema.h"
#include "engine/journal/state_store.h"
#include "shared/ids.h"

namespace tripgate {
namespace {

namespace asio = boost::asio;
using Protocol = asio::local::stream_protocol;

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(asio::io_context& loop, StateStore& store, Protocol::socket socket)
      : loop_(loop), store_(store), socket_(std::move(socket)) {}

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
    store_.submit(
        [self = shared_from_this()](lmdb::WriteTransaction& txn) {
          static std::uint64_t count = 0;  // the writer thread's own
          return txn.append(self->store_.databases().event, state::NumberKey(++count).view(),
                            self->record_);
        },
        [self = shared_from_this()](ErrorCode failed) {
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
  StateStore& store_;
  Protocol::socket socket_;
  std::array<char, 8> size_{};
  std::array<char, EventId::kTextSize> answer_{};
  std::string record_;
};

void accept(asio::io_context& loop, Protocol::acceptor& acceptor, StateStore& store) {
  acceptor.async_accept([&](const ErrorCode& failed, Protocol::socket socket) {
    if (!failed) std::make_shared<Connection>(loop, store, std::move(socket))->read();
    accept(loop, acceptor, store);
  });
}

}  // namespace
}  // namespace tripgate

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  auto store = tripgate::StateStore::open(std::string(argv[1]) + "/state");
  if (!store) return 1;
  boost::asio::io_context loop(1);
  tripgate::Protocol::acceptor acceptor(loop, tripgate::Protocol::endpoint(argv[2]));
  tripgate::accept(loop, acceptor, **store);
  std::puts("ready");
  std::fflush(stdout);
  loop.run();
  return 0;
}
