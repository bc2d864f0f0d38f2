// usage: journal_driver append DIRECTORY SEED COUNT | journal_driver list DIRECTORY
//
// append: appends events, some of them twice and some with a body in a file of its own, between
// other writes, some refused. Prints `sent ID` for each copy, and what became of it: `acknowledged
// ID`, `refused ID` (nothing was written) or `unknown ID`. list: recovers, prints `event ID` for
// all, and appends one more to show that the store takes it.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <iterator>
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

/// So small that a run goes round it several times.
constexpr std::uint64_t kLogCapacity = std::uint64_t{64} << 10;

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

struct Event {
  EventId id;
  std::string head_bytes;
  std::string body;
  std::string body_file;
  bool is_resent = false;
};

Event make_event(const EventId& id) {
  EventHead head;
  head.id = id;
  head.account = "demo";
  head.org = "default";
  head.project = "demo";
  head.method = "POST";
  Event event{.id = id, .head_bytes = {}, .body = make_body(id), .body_file = {}};
  head.body_size = event.body.size();
  event.head_bytes.resize(head.encoded_size());
  ByteWriter writer(
      {reinterpret_cast<std::uint8_t*>(event.head_bytes.data()), event.head_bytes.size()});
  encode_event_head(head, 0, writer);
  return event;
}

ErrorCode append(Journal& journal, const std::vector<Event>& events) {
  std::vector<NewEvent> views;
  for (const Event& event : events) {
    views.push_back({.id = event.id,
                     .head_bytes = event.head_bytes,
                     .body = event.body,
                     .body_file = event.body_file,
                     .is_resent = event.is_resent});
  }
  return journal.append(views);
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
  auto journal = Journal::open(**store, directory, kLogCapacity);
  if (!journal) return journal.error();
  return OpenJournal{std::move(*store), std::move(*journal)};
}

int fail(const char* what, ErrorCode failed) {
  std::fprintf(stderr, "%s: %s\n", what, failed.message().c_str());
  return 2;
}

/// Appends groups of all sizes, and has other writes in flight meanwhile.
class Appender {
 public:
  Appender(OpenJournal& opened, std::uint64_t seed) : opened_(opened), random_(seed) {}

  void run(std::uint64_t count) {
    while (count > 0) {
      if (random_() % 5 == 0) submit_other();
      const std::uint64_t size = std::min<std::uint64_t>(count, 1 + random_() % 8);
      append_group(size);
      count -= size;
    }
  }

 private:
  /// Half of them are refused: what changes nothing must not make its neighbours look durable.
  void submit_other() {
    const bool is_refused = random_() % 2 == 0;
    const lmdb::Database meta = opened_.store->databases().meta;
    opened_.store->submit(
        [is_refused, meta](lmdb::WriteTransaction& txn) -> ErrorCode {
          if (is_refused) return Errc::conflict;
          return txn.put(meta, "other", "write");
        },
        [](ErrorCode) {});
  }

  void append_group(std::uint64_t size) {
    std::vector<Event> events;
    for (std::uint64_t i = 0; i < size; ++i) {
      const bool is_resent = random_() % 5 == 0 && !sent_.empty();
      if (!is_resent) sent_.push_back(EventId::make(kCreatedAt, random_()));
      Event event = make_event(is_resent ? sent_[random_() % sent_.size()] : sent_.back());
      event.is_resent = is_resent;
      print_line("sent", event.id);
      if (spool(event)) {
        events.push_back(std::move(event));
      } else {
        print_line("refused", event.id);  // No event, so it is certainly not stored.
      }
    }
    const ErrorCode failed = append(*opened_.journal, events);
    const bool is_refused = failed == Errc::store_full || failed == Errc::overloaded;
    for (const Event& event : events) {
      print_line(!failed ? "acknowledged" : is_refused ? "refused" : "unknown", event.id);
    }
  }

  /// As the intake does it: a long body is durable in its file before the event that names it.
  bool spool(Event& event) {
    BodySpool spool(opened_.journal->body_directory() + '/' + print(event.id), event.body.size());
    ErrorCode failed = spool.write(event.body);
    if (!failed) failed = spool.finish();
    if (failed) return false;
    if (spool.is_file()) {
      event.body.clear();
      event.body_file = print(event.id);
    }
    return true;
  }

  OpenJournal& opened_;
  std::mt19937_64 random_;
  std::vector<EventId> sent_;
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
  const ErrorCode failed = append(*opened->journal, {make_event(EventId::make(kCreatedAt + 1, 1))});
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
