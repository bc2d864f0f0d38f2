// Configuration, per-request and per-worker state of the module.
#pragma once

#include "ngx_module/admission.h"
#include "ngx_module/body_capture.h"
#include "ngx_module/edge_reader.h"
#include "ngx_module/engine_link.h"
#include "ngx_module/ngx_cpp.h"
#include "ngx_module/random_pool.h"
#include "ngx_module/response.h"

extern "C" ngx_module_t ngx_http_tripgate_module;

namespace tripgate {

struct MainConf {
  ngx_str_t store_directory{};  // with the schema's folder, NUL-terminated; empty: not set
  EngineAddress engine;
  bool has_engine = false;
  bool has_capture = false;
};

/// A header whose value is replaced before an event is framed.
struct MaskedHeader {
  ngx_uint_t hash = 0;  // of the lower-case name, as nginx computes it
  ngx_str_t name{};     // lower case
};

struct LocConf {
  ngx_array_t* masked_headers = nullptr;  // of MaskedHeader; nullptr: inherit
  ngx_str_t public_url{};
};

/// A request's own state, in its pool. `event` is on the link while event.state says so.
struct RequestCtx {
  ngx_http_request_t* r = nullptr;
  WebhookCall call;
  std::string_view correlation_id;
  bool is_address = false;  // the path is a webhook address
  bool is_judged = false;   // admission holds the verdict
  bool is_store_down = false;
  Admission admission;                                 // texts copied to the pool
  ngx_http_event_handler_pt read_body_more = nullptr;  // nginx's own, while the body is read
  LinkEvent event;
  BodyReader body;
  ngx_buf_t* success = nullptr;    // the answer if the event is stored under its own id
  std::string_view outcome;        // for $tripgate_outcome
  std::uint64_t submitted_ms = 0;  // monotonic
  ngx_msec_int_t ack_ms = -1;      // from submitting to the engine's answer
};

/// What a worker process owns: made in init_process, freed in exit_process.
class Worker {
 public:
  Worker(const MainConf& conf, ngx_log_t* log) noexcept;

  [[nodiscard]] bool open(ngx_cycle_t* cycle) noexcept;
  void close() noexcept;

  /// The edge store, opened at need; nullptr while it cannot be read (one log line per trouble).
  [[nodiscard]] EdgeReader* edge() noexcept;
  void note_trouble(const EdgeTrouble& trouble) noexcept;

  KeyHasher hasher;
  RandomPool random;
  EngineLink link;

 private:
  const char* store_directory_;
  ngx_log_t* log_;
  EdgeReader edge_;
  ngx_msec_t next_attempt_ms_ = 0;
  bool is_trouble_logged_ = false;
};

/// This process's worker; nullptr in others (master, cache manager) and without tripgate_engine.
[[nodiscard]] Worker* this_worker() noexcept;

/// Handlers of the three kinds of location.
ngx_int_t capture_handler(ngx_http_request_t* r) noexcept;
ngx_int_t health_handler(ngx_http_request_t* r) noexcept;
ngx_int_t error_handler(ngx_http_request_t* r) noexcept;

/// The request's state, made at the first call; nullptr without memory.
[[nodiscard]] RequestCtx* request_ctx(ngx_http_request_t* r) noexcept;

/// Judges the request once, for the content handler or for a variable that is asked for earlier.
[[nodiscard]] RequestCtx* judged_ctx(ngx_http_request_t* r) noexcept;

/// Called by the link with the fate of ctx->event.
void settle_request(LinkEvent& event, const LinkSettled& settled) noexcept;
[[nodiscard]] bool read_request_body(LinkEvent& event, std::uint64_t offset,
                                     std::span<std::uint8_t> out) noexcept;

/// Builds the EVENT frame of an admitted request; NGX_OK, or an HTTP status.
[[nodiscard]] ngx_int_t build_event(RequestCtx& ctx) noexcept;

/// The X-requestId of the request, or a new UUID (triggers.md 1.12).
[[nodiscard]] std::string_view find_correlation_id(ngx_http_request_t* r) noexcept;

/// Sends a JSON answer written by the response functions; the body lies in `json`.
ngx_int_t send_answer(ngx_http_request_t* r, const Answer& answer, const JsonText& json) noexcept;

/// The same in two steps: the body's copy in the request's pool (nullptr without memory, or when
/// the answer outgrew its room), which may be sent later.
[[nodiscard]] ngx_buf_t* make_body(ngx_http_request_t* r, const JsonText& json) noexcept;
ngx_int_t send_answer(ngx_http_request_t* r, const Answer& answer, ngx_buf_t* body) noexcept;

/// One room for writing answers; a worker writes one at a time.
[[nodiscard]] std::span<char> answer_room() noexcept;

/// The request line with the token cut to four characters; empty without memory.
[[nodiscard]] std::string_view request_without_token(ngx_http_request_t* r) noexcept;

/// Stands in for nginx's own tail of error log lines, which repeats the request line.
u_char* log_without_token(ngx_http_request_t* r, ngx_http_request_t* sr, u_char* buf, size_t size);

extern ngx_command_t directives[];
void* create_main_conf(ngx_conf_t* cf) noexcept;
char* init_main_conf(ngx_conf_t* cf, void* conf) noexcept;
void* create_loc_conf(ngx_conf_t* cf) noexcept;
char* merge_loc_conf(ngx_conf_t* cf, void* parent, void* child) noexcept;
ngx_int_t add_variables(ngx_conf_t* cf) noexcept;

}  // namespace tripgate
