// The text that an execution keeps of its own.
#include "engine/status/run_text.h"

#include <gtest/gtest.h>

#include <string>

namespace tripgate {
namespace {

RunText sample() {
  return {"pipeline: {name: p}\n",
          "pipeline: {}\n",
          {{"pipeline.variables.v", "<+trigger.payload.v>", "<+input>.allowedValues(a,b)"}}};
}

TEST(RunText, ComesBackAsItWasStored) {
  const auto text = decode_run_text(encode_run_text(sample()));
  ASSERT_TRUE(text);
  EXPECT_EQ(text->pipeline, sample().pipeline);
  EXPECT_EQ(text->runtime_input, sample().runtime_input);
  ASSERT_EQ(text->checks.size(), 1u);
  EXPECT_EQ(text->checks[0].fqn, "pipeline.variables.v");
  EXPECT_EQ(text->checks[0].value, "<+trigger.payload.v>");
  EXPECT_EQ(text->checks[0].input, "<+input>.allowedValues(a,b)");
}

TEST(RunText, RefusesEveryCutAndAnythingLeftOver) {
  const std::string bytes = encode_run_text(sample());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(decode_run_text(std::string_view(bytes).substr(0, size))) << size;
  }
  EXPECT_FALSE(decode_run_text(bytes + "x"));
}

TEST(RunText, RefusesAnotherVersion) {
  std::string bytes = encode_run_text(sample());
  bytes[0] = 2;
  EXPECT_FALSE(decode_run_text(bytes));
}

}  // namespace
}  // namespace tripgate
