// Bytes are handed out from the end and wiped, so that a later look at memory tells no earlier id.
#include "ngx_module/random_pool.h"

#include <sys/random.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "shared/bytes.h"

namespace tripgate {

bool RandomPool::refill() noexcept {
  std::size_t size = 0;
  while (size < bytes_.size()) {
    const ssize_t got = getrandom(bytes_.data() + size, bytes_.size() - size, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    size += static_cast<std::size_t>(got);
  }
  left_ = size;
  return true;
}

bool RandomPool::take(std::span<std::uint8_t> out) noexcept {
  if (left_ < out.size() && !refill()) return false;
  left_ -= out.size();
  std::memcpy(out.data(), bytes_.data() + left_, out.size());
  std::memset(bytes_.data() + left_, 0, out.size());
  return true;
}

bool RandomPool::make_event_id(std::uint32_t unix_seconds, EventId& out) noexcept {
  std::array<std::uint8_t, 8> random{};
  if (!take(random)) return false;
  out = EventId::make(unix_seconds, ByteReader(as_text(random)).get<std::uint64_t>());
  return true;
}

bool RandomPool::make_uuid(Uuid& out) noexcept {
  std::array<std::uint8_t, Uuid::kSize> random{};
  if (!take(random)) return false;
  out = Uuid::from_random(random);
  return true;
}

}  // namespace tripgate
