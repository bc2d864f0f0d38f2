// `executionTags`: expressions that tag their own run.
#pragma once

#include <functional>
#include <string>

#include "engine/jexl/value.h"

namespace tripgate {

/// Tags that expressions of one run may add, and bytes of a tag's name and of its value. The record
/// of a run is written with every turn of it.
inline constexpr std::size_t kAddedTagsMax = 128;
inline constexpr std::size_t kTagSizeMax = 256;

/// Puts a tag on the run, in the place of one of that name. False if it has too many.
using AddTag = std::function<bool(std::string name, std::string value)>;

/// The object: `addTag(name, value)`, and `addTagsList(x)` with a list of `name:value` or `name`, a
/// map, or the JSON text of either. Both are worth the text of what they added, and add it again
/// when they are evaluated again. Source: pipelines.md 6.7.
[[nodiscard]] jexl::Value execution_tags_value(AddTag add_tag);

}  // namespace tripgate
