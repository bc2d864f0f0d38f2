// Hostile sizes: a pipeline of a megabyte ends in a plan or in a clear refusal, soon and without
// memory beyond its own size.
#include <chrono>
#include <functional>

#include "test/unit/plan/plan_reading.h"

namespace tripgate::plan {
namespace {

// Far above what any of these takes (tens of milliseconds), far below what a square would.
constexpr std::chrono::seconds kPatience{20};

class Stopwatch {
 public:
  Stopwatch() : began_(std::chrono::steady_clock::now()) {}
  ~Stopwatch() { EXPECT_LT(std::chrono::steady_clock::now() - began_, kPatience); }
  Stopwatch(const Stopwatch&) = delete;
  Stopwatch& operator=(const Stopwatch&) = delete;

 private:
  std::chrono::steady_clock::time_point began_;
};

std::size_t size_of(const Lines& lines) {
  std::size_t size = 0;
  for (const std::string& line : lines) size += line.size();
  return size;
}

std::string repeated(std::size_t count, const std::function<std::string(std::size_t)>& part) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += part(i);
  return text;
}

std::string numbered(const char* name, std::size_t number) {
  return name + std::to_string(number);
}

TEST(PlanBounds, PlansAMegabyteOfSteps) {
  const Stopwatch watch;
  const std::string text = pipeline_with_steps(
      repeated(11'000, [](std::size_t i) { return wait_step(numbered("w", i)); }));
  ASSERT_GT(text.size(), 900'000U);
  const PlanReading reading = read_plan(text);
  EXPECT_EQ(reading.errors, Lines{});
  EXPECT_EQ(reading.plan.stages.children.at(0).children.at(0).children.size(), 11'000U);
}

TEST(PlanBounds, RefusesMoreThanAMegabyte) {
  const std::string text = pipeline_with_steps(wait_step("a")) + std::string(1 << 20, '#');
  const auto plan = plan_pipeline_text(text, "", {});
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().message, "the text is larger than 1048576 bytes");
}

TEST(PlanBounds, RefusesBombsOfAliases) {
  const Stopwatch watch;
  std::string text = "pipeline:\n  a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 20; ++i) {
    const std::string alias = "*a" + std::to_string(i - 1);
    text += "  a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + alias;
    for (int k = 1; k < 10; ++k) text += ", " + alias;
    text += "]\n";
  }
  const auto plan = plan_pipeline_text(text, "", {});
  ASSERT_FALSE(plan);
  EXPECT_NE(plan.error().message.find("more than 200000 nodes"), std::string::npos)
      << plan.error().message;
}

TEST(PlanBounds, ExpandsAliasesOfStepsIntoStepsOfTheirOwn) {
  const std::string steps =
      "            - stepGroup: {name: G, identifier: g, steps: &s [{step: {name: A, identifier: "
      "a, "
      "type: Wait, spec: {duration: 10s}}}]}\n"
      "            - stepGroup: {name: H, identifier: h, steps: *s}\n";
  const PlanReading reading = read_plan(pipeline_with_steps(steps));
  EXPECT_EQ(reading.errors, Lines{});
  const std::vector<PlanNode>& groups = reading.plan.stages.children.at(0).children.at(0).children;
  EXPECT_NE(groups.at(0).children.at(0).setup_id, groups.at(1).children.at(0).setup_id);
}

TEST(PlanBounds, ShowsTheFirstHundredComplaints) {
  const Stopwatch watch;
  const PlanReading reading = read_plan(
      pipeline_with_steps(repeated(5000, [](std::size_t) { return wait_step("a", ", x: y"); })));
  ASSERT_EQ(reading.errors.size(), 101U);
  EXPECT_EQ(reading.errors.back(), "and 4899 more about this pipeline");
  ASSERT_EQ(reading.warnings.size(), 101U);
  EXPECT_EQ(reading.warnings.back(), "and 9899 more about this pipeline");
}

TEST(PlanBounds, DoesNotRepeatALongIdentifierInEveryComplaint) {
  const Stopwatch watch;
  const std::string text = pipeline_with_steps(
      "            - step: {name: A, identifier: " + std::string(400'000, 'a') +
      ", type: Wait, spec: {duration: 10s" +
      repeated(40'000, [](std::size_t i) { return ", " + numbered("k", i) + ": 1"; }) + "}}\n");
  const PlanReading reading = read_plan(text);
  ASSERT_EQ(reading.errors.size(), 1U);
  EXPECT_LT(size_of(reading.warnings), 100'000U);
}

TEST(PlanBounds, ComparesNoListWithItself) {
  const Stopwatch watch;
  const auto axis = [](std::size_t i) { return numbered("a", i) + ": [x], "; };
  const auto excluded = [](std::size_t i) { return numbered("a", i) + ": x, "; };
  EXPECT_EQ(
      read_plan(pipeline_with_step("Wait", "{duration: 10s}",
                                   "                strategy: {matrix: {" + repeated(30'000, axis) +
                                       "exclude: [{" + repeated(30'000, excluded) + "}]}}\n"))
          .errors,
      Lines{});
  const auto declared = [](std::size_t i) { return "{identifier: " + numbered("b", i) + "}, "; };
  const auto waiting = [](std::size_t i) {
    return "              - step: {name: B, identifier: " + numbered("s", i) +
           ", type: Barrier, spec: {barrierRef: " + numbered("b", i) + "}}\n";
  };
  const std::string text =
      pipeline_with_steps("            - parallel:\n" + repeated(6000, waiting));
  EXPECT_EQ(
      read_plan(text + "  flowControl: {barriers: [" + repeated(6000, declared) + "]}\n").errors,
      Lines{});
}

}  // namespace
}  // namespace tripgate::plan
