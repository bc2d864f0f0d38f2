// What a judgement costs: a typical condition on a parsed GitHub push, parsing the condition, and
// parsing bodies against bare yajl with empty callbacks; with the curves over the number of
// conditions and the size of the body.
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
constexpr const char* kTerm = R"(<+trigger.payload.ref> == "refs/heads/main")";

const std::string& push() {
  static const std::string text = [] {
    std::ifstream file("test/data/jexl/github_push.json");
    return std::string(std::istreambuf_iterator<char>(file), {});
  }();
  return text;
}

// A list of pushes of about that many bytes.
std::string body_of(std::int64_t size) {
  const std::string event =
      R"({"ref":"refs/heads/main","forced":false,"size":3,"labels":["a","b"],)"
      R"("head_commit":{"id":"59b20b8d5c6f","message":"Fix \"it\"\n"}})";
  std::string text = "[" + event;
  while (text.size() + event.size() + 2 <= static_cast<std::size_t>(size)) text += "," + event;
  return text + "]";
}

MapContext push_context() {
  Value trigger = Value::map({{Value::string("payload"), parse_body(push())}});
  return MapContext(Value::map({{Value::string("trigger"), std::move(trigger)}}));
}

void judge_text(benchmark::State& state, const std::string& text) {
  const MapContext context = push_context();
  const Template condition = Template::parse(text, Template::Dialect::condition);
  const Outcome first = condition.evaluate(context);
  if (!first || !first->is(Kind::boolean) || !first->as_bool()) state.SkipWithError("no match");
  for (auto _ : state) benchmark::DoNotOptimize(condition.evaluate(context));
}

void judge(benchmark::State& state) {
  judge_text(state, kCondition);
}
BENCHMARK(judge);

void judge_many(benchmark::State& state) {
  std::string text = kTerm;
  for (std::int64_t i = 1; i < state.range(0); ++i) text += std::string(" && ") + kTerm;
  judge_text(state, text);
}
BENCHMARK(judge_many)->Arg(1)->Arg(3)->Arg(10)->Arg(30)->Arg(100)->Arg(300)->Arg(1000);

void parse_condition(benchmark::State& state) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(Template::parse(kCondition, Template::Dialect::condition));
  }
}
BENCHMARK(parse_condition);

void parse_text(benchmark::State& state, const std::string& body) {
  for (auto _ : state) benchmark::DoNotOptimize(parse_body(body));
  state.SetBytesProcessed(static_cast<std::int64_t>(body.size()) * state.iterations());
}

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

void read_text(benchmark::State& state, const std::string& body) {
  for (auto _ : state) {
    yajl_handle parser = yajl_alloc(&kEmpty, nullptr, nullptr);
    yajl_parse(parser, reinterpret_cast<const unsigned char*>(body.data()), body.size());
    yajl_complete_parse(parser);
    yajl_free(parser);
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(body.size()) * state.iterations());
}

void parse_push(benchmark::State& state) {
  parse_text(state, push());
}
BENCHMARK(parse_push);

void bare_yajl_push(benchmark::State& state) {
  read_text(state, push());
}
BENCHMARK(bare_yajl_push);

void parse_size(benchmark::State& state) {
  parse_text(state, body_of(state.range(0)));
}
void bare_yajl_size(benchmark::State& state) {
  read_text(state, body_of(state.range(0)));
}
BENCHMARK(parse_size)->RangeMultiplier(4)->Range(1 << 10, 1 << 20);
BENCHMARK(bare_yajl_size)->RangeMultiplier(4)->Range(1 << 10, 1 << 20);

}  // namespace
}  // namespace tripgate::jexl
