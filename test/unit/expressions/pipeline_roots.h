// The roots of a node as the tests of this folder want them, and a store of secrets in memory.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "engine/expressions/text_renderer.h"
#include "engine/jexl/host_object.h"
#include "engine/jexl/json.h"

namespace tripgate::test {

/// Texts of a pipeline's own, which are worth what their rendering gives.
class OwnTexts final : public jexl::HostObject {
 public:
  std::map<std::string, std::string, std::less<>> texts;
  const TextRenderer* renderer = nullptr;

  std::optional<jexl::Value> property(std::string_view name) const override {
    const auto found = texts.find(name);
    if (found == texts.end()) return std::nullopt;
    return renderer->own_text(found->second);
  }
};

/// `V` serves own texts; everything else is data from JSON.
class PipelineRoots final : public jexl::Context {
 public:
  explicit PipelineRoots(std::string_view json) : data_(jexl::parse_body(json)) {}

  std::optional<jexl::Value> find(std::string_view name) const override {
    if (name == "V") return jexl::Value::object(own);
    return data_.find(name);
  }

  std::shared_ptr<OwnTexts> own = std::make_shared<OwnTexts>();

 private:
  jexl::MapContext data_;
};

class FakeSecrets final : public SecretSource {
 public:
  std::map<std::string, std::string, std::less<>> values;

  Result<SecretText, Diagnostic> reveal(std::string_view reference) const override {
    const auto found = values.find(reference);
    if (found == values.end()) return Diagnostic("no secret " + std::string(reference));
    return SecretText(std::string_view(found->second));
  }
};

}  // namespace tripgate::test
