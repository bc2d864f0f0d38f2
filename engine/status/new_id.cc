// One system call per id: an execution makes a handful of them. An id is also typed as a word of
// a command line, so one that would read as an option there is drawn again.
#include "engine/status/new_id.h"

#include <sys/random.h>

#include <array>
#include <cstdlib>

#include "shared/ids.h"

namespace tripgate {

std::string make_short_id() {
  std::array<std::uint8_t, Uuid::kSize> random{};
  std::array<char, Uuid::kShortTextSize> text{};
  do {
    // Reads of up to 256 bytes are never short and never interrupted (getrandom(2)).
    if (getrandom(random.data(), random.size(), 0) != static_cast<ssize_t>(random.size())) {
      std::abort();
    }
    Uuid::from_random(random).print_short(text);
  } while (text[0] == '-');
  return {text.data(), text.size()};
}

}  // namespace tripgate
