// Texts of a pipeline with `<+...>` in them, rendered or evaluated when a node starts.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/clock.h"
#include "engine/base/diagnostic.h"
#include "engine/base/result.h"
#include "engine/expressions/pipeline_context.h"
#include "engine/expressions/run_condition.h"
#include "engine/expressions/secret_references.h"
#include "engine/jexl/expression.h"
#include "engine/jexl/template.h"

namespace tripgate {

/// Bytes of one rendered text. Source: pipelines.md 6.3.
inline constexpr std::size_t kRenderedSizeMax = std::size_t{256} << 10;

/// Texts inside texts: a variable whose text names a variable, and so on. Source: pipelines.md 6.2.
inline constexpr int kRenderDepthMax = 15;

/// What becomes of a block that has no value (pipelines.md 6.2).
enum class Unresolved {
  as_null,     // The text `null`: steps and conditions.
  as_written,  // `<+...>` stays: Http, approvals.
  refused,     // An error that lists the blocks: policies.
};

/// Renders and evaluates texts with the clean semantics of pipelines.md 6.3: every block once, as
/// it is written, with the node's roots, the aliases of 5.2, the functors of 6.7 and `secrets`.
///
/// What a root yields is a value and never evaluated. Only the pipeline's own texts may hold
/// blocks; a root that serves one (`pipeline.variables.x`) asks own_text() for its worth. One
/// thread at a time.
class TextRenderer {
 public:
  /// What a text can ask for besides the node's roots.
  struct Surroundings {
    UnixMs now_ms = 0;                      ///< For `datetime`.
    const SecretSource* secrets = nullptr;  ///< Borrowed; nullptr: there are none.
  };

  /// roots: of the node, borrowed.
  TextRenderer(const jexl::Context& roots, const Surroundings& surroundings);
  TextRenderer(const TextRenderer&) = delete;
  TextRenderer& operator=(const TextRenderer&) = delete;

  /// Each outermost block replaced by its value's text. Secrets stay expressions: the result may be
  /// stored, shown and logged.
  /// Errors: an expression that fails (pipelines.md 6.6 and 6.10), a text that becomes too long.
  [[nodiscard]] Result<std::string, Diagnostic> render(
      std::string_view text, Unresolved unresolved = Unresolved::as_null) const;

  /// As render, with the plain text of secrets: for what a process or a peer gets and nothing else.
  /// Adds every secret that it used to `used`, for the masker. The caller wipes both.
  /// Errors: as render; a secret that does not exist or may not be named so.
  [[nodiscard]] Result<std::string, Diagnostic> render_for_process(
      std::string_view text, std::vector<std::string>& used,
      Unresolved unresolved = Unresolved::as_null) const;

  /// The whole text as one expression in which blocks are typed variables (pipelines.md 6.2).
  [[nodiscard]] Result<jexl::Value, Diagnostic> evaluate(std::string_view text) const;

  /// A run condition, see run_condition.h.
  [[nodiscard]] RunConditionOutcome evaluate_condition(std::string_view text) const;

  /// A field that may be typed: the value of a text that is one block and nothing else, null if
  /// that does not resolve; of any other text what render makes of it.
  [[nodiscard]] Result<jexl::Value, Diagnostic> render_field(std::string_view text) const;

  /// The text with its blocks evaluated and written as blocks again that are data wherever they are
  /// read next (literal_block.h). Secrets stay expressions, and so does a text that is one block
  /// without a value if unresolved is as_written; otherwise such blocks are worth null.
  [[nodiscard]] Result<std::string, Diagnostic> render_as_data(
      std::string_view text, Unresolved unresolved = Unresolved::as_written) const;

  /// For roots: what a text of the pipeline's own is worth inside another one. A failure is null
  /// here and fails the text that is being rendered. Do not keep it beyond that text: whether it
  /// mentions the event or a secret counts.
  [[nodiscard]] jexl::Value own_text(std::string_view text) const;

 private:
  struct Frame;
  class FrameScope;
  class SecretHandle;
  [[nodiscard]] Result<std::string, Diagnostic> render_pieces(const jexl::Template& parsed,
                                                              Unresolved unresolved) const;
  [[nodiscard]] Result<std::string, Diagnostic> data_pieces(const jexl::Template& parsed,
                                                            Unresolved unresolved) const;
  [[nodiscard]] Result<jexl::Value, Diagnostic> evaluate_pieces(const jexl::Template& parsed) const;
  [[nodiscard]] Result<jexl::Value, Diagnostic> field_value(std::string_view text) const;
  [[nodiscard]] Result<jexl::Value, jexl::EvalError> name_secret(std::string_view reference) const;
  void note_event_named() const;

  const SecretSource* secrets_;
  PipelineContext context_;
  mutable SecretReferences references_;
  mutable bool is_for_process_ = false;
  mutable Frame* frame_ = nullptr;             // Of the text that is being worked on.
  mutable std::optional<Diagnostic> failure_;  // Of a text inside it.
};

}  // namespace tripgate
