// The lock keeps another process out, and goes with its holder.
#include "engine/journal/store_lock.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>

#include "engine/journal/state_store.h"

namespace tripgate {
namespace {

class StoreLock : public ::testing::Test {
 protected:
  StoreLock() {
    std::string name = (std::filesystem::temp_directory_path() / "store-lock-XXXXXX").string();
    root_ = ::mkdtemp(name.data());
  }
  ~StoreLock() override { std::filesystem::remove_all(root_); }

  /// The number of the error that another process gets when it asks for the lock; 0: none.
  int ask_as_another() const {
    const pid_t child = ::fork();
    if (child == 0) {
      const Result<UniqueFd> lock = lock_store(root_);
      ::_exit(lock ? 0 : lock.error().value());
    }
    int status = 0;
    EXPECT_EQ(::waitpid(child, &status, 0), child);
    return WEXITSTATUS(status);
  }

  std::string root_;
};

TEST_F(StoreLock, KeepsASecondEngineOut) {
  const auto store = StateStore::open(root_);
  ASSERT_TRUE(store) << store.error().message();
  EXPECT_EQ(ask_as_another(), EBUSY);
}

TEST_F(StoreLock, GoesWithTheStore) {
  ASSERT_TRUE(StateStore::open(root_));
  EXPECT_EQ(ask_as_another(), 0);
}

TEST_F(StoreLock, GoesWithItsProcess) {
  EXPECT_EQ(ask_as_another(), 0);
  EXPECT_EQ(ask_as_another(), 0) << "the first one is gone";
}

TEST_F(StoreLock, SaysThatItsDirectoryIsNone) {
  std::ofstream(root_ + "/file") << "x";
  EXPECT_EQ(lock_store(root_ + "/file").error().value(), ENOTDIR);
}

}  // namespace
}  // namespace tripgate
