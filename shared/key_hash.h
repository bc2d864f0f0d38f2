// How webhook tokens, API keys and scopes are hashed, and how secrets are compared.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>

namespace tripgate {

using Sha256Digest = std::array<std::uint8_t, 32>;

/// The first 16 bytes of the SHA-256 of an (account, organisation, project) triple.
using ScopeKey = std::array<std::uint8_t, 16>;

/// SHA-256 of tokens, keys and scopes. One per thread: it remembers.
class KeyHasher {
 public:
  /// SHA-256 of text. A webhook token or an API key's secret is stored as nothing but this.
  [[nodiscard]] static Sha256Digest hash(std::string_view text) noexcept;

  /// Key of a scope in the edge store. Parts are hashed behind their sizes, so that no two scopes
  /// share a text; an organisation or project may be empty for the scopes above it. Remembers the
  /// last scope: one call after the other asks for the same.
  [[nodiscard]] ScopeKey hash_scope(std::string_view account, std::string_view org,
                                    std::string_view project) noexcept;

 private:
  /// The hashed text of a scope, and what came of it; an empty text was not hashed yet.
  struct LastScope {
    std::array<std::uint8_t, 512> text{};
    std::size_t size = 0;
    ScopeKey key{};
  };

  LastScope last_scope_;
};

/// Compares without telling by its duration where two digests differ.
[[nodiscard]] bool constant_time_equal(const Sha256Digest& left,
                                       const Sha256Digest& right) noexcept;

}  // namespace tripgate
