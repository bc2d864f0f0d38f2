// The entity store's face: every pipeline, trigger, input set, setting and token, and the edge
// projection that follows them.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/base/result.h"
#include "engine/entities/edge_store.h"
#include "engine/entities/entity.h"
#include "engine/journal/state_store.h"
#include "engine/plan/documents.h"
#include "shared/event_head.h"

namespace tripgate::entities {

class EntityReader;
class EntityWriter;

/// How an Entities works; from engine.yaml.
struct EntityOptions {
  std::string edge_dir;           // what `tripgate_store` names
  std::optional<unsigned> group;  // owner group of the edge store
  bool are_webhook_tokens_made = true;
};

/// Documents of one all-or-nothing apply; a write of so many holds the writer for about 100 ms.
inline constexpr std::size_t kApplyMaxDocuments = 5000;

/// Safe to call from any thread but the writer's, since changes wait for it. Nothing is cached:
/// reads take a snapshot of the store, so memory does not grow with the number of triggers.
///
/// A change is durable in state/, then visible in edge/, then answered. Error texts for people are
/// Diagnostics; a failure of the store becomes one with the code's message.
class Entities {
 public:
  /// Opens the edge store; one that is behind the state's generation catches up or is rebuilt. The
  /// store must outlive the result.
  [[nodiscard]] static Result<std::unique_ptr<Entities>> open(StateStore& store,
                                                              const EntityOptions& options);
  Entities(const Entities&) = delete;
  Entities& operator=(const Entities&) = delete;

  /// Makes an account, organisation or project known, with those above it.
  [[nodiscard]] ErrorCode ensure_scope(const Scope& scope);

  // Documents.

  /// Creates and updates all of the documents or none. Documents without org and project go to
  /// `scope`. The Diagnostic stands at the document.
  [[nodiscard]] Result<ApplyReport, Diagnostic> apply(
      std::span<const plan::AppliedDocument> documents, const Scope& scope, UnixMs now_ms,
      const ApplyRules& rules = {});

  /// As apply, in pieces of some hundred documents that are each all or nothing: for loads too
  /// large for one transaction. What came before a refused piece stays.
  [[nodiscard]] Result<ApplyReport, Diagnostic> apply_in_pieces(
      std::span<const plan::AppliedDocument> documents, const Scope& scope, UnixMs now_ms);

  /// Errors: Errc::not_found. Versions that events have met stay loadable; a trigger's token dies.
  [[nodiscard]] ErrorCode erase(const EntityName& name, UnixMs now_ms);

  // Reading entities. All: Errc::not_found, and errors of the store.

  [[nodiscard]] Result<Entity> find(const EntityName& name) const;
  /// Entities of a kind in a project, of one pipeline if given, in key order.
  [[nodiscard]] Result<std::vector<Entity>> list(
      EntityKind kind, const Scope& scope, std::optional<std::string_view> pipeline = {}) const;
  /// At most `limit` of them, from the one behind `after` if given (which need not exist).
  [[nodiscard]] Result<std::vector<Entity>> list_page(EntityKind kind, const Scope& scope,
                                                      std::optional<std::string_view> pipeline,
                                                      const std::optional<EntityName>& after,
                                                      std::size_t limit) const;
  /// Triggers or input sets of that identifier, one of each pipeline that has one.
  [[nodiscard]] Result<std::vector<Entity>> find_in_pipelines(EntityKind kind, const Scope& scope,
                                                              std::string_view identifier) const;
  /// A trigger by its ref; not_found when it was deleted.
  [[nodiscard]] Result<Entity> find_trigger(std::uint64_t ref) const;
  /// All triggers that the ids select, disabled ones included, oldest first.
  [[nodiscard]] Result<std::vector<Entity>> select_triggers(const Selection& selection) const;
  /// The YAML of a version; version 0 is the newest. Survives the entity's deletion, of a trigger
  /// if an event may have been judged by it.
  [[nodiscard]] Result<std::string> load_version(std::uint64_t ref, std::uint64_t version) const;
  /// The YAML of a pipeline's version, deleted pipelines included: a name keeps its ref for good.
  [[nodiscard]] Result<std::string> load_pipeline_version(const Scope& scope,
                                                          std::string_view pipeline,
                                                          std::uint64_t version) const;
  /// Known scopes at and below one, itself included.
  [[nodiscard]] Result<std::vector<Scope>> scopes(const Scope& top) const;

  // The setting mandate_custom_webhook_authorization (triggers.md section 5).

  [[nodiscard]] Result<SettingView, Diagnostic> setting(std::string_view identifier,
                                                        const Scope& scope) const;
  /// `value` in any spelling of 5.3. The Diagnostic's message is the exact text of 5.2 or 5.3.
  [[nodiscard]] Result<SettingView, Diagnostic> set_setting(std::string_view identifier,
                                                            const Scope& scope,
                                                            std::string_view value,
                                                            bool allows_overrides, UnixMs now_ms);
  /// Removes the scope's own row; what it inherits holds then.
  [[nodiscard]] Result<SettingView, Diagnostic> restore_setting(std::string_view identifier,
                                                                const Scope& scope);

  // Tokens (triggers.md section 6). Only the SHA-256 of a secret is kept.

  /// The key's whole text, the only time that it is visible.
  [[nodiscard]] Result<std::string, Diagnostic> create_token(const NewToken& token, UnixMs now_ms);
  /// The old secret works until rotate_at_ms under another name; the new one has the name (6.3).
  [[nodiscard]] Result<std::string, Diagnostic> rotate_token(const std::string& account,
                                                             const std::string& name,
                                                             UnixMs rotate_at_ms, UnixMs now_ms);
  [[nodiscard]] ErrorCode revoke_token(const std::string& account, const std::string& name);
  [[nodiscard]] Result<std::vector<Token>> list_tokens(const std::string& account) const;
  /// Whose key it is; any defect is Errc::unauthorized (triggers.md 4.4).
  [[nodiscard]] Result<Token> authenticate(std::string_view api_key, std::string_view account,
                                           UnixMs now_ms) const;

  // Admission.

  /// Generation of what is durable: events admitted under another one have to be judged again.
  [[nodiscard]] std::uint64_t current_generation() const noexcept { return generation_.load(); }
  /// What the edge would answer to that event today; empty if it would let it through.
  [[nodiscard]] Result<std::optional<Denial>> judge(const EventHead& head, UnixMs now_ms) const;

  /// Writes the whole edge projection again, in bounded transactions.
  [[nodiscard]] ErrorCode rebuild_edge();
  /// For a timer: frees reader slots of dead workers, and repairs an edge that could not follow.
  [[nodiscard]] ErrorCode tend_edge();

 private:
  using EdgeWrites = std::vector<EdgeWrite>;
  using StateChange = std::function<ErrorCode(lmdb::WriteTransaction&, EdgeWrites&)>;

  Entities(StateStore& store, EdgeStore edge, EntityOptions options, std::uint64_t generation);

  /// Runs one change: state commit, generation, edge commit.
  [[nodiscard]] ErrorCode commit(const StateChange& change);
  [[nodiscard]] ErrorCode write_state(const StateChange& change, EdgeWrites& edge_writes,
                                      std::uint64_t& generation);
  [[nodiscard]] ErrorCode rebuild_locked();
  /// A change whose refusal is a text for a person.
  template <class T>
  [[nodiscard]] Result<T, Diagnostic> change(
      const std::function<Result<T, Diagnostic>(EntityWriter&)>& make);
  /// Runs a body on a snapshot.
  template <class Read>
  [[nodiscard]] auto read(const Read& body) const
      -> std::invoke_result_t<Read, const EntityReader&>;

  StateStore& store_;
  EdgeStore edge_;
  const EntityOptions options_;
  std::atomic<std::uint64_t> generation_;
  std::mutex change_;  // one change at a time, so that the edge follows in the state's order
  bool is_edge_behind_ = false;
};

}  // namespace tripgate::entities
