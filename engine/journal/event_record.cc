// version (1 byte), kind of body (1), size of the head (4), head, then the body or its file's name.
#include "engine/journal/event_record.h"

#include "shared/bytes.h"

namespace tripgate {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::uint8_t kBodyInline = 0;
constexpr std::uint8_t kBodyFile = 1;

}  // namespace

std::size_t EventRecord::encoded_size() const noexcept {
  return 6 + head_bytes.size() + (body_file.empty() ? body.size() : body_file.size());
}

void EventRecord::encode(std::span<char> out) const noexcept {
  ByteWriter writer({reinterpret_cast<std::uint8_t*>(out.data()), out.size()});
  writer.put(kVersion);
  writer.put(body_file.empty() ? kBodyInline : kBodyFile);
  writer.put_text<std::uint32_t>(head_bytes);
  const std::string_view rest = body_file.empty() ? body : body_file;
  writer.put_bytes(rest.data(), rest.size());
}

std::optional<EventRecord> EventRecord::decode(std::string_view bytes) noexcept {
  ByteReader reader(bytes);
  if (reader.get<std::uint8_t>() != kVersion) return std::nullopt;
  const auto kind = reader.get<std::uint8_t>();
  EventRecord record;
  record.head_bytes = reader.get_text<std::uint32_t>();
  const std::string_view rest = reader.get_bytes(reader.remaining());
  if (!reader.ok() || kind > kBodyFile) return std::nullopt;
  (kind == kBodyFile ? record.body_file : record.body) = rest;
  return record;
}

}  // namespace tripgate
