// One system call per id: an execution makes a handful of them.
#include "engine/status/new_id.h"

#include <sys/random.h>

#include <array>
#include <cstdlib>

#include "shared/ids.h"

namespace tripgate {

std::string make_short_id() {
  std::array<std::uint8_t, Uuid::kSize> random{};
  // Reads of up to 256 bytes are never short and never interrupted (getrandom(2)).
  if (getrandom(random.data(), random.size(), 0) != static_cast<ssize_t>(random.size())) {
    std::abort();
  }
  std::array<char, Uuid::kShortTextSize> text{};
  Uuid::from_random(random).print_short(text);
  return {text.data(), text.size()};
}

}  // namespace tripgate
