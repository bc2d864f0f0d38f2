// The program's table of contents: the engine, or a command that speaks to one.
#include <unistd.h>

#include <cstdlib>
#include <exception>
#include <fstream>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include "engine/cli/commands.h"
#include "engine/cli/terminal.h"
#include "engine/config.h"
#include "engine/engine.h"

namespace {

/// Reads a whole file; empty optional when it cannot be read.
std::optional<std::string> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

/// `tripgate engine --config FILE`.
int run_engine_command(const std::vector<std::string>& arguments) {
  if (arguments.size() != 3 || arguments[1] != "--config") {
    std::cerr << "usage: tripgate engine --config FILE\n";
    return tripgate::cli::exit_usage;
  }
  const std::optional<std::string> text = read_file(arguments[2]);
  if (!text) {
    std::cerr << "tripgate: " << arguments[2] << " cannot be read\n";
    return tripgate::cli::exit_usage;
  }
  const auto config = tripgate::parse_config(*text, arguments[2]);
  if (!config) {
    std::cerr << "tripgate: " << config.error().to_string() << '\n';
    return tripgate::cli::exit_usage;
  }
  return tripgate::run_engine(*config);
}

std::optional<std::string> environment(std::string_view name) {
  const char* const value = std::getenv(std::string(name).c_str());
  if (value == nullptr) return std::nullopt;
  return std::string(value);
}

}  // namespace

int main(int count, char** words) {
  try {
    const std::vector<std::string> arguments(words + 1, words + count);
    if (!arguments.empty() && arguments.front() == "engine") return run_engine_command(arguments);
    tripgate::cli::TerminalOutput out(std::cout, STDOUT_FILENO);
    tripgate::cli::TerminalOutput complain(std::cerr, STDERR_FILENO);
    return tripgate::cli::run_command(arguments, environment, out.stream(), complain.stream());
  } catch (const std::exception& error) {
    std::cerr << "tripgate: " << error.what() << '\n';
    return tripgate::cli::exit_refused;
  }
}
