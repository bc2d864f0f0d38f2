// Input sets as the original shows them. Source: pipelines.md 7.4.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/base/json_document.h"
#include "engine/base/json_writer.h"
#include "engine/http/api.h"

namespace tripgate::http {

/// The elements of a list, each as text.
[[nodiscard]] std::vector<std::string> texts_of(const JsonView& list);
void write_texts(JsonWriter& json, std::string_view key, const std::vector<std::string>& texts);

[[nodiscard]] bool is_overlay(const EntityView& set);

void write_input_set(JsonWriter& json, const EntityView& set);
void write_overlay(JsonWriter& json, const EntityView& overlay);

/// One of either kind in a list.
void write_input_set_row(JsonWriter& json, const EntityView& set);

}  // namespace tripgate::http
