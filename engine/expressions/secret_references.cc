// A stand-in is marker, number and `;`. It consists of letters, digits, '-' and ';', so that it
// survives JSON and quoting unchanged.
#include "engine/expressions/secret_references.h"

#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <map>

namespace tripgate {
namespace {

constexpr std::size_t kRandomBytes = 16;
constexpr char kEnd = ';';

constexpr std::string_view kExpressionBegin = "<+secrets.getValue(\"";
constexpr std::string_view kExpressionEnd = "\")>";

/// Bytes that no std::string keeps inside itself, where a move would leave a copy behind.
constexpr std::size_t kHeapSizeMin = 64;

std::string make_marker() {
  std::array<unsigned char, kRandomBytes> random{};
  // Without randomness a sender could forge a stand-in; nothing sensible can follow.
  if (RAND_bytes(random.data(), static_cast<int>(random.size())) != 1) std::abort();
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string marker = "tripgate-secret-";
  for (const unsigned char byte : random) {
    marker += kDigits[byte >> 4U];
    marker += kDigits[byte & 15U];
  }
  return marker + "-";
}

}  // namespace

std::string secret_expression(std::string_view reference) {
  return std::string(kExpressionBegin).append(reference).append(kExpressionEnd);
}

std::optional<std::string_view> named_secret(std::string_view expression) {
  if (!expression.starts_with(kExpressionBegin) || !expression.ends_with(kExpressionEnd)) {
    return std::nullopt;
  }
  if (expression.size() <= kExpressionBegin.size() + kExpressionEnd.size()) return std::nullopt;
  expression.remove_prefix(kExpressionBegin.size());
  expression.remove_suffix(kExpressionEnd.size());
  const bool is_name = std::ranges::all_of(expression, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '$' || c == '.';
  });
  return is_name ? std::optional(expression) : std::nullopt;
}

std::string SecretReferences::stand_in(std::string_view reference) {
  if (marker_.empty()) marker_ = make_marker();
  auto known = std::ranges::find(names_, reference);
  if (known == names_.end()) known = names_.insert(names_.end(), std::string(reference));
  return marker_ + std::to_string(known - names_.begin()) + kEnd;
}

/// Where the next whole stand-in begins, npos if there is none, and its secret's number.
std::size_t SecretReferences::find_next(std::string_view text, std::size_t from,
                                        std::size_t& number) const {
  if (marker_.empty()) return std::string_view::npos;
  for (std::size_t at = text.find(marker_, from); at != std::string_view::npos;
       at = text.find(marker_, at + 1)) {
    const char* const digits = text.data() + at + marker_.size();
    const char* const end = text.data() + text.size();
    const auto parsed = std::from_chars(digits, end, number);
    const bool is_whole = parsed.ec == std::errc() && parsed.ptr != end && *parsed.ptr == kEnd;
    if (is_whole && number < names_.size()) return at;
  }
  return std::string_view::npos;
}

std::string SecretReferences::show(std::string text) const {
  for (std::size_t i = 0; i < names_.size(); ++i) {
    const std::string mark = marker_ + std::to_string(i) + kEnd;
    const std::string shown = secret_expression(names_[i]);
    for (std::size_t at = text.find(mark); at != std::string::npos;
         at = text.find(mark, at + shown.size())) {
      text.replace(at, mark.size(), shown);
    }
  }
  return text;
}

Result<std::string, Diagnostic> SecretReferences::reveal(std::string_view text,
                                                         const SecretSource& source,
                                                         std::vector<std::string>& used) const {
  std::map<std::size_t, SecretText> plain;
  std::size_t size = kHeapSizeMin + text.size();
  std::size_t number = 0;
  for (std::size_t at = find_next(text, 0, number); at != std::string_view::npos;
       at = find_next(text, at + 1, number)) {
    if (!plain.contains(number)) {
      Result<SecretText, Diagnostic> revealed = source.reveal(names_[number]);
      if (!revealed) return revealed.error();
      plain.emplace(number, std::move(*revealed));
    }
    size += plain[number].size();
  }
  for (const auto& [unused, secret] : plain) {
    if (std::ranges::find(used, secret.view()) == used.end()) used.emplace_back(secret.view());
  }
  // One allocation: a text that grows leaves copies of itself in freed memory.
  std::string out;
  out.reserve(size);
  std::size_t from = 0;
  for (std::size_t at = find_next(text, 0, number); at != std::string_view::npos;
       at = find_next(text, from, number)) {
    out.append(text.substr(from, at - from)).append(plain[number].view());
    from = text.find(kEnd, at + marker_.size()) + 1;
  }
  out.append(text.substr(from));
  return {boost::system::in_place_value, std::move(out)};
}

}  // namespace tripgate
