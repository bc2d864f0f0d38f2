// From entities to the rows that the edge reads.
#pragma once

#include <vector>

#include "engine/entities/edge_store.h"
#include "engine/entities/entity_records.h"

namespace tripgate::entities {

/// Rows of a trigger: by its token, and by its ids.
void add_trigger_rows(const Entity& trigger, std::vector<EdgeWrite>& writes);
void remove_trigger_rows(const Entity& trigger, std::vector<EdgeWrite>& writes);

[[nodiscard]] EdgeWrite token_row(const TokenRow& row);
[[nodiscard]] EdgeWrite scope_row(const Scope& scope, bool is_key_mandatory);

/// Key of a trigger's row in EdgeDatabase::trigger.
[[nodiscard]] std::string edge_trigger_key(const EntityName& name);
/// Key of a webhook token's row in EdgeDatabase::token.
[[nodiscard]] std::string edge_token_key(std::string_view webhook_token);

}  // namespace tripgate::entities
