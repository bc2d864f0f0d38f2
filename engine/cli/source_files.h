// The YAML files that a command line names.
#pragma once

#include <string>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/base/result.h"

namespace tripgate::cli {

struct SourceFile {
  std::string name;  // as complaints show it
  std::string text;
};

/// One file, or standard input for `-`. Errors: what cannot be read.
[[nodiscard]] Result<SourceFile, Diagnostic> read_source_file(const std::string& path);

/// Reads files, the *.yaml and *.yml files of folders (sorted, subfolders left out), and standard
/// input for `-`. Errors: what cannot be read, or a folder without such files.
[[nodiscard]] Result<std::vector<SourceFile>, Diagnostic> read_source_files(
    const std::vector<std::string>& paths);

}  // namespace tripgate::cli
