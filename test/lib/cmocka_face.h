// What stands behind the macros of cmocka.h: queues of values, expectations and calls, and the way
// out of a failed test. One set of queues, emptied and judged at the end of every test.
#pragma once

#include <csetjmp>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <type_traits>
#include <vector>

namespace tripgate::cmocka {

/// Everything that is compared travels as one number, as in cmocka.
using Integral = std::uintmax_t;

/// Where in a test's source something was said.
struct Place {
  const char* file = "";
  int line = 0;
};

/// Counts of a queued value other than "so many times".
inline constexpr int kAlways = -1;  // any number of times, but at least once
inline constexpr int kMaybe = -2;   // any number of times

template <class T>
[[nodiscard]] Integral integral(T value) {
  if constexpr (std::is_pointer_v<T>) {
    return reinterpret_cast<std::uintptr_t>(value);
  } else if constexpr (std::is_null_pointer_v<T>) {
    return 0;
  } else {
    return static_cast<Integral>(value);
  }
}

/// The other way round, to the type that a mock returns.
template <class T>
[[nodiscard]] T returned(Integral value) {
  if constexpr (std::is_pointer_v<T>) {
    // cmocka's interface carries pointers as numbers. NOLINTNEXTLINE(performance-no-int-to-ptr)
    return reinterpret_cast<T>(static_cast<std::uintptr_t>(value));
  } else {
    return static_cast<T>(value);
  }
}

enum class Relation {
  any,
  equal,
  not_equal,
  in_range,
  not_in_range,
  in_set,
  not_in_set,
  same_text,
  other_text,
  same_bytes,
  other_bytes,
  checked_by,
};

using CheckFunction = int (*)(Integral value, Integral check_value);

/// One thing that a value must be.
struct Wanted {
  Relation relation = Relation::any;
  Integral first = 0;              // value, lower bound, text, bytes or check value
  Integral last = 0;               // upper bound, or bytes in a block
  std::vector<Integral> set = {};  // of the two set relations
  CheckFunction check = nullptr;
};

/// Says that the running test failed; leave_test() must follow.
void report_failure(const Place& place, const std::string& message);
void report_skip(const Place& place);

/// Leaves the running test by longjmp, as cmocka does, because the code under test may be compiled
/// without exceptions. No object with a destructor may be alive in the frames that it skips.
[[noreturn]] void leave_test();

/// True when value is what is wanted; else says what is wrong. `what` names the value.
[[nodiscard]] bool is_right(Integral value, const Wanted& wanted, const char* what,
                            const Place& place);
[[nodiscard]] bool is_close(double left, double right, double epsilon, bool must_be_close,
                            const Place& place);
[[nodiscard]] bool is_success(std::intmax_t code, std::intmax_t error, const char* what,
                              const Place& place);

void queue_return(const char* function, Integral value, int count, const Place& place);
[[nodiscard]] Integral take_return(const char* function, const Place& place);

void queue_parameter(const char* function, const char* parameter, const Wanted& wanted, int count,
                     const Place& place);
[[nodiscard]] bool is_parameter_right(const char* function, const char* parameter, Integral value,
                                      const Place& place);

void queue_call(const char* function, int count, const Place& place);
[[nodiscard]] bool is_call_right(const char* function, const Place& place);

/// For expect_assert_failure: the place that mock_assert() returns to.
[[nodiscard]] std::jmp_buf& expected_assert();
void set_assert_expected(bool is_expected);
void note_assert(bool result, const char* expression, const Place& place);

[[nodiscard]] void* allocate(std::size_t size, const Place& place);
[[nodiscard]] void* reallocate(void* block, std::size_t size, const Place& place);
[[nodiscard]] bool release(void* block, const Place& place);

[[nodiscard]] std::string formatted(const char* format, ...) __attribute__((format(printf, 1, 2)));

}  // namespace tripgate::cmocka
