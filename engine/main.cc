// The program's table of contents: subcommand -> function.
#include <cstdio>

int main() {
  std::puts("tripgate");
  return 0;
}
