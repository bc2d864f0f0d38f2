// A tree builder on libyaml's events. Events come one at a time, so the bounds act while the text
// is read: a bomb never grows. An explicit stack of open nodes replaces recursion.
#include "engine/yaml/parser.h"

#include <yaml.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "engine/yaml/line_index.h"
#include "engine/yaml/yaml_limits.h"

namespace tripgate::yaml {
namespace {

// Owns libyaml's parser; an event lives until the next one is asked for.
class EventSource {
 public:
  explicit EventSource(std::string_view text) {
    yaml_parser_initialize(&parser_);
    yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()),
                                 text.size());
  }
  EventSource(const EventSource&) = delete;
  EventSource& operator=(const EventSource&) = delete;
  ~EventSource() {
    yaml_event_delete(&event_);
    yaml_parser_delete(&parser_);
  }

  [[nodiscard]] const yaml_event_t* next() {
    yaml_event_delete(&event_);
    event_ = {};
    return yaml_parser_parse(&parser_, &event_) != 0 ? &event_ : nullptr;
  }

  [[nodiscard]] const yaml_parser_t& parser() const { return parser_; }

 private:
  yaml_parser_t parser_{};
  yaml_event_t event_{};
};

ScalarStyle style_of(yaml_scalar_style_t style) {
  switch (style) {
    case YAML_SINGLE_QUOTED_SCALAR_STYLE:
      return ScalarStyle::single_quoted;
    case YAML_DOUBLE_QUOTED_SCALAR_STYLE:
      return ScalarStyle::double_quoted;
    case YAML_LITERAL_SCALAR_STYLE:
      return ScalarStyle::literal;
    case YAML_FOLDED_SCALAR_STYLE:
      return ScalarStyle::folded;
    default:
      return ScalarStyle::plain;
  }
}

std::string_view view_of(const yaml_char_t* text) {
  return text == nullptr ? std::string_view{} : reinterpret_cast<const char*>(text);
}

class TreeBuilder {
 public:
  TreeBuilder(std::string_view text, std::string_view file)
      : text_(text), file_(file), lines_(text), source_(text) {}

  Result<std::vector<Document>, Diagnostic> build();

 private:
  // A sequence or mapping that is not closed yet.
  struct Open {
    Node node;
    std::string anchor;
    std::optional<Node> key;
    std::set<std::string, std::less<>> keys;
  };
  using Status = std::optional<Diagnostic>;

  Status take(const yaml_event_t& event);
  Status begin_document(const yaml_event_t& event);
  Status end_document(const yaml_event_t& event);
  Status take_scalar(const yaml_event_t& event);
  Status take_alias(const yaml_event_t& event);
  Status open_collection(const yaml_event_t& event, NodeKind kind, const yaml_char_t* anchor,
                         const yaml_char_t* tag);
  Status close_collection();
  Status place(Node node, std::string_view anchor);
  Status place_key(Open& mapping, Node node);
  Status charge(const Node& node);
  Status syntax_error();
  void locate_content(const yaml_event_t& event, Node& node);
  std::size_t offset_of(const yaml_mark_t& mark) {
    return lines_.offset_of(mark.line, mark.column);
  }
  Position position_of(const yaml_mark_t& mark) { return lines_.position_of(offset_of(mark)); }
  Status complain(Position at, std::string message) const;

  std::string_view text_;
  std::string_view file_;
  LineIndex lines_;
  EventSource source_;
  std::vector<Open> open_;
  std::map<std::string, Node, std::less<>> anchors_;
  std::optional<Node> root_;
  std::vector<Document> documents_;
  std::size_t document_begin_ = 0;
  std::size_t node_count_ = 0;
  std::size_t scalar_bytes_ = 0;
};

std::optional<Diagnostic> TreeBuilder::complain(Position at, std::string message) const {
  Diagnostic complaint(at.line, at.column, std::move(message));
  complaint.file = file_;
  return complaint;
}

Result<std::vector<Document>, Diagnostic> TreeBuilder::build() {
  if (text_.size() > kTextMaxBytes) {
    return *complain({}, "the text is larger than " + std::to_string(kTextMaxBytes) + " bytes");
  }
  for (;;) {
    const yaml_event_t* event = source_.next();
    if (event == nullptr) return *syntax_error();
    if (event->type == YAML_STREAM_END_EVENT) return std::move(documents_);
    if (Status complaint = take(*event)) return *complaint;
  }
}

std::optional<Diagnostic> TreeBuilder::take(const yaml_event_t& event) {
  switch (event.type) {
    case YAML_DOCUMENT_START_EVENT:
      return begin_document(event);
    case YAML_DOCUMENT_END_EVENT:
      return end_document(event);
    case YAML_SCALAR_EVENT:
      return take_scalar(event);
    case YAML_ALIAS_EVENT:
      return take_alias(event);
    case YAML_SEQUENCE_START_EVENT:
      return open_collection(event, NodeKind::sequence, event.data.sequence_start.anchor,
                             event.data.sequence_start.tag);
    case YAML_MAPPING_START_EVENT:
      return open_collection(event, NodeKind::mapping, event.data.mapping_start.anchor,
                             event.data.mapping_start.tag);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
      return close_collection();
    default:
      return {};
  }
}

std::optional<Diagnostic> TreeBuilder::begin_document(const yaml_event_t& event) {
  anchors_.clear();
  root_.reset();
  if (event.data.document_start.implicit == 0) document_begin_ = offset_of(event.end_mark);
  return {};
}

std::optional<Diagnostic> TreeBuilder::end_document(const yaml_event_t& event) {
  const std::size_t end = std::max(offset_of(event.start_mark), document_begin_);
  if (root_ && !root_->is_null()) {
    Document document;
    document.root = std::move(*root_);
    document.text = text_.substr(document_begin_, end - document_begin_);
    document.first_line = lines_.position_of(document_begin_).line;
    documents_.push_back(std::move(document));
  }
  document_begin_ = std::max(offset_of(event.end_mark), document_begin_);
  return {};
}

std::optional<Diagnostic> TreeBuilder::take_scalar(const yaml_event_t& event) {
  const auto& scalar = event.data.scalar;
  Node node;
  node.position = position_of(event.start_mark);
  node.style = style_of(scalar.style);
  node.text.assign(reinterpret_cast<const char*>(scalar.value), scalar.length);
  const std::string_view tag = view_of(scalar.tag);
  if (tag == YAML_STR_TAG) {
    if (node.style == ScalarStyle::plain) node.style = ScalarStyle::double_quoted;
  } else if (!tag.empty() && tag != "!") {
    return complain(node.position, "the tag " + std::string(tag) + " is not supported");
  }
  locate_content(event, node);
  if (Status complaint = charge(node)) return complaint;
  return place(std::move(node), view_of(scalar.anchor));
}

// Literal blocks start on the line after their `|`, each line behind the same indentation; scalars
// of one line are compared with the source, with and without their quotes.
void TreeBuilder::locate_content(const yaml_event_t& event, Node& node) {
  const std::size_t begin = offset_of(event.start_mark);
  const std::size_t end = offset_of(event.end_mark);
  const std::string_view source = text_.substr(begin, end > begin ? end - begin : 0);
  if (node.style == ScalarStyle::literal) {
    const std::size_t blank = node.text.find_first_not_of('\n');
    if (blank == std::string::npos) return;
    const std::size_t stop = std::min(node.text.find('\n', blank), node.text.size());
    const std::string_view line = lines_.line(event.start_mark.line + 1 + blank);
    const std::string_view value = std::string_view(node.text).substr(blank, stop - blank);
    if (!line.ends_with(value)) return;
    node.content = {static_cast<std::uint32_t>(event.start_mark.line + 2),
                    static_cast<std::uint32_t>(line.size() - value.size() + 1)};
  } else if (node.style != ScalarStyle::folded) {
    const std::size_t quote = source.find(node.text);
    if (quote <= 1 && node.text.find('\n') == std::string::npos) {
      node.content = lines_.position_of(begin + quote);
    }
  }
}

std::optional<Diagnostic> TreeBuilder::take_alias(const yaml_event_t& event) {
  const std::string_view name = view_of(event.data.alias.anchor);
  const auto found = anchors_.find(name);
  if (found == anchors_.end()) {
    return complain(position_of(event.start_mark),
                    "the alias *" + std::string(name) + " has no anchor before it");
  }
  if (Status complaint = charge(found->second)) return complaint;
  return place(found->second, {});
}

std::optional<Diagnostic> TreeBuilder::open_collection(const yaml_event_t& event, NodeKind kind,
                                                       const yaml_char_t* anchor,
                                                       const yaml_char_t* tag) {
  const Position at = position_of(event.start_mark);
  if (!view_of(tag).empty()) {
    return complain(at, "the tag " + std::string(view_of(tag)) + " is not supported");
  }
  Open opened;
  opened.node.kind = kind;
  opened.node.position = at;
  opened.anchor = view_of(anchor);
  if (Status complaint = charge(opened.node)) return complaint;
  open_.push_back(std::move(opened));
  return {};
}

std::optional<Diagnostic> TreeBuilder::close_collection() {
  Open closed = std::move(open_.back());
  open_.pop_back();
  return place(std::move(closed.node), closed.anchor);
}

std::optional<Diagnostic> TreeBuilder::place(Node node, std::string_view anchor) {
  if (!anchor.empty()) {
    if (Status complaint = charge(node)) return complaint;
    anchors_.insert_or_assign(std::string(anchor), node);
  }
  if (open_.empty()) {
    root_ = std::move(node);
    return {};
  }
  Open& parent = open_.back();
  if (parent.node.is_sequence()) {
    parent.node.items.push_back(std::move(node));
  } else if (parent.key) {
    parent.node.entries.push_back({std::move(*parent.key), std::move(node)});
    parent.key.reset();
  } else {
    return place_key(parent, std::move(node));
  }
  return {};
}

std::optional<Diagnostic> TreeBuilder::place_key(Open& mapping, Node node) {
  if (!node.is_scalar()) {
    return complain(node.position, "a key must be a scalar, not " + std::string(node.kind_name()));
  }
  if (node.text.size() > kKeyMaxBytes) {
    return complain(node.position,
                    "a key is longer than " + std::to_string(kKeyMaxBytes) + " bytes");
  }
  if (node.text == "<<" && node.style == ScalarStyle::plain) {
    return complain(node.position, "merge keys (<<) are not supported");
  }
  if (!mapping.keys.insert(node.text).second) {
    return complain(node.position, "the key \"" + node.text + "\" is given twice");
  }
  mapping.key = std::move(node);
  return {};
}

// Everything that is kept is charged here: a new node without its children, a copy (an anchor's or
// an alias's) with all of them, at the depth where it will stand.
std::optional<Diagnostic> TreeBuilder::charge(const Node& node) {
  std::vector<std::pair<const Node*, std::size_t>> waiting{{&node, open_.size()}};
  while (!waiting.empty()) {
    const auto [next, depth] = waiting.back();
    waiting.pop_back();
    if (depth > kDepthMax) {
      return complain(node.position, "nested deeper than " + std::to_string(kDepthMax) + " levels");
    }
    scalar_bytes_ += next->text.size();
    if (++node_count_ > kNodesMax || scalar_bytes_ > kScalarsMaxBytes) {
      return complain(node.position, "more than " + std::to_string(kNodesMax) + " nodes or " +
                                         std::to_string(kScalarsMaxBytes) +
                                         " bytes of values, expanded aliases included");
    }
    for (const Node& item : next->items) waiting.emplace_back(&item, depth + 1);
    for (const Entry& entry : next->entries) {
      waiting.emplace_back(&entry.key, depth + 1);
      waiting.emplace_back(&entry.value, depth + 1);
    }
  }
  return {};
}

std::optional<Diagnostic> TreeBuilder::syntax_error() {
  const yaml_parser_t& parser = source_.parser();
  std::string message = parser.problem == nullptr ? "not valid YAML" : parser.problem;
  if (parser.error == YAML_READER_ERROR) {
    return complain(lines_.position_of(std::min(parser.problem_offset, text_.size())), message);
  }
  const std::size_t offset = offset_of(parser.problem_mark);
  if (offset < text_.size() && text_[offset] == '\t') message = "a tab cannot indent; use blanks";
  if (parser.context != nullptr) {
    message += " (" + std::string(parser.context);
    if (parser.context_mark.line != parser.problem_mark.line) {
      message += " that began in line " + std::to_string(parser.context_mark.line + 1);
    }
    message += ')';
  }
  return complain(lines_.position_of(offset), message);
}

}  // namespace

Result<std::vector<Document>, Diagnostic> parse_documents(std::string_view text,
                                                          std::string_view file) {
  return TreeBuilder(text, file).build();
}

Result<Document, Diagnostic> parse_document(std::string_view text, std::string_view file) {
  Result<std::vector<Document>, Diagnostic> documents = parse_documents(text, file);
  if (!documents) return documents.error();
  if (documents->size() == 1) return std::move(documents->front());
  Diagnostic complaint(documents->empty() ? "the text holds no document"
                                          : "the text holds more than one document");
  complaint.file = file;
  return complaint;
}

}  // namespace tripgate::yaml
