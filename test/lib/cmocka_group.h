// Groups of C-style tests, run as tests of GoogleTest.
#pragma once

#include <cstddef>

using CMUnitTestFunction = void (*)(void** state);
using CMFixtureFunction = int (*)(void** state);

/// One test of a group; the names are cmocka's.
struct CMUnitTest {
  const char* name = nullptr;
  CMUnitTestFunction test_func = nullptr;
  CMFixtureFunction setup_func = nullptr;
  CMFixtureFunction teardown_func = nullptr;
  void* initial_state = nullptr;
};

namespace tripgate::cmocka {

/// Runs the tests in their order between the group's fixtures. Returns how many failed.
[[nodiscard]] int run_group(const char* group, const CMUnitTest* tests, std::size_t count,
                            CMFixtureFunction setup, CMFixtureFunction teardown);

/// Judges what is left in the queues at the end of a test, and empties them.
void finish_test();

/// Runs the body; a failed assertion inside of it returns here.
bool run_guarded(CMUnitTestFunction body, void** state);
bool run_guarded(CMFixtureFunction fixture, void** state);

}  // namespace tripgate::cmocka
