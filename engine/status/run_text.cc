// A record of its own beside the head: heads are rewritten with every transition, and a text may
// have a megabyte.
#include "engine/status/run_text.h"

#include "engine/base/errc.h"
#include "engine/status/record_writer.h"

namespace tripgate {
namespace {

constexpr std::uint8_t kVersion = 1;

}  // namespace

std::string encode_run_text(const RunText& text) {
  RecordWriter writer(kVersion);
  writer.put_text(text.pipeline);
  writer.put_text(text.runtime_input);
  writer.put(static_cast<std::uint32_t>(text.checks.size()));
  for (const inputs::DeferredCheck& check : text.checks) {
    writer.put_text(check.fqn);
    writer.put_text(check.value);
    writer.put_text(check.input);
  }
  return writer.take();
}

std::optional<RunText> decode_run_text(std::string_view bytes) {
  ByteReader reader(bytes);
  if (reader.get<std::uint8_t>() != kVersion) return std::nullopt;
  RunText text;
  text.pipeline = read_text(reader);
  text.runtime_input = read_text(reader);
  const auto count = reader.get<std::uint32_t>();
  for (std::uint32_t i = 0; i < count && reader.ok(); ++i) {
    inputs::DeferredCheck check;
    check.fqn = read_text(reader);
    check.value = read_text(reader);
    check.input = read_text(reader);
    text.checks.push_back(std::move(check));
  }
  if (!reader.done()) return std::nullopt;
  return text;
}

ErrorCode put_run_text(lmdb::WriteTransaction& txn, const StateDatabases& dbs,
                       ExecutionNumber execution, const RunText& text) {
  return txn.put(dbs.run_text, big_endian_key(execution), encode_run_text(text));
}

Result<std::optional<RunText>> find_run_text(const lmdb::Transaction& txn,
                                             const StateDatabases& dbs, ExecutionNumber execution) {
  const auto bytes = txn.find(dbs.run_text, big_endian_key(execution));
  if (!bytes) return bytes.error();
  if (!*bytes) return std::optional<RunText>();
  std::optional<RunText> text = decode_run_text(**bytes);
  if (!text) return make_error_code(Errc::store_corrupt);
  return text;
}

}  // namespace tripgate
