// From parsed documents to writes of one transaction.
#pragma once

#include <span>

#include "engine/base/diagnostic.h"
#include "engine/entities/entity_tables.h"
#include "engine/plan/documents.h"

namespace tripgate::entities {

/// What every document of one apply shares.
struct ApplyContext {
  Scope scope;  // of documents that name none
  UnixMs now_ms = 0;
  bool are_webhook_tokens_made = true;
  ApplyRules rules = {};
};

/// Writes every document, pipelines before what refers to them. An entity whose text is already the
/// stored one is left alone. The Diagnostic stands at the document that cannot be applied.
[[nodiscard]] Result<ApplyReport, Diagnostic> apply_documents(
    EntityWriter& writer, std::span<const plan::AppliedDocument> documents,
    const ApplyContext& context);

}  // namespace tripgate::entities
