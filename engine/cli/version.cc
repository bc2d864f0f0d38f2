// The version, which the build may name.
#include "engine/cli/commands.h"

#ifndef TRIPGATE_VERSION
#define TRIPGATE_VERSION "0.1.0"
#endif

namespace tripgate::cli {

int version(const Session& session) {
  session.out() << "tripgate " << TRIPGATE_VERSION << '\n';
  return exit_done;
}

}  // namespace tripgate::cli
