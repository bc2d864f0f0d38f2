// From written JSON to an HTTP response, the correlation id, and the two small locations.
#include <algorithm>
#include <array>

#include "ngx_module/ngx_http_tripgate_module.h"

namespace tripgate {
namespace {

/// Bytes of a caller's X-requestId that are taken over; a longer or odd one is replaced.
constexpr std::size_t kRequestIdMaxSize = 128;

bool is_request_id(std::string_view text) noexcept {
  return !text.empty() && text.size() <= kRequestIdMaxSize &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '-' || c == '_' || c == '.' || c == ':';
         });
}

std::string_view find_request_id(const ngx_http_request_t* r) noexcept {
  constexpr std::string_view kName = "x-requestid";
  for (const ngx_list_part_t* part = &r->headers_in.headers.part; part != nullptr;
       part = part->next) {
    const auto* headers = static_cast<const ngx_table_elt_t*>(part->elts);
    for (ngx_uint_t i = 0; i < part->nelts; ++i) {
      if (headers[i].key.len == kName.size() &&
          std::memcmp(headers[i].lowcase_key, kName.data(), kName.size()) == 0) {
        return view_of(headers[i].value);
      }
    }
  }
  return {};
}

bool add_header(ngx_http_request_t* r, std::string_view name, std::string_view value) noexcept {
  auto* header = static_cast<ngx_table_elt_t*>(ngx_list_push(&r->headers_out.headers));
  if (header == nullptr) return false;
  *header = {};
  header->hash = 1;
  header->key = ngx_str_of(name);
  header->value = ngx_str_of(value);
  return true;
}

bool add_retry_after(ngx_http_request_t* r, std::uint16_t seconds) noexcept {
  std::array<char, 8> digits;
  JsonText text(digits);
  text.number(seconds);
  const std::string_view value = pool_copy(r->pool, text.view());
  return !value.empty() && add_header(r, "Retry-After", value);
}

std::uint16_t status_of_error(const ngx_http_request_t* r) noexcept {
  const ngx_uint_t status = r->err_status != 0 ? r->err_status : r->headers_out.status;
  return static_cast<std::uint16_t>(status == 0 ? NGX_HTTP_NOT_FOUND : status);
}

/// Whether the engine was sent a call that may change something. The method is that of the request
/// line: error_page has made GET of it.
bool may_be_done(const ngx_http_request_t* r) noexcept {
  const std::string_view line = view_of(r->request_line);
  if (line.starts_with("GET ") || line.starts_with("HEAD ")) return false;
  if (r->upstream_states == nullptr) return false;
  const auto* states = static_cast<const ngx_http_upstream_state_t*>(r->upstream_states->elts);
  return std::any_of(states, states + r->upstream_states->nelts,
                     [](const ngx_http_upstream_state_t& state) { return state.bytes_sent > 0; });
}

}  // namespace

std::string_view find_correlation_id(ngx_http_request_t* r) noexcept {
  const std::string_view given = find_request_id(r);
  if (is_request_id(given)) return given;
  auto* text = static_cast<char*>(ngx_pnalloc(r->pool, Uuid::kDashedTextSize));
  Uuid uuid;
  Worker* worker = this_worker();
  if (text == nullptr || worker == nullptr || !worker->random.make_uuid(uuid)) return {};
  uuid.print_dashed(std::span<char, Uuid::kDashedTextSize>(text, Uuid::kDashedTextSize));
  return {text, Uuid::kDashedTextSize};
}

ngx_buf_t* make_body(ngx_http_request_t* r, const JsonText& json) noexcept {
  if (!json.ok()) {
    ngx_log_error(NGX_LOG_ALERT, r->connection->log, 0, "tripgate: an answer outgrew its room");
    return nullptr;
  }
  const std::string_view text = json.view();
  ngx_buf_t* body = ngx_create_temp_buf(r->pool, text.size());
  if (body == nullptr) return nullptr;
  body->last = ngx_cpymem(body->pos, text.data(), text.size());
  body->last_buf = 1;
  body->last_in_chain = 1;
  return body;
}

ngx_int_t send_answer(ngx_http_request_t* r, const Answer& answer, const JsonText& json) noexcept {
  return send_answer(r, answer, make_body(r, json));
}

ngx_int_t send_answer(ngx_http_request_t* r, const Answer& answer, ngx_buf_t* body) noexcept {
  if (body == nullptr) return NGX_HTTP_INTERNAL_SERVER_ERROR;
  r->headers_out.status = answer.status;
  r->headers_out.content_length_n = body->last - body->pos;
  r->headers_out.content_type = ngx_str_of("application/json");
  r->headers_out.content_type_len = r->headers_out.content_type.len;
  if (answer.retry_after_s != 0 && !add_retry_after(r, answer.retry_after_s)) return NGX_ERROR;
  if (answer.status == NGX_HTTP_NOT_ALLOWED && !add_header(r, "Allow", "POST")) return NGX_ERROR;
  const ngx_int_t code = ngx_http_send_header(r);
  if (code == NGX_ERROR || code > NGX_OK || r->header_only) return code;
  ngx_chain_t chain{body, nullptr};
  return ngx_http_output_filter(r, &chain);
}

ngx_int_t error_handler(ngx_http_request_t* r) noexcept {
  // nginx has tried already; a body that cannot be skipped only costs the connection.
  if (ngx_http_discard_request_body(r) != NGX_OK) r->keepalive = 0;
  JsonText json(answer_room());
  const std::uint16_t status = status_of_error(r);
  const bool is_unknown =
      (status == NGX_HTTP_BAD_GATEWAY || status == NGX_HTTP_GATEWAY_TIME_OUT) && may_be_done(r);
  const std::string_view id = find_correlation_id(r);
  const Answer answer =
      is_unknown ? write_change_unknown(id, json) : write_nginx_error(status, id, json);
  // The filter would prefer the status that led here; some of nginx's own are not for clients.
  r->err_status = 0;
  return send_answer(r, answer, json);
}

ngx_int_t health_handler(ngx_http_request_t* r) noexcept {
  if ((r->method & (NGX_HTTP_GET | NGX_HTTP_HEAD)) == 0) return NGX_HTTP_NOT_ALLOWED;
  const ngx_int_t code = ngx_http_discard_request_body(r);
  if (code != NGX_OK) return code;
  Worker* worker = this_worker();
  const bool is_up = worker != nullptr && worker->link.is_up() && worker->edge() != nullptr;
  JsonText json(answer_room());
  if (!is_up) {
    json.raw(R"({"status":"DOWN"})");
    return send_answer(r, {.status = 503, .retry_after_s = limits::kRetryAfterSeconds}, json);
  }
  json.raw(R"({"status":"UP"})");
  return send_answer(r, {.status = 200}, json);
}

}  // namespace tripgate
