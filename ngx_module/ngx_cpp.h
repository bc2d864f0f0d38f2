// The border to nginx: its headers, and every conversion between its types and ours.
#pragma once

extern "C" {
#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>
#include <ngx_event_connect.h>
#include <ngx_http.h>
}

#include <cstdint>
#include <cstring>
#include <new>
#include <string_view>
#include <type_traits>

namespace tripgate {

[[nodiscard]] inline std::string_view view_of(const ngx_str_t& text) noexcept {
  return {reinterpret_cast<const char*>(text.data), text.len};
}

[[nodiscard]] inline u_char* bytes_of(std::string_view text) noexcept {
  return reinterpret_cast<u_char*>(const_cast<char*>(text.data()));
}

/// Borrows; nginx writes to such text only where its documentation says so.
[[nodiscard]] inline ngx_str_t ngx_str_of(std::string_view text) noexcept {
  return {text.size(), bytes_of(text)};
}

/// A value in a pool, which frees it without a destructor; nullptr without memory.
template <class T>
[[nodiscard]] T* pool_new(ngx_pool_t* pool) noexcept {
  static_assert(std::is_trivially_destructible_v<T>);
  void* room = ngx_palloc(pool, sizeof(T));
  return room == nullptr ? nullptr : new (room) T();
}

/// A copy in a pool; an empty view without memory, and for empty text.
[[nodiscard]] inline std::string_view pool_copy(ngx_pool_t* pool, std::string_view text) noexcept {
  if (text.empty()) return {};
  void* room = ngx_pnalloc(pool, text.size());
  if (room == nullptr) return {};
  std::memcpy(room, text.data(), text.size());
  return {static_cast<const char*>(room), text.size()};
}

/// Unix time in milliseconds, and a monotonic clock; both as of this turn of the event loop.
[[nodiscard]] inline std::uint64_t unix_now_ms() noexcept {
  const volatile ngx_time_t* now = ngx_cached_time;
  return static_cast<std::uint64_t>(now->sec) * 1000 + now->msec;
}

[[nodiscard]] inline std::uint64_t monotonic_now_ms() noexcept {
  return ngx_current_msec;
}

}  // namespace tripgate
