// The texts that the input sets of a request stand for.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/match/catalog.h"

namespace tripgate {

struct InputSetText {
  std::string identifier;
  std::optional<std::string> text;  ///< Empty: there is no set of that name.
};

/// What is said of a set that does not exist.
[[nodiscard]] std::string no_input_set_text(const std::string& identifier);

/// In their order, with those that an overlay names in its place: one level is all there is
/// (pipelines.md 7.5). Errors: the catalog's.
[[nodiscard]] Result<std::vector<InputSetText>> load_input_sets(
    const std::vector<std::string>& identifiers, const PipelineKey& key, Catalog& catalog);

}  // namespace tripgate
