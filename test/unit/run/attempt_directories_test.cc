// Which directories of attempts go when an engine starts: empty ones of unknown executions.
#include "engine/run/attempt_directories.h"

#include <fstream>

#include "test/lib/machine_stand.h"
#include "test/lib/run_stand.h"

namespace tripgate {
namespace {

namespace fs = std::filesystem;

class AttemptDirectories : public ::testing::Test {
 protected:
  AttemptDirectories() {
    stand_.catalog.add(7, "custom", "deploy");
    stand_.catalog.pipelines["deploy"] = pipeline_of("deploy", stage_yaml("s", step_yaml("a")));
    stand_.start();
    stand_.append(event_id(1), 7, "{}");
    EXPECT_TRUE(stand_.run_until([&] { return !stand_.commands.started.empty(); }));
    known_ = stand_.commands.started.front().id.execution_id;
    fs::create_directory(steps_);
  }
  ~AttemptDirectories() override { fs::remove_all(steps_); }

  fs::path make(const std::string& execution, const std::string& attempt) const {
    const fs::path directory = steps_ + "/" + execution + "/" + attempt;
    fs::create_directories(directory);
    return directory;
  }

  RunStand stand_;
  std::string known_;
  const std::string steps_ = ::testing::TempDir() + "attempts" + std::to_string(::getpid());
};

TEST_F(AttemptDirectories, EmptyOnesOfUnknownExecutionsGo) {
  const fs::path unknown = make("unknown", "a.0");
  make("unknown", "b.0");
  const fs::path kept = make(known_, "a.0");
  EXPECT_FALSE(remove_unused_attempts(*stand_.store, steps_));
  EXPECT_FALSE(fs::exists(unknown.parent_path()));
  EXPECT_TRUE(fs::exists(kept));
}

TEST_F(AttemptDirectories, NothingThatHoldsAFileIsTouched) {
  const fs::path claimed = make("unknown", "a.0");
  make("unknown", "b.0");
  std::ofstream(claimed / "claim") << "tripgate-claim 2\n";
  std::ofstream(steps_ + "/stray") << "not ours";
  EXPECT_FALSE(remove_unused_attempts(*stand_.store, steps_));
  EXPECT_TRUE(fs::exists(claimed / "claim"));
  EXPECT_FALSE(fs::exists(claimed.parent_path() / "b.0"));
  EXPECT_TRUE(fs::exists(steps_ + "/stray"));
}

TEST_F(AttemptDirectories, MissingDirectoryIsAnError) {
  EXPECT_EQ(remove_unused_attempts(*stand_.store, steps_ + "/none").value(), ENOENT);
}

}  // namespace
}  // namespace tripgate
