// What must pass with our cmocka face and with the real libcmocka alike.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

namespace {

int send_bytes(int fd, const char* bytes, size_t size) {
  check_expected(fd);
  check_expected_ptr(bytes);
  check_expected(size);
  return mock_type(int);
}

const char* read_name() {
  return mock_ptr_type(const char*);
}

void open_door() {
  function_called();
}

void close_door() {
  function_called();
}

int is_twice(LargestIntegralType value, LargestIntegralType half) {
  return value == 2 * half;
}

void assertions_hold(void** /*state*/) {
  const LargestIntegralType primes[] = {2, 3, 5, 7};
  const char* none = nullptr;
  assert_true(1 + 1 == 2);
  assert_false(none);
  assert_null(none);
  assert_non_null(primes);
  assert_int_equal(-1, -1);
  assert_int_not_equal(1, 2);
  assert_ptr_equal(primes, primes);
  assert_ptr_not_equal(primes, primes + 1);
  assert_string_equal("left", "left");
  assert_string_not_equal("left", "right");
  assert_memory_equal("a\0b", "a\0b", 3);
  assert_memory_not_equal("a\0b", "a\0c", 3);
  assert_in_range(5, 5, 9);
  assert_not_in_range(4, 5, 9);
  assert_in_set(7, primes, 4);
  assert_not_in_set(9, primes, 4);
  assert_float_equal(0.5F, 0.5001F, 0.01F);
  assert_float_not_equal(0.5F, 0.6F, 0.01F);
  assert_return_code(0, 0);
}

void mocks_return_in_order(void** /*state*/) {
  will_return(read_name, "first");
  will_return_count(read_name, "again", 2);
  will_return_always(read_name, "rest");
  assert_string_equal(read_name(), "first");
  assert_string_equal(read_name(), "again");
  assert_string_equal(read_name(), "again");
  for (int i = 0; i < 9; ++i) assert_string_equal(read_name(), "rest");
}

void maybe_may_stay(void** /*state*/) {
  will_return_maybe(read_name, "never asked");
}

void parameters_are_checked(void** /*state*/) {
  const LargestIntegralType sizes[] = {3, 4};
  expect_value(send_bytes, fd, 7);
  expect_string(send_bytes, bytes, "abc");
  expect_in_set(send_bytes, size, sizes);
  will_return(send_bytes, 3);
  assert_int_equal(send_bytes(7, "abc", 3), 3);

  expect_in_range(send_bytes, fd, 1, 9);
  expect_memory(send_bytes, bytes, "a\0c", 3);
  expect_check(send_bytes, size, is_twice, 2);
  will_return(send_bytes, -1);
  assert_int_equal(send_bytes(9, "a\0c", 4), -1);
}

void relations_may_be_negative(void** /*state*/) {
  const LargestIntegralType sizes[] = {3, 4};
  expect_not_value(send_bytes, fd, 8);
  expect_not_string(send_bytes, bytes, "abd");
  expect_not_in_set(send_bytes, size, sizes);
  will_return(send_bytes, 0);
  assert_int_equal(send_bytes(7, "abc", 5), 0);

  expect_not_in_range(send_bytes, fd, 1, 6);
  expect_not_memory(send_bytes, bytes, "abd", 3);
  expect_any(send_bytes, size);
  will_return(send_bytes, 0);
  assert_int_equal(send_bytes(7, "abc", 5), 0);
}

void always_serves_every_call(void** /*state*/) {
  expect_any_always(send_bytes, fd);
  expect_any_count(send_bytes, bytes, 3);
  expect_value_count(send_bytes, size, 1, 3);
  will_return_count(send_bytes, 1, 3);
  for (int i = 0; i < 3; ++i) assert_int_equal(send_bytes(i, "x", 1), 1);
}

void calls_come_in_order(void** /*state*/) {
  expect_function_call(open_door);
  expect_function_calls(close_door, 2);
  open_door();
  close_door();
  close_door();
}

void ignored_calls_may_come(void** /*state*/) {
  ignore_function_calls(open_door);
  expect_function_call(close_door);
  open_door();
  close_door();
  open_door();
}

void checked_divide(int divisor) {
  mock_assert(divisor != 0, "divisor != 0", __FILE__, __LINE__);
}

void asserts_are_caught(void** /*state*/) {
  expect_assert_failure(checked_divide(0));
  checked_divide(1);
}

void freed_blocks_are_fine(void** /*state*/) {
  char* block = static_cast<char*>(test_malloc(8));
  block[7] = 'x';
  test_free(block);
  int* zeros = static_cast<int*>(test_calloc(2, sizeof(int)));
  assert_int_equal(zeros[1], 0);
  test_free(zeros);
}

int group_number = 0;

int open_group(void** state) {
  group_number = 40;
  *state = &group_number;
  return 0;
}

int close_group(void** state) {
  return *static_cast<int*>(*state) == 42 ? 0 : -1;
}

int add_one(void** state) {
  ++*static_cast<int*>(*state);
  return 0;
}

void setup_ran_before(void** state) {
  assert_int_equal(*static_cast<int*>(*state), 41);
}

void teardown_ran_before(void** state) {
  assert_int_equal(*static_cast<int*>(*state), 42);
}

void prestate_comes_along(void** state) {
  assert_string_equal(static_cast<const char*>(*state), "own state");
}

}  // namespace

int main() {
  static char own_state[] = "own state";
  const CMUnitTest plain[] = {
      cmocka_unit_test(assertions_hold),
      cmocka_unit_test(mocks_return_in_order),
      cmocka_unit_test(maybe_may_stay),
      cmocka_unit_test(parameters_are_checked),
      cmocka_unit_test(relations_may_be_negative),
      cmocka_unit_test(always_serves_every_call),
      cmocka_unit_test(calls_come_in_order),
      cmocka_unit_test(ignored_calls_may_come),
      cmocka_unit_test(asserts_are_caught),
      cmocka_unit_test(freed_blocks_are_fine),
      cmocka_unit_test_prestate(prestate_comes_along, own_state),
  };
  const CMUnitTest with_state[] = {
      cmocka_unit_test_setup_teardown(setup_ran_before, add_one, add_one),
      cmocka_unit_test(teardown_ran_before),
      cmocka_unit_test_prestate(teardown_ran_before, own_state),  // the group's state wins
  };
  const int failed = cmocka_run_group_tests(plain, nullptr, nullptr);
  return failed + cmocka_run_group_tests(with_state, open_group, close_group);
}
