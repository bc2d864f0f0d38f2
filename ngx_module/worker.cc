// A worker's own parts, and how it lives with an edge store that is not there yet.
#include <malloc.h>

#include "ngx_module/ngx_http_tripgate_module.h"

namespace tripgate {
namespace {

/// Free memory at the end of the heap that a worker keeps. With glibc's 128 kB a few hundred
/// requests that come and go give it back and fault it in again all the time: 51,000 page faults a
/// second at 90,000 requests.
constexpr int kHeapKeepBytes = 16 * 1024 * 1024;

/// Bytes by which the heap grows.
constexpr int kHeapGrowBytes = 1024 * 1024;

/// A missing store is looked for at most this often, however many requests ask.
constexpr ngx_msec_t kOpenAgainMs = 200;

std::array<char, kAnswerMaxSize> room;

}  // namespace

std::span<char> answer_room() noexcept {
  return room;
}

Worker::Worker(const MainConf& conf, ngx_log_t* log) noexcept
    : link(conf.engine, {.settle = settle_request, .read_body = read_request_body}),
      store_directory_(reinterpret_cast<const char*>(conf.store_directory.data)),
      log_(log) {}

bool Worker::open(ngx_cycle_t* cycle) noexcept {
  (void)::mallopt(M_TRIM_THRESHOLD, kHeapKeepBytes);
  (void)::mallopt(M_TOP_PAD, kHeapGrowBytes);
  link.open(cycle);
  (void)edge();
  return true;
}

void Worker::close() noexcept {
  link.close();
  edge_.close();
}

EdgeReader* Worker::edge() noexcept {
  if (edge_.is_open()) return &edge_;
  const ngx_msec_t now_ms = ngx_current_msec;
  if (static_cast<ngx_msec_int_t>(now_ms - next_attempt_ms_) < 0) return nullptr;
  next_attempt_ms_ = now_ms + kOpenAgainMs;
  if (const EdgeTrouble trouble = edge_.open(store_directory_)) {
    note_trouble(trouble);
    return nullptr;
  }
  if (is_trouble_logged_) {
    ngx_log_error(NGX_LOG_NOTICE, log_, 0, "tripgate: edge store \"%s\" is open", store_directory_);
  }
  is_trouble_logged_ = false;
  return &edge_;
}

void Worker::note_trouble(const EdgeTrouble& trouble) noexcept {
  if (is_trouble_logged_) return;
  is_trouble_logged_ = true;
  // LMDB's own codes are negative; the others are the system's.
  ngx_log_error(NGX_LOG_ERR, log_, trouble.code > 0 ? trouble.code : 0,
                "tripgate: edge store \"%s\" %s (lmdb code %d)", store_directory_, trouble.what,
                trouble.code < 0 ? trouble.code : 0);
}

}  // namespace tripgate
