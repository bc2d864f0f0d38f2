// What an overlay names is taken for a set whatever it is: so nothing can name itself.
#include "engine/match/input_set_texts.h"

#include <utility>

#include "engine/inputs/set_references.h"

namespace tripgate {

std::string no_input_set_text(const std::string& identifier) {
  return "InputSet with the given ID: " + identifier + " does not exist or has been deleted";
}

Result<std::vector<InputSetText>> load_input_sets(const std::vector<std::string>& identifiers,
                                                  const PipelineKey& key, Catalog& catalog) {
  std::vector<InputSetText> sets;
  const auto add = [&](const std::string& identifier) -> ErrorCode {
    auto text = catalog.find_input_set(key, identifier);
    if (!text) return text.error();
    sets.push_back({identifier, std::move(*text)});
    return {};
  };
  for (const std::string& identifier : identifiers) {
    if (const ErrorCode failed = add(identifier)) return failed;
    if (!sets.back().text) continue;
    const auto references = inputs::overlay_references(*sets.back().text);
    if (!references) continue;
    sets.pop_back();
    for (const std::string& reference : *references) {
      if (const ErrorCode failed = add(reference)) return failed;
    }
  }
  return sets;
}

}  // namespace tripgate
