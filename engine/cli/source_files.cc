// Folders are read in the order of their names, so that the same folder always applies the same.
#include "engine/cli/source_files.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

namespace tripgate::cli {
namespace {

namespace fs = std::filesystem;

Result<std::vector<std::string>, Diagnostic> files_of_folder(const std::string& folder) {
  std::vector<std::string> paths;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    const fs::path& path = entry->path();
    if (path.extension() == ".yaml" || path.extension() == ".yml") paths.push_back(path.string());
  }
  if (error) return Diagnostic(folder + ": " + error.message());
  if (paths.empty()) return Diagnostic(folder + ": the folder has no .yaml or .yml file");
  std::sort(paths.begin(), paths.end());
  return paths;
}

}  // namespace

Result<SourceFile, Diagnostic> read_source_file(const std::string& path) {
  std::ostringstream text;
  if (path == "-") {
    text << std::cin.rdbuf();
    return SourceFile{.name = "standard input", .text = text.str()};
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) return Diagnostic(path + ": " + std::strerror(errno));
  text << file.rdbuf();
  return SourceFile{.name = path, .text = text.str()};
}

Result<std::vector<SourceFile>, Diagnostic> read_source_files(
    const std::vector<std::string>& paths) {
  std::vector<SourceFile> files;
  for (const std::string& path : paths) {
    std::vector<std::string> names = {path};
    std::error_code ignored;
    if (fs::is_directory(path, ignored)) {
      Result<std::vector<std::string>, Diagnostic> found = files_of_folder(path);
      if (!found) return found.error();
      names = *std::move(found);
    }
    for (const std::string& name : names) {
      Result<SourceFile, Diagnostic> file = read_source_file(name);
      if (!file) return file.error();
      files.push_back(*std::move(file));
    }
  }
  return files;
}

}  // namespace tripgate::cli
