// Expressions here are paths: names and brackets from one of a few roots. Text of variables is ours
// and may hold expressions; text of the event is data and is taken as it is.
#include "engine/run/step_renderer.h"

#include <algorithm>
#include <charconv>
#include <initializer_list>
#include <optional>
#include <vector>

#include "engine/jexl/json.h"
#include "engine/jexl/value_text.h"
#include "shared/event_head.h"

namespace tripgate {
namespace {

/// Variables may refer to variables; a circle ends here.
constexpr int kDepthMax = 15;
constexpr std::string_view kUnresolved = "null";

using Path = std::vector<std::string>;

std::string_view trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

/// Reads `['name']`, `["name"]` or `[0]` at the front of text. Empty if it is none of them.
std::optional<std::string> take_bracket(std::string_view& text) {
  text.remove_prefix(1);
  std::string name;
  if (!text.empty() && (text.front() == '\'' || text.front() == '"')) {
    const std::size_t end = text.find(text.front(), 1);
    if (end == std::string_view::npos) return std::nullopt;
    name = text.substr(1, end - 1);
    text.remove_prefix(end + 1);
  } else {
    const std::size_t end = std::min(text.find(']'), text.size());
    name = text.substr(0, end);
    text.remove_prefix(end);
  }
  if (!text.starts_with(']')) return std::nullopt;
  text.remove_prefix(1);
  return name;
}

/// Splits `a.b["c"][0]`. Empty if the text is no path.
std::optional<Path> parse_path(std::string_view text) {
  Path path;
  text = trim(text);
  while (!text.empty()) {
    if (text.front() == '[') {
      std::optional<std::string> name = take_bracket(text);
      if (!name) return std::nullopt;
      path.push_back(std::move(*name));
      continue;
    }
    if (text.front() == '.') text.remove_prefix(1);
    const std::size_t end = std::min(text.find_first_of(".["), text.size());
    if (end == 0) return std::nullopt;
    path.emplace_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return path;
}

const jexl::Value* find_member(const jexl::Value& value, const std::string& name) {
  if (!value.is_sequence()) return value.get(name);
  std::size_t index = 0;
  const auto parsed = std::from_chars(name.data(), name.data() + name.size(), index);
  const bool is_index = parsed.ec == std::errc() && parsed.ptr == name.data() + name.size();
  return is_index && index < value.elements().size() ? &value.elements()[index] : nullptr;
}

std::string text_of(const jexl::Value& value) {
  const bool is_container = value.is_sequence() || value.is(jexl::Kind::map);
  return is_container ? jexl::to_compact_json(value) : jexl::to_text(value);
}

jexl::Value text_value(std::string_view text) {
  return jexl::Value::string(text);
}

jexl::Value make_map(std::initializer_list<std::pair<std::string_view, jexl::Value>> members) {
  std::vector<jexl::Value::Entry> entries;
  entries.reserve(members.size());
  for (const auto& [name, value] : members) entries.push_back({text_value(name), value});
  return jexl::Value::map(std::move(entries));
}

jexl::Value node_value(const NodeState& node) {
  return make_map({{"identifier", text_value(node.identifier)},
                   {"name", text_value(node.name)},
                   {"type", text_value(node.type)},
                   {"executionId", text_value(node.execution_id)},
                   {"status", text_value(engine_name(node.status))}});
}

jexl::Value pipeline_value(const Execution& execution) {
  const ExecutionOrigin& origin = execution.origin;
  jexl::Value email =
      origin.principal_email.empty() ? jexl::Value() : text_value(origin.principal_email);
  return make_map(
      {{"identifier", text_value(execution.pipeline)},
       {"name", text_value(execution.pipeline_name)},
       {"executionId", text_value(execution.plan_execution_id)},
       {"sequenceId", jexl::Value::integer(static_cast<std::int64_t>(execution.run_sequence))},
       {"startTs", jexl::Value::integer(execution.started_at_ms)},
       {"triggerType", text_value("WEBHOOK_CUSTOM")},
       {"triggeredBy",
        make_map({{"name", text_value(origin.trigger_name)}, {"email", std::move(email)}})}});
}

jexl::Value scope_value(std::string_view identifier) {
  return make_map({{"identifier", text_value(identifier)}, {"name", text_value(identifier)}});
}

bool is_same_header(std::string_view left, std::string_view right) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [&](char a, char b) { return lower(a) == lower(b); });
}

/// A blank body gives no payload at all.
jexl::Value payload_value(std::string_view body) {
  if (body.find_first_not_of(" \t\r\n") == std::string_view::npos) return {};
  return jexl::parse_body(body);
}

const std::string* find_text(const std::vector<plan::PlanVariable>& variables,
                             std::string_view name) {
  for (const plan::PlanVariable& variable : variables) {
    if (variable.name == name) return &variable.text;
  }
  return nullptr;
}

}  // namespace

StepRenderer::StepRenderer(const Execution& execution, const plan::Plan& plan,
                           std::size_t stage_index, std::string_view head_bytes,
                           std::string_view body)
    : execution_(execution),
      plan_(plan),
      stage_index_(stage_index),
      head_bytes_(head_bytes),
      body_(body) {
  const jexl::Value payload = payload_value(body_);
  root_ = make_map({{"trigger", make_map({{"type", text_value("Custom")},
                                          {"sourceType", text_value("Custom")},
                                          {"payload", payload},
                                          {"eventPayload", text_value(body_)},
                                          {"header", all_headers()}})},
                    {"eventPayload", payload},
                    {"pipeline", pipeline_value(execution_)},
                    {"stage", node_value(execution_.stages[stage_index_].node)},
                    {"account", scope_value(execution_.account)},
                    {"org", scope_value(execution_.org)},
                    {"project", scope_value(execution_.project)}});
}

std::string StepRenderer::render(std::string_view text) const {
  return render_at_depth(text, 0);
}

std::string StepRenderer::render_at_depth(std::string_view text, int depth) const {
  std::string out;
  std::size_t done = 0;
  for (const plan::ExpressionBlock& block : plan::find_blocks(text)) {
    out += text.substr(done, block.offset - done);
    out += render_block(text.substr(block.offset + 2, block.length - 3), depth);
    done = block.end();
  }
  out += text.substr(done);
  return out;
}

std::string StepRenderer::render_block(std::string_view block, int depth) const {
  const std::optional<Path> path = parse_path(block);
  if (!path || depth > kDepthMax) return std::string(kUnresolved);
  if (const std::string* text = find_variable(*path)) return render_at_depth(*text, depth + 1);
  if (path->size() == 3 && (*path)[0] == "trigger" && (*path)[1] == "header") {
    return render_header((*path)[2]);
  }
  const jexl::Value* value = &root_;
  for (const std::string& name : *path) {
    value = find_member(*value, name);
    if (value == nullptr) return std::string(kUnresolved);
  }
  return text_of(*value);
}

const std::string* StepRenderer::find_variable(const Path& path) const {
  const plan::PlanStage& stage = plan_.stages[stage_index_];
  if (path.size() == 2 && path[0] == "variables") {
    const std::string* text = find_text(stage.variables, path[1]);
    return text != nullptr ? text : find_text(plan_.variables, path[1]);
  }
  if (path.size() != 3 || path[1] != "variables") return nullptr;
  if (path[0] == "pipeline") return find_text(plan_.variables, path[2]);
  return path[0] == "stage" ? find_text(stage.variables, path[2]) : nullptr;
}

std::string StepRenderer::render_header(std::string_view name) const {
  const auto decoded = decode_event_head(head_bytes_);
  if (!decoded) return std::string(kUnresolved);
  std::optional<std::string> joined;
  ByteReader reader(decoded->header_bytes);
  for (std::uint16_t i = 0; i < decoded->header_count; ++i) {
    const EventHeader header = DecodedEventHead::next_header(reader);
    if (!is_same_header(header.name, name)) continue;
    if (joined) {
      joined->append(",").append(header.value);
    } else {
      joined = header.value;
    }
  }
  return joined.value_or(std::string(kUnresolved));
}

jexl::Value StepRenderer::all_headers() const {
  std::vector<jexl::Value::Entry> entries;
  const auto decoded = decode_event_head(head_bytes_);
  if (!decoded) return jexl::Value::map({});
  ByteReader reader(decoded->header_bytes);
  for (std::uint16_t i = 0; i < decoded->header_count; ++i) {
    const EventHeader header = DecodedEventHead::next_header(reader);
    entries.push_back({text_value(header.name), text_value(render_header(header.name))});
  }
  return jexl::Value::map(std::move(entries));
}

}  // namespace tripgate
