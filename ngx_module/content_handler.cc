// The journey of a request through tripgate_capture: address, admission, body, link, answer.
#include <array>

#include "ngx_module/ngx_http_tripgate_module.h"

namespace tripgate {
namespace {

// What nginx's error log says behind "while"; nginx wants them mutable and leaves them alone.
char waiting_for_engine[] = "waiting for the engine";
char sending_to_client[] = "sending to client";

struct NamedHeaders {
  std::string_view api_key;
  std::uint32_t api_key_lines = 0;
};

bool is_named(const ngx_table_elt_t& header, std::string_view lower_name) noexcept {
  return header.key.len == lower_name.size() &&
         std::memcmp(header.lowcase_key, lower_name.data(), lower_name.size()) == 0;
}

NamedHeaders find_api_key(const ngx_http_request_t* r) noexcept {
  NamedHeaders found;
  for (const ngx_list_part_t* part = &r->headers_in.headers.part; part != nullptr;
       part = part->next) {
    const auto* headers = static_cast<const ngx_table_elt_t*>(part->elts);
    for (ngx_uint_t i = 0; i < part->nelts; ++i) {
      if (!is_named(headers[i], "x-api-key")) continue;
      if (found.api_key_lines++ == 0) found.api_key = view_of(headers[i].value);
    }
  }
  return found;
}

bool read_call(RequestCtx& ctx) noexcept {
  ngx_http_request_t* r = ctx.r;
  const std::optional<WebhookAddress> address = parse_webhook_address(view_of(r->uri));
  ctx.is_address = address.has_value();
  if (!address) return true;
  std::span<char> room;
  const std::string_view query = view_of(r->args);
  if (needs_decoding(query)) {
    room = {static_cast<char*>(ngx_pnalloc(r->pool, query.size())), query.size()};
    if (room.data() == nullptr) return false;
  }
  const NamedHeaders headers = find_api_key(r);
  ctx.call = {.address = *address,
              .parameters = parse_call_parameters(query, room),
              .api_key = headers.api_key,
              .api_key_lines = headers.api_key_lines};
  return true;
}

/// Texts of the verdict lie in the edge store's pages, which are ours only during the look.
void keep_texts(Admission& admission, ngx_pool_t* pool) noexcept {
  Principal& principal = admission.principal;
  for (std::string_view* text :
       {&principal.identifier, &principal.username, &principal.email, &admission.trigger}) {
    *text = pool_copy(pool, *text);
  }
}

void judge(RequestCtx& ctx, Worker& worker) noexcept {
  ctx.is_judged = true;
  EdgeReader* store = worker.edge();
  if (store == nullptr) {
    ctx.is_store_down = true;
    return;
  }
  const EdgeLook look(*store);
  if (look.trouble()) {
    worker.note_trouble(look.trouble());
    ctx.is_store_down = true;
    return;
  }
  ctx.admission = admit(ctx.call, *store, worker.hasher, unix_now_ms());
  keep_texts(ctx.admission, ctx.r->pool);
}

ngx_int_t answer_without_body(RequestCtx& ctx, std::string_view outcome, const Answer& answer,
                              const JsonText& json) noexcept {
  ctx.outcome = outcome;
  const ngx_int_t code = ngx_http_discard_request_body(ctx.r);
  return code == NGX_OK ? send_answer(ctx.r, answer, json) : code;
}

/// Answers what can be answered before the body is read; NGX_DECLINED when it may come.
ngx_int_t answer_early(RequestCtx& ctx) noexcept {
  JsonText json(answer_room());
  const std::string_view id = ctx.correlation_id;
  if (!ctx.is_address) {
    return answer_without_body(ctx, "unknown_path", write_unknown_path(id, json), json);
  }
  if (ctx.r->method != NGX_HTTP_POST) {
    return answer_without_body(ctx, "wrong_method", write_wrong_method(id, json), json);
  }
  if (judged_ctx(ctx.r) == nullptr) return NGX_HTTP_INTERNAL_SERVER_ERROR;
  if (ctx.is_store_down) {
    return answer_without_body(ctx, "store_unavailable", write_store_unavailable(id, json), json);
  }
  if (ctx.admission.refusal != Refusal::none) {
    const Answer answer = write_refusal(ctx.call, ctx.admission, id, json);
    return answer_without_body(ctx, refusal_word(ctx.admission.refusal), answer, json);
  }
  if (ctx.r->headers_in.content_length_n > static_cast<off_t>(limits::kBodyMaxSize)) {
    return NGX_HTTP_REQUEST_ENTITY_TOO_LARGE;
  }
  return NGX_DECLINED;
}

void forget_event(void* ctx_of_request) {
  auto* ctx = static_cast<RequestCtx*>(ctx_of_request);
  if (ctx->event.state == LinkState::idle) return;
  ctx->outcome = "client_gone";
  if (Worker* worker = this_worker()) worker->link.drop(ctx->event);
}

ngx_int_t refuse_late(RequestCtx& ctx) noexcept {
  JsonText json(answer_room());
  ctx.outcome = "too_much_waiting";
  return send_answer(ctx.r, write_not_stored(ctx.correlation_id, json), json);
}

PublicAddress public_address(RequestCtx& ctx, std::span<u_char> room) noexcept {
  ngx_http_request_t* r = ctx.r;
  const auto& conf =
      *static_cast<const LocConf*>(ngx_http_get_module_loc_conf(r, ngx_http_tripgate_module));
  if (conf.public_url.len != 0) return {.scheme = view_of(conf.public_url), .host = {}};
  const std::string_view scheme = r->connection->ssl != nullptr ? "https://" : "http://";
  if (r->headers_in.host != nullptr) {
    return {.scheme = scheme, .host = view_of(r->headers_in.host->value)};
  }
  ngx_str_t local{room.size(), room.data()};
  if (ngx_connection_local_sockaddr(r->connection, &local, 1) != NGX_OK) local.len = 0;
  return {.scheme = scheme, .host = view_of(local)};
}

/// Nearly every event is stored under its own id. That answer is written while the request is in
/// the cache; the acknowledgement comes after hundreds of other requests have passed through it.
bool prepare_success(RequestCtx& ctx) noexcept {
  std::array<u_char, NGX_SOCKADDR_STRLEN> room;
  JsonText json(answer_room());
  write_success(ctx.call, ctx.event.id, public_address(ctx, room), ctx.correlation_id, json);
  ctx.success = make_body(ctx.r, json);
  return ctx.success != nullptr;
}

ngx_int_t submit(RequestCtx& ctx, Worker& worker) noexcept {
  ngx_http_request_t* r = ctx.r;
  ctx.body = BodyReader(r);
  if (ctx.body.size() > limits::kBodyMaxSize) return NGX_HTTP_REQUEST_ENTITY_TOO_LARGE;
  const auto seconds = static_cast<std::uint32_t>(ngx_time());
  if (!worker.random.make_event_id(seconds, ctx.event.id)) return NGX_HTTP_INTERNAL_SERVER_ERROR;
  if (const ngx_int_t code = build_event(ctx); code != NGX_OK) return code;
  ngx_http_cleanup_t* cleanup = ngx_http_cleanup_add(r, 0);
  if (cleanup == nullptr) return NGX_HTTP_INTERNAL_SERVER_ERROR;
  cleanup->handler = forget_event;
  cleanup->data = &ctx;
  if (!prepare_success(ctx)) return NGX_HTTP_INTERNAL_SERVER_ERROR;
  if (!worker.link.add(ctx.event)) return refuse_late(ctx);
  ctx.submitted_ms = monotonic_now_ms();
  r->connection->log->action = waiting_for_engine;
  r->read_event_handler = ngx_http_test_reading;
  r->write_event_handler = ngx_http_request_empty_handler;
  // A client that left right behind its last byte was seen together with it, and no other event
  // will tell of that.
  ngx_event_t* read = r->connection->read;
  if (read->ready) {
    ngx_post_event(read, &ngx_posted_events);
  }
  return NGX_DONE;
}

/// The body is complete. NGX_DONE leaves the reference that reading the body took to the answer.
void on_body(ngx_http_request_t* r) {
  RequestCtx* ctx = request_ctx(r);
  Worker* worker = this_worker();
  if (ctx == nullptr || worker == nullptr) {
    ngx_http_finalize_request(r, NGX_HTTP_INTERNAL_SERVER_ERROR);
    return;
  }
  const ngx_int_t code = submit(*ctx, *worker);
  if (code != NGX_DONE) ngx_http_finalize_request(r, code);
}

/// nginx closes without a word when a body comes too slowly; the client is told first.
void on_body_event(ngx_http_request_t* r) {
  RequestCtx* ctx = request_ctx(r);
  ngx_event_t* read = r->connection->read;
  if (!read->timedout) {
    ctx->read_body_more(r);
    return;
  }
  read->timedout = 0;
  ctx->outcome = "slow_body";
  r->keepalive = 0;
#if (NGX_HTTP_V2)
  // The answer may wait for the client's window; what comes of the body meanwhile is too late.
  if (r->stream != nullptr) r->stream->skip_data = 1;
#endif
  JsonText json(answer_room());
  const Answer answer = write_nginx_error(NGX_HTTP_REQUEST_TIME_OUT, ctx->correlation_id, json);
  ngx_http_finalize_request(r, send_answer(r, answer, json));
}

ngx_int_t read_body(RequestCtx& ctx) noexcept {
  ngx_http_request_t* r = ctx.r;
  const ngx_int_t code = ngx_http_read_client_request_body(r, on_body);
  if (code >= NGX_HTTP_SPECIAL_RESPONSE) return code;
  if (code == NGX_AGAIN) {
    ctx.read_body_more = r->read_event_handler;
    r->read_event_handler = on_body_event;
  }
  return NGX_DONE;
}

Answer write_settled(RequestCtx& ctx, const LinkSettled& settled, JsonText& json) noexcept {
  const std::string_view correlation_id = ctx.correlation_id;
  std::array<u_char, NGX_SOCKADDR_STRLEN> room;
  switch (settled.outcome) {
    case LinkOutcome::stored:
      ctx.outcome = "accepted";
      return write_success(ctx.call, settled.id, public_address(ctx, room), correlation_id, json);
    case LinkOutcome::refused:
      ctx.outcome = "refused_by_engine";
      return write_nack(ctx.call, settled.nack, correlation_id, json);
    case LinkOutcome::unknown:
      ctx.outcome = "outcome_unknown";
      return write_outcome_unknown(ctx.event.id, correlation_id, json);
    case LinkOutcome::cancelled:
      ctx.outcome = "cancelled";
      break;
    case LinkOutcome::never_sent:
      ctx.outcome = "engine_away";
      break;
  }
  return write_not_stored(correlation_id, json);
}

ngx_int_t answer_settled(RequestCtx& ctx, const LinkSettled& settled) noexcept {
  if (settled.outcome == LinkOutcome::stored && settled.id == ctx.event.id) {
    ctx.outcome = "accepted";
    return send_answer(ctx.r, {.status = 200}, ctx.success);
  }
  if (settled.outcome == LinkOutcome::stored) ctx.event.id = settled.id;
  JsonText json(answer_room());
  const Answer answer = write_settled(ctx, settled, json);
  return send_answer(ctx.r, answer, json);
}

}  // namespace

RequestCtx* request_ctx(ngx_http_request_t* r) noexcept {
  auto* ctx = static_cast<RequestCtx*>(ngx_http_get_module_ctx(r, ngx_http_tripgate_module));
  if (ctx != nullptr) return ctx;
  ctx = pool_new<RequestCtx>(r->pool);
  if (ctx == nullptr) return nullptr;
  ctx->r = r;
  ctx->event.owner = ctx;
  if (!read_call(*ctx)) return nullptr;
  ngx_http_set_ctx(r, ctx, ngx_http_tripgate_module);
  return ctx;
}

RequestCtx* judged_ctx(ngx_http_request_t* r) noexcept {
  RequestCtx* ctx = request_ctx(r);
  Worker* worker = this_worker();
  if (ctx == nullptr || worker == nullptr) return nullptr;
  if (ctx->is_address && !ctx->is_judged) judge(*ctx, *worker);
  return ctx;
}

ngx_int_t capture_handler(ngx_http_request_t* r) noexcept {
  // A mirror's copy would be stored twice; auth_request must not start a deployment.
  if (r != r->main) return NGX_HTTP_FORBIDDEN;
  RequestCtx* ctx = request_ctx(r);
  if (ctx == nullptr) return NGX_HTTP_INTERNAL_SERVER_ERROR;
  ctx->correlation_id = find_correlation_id(r);
  const ngx_int_t code = answer_early(*ctx);
  return code == NGX_DECLINED ? read_body(*ctx) : code;
}

bool read_request_body(LinkEvent& event, std::uint64_t offset,
                       std::span<std::uint8_t> out) noexcept {
  auto* ctx = static_cast<RequestCtx*>(event.owner);
  if (ctx->body.read(offset, out)) return true;
  ngx_log_error(NGX_LOG_CRIT, ctx->r->connection->log, 0, "tripgate: a body cannot be read again");
  return false;
}

void settle_request(LinkEvent& event, const LinkSettled& settled) noexcept {
  auto* ctx = static_cast<RequestCtx*>(event.owner);
  ngx_http_request_t* r = ctx->r;
  ngx_connection_t* c = r->connection;
  ctx->ack_ms = static_cast<ngx_msec_int_t>(monotonic_now_ms() - ctx->submitted_ms);
  ngx_http_set_log_request(c->log, r);
  c->log->action = sending_to_client;
  ngx_http_finalize_request(r, answer_settled(*ctx, settled));
  ngx_http_run_posted_requests(c);
}

}  // namespace tripgate
