// Every bound of the HTTP servers: value, unit, reason.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace tripgate::http {

struct HttpLimits {
  /// Bytes of a request line with its headers. nginx passes at most 32 kB by default.
  std::uint32_t header_max_bytes = 64 * 1024;

  /// Bytes of a request body: an `apply` of eight of the largest YAML files.
  std::uint64_t body_max_bytes = std::uint64_t{8} << 20;

  /// Connections at once. One more is answered 503 and closed; each costs some 20 kB.
  std::size_t connections_max = 512;

  /// From the first byte of a request, or from the accept, to the end of its headers.
  std::chrono::milliseconds header_timeout{10'000};

  /// For a whole body: 8 MB at 270 kB/s.
  std::chrono::milliseconds body_timeout{30'000};

  /// Between two requests of a connection. Longer than nginx's `keepalive_timeout` of an upstream
  /// (60 s), so that nginx is who closes.
  std::chrono::milliseconds idle_timeout{75'000};

  /// For a response, or a piece of a streamed one, that the client does not read.
  std::chrono::milliseconds write_timeout{30'000};

  /// How often a stream that had nothing to say is asked again.
  std::chrono::milliseconds stream_poll_interval{100};

  /// A silent stream sends a comment, so that proxies keep it and a gone client is noticed.
  std::chrono::milliseconds stream_ping_interval{15'000};

  /// A stream at all (pipelines.md 8.10).
  std::chrono::milliseconds stream_max_duration{3'600'000};

  /// Requests that are held back at once (`wait`). One more is answered as things stand; a waiter
  /// costs a connection and a timer.
  std::size_t waiters_max = 256;

  /// How often a waiter looks whether something happened; what a change is late by at most.
  std::chrono::milliseconds wait_poll_interval{25};

  /// A request is held back at all.
  std::chrono::milliseconds wait_max_duration{60'000};

  /// How long the end of a server waits for the answers of those that were held back.
  std::chrono::milliseconds stop_max_duration{2'000};

  /// Threads that read, answer and wait for the store.
  std::size_t thread_count = 4;
};

}  // namespace tripgate::http
