// `datetime`: the day and the time in UTC, and days to count with, as java.time.LocalDate does.
#include <array>
#include <chrono>
#include <cstdio>
#include <memory>

#include "engine/functors/functor.h"

namespace tripgate {
namespace {

using jexl::Value;
using std::chrono::days;
using std::chrono::months;
using std::chrono::sys_days;
using std::chrono::year_month_day;

/// Days, months or years that one call may add; more leave the years that a date is made for.
constexpr std::int64_t kAmountMax = 1'000'000;
constexpr int kYearMax = 9999;

/// A day without a time; its text is yyyy-MM-dd.
class LocalDate final : public jexl::HostObject {
 public:
  explicit LocalDate(year_month_day day) : day_(day) {}

  std::optional<Value> property(std::string_view) const override { return std::nullopt; }

  std::optional<Result<Value, jexl::EvalError>> call(
      std::string_view name, std::span<const Value> arguments) const override {
    if (arguments.empty()) return get(name);
    if (arguments.size() != 1) return std::nullopt;
    if (!name.starts_with("plus") && !name.starts_with("minus")) return std::nullopt;
    const bool is_minus = name.starts_with("minus");
    return shift(name.substr(is_minus ? 5 : 4), arguments[0], is_minus ? -1 : 1);
  }

  std::string text() const override {
    std::array<char, 32> buffer{};
    const int size =
        std::snprintf(buffer.data(), buffer.size(), "%04d-%02u-%02u", static_cast<int>(day_.year()),
                      static_cast<unsigned>(day_.month()), static_cast<unsigned>(day_.day()));
    return {buffer.data(), static_cast<std::size_t>(size)};
  }

 private:
  [[nodiscard]] std::optional<Result<Value, jexl::EvalError>> get(std::string_view name) const {
    if (name == "toString") return Value::string(text());
    if (name == "getYear") return Value::int32(static_cast<int>(day_.year()));
    if (name == "getMonthValue") {
      return Value::int32(static_cast<std::int32_t>(static_cast<unsigned>(day_.month())));
    }
    if (name == "getDayOfMonth") {
      return Value::int32(static_cast<std::int32_t>(static_cast<unsigned>(day_.day())));
    }
    return std::nullopt;
  }

  [[nodiscard]] std::optional<Result<Value, jexl::EvalError>> shift(std::string_view unit,
                                                                    const Value& value,
                                                                    int sign) const {
    const auto wanted = jexl::to_long(value);
    if (!wanted) return wanted.error();
    if (*wanted > kAmountMax || *wanted < -kAmountMax) return functor_error("no such day");
    const int amount = static_cast<int>(*wanted) * sign;
    if (unit == "Days") return made(sys_days(day_) + days(amount));
    if (unit == "Weeks") return made(sys_days(day_) + days(7 * amount));
    if (unit == "Months") return made(clamped(amount));
    if (unit == "Years") return made(clamped(12 * amount));
    return std::nullopt;
  }

  /// The same day of another month, or the last one of a month that is too short.
  [[nodiscard]] year_month_day clamped(int month_count) const {
    const year_month_day moved = day_ + months(month_count);
    return moved.ok() ? moved : moved.year() / moved.month() / std::chrono::last;
  }

  static Result<Value, jexl::EvalError> made(year_month_day day) {
    const int year = static_cast<int>(day.year());
    if (year < 0 || year > kYearMax) return functor_error("no such day");
    return Value::object(std::make_shared<LocalDate>(day));
  }

  year_month_day day_;
};

std::chrono::sys_time<std::chrono::milliseconds> time_of(const FunctorCall& call) {
  return std::chrono::sys_time<std::chrono::milliseconds>(std::chrono::milliseconds(call.now_ms));
}

jexl::Outcome current_date(const FunctorCall& call) {
  const year_month_day today(std::chrono::floor<days>(time_of(call)));
  return Value::object(std::make_shared<LocalDate>(today));
}

/// yyyy-MM-dd'T'HH:mm:ss.SSSZ, whose Z is the offset +0000.
jexl::Outcome current_time(const FunctorCall& call) {
  const auto now = time_of(call);
  const auto midnight = std::chrono::floor<days>(now);
  const std::chrono::hh_mm_ss<std::chrono::milliseconds> time(now - midnight);
  std::array<char, 40> buffer{};
  const int size = std::snprintf(
      buffer.data(), buffer.size(), "T%02d:%02d:%02d.%03d+0000",
      static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
      static_cast<int>(time.seconds().count()), static_cast<int>(time.subseconds().count()));
  return Value::string(LocalDate(year_month_day(midnight)).text() +
                       std::string(buffer.data(), static_cast<std::size_t>(size)));
}

constexpr FunctorEntry kFunctions[] = {{"currentDate", 0, current_date},
                                       {"currentTime", 0, current_time}};

}  // namespace

std::span<const FunctorEntry> datetime_functions() {
  return kFunctions;
}

}  // namespace tripgate
