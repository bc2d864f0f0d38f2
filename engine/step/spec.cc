// The specification is a run of records "name=value\0" in a sealed memfd. It is mapped rather than
// copied: values reach execve from where they lie.
#include "engine/step/spec.h"

#include <sys/mman.h>
#include <sys/stat.h>

#include <charconv>

namespace tripgate::step {
namespace {

bool parse_number(std::string_view value, std::int64_t& number) {
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  return error == std::errc() && end == value.data() + value.size() && number >= 0;
}

bool add_text(std::span<char*> texts, std::size_t& count, char* value) {
  if (count + 1 >= texts.size()) return false;  // The last place stays null, as execve wants it.
  texts[count++] = value;
  return true;
}

bool add_secret(Spec& spec, std::string_view value) {
  if (value.empty() || spec.secret_count == kSecretMax) return false;
  spec.secrets[spec.secret_count++] = value;
  return true;
}

bool add_group(Spec& spec, std::string_view value) {
  std::int64_t group = 0;
  if (!parse_number(value, group) || spec.group_count == kGroupMax) return false;
  spec.groups[spec.group_count++] = static_cast<std::uint32_t>(group);
  return true;
}

bool add_output(Spec& spec, std::string_view name, bool is_secret) {
  if (name.empty() || spec.output_count == kOutputMax) return false;
  spec.outputs[spec.output_count++] = {name, is_secret};
  return true;
}

std::int64_t* find_number(Spec& spec, std::string_view name) {
  const struct {
    std::string_view name;
    std::int64_t* number;
  } numbers[] = {
      {"timeout_ms", &spec.timeout_ms},
      {"kill_after_ms", &spec.kill_after_ms},
      {"leftover_grace_ms", &spec.leftover_grace_ms},
      {"log_limit_bytes", &spec.log_limit_bytes},
      {"open_files", &spec.open_files},
      {"cpu_seconds", &spec.cpu_seconds},
      {"memory_bytes", &spec.memory_bytes},
      {"processes", &spec.processes},
      {"output_value_limit_bytes", &spec.output_value_limit_bytes},
      {"is_program", &spec.is_program},
      {"uid", &spec.uid},
      {"gid", &spec.gid},
  };
  for (const auto& entry : numbers) {
    if (entry.name == name) return entry.number;
  }
  return nullptr;
}

const char** find_text(Spec& spec, std::string_view name) {
  if (name == "directory") return &spec.directory;
  if (name == "working_directory") return &spec.working_directory;
  if (name == "remark") return &spec.remark;
  return name == "cgroup" ? &spec.cgroup : nullptr;
}

bool add_record(Spec& spec, std::string_view name, char* text) {
  const std::string_view value(text);
  if (const char** const place = find_text(spec, name)) {
    *place = text;
    return true;
  }
  if (name == "arg") return add_text(spec.args, spec.arg_count, text);
  if (name == "env") return add_text(spec.env, spec.env_count, text);
  if (name == "secret") return add_secret(spec, value);
  if (name == "group") return add_group(spec, value);
  if (name == "output") return add_output(spec, value, false);
  if (name == "secret_output") return add_output(spec, value, true);
  std::int64_t* const number = find_number(spec, name);
  return number != nullptr && parse_number(value, *number);
}

bool is_complete(const Spec& spec) {
  return spec.directory != nullptr && spec.directory[0] == '/' && spec.arg_count != 0 &&
         spec.timeout_ms > 0 && (spec.uid < 0) == (spec.gid < 0);
}

}  // namespace

bool parse_spec(std::span<char> text, Spec& spec) {
  if (text.empty() || text.back() != '\0') return false;
  char* record = text.data();
  char* const end = record + text.size();
  if (std::string_view(record) != kSpecMagic) return false;
  for (record += sizeof kSpecMagic; record < end;) {
    const std::string_view whole(record);
    const std::size_t equals = whole.find('=');
    if (equals == std::string_view::npos) return false;
    if (!add_record(spec, {record, equals}, record + equals + 1)) return false;
    record += whole.size() + 1;
  }
  return is_complete(spec);
}

bool load_spec(Spec& spec) {
  struct stat status {};
  if (fstat(kSpecFd, &status) != 0 || status.st_size <= 0) return false;
  const auto size = static_cast<std::size_t>(status.st_size);
  void* const text = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, kSpecFd, 0);
  if (text == MAP_FAILED) return false;
  return parse_spec({static_cast<char*>(text), size}, spec);
}

}  // namespace tripgate::step
