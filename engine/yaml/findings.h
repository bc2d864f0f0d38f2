// What a reader of documents has to say: errors stop, warnings are shown and the work goes on.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/base/diagnostic.h"

namespace tripgate::yaml {

/// A place in a text; line and column count from 1, 0 is "as a whole". A column counts bytes.
struct Position {
  std::uint32_t line = 0;
  std::uint32_t column = 0;

  friend bool operator==(const Position&, const Position&) = default;
};

/// Collects everything that is wrong with a file, so that a person repairs it in one go.
struct Findings {
  Findings() = default;
  explicit Findings(std::string name) : file(std::move(name)) {}

  std::string file;
  std::vector<Diagnostic> errors;
  std::vector<Diagnostic> warnings;

  void error(Position at, std::string message) { errors.push_back(make(at, std::move(message))); }
  void warn(Position at, std::string message) { warnings.push_back(make(at, std::move(message))); }

  /// Takes a complaint that was made without knowing the file.
  void error(Diagnostic complaint) {
    complaint.file = file;
    errors.push_back(std::move(complaint));
  }

  [[nodiscard]] bool is_clean() const { return errors.empty(); }

 private:
  [[nodiscard]] Diagnostic make(Position at, std::string message) const {
    Diagnostic complaint(at.line, at.column, std::move(message));
    complaint.file = file;
    return complaint;
  }
};

}  // namespace tripgate::yaml
