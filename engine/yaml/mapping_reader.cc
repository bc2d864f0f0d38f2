// Every look-up notes its key, so that what is left at the end is what nobody understands.
#include "engine/yaml/mapping_reader.h"

namespace tripgate::yaml {
namespace {

const char* expected(NodeKind kind) {
  switch (kind) {
    case NodeKind::scalar:
      return "a scalar";
    case NodeKind::sequence:
      return "a list";
    case NodeKind::mapping:
      return "a mapping";
  }
  return "another kind";
}

}  // namespace

std::optional<bool> parse_flag(std::string_view text) {
  if (text == "true" || text == "True" || text == "TRUE") return true;
  if (text == "false" || text == "False" || text == "FALSE") return false;
  return {};
}

MappingReader::MappingReader(const Node& node, std::string what, Findings& findings)
    : node_(node), what_(std::move(what)), findings_(findings) {
  if (node_.is_mapping()) return;
  findings_.error(node_.position, what_ + " must be a mapping, not " + node_.kind_name());
}

const Entry* MappingReader::find_entry(std::string_view key) {
  known_.emplace(key);
  for (const Entry& entry : node_.entries) {
    if (entry.key.text == key) return &entry;
  }
  return nullptr;
}

const Node* MappingReader::find(std::string_view key) {
  const Entry* entry = find_entry(key);
  return entry == nullptr || entry->value.is_null() ? nullptr : &entry->value;
}

const Node* MappingReader::of_kind(std::string_view key, NodeKind kind) {
  const Node* found = find(key);
  if (found == nullptr || found->kind == kind) return found;
  complained_.emplace(key);
  findings_.error(found->position, std::string(key) + " in " + what_ + " must be " +
                                       expected(kind) + ", not " + found->kind_name());
  return nullptr;
}

const Node* MappingReader::find_scalar(std::string_view key) {
  return of_kind(key, NodeKind::scalar);
}
const Node* MappingReader::find_sequence(std::string_view key) {
  return of_kind(key, NodeKind::sequence);
}
const Node* MappingReader::find_mapping(std::string_view key) {
  return of_kind(key, NodeKind::mapping);
}

const Node* MappingReader::require(std::string_view key, const Node* found) {
  if (found == nullptr && node_.is_mapping() && !complained_.contains(key)) {
    findings_.error(node_.position, std::string(key) + " is missing in " + what_);
  }
  return found;
}

const Node* MappingReader::require_scalar(std::string_view key) {
  return require(key, find_scalar(key));
}
const Node* MappingReader::require_sequence(std::string_view key) {
  return require(key, find_sequence(key));
}
const Node* MappingReader::require_mapping(std::string_view key) {
  return require(key, find_mapping(key));
}

std::string MappingReader::text(std::string_view key) {
  const Node* found = find_scalar(key);
  return found == nullptr ? std::string() : found->text;
}

bool MappingReader::flag(std::string_view key, bool fallback) {
  const Node* found = find_scalar(key);
  if (found == nullptr) return fallback;
  const std::optional<bool> value = parse_flag(found->text);
  if (!value) {
    findings_.error(found->position, std::string(key) + " in " + what_ +
                                         " must be true or false, not \"" + found->text + "\"");
  }
  return value.value_or(fallback);
}

std::vector<std::string> MappingReader::texts(std::string_view key) {
  std::vector<std::string> texts;
  const Node* list = find_sequence(key);
  if (list == nullptr) return texts;
  for (const Node& item : list->items) {
    if (item.is_scalar()) {
      texts.push_back(item.text);
    } else {
      findings_.error(item.position, "an item of " + std::string(key) + " in " + what_ +
                                         " must be a scalar, not " + item.kind_name());
    }
  }
  return texts;
}

std::vector<std::pair<std::string, std::string>> MappingReader::text_pairs(std::string_view key) {
  std::vector<std::pair<std::string, std::string>> pairs;
  const Node* mapping = find_mapping(key);
  if (mapping == nullptr) return pairs;
  for (const Entry& entry : mapping->entries) {
    if (entry.value.is_scalar()) {
      pairs.emplace_back(entry.key.text, entry.value.is_null() ? std::string() : entry.value.text);
    } else {
      findings_.error(entry.value.position, entry.key.text + " in " + std::string(key) + " of " +
                                                what_ + " must be a scalar, not " +
                                                entry.value.kind_name());
    }
  }
  return pairs;
}

void MappingReader::skip(std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys) known_.emplace(key);
}

void MappingReader::refuse(std::string_view key, const std::string& message) {
  const Entry* entry = find_entry(key);
  if (entry != nullptr) findings_.error(entry->key.position, message);
}

void MappingReader::remark(std::string_view key, const std::string& message) {
  const Entry* entry = find_entry(key);
  if (entry != nullptr) findings_.warn(entry->key.position, message);
}

void MappingReader::finish() {
  for (const Entry& entry : node_.entries) {
    if (known_.contains(entry.key.text)) continue;
    findings_.warn(entry.key.position,
                   "the key \"" + entry.key.text + "\" means nothing in " + what_);
  }
}

}  // namespace tripgate::yaml
