// The program's table of contents: the engine, or a command that speaks to one.
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

#include "engine/cli/commands.h"

namespace {

std::optional<std::string> environment(std::string_view name) {
  const char* const value = std::getenv(std::string(name).c_str());
  if (value == nullptr) return std::nullopt;
  return std::string(value);
}

}  // namespace

int main(int count, char** words) {
  try {
    const std::vector<std::string> arguments(words + 1, words + count);
    return tripgate::cli::run_command(arguments, environment, std::cout, std::cerr);
  } catch (const std::exception& error) {
    std::cerr << "tripgate: " << error.what() << '\n';
    return tripgate::cli::exit_refused;
  }
}
