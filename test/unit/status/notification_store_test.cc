// Records of notifications: damage first.
#include "engine/status/notification_store.h"

#include <gtest/gtest.h>

namespace tripgate {
namespace {

PendingNotification notification() {
  PendingNotification pending;
  pending.rule = "tell_ops";
  RunEvent& event = pending.event;
  event.type = RunEventType::step_failed;
  event.node_id = "n0de";
  event.at_ms = 1700000001234;
  event.account = "acc";
  event.pipeline_name = "De\"ploy";
  event.execution_id = "_iodHvEhT2y";
  event.url = "http://localhost/";
  event.run_sequence = 12;
  event.start_ms = 1700000000000;
  event.stage = EventNode{"build", "Build", "Running", "", 1, 0};
  event.step = EventNode{"compile", "Compile", "Failed", "exit\n<3>", 2, 3};
  return pending;
}

TEST(NotificationStore, RefusesDamagedRecords) {
  const std::string bytes = encode_notification(notification());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(decode_notification(bytes.substr(0, size))) << size;
  }
  EXPECT_FALSE(decode_notification(bytes + "x"));
  std::string newer = bytes;
  newer[0] = 3;
  EXPECT_FALSE(decode_notification(newer));
}

TEST(NotificationStore, GivesBackWhatItTook) {
  const std::string bytes = encode_notification(notification());
  const auto decoded = decode_notification(bytes);
  ASSERT_TRUE(decoded);
  EXPECT_EQ(encode_notification(*decoded), bytes);
  EXPECT_EQ(decoded->event.step->failure, "exit\n<3>");
  EXPECT_EQ(notification_key(decoded->event, decoded->rule),
            "notify-StepFailed-n0de-1700000001234-tell_ops");
}

}  // namespace
}  // namespace tripgate
