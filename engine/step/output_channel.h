// What a step leaves besides its log: the values of its output variables, or a program's result.
#pragma once

#include <cstdint>
#include <string_view>

#include "engine/step/claim.h"
#include "engine/step/kept_bytes.h"
#include "engine/step/log_file.h"
#include "engine/step/spec.h"
#include "engine/step/text.h"

namespace tripgate::step {

/// Collects the bytes of the outputs descriptor and keeps them when the step has ended. They are in
/// memory until then: of a step that fails nothing is ever on disk. One per process.
class OutputChannel {
 public:
  OutputChannel(const Spec& spec, const Attempt& attempt, LogFile& log)
      : spec_(spec), attempt_(attempt), log_(log), kept_(log.mask()) {}

  /// Takes bytes of the descriptor; what exceeds kOutputsLimitBytes is dropped.
  void feed(std::string_view bytes);
  /// Whether anything was dropped.
  [[nodiscard]] bool is_over_limit() const { return is_over_limit_; }

  /// Writes the file of the outputs that the specification names, masked, and their lines of the
  /// log. Returns why that is not possible, empty if it was; the view lives as long as this.
  [[nodiscard]] std::string_view keep_variables(std::int64_t now_ms);

  /// Writes the bytes, if there are any, with the strings of a JSON text masked. Returns as
  /// keep_variables.
  [[nodiscard]] std::string_view keep_result();

  /// Whether either left a file.
  [[nodiscard]] bool has_file() const { return has_file_; }

 private:
  [[nodiscard]] const char* find_value(std::string_view name) const;
  void log_value(std::int64_t now_ms, const Output& output, std::string_view value);
  void take_variables(std::int64_t now_ms);
  [[nodiscard]] std::string_view refuse_value(const Output& output);
  [[nodiscard]] std::string_view refuse_size(const char* what);
  [[nodiscard]] std::string_view write_file(const char* name);

  const Spec& spec_;
  const Attempt& attempt_;
  LogFile& log_;
  LineSplitter lines_{log_, 'I'};
  bool is_over_limit_ = false;
  bool has_file_ = false;
  std::size_t size_ = 0;
  KeptBytes kept_;
  Text<300> error_;
};

/// `text` without the bytes up to and including space at both ends, as the original trims.
[[nodiscard]] std::string_view trim(std::string_view text);

}  // namespace tripgate::step
