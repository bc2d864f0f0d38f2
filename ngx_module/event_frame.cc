// Turns an admitted request into one EVENT frame in one buffer of its pool.
#include <array>

#include "ngx_module/ngx_http_tripgate_module.h"

namespace tripgate {
namespace {

constexpr std::string_view kMask = "********";

/// nginx's hash of a lower-case header name.
constexpr ngx_uint_t hash_of(std::string_view name) noexcept {
  ngx_uint_t hash = 0;
  for (const char c : name) hash = ngx_hash(hash, static_cast<unsigned char>(c));
  return hash;
}

struct SecretHeader {
  ngx_uint_t hash;
  std::string_view name;
};

/// Always masked: a later reader of the event must not learn them (design section 4).
constexpr std::array<SecretHeader, 3> kSecretHeaders = {{
    {hash_of("x-api-key"), "x-api-key"},
    {hash_of("authorization"), "authorization"},
    {hash_of("cookie"), "cookie"},
}};

bool is_masked(const ngx_table_elt_t& header, const LocConf& conf) noexcept {
  const std::string_view name(reinterpret_cast<const char*>(header.lowcase_key), header.key.len);
  for (const SecretHeader& secret : kSecretHeaders) {
    if (secret.hash == header.hash && secret.name == name) return true;
  }
  if (conf.masked_headers == nullptr) return false;
  const auto* masked = static_cast<const MaskedHeader*>(conf.masked_headers->elts);
  for (ngx_uint_t i = 0; i < conf.masked_headers->nelts; ++i) {
    if (masked[i].hash == header.hash && view_of(masked[i].name) == name) return true;
  }
  return false;
}

/// Calls visit(header as it is framed) for every header line.
template <class Visit>
void for_each_header(const ngx_http_request_t* r, Visit visit) noexcept {
  const auto& conf =
      *static_cast<const LocConf*>(ngx_http_get_module_loc_conf(r, ngx_http_tripgate_module));
  for (const ngx_list_part_t* part = &r->headers_in.headers.part; part != nullptr;
       part = part->next) {
    const auto* headers = static_cast<const ngx_table_elt_t*>(part->elts);
    for (ngx_uint_t i = 0; i < part->nelts; ++i) {
      const ngx_table_elt_t& header = headers[i];
      visit(EventHeader{.name = view_of(header.key),
                        .value = is_masked(header, conf) ? kMask : view_of(header.value)});
    }
  }
}

EventHead head_of(const RequestCtx& ctx) noexcept {
  const ngx_http_request_t* r = ctx.r;
  const CallParameters& given = ctx.call.parameters;
  return {.id = ctx.event.id,
          .version = ctx.call.address.version,
          .received_at_ms = unix_now_ms(),
          .generation = ctx.admission.generation,
          .trigger_ref = ctx.admission.trigger_ref,
          .body_size = ctx.body.size(),
          .principal = ctx.admission.principal,
          .account = *given.account,
          .org = *given.org,
          .project = *given.project,
          .pipeline = given.pipeline,
          .trigger = given.trigger,
          .peer = view_of(r->connection->addr_text),
          .method = view_of(r->method_name),
          .query = view_of(r->args)};
}

}  // namespace

ngx_int_t build_event(RequestCtx& ctx) noexcept {
  const EventHead head = head_of(ctx);
  std::size_t header_count = 0;
  std::size_t head_size = head.encoded_size();
  for_each_header(ctx.r, [&](const EventHeader& header) {
    ++header_count;
    head_size += encoded_size(header);
  });
  if (header_count > limits::kHeaderCountMax || head_size > limits::kEventHeadMaxSize) {
    return NGX_HTTP_REQUEST_HEADER_TOO_LARGE;
  }
  const bool is_inline = ctx.body.size() <= limits::kInlineBodyMaxSize;
  const std::size_t body_size = is_inline ? static_cast<std::size_t>(ctx.body.size()) : 0;
  const std::size_t size = FrameHeader::kSize + sizeof(std::uint32_t) + head_size + body_size;
  auto* frame = static_cast<std::uint8_t*>(ngx_pnalloc(ctx.r->pool, size));
  if (frame == nullptr) return NGX_HTTP_INTERNAL_SERVER_ERROR;
  ByteWriter writer({frame + FrameHeader::kSize, size - FrameHeader::kSize});
  writer.put(static_cast<std::uint32_t>(head_size));
  encode_event_head(head, static_cast<std::uint16_t>(header_count), writer);
  for_each_header(ctx.r, [&](const EventHeader& header) { encode_event_header(header, writer); });
  if (!writer.ok() || !ctx.body.read(0, {frame + size - body_size, body_size})) {
    return NGX_HTTP_INTERNAL_SERVER_ERROR;
  }
  ctx.event.frame = {frame, size};
  ctx.event.has_body_frames = !is_inline;
  ctx.event.body_size = is_inline ? 0 : ctx.body.size();
  ctx.event.memory_size = size + static_cast<std::size_t>(ctx.body.memory_size());
  return NGX_OK;
}

}  // namespace tripgate
