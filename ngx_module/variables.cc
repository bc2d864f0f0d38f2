// Variables for access_log, limit_req and map. Those about the admission judge the request when
// they are asked for before the content phase; the handler then uses the same verdict.
#include <array>

#include "ngx_module/ngx_http_tripgate_module.h"

namespace tripgate {
namespace {

using Value = ngx_http_variable_value_t;

ngx_int_t set_value(Value* value, std::string_view text) noexcept {
  *value = {};
  value->valid = text.data() != nullptr && !text.empty();
  value->not_found = !value->valid;
  value->len = static_cast<unsigned>(text.size()) & 0x0fffffff;
  value->data = bytes_of(text);
  return NGX_OK;
}

/// The request's own handler: the configuration of an `if` block inside the location has none.
bool is_captured(const ngx_http_request_t* r) noexcept {
  return r->content_handler == capture_handler;
}

/// State of a request in a tripgate_capture location that was already judged or can be.
const RequestCtx* find_judged(ngx_http_request_t* r) noexcept {
  return is_captured(r) && r == r->main ? judged_ctx(r) : nullptr;
}

const RequestCtx* find_ctx(const ngx_http_request_t* r) noexcept {
  return static_cast<const RequestCtx*>(ngx_http_get_module_ctx(r, ngx_http_tripgate_module));
}

ngx_int_t get_event_id(ngx_http_request_t* r, Value* value, uintptr_t /*unused*/) {
  const RequestCtx* ctx = find_ctx(r);
  if (ctx == nullptr || ctx->event.frame.empty()) return set_value(value, {});
  std::array<char, EventId::kTextSize> text;
  ctx->event.id.print(text);
  return set_value(value, pool_copy(r->pool, {text.data(), text.size()}));
}

ngx_int_t get_trigger(ngx_http_request_t* r, Value* value, uintptr_t /*unused*/) {
  const RequestCtx* ctx = find_judged(r);
  return set_value(value, ctx == nullptr ? std::string_view() : ctx->admission.trigger);
}

ngx_int_t get_account(ngx_http_request_t* r, Value* value, uintptr_t /*unused*/) {
  const RequestCtx* ctx = find_judged(r);
  if (ctx == nullptr || !ctx->call.parameters.account) return set_value(value, {});
  return set_value(value, *ctx->call.parameters.account);
}

ngx_int_t get_principal(ngx_http_request_t* r, Value* value, uintptr_t /*unused*/) {
  const RequestCtx* ctx = find_judged(r);
  const bool is_known = ctx != nullptr && ctx->admission.refusal != Refusal::bad_key;
  return set_value(value, is_known ? ctx->admission.principal.identifier : std::string_view());
}

ngx_int_t get_outcome(ngx_http_request_t* r, Value* value, uintptr_t /*unused*/) {
  const RequestCtx* ctx = find_ctx(r);
  return set_value(value, ctx == nullptr ? std::string_view() : ctx->outcome);
}

/// Seconds with milliseconds, like $upstream_response_time.
ngx_int_t get_ack_time(ngx_http_request_t* r, Value* value, uintptr_t /*unused*/) {
  const RequestCtx* ctx = find_ctx(r);
  if (ctx == nullptr || ctx->ack_ms < 0) return set_value(value, {});
  auto* text = static_cast<u_char*>(ngx_pnalloc(r->pool, NGX_TIME_T_LEN + 4));
  if (text == nullptr) return NGX_ERROR;
  const u_char* end = ngx_sprintf(text, "%T.%03M", static_cast<time_t>(ctx->ack_ms / 1000),
                                  static_cast<ngx_msec_t>(ctx->ack_ms % 1000));
  return set_value(value, {reinterpret_cast<char*>(text), static_cast<std::size_t>(end - text)});
}

/// $request with the token cut.
ngx_int_t get_request(ngx_http_request_t* r, Value* value, uintptr_t /*unused*/) {
  return set_value(value, request_without_token(r));
}

struct Variable {
  ngx_str_t name;
  ngx_http_get_variable_pt get;
};

constexpr ngx_uint_t kFlags = NGX_HTTP_VAR_NOCACHEABLE;

}  // namespace

ngx_int_t add_variables(ngx_conf_t* cf) noexcept {
  Variable variables[] = {{ngx_string("tripgate_event_id"), get_event_id},
                          {ngx_string("tripgate_trigger"), get_trigger},
                          {ngx_string("tripgate_account"), get_account},
                          {ngx_string("tripgate_principal"), get_principal},
                          {ngx_string("tripgate_outcome"), get_outcome},
                          {ngx_string("tripgate_ack_time"), get_ack_time},
                          {ngx_string("tripgate_request"), get_request}};
  for (Variable& variable : variables) {
    ngx_http_variable_t* added = ngx_http_add_variable(cf, &variable.name, kFlags);
    if (added == nullptr) return NGX_ERROR;
    added->get_handler = variable.get;
  }
  return NGX_OK;
}

}  // namespace tripgate
