// Registers the tests of a group with GoogleTest, whose filters, reports and exit code then count.
#include "test/lib/cmocka_group.h"

#include <gtest/gtest.h>

#include <string>

namespace tripgate::cmocka {
namespace {

void* group_state = nullptr;

class GroupTest : public testing::Test {
 public:
  explicit GroupTest(const CMUnitTest& test) : test_(test) {}

  void TestBody() override {
    // The group's state wins, as in libcmocka 1.1.5.
    void* state = group_state != nullptr ? group_state : test_.initial_state;
    if (!run_guarded(test_.setup_func, &state)) {
      ADD_FAILURE() << "the setup of " << test_.name << " failed";
    } else {
      run_guarded(test_.test_func, &state);
    }
    finish_test();
    if (!run_guarded(test_.teardown_func, &state)) {
      ADD_FAILURE() << "the teardown of " << test_.name << " failed";
    }
  }

 private:
  const CMUnitTest test_;
};

void register_tests(const char* group, const CMUnitTest* tests, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    const CMUnitTest test = tests[i];
    testing::RegisterTest(group, test.name, nullptr, nullptr, __FILE__, __LINE__,
                          [test]() -> testing::Test* { return new GroupTest(test); });
  }
}

}  // namespace

int run_group(const char* group, const CMUnitTest* tests, std::size_t count,
              CMFixtureFunction setup, CMFixtureFunction teardown) {
  static const bool is_ready = (testing::InitGoogleTest(), true);
  static_cast<void>(is_ready);
  register_tests(group, tests, count);
  // A program may run several groups, and GoogleTest would run those before once more.
  testing::GTEST_FLAG(filter) = std::string(group) + ".*";
  group_state = nullptr;
  if (!run_guarded(setup, &group_state)) return static_cast<int>(count);
  [[maybe_unused]] const int ignored = RUN_ALL_TESTS();
  int failed_count = testing::UnitTest::GetInstance()->failed_test_count();
  if (!run_guarded(teardown, &group_state)) ++failed_count;
  return failed_count;
}

}  // namespace tripgate::cmocka
