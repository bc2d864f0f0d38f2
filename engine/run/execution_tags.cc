// A tag may hold what a sender wrote: it is shown and compared, and never evaluated.
#include "engine/run/execution_tags.h"

#include <vector>

#include "engine/functors/functor.h"
#include "engine/jexl/json.h"
#include "engine/jexl/template.h"
#include "engine/run/named_values.h"

namespace tripgate {
namespace {

using jexl::Value;
using Tag = std::pair<std::string, std::string>;

Tag split_tag(const std::string& text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string::npos) return {text, {}};
  return {text.substr(0, colon), text.substr(colon + 1)};
}

/// What an argument of addTagsList comes to; a text is JSON, or one tag.
std::vector<Tag> tags_of(const Value& argument) {
  Value list = argument;
  if (argument.is(jexl::Kind::string)) {
    const auto parsed = jexl::parse_json(argument.as_string());
    if (!parsed || (!parsed->is_sequence() && !parsed->is(jexl::Kind::map))) {
      return {split_tag(std::string(argument.as_string()))};
    }
    list = *parsed;
  }
  std::vector<Tag> tags;
  if (list.is(jexl::Kind::map)) {
    for (const Value::Entry& entry : list.entries()) {
      tags.emplace_back(
          jexl::Template::value_text(entry.key),
          entry.value.is_null() ? std::string() : jexl::Template::value_text(entry.value));
    }
  } else if (list.is_sequence()) {
    for (const Value& element : list.elements()) {
      tags.push_back(split_tag(jexl::Template::value_text(element)));
    }
  }
  return tags;
}

class ExecutionTags final : public NamedValues {
 public:
  explicit ExecutionTags(AddTag add_tag) : add_tag_(std::move(add_tag)) {}

  std::optional<Value> property(std::string_view) const override { return std::nullopt; }

  std::optional<Result<Value, jexl::EvalError>> call(
      std::string_view name, std::span<const Value> arguments) const override {
    if (name == "addTag" && arguments.size() == 2) {
      return add(
          {{jexl::Template::value_text(arguments[0]), jexl::Template::value_text(arguments[1])}});
    }
    if (name == "addTagsList" && arguments.size() == 1) return add(tags_of(arguments[0]));
    return std::nullopt;
  }

 private:
  Result<Value, jexl::EvalError> add(const std::vector<Tag>& tags) const {
    std::string added;
    for (const auto& [name, value] : tags) {
      if (name.empty() || name.size() > kTagSizeMax || value.size() > kTagSizeMax) {
        return functor_error("a tag has a name and at most " + std::to_string(kTagSizeMax) +
                             " bytes of name and value each");
      }
      if (!add_tag_(name, value)) {
        return functor_error("expressions may add " + std::to_string(kAddedTagsMax) +
                             " tags to a run");
      }
      added.append(added.empty() ? "" : ",").append(name);
      if (!value.empty()) added.append(":").append(value);
    }
    return text_value(added);
  }

  AddTag add_tag_;
};

}  // namespace

Value execution_tags_value(AddTag add_tag) {
  return Value::object(std::make_shared<ExecutionTags>(std::move(add_tag)));
}

}  // namespace tripgate
