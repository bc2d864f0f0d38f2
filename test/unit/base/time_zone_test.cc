// Readings of clocks around the world as Unix time.
#include "engine/base/time_zone.h"

#include <gtest/gtest.h>

namespace tripgate {
namespace {

using std::chrono::hours;
using std::chrono::local_days;
using std::chrono::minutes;
using std::chrono::year;

std::string error_of(const std::string& zone, int of_year = 2026) {
  const auto time = unix_time_of(local_days(year(of_year) / 7 / 1), zone);
  return time ? std::string() : time.error().message;
}

TEST(TimeZone, RefusesWhatTheSystemDoesNotHave) {
  for (const char* zone : {"", "Nowhere/City", "../zoneinfo/UTC", "/etc/passwd", "Europe"}) {
    EXPECT_EQ(error_of(zone), "Unknown time zone: " + std::string(zone));
  }
}

TEST(TimeZone, RefusesTimesBeyondThoseItKnows) {
  EXPECT_EQ(error_of("Europe/Berlin", 2300),
            "The system does not know times of Europe/Berlin so far ahead");
  EXPECT_EQ(error_of("UTC", 2300), "");
}

TEST(TimeZone, KnowsSummerAndWinter) {
  const auto noon = [](int month) {
    return local_days(year(2026) / month / 15) + hours(12) + minutes(0);
  };
  // 2026-01-15 and 2026-07-15, 12:00 UTC.
  const UnixMs winter = 1'768'478'400'000;
  const UnixMs summer = 1'784'116'800'000;
  EXPECT_EQ(*unix_time_of(noon(1), "UTC"), winter);
  EXPECT_EQ(*unix_time_of(noon(1), "Europe/Berlin"), winter - 3'600'000);
  EXPECT_EQ(*unix_time_of(noon(7), "Europe/Berlin"), summer - 2 * 3'600'000);
  EXPECT_EQ(*unix_time_of(noon(1), "America/New_York"), winter + 5 * 3'600'000);
  EXPECT_EQ(*unix_time_of(noon(7), "America/New_York"), summer + 4 * 3'600'000);
  EXPECT_EQ(*unix_time_of(noon(7), "Asia/Kolkata"), summer - 19'800'000);
}

TEST(TimeZone, FollowsTheClockAcrossAChange) {
  // In Berlin 2026-03-29 02:00 is followed by 03:00: 01:00 UTC.
  const local_days day(year(2026) / 3 / 29);
  const UnixMs change = 1'774'746'000'000;
  EXPECT_EQ(*unix_time_of(day + hours(1) + minutes(59), "Europe/Berlin"), change - 60'000);
  EXPECT_EQ(*unix_time_of(day + hours(3) + minutes(1), "Europe/Berlin"), change + 60'000);
}

}  // namespace
}  // namespace tripgate
