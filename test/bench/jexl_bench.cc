// What a judgement costs: a typical condition on a parsed GitHub push, parsing the condition, and
// parsing the body against bare yajl with empty callbacks.
#include <benchmark/benchmark.h>
#include <yajl/yajl_parse.h>

#include <fstream>
#include <iterator>
#include <string>

#include "engine/jexl/json.h"
#include "engine/jexl/template.h"

namespace tripgate::jexl {
namespace {

constexpr const char* kCondition = R"(<+trigger.payload.ref> == "refs/heads/main" && )"
                                   R"(<+trigger.payload.repository.full_name>.startsWith("acme/"))";

const std::string& body() {
  static const std::string text = [] {
    std::ifstream file("test/data/jexl/github_push.json");
    return std::string(std::istreambuf_iterator<char>(file), {});
  }();
  return text;
}

MapContext push_context() {
  Value trigger = Value::map({{Value::string("payload"), parse_body(body())}});
  return MapContext(Value::map({{Value::string("trigger"), std::move(trigger)}}));
}

void judge(benchmark::State& state) {
  const MapContext context = push_context();
  const Template condition = Template::parse(kCondition, Template::Dialect::condition);
  const Outcome first = condition.evaluate(context);
  if (!first || !first->is(Kind::boolean) || !first->as_bool()) state.SkipWithError("no match");
  for (auto _ : state) benchmark::DoNotOptimize(condition.evaluate(context));
}
BENCHMARK(judge);

// The curve over the number of conditions: each is another copy of the pair above.
void judge_many(benchmark::State& state) {
  const MapContext context = push_context();
  std::string text = kCondition;
  for (std::int64_t i = 1; i < state.range(0); ++i) text += std::string(" && ") + kCondition;
  const Template condition = Template::parse(text, Template::Dialect::condition);
  for (auto _ : state) benchmark::DoNotOptimize(condition.evaluate(context));
  state.SetComplexityN(state.range(0));
}
BENCHMARK(judge_many)->RangeMultiplier(4)->Range(1, 256)->Complexity(benchmark::oN);

void parse_condition(benchmark::State& state) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(Template::parse(kCondition, Template::Dialect::condition));
  }
}
BENCHMARK(parse_condition);

void parse_push_body(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(parse_body(body()));
  state.SetBytesProcessed(static_cast<std::int64_t>(body().size()) * state.iterations());
}
BENCHMARK(parse_push_body);

constexpr yajl_callbacks kEmpty = {
    .yajl_null = [](void*) { return 1; },
    .yajl_boolean = [](void*, int) { return 1; },
    .yajl_integer = nullptr,
    .yajl_double = nullptr,
    .yajl_number = [](void*, const char*, std::size_t) { return 1; },
    .yajl_string = [](void*, const unsigned char*, std::size_t) { return 1; },
    .yajl_start_map = [](void*) { return 1; },
    .yajl_map_key = [](void*, const unsigned char*, std::size_t) { return 1; },
    .yajl_end_map = [](void*) { return 1; },
    .yajl_start_array = [](void*) { return 1; },
    .yajl_end_array = [](void*) { return 1; },
};

void bare_yajl(benchmark::State& state) {
  for (auto _ : state) {
    yajl_handle parser = yajl_alloc(&kEmpty, nullptr, nullptr);
    yajl_parse(parser, reinterpret_cast<const unsigned char*>(body().data()), body().size());
    yajl_complete_parse(parser);
    yajl_free(parser);
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(body().size()) * state.iterations());
}
BENCHMARK(bare_yajl);

}  // namespace
}  // namespace tripgate::jexl
