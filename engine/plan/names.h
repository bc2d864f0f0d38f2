// The lexical rules of identifiers and names. Source: pipelines.md 1.1, triggers.md 7.2 and 7.3.
#pragma once

#include <string_view>

#include "engine/yaml/mapping_reader.h"

namespace tripgate::plan {

/// ^[a-zA-Z_][0-9a-zA-Z_]{0,127}$
[[nodiscard]] bool is_identifier(std::string_view text);

/// ^[a-zA-Z_0-9-.][-0-9a-zA-Z_\s.]{0,127}$
[[nodiscard]] bool is_display_name(std::string_view text);

/// ^[a-zA-Z_][0-9a-zA-Z_\.$-]{0,127}$
[[nodiscard]] bool is_variable_name(std::string_view text);

/// A name that bash can assign to.
[[nodiscard]] bool is_shell_name(std::string_view text);

/// ([+-]?[0-9]*\.?[0-9]+)
[[nodiscard]] bool is_number_text(std::string_view text);

/// Words that no trigger may be called: operators and keywords of expressions, and path words.
[[nodiscard]] bool is_reserved_identifier(std::string_view text);

/// Reads the keys identifier and name of a document; complaints use the texts of triggers.md 7.3.
[[nodiscard]] std::string read_identifier(yaml::MappingReader& reader, yaml::Findings& findings);
[[nodiscard]] std::string read_name(yaml::MappingReader& reader, yaml::Findings& findings);

/// Reads an optional orgIdentifier or projectIdentifier.
[[nodiscard]] std::string read_scope(yaml::MappingReader& reader, std::string_view key,
                                     yaml::Findings& findings);

}  // namespace tripgate::plan
