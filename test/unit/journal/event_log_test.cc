// The event log alone: what is written is read back, what is torn or foreign is the end.
#include "engine/journal/event_log.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <fstream>

#include "engine/base/errc.h"
#include "engine/journal/checksum.h"
#include "shared/bytes.h"

namespace tripgate {
namespace {

constexpr std::uint64_t kId = 77;
constexpr std::uint64_t kCapacity = 8 * LogEntry::kAlignment;

LogEntry make_entry(std::uint64_t first_event, const std::vector<std::string>& records) {
  std::size_t size = 0;
  for (const std::string& record : records) size += LogEntry::size_with(record.size());
  LogEntry entry(first_event, size);
  for (const std::string& record : records) {
    std::memcpy(entry.add(record.size()), record.data(), record.size());
  }
  return entry;
}

/// A record that makes an entry of `pages` pages.
std::string filling(std::size_t pages) {
  return std::string(pages * LogEntry::kAlignment - LogEntry::kHeaderSize - 4, 'x');
}

class EventLogTest : public ::testing::Test {
 protected:
  EventLogTest() {
    std::string name = (std::filesystem::temp_directory_path() / "event-log-XXXXXX").string();
    directory_ = ::mkdtemp(name.data());
    open({});
  }
  ~EventLogTest() override { std::filesystem::remove_all(directory_); }

  void open(LogPosition at, std::uint64_t id = kId) {
    auto log = EventLog::open(path(), kCapacity, id, at);
    ASSERT_TRUE(log) << log.error().message();
    log_ = std::move(*log);
  }
  [[nodiscard]] std::string path() const { return directory_ / "events.log"; }

  /// The first events of the entries that are read from there.
  std::vector<std::uint64_t> read_all(LogPosition from) {
    open(from);
    std::vector<std::uint64_t> firsts;
    for (auto entry = log_->read(); entry && *entry; entry = log_->read()) {
      firsts.push_back((*entry)->first_event());
    }
    return firsts;
  }

  LogPosition write(LogEntry entry) {
    EXPECT_FALSE(log_->write(entry));
    written_.push_back(std::move(entry));
    return written_.back().behind;
  }
  void release_oldest() {
    log_->release(written_.front());
    written_.erase(written_.begin());
  }

  void overwrite(std::uint64_t offset, std::string_view bytes) {
    std::fstream file(path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(offset));
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }
  void overwrite(std::uint64_t offset, char byte) { overwrite(offset, std::string_view(&byte, 1)); }

  std::filesystem::path directory_;
  std::unique_ptr<EventLog> log_;
  std::vector<LogEntry> written_;
};

TEST_F(EventLogTest, ReadsBackWhatWasWritten) {
  write(make_entry(5, {"one", "", std::string("\0two", 4)}));
  open({});
  const auto entry = log_->read();
  ASSERT_TRUE(entry && *entry);
  EXPECT_EQ((*entry)->event_count(), 3U);
  EXPECT_EQ((*entry)->record(5), "one");
  EXPECT_EQ((*entry)->record(6), "");
  EXPECT_EQ((*entry)->record(7), std::string_view("\0two", 4));
  EXPECT_FALSE(*log_->read());
}

TEST_F(EventLogTest, ReadsEitherChecksum) {
  LogEntry entry = make_entry(5, {"one"});
  ASSERT_FALSE(log_->write(entry));
  const std::string_view checked = entry.bytes().substr(8, LogEntry::kHeaderSize - 8 + 4 + 3);
  for (const auto& [magic, sum] : {std::pair("TGLG", crc32(checked)), {"TGLC", crc32c(checked)}}) {
    std::array<std::uint8_t, 4> bytes{};
    ByteWriter(bytes).put(sum);
    overwrite(0, std::string(magic) + std::string(as_text(bytes)));
    EXPECT_EQ(read_all({}), std::vector<std::uint64_t>{5}) << magic;
    overwrite(4, static_cast<char>(bytes[0] ^ 1));
    EXPECT_TRUE(read_all({}).empty()) << magic;
  }
}

TEST_F(EventLogTest, EndsAtAnEntryThatLostAByte) {
  const LogPosition second = write(make_entry(1, {"one"}));
  const LogPosition third = write(make_entry(2, {filling(2)}));
  write(make_entry(3, {"three"}));
  for (const std::uint64_t offset :
       {second.offset, second.offset + 9, second.offset + 36, third.offset - 1}) {
    std::ifstream before(path(), std::ios::binary);
    before.seekg(static_cast<std::streamoff>(offset));
    const char byte = static_cast<char>(before.get());
    overwrite(offset, static_cast<char>(byte ^ 1));
    EXPECT_EQ(read_all({}), (std::vector<std::uint64_t>{1})) << offset;
    overwrite(offset, byte);
  }
  EXPECT_EQ(read_all({}), (std::vector<std::uint64_t>{1, 2, 3}));
}

TEST_F(EventLogTest, TakesNoEntriesOfAnotherStore) {
  write(make_entry(1, {"one"}));
  open({}, kId + 1);
  EXPECT_FALSE(*log_->read());
}

TEST_F(EventLogTest, GoesRoundWithoutReadingWhatIsOld) {
  LogPosition from;
  std::vector<std::uint64_t> held;
  for (std::uint64_t event = 1; event <= 40; ++event) {
    if (written_.size() == 2) {
      from = written_.front().behind;
      release_oldest();
      held.erase(held.begin());
    }
    write(make_entry(event, {filling(1 + event % 3)}));
    held.push_back(event);
    std::unique_ptr<EventLog> writer = std::move(log_);
    EXPECT_EQ(read_all(from), held) << event;
    log_ = std::move(writer);
  }
}

TEST_F(EventLogTest, OverwritesNothingThatIsNotReleased) {
  LogEntry all = make_entry(1, {filling(8)});
  ASSERT_FALSE(log_->write(all));
  LogEntry more = make_entry(2, {"more"});
  EXPECT_EQ(log_->write(more), Errc::overloaded);
  log_->release(all);
  EXPECT_FALSE(log_->write(more));
  LogEntry larger = make_entry(3, {filling(9)});
  EXPECT_EQ(log_->write(larger), Errc::too_large);
  EXPECT_EQ(read_all(all.behind), (std::vector<std::uint64_t>{2}));
}

TEST_F(EventLogTest, SurvivesAnotherCapacity) {
  const LogPosition second = write(make_entry(1, {filling(3)}));
  write(make_entry(2, {filling(4)}));
  auto larger = EventLog::open(path(), 2 * kCapacity, kId, second);
  ASSERT_TRUE(larger);
  EXPECT_EQ((**(*larger)->read()).first_event(), 2U);
  EXPECT_EQ(std::filesystem::file_size(path()), 2 * kCapacity);
  EXPECT_EQ(read_all(second), (std::vector<std::uint64_t>{2}));
}

}  // namespace
}  // namespace tripgate
