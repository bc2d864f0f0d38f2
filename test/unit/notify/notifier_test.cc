// The notifier with a runner that runs nothing and a clock that a test moves.
#include "engine/notify/notifier.h"

#include <gtest/gtest.h>

#include "engine/base/errc.h"
#include "test/lib/fake_command_runner.h"

namespace tripgate {
namespace {

using Outcome = DeliveryTry::Outcome;

class NotifierTest : public ::testing::Test {
 protected:
  NotifierTest() { restart(); }

  // As after a restart of the engine: a notifier that knows nothing.
  void restart() {
    CallSettings settings;
    settings.program = "/call";
    settings.smtp.emplace();
    settings.smtp->from = "ci@b";
    settings.smtp->user = "u";
    notifier_.emplace(
        Notifier::Parts{.commands = commands_,
                        .settings = settings,
                        .reveal_password = [this]() -> Result<SecretText, Diagnostic> {
                          if (!has_password_) return Diagnostic("no secret account.smtp");
                          return SecretText(std::string_view("hunter2"));
                        },
                        .after =
                            [this](std::chrono::milliseconds wait, std::function<void()> call) {
                              waits_.push_back(wait);
                              later_.push_back(std::move(call));
                            },
                        .on_settled =
                            [this](const Notification& notification, const DeliveryTry& outcome) {
                              settled_.emplace_back(notification.key, outcome);
                            }});
  }

  static Notification webhook(const std::string& key) {
    Notification notification;
    notification.key = key;
    notification.execution_id = "execution";
    notification.rule.url = "https://ops.example/";
    notification.body = "{}";
    notification.secrets = {"s3cret"};
    return notification;
  }

  static StepResult answered(int code) {
    StepResult step;
    step.exit_code = 0;
    CallResult answer;
    answer.response_code = code;
    step.result_text = write_call_result(answer);
    return step;
  }

  bool end(const std::string& key, std::uint32_t number, int code) {
    return commands_.end({"execution", key, number}, answered(code));
  }

  void pass_wait() {
    ASSERT_FALSE(later_.empty());
    const auto call = std::move(later_.front());
    later_.pop_front();
    call();
  }

  FakeCommandRunner commands_;
  bool has_password_ = true;
  std::vector<std::chrono::milliseconds> waits_;
  std::deque<std::function<void()>> later_;
  std::vector<std::pair<std::string, DeliveryTry>> settled_;
  std::optional<Notifier> notifier_;
};

TEST_F(NotifierTest, GivesUpAfterTheLastTry) {
  EXPECT_TRUE(notifier_->offer(webhook("a")));
  for (std::uint32_t number = 0; number < 3; ++number) {
    EXPECT_TRUE(end("a", number, 503));
    pass_wait();
  }
  EXPECT_TRUE(settled_.empty());
  EXPECT_TRUE(end("a", 3, 503));
  EXPECT_TRUE(later_.empty());
  ASSERT_EQ(settled_.size(), 1U);
  EXPECT_EQ(settled_[0].second.outcome, Outcome::may_succeed_later);
  EXPECT_EQ(notifier_->pending_count(), 0U);
  EXPECT_TRUE(std::ranges::equal(waits_, kDeliveryWaits));
}

TEST_F(NotifierTest, DoesNotRepeatWhatIsHopeless) {
  EXPECT_TRUE(notifier_->offer(webhook("a")));
  EXPECT_TRUE(end("a", 0, 404));
  EXPECT_TRUE(later_.empty());
  ASSERT_EQ(settled_.size(), 1U);
  EXPECT_EQ(settled_[0].second.reason, "the receiver answered 404");
}

TEST_F(NotifierTest, DropsWhatIsTooMuch) {
  for (std::size_t i = 0; i < kNotificationsMax; ++i) {
    ASSERT_TRUE(notifier_->offer(webhook("n" + std::to_string(i))));
  }
  EXPECT_FALSE(notifier_->offer(webhook("more")));
  EXPECT_TRUE(notifier_->offer(webhook("n0"))) << "it is pending already";
  EXPECT_EQ(notifier_->pending_count(), kNotificationsMax);
  EXPECT_EQ(commands_.started.size(), kDeliveriesAtOnceMax);
  EXPECT_TRUE(end("n0", 0, 200));
  EXPECT_TRUE(notifier_->offer(webhook("more")));
}

TEST_F(NotifierTest, AThousandThatCannotStartAreSettledOneByOne) {
  for (std::size_t i = 0; i < kDeliveriesAtOnceMax; ++i) {
    EXPECT_TRUE(notifier_->offer(webhook("n" + std::to_string(i))));
  }
  for (int i = 0; i < 900; ++i) {
    Notification broken = webhook("b" + std::to_string(i));
    broken.rule.headers = {{"A", "1"}, {"A", "2"}};
    EXPECT_TRUE(notifier_->offer(broken));
  }
  EXPECT_TRUE(end("n0", 0, 200));
  EXPECT_EQ(settled_.size(), 901U);
  EXPECT_EQ(settled_.back().second.outcome, Outcome::is_hopeless);
}

TEST_F(NotifierTest, AProcessThatCannotStartIsTriedAgain) {
  commands_.next_start_error = make_error_code(Errc::io);
  EXPECT_TRUE(notifier_->offer(webhook("a")));
  EXPECT_TRUE(settled_.empty());
  pass_wait();
  EXPECT_TRUE(end("a", 1, 200));
  ASSERT_EQ(settled_.size(), 1U);
  commands_.next_start_error = make_error_code(Errc::too_large);
  EXPECT_TRUE(notifier_->offer(webhook("b")));
  EXPECT_EQ(settled_.size(), 2U);
}

TEST_F(NotifierTest, MailWithoutItsPasswordIsNotSent) {
  Notification mail = webhook("a");
  mail.rule.method = plan::NotificationRule::Method::email;
  mail.rule.recipients = {"a@b"};
  mail.subject = "s";
  has_password_ = false;
  EXPECT_TRUE(notifier_->offer(mail));
  ASSERT_EQ(settled_.size(), 1U);
  EXPECT_EQ(settled_[0].second.reason, "no secret account.smtp");
  EXPECT_TRUE(commands_.started.empty());
  has_password_ = true;
  EXPECT_TRUE(notifier_->offer(mail));
  ASSERT_EQ(commands_.started.size(), 1U);
  EXPECT_NE(commands_.started[0].command.script.find("hunter2"), std::string::npos);
}

TEST_F(NotifierTest, DeliversInOrderWithinItsPlaces) {
  for (const char* key : {"a", "b", "c", "d", "e"}) {
    EXPECT_TRUE(notifier_->offer(webhook(key)));
  }
  ASSERT_EQ(commands_.started.size(), 4U);
  EXPECT_TRUE(end("c", 0, 200));
  ASSERT_EQ(commands_.started.size(), 5U);
  EXPECT_EQ(commands_.started[4].id.node_id, "e");
  EXPECT_EQ(commands_.started[0].command.timeout, kDeliveryTimeout);
  EXPECT_EQ(commands_.started[0].command.secrets, std::vector<std::string>{"s3cret"});
}

TEST_F(NotifierTest, ARestartedEngineTakesUpATryInsteadOfRepeatingIt) {
  commands_.adoptable[{"execution", "a", 0}] = Adoption::running;
  EXPECT_TRUE(notifier_->resume(webhook("a")));
  EXPECT_TRUE(commands_.started.empty());
  EXPECT_TRUE(end("a", 0, 200));
  ASSERT_EQ(settled_.size(), 1U);
  EXPECT_EQ(settled_[0].second.outcome, Outcome::delivered);
}

TEST_F(NotifierTest, AfterARestartATryGetsANumberOfItsOwn) {
  commands_.adoptable[{"execution", "a", 0}] = Adoption::ended;
  EXPECT_TRUE(notifier_->resume(webhook("a")));
  EXPECT_TRUE(end("a", 0, 503));
  pass_wait();  // Attempt 1 never started; looking for it has used it up.
  ASSERT_EQ(commands_.started.size(), 1U);
  EXPECT_EQ(commands_.started[0].id.number, 2U);
}

TEST_F(NotifierTest, ItsEndLeavesNoCallbackBehind) {
  EXPECT_TRUE(notifier_->offer(webhook("a")));
  EXPECT_TRUE(notifier_->offer(webhook("b")));
  EXPECT_TRUE(end("a", 0, 503));
  notifier_.reset();
  pass_wait();
  EXPECT_TRUE(end("b", 0, 200));
  EXPECT_TRUE(settled_.empty());
}

}  // namespace
}  // namespace tripgate
