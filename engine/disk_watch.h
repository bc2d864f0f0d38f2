// Says when events must be refused because the disk is nearly full.
#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <string>

namespace tripgate {

/// Looks at the disk of a directory twice a second. `is_full` may be asked from any thread.
class DiskWatch {
 public:
  DiskWatch(const boost::asio::any_io_executor& executor, std::string directory,
            std::uint64_t min_free_bytes);

  void start();
  [[nodiscard]] bool is_full() const noexcept { return is_full_; }
  [[nodiscard]] std::uint64_t free_bytes() const noexcept { return free_bytes_; }

 private:
  void look();

  boost::asio::steady_timer timer_;
  const std::string directory_;
  const std::uint64_t min_free_bytes_;
  std::atomic<std::uint64_t> free_bytes_ = 0;
  std::atomic<bool> is_full_ = false;
};

}  // namespace tripgate
