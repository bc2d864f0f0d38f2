// What a log must not show of a secret.
#include "engine/run/secret_forms.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "engine/base/errc.h"
#include "test/unit/run/step_stand.h"

namespace tripgate {
namespace {

bool has(const std::vector<std::string>& forms, const std::string& form) {
  return std::ranges::find(forms, form) != forms.end();
}

TEST(SecretForms, LeaveOutWhatIsTooShortToMask) {
  EXPECT_TRUE(secret_forms({"", "ab", "a\n"}).empty());
  EXPECT_TRUE(has(secret_forms({"abc"}), "abc"));
}

TEST(SecretForms, AreLinesWithoutTheirEnds) {
  const auto forms = secret_forms({"first line\r\nxy\nlast line\n"});
  EXPECT_TRUE(has(forms, "first line"));
  EXPECT_TRUE(has(forms, "last line"));
  EXPECT_FALSE(has(forms, "xy"));
}

TEST(SecretForms, CoverEscapes) {
  const auto forms = secret_forms({"p\"w\\ /'é"});
  EXPECT_TRUE(has(forms, "p\\\"w\\\\ /'é"));
  EXPECT_TRUE(has(forms, "p\"w\\ /'\\''é"));
  EXPECT_TRUE(has(forms, "p%22w%5C%20%2F%27%C3%A9"));
  EXPECT_TRUE(has(forms, "p%22w%5c+%2f%27%c3%a9"));
}

TEST(SecretForms, AreThereOnce) {
  const auto forms = secret_forms({"plain", "plain", "plain\n"});
  EXPECT_EQ(std::ranges::count(forms, "plain"), 1);
}

TEST(SecretForms, CoverTheUrlAlphabetOfBase64) {
  const auto forms = secret_forms({"\xfb\xff\xbf\xfb\xff\xbf"});
  EXPECT_TRUE(has(forms, "+/+/+/+/"));
  EXPECT_TRUE(has(forms, "-_-_-_-_"));
}

using SecretFormsInLogs = StepStand;

// The real base64 says whether our digits are right, at every alignment and with any neighbour.
TEST_F(SecretFormsInLogs, HideBase64WhateverSurroundsTheSecret) {
  StepCommand command = bash(
      "for before in '' u us use user:; do for after in '' . .. ... \"$'\\xff'\"; do\n"
      "printf '%s%s%s' \"$before\" \"$s\" \"$after\" | base64 -w0; echo; done; done; echo done");
  const std::string secret = "hunter2-Tr0ub4dor";
  command.prologue = "s='" + secret + "'\n";
  command.secrets = {secret};
  EXPECT_TRUE(run(command).is_success());
  const std::string log = log_text();
  std::size_t count = 0;
  for (std::size_t at = log.find("****"); at != std::string::npos; at = log.find("****", at + 14)) {
    ++count;
  }
  EXPECT_EQ(count, 25U) << log;
  EXPECT_NE(log.find("\ndone\n"), std::string::npos);
}

TEST_F(SecretFormsInLogs, HideTracesAndLargeNumbersOfSecrets) {
  StepCommand command = bash("set -x; : \"$s\"; echo \"$s\"");
  command.prologue = "s='it'\\''s secret'\n";
  command.secrets = {"it's secret"};
  for (int i = 0; i < 300; ++i) command.secrets.push_back("Key-" + std::to_string(i) + "-Key");
  command.script += "\nfor i in {0..299}; do echo Key-$i-Key; done";
  EXPECT_TRUE(run(command).is_success());
  const std::string log = log_text();
  EXPECT_EQ(log.find("secret"), std::string::npos) << log.substr(0, 500);
  EXPECT_EQ(log.find("299-Key"), std::string::npos) << log.substr(0, 500);
  command.secrets.clear();
  for (int i = 0; i < 2000; ++i) command.secrets.push_back("Key-" + std::to_string(i) + "-Key");
  ++id_.number;
  EXPECT_EQ(start(command), Errc::too_large);
}

}  // namespace
}  // namespace tripgate
