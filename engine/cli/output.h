// What people and programs get to see: tables, JSON, YAML.
#pragma once

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/json_document.h"

namespace tripgate::cli {

enum class OutputFormat : std::uint8_t { table, json, yaml };

/// Columns as wide as their widest cell, two blanks between; no blanks at the end of a line.
/// Control characters, which a webhook's text may carry into a terminal, are shown as `?`.
class Table {
 public:
  explicit Table(std::vector<std::string> header) : rows_{std::move(header)} {}
  void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  void print(std::ostream& out) const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

/// JSON with two blanks per level.
[[nodiscard]] std::string to_pretty_json(const JsonView& value);

/// The same as YAML; texts are quoted unless they are plain words.
[[nodiscard]] std::string to_yaml(const JsonView& value);

/// Milliseconds of Unix time as "2023-11-05 10:00:00" UTC; "-" for none.
[[nodiscard]] std::string time_text(const JsonView& time_ms);

}  // namespace tripgate::cli
