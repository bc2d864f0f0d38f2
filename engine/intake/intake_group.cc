// A posted handler runs behind those of every socket that was ready in the same turn.
#include "engine/intake/intake_group.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>

#include "engine/intake/connection.h"

namespace tripgate {

void IntakeGroup::add(const NewEvent& event, std::shared_ptr<IntakeConnection> connection) {
  if (events_.empty()) {
    boost::asio::post(loop_, [this] { append(); });
  }
  events_.push_back(event);
  if (std::ranges::find(connections_, connection) == connections_.end()) {
    connections_.push_back(std::move(connection));
  }
}

void IntakeGroup::append() {
  const ErrorCode failed = journal_.append(events_);
  events_.clear();
  const auto connections = std::exchange(connections_, {});
  for (const auto& connection : connections) connection->finish_group(failed);
}

}  // namespace tripgate
