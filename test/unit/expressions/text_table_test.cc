// Table 6.6 of the specification of pipelines, row by row from test/data/expressions/table_6_6.txt.
#include <gtest/gtest.h>

#include <fstream>

#include "engine/expressions/text_renderer.h"
#include "test/unit/expressions/pipeline_roots.h"

namespace tripgate {
namespace {

constexpr const char* kTable = "test/data/expressions/table_6_6.txt";

/// `pipeline.variables` of the table: typed values, and one text that is rendered in turn.
class TableVariables final : public jexl::HostObject {
 public:
  const TextRenderer* renderer = nullptr;

  std::optional<jexl::Value> property(std::string_view name) const override {
    const jexl::Value* const value = values_.get(name);
    if (value == nullptr) return std::nullopt;
    return value->is(jexl::Kind::string) ? renderer->own_text(value->as_string()) : *value;
  }

  std::optional<Result<jexl::Value, jexl::EvalError>> call(
      std::string_view name, std::span<const jexl::Value> arguments) const override {
    if (name != "get" || arguments.size() != 1) return std::nullopt;
    return property(arguments[0].as_string()).value_or(jexl::Value());
  }

 private:
  jexl::Value values_ = jexl::parse_body(
      R"({"env":"prod","num":5,"dnum":5.0,"list":"a,b,c","blank":"","flag":true,"flagStr":"true",
          "ver":"1.10.2","key":"env","nested":"<+pipeline.variables.env>-n","my-var":"hy",
          "size":"S","quote":"\"' + evil //"})");
};

class TableRoots final : public jexl::Context {
 public:
  TableRoots() {
    const jexl::Value own = jexl::Value::object(variables);
    pipeline_.put(jexl::Value::string("variables"), own);
    for (const char* const word :
         {"empty", "size",  "eq",     "ne",     "lt",   "le",       "gt",     "ge",       "and",
          "or",    "not",   "div",    "mod",    "new",  "var",      "return", "if",       "else",
          "for",   "while", "true",   "false",  "null", "function", "break",  "continue", "foreach",
          "do",    "in",    "import", "switch", "item", "key"}) {
      words_.put(jexl::Value::string(word), jexl::Value::string("w"));
    }
  }

  std::optional<jexl::Value> find(std::string_view name) const override {
    if (name == "pipeline") return pipeline_;
    if (name == "words") return words_;
    if (name == "V") return jexl::Value::object(variables);
    return data_.find(name);
  }

  std::shared_ptr<TableVariables> variables = std::make_shared<TableVariables>();

 private:
  jexl::Value pipeline_ = jexl::parse_body(
      R"({"name":"Deploy","sequenceId":7,"tags":{"k":"v"},"currentStatus":"SUCCEEDED"})");
  jexl::Value words_ = jexl::Value::map({});
  jexl::MapContext data_{jexl::parse_body(
      R"({"stage":{"name":"S1","currentStatus":"SUCCEEDED"},"matrix":{"obj":{"k":"v"}},
          "out":{"x":"42"},
          "trigger":{"payload":{"n":1,"arr":["x",{"y":"z"}],"o":{"k":null},"str":"hello",
                                "tr":true,"f":1.5}}})")};
};

struct Row {
  std::string number;
  std::string operation;
  std::string text;
  std::string result;
};

std::vector<Row> read_table() {
  std::vector<Row> rows;
  std::ifstream file(kTable);
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    Row row;
    std::string* const fields[] = {&row.number, &row.operation, &row.text, &row.result};
    std::size_t start = 0;
    for (std::string* const field : fields) {
      const std::size_t end = std::min(line.find('\t', start), line.size());
      *field = line.substr(std::min(start, line.size()), end - std::min(start, line.size()));
      start = end + 1;
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

std::string outcome_of(const TextRenderer& renderer, const Row& row) {
  if (row.operation == "render") {
    const auto rendered = renderer.render(row.text);
    return rendered ? *rendered : "error";
  }
  // A run condition is one expression too, and the only one that must be true or false.
  const auto value = renderer.evaluate(row.text);
  return value ? jexl::to_compact_json(*value) : "error";
}

TEST(TextTable, GivesTheResultOfEachRow) {
  TableRoots roots;
  const TextRenderer renderer(roots, {});
  roots.variables->renderer = &renderer;
  const std::vector<Row> rows = read_table();
  ASSERT_GT(rows.size(), 150U) << kTable << " is read from the top of the source tree";
  for (const Row& row : rows) {
    if (row.operation == "skip") continue;
    EXPECT_EQ(outcome_of(renderer, row), row.result)
        << row.number << '\t' << row.operation << '\t' << row.text;
  }
}

TEST(TextTable, JudgesItsConditionsAlike) {
  TableRoots roots;
  const TextRenderer renderer(roots, {});
  roots.variables->renderer = &renderer;
  for (const Row& row : read_table()) {
    if (row.operation != "evaluate" || !row.text.starts_with("<+Always>")) continue;
    const RunConditionOutcome outcome = renderer.evaluate_condition(row.text);
    const std::string judged = !outcome.is_met ? "error" : *outcome.is_met ? "true" : "false";
    EXPECT_EQ(judged, row.result) << row.text;
  }
}

}  // namespace
}  // namespace tripgate
