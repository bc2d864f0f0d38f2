// The queues of the cmocka face. A failed assertion is reported to GoogleTest and then leaves the
// test by longjmp, so that mocks may fail from code without exceptions.
#include "test/lib/cmocka_face.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdarg>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <map>
#include <sstream>

#include "test/lib/cmocka.h"

namespace tripgate::cmocka {
namespace {

/// Something queued for `count` uses, or kAlways, or kMaybe.
struct Uses {
  int count = 1;
  bool was_used = false;
  Place place;

  [[nodiscard]] bool is_owed() const { return count > 0 || (count == kAlways && !was_used); }
};

struct QueuedReturn {
  Uses uses;
  Integral value = 0;
};

struct QueuedParameter {
  Uses uses;
  Wanted wanted;
};

struct QueuedCall {
  Uses uses;
  std::string function;
};

struct Queues {
  std::map<std::string, std::deque<QueuedReturn>> returns;
  std::map<std::string, std::deque<QueuedParameter>> parameters;
  std::deque<QueuedCall> calls;
  std::map<void*, Place> blocks;
};

Queues queues;                // of the running test
std::jmp_buf way_out;         // of the running test
std::jmp_buf assert_way_out;  // of expect_assert_failure
bool is_assert_expected = false;

/// Takes one use; true when the queued thing is spent.
bool spend(Uses& uses) {
  uses.was_used = true;
  if (uses.count > 0) --uses.count;
  return uses.count == 0;
}

std::string text_of(Integral value) {
  const char* text = returned<const char*>(value);
  return text == nullptr ? "NULL" : '"' + std::string(text) + '"';
}

bool is_same_text(Integral left, Integral right) {
  const char* a = returned<const char*>(left);
  const char* b = returned<const char*>(right);
  if (a == nullptr || b == nullptr) return a == b;
  return std::strcmp(a, b) == 0;
}

bool is_same_block(Integral left, const Wanted& wanted) {
  return std::memcmp(returned<const void*>(left), returned<const void*>(wanted.first),
                     static_cast<std::size_t>(wanted.last)) == 0;
}

bool is_in_set(Integral value, const Wanted& wanted) {
  return std::find(wanted.set.begin(), wanted.set.end(), value) != wanted.set.end();
}

bool is_met(Integral value, const Wanted& wanted) {
  const bool is_between = value >= wanted.first && value <= wanted.last;
  switch (wanted.relation) {
    case Relation::any:
      return true;
    case Relation::equal:
      return value == wanted.first;
    case Relation::not_equal:
      return value != wanted.first;
    case Relation::in_range:
      return is_between;
    case Relation::not_in_range:
      return !is_between;
    case Relation::in_set:
      return is_in_set(value, wanted);
    case Relation::not_in_set:
      return !is_in_set(value, wanted);
    case Relation::same_text:
      return is_same_text(value, wanted.first);
    case Relation::other_text:
      return !is_same_text(value, wanted.first);
    case Relation::same_bytes:
      return is_same_block(value, wanted);
    case Relation::other_bytes:
      return !is_same_block(value, wanted);
    case Relation::checked_by:
      return wanted.check(value, wanted.first) != 0;
  }
  return false;
}

std::string complaint(Integral value, const Wanted& wanted, const std::string& what) {
  std::ostringstream text;
  text << what << " is ";
  if (wanted.relation == Relation::same_text || wanted.relation == Relation::other_text) {
    text << text_of(value) << (wanted.relation == Relation::same_text ? ", not " : ", as well as ")
         << text_of(wanted.first);
  } else {
    text << value << " (0x" << std::hex << value << std::dec << "), wanted ";
    text << (wanted.relation == Relation::not_equal ? "anything but " : "") << wanted.first;
    if (wanted.last != 0) text << " to " << wanted.last;
  }
  return text.str();
}

template <class Queue>
void judge_rest(const std::string& name, const Queue& queue, const char* what) {
  for (const auto& queued : queue) {
    if (queued.uses.is_owed()) report_failure(queued.uses.place, name + what);
  }
}

}  // namespace

std::string formatted(const char* format, ...) {
  char text[1024];
  va_list arguments;
  va_start(arguments, format);
  // A false alarm of clang 14: va_start did it. NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized)
  std::vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  return text;
}

void report_failure(const Place& place, const std::string& message) {
  GTEST_MESSAGE_AT_(place.file, place.line, message.c_str(),
                    testing::TestPartResult::kFatalFailure);
}

void report_skip(const Place& place) {
  GTEST_MESSAGE_AT_(place.file, place.line, "skipped", testing::TestPartResult::kSkip);
}

void leave_test() {
  std::longjmp(way_out, 1);
}

bool is_right(Integral value, const Wanted& wanted, const char* what, const Place& place) {
  if (is_met(value, wanted)) return true;
  report_failure(place, complaint(value, wanted, what));
  return false;
}

bool is_close(double left, double right, double epsilon, bool must_be_close, const Place& place) {
  const bool are_close = std::fabs(left - right) <= epsilon;
  if (are_close == must_be_close) return true;
  report_failure(place, formatted("%g and %g are %s", left, right, are_close ? "close" : "apart"));
  return false;
}

bool is_success(std::intmax_t code, std::intmax_t error, const char* what, const Place& place) {
  if (code >= 0) return true;
  report_failure(place,
                 formatted("%s is %jd: %s", what, code, std::strerror(static_cast<int>(error))));
  return false;
}

void queue_return(const char* function, Integral value, int count, const Place& place) {
  queues.returns[function].push_back({{count, false, place}, value});
}

Integral take_return(const char* function, const Place& place) {
  auto& queue = queues.returns[function];
  if (queue.empty()) {
    report_failure(place, std::string("no will_return() for ") + function);
    leave_test();
  }
  const Integral value = queue.front().value;
  if (spend(queue.front().uses)) queue.pop_front();
  return value;
}

void queue_parameter(const char* function, const char* parameter, const Wanted& wanted, int count,
                     const Place& place) {
  queues.parameters[std::string(function) + '.' + parameter].push_back(
      {{count, false, place}, wanted});
}

bool is_parameter_right(const char* function, const char* parameter, Integral value,
                        const Place& place) {
  const std::string name = std::string(function) + '.' + parameter;
  auto& queue = queues.parameters[name];
  if (queue.empty()) {
    report_failure(place, "no expect_*() for " + name);
    return false;
  }
  const QueuedParameter expected = queue.front();
  if (spend(queue.front().uses)) queue.pop_front();
  return is_right(value, expected.wanted, name.c_str(), expected.uses.place);
}

void queue_call(const char* function, int count, const Place& place) {
  queues.calls.push_back({{count, false, place}, function});
}

bool is_call_right(const char* function, const Place& place) {
  for (auto call = queues.calls.begin(); call != queues.calls.end(); ++call) {
    if (call->function == function) {
      if (spend(call->uses)) queues.calls.erase(call);
      return true;
    }
    if (call->uses.is_owed()) {
      report_failure(place, "expected a call of " + call->function + ", not of " + function);
      return false;
    }
  }
  report_failure(place, std::string("no expect_function_call() for ") + function);
  return false;
}

std::jmp_buf& expected_assert() {
  return assert_way_out;
}

void set_assert_expected(bool is_expected) {
  is_assert_expected = is_expected;
}

void note_assert(bool result, const char* expression, const Place& place) {
  if (result) return;
  if (is_assert_expected) std::longjmp(assert_way_out, 1);
  report_failure(place, std::string("assertion failed: ") + expression);
  leave_test();
}

void* allocate(std::size_t size, const Place& place) {
  void* block = std::calloc(1, size == 0 ? 1 : size);
  queues.blocks[block] = place;
  return block;
}

void* reallocate(void* block, std::size_t size, const Place& place) {
  queues.blocks.erase(block);
  void* moved = std::realloc(block, size == 0 ? 1 : size);
  queues.blocks[moved] = place;
  return moved;
}

bool release(void* block, const Place& place) {
  if (block != nullptr && queues.blocks.erase(block) == 0) {
    report_failure(place, "test_free() of a foreign block");
    return false;
  }
  std::free(block);
  return true;
}

void finish_test() {
  Queues rest;
  std::swap(rest, queues);
  for (const auto& [name, queue] : rest.returns) judge_rest(name, queue, ": value never returned");
  for (const auto& [name, queue] : rest.parameters) judge_rest(name, queue, ": never checked");
  for (const QueuedCall& call : rest.calls) {
    if (call.uses.is_owed()) report_failure(call.uses.place, call.function + ": never called");
  }
  for (const auto& [block, place] : rest.blocks) {
    report_failure(place, "a block allocated here was never freed");
    std::free(block);
  }
}

bool run_guarded(CMUnitTestFunction body, void** state) {
  if (setjmp(way_out) != 0) return false;
  body(state);
  return true;
}

bool run_guarded(CMFixtureFunction fixture, void** state) {
  if (fixture == nullptr) return true;
  if (setjmp(way_out) != 0) return false;
  return fixture(state) == 0;
}

}  // namespace tripgate::cmocka
