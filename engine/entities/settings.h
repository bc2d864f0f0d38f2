// The rules of the one setting there is: how it resolves and who may write it (triggers.md 5.2).
#pragma once

#include <optional>
#include <string_view>

#include "engine/base/diagnostic.h"
#include "engine/entities/entity_tables.h"

namespace tripgate::entities {

/// Words for true and false in any case: true, yes, on, t, y and their opposites (triggers.md 5.3).
[[nodiscard]] std::optional<bool> parse_setting_value(std::string_view text);

[[nodiscard]] Result<SettingView, Diagnostic> view_setting(const EntityReader& reader,
                                                           std::string_view identifier,
                                                           const Scope& scope);

/// Writes a row. Refused where an ancestor's row forbids it; a row that forbids overrides removes
/// the rows below it, and they do not come back.
[[nodiscard]] Result<SettingView, Diagnostic> write_setting(EntityWriter& writer,
                                                            const SettingRow& row);

[[nodiscard]] Result<SettingView, Diagnostic> remove_setting(EntityWriter& writer,
                                                             std::string_view identifier,
                                                             const Scope& scope);

/// A store's failure as a text for a person.
[[nodiscard]] Diagnostic explain(ErrorCode failure);

}  // namespace tripgate::entities
