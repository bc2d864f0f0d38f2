// Block by block, so that one that fails does not hide the others.
#include "engine/run/text_evaluation.h"

#include <utility>

#include "engine/inputs/fqn.h"
#include "engine/jexl/template.h"
#include "engine/yaml/parser.h"
#include "engine/yaml/writer.h"

namespace tripgate {
namespace {

class TextEvaluation {
 public:
  TextEvaluation(StoredRun& run, NodeNumber node) : run_(run), node_(node) {}

  /// The text with the values of its blocks.
  std::string fill(const std::string& text, const std::string& place) {
    const jexl::Template parsed = jexl::Template::parse(text);
    if (parsed.is_too_large()) complain_about_count();
    std::string filled;
    for (const jexl::Template::Piece& piece : parsed.pieces()) {
      const std::string& worth = piece.block == nullptr ? piece.text : evaluate(piece.text, place);
      filled += worth;
      if (exceeds(filled.size())) return text;
    }
    return filled;
  }

  /// Values of a document in their places.
  void fill(yaml::Node& node, const inputs::Path& path) {
    if (complaint_) return;
    if (node.is_scalar() && node.text.find("<+") != std::string::npos) {
      node.text = fill(node.text, path.dotted);
      node.style = yaml::ScalarStyle::double_quoted;  // Whatever the value looks like, it is text.
    }
    for (yaml::Entry& entry : node.entries) fill(entry.value, path.below(entry.key.text));
    for (yaml::Node& item : node.items) fill_item(item, path);
  }

  /// The outcome; `text` is what the whole became.
  Result<EvaluatedText, Diagnostic> finish(std::string text) {
    if (complaint_) return *complaint_;
    return EvaluatedText{std::move(text), std::move(blocks_)};
  }

 private:
  void fill_item(yaml::Node& item, const inputs::Path& list) {
    if (inputs::find_parallel(item) != nullptr) {
      for (yaml::Entry& entry : item.entries) fill(entry.value, list);
      return;
    }
    const auto identified = inputs::identify(item);
    if (!identified) return fill(item, list);
    const inputs::Path place = identified->below(list);
    fill(identified->is_wrapped ? item.entries.front().value : item, place);
  }

  /// What a block becomes: its value, or its own text if it fails.
  std::string evaluate(const std::string& block, const std::string& place) {
    if (blocks_.size() == kEvaluatedBlocksMax) complain_about_count();
    if (complaint_) return block;
    const auto value = run_.expressions().render(run_.tree(), node_, block);
    if (!value) {
      blocks_.push_back({place, block, std::nullopt, value.error().message});
      return block;
    }
    size_ += value->size();
    if (exceeds(size_)) return block;
    blocks_.push_back({place, block, *value, {}});
    return *value;
  }

  void complain_about_count() {
    complaint_ = Diagnostic("more than " + std::to_string(kEvaluatedBlocksMax) +
                            " expressions cannot be evaluated at once");
  }

  bool exceeds(std::size_t size) {
    if (size > kRenderedSizeMax && !complaint_) {
      complaint_ = Diagnostic("what the text becomes is larger than 256 KB");
    }
    return complaint_.has_value();
  }

  StoredRun& run_;
  NodeNumber node_;
  std::vector<EvaluatedBlock> blocks_;
  std::size_t size_ = 0;  // Of all values.
  std::optional<Diagnostic> complaint_;
};

}  // namespace

Result<EvaluatedText, Diagnostic> evaluate_text(StoredRun& run, NodeNumber node,
                                                std::string_view text) {
  if (text.size() > kEvaluatedTextMax) {
    return Diagnostic("a text larger than 64 KB cannot be evaluated");
  }
  TextEvaluation evaluation(run, node);
  auto document = yaml::parse_document(text, {});
  if (!document || document->root.find("pipeline") == nullptr) {
    return evaluation.finish(evaluation.fill(std::string(text), {}));
  }
  for (yaml::Entry& entry : document->root.entries) {
    evaluation.fill(entry.value, {entry.key.text, entry.key.text});
  }
  return evaluation.finish(yaml::write_document(document->root));
}

}  // namespace tripgate
