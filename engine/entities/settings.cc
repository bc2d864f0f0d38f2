// Reading never looks at Allow Overrides; writing asks the nearest ancestor that has a row.
#include "engine/entities/settings.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

#include "engine/plan/setting_document.h"

namespace tripgate::entities {
namespace {

std::string scope_word(const Scope& scope) {
  if (!scope.project.empty()) return "PROJECT";
  return scope.org.empty() ? "ACCOUNT" : "ORGANIZATION";
}

SettingView::Source source_of(const Scope& scope) {
  if (!scope.project.empty()) return SettingView::Source::project;
  return scope.org.empty() ? SettingView::Source::account : SettingView::Source::org;
}

Result<std::optional<SettingRow>> inherited(const EntityReader& reader, const Scope& scope,
                                            std::string_view identifier) {
  const std::optional<Scope> above = scope.parent();
  if (!above) return std::optional<SettingRow>();
  return reader.resolve_setting(*above, identifier);
}

}  // namespace

Diagnostic explain(ErrorCode failure) {
  return {failure.message(), failure};
}

std::optional<bool> parse_setting_value(std::string_view text) {
  std::string word(text);
  std::ranges::transform(word, word.begin(), [](unsigned char c) { return std::tolower(c); });
  constexpr std::array<std::string_view, 5> kTrue = {"true", "yes", "on", "t", "y"};
  constexpr std::array<std::string_view, 5> kFalse = {"false", "no", "off", "f", "n"};
  if (std::ranges::find(kTrue, word) != kTrue.end()) return true;
  if (std::ranges::find(kFalse, word) != kFalse.end()) return false;
  return std::nullopt;
}

Result<SettingView, Diagnostic> view_setting(const EntityReader& reader,
                                             std::string_view identifier, const Scope& scope) {
  if (identifier != plan::kMandateSetting) {
    return Diagnostic("Setting [" + std::string(identifier) +
                      "] is either invalid or is not applicable in scope [" + scope_word(scope) +
                      "]");
  }
  const auto above = inherited(reader, scope, identifier);
  if (!above) return explain(above.error());
  const auto own = reader.resolve_setting(scope, identifier);
  if (!own) return explain(own.error());
  SettingView view;
  if (*above) {
    view.inherited_value = (*above)->value;
    view.is_editable = (*above)->allows_overrides;
  }
  if (*own) {
    view.value = (*own)->value;
    view.allows_overrides = (*own)->allows_overrides;
    view.source = source_of((*own)->scope);
    view.updated_at_ms = (*own)->updated_at_ms;
  }
  return view;
}

Result<SettingView, Diagnostic> write_setting(EntityWriter& writer, const SettingRow& row) {
  if (row.identifier != plan::kMandateSetting) {
    return Diagnostic("Setting- " + row.identifier + " does not exist");
  }
  const auto above = inherited(writer, row.scope, row.identifier);
  if (!above) return explain(above.error());
  if (*above && !(*above)->allows_overrides) {
    return Diagnostic("Setting- " + row.identifier + " cannot be overridden at the current scope");
  }
  if (const ErrorCode failed = writer.ensure_scope(row.scope)) return explain(failed);
  if (const ErrorCode failed = writer.put_setting(row)) return explain(failed);
  if (!row.allows_overrides) {
    if (const ErrorCode failed = writer.erase_settings_below(row.scope, row.identifier)) {
      return explain(failed);
    }
  }
  if (const ErrorCode failed = writer.project_scopes(row.scope)) return explain(failed);
  return view_setting(writer, row.identifier, row.scope);
}

Result<SettingView, Diagnostic> remove_setting(EntityWriter& writer, std::string_view identifier,
                                               const Scope& scope) {
  if (identifier != plan::kMandateSetting) {
    return Diagnostic("Setting- " + std::string(identifier) + " does not exist");
  }
  if (const ErrorCode failed = writer.erase_setting(scope, identifier)) return explain(failed);
  if (const ErrorCode failed = writer.project_scopes(scope)) return explain(failed);
  return view_setting(writer, identifier, scope);
}

}  // namespace tripgate::entities
