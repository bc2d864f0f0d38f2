// Look-up by name; the tables are in the files of their objects.
#include "engine/functors/functor.h"

#include <algorithm>
#include <array>

#include "engine/jexl/template.h"

namespace tripgate {
namespace {

using jexl::Value;

std::optional<jexl::Outcome> run_entry(std::span<const FunctorEntry> entries, std::string_view name,
                                       const FunctorCall& call) {
  const auto entry = std::ranges::find_if(entries, [&](const FunctorEntry& each) {
    return each.name == name && each.argument_count == call.arguments.size();
  });
  if (entry == entries.end()) return std::nullopt;
  for (const Value& argument : call.arguments) {
    if (argument.is(jexl::Kind::string) && !call.meter.scan(argument.as_string().size())) {
      return jexl::limit_error("the functions of this text take too long");
    }
  }
  return entry->run(call);
}

class Functor final : public jexl::HostObject {
 public:
  Functor(std::span<const FunctorEntry> entries, UnixMs now_ms, jexl::Meter& meter)
      : entries_(entries), now_ms_(now_ms), meter_(meter) {}

  std::optional<Value> property(std::string_view) const override { return std::nullopt; }

  std::optional<Result<Value, jexl::EvalError>> call(
      std::string_view name, std::span<const Value> arguments) const override {
    return run_entry(entries_, name, {arguments, now_ms_, meter_});
  }

 private:
  std::span<const FunctorEntry> entries_;
  UnixMs now_ms_;
  jexl::Meter& meter_;
};

struct Namespace {
  std::string_view name;
  std::span<const FunctorEntry> (*functions)();
};

constexpr std::array<Namespace, 5> kNamespaces = {{{"json", json_functions},
                                                   {"xml", xml_functions},
                                                   {"regex", regex_functions},
                                                   {"shell", shell_functions},
                                                   {"datetime", datetime_functions}}};

}  // namespace

std::string FunctorCall::text(std::size_t index) const {
  return jexl::Template::value_text(arguments[index]);
}

std::optional<Value> find_functor(std::string_view name, UnixMs now_ms, jexl::Meter& meter) {
  const auto found = std::ranges::find(kNamespaces, name, &Namespace::name);
  if (found == kNamespaces.end()) return std::nullopt;
  return Value::object(std::make_shared<Functor>(found->functions(), now_ms, meter));
}

std::optional<jexl::Outcome> call_bare_function(std::string_view name,
                                                std::span<const Value> arguments, UnixMs now_ms,
                                                jexl::Meter& meter) {
  return run_entry(datetime_functions(), name, {arguments, now_ms, meter});
}

jexl::EvalError functor_error(std::string message) {
  jexl::EvalError error = jexl::other_error(std::move(message));
  error.is_foreign = true;
  return error;
}

}  // namespace tripgate
