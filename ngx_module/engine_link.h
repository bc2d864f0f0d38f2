// The worker's connection to the engine: a socket, timers and LinkFsm.
#pragma once

#include <array>
#include <cstdint>

#include "ngx_module/link_fsm.h"
#include "ngx_module/ngx_cpp.h"

namespace tripgate {

/// What `tripgate_engine` sets.
struct EngineAddress {
  ngx_addr_t address{};
  LinkTimes times;
};

/// One per process, opened in init_process and closed in exit_process. Large (400 kB): lives on the
/// heap. nginx calls back through the timers and events inside, so it must not move.
class EngineLink {
 public:
  EngineLink(const EngineAddress& engine, const LinkSeams& seams) noexcept
      : engine_(engine), fsm_(seams, engine.times, static_cast<std::uint32_t>(ngx_pid)) {}
  EngineLink(const EngineLink&) = delete;
  EngineLink& operator=(const EngineLink&) = delete;

  /// Starts to connect, and goes on trying until close().
  void open(ngx_cycle_t* cycle) noexcept;
  void close() noexcept;

  /// True when the engine takes events.
  [[nodiscard]] bool is_up() const noexcept { return fsm_.is_up(); }

  /// See LinkFsm::add and LinkFsm::drop. Sent with everything else of this turn of the event loop.
  [[nodiscard]] bool add(LinkEvent& event) noexcept;
  void drop(LinkEvent& event) noexcept;

 private:
  static void on_read(ngx_event_t* event) noexcept;
  static void on_write(ngx_event_t* event) noexcept;
  static void on_flush(ngx_event_t* event) noexcept;
  static void on_reconnect(ngx_event_t* event) noexcept;
  static void on_tick(ngx_event_t* event) noexcept;

  void connect() noexcept;
  void retry_later(ngx_err_t reason) noexcept;
  void disconnect() noexcept;
  void receive() noexcept;
  void flush() noexcept;
  void post_flush() noexcept;
  void note_state(ngx_err_t reason) noexcept;
  [[nodiscard]] bool send_rest() noexcept;
  void send_early() noexcept;

  static constexpr ngx_msec_t kBackoffMinMs = 10;
  static constexpr ngx_msec_t kBackoffMaxMs = 500;
  static constexpr ngx_msec_t kTickMs = 50;
  /// Events that are sent without waiting for the end of the turn.
  static constexpr unsigned kEarlyEvents = 32;
  static constexpr std::size_t kOutputSize = 256 * 1024;
  static_assert(kOutputSize >= LinkFsm::kOutputMinSize);

  EngineAddress engine_;
  ngx_connection_t* connection_ = nullptr;
  ngx_log_t* log_ = nullptr;
  ngx_log_t quiet_log_{};  // for attempts to connect: they fail a hundred times per restart
  ngx_event_t flush_event_{};
  ngx_event_t reconnect_event_{};
  ngx_event_t tick_event_{};
  ngx_msec_t backoff_ms_ = kBackoffMinMs;
  bool is_closed_ = true;
  bool was_up_ = false;
  bool said_away_ = false;
  std::size_t output_size_ = 0;  // bytes in output_, of which output_sent_ are gone
  std::size_t output_sent_ = 0;
  unsigned unsent_count_ = 0;  // events added since frames were last filled
  LinkFsm fsm_;
  std::array<std::uint8_t, kOutputSize> output_{};
};

}  // namespace tripgate
