// Fills the API's functions from the engine's parts; engine.cc starts the servers with the result.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "engine/base/clock.h"
#include "engine/config.h"
#include "engine/entities/entities.h"
#include "engine/http/api.h"
#include "engine/http/message.h"
#include "engine/journal/journal.h"
#include "engine/journal/state_store.h"
#include "engine/match/catalog.h"
#include "engine/retention/retention.h"
#include "engine/run/process_runner.h"
#include "engine/run/runner.h"
#include "engine/secrets/secret_store.h"

namespace tripgate::http {

/// Borrowed for as long as the servers live.
struct ApiParts {
  const Config& config;
  const Clock& clock;
  StateStore& store;
  const Journal& journal;
  entities::Entities& entities;
  SecretStore& secrets;
  Catalog& catalog;
  Runner& runner;
  const ProcessRunner& commands;
  const Retention& retention;
  /// Empty while events can be accepted; called on the servers' threads.
  std::function<std::optional<std::string>()> why_not_ready;
};

[[nodiscard]] Api wire_api(const ApiParts& parts);

/// The handler of both servers.
[[nodiscard]] Handler make_handler(Api api);

// Each fills the functions of one area; the files are named alike.
void wire_entities(Api& api, const ApiParts& parts);
void wire_settings_and_tokens(Api& api, const ApiParts& parts);
void wire_secrets(Api& api, const ApiParts& parts);
void wire_events_and_executions(Api& api, const ApiParts& parts);
void wire_waiting(Api& api, const ApiParts& parts);
void wire_repetitions(Api& api, const ApiParts& parts);
void wire_judgements(Api& api, const ApiParts& parts);
void wire_runs(Api& api, const ApiParts& parts);
void wire_stored_runs(Api& api, const ApiParts& parts);

}  // namespace tripgate::http
