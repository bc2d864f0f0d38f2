// What must fail with our cmocka face and with the real libcmocka alike: the program succeeds only
// when every one of its tests has failed.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

namespace {

int number() {
  return mock_type(int);
}

void take(int value) {
  check_expected(value);
}

void first() {
  function_called();
}

void second() {
  function_called();
}

const LargestIntegralType kPrimes[] = {2, 3, 5, 7};

void wrong_int(void** /*state*/) {
  assert_int_equal(1, 2);
}
void wrong_not_int(void** /*state*/) {
  assert_int_not_equal(2, 2);
}
void wrong_truth(void** /*state*/) {
  assert_true(1 == 2);
}
void wrong_falsehood(void** /*state*/) {
  assert_false(1 == 1);
}
void wrong_null(void** /*state*/) {
  assert_null(kPrimes);
}
void wrong_text(void** /*state*/) {
  assert_string_equal("left", "right");
}
void wrong_other_text(void** /*state*/) {
  assert_string_not_equal("left", "left");
}
void wrong_bytes(void** /*state*/) {
  assert_memory_equal("a\0b", "a\0c", 3);
}
void wrong_range(void** /*state*/) {
  assert_in_range(10, 5, 9);
}
void wrong_outside(void** /*state*/) {
  assert_not_in_range(9, 5, 9);
}
void wrong_set(void** /*state*/) {
  assert_in_set(4, kPrimes, 4);
}
void wrong_other_set(void** /*state*/) {
  assert_not_in_set(5, kPrimes, 4);
}
void wrong_float(void** /*state*/) {
  assert_float_equal(0.5F, 0.6F, 0.01F);
}
void wrong_return_code(void** /*state*/) {
  assert_return_code(-1, 2);
}
void plain_failure(void** /*state*/) {
  fail();
}
void worded_failure(void** /*state*/) {
  fail_msg("%d words", 2);
}
void value_left(void** /*state*/) {
  will_return(number, 1);
}
void always_never_used(void** /*state*/) {
  will_return_always(number, 1);
}
void no_value(void** /*state*/) {
  static_cast<void>(number());
}
void one_value_too_few(void** /*state*/) {
  will_return(number, 1);
  static_cast<void>(number());
  static_cast<void>(number());
}
void wrong_parameter(void** /*state*/) {
  expect_value(take, value, 1);
  take(2);
}
void no_expectation(void** /*state*/) {
  take(2);
}
void expectation_left(void** /*state*/) {
  expect_value(take, value, 1);
}
void call_left(void** /*state*/) {
  expect_function_call(first);
}
void unexpected_call(void** /*state*/) {
  first();
}
void calls_out_of_order(void** /*state*/) {
  expect_function_call(first);
  expect_function_call(second);
  second();
  first();
}
void no_assert(void** /*state*/) {
  expect_assert_failure(static_cast<void>(0));
}
void leak(void** /*state*/) {
  static_cast<void>(test_malloc(8));
}

int refuse(void** /*state*/) {
  return -1;
}
void never_runs(void** /*state*/) {}

}  // namespace

int main() {
  const CMUnitTest tests[] = {
      cmocka_unit_test(wrong_int),
      cmocka_unit_test(wrong_not_int),
      cmocka_unit_test(wrong_truth),
      cmocka_unit_test(wrong_falsehood),
      cmocka_unit_test(wrong_null),
      cmocka_unit_test(wrong_text),
      cmocka_unit_test(wrong_other_text),
      cmocka_unit_test(wrong_bytes),
      cmocka_unit_test(wrong_range),
      cmocka_unit_test(wrong_outside),
      cmocka_unit_test(wrong_set),
      cmocka_unit_test(wrong_other_set),
      cmocka_unit_test(wrong_float),
      cmocka_unit_test(wrong_return_code),
      cmocka_unit_test(plain_failure),
      cmocka_unit_test(worded_failure),
      cmocka_unit_test(value_left),
      cmocka_unit_test(always_never_used),
      cmocka_unit_test(no_value),
      cmocka_unit_test(one_value_too_few),
      cmocka_unit_test(wrong_parameter),
      cmocka_unit_test(no_expectation),
      cmocka_unit_test(expectation_left),
      cmocka_unit_test(call_left),
      cmocka_unit_test(unexpected_call),
      cmocka_unit_test(calls_out_of_order),
      cmocka_unit_test(no_assert),
      cmocka_unit_test(leak),
      cmocka_unit_test_setup(never_runs, refuse),
  };
  const int count = sizeof(tests) / sizeof(tests[0]);
  const int failed = cmocka_run_group_tests(tests, nullptr, nullptr);
  printf("%d of %d tests failed, as they all must\n", failed, count);
  return failed == count ? 0 : 1;
}
