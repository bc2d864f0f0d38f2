// A person's words: every complaint names the word that is wrong.
#include "engine/cli/arguments.h"

#include <algorithm>

namespace tripgate::cli {
namespace {

const Option* find_option(std::span<const Option> options, std::string_view word) {
  const auto is_meant = [word](const Option& option) {
    if (word.starts_with("--")) return word.substr(2) == option.name;
    return word.size() == 2 && option.letter != 0 && word[1] == option.letter;
  };
  const auto found = std::find_if(options.begin(), options.end(), is_meant);
  return found == options.end() ? nullptr : &*found;
}

}  // namespace

Result<Arguments, Diagnostic> Arguments::parse(std::span<const Option> options,
                                               std::span<const std::string> words) {
  Arguments arguments;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word == "--") {
      arguments.operands_.insert(arguments.operands_.end(), words.begin() + std::ptrdiff_t(i) + 1,
                                 words.end());
      break;
    }
    if (word.size() < 2 || word[0] != '-') {
      arguments.operands_.push_back(word);
      continue;
    }
    const std::size_t equals = word.starts_with("--") ? word.find('=') : std::string::npos;
    const Option* const option = find_option(options, std::string_view(word).substr(0, equals));
    if (option == nullptr) return Diagnostic("unknown option " + word);
    std::string value;
    if (option->placeholder.empty()) {
      if (equals != std::string::npos) return Diagnostic(word + ": the option takes no value");
    } else if (equals != std::string::npos) {
      value = word.substr(equals + 1);
    } else if (i + 1 < words.size()) {
      value = words[++i];
    } else {
      return Diagnostic(word + " needs a " + std::string(option->placeholder));
    }
    std::vector<std::string>& values = arguments.values_[std::string(option->name)];
    if (!values.empty() && !option->is_repeatable) return Diagnostic(word + " is given twice");
    values.push_back(std::move(value));
  }
  return arguments;
}

bool Arguments::has(std::string_view name) const {
  return values_.find(name) != values_.end();
}

std::optional<std::string> Arguments::value(std::string_view name) const {
  const auto found = values_.find(name);
  if (found == values_.end()) return std::nullopt;
  return found->second.front();
}

std::vector<std::string> Arguments::values(std::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? std::vector<std::string>() : found->second;
}

}  // namespace tripgate::cli
