// usage: journal_driver append DIRECTORY SEED COUNT | journal_driver list DIRECTORY
//
// append: appends events, some of them twice and some with a body in a file of its own, between
// writes that are refused. Prints `sent ID` for each copy, and what became of it: `acknowledged
// ID`, `refused ID` (nothing was written) or `unknown ID`. list: recovers, prints `event ID` for
// all, and appends one more to show that the store takes it.
#include <unistd.h>

#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <iterator>
#include <mutex>
#include <random>
#include <string>
#include <vector>

#include "engine/base/errc.h"
#include "engine/intake/body_spool.h"
#include "engine/journal/journal.h"
#include "shared/limits.h"

namespace tripgate {
namespace {

constexpr std::uint32_t kCreatedAt = 1700000000;
constexpr std::size_t kListMaxBytes = std::size_t{64} << 20;

std::string print(const EventId& id) {
  std::string text(EventId::kTextSize, '\0');
  id.print(std::span<char, EventId::kTextSize>(text.data(), text.size()));
  return text;
}

/// A body tells whose it is, and is as long as its id says: one in 16 is too long for the store.
std::string make_body(const EventId& id) {
  const std::size_t lot = std::to_integer<std::size_t>(static_cast<std::byte>(id.bytes.back()));
  const std::size_t size = lot % 16 == 0 ? limits::kStoredInlineBodyMaxSize + 1 + lot
                                         : (1 + lot % 100) * EventId::kTextSize;
  const std::string text = print(id);
  std::string body;
  while (body.size() < size) body += text;
  body.resize(size);
  return body;
}

NewEvent make_event(const EventId& id) {
  EventHead head;
  head.id = id;
  head.account = "demo";
  head.org = "default";
  head.project = "demo";
  head.method = "POST";
  NewEvent event{.id = id, .head_bytes = {}, .body = make_body(id), .body_file = {}};
  head.body_size = event.body.size();
  event.head_bytes.resize(head.encoded_size());
  ByteWriter writer(
      {reinterpret_cast<std::uint8_t*>(event.head_bytes.data()), event.head_bytes.size()});
  encode_event_head(head, 0, writer);
  return event;
}

/// One write per line: a line printed is a line that the reader has, whatever happens next.
void print_line(const std::string& word, const EventId& id) {
  const std::string line = word + ' ' + print(id) + '\n';
  if (::write(STDOUT_FILENO, line.data(), line.size()) < 0) std::abort();
}

struct OpenJournal {
  std::unique_ptr<StateStore> store;
  std::unique_ptr<Journal> journal;
};

Result<OpenJournal> open_journal(const std::string& directory) {
  auto store = StateStore::open(directory + "/state");
  if (!store) return store.error();
  auto journal = Journal::open(**store, directory + "/bodies");
  if (!journal) return journal.error();
  return OpenJournal{std::move(*store), std::move(*journal)};
}

int fail(const char* what, ErrorCode failed) {
  std::fprintf(stderr, "%s: %s\n", what, failed.message().c_str());
  return 2;
}

/// Keeps a changing number of writes in flight, so that groups of all sizes form.
class Appender {
 public:
  Appender(OpenJournal& opened, std::uint64_t seed) : opened_(opened), random_(seed) {}

  void run(std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) {
      if (random_() % 8 == 0) window_ = 1 + random_() % 8;
      wait_for_room(window_);
      submit_one();
    }
    wait_for_room(1);
  }

 private:
  void submit_one() {
    {
      const std::lock_guard lock(mutex_);
      ++in_flight_;
    }
    const std::uint64_t choice = random_() % 10;
    if (choice < 2) return submit_refused();
    if (choice < 4 && !sent_.empty()) return append(sent_[random_() % sent_.size()], true);
    sent_.push_back(EventId::make(kCreatedAt, random_()));
    append(sent_.back(), false);
  }

  /// A write that changes nothing must not make its neighbours look durable.
  void submit_refused() {
    opened_.store->submit([](lmdb::WriteTransaction&) -> ErrorCode { return Errc::conflict; },
                          [this](ErrorCode) { done(); });
  }

  /// As the intake does it: a long body is durable in its file before the event that names it.
  void append(const EventId& id, bool is_resent) {
    print_line("sent", id);
    std::vector<NewEvent> events;
    events.push_back(make_event(id));
    NewEvent& event = events.back();
    event.is_resent = is_resent;
    BodySpool spool(opened_.journal->body_directory() + '/' + print(id), event.body.size());
    ErrorCode failed = spool.write(event.body);
    if (!failed) failed = spool.finish();
    if (failed) return tell(id, Errc::store_full);  // No event, so it is certainly not stored.
    if (spool.is_file()) {
      event.body.clear();
      event.body_file = print(id);
    }
    opened_.journal->append(std::move(events), [this, id](ErrorCode result) { tell(id, result); });
  }

  void tell(const EventId& id, ErrorCode failed) {
    print_line(!failed ? "acknowledged" : failed == Errc::store_full ? "refused" : "unknown", id);
    done();
  }

  void wait_for_room(std::uint64_t window) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return in_flight_ < window; });
  }

  void done() {
    const std::lock_guard lock(mutex_);
    --in_flight_;
    changed_.notify_all();
  }

  OpenJournal& opened_;
  std::mt19937_64 random_;
  std::vector<EventId> sent_;
  std::uint64_t window_ = 4;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t in_flight_ = 0;
};

int append_events(const std::string& directory, std::uint64_t seed, std::uint64_t count) {
  Result<OpenJournal> opened = open_journal(directory);
  if (!opened) return fail("open", opened.error());
  Appender(*opened, seed).run(count);
  opened->store->stop();
  return 0;
}

int list_events(const std::string& directory) {
  Result<OpenJournal> opened = open_journal(directory);
  if (!opened) return fail("open", opened.error());
  const auto events = opened->journal->load_after(0, ~std::size_t{0}, kListMaxBytes);
  if (!events) return fail("load", events.error());
  for (const StoredEvent& event : *events) {
    const EventId id = decode_event_head(event.head_bytes)->head.id;
    print_line(event.body == make_body(id) ? "event" : "damaged", id);
  }
  std::promise<ErrorCode> appended;
  std::vector<NewEvent> more;
  more.push_back(make_event(EventId::make(kCreatedAt + 1, 1)));
  opened->journal->append(std::move(more), [&](ErrorCode failed) { appended.set_value(failed); });
  const ErrorCode failed = appended.get_future().get();
  opened->store->stop();
  return failed ? fail("append", failed) : 0;
}

}  // namespace
}  // namespace tripgate

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv, argv + argc);
  if (words.size() == 5 && words[1] == "append") {
    return tripgate::append_events(words[2], std::strtoull(argv[3], nullptr, 10),
                                   std::strtoull(argv[4], nullptr, 10));
  }
  if (words.size() == 3 && words[1] == "list") return tripgate::list_events(words[2]);
  std::fputs("usage: journal_driver append DIRECTORY SEED COUNT | list DIRECTORY\n", stderr);
  return 1;
}
