// Ties the tables to the stores: a change is one state write, a new generation, one edge write.
#include "engine/entities/entities.h"

#include <algorithm>
#include <future>
#include <limits>
#include <utility>

#include "engine/base/errc.h"
#include "engine/base/log.h"
#include "engine/entities/apply.h"
#include "engine/entities/edge_log.h"
#include "engine/entities/edge_rebuild.h"
#include "engine/entities/entity_tables.h"
#include "engine/entities/judge.h"
#include "engine/entities/settings.h"
#include "engine/entities/tokens.h"
#include "engine/journal/state_schema.h"

namespace tripgate::entities {
namespace {

/// Documents of one piece of a bulk load: about 10 ms of the writer thread.
constexpr std::size_t kBulkPiece = 500;

/// An absent one is an error to callers that asked for one.
template <class T>
Result<T> demand(Result<std::optional<T>> found) {
  if (!found) return found.error();
  if (!*found) return ErrorCode(Errc::not_found);
  return **std::move(found);
}

/// Why `commit` failed, in words that say whether the change is there.
Diagnostic explain_commit(const ErrorCode& failed) {
  if (failed != Errc::io) return explain(failed);
  return {"The change is stored, but nginx does not see it yet: the engine tries on", failed};
}

}  // namespace

Entities::Entities(StateStore& store, EdgeStore edge, EntityOptions options,
                   std::uint64_t generation)
    : store_(store),
      edge_(std::move(edge)),
      options_(std::move(options)),
      generation_(generation) {}

Result<std::unique_ptr<Entities>> Entities::open(StateStore& store, const EntityOptions& options) {
  Result<EdgeStore> edge = EdgeStore::open(options.edge_dir, options.group);
  if (!edge) return edge.error();
  const Result<std::uint64_t> projected = edge->generation();
  if (!projected) return projected.error();
  std::uint64_t generation = 0;
  {
    const Result<lmdb::ReadTransaction> txn = store.begin_read();
    if (!txn) return txn.error();
    const auto stored = state::load_number(*txn, store.databases().meta, state::kGenerationKey);
    if (!stored) return stored.error();
    generation = *stored;
  }
  std::unique_ptr<Entities> entities(new Entities(store, std::move(*edge), options, generation));
  const Result<bool> is_current = replay_edge_log(store, entities->edge_, *projected, generation);
  if (!is_current) return is_current.error();
  if (!*is_current) {
    if (const ErrorCode failed = entities->rebuild_edge()) return failed;
  }
  return entities;
}

// Changes.

ErrorCode Entities::write_state(const StateChange& change, EdgeWrites& edge_writes,
                                std::uint64_t& generation) {
  // Shared, since the writer thread may still be inside set_value when get returns.
  const auto outcome = std::make_shared<std::promise<ErrorCode>>();
  const auto write = [&](lmdb::WriteTransaction& txn) -> ErrorCode {
    edge_writes.clear();
    if (const ErrorCode failed = change(txn, edge_writes)) return failed;
    if (edge_writes.empty()) return {};
    const lmdb::Database meta = store_.databases().meta;
    const auto last = state::load_number(txn, meta, state::kGenerationKey);
    if (!last) return last.error();
    generation = *last + 1;
    if (const ErrorCode failed = log_edge_change(txn, meta, generation, edge_writes)) return failed;
    return state::put_number(txn, meta, state::kGenerationKey, generation);
  };
  store_.submit(write, [&, outcome](ErrorCode failed) {
    // Told as soon as the change is durable: events admitted by the edge's older view are judged
    // again from here on, before the edge has followed.
    if (!failed && !edge_writes.empty()) generation_.store(generation);
    outcome->set_value(failed);
  });
  return outcome->get_future().get();
}

ErrorCode Entities::commit(const StateChange& change) {
  const std::lock_guard lock(change_);
  EdgeWrites edge_writes;
  std::uint64_t generation = 0;
  if (const ErrorCode failed = write_state(change, edge_writes, generation)) return failed;
  if (edge_writes.empty()) return {};
  is_edge_behind_ = is_edge_behind_ || edge_.write(edge_writes, generation);
  const ErrorCode behind = is_edge_behind_ ? rebuild_locked() : ErrorCode();
  if (!behind) return {};
  // Whatever it is, nobody may repeat what is stored for want of room. tend_edge tries on.
  log_error("a change is stored, and the edge store does not show it yet: " + behind.message());
  return Errc::io;
}

template <class T>
Result<T, Diagnostic> Entities::change(
    const std::function<Result<T, Diagnostic>(EntityWriter&)>& make) {
  std::optional<Result<T, Diagnostic>> made;
  const ErrorCode failed = commit([&](lmdb::WriteTransaction& txn, EdgeWrites& edge) -> ErrorCode {
    EntityWriter writer(txn, store_.databases(), edge);
    made.emplace(make(writer));
    return *made ? ErrorCode() : Errc::invalid_argument;
  });
  if (made && !*made) return std::move(*made);
  if (failed) return explain_commit(failed);
  return std::move(*made);
}

ErrorCode Entities::ensure_scope(const Scope& scope) {
  return commit([&](lmdb::WriteTransaction& txn, EdgeWrites& edge) {
    return EntityWriter(txn, store_.databases(), edge).ensure_scope(scope);
  });
}

Result<ApplyReport, Diagnostic> Entities::apply(std::span<const plan::AppliedDocument> documents,
                                                const Scope& scope, UnixMs now_ms,
                                                const ApplyRules& rules) {
  if (documents.size() > kApplyMaxDocuments) {
    return Diagnostic("More than " + std::to_string(kApplyMaxDocuments) +
                      " documents cannot be applied at once");
  }
  const ApplyContext context = {scope, now_ms, options_.are_webhook_tokens_made, rules};
  std::optional<Result<ApplyReport, Diagnostic>> report;
  const ErrorCode failed = commit([&](lmdb::WriteTransaction& txn, EdgeWrites& edge) -> ErrorCode {
    EntityWriter writer(txn, store_.databases(), edge);
    report.emplace(apply_documents(writer, documents, context));
    if (!*report) return Errc::invalid_argument;
    // A dry run does all the work, and an error undoes it.
    return rules.is_dry_run ? ErrorCode(Errc::cancelled) : ErrorCode();
  });
  if (report && (!*report || rules.is_dry_run)) return std::move(*report);
  if (failed) return explain_commit(failed);
  return std::move(*report);
}

Result<ApplyReport, Diagnostic> Entities::apply_in_pieces(
    std::span<const plan::AppliedDocument> documents, const Scope& scope, UnixMs now_ms) {
  ApplyReport report;
  while (!documents.empty()) {
    const auto piece = documents.first(std::min(documents.size(), kBulkPiece));
    Result<ApplyReport, Diagnostic> done = apply(piece, scope, now_ms);
    if (!done) return done.error();
    std::ranges::move(*done, std::back_inserter(report));
    documents = documents.subspan(piece.size());
  }
  return report;
}

ErrorCode Entities::erase(const EntityName& name, UnixMs now_ms) {
  return commit([&](lmdb::WriteTransaction& txn, EdgeWrites& edge) -> ErrorCode {
    EntityWriter writer(txn, store_.databases(), edge);
    Result<Entity> entity = demand(writer.find(name));
    if (!entity) return entity.error();
    entity->updated_at_ms = now_ms;
    return writer.erase(*std::move(entity));
  });
}

Result<SettingView, Diagnostic> Entities::set_setting(std::string_view identifier,
                                                      const Scope& scope, std::string_view value,
                                                      bool allows_overrides, UnixMs now_ms) {
  const std::optional<bool> parsed = parse_setting_value(value);
  if (!parsed) {
    return Diagnostic("Only boolean values are allowed. Received input [" + std::string(value) +
                      "]");
  }
  return change<SettingView>([&](EntityWriter& writer) {
    return write_setting(writer, {.scope = scope,
                                  .identifier = std::string(identifier),
                                  .value = *parsed,
                                  .allows_overrides = allows_overrides,
                                  .updated_at_ms = now_ms});
  });
}

Result<SettingView, Diagnostic> Entities::restore_setting(std::string_view identifier,
                                                          const Scope& scope) {
  return change<SettingView>(
      [&](EntityWriter& writer) { return remove_setting(writer, identifier, scope); });
}

Result<std::string, Diagnostic> Entities::create_token(const NewToken& token, UnixMs now_ms) {
  return change<std::string>(
      [&](EntityWriter& writer) { return add_token(writer, token, now_ms); });
}

Result<std::string, Diagnostic> Entities::rotate_token(const std::string& account,
                                                       const std::string& name, UnixMs rotate_at_ms,
                                                       UnixMs now_ms) {
  return change<std::string>([&](EntityWriter& writer) {
    return replace_token(writer, account, name, rotate_at_ms, now_ms);
  });
}

ErrorCode Entities::revoke_token(const std::string& account, const std::string& name) {
  return commit([&](lmdb::WriteTransaction& txn, EdgeWrites& edge) -> ErrorCode {
    EntityWriter writer(txn, store_.databases(), edge);
    const Result<TokenRow> row = demand(writer.find_token_named(account, name));
    if (!row) return row.error();
    return writer.erase_token(row->token.uuid);
  });
}

// Reading.

template <class Read>
auto Entities::read(const Read& body) const -> std::invoke_result_t<Read, const EntityReader&> {
  const Result<lmdb::ReadTransaction> txn = store_.begin_read();
  if (!txn) return txn.error();
  return body(EntityReader(*txn, store_.databases()));
}

Result<Entity> Entities::find(const EntityName& name) const {
  return read([&](const EntityReader& reader) { return demand(reader.find(name)); });
}

Result<std::vector<Entity>> Entities::list(EntityKind kind, const Scope& scope,
                                           std::optional<std::string_view> pipeline) const {
  return list_page(kind, scope, pipeline, std::nullopt, std::numeric_limits<std::size_t>::max());
}

Result<std::vector<Entity>> Entities::list_page(EntityKind kind, const Scope& scope,
                                                std::optional<std::string_view> pipeline,
                                                const std::optional<EntityName>& after,
                                                std::size_t limit) const {
  return read([&](const EntityReader& reader) -> Result<std::vector<Entity>> {
    std::vector<Entity> found;
    const auto take = [&](Entity entity) {
      if (found.size() < limit) found.push_back(std::move(entity));
      return found.size() < limit;
    };
    const ErrorCode failed = reader.for_each(kind, scope, pipeline, take, after);
    if (failed) return failed;
    return found;
  });
}

Result<std::vector<Entity>> Entities::find_in_pipelines(EntityKind kind, const Scope& scope,
                                                        std::string_view identifier) const {
  return read([&](const EntityReader& reader) {
    return reader.find_in_pipelines(kind, scope, identifier);
  });
}

Result<Entity> Entities::find_trigger(std::uint64_t ref) const {
  return read([&](const EntityReader& reader) { return demand(reader.find_trigger(ref)); });
}

Result<std::vector<Entity>> Entities::select_triggers(const Selection& selection) const {
  if (selection.pipeline && selection.trigger) {
    Result<Entity> only =
        find({EntityKind::trigger, selection.scope, *selection.pipeline, *selection.trigger});
    if (only) return std::vector<Entity>{*std::move(only)};
    if (only.error() == Errc::not_found) return std::vector<Entity>();
    return only.error();
  }
  Result<std::vector<Entity>> found =
      selection.trigger
          ? find_in_pipelines(EntityKind::trigger, selection.scope, *selection.trigger)
          : list(EntityKind::trigger, selection.scope, selection.pipeline);
  if (!found) return found;
  std::ranges::sort(*found, {}, &Entity::ref);
  return found;
}

Result<std::string> Entities::load_version(std::uint64_t ref, std::uint64_t version) const {
  return read([&](const EntityReader& reader) -> Result<std::string> {
    if (version != 0) return demand(reader.find_version(ref, version));
    const auto key =
        reader.transaction().load(store_.databases().entity, ref_key(kRefKeyKind, ref));
    if (!key) return key.error();
    const auto bytes = reader.transaction().load(store_.databases().entity, *key);
    if (!bytes) return bytes.error();
    const std::optional<Entity> entity = decode_entity(*bytes);
    if (!entity) return ErrorCode(Errc::store_corrupt);
    return demand(reader.find_version(ref, entity->version));
  });
}

Result<std::string> Entities::load_pipeline_version(const Scope& scope, std::string_view pipeline,
                                                    std::uint64_t version) const {
  return read([&](const EntityReader& reader) -> Result<std::string> {
    const Result<Entity> entity =
        demand(reader.find_any({EntityKind::pipeline, scope, {}, std::string(pipeline)}));
    if (!entity) return entity.error();
    return demand(reader.find_version(entity->ref, version));
  });
}

Result<std::vector<Scope>> Entities::scopes(const Scope& top) const {
  return read([&](const EntityReader& reader) { return reader.scopes(top); });
}

Result<SettingView, Diagnostic> Entities::setting(std::string_view identifier,
                                                  const Scope& scope) const {
  const Result<lmdb::ReadTransaction> txn = store_.begin_read();
  if (!txn) return explain(txn.error());
  return view_setting(EntityReader(*txn, store_.databases()), identifier, scope);
}

Result<std::vector<Token>> Entities::list_tokens(const std::string& account) const {
  return read([&](const EntityReader& reader) -> Result<std::vector<Token>> {
    const Result<std::vector<TokenRow>> rows = reader.tokens(account);
    if (!rows) return rows.error();
    std::vector<Token> tokens;
    for (const TokenRow& row : *rows) tokens.push_back(row.token);
    return tokens;
  });
}

Result<Token> Entities::authenticate(std::string_view api_key, std::string_view account,
                                     UnixMs now_ms) const {
  return read(
      [&](const EntityReader& reader) { return check_api_key(reader, api_key, account, now_ms); });
}

Result<std::optional<Denial>> Entities::judge(const EventHead& head, UnixMs now_ms) const {
  return read([&](const EntityReader& reader) { return judge_event(reader, head, now_ms); });
}

// The edge.

ErrorCode Entities::rebuild_locked() {
  const ErrorCode failed = entities::rebuild_edge(store_, edge_, generation_.load());
  is_edge_behind_ = static_cast<bool>(failed);
  return failed;
}

ErrorCode Entities::rebuild_edge() {
  const std::lock_guard lock(change_);
  return rebuild_locked();
}

ErrorCode Entities::tend_edge() {
  const std::lock_guard lock(change_);
  if (const ErrorCode failed = edge_.check_readers()) return failed;
  return is_edge_behind_ ? rebuild_locked() : ErrorCode();
}

}  // namespace tripgate::entities
