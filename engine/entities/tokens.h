// The life of an API token (triggers.md section 6).
#pragma once

#include <string>

#include "engine/base/diagnostic.h"
#include "engine/entities/entity_tables.h"

namespace tripgate::entities {

/// Makes a token; the text is the only copy of its secret.
[[nodiscard]] Result<std::string, Diagnostic> add_token(EntityWriter& writer,
                                                        const NewToken& wanted, UnixMs now_ms);

/// Gives the name to a new secret; the old one goes on under another name until rotate_at_ms.
[[nodiscard]] Result<std::string, Diagnostic> replace_token(EntityWriter& writer,
                                                            const std::string& account,
                                                            const std::string& name,
                                                            UnixMs rotate_at_ms, UnixMs now_ms);

/// Every defect is Errc::unauthorized. A well-formed key costs one look-up, one hash and one
/// comparison, known or not (triggers.md 4.4).
[[nodiscard]] Result<Token> check_api_key(const EntityReader& reader, std::string_view api_key,
                                          std::string_view account, UnixMs now_ms);

}  // namespace tripgate::entities
