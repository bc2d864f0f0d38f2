// The events of one turn of the intake loop, of all workers: they share one write.
#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <vector>

#include "engine/journal/journal.h"

namespace tripgate {

class IntakeConnection;

/// Gathers while the loop handles what is ready, and appends behind it. The loop stands still for
/// the write: what arrives meanwhile waits in the sockets and makes the next group.
class IntakeGroup {
 public:
  IntakeGroup(boost::asio::io_context& loop, Journal& journal) : loop_(loop), journal_(journal) {}

  /// What `event` points to has to stay until the connection's `finish_group`.
  void add(const NewEvent& event, std::shared_ptr<IntakeConnection> connection);

 private:
  void append();

  boost::asio::io_context& loop_;
  Journal& journal_;
  std::vector<NewEvent> events_;
  std::vector<std::shared_ptr<IntakeConnection>> connections_;  // each once
};

}  // namespace tripgate
