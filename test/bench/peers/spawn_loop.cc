// What running programs costs without an engine: posix_spawn and wait of `bash FILE`, output to a
// file, so many at a time. Prints the seconds that all took.
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

extern char** environ;

namespace {

void spawn_one(const std::string& directory, int number) {
  const std::string script = directory + "/true.sh";
  const std::string output = directory + "/" + std::to_string(number) + ".log";
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output.c_str(),
                                   O_WRONLY | O_CREAT | O_TRUNC, 0600);
  posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  std::string shell = "/bin/bash";
  std::string path = script;
  char* const arguments[] = {shell.data(), path.data(), nullptr};
  pid_t child = 0;
  if (posix_spawn(&child, shell.c_str(), &actions, nullptr, arguments, environ) != 0) std::abort();
  posix_spawn_file_actions_destroy(&actions);
}

}  // namespace

int main(int count_of_arguments, char** arguments) {
  if (count_of_arguments != 4) {
    std::fprintf(stderr, "usage: spawn_loop DIRECTORY COUNT PARALLEL (DIRECTORY/true.sh exists)\n");
    return 2;
  }
  const std::string directory = arguments[1];
  const int count = std::atoi(arguments[2]);
  const int parallel = std::atoi(arguments[3]);
  const auto begin = std::chrono::steady_clock::now();
  int running = 0;
  for (int number = 0; number < count; ++number) {
    if (running == parallel) {
      wait(nullptr);
      --running;
    }
    spawn_one(directory, number);
    ++running;
  }
  while (running-- > 0) wait(nullptr);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  std::printf("%.4f\n", took.count());
  return 0;
}
