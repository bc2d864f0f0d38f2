// Comparing texts that end where their page does.
#include "shared/bytes.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <string>

namespace tripgate {
namespace {

TEST(EqualText, SeesEveryByteOfEverySize) {
  for (std::size_t size = 0; size <= 40; ++size) {
    const std::string text(size, 'a');
    EXPECT_TRUE(is_equal_text(text, std::string(size, 'a'))) << size;
    EXPECT_FALSE(is_equal_text(text, std::string(size + 1, 'a'))) << size;
    for (std::size_t at = 0; at < size; ++at) {
      std::string other = text;
      other[at] = 'b';
      EXPECT_FALSE(is_equal_text(text, other)) << size << " bytes, at " << at;
    }
  }
}

TEST(EqualText, ReadsNothingBehindAText) {
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  void* pages = mmap(nullptr, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(pages, MAP_FAILED);
  char* end = static_cast<char*>(pages) + page;
  ASSERT_EQ(mprotect(end, page, PROT_NONE), 0);
  for (std::size_t size = 0; size <= 40; ++size) {
    std::memset(end - size, 'x', size);
    EXPECT_TRUE(is_equal_text({end - size, size}, std::string(size, 'x'))) << size;
  }
  munmap(pages, 2 * page);
}

}  // namespace
}  // namespace tripgate
