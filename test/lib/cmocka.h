// cmocka's interface on top of GoogleTest: tests in C style compile unchanged against this header
// and against the real one, and mean the same with both.
#pragma once

#include <cstdio>

#include "test/lib/cmocka_face.h"
#include "test/lib/cmocka_group.h"

using LargestIntegralType = tripgate::cmocka::Integral;
using CheckParameterValue = tripgate::cmocka::CheckFunction;

#define TRIPGATE_HERE (::tripgate::cmocka::Place{__FILE__, __LINE__})
#define TRIPGATE_INT(value) (::tripgate::cmocka::integral(value))
#define TRIPGATE_WANT(relation, ...) \
  (::tripgate::cmocka::Wanted{::tripgate::cmocka::Relation::relation, __VA_ARGS__})
#define TRIPGATE_OR_LEAVE(claim)                    \
  do {                                              \
    if (!(claim)) ::tripgate::cmocka::leave_test(); \
  } while (false)
#define TRIPGATE_REQUIRE(value, wanted) \
  TRIPGATE_OR_LEAVE(                    \
      ::tripgate::cmocka::is_right(TRIPGATE_INT(value), wanted, #value, TRIPGATE_HERE))
#define TRIPGATE_FAIL(message)                                  \
  do {                                                          \
    ::tripgate::cmocka::report_failure(TRIPGATE_HERE, message); \
    ::tripgate::cmocka::leave_test();                           \
  } while (false)
#define TRIPGATE_SET(values, count) \
  0, 0, {                           \
    (values), (values) + (count)    \
  }

#define cast_to_largest_integral_type(value) TRIPGATE_INT(value)
#define cast_ptr_to_largest_integral_type(value) TRIPGATE_INT(value)

// Assertions.
#define assert_true(value) TRIPGATE_REQUIRE((value) ? 1 : 0, TRIPGATE_WANT(not_equal, 0))
#define assert_false(value) TRIPGATE_REQUIRE((value) ? 1 : 0, TRIPGATE_WANT(equal, 0))
#define assert_null(value) TRIPGATE_REQUIRE(value, TRIPGATE_WANT(equal, 0))
#define assert_non_null(value) TRIPGATE_REQUIRE(value, TRIPGATE_WANT(not_equal, 0))
#define assert_int_equal(a, b) TRIPGATE_REQUIRE(a, TRIPGATE_WANT(equal, TRIPGATE_INT(b)))
#define assert_int_not_equal(a, b) TRIPGATE_REQUIRE(a, TRIPGATE_WANT(not_equal, TRIPGATE_INT(b)))
#define assert_ptr_equal(a, b) assert_int_equal(a, b)
#define assert_ptr_not_equal(a, b) assert_int_not_equal(a, b)
#define assert_string_equal(a, b) TRIPGATE_REQUIRE(a, TRIPGATE_WANT(same_text, TRIPGATE_INT(b)))
#define assert_string_not_equal(a, b) \
  TRIPGATE_REQUIRE(a, TRIPGATE_WANT(other_text, TRIPGATE_INT(b)))
#define assert_memory_equal(a, b, size) \
  TRIPGATE_REQUIRE(a, TRIPGATE_WANT(same_bytes, TRIPGATE_INT(b), TRIPGATE_INT(size)))
#define assert_memory_not_equal(a, b, size) \
  TRIPGATE_REQUIRE(a, TRIPGATE_WANT(other_bytes, TRIPGATE_INT(b), TRIPGATE_INT(size)))
#define assert_in_range(value, low, high) \
  TRIPGATE_REQUIRE(value, TRIPGATE_WANT(in_range, TRIPGATE_INT(low), TRIPGATE_INT(high)))
#define assert_not_in_range(value, low, high) \
  TRIPGATE_REQUIRE(value, TRIPGATE_WANT(not_in_range, TRIPGATE_INT(low), TRIPGATE_INT(high)))
#define assert_in_set(value, values, count) \
  TRIPGATE_REQUIRE(value, TRIPGATE_WANT(in_set, TRIPGATE_SET(values, count)))
#define assert_not_in_set(value, values, count) \
  TRIPGATE_REQUIRE(value, TRIPGATE_WANT(not_in_set, TRIPGATE_SET(values, count)))
#define assert_float_equal(a, b, epsilon) \
  TRIPGATE_OR_LEAVE(::tripgate::cmocka::is_close(a, b, epsilon, true, TRIPGATE_HERE))
#define assert_float_not_equal(a, b, epsilon) \
  TRIPGATE_OR_LEAVE(::tripgate::cmocka::is_close(a, b, epsilon, false, TRIPGATE_HERE))
#define assert_return_code(code, error) \
  TRIPGATE_OR_LEAVE(::tripgate::cmocka::is_success(code, error, #code, TRIPGATE_HERE))
#define fail() TRIPGATE_FAIL("fail()")
#define fail_msg(...) TRIPGATE_FAIL(::tripgate::cmocka::formatted(__VA_ARGS__))
#define skip()                                      \
  do {                                              \
    ::tripgate::cmocka::report_skip(TRIPGATE_HERE); \
    ::tripgate::cmocka::leave_test();               \
  } while (false)
#define print_message(...) static_cast<void>(std::printf(__VA_ARGS__))
#define print_error(...) static_cast<void>(std::fprintf(stderr, __VA_ARGS__))

// Values that mocks return.
#define will_return_count(function, value, count) \
  ::tripgate::cmocka::queue_return(#function, TRIPGATE_INT(value), count, TRIPGATE_HERE)
#define will_return(function, value) will_return_count(function, value, 1)
#define will_return_always(function, value) will_return_count(function, value, -1)
#define will_return_maybe(function, value) will_return_count(function, value, -2)
#define mock() ::tripgate::cmocka::take_return(__func__, TRIPGATE_HERE)
#define mock_type(type) (::tripgate::cmocka::returned<type>(mock()))
#define mock_ptr_type(type) (::tripgate::cmocka::returned<type>(mock()))

// Parameters that mocks expect.
#define TRIPGATE_EXPECT(function, parameter, count, wanted) \
  ::tripgate::cmocka::queue_parameter(#function, #parameter, wanted, count, TRIPGATE_HERE)
#define expect_any_count(f, p, count) TRIPGATE_EXPECT(f, p, count, TRIPGATE_WANT(any, 0))
#define expect_any(f, p) expect_any_count(f, p, 1)
#define expect_any_always(f, p) expect_any_count(f, p, -1)
#define expect_value_count(f, p, value, count) \
  TRIPGATE_EXPECT(f, p, count, TRIPGATE_WANT(equal, TRIPGATE_INT(value)))
#define expect_value(f, p, value) expect_value_count(f, p, value, 1)
#define expect_not_value_count(f, p, value, count) \
  TRIPGATE_EXPECT(f, p, count, TRIPGATE_WANT(not_equal, TRIPGATE_INT(value)))
#define expect_not_value(f, p, value) expect_not_value_count(f, p, value, 1)
#define expect_string_count(f, p, text, count) \
  TRIPGATE_EXPECT(f, p, count, TRIPGATE_WANT(same_text, TRIPGATE_INT(text)))
#define expect_string(f, p, text) expect_string_count(f, p, text, 1)
#define expect_not_string_count(f, p, text, count) \
  TRIPGATE_EXPECT(f, p, count, TRIPGATE_WANT(other_text, TRIPGATE_INT(text)))
#define expect_not_string(f, p, text) expect_not_string_count(f, p, text, 1)
#define expect_memory_count(f, p, bytes, size, count) \
  TRIPGATE_EXPECT(f, p, count, TRIPGATE_WANT(same_bytes, TRIPGATE_INT(bytes), TRIPGATE_INT(size)))
#define expect_memory(f, p, bytes, size) expect_memory_count(f, p, bytes, size, 1)
#define expect_not_memory_count(f, p, bytes, size, count) \
  TRIPGATE_EXPECT(f, p, count, TRIPGATE_WANT(other_bytes, TRIPGATE_INT(bytes), TRIPGATE_INT(size)))
#define expect_not_memory(f, p, bytes, size) expect_not_memory_count(f, p, bytes, size, 1)
#define expect_in_range_count(f, p, low, high, count) \
  TRIPGATE_EXPECT(f, p, count, TRIPGATE_WANT(in_range, TRIPGATE_INT(low), TRIPGATE_INT(high)))
#define expect_in_range(f, p, low, high) expect_in_range_count(f, p, low, high, 1)
#define expect_not_in_range_count(f, p, low, high, count) \
  TRIPGATE_EXPECT(f, p, count, TRIPGATE_WANT(not_in_range, TRIPGATE_INT(low), TRIPGATE_INT(high)))
#define expect_not_in_range(f, p, low, high) expect_not_in_range_count(f, p, low, high, 1)
// The two set macros take a real array, as cmocka's do.
#define TRIPGATE_ARRAY(values) TRIPGATE_SET(values, sizeof(values) / sizeof((values)[0]))
#define expect_in_set_count(f, p, values, count) \
  TRIPGATE_EXPECT(f, p, count, TRIPGATE_WANT(in_set, TRIPGATE_ARRAY(values)))
#define expect_in_set(f, p, values) expect_in_set_count(f, p, values, 1)
#define expect_not_in_set_count(f, p, values, count) \
  TRIPGATE_EXPECT(f, p, count, TRIPGATE_WANT(not_in_set, TRIPGATE_ARRAY(values)))
#define expect_not_in_set(f, p, values) expect_not_in_set_count(f, p, values, 1)
#define expect_check(f, p, function, value) \
  TRIPGATE_EXPECT(f, p, 1, TRIPGATE_WANT(checked_by, TRIPGATE_INT(value), 0, {}, function))
#define check_expected(p) \
  TRIPGATE_OR_LEAVE(      \
      ::tripgate::cmocka::is_parameter_right(__func__, #p, TRIPGATE_INT(p), TRIPGATE_HERE))
#define check_expected_ptr(p) check_expected(p)

// Calls in their order.
#define expect_function_calls(function, count) \
  ::tripgate::cmocka::queue_call(#function, count, TRIPGATE_HERE)
#define expect_function_call(function) expect_function_calls(function, 1)
#define expect_function_call_any(function) expect_function_calls(function, -1)
#define ignore_function_calls(function) expect_function_calls(function, -2)
#define function_called() \
  TRIPGATE_OR_LEAVE(::tripgate::cmocka::is_call_right(__func__, TRIPGATE_HERE))

// Asserts of the code under test: redirect them to mock_assert().
#define mock_assert(result, expression, source_file, source_line) \
  ::tripgate::cmocka::note_assert((result) != 0, expression,      \
                                  ::tripgate::cmocka::Place{source_file, source_line})
#define expect_assert_failure(call)                           \
  do {                                                        \
    if (setjmp(::tripgate::cmocka::expected_assert()) != 0) { \
      ::tripgate::cmocka::set_assert_expected(false);         \
    } else {                                                  \
      ::tripgate::cmocka::set_assert_expected(true);          \
      call;                                                   \
      ::tripgate::cmocka::set_assert_expected(false);         \
      TRIPGATE_FAIL("expected " #call " to assert");          \
    }                                                         \
  } while (false)

// Allocations that must be gone when the test ends.
#define test_malloc(size) ::tripgate::cmocka::allocate(size, TRIPGATE_HERE)
#define test_calloc(count, size) ::tripgate::cmocka::allocate((count) * (size), TRIPGATE_HERE)
#define test_realloc(block, size) ::tripgate::cmocka::reallocate(block, size, TRIPGATE_HERE)
#define test_free(block) TRIPGATE_OR_LEAVE(::tripgate::cmocka::release(block, TRIPGATE_HERE))

// Groups.
#define cmocka_unit_test(f) \
  { #f, f, nullptr, nullptr, nullptr }
#define cmocka_unit_test_setup(f, setup) \
  { #f, f, setup, nullptr, nullptr }
#define cmocka_unit_test_teardown(f, teardown) \
  { #f, f, nullptr, teardown, nullptr }
#define cmocka_unit_test_setup_teardown(f, setup, teardown) \
  { #f, f, setup, teardown, nullptr }
#define cmocka_unit_test_prestate(f, state) \
  { #f, f, nullptr, nullptr, state }
#define cmocka_unit_test_prestate_setup_teardown(f, setup, teardown, state) \
  { #f, f, setup, teardown, state }
#define cmocka_run_group_tests(tests, setup, teardown) \
  cmocka_run_group_tests_name(#tests, tests, setup, teardown)
#define cmocka_run_group_tests_name(name, tests, setup, teardown) \
  ::tripgate::cmocka::run_group(name, tests, sizeof(tests) / sizeof((tests)[0]), setup, teardown)
