// Reads engine.yaml through the one YAML reader, so that complaints have line and column.
#include "engine/config.h"

#include <charconv>
#include <filesystem>
#include <utility>

#include "engine/plan/duration.h"
#include "engine/yaml/mapping_reader.h"
#include "engine/yaml/parser.h"
#include "shared/ids.h"

namespace tripgate {
namespace {

namespace fs = std::filesystem;

/// Beyond any machine, and far from what would wrap around.
constexpr std::uint64_t kLimitMax = std::uint64_t{1} << 50;

/// Reads one engine.yaml; complaints gather in findings_.
class ConfigReader {
 public:
  ConfigReader(const yaml::Node& root, const std::string& file)
      : reader_(root, "engine.yaml", findings_), folder_(fs::absolute(file).parent_path()) {}

  Result<Config, Diagnostic> read() {
    read_paths();
    read_scope();
    read_limits();
    read_steps();
    read_retention();
    read_users();
    read_user_groups();
    read_calls();
    reader_.finish();
    if (!findings_.errors.empty()) return findings_.errors.front();
    // A setting that nothing knows is a misspelt one.
    if (!findings_.warnings.empty()) return findings_.warnings.front();
    return config_;
  }

 private:
  void read_paths() {
    config_.state_dir = path("state_dir", "");
    if (config_.state_dir.empty()) complain("state_dir", "state_dir is missing");
    config_.edge_dir = path("edge_dir", "edge");
    config_.intake_socket = path("intake_socket", "intake.sock");
    config_.http_socket = path("http_socket", "http.sock");
    config_.admin_socket = path("admin_socket", "admin/admin.sock");
    config_.step_program = path("step_program", "");
    config_.public_url = text("public_url", config_.public_url);
  }

  void read_scope() {
    config_.account = text("account", config_.account);
    config_.org = text("org", config_.org);
    config_.project = text("project", config_.project);
    if (!is_account_identifier(config_.account)) complain("account", "no account identifier");
    if (!is_identifier(config_.org)) complain("org", "no organisation identifier");
    if (!is_identifier(config_.project)) complain("project", "no project identifier");
    const std::string dispatch = text("dispatch", "running");
    config_.is_dispatch_paused = dispatch == "paused";
    if (dispatch != "running" && dispatch != "paused") {
      complain("dispatch", "dispatch is either running or paused");
    }
    config_.are_webhook_tokens_made = reader_.flag("webhook_tokens", true);
  }

  void read_limits() {
    count("max_running", config_.max_running);
    count("max_running_per_project", config_.max_running_per_project);
    count("max_running_steps", config_.max_running_steps);
    number("max_backlog", config_.max_backlog);
    number("min_free_bytes", config_.min_free_bytes);
  }

  void read_steps() {
    const yaml::Node* const node = reader_.find_mapping("steps");
    if (node == nullptr) return;
    yaml::MappingReader reader(*node, "steps", findings_);
    StepLimits& limits = config_.step_limits;
    read_bytes(reader, "memory", limits.memory_bytes);
    read_bytes(reader, "output", limits.output_bytes);
    read_bytes(reader, "open_files", limits.open_files);
    read_bytes(reader, "processes", limits.processes);
    config_.step_cgroup = reader.text("cgroup");
    read_duration(reader, "cpu", limits.cpu);
    if (!config_.step_cgroup.empty() && !fs::path(config_.step_cgroup).is_absolute()) {
      findings_.error(node->position, "steps.cgroup: an absolute path");
    }
    reader.finish();
  }

  void read_retention() {
    const yaml::Node* const node = reader_.find_mapping("retention");
    if (node == nullptr) return;
    yaml::MappingReader reader(*node, "retention", findings_);
    read_duration(reader, "executions", config_.retention.executions);
    read_duration(reader, "events", config_.retention.events);
    reader.finish();
  }

  /// As pipelines write it, or 0.
  void read_duration(yaml::MappingReader& reader, std::string_view key,
                     std::chrono::seconds& target) {
    const yaml::Node* const node = reader.find_scalar(key);
    if (node == nullptr) return;
    const std::string text = reader.text(key);
    const auto duration =
        text == "0" ? std::optional(std::chrono::seconds(0)) : plan::parse_short_duration(text);
    if (duration) {
      target = *duration;
    } else {
      const std::string name = reader.what() + '.' + std::string(key);
      findings_.error(node->position, name + ": a duration such as 10m or 2h, or 0");
    }
  }

  /// A whole number, with K, M or G for powers of 1024; 0 is no limit.
  void read_bytes(yaml::MappingReader& reader, std::string_view key, std::uint64_t& target) {
    const yaml::Node* const node = reader.find_scalar(key);
    if (node == nullptr) return;
    const std::string text = reader.text(key);
    std::uint64_t number = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
    const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
    const int shift = unit.empty()  ? 0
                      : unit == "K" ? 10
                      : unit == "M" ? 20
                      : unit == "G" ? 30
                                    : 64;
    if (failed != std::errc() || shift == 64 || number > kLimitMax >> shift) {
      const std::string name = reader.what() + '.' + std::string(key);
      findings_.error(node->position, name + ": a whole number, or one of K, M or G, such as 512M");
      return;
    }
    target = number << shift;
  }

  void read_calls() {
    config_.calls = read_call_settings(reader_, findings_);
    config_.calls.program = path("call_program", "");
    if (config_.calls.program.empty() && !config_.step_program.empty()) {
      config_.calls.program =
          (fs::path(config_.step_program).parent_path() / "tripgate-call").string();
    }
  }

  void read_users() {
    for (auto [key, target] : {std::pair{"worker_user", &config_.worker_user},
                               std::pair{"shared_group", &config_.shared_group},
                               std::pair{"step_user", &config_.step_user}}) {
      if (std::string value = reader_.text(key); !value.empty()) *target = std::move(value);
    }
  }

  void read_user_groups() {
    const yaml::Node* const node = reader_.find_mapping("user_groups");
    if (node == nullptr) return;
    std::map<std::string, std::vector<std::string>, std::less<>> groups;
    yaml::MappingReader reader(*node, "user_groups", findings_);
    for (const yaml::Entry& entry : node->entries) {
      const std::string& name = entry.key.text;
      if (!is_group_reference(name)) {
        findings_.error(entry.key.position,
                        "user_groups: \"" + name + "\" is no NAME, org.NAME or account.NAME");
      }
      groups[name] = reader.texts(name);
    }
    config_.user_groups = UserGroups(std::move(groups));
  }

  static bool is_group_reference(std::string_view name) {
    for (const std::string_view scope : {"org.", "account."}) {
      if (!name.starts_with(scope)) continue;
      name.remove_prefix(scope.size());
      break;
    }
    return is_identifier(name);
  }

  /// A path relative to the file's folder; an absent one is `fallback` below state_dir.
  std::string path(std::string_view key, const std::string& fallback) {
    const std::string value = reader_.text(key);
    if (!value.empty()) return (folder_ / value).lexically_normal().string();
    return fallback.empty() ? "" : config_.state_dir + '/' + fallback;
  }

  std::string text(std::string_view key, const std::string& fallback) {
    std::string value = reader_.text(key);
    return value.empty() ? fallback : value;
  }

  template <class Number>
  void number(std::string_view key, Number& target) {
    const std::string value = reader_.text(key);
    if (value.empty()) return;
    const auto [end, failed] = std::from_chars(value.data(), value.data() + value.size(), target);
    if (failed != std::errc() || end != value.data() + value.size()) {
      complain(key, std::string(key) + " is a whole number");
    }
  }

  /// Without a place nothing would ever run, and nothing would say why.
  template <class Number>
  void count(std::string_view key, Number& target) {
    number(key, target);
    if (target == 0) complain(key, std::string(key) + " is at least 1");
  }

  void complain(std::string_view key, const std::string& message) {
    const yaml::Node* node = reader_.find(key);
    findings_.error(node != nullptr ? node->position : reader_.position(), message);
  }

  yaml::Findings findings_;
  yaml::MappingReader reader_;
  const fs::path folder_;
  Config config_;
};

}  // namespace

Result<Config, Diagnostic> parse_config(std::string_view text, const std::string& file) {
  const Result<yaml::Document, Diagnostic> document = yaml::parse_document(text, file);
  if (!document) return document.error();
  Result<Config, Diagnostic> config = ConfigReader(document->root, file).read();
  if (config) return config;
  Diagnostic complaint = config.error();
  complaint.file = file;
  return complaint;
}

}  // namespace tripgate
