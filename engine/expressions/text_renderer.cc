// The language's templates find and evaluate blocks; here is what a pipeline adds: texts that lead
// to other texts of its own, to a bounded depth, what becomes of blocks without a value, and
// secrets, which are put in last.
#include "engine/expressions/text_renderer.h"

#include "engine/expressions/expression_failure.h"
#include "engine/expressions/literal_block.h"
#include "engine/jexl/host_object.h"
#include "engine/jexl/operators.h"

namespace tripgate {
namespace {

using jexl::Template;
using jexl::Value;

/// A raw body may become part of a text twice.
constexpr jexl::Budget kBudget{.memory_bytes = 2 * jexl::kMaxJsonSize};

constexpr const char* kSelfReference = "Infinite loop in variable interpretation";
constexpr const char* kTooDeep = "Infinite loop or too deep indirection in expression evaluation";

Diagnostic too_long() {
  return Diagnostic("Expression evaluation failed: the rendered text is larger than 256 KB");
}

Diagnostic unresolved_blocks(const std::vector<std::string>& names) {
  std::string text = "Unresolved expressions: ";
  for (const std::string& name : names) text += (&name == &names.front() ? "" : ", ") + name;
  return Diagnostic(text);
}

/// The only block of a text that is nothing but that block.
const Template::Block* sole_block(const Template& parsed) {
  const auto pieces = parsed.pieces();
  return pieces.size() == 1 ? pieces[0].block.get() : nullptr;
}

bool is_quoted_in(std::string_view text, std::string_view word) {
  for (const char* const quote : {"\"", "'"}) {
    if (text.find(quote + std::string(word) + quote) != std::string_view::npos) return true;
  }
  return false;
}

/// Of the host's objects a secret alone is worth an expression.
std::string data_text(const Value& value, ValueOrigin origin) {
  const std::string text = Template::value_text(value);
  const bool is_secret = value.is(jexl::Kind::object) && named_secret(text).has_value();
  return is_secret ? text : literal_block(value, origin);
}

Result<std::string, Diagnostic> as_result(std::string text) {
  return {boost::system::in_place_value, std::move(text)};
}

}  // namespace

/// One text that is being worked on, inside the one that led to it.
struct TextRenderer::Frame {
  std::string_view text;
  Frame* outer = nullptr;
  int depth = 0;
  bool names_event = false;  // Something in it, or in a text it led to, asked for the event.
};

/// Enters a text and leaves it again. Leaving the outermost one forgets nothing: its failure is
/// taken by finish().
class TextRenderer::FrameScope {
 public:
  FrameScope(const TextRenderer& renderer, std::string_view text)
      : renderer_(renderer),
        frame_{.text = text,
               .outer = renderer.frame_,
               .depth = renderer.frame_ == nullptr ? 0 : renderer.frame_->depth + 1} {
    if (frame_.outer == nullptr) renderer_.failure_.reset();
    renderer_.frame_ = &frame_;
  }
  FrameScope(const FrameScope&) = delete;
  FrameScope& operator=(const FrameScope&) = delete;
  ~FrameScope() {
    renderer_.frame_ = frame_.outer;
    if (frame_.outer != nullptr) frame_.outer->names_event |= frame_.names_event;
  }

  /// The outcome, unless a text inside failed without a way to say so.
  template <class T>
  [[nodiscard]] Result<T, Diagnostic> finish(Result<T, Diagnostic> outcome) const {
    if (renderer_.failure_) return *renderer_.failure_;
    return outcome;
  }

 private:
  const TextRenderer& renderer_;
  Frame frame_;
};

/// What `secrets.getValue` is worth while an expression runs: it can be written, and nothing else.
class TextRenderer::SecretHandle final : public jexl::HostObject {
 public:
  explicit SecretHandle(std::string text) : text_(std::move(text)) {}
  std::optional<Value> property(std::string_view) const override { return std::nullopt; }
  std::string text() const override { return text_; }

 private:
  std::string text_;
};

TextRenderer::TextRenderer(const jexl::Context& roots, const Surroundings& surroundings)
    : secrets_(surroundings.secrets),
      context_(roots, surroundings.now_ms,
               {.name_secret = [this](std::string_view name) { return name_secret(name); },
                .on_event_named = [this] { note_event_named(); }}) {}

Result<std::string, Diagnostic> TextRenderer::render(std::string_view text,
                                                     Unresolved unresolved) const {
  const FrameScope scope(*this, text);
  return scope.finish(render_pieces(Template::parse(text), unresolved));
}

Result<std::string, Diagnostic> TextRenderer::render_for_process(std::string_view text,
                                                                 std::vector<std::string>& used,
                                                                 Unresolved unresolved) const {
  is_for_process_ = true;
  Result<std::string, Diagnostic> rendered = render(text, unresolved);
  is_for_process_ = false;
  // A complaint may quote what it is about.
  if (!rendered) return Diagnostic(references_.show(rendered.error().message));
  if (references_.is_empty()) return rendered;
  if (secrets_ == nullptr) return Diagnostic("secrets cannot be read here");
  Result<std::string, Diagnostic> revealed = references_.reveal(*rendered, *secrets_, used);
  if (revealed && revealed->size() > kRenderedSizeMax) {
    wipe(*revealed);
    return too_long();
  }
  return revealed;
}

Result<Value, Diagnostic> TextRenderer::evaluate(std::string_view text) const {
  const FrameScope scope(*this, text);
  return scope.finish(evaluate_pieces(Template::parse(text)));
}

RunConditionOutcome TextRenderer::evaluate_condition(std::string_view text) const {
  const FrameScope scope(*this, text);
  RunConditionOutcome outcome = evaluate_run_condition(text, context_);
  outcome.is_met = scope.finish(std::move(outcome.is_met));
  return outcome;
}

Result<Value, Diagnostic> TextRenderer::render_field(std::string_view text) const {
  const FrameScope scope(*this, text);
  return scope.finish(field_value(text));
}

Result<std::string, Diagnostic> TextRenderer::render_as_data(std::string_view text,
                                                             Unresolved unresolved) const {
  const FrameScope scope(*this, text);
  return scope.finish(data_pieces(Template::parse(text), unresolved));
}

Value TextRenderer::own_text(std::string_view text) const {
  if (text.find("<+") == std::string_view::npos) return Value::string(text);
  if (frame_ != nullptr && (frame_->text == text || frame_->depth >= kRenderDepthMax)) {
    failure_ = Diagnostic(frame_->text == text ? kSelfReference : kTooDeep);
    return {};
  }
  const FrameScope scope(*this, text);
  const Result<Value, Diagnostic> value = field_value(text);
  if (value) return *value;
  if (!failure_) failure_ = value.error();
  return {};
}

Result<Value, Diagnostic> TextRenderer::field_value(std::string_view text) const {
  const Template parsed = Template::parse(text);
  if (sole_block(parsed) != nullptr) return evaluate_pieces(parsed);
  const Result<std::string, Diagnostic> rendered = render_pieces(parsed, Unresolved::as_null);
  if (!rendered) return rendered.error();
  return Value::string(*rendered);
}

Result<Value, Diagnostic> TextRenderer::evaluate_pieces(const Template& parsed) const {
  const jexl::Outcome value = parsed.evaluate(context_, kBudget);
  if (!value) return expression_failure(parsed.source(), value.error());
  return *value;
}

Result<std::string, Diagnostic> TextRenderer::render_pieces(const Template& parsed,
                                                            Unresolved unresolved) const {
  if (parsed.is_too_large()) {
    return expression_failure(parsed.source(), jexl::limit_error(parsed.problem(false)->message));
  }
  jexl::Meter meter(kBudget);
  std::string out;
  std::vector<std::string> missing;
  for (const Template::Piece& piece : parsed.pieces()) {
    if (piece.block == nullptr) {
      out += piece.text;
      continue;
    }
    const jexl::Outcome value = parsed.resolve(*piece.block, context_, meter);
    if (!value) return expression_failure(piece.text, value.error());
    if (value->is_null() && unresolved == Unresolved::refused) {
      missing.push_back(piece.block->content);
    }
    const bool is_kept = value->is_null() && unresolved == Unresolved::as_written;
    out += is_kept ? piece.text : Template::value_text(*value);
    if (out.size() > kRenderedSizeMax) return too_long();
  }
  if (!missing.empty()) return unresolved_blocks(missing);
  return as_result(std::move(out));
}

Result<std::string, Diagnostic> TextRenderer::data_pieces(const Template& parsed,
                                                          Unresolved unresolved) const {
  if (parsed.is_too_large()) {
    return expression_failure(parsed.source(), jexl::limit_error(parsed.problem(false)->message));
  }
  const bool is_sole = sole_block(parsed) != nullptr;
  jexl::Meter meter(kBudget);
  std::string out;
  for (const Template::Piece& piece : parsed.pieces()) {
    if (piece.block == nullptr) {
      out += piece.text;
      continue;
    }
    const jexl::Outcome value = parsed.resolve(*piece.block, context_, meter);
    if (!value) return expression_failure(piece.text, value.error());
    if (is_sole && value->is_null()) {
      return as_result(unresolved == Unresolved::as_written ? piece.text : "<+null>");
    }
    out += data_text(*value, frame_->names_event ? ValueOrigin::sender : ValueOrigin::pipeline);
    if (out.size() > kRenderedSizeMax) return too_long();
  }
  return as_result(std::move(out));
}

void TextRenderer::note_event_named() const {
  if (frame_ != nullptr) frame_->names_event = true;
}

// A pipeline chooses its secrets; a sender does not. Where a text works with the event, the name of
// its secret must therefore stand in the text itself.
Result<Value, jexl::EvalError> TextRenderer::name_secret(std::string_view reference) const {
  if (frame_ != nullptr && frame_->names_event && !is_quoted_in(frame_->text, reference)) {
    jexl::EvalError error = jexl::other_error("the name of a secret may not come from the event");
    error.is_foreign = true;
    return error;
  }
  std::string text =
      is_for_process_ ? references_.stand_in(reference) : secret_expression(reference);
  return Value::object(std::make_shared<SecretHandle>(std::move(text)));
}

}  // namespace tripgate
