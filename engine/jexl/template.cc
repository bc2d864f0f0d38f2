// Evaluation and rendering. Every block is compiled with the text; evaluating binds its value to a
// variable, so whatever a sender writes stays a value.
#include "engine/jexl/template.h"

#include <algorithm>

#include "engine/jexl/jexl_limits.h"
#include "engine/jexl/json.h"
#include "engine/jexl/operators.h"
#include "engine/jexl/template_script.h"
#include "engine/jexl/text.h"
#include "engine/jexl/value_text.h"

namespace tripgate::jexl {
namespace {

EvalError parse_error(const std::optional<Diagnostic>& diagnostic) {
  return {ErrorKind::parse, diagnostic ? diagnostic->message : "this is not an expression"};
}

// Failures that leave a block null rather than failing the text around it.
bool is_swallowed(const EvalError& error) {
  return !error.is_foreign && error.kind != ErrorKind::limit;
}

EvalError at_offset(EvalError error, std::uint32_t offset) {
  error.offset = offset;
  return error;
}

bool is_name_part(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '$' || c == '.';
}

/// Between quotes a value is the text that it would be rendered to. False when the meter ran out.
bool write_quoted(std::span<const Template::Piece> pieces, std::vector<Value>& values,
                  Meter& meter) {
  const TemplateScript script =
      write_script(pieces, Template::Dialect::pipeline, [](std::size_t) { return std::string(); });
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!script.is_quoted[i]) continue;
    const std::string text = Template::value_text(values[i]);
    if (!meter.allocate(text.size())) return false;
    values[i] = Value::string(text);
  }
  return true;
}

}  // namespace

bool Template::has_blocks() const {
  return std::ranges::any_of(pieces_, [](const Piece& piece) { return piece.block != nullptr; });
}

std::optional<Diagnostic> Template::problem(bool is_evaluated) const {
  for (const Piece& piece : pieces_) {
    if (piece.block == nullptr) continue;
    if (piece.block->error) return piece.block->error;
    if (piece.block->nested == nullptr) continue;
    auto problem = piece.block->nested->problem(true);
    if (problem) return problem;
  }
  return is_evaluated || has_too_many_blocks_ ? script_error_ : std::nullopt;
}

Outcome Template::evaluate(const Context& context, const Budget& budget) const {
  Meter meter(budget);
  return evaluate(context, meter);
}

Outcome Template::evaluate(const Context& context, Meter& meter) const {
  if (is_blank_) return Value();
  if (has_too_many_blocks_) return limit_error(script_error_->message);
  std::vector<Value> values;
  values.reserve(pieces_.size());
  for (const Piece& piece : pieces_) {
    if (piece.block == nullptr) continue;
    Outcome value = resolve(*piece.block, context, meter);
    if (!value) return value;
    values.push_back(std::move(*value));
  }
  if (!spliced_.empty()) return evaluate_spliced(values, context, meter);
  if (!script_) return parse_error(script_error_);
  const bool is_bound = dialect_ != Dialect::pipeline || write_quoted(pieces_, values, meter);
  if (!is_bound) return limit_error("the text of a quoted block is too long");
  Outcome outcome = script_->evaluate(context, meter, values);
  return outcome ? outcome : at_offset(outcome.error(), source_offset(outcome.error().offset));
}

std::uint32_t Template::source_offset(std::uint32_t script_offset) const {
  if (script_offset == EvalError::kNoOffset) return script_offset;
  std::size_t left = script_offset;
  std::size_t number = 0;
  for (const Piece& piece : pieces_) {
    const std::size_t size =
        piece.block == nullptr ? piece.text.size() : block_name(number++).size();
    if (left < size || &piece == &pieces_.back()) {
      return static_cast<std::uint32_t>(piece.offset + (piece.block == nullptr ? left : 0));
    }
    left -= size;
  }
  return EvalError::kNoOffset;
}

// A block that touches a name gives a part of that name, and nothing else: a value with any other
// character is refused rather than read as source.
Outcome Template::evaluate_spliced(const std::vector<Value>& values, const Context& context,
                                   Meter& meter) const {
  for (const std::size_t number : spliced_) {
    const std::string part = value_text(values[number]);
    if (part.empty() || !std::ranges::all_of(part, is_name_part)) {
      return other_error("only a plain name can be spliced into a path");
    }
  }
  std::vector<std::string> names;
  std::vector<Value> bound = values;
  const TemplateScript script = write_script(pieces_, dialect_, [&](std::size_t number) {
    names.push_back(block_name(number));
    const bool is_spliced = std::ranges::find(spliced_, number) != spliced_.end();
    return is_spliced ? value_text(values[number]) : names.back();
  });
  if (!write_quoted(pieces_, bound, meter)) {
    return limit_error("the text of a quoted block is too long");
  }
  const auto expression = Expression::parse(script.text, Form::script, names);
  if (!expression) return parse_error(expression.error());
  return expression->evaluate(context, meter, bound);
}

Outcome Template::resolve(const Block& block, const Context& context, Meter& meter) const {
  if (block.content.empty()) return Value::string("");
  if (block.nested != nullptr) return block.nested->evaluate(context, meter);
  if (text::trim(block.content).empty()) return other_error("an empty expression");
  if (block.prefixed) {
    Outcome value = block.prefixed->evaluate(context, meter);
    if (!value && !is_swallowed(value.error())) return value;
    if (value && !value->is_null()) return value;
  }
  if (!block.expression) return Value();
  Outcome value = block.expression->evaluate(context, meter);
  if (value) return value;
  if (is_swallowed(value.error())) return Value();
  return at_offset(value.error(), static_cast<std::uint32_t>(block.offset));
}

std::string Template::value_text(const Value& value) {
  const bool is_container =
      value.is_sequence() || value.is(Kind::map) || value.is(Kind::set) || value.is(Kind::range);
  return is_container ? to_compact_json(value) : to_text(value);
}

Coerced<std::string> Template::render(const Context& context, const Budget& budget) const {
  Meter meter(budget);
  if (has_too_many_blocks_) return limit_error(script_error_->message);
  std::string out;
  for (const Piece& piece : pieces_) {
    if (piece.block == nullptr) {
      out += piece.text;
      continue;
    }
    const Outcome value = resolve(*piece.block, context, meter);
    if (!value) return value.error();
    const std::string text = value_text(*value);
    if (!meter.allocate(text.size())) return limit_error("the rendered text is too long");
    out += text;
  }
  return out;
}

std::string lower_header_names(std::string_view text) {
  constexpr std::string_view kStart = "<+trigger.header[";
  std::string out(text);
  for (std::size_t at = out.find(kStart); at != std::string::npos; at = out.find(kStart, at + 1)) {
    const std::size_t quote = at + kStart.size();
    if (quote >= out.size() || (out[quote] != '\'' && out[quote] != '"')) continue;
    std::size_t end = quote + 1;
    const auto closes = [&out](std::size_t i) {
      return (out[i] == '\'' || out[i] == '"') && out.compare(i + 1, 2, "]>") == 0;
    };
    while (end < out.size() && !closes(end) && out[end] != '\n') ++end;
    if (end >= out.size() || out[end] == '\n') continue;
    const std::string name =
        text::to_lower(std::string_view(out).substr(quote + 1, end - quote - 1));
    out.replace(quote, end - quote + 1, "'" + name + "'");
  }
  return out;
}

}  // namespace tripgate::jexl
