// Values never become part of a Python script.
#include "engine/plan/python_script.h"

#include <gtest/gtest.h>

namespace tripgate::plan {
namespace {

TEST(PythonScript, RefusesEveryBlockAtItsPlace) {
  const Placement placement = compile_python("x = '<+a.b>'\n# <+c>\nprint(<+d>)");
  ASSERT_EQ(placement.refusals.size(), 3U);
  EXPECT_EQ(placement.refusals[0].offset, 5U);
  EXPECT_EQ(placement.refusals[1].offset, 15U);
  EXPECT_EQ(placement.refusals[2].offset, 26U);
  EXPECT_NE(placement.refusals[0].message.find("os.environ"), std::string::npos);
}

TEST(PythonScript, RefusesNul) {
  EXPECT_EQ(compile_python(std::string_view("a\0b", 3)).refusals.size(), 1U);
}

TEST(PythonScript, LeavesOtherTextAlone) {
  const std::string_view script = "if a <b: print('${x} $(id) < + >')\n";
  const Placement placement = compile_python(script);
  EXPECT_TRUE(placement.refusals.empty());
  EXPECT_EQ(placement.script.text, script);
  EXPECT_TRUE(placement.script.references.empty());
}

}  // namespace
}  // namespace tripgate::plan
