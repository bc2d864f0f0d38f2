// What the journal promises: nothing is told before it is durable, everything told is found again.
#include "engine/journal/journal.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <future>
#include <thread>

#include "engine/base/errc.h"

namespace tripgate {
namespace {

std::string encode_head(const EventId& id, std::uint64_t body_size) {
  EventHead head;
  head.id = id;
  head.account = "demo";
  head.org = "default";
  head.project = "demo";
  head.method = "POST";
  head.body_size = body_size;
  std::string bytes(head.encoded_size(), '\0');
  ByteWriter writer({reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size()});
  encode_event_head(head, 0, writer);
  EXPECT_TRUE(writer.ok());
  return bytes;
}

/// An event with the bytes that its NewEvent only looks at.
struct TestEvent {
  EventId id;
  std::string head_bytes;
  std::string body;
  std::string body_file;
  bool is_resent = false;
};

TestEvent make_event(std::uint64_t number, const std::string& body = "{}") {
  const EventId id = EventId::make(1700000000, number);
  return {.id = id, .head_bytes = encode_head(id, body.size()), .body = body, .body_file = {}};
}

/// Small: tests make many journals.
constexpr std::uint64_t kLogCapacity = 1 << 20;

class JournalTest : public ::testing::Test {
 protected:
  JournalTest() {
    std::string name = (std::filesystem::temp_directory_path() / "journal-XXXXXX").string();
    directory_ = ::mkdtemp(name.data());
    open();
  }
  ~JournalTest() override {
    close();
    std::filesystem::remove_all(directory_);
  }

  void open() {
    auto store = StateStore::open(directory_ / "state");
    ASSERT_TRUE(store) << store.error().message();
    store_ = std::move(*store);
    auto journal = Journal::open(*store_, directory_.string(), kLogCapacity);
    ASSERT_TRUE(journal) << journal.error().message();
    journal_ = std::move(*journal);
  }
  void close() {
    if (store_) store_->stop();
    journal_.reset();
    store_.reset();
  }
  void reopen() {
    close();
    open();
  }

  ErrorCode append(const std::vector<TestEvent>& events) {
    std::vector<NewEvent> views;
    for (const TestEvent& event : events) {
      views.push_back({.id = event.id,
                       .head_bytes = event.head_bytes,
                       .body = event.body,
                       .body_file = event.body_file,
                       .is_resent = event.is_resent});
    }
    return journal_->append(views);
  }

  /// Holds the writer thread, so that what is appended stays in the log, until `release`.
  void hold_store() {
    std::promise<void> held;
    store_->submit(
        [&held, released = release_.get_future().share()](lmdb::WriteTransaction&) {
          held.set_value();
          released.wait();
          return ErrorCode();
        },
        [](ErrorCode) {});
    held.get_future().wait();
  }
  void release_store() { release_.set_value(); }

  /// Everything appended before is in the store.
  void settle_store() {
    ASSERT_FALSE(store_->write_and_wait([](lmdb::WriteTransaction&) { return ErrorCode(); }));
  }

  std::promise<void> release_;
  std::filesystem::path directory_;
  std::unique_ptr<StateStore> store_;
  std::unique_ptr<Journal> journal_;
};

TEST_F(JournalTest, FindsNothingInAnEmptyJournal) {
  EXPECT_EQ(journal_->find(EventId::make(1, 2)).error(), Errc::not_found);
  EXPECT_EQ(journal_->load(1).error(), Errc::not_found);
  EXPECT_EQ(journal_->last_durable(), 0U);
  EXPECT_TRUE(journal_->load_after(0, 10, 1000)->empty());
}

TEST_F(JournalTest, KeepsEventsInOrderAcrossARestart) {
  ASSERT_FALSE(append({make_event(7, "a"), make_event(3, "b")}));
  ASSERT_FALSE(append({make_event(5, std::string("\0\xff", 2))}));
  reopen();
  const auto events = journal_->load_after(0, 10, 1000);
  ASSERT_TRUE(events);
  ASSERT_EQ(events->size(), 3U);
  EXPECT_EQ((*events)[0].body, "a");
  EXPECT_EQ((*events)[1].body, "b");
  EXPECT_EQ((*events)[2].body, std::string("\0\xff", 2));
  EXPECT_EQ(*journal_->find(EventId::make(1700000000, 3)), (*events)[1].sequence);
}

TEST_F(JournalTest, StoresAResentEventOnce) {
  ASSERT_FALSE(append({make_event(1)}));
  reopen();
  TestEvent again = make_event(1);
  again.is_resent = true;
  ASSERT_FALSE(append({std::move(again), make_event(1), make_event(2), make_event(2)}));
  settle_store();
  EXPECT_EQ(journal_->load_after(0, 10, 1000)->size(), 2U);
}

TEST_F(JournalTest, KeepsTheSettleMarkWithItsTransaction) {
  ASSERT_FALSE(append({make_event(1), make_event(2)}));
  EXPECT_EQ(store_->write_and_wait([&](lmdb::WriteTransaction& txn) -> ErrorCode {
    if (const ErrorCode failed = journal_->settle(txn, 2)) return failed;
    return Errc::conflict;
  }),
            Errc::conflict);
  EXPECT_EQ(*journal_->settled(), 0U);
  EXPECT_FALSE(store_->write_and_wait(
      [&](lmdb::WriteTransaction& txn) { return journal_->settle(txn, 1); }));
  reopen();
  EXPECT_EQ(*journal_->settled(), 1U);
}

TEST_F(JournalTest, FindsEveryIdWhileBatchesMoveToTheStore) {
  constexpr std::uint64_t kCount = 40000;
  std::atomic<std::uint64_t> appended = 0;
  std::thread finder([&] {
    std::uint64_t missed = 0;
    for (std::uint64_t i = 0; appended < kCount; i += 7) {
      const std::uint64_t count = appended;
      if (count != 0 && !journal_->find(EventId::make(1700000000, i % count * 7919))) ++missed;
    }
    EXPECT_EQ(missed, 0U) << "an id on its way from memory to the store was in neither";
  });
  for (std::uint64_t from = 0; from < kCount; from += 500) {
    std::vector<TestEvent> events;
    for (std::uint64_t i = from; i < from + 500; ++i) events.push_back(make_event(i * 7919));
    EXPECT_FALSE(append(events));
    appended = from + 500;
  }
  finder.join();
  reopen();
  for (std::uint64_t i = 0; i < kCount; i += 97) {
    ASSERT_TRUE(journal_->find(EventId::make(1700000000, i * 7919))) << i;
  }
}

TEST_F(JournalTest, RemovesBodiesThatNoEventNames) {
  TestEvent kept = make_event(1);
  kept.body.clear();
  std::string name(EventId::kTextSize, '\0');
  kept.id.print(std::span<char, EventId::kTextSize>(name.data(), name.size()));
  kept.body_file = name;
  std::ofstream(directory_ / "bodies" / name) << "large";
  ASSERT_FALSE(append({std::move(kept)}));
  std::ofstream(directory_ / "bodies" / std::string(24, 'a')) << "orphan";
  reopen();
  EXPECT_EQ(journal_->load(1)->body, "large");
  EXPECT_FALSE(std::filesystem::exists(directory_ / "bodies" / std::string(24, 'a')));
}

TEST_F(JournalTest, ReadsAHeadWithoutTheBodyFile) {
  TestEvent event = make_event(1, std::string(9, 'x'));
  event.body.clear();
  event.body_file = "lost";
  ASSERT_FALSE(append({std::move(event)}));
  const auto head = journal_->load_head(1);
  ASSERT_TRUE(head) << head.error().message();
  EXPECT_EQ(decode_event_head(head->head_bytes)->head.body_size, 9U);
  EXPECT_TRUE(head->body.empty());
  EXPECT_EQ(journal_->load_head(2).error(), Errc::not_found);
}

TEST_F(JournalTest, AWriteThatFailsLeavesItsNeighboursAlone) {
  std::promise<ErrorCode> bad;
  std::promise<ErrorCode> good;
  const lmdb::Database meta = store_->databases().meta;
  store_->submit(
      [&](lmdb::WriteTransaction& txn) -> ErrorCode {
        (void)txn.put(meta, "bad", "1");
        return Errc::conflict;
      },
      [&](ErrorCode failed) { bad.set_value(failed); });
  store_->submit([&](lmdb::WriteTransaction& txn) { return txn.put(meta, "good", "1"); },
                 [&](ErrorCode failed) { good.set_value(failed); });
  EXPECT_EQ(bad.get_future().get(), Errc::conflict);
  EXPECT_FALSE(good.get_future().get());
  const auto txn = store_->begin_read();
  EXPECT_FALSE(*txn->find(meta, "bad"));
  EXPECT_TRUE(*txn->find(meta, "good"));
}

TEST_F(JournalTest, FindsEventsThatOnlyTheLogHas) {
  ASSERT_FALSE(append({make_event(1, "a")}));
  settle_store();
  hold_store();
  ASSERT_FALSE(append({make_event(2, "b"), make_event(3, "c")}));
  EXPECT_EQ(journal_->last_durable(), 3U);
  EXPECT_EQ(journal_->last_stored(), 1U);
  EXPECT_EQ(journal_->load(*journal_->find(EventId::make(1700000000, 3)))->body, "c");
  EXPECT_TRUE(journal_->load_head(2)->body.empty());
  EXPECT_EQ(*journal_->list(std::nullopt, 10), (std::vector<EventSequence>{3, 2, 1}));
  EXPECT_EQ(*journal_->list(2, 1), (std::vector<EventSequence>{2}));
  EXPECT_EQ(journal_->load_after(0, 10, 1000)->size(), 1U) << "those of the store come first";
  const auto pending = journal_->load_after(1, 10, 1000);
  ASSERT_EQ(pending->size(), 2U);
  EXPECT_EQ(pending->front().sequence, 2U);
  EXPECT_EQ(pending->back().body, "c");
  EXPECT_EQ(journal_->load_after(1, 1, 1000)->size(), 1U);
  EXPECT_EQ(journal_->load_after(1, 10, 1)->size(), 1U) << "at least one, and no more bytes";
  EXPECT_EQ(journal_->load_after(2, 10, 1000)->front().sequence, 3U) << "inside an entry";
  EXPECT_TRUE(journal_->load_after(3, 10, 1000)->empty());
  ASSERT_FALSE(append({make_event(2)}));
  EXPECT_EQ(journal_->last_durable(), 3U) << "a copy was logged";
  release_store();
  settle_store();
  EXPECT_EQ(journal_->last_stored(), 3U);
  EXPECT_EQ(*journal_->list(std::nullopt, 10), (std::vector<EventSequence>{3, 2, 1}));
}

TEST_F(JournalTest, RefusesWhileTheLogHasNoRoomAndTakesTheSameEventLater) {
  hold_store();
  const std::string large(kLogCapacity / 4, 'x');
  std::uint64_t number = 0;
  ErrorCode failed;
  while (!failed && number < 10) failed = append({make_event(++number, large)});
  EXPECT_EQ(failed, Errc::overloaded);
  EXPECT_EQ(number, 4U);
  EXPECT_EQ(journal_->find(EventId::make(1700000000, number)).error(), Errc::not_found);
  release_store();
  settle_store();
  EXPECT_FALSE(append({make_event(number, large)}));
  EXPECT_EQ(append({make_event(99, std::string(kLogCapacity, 'x'))}), Errc::too_large);
  reopen();
  EXPECT_EQ(journal_->last_stored(), number);
}

TEST_F(JournalTest, LeavesToTheNextStartWhatTheStoreDidNotTake) {
  store_->stop();
  ASSERT_FALSE(append({make_event(1, "a"), make_event(2, "b")}));
  ASSERT_FALSE(append({make_event(3, "c")}));
  EXPECT_EQ(journal_->last_stored(), 0U);
  reopen();
  EXPECT_EQ(journal_->last_stored(), 3U);
  EXPECT_EQ(journal_->load(2)->body, "b");
  ASSERT_FALSE(append({make_event(1, "a"), make_event(4, "d")}));
  EXPECT_EQ(journal_->last_durable(), 4U);
  reopen();
  EXPECT_EQ(journal_->load_after(0, 10, 1000)->size(), 4U);
}

TEST_F(JournalTest, TellsOfEventsOnceTheyAreDurable) {
  EventSequence told = 0;
  journal_->on_durable([&] { told = journal_->last_durable(); });
  hold_store();
  ASSERT_FALSE(append({make_event(1), make_event(2)}));
  EXPECT_EQ(told, 2U) << "told when the store has them, which may be late";
  release_store();
}

TEST_F(JournalTest, APatientWriteIsTakenAlongByAnotherAndComesAnyway) {
  std::vector<int> order;
  const auto write = [&order](int number) {
    return [&order, number](lmdb::WriteTransaction&) {
      order.push_back(number);
      return ErrorCode();
    };
  };
  // Behind a group of so many events the next one waits as long as any does.
  std::vector<TestEvent> many;
  for (std::uint64_t number = 1; number <= 500; ++number) many.push_back(make_event(number));
  ASSERT_FALSE(append(many));
  settle_store();
  store_->submit_patiently(write(1), [](ErrorCode) {});
  ASSERT_FALSE(store_->write_and_wait(write(2)));
  EXPECT_EQ(order, (std::vector<int>{1, 2}));
  std::promise<ErrorCode> written;
  store_->submit_patiently(write(3), [&](ErrorCode failed) { written.set_value(failed); });
  EXPECT_FALSE(written.get_future().get());
  EXPECT_EQ(order.back(), 3);
}

TEST_F(JournalTest, GivesNoNumberAgainUnderWhichVerdictsLie) {
  ASSERT_FALSE(append({make_event(1)}));
  settle_store();
  hold_store();
  ASSERT_FALSE(append({make_event(2)}));
  store_->submit([this](lmdb::WriteTransaction& txn) { return journal_->settle(txn, 2); },
                 [](ErrorCode) {});
  release_store();
  close();
  std::filesystem::remove(directory_ / "state/events.log");
  {  // A log that was lost with an event that the store had not taken yet.
    const auto store = StateStore::open(directory_ / "state");
    ASSERT_FALSE((*store)->write_and_wait([&store](lmdb::WriteTransaction& txn) {
      std::string key(8, '\0');
      key.back() = 2;
      return txn.erase((*store)->databases().event, key).error();
    }));
    (*store)->stop();
  }
  open();
  ASSERT_FALSE(append({make_event(3)}));
  EXPECT_EQ(journal_->last_durable(), 3U);
}

TEST_F(JournalTest, StartsWithANewLogWhenTheOldOneIsGoneOrAnothers) {
  ASSERT_FALSE(append({make_event(1)}));
  close();
  std::filesystem::remove(directory_ / "state/events.log");
  open();
  ASSERT_FALSE(append({make_event(2)}));
  close();
  std::filesystem::remove(directory_ / "state/data.mdb");
  open();
  EXPECT_EQ(journal_->last_stored(), 0U) << "took events of another store";
  ASSERT_FALSE(append({make_event(3)}));
  reopen();
  EXPECT_EQ(journal_->load_after(0, 10, 1000)->size(), 1U);
}

}  // namespace
}  // namespace tripgate
