// Listeners: what ends them, what they look past, and what they have seen after a restart.
#include "engine/run/event_listener.h"
#include "engine/run/event_roots.h"
#include "shared/event_head.h"
#include "test/lib/machine_stand.h"

namespace tripgate {
namespace {

using std::chrono::hours;

std::string listener_yaml(const std::string& criteria, const std::string& keys = {}) {
  return typed_step_yaml("l", "EventListener",
                         "webhookIdentifier: built, successCriteria: '" + criteria + "'" +
                             (keys.empty() ? "" : ", " + keys),
                         "timeout: 1d");
}

class MachineListener : public MachineStand {
 protected:
  void offer(const std::string& body, const std::string& header = "") {
    EventHead head;
    head.account = "acc";
    const EventHeader sent{"X-Team", header};
    std::vector<std::uint8_t> bytes(head.encoded_size() + encoded_size(sent));
    ByteWriter writer(bytes);
    encode_event_head(head, 1, writer);
    encode_event_header(sent, writer);
    const jexl::Value event = listened_event(as_text(bytes), body);
    machine_->offer_event(node("l").number, ++newest_event, &event, now_ms);
    advance(hours(0));
  }

  std::uint64_t last_seen() {
    const auto listener = decode_listener(node("l").instance);
    EXPECT_TRUE(listener);
    return listener ? listener->last_event : 0;
  }
};

TEST_F(MachineListener, GoesOnWaitingAfterEventsThatBreakItsCriteria) {
  begin(stage_yaml("s", listener_yaml("<+event.payload.state.length()> > 2")));
  for (const char* body : {"", "[]", "7", "{\"state\":null}", "not json", "{\"state\":{}}"}) {
    offer(body);
    EXPECT_EQ(status("l"), "AsyncWaiting") << body;
  }
  EXPECT_EQ(last_seen(), 6u);
  offer(R"({"state":"done"})");
  EXPECT_EQ(status("l"), "Success");
}

TEST_F(MachineListener, NeverEvaluatesWhatASenderWrites) {
  begin(stage_yaml("s", listener_yaml("<+event.payload.ok> == \"7\"")));
  offer(R"({"ok":"<+7>"})");
  offer(R"({"ok":"3 + 4"})");
  offer(R"({"ok":"<+event.payload.n>","n":"7"})");
  offer(R"({"ok":"\" == \""})");
  EXPECT_EQ(status("l"), "AsyncWaiting");
  offer(R"({"ok":"7"})");
  EXPECT_EQ(status("l"), "Success");
}

TEST_F(MachineListener, FailsWhenAnEventMeetsItsFailureCriteria) {
  begin(stage_yaml("s", listener_yaml("<+event.payload.state> == \"good\"",
                                      "failureCriteria: '<+event.headers[\"x-team\"]> == "
                                      "\"red\"'")));
  offer(R"({"state":"bad"})", "blue");
  EXPECT_EQ(status("l"), "AsyncWaiting");
  offer(R"({"state":"bad"})", "red");
  EXPECT_EQ(status("l"), "Failed");
  EXPECT_EQ(node("l").failure.message, "An event met the failure criteria of the listener");
}

TEST_F(MachineListener, PublishesItsOutputs) {
  begin(stage_yaml("s", listener_yaml("<+event.payload.id> == <+pipeline.variables.id>",
                                      "outputVariables: [{name: tag, type: String, value: "
                                      "<+event.payload.tag>}, {name: none, type: String, value: "
                                      "<+event.payload.none>}]") +
                            ", " +
                            step_yaml("a",
                                      "when: {stageStatus: Success, condition: "
                                      "'<+execution.steps.l.output.outputVariables.tag> == "
                                      "\"v1\"'}")),
        "  variables: [{name: id, type: String, value: x7}]\n");
  offer(R"({"id":"x8","tag":"v0"})");
  offer(R"({"id":"x7","tag":"v1"})");
  EXPECT_EQ(node("l").outcomes.front().second, R"({"outputVariables":{"tag":"v1"}})");
  EXPECT_EQ(at_work(), "a");
}

TEST_F(MachineListener, ComparesEventsWithItsInputs) {
  begin(stage_yaml("s", listener_yaml("<+event.payload.id> == <+spec.inputVariables.id>",
                                      "inputVariables: [{name: id, type: String, value: "
                                      "x-<+pipeline.variables.id>}], outputVariables: [{name: tag, "
                                      "type: String, value: <+step.spec.inputVariables.id>}]")),
        "  variables: [{name: id, type: String, value: x7}]\n");
  offer(R"({"id":"<+spec.inputVariables.id>"})");
  EXPECT_EQ(status("l"), "AsyncWaiting");
  offer(R"({"id":"x-x7"})");
  EXPECT_EQ(status("l"), "Success");
  EXPECT_EQ(node("l").outcomes.front().second, R"({"outputVariables":{"tag":"x-x7"}})");
}

TEST_F(MachineListener, WaitsForEventsBehindThoseThatWereThere) {
  newest_event = 41;
  begin(stage_yaml("s", listener_yaml("<+event.payload.ok>")));
  EXPECT_EQ(last_seen(), 41u);
  ASSERT_EQ(other_effects_.size(), 1u);
  EXPECT_EQ(other_effects_.front().type, RunEffect::Type::listen);
  offer("{}");
  restart();
  ASSERT_EQ(other_effects_.size(), 2u);
  EXPECT_EQ(other_effects_.back().type, RunEffect::Type::listen);
  EXPECT_EQ(last_seen(), 42u);
  machine_->offer_event(node("l").number, 43, nullptr, now_ms);
  EXPECT_EQ(last_seen(), 43u);
  offer(R"({"ok":true})");
  EXPECT_EQ(run_status(), "Success");
}

TEST_F(MachineListener, ExpiresAtItsTimeout) {
  begin(stage_yaml("s", listener_yaml("<+event.payload.ok>")));
  advance(hours(24));
  EXPECT_EQ(run_status(), "Expired");
  offer(R"({"ok":true})");
  EXPECT_EQ(status("l"), "Expired");
}

}  // namespace
}  // namespace tripgate
