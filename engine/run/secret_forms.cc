// Forms are made once, when a step starts, so that the supervisor only compares bytes.
#include "engine/run/secret_forms.h"

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "engine/base/json_writer.h"

namespace tripgate {
namespace {

// Shorter lines of a secret are not masked (spec 6.11).
constexpr std::size_t kLineMinBytes = 3;
constexpr std::size_t kBase64MinBytes = 4;

constexpr std::string_view kBase64Digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

bool is_unreserved(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

std::string url_encoded(std::string_view text, std::string_view digits, std::string_view space) {
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_unreserved(c)) {
      encoded += c;
    } else if (c == ' ') {
      encoded += space;
    } else {
      encoded += {'%', digits[byte >> 4], digits[byte & 15]};
    }
  }
  return encoded;
}

std::string json_escaped(std::string_view text) {
  std::string quoted;
  append_json_string(quoted, text);
  return quoted.substr(1, quoted.size() - 2);
}

// As `set -x` prints it between its quotes.
std::string shell_quoted(std::string_view text) {
  std::string quoted;
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted;
}

// The digits that depend on `text` alone when `before` bytes (0 to 2, modulo three) precede it.
std::string base64_core(std::string_view text, std::size_t before) {
  std::string digits;
  std::uint32_t bits = 0;
  std::size_t bit_count = 0;
  // The first digit that holds nothing of the preceding bytes begins at a multiple of six bits.
  const std::size_t skipped_bits = (before * 8 + 5) / 6 * 6 - before * 8;
  std::size_t skip = skipped_bits;
  for (const char c : text) {
    bits = bits << 8 | static_cast<unsigned char>(c);
    bit_count += 8;
    if (skip != 0) {
      bit_count -= skip;
      skip = 0;
    }
    while (bit_count >= 6) {
      bit_count -= 6;
      digits += kBase64Digits[bits >> bit_count & 63];
    }
  }
  return digits;
}

std::string url_safe(std::string digits) {
  std::ranges::replace(digits, '+', '-');
  std::ranges::replace(digits, '/', '_');
  return digits;
}

void add_base64(std::vector<std::string>& forms, std::string_view text) {
  for (const std::size_t before : {0U, 1U, 2U}) {
    std::string core = base64_core(text, before);
    if (core.size() < kBase64MinBytes) continue;
    forms.push_back(url_safe(core));
    forms.push_back(std::move(core));
  }
}

void add_line(std::vector<std::string>& forms, std::string_view line) {
  if (line.size() < kLineMinBytes) return;
  forms.emplace_back(line);
  forms.push_back(json_escaped(line));
  forms.push_back(json_escaped(json_escaped(line)));
  forms.push_back(shell_quoted(line));
  forms.push_back(url_encoded(line, "0123456789ABCDEF", "%20"));
  forms.push_back(url_encoded(line, "0123456789abcdef", "+"));
  add_base64(forms, line);
}

}  // namespace

std::vector<std::string> secret_forms(const std::vector<std::string>& secrets) {
  std::vector<std::string> forms;
  for (const std::string_view secret : secrets) {
    for (std::size_t start = 0; start <= secret.size();) {
      const std::size_t end = std::min(secret.find('\n', start), secret.size());
      std::string_view line = secret.substr(start, end - start);
      if (line.ends_with('\r')) line.remove_suffix(1);
      add_line(forms, line);
      start = end + 1;
    }
    if (secret.find('\n') != std::string_view::npos) add_base64(forms, secret);
  }
  std::ranges::sort(forms);
  const auto twice = std::ranges::unique(forms);
  forms.erase(twice.begin(), twice.end());
  return forms;
}

}  // namespace tripgate
