// The table of placements: on the real bash, through the compiled script, with hostile values.
#include "engine/plan/script_placement.h"

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include "engine/plan/script_prologue.h"
#include "engine/plan/shell_dialect.h"

namespace tripgate::plan {
namespace {

namespace fs = std::filesystem;

struct Case {
  std::string verdict;
  std::string title;
  std::string script;
  std::vector<std::string> outcomes;
};

std::vector<Case> load_cases() {
  std::ifstream file("test/data/plan/placements.txt");
  std::vector<Case> cases;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("== ")) {
      const std::size_t colon = line.find(": ");
      cases.push_back({line.substr(3, colon - 3), line.substr(colon + 2), {}, {}});
    } else if (cases.empty()) {
      continue;
    } else if (line.starts_with("-- ") || line == "--") {
      cases.back().outcomes.push_back(line.size() > 3 ? line.substr(3) : std::string());
    } else {
      cases.back().script += line + '\n';
    }
  }
  return cases;
}

std::string place_of(std::string_view script, std::size_t offset) {
  const std::string_view before = script.substr(0, offset);
  const auto lines = std::count(before.begin(), before.end(), '\n');
  const std::size_t start = before.rfind('\n') + 1;
  return std::to_string(lines + 1) + ':' + std::to_string(offset - start + 1);
}

std::string replace_all(std::string text, std::string_view from, std::string_view to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
  return text;
}

// Every one would leave the file "pwned" behind if bash took a byte of it as code.
std::vector<std::string> hostile_values() {
  return {
      "plain",
      "",
      " ",
      "  two  blanks ",
      "$(touch pwned)",
      "`touch pwned`",
      "${x:=$(touch pwned)}",
      "a[$(touch pwned)]",
      "a[$(touch pwned)]+1",
      "$((a[$(touch pwned)]))",
      "; touch pwned;",
      "x; touch pwned #",
      "&& touch pwned",
      "| touch pwned",
      "'; touch pwned; '",
      "\"; touch pwned; \"",
      "'\"'\"'`touch pwned`",
      "\ntouch pwned\n",
      "\nEOF\ntouch pwned\n",
      "EOF",
      "x\n",
      "\n\n",
      ") touch pwned",
      "esac; touch pwned",
      "]]; touch pwned; [[ x",
      "> pwned",
      "<(touch pwned)",
      "-rf",
      "-n",
      "-v",
      "-e",
      "--",
      "!",
      "!!",
      "(",
      "*",
      "?",
      "[a-z]*",
      "[$(touch pwned)]=x",
      "~",
      "{a,b}",
      "$IFS",
      "$0",
      "$$",
      "\\",
      "\\\\",
      "a\\",
      "\\n",
      "%s%n%d",
      "#",
      "=",
      "a=b",
      "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x9A\x80",
      "\xFF\xFE\x80",
      "\x01\x7F\x1B[0m",
      "a\r\nb\tc",
      "<+v>",
      "@",
      std::string(1 << 20, 'm'),
  };
}

std::string read_all(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

class Sandbox {
 public:
  explicit Sandbox(std::string shell = "/bin/bash")
      : shell_(std::move(shell)), path_((fs::temp_directory_path() / "placement.XXXXXX").string()) {
    EXPECT_NE(mkdtemp(path_.data()), nullptr);
    fs::create_directory(fs::path(path_) / "cwd");
  }
  Sandbox(const Sandbox&) = delete;
  Sandbox& operator=(const Sandbox&) = delete;
  ~Sandbox() { fs::remove_all(path_); }

  // Runs a script in an empty directory and returns what it printed.
  std::string run(const std::string& script, const std::string& flags = "") {
    std::ofstream(fs::path(path_) / "script.sh", std::ios::binary) << script;
    const std::string command = "cd '" + path_ + "/cwd' && env -i PATH=/usr/bin:/bin " + shell_ +
                                ' ' + flags + " ../script.sh > ../out 2> ../err < /dev/null";
    status_ = std::system(command.c_str());
    return read_all(fs::path(path_) / "out");
  }

  [[nodiscard]] int status() const { return status_; }
  [[nodiscard]] std::string errors() const { return read_all(fs::path(path_) / "err"); }
  [[nodiscard]] bool is_untouched() const { return fs::is_empty(fs::path(path_) / "cwd"); }

 private:
  std::string shell_;
  std::string path_;
  int status_ = 0;
};

// One bash for all values: each in a subshell of its own, outputs separated by NUL.
std::string script_over(const CompiledScript& compiled, const std::vector<std::string>& values) {
  std::string script;
  for (const std::string& value : values) {
    std::vector<std::pair<std::string, std::string>> variables;
    for (const ScriptReference& reference : compiled.references) {
      variables.emplace_back(reference.variable, reference.expression == "<+w>" ? "w" : value);
    }
    const Result<std::string> prologue = script_prologue(variables);
    EXPECT_TRUE(prologue);
    script +=
        "(\n" + (prologue ? *prologue : std::string()) + compiled.text + "\n)\nprintf '\\0'\n";
  }
  return script;
}

std::vector<std::string> printed(std::string_view script,
                                 const std::vector<PlacementRemark>& remarks) {
  std::vector<std::string> lines;
  for (const PlacementRemark& remark : remarks) {
    lines.push_back(place_of(script, remark.offset) + ' ' + remark.message);
  }
  return lines;
}

void expect_remarks(const Case& c, const std::vector<std::string>& found, std::size_t first) {
  std::vector<std::string> expected(c.outcomes.begin() + static_cast<std::ptrdiff_t>(first),
                                    c.outcomes.end());
  std::vector<std::string> cut = found;
  std::sort(cut.begin(), cut.end());
  std::sort(expected.begin(), expected.end());
  ASSERT_EQ(cut.size(), expected.size()) << c.title << "\n" << testing::PrintToString(found);
  for (std::size_t i = 0; i < cut.size(); ++i) {
    EXPECT_TRUE(cut[i].starts_with(expected[i])) << c.title << "\n" << cut[i];
  }
}

std::string shown(const std::string& text) {
  return text.substr(0, 200);
}

void expect_output(const Case& c, const Placement& placement, Sandbox& sandbox) {
  const std::vector<std::string> values = hostile_values();
  const std::string output = sandbox.run(script_over(placement.script, values));
  const std::string expected = replace_all(c.outcomes.at(0), "\\n", "\n");
  std::size_t begin = 0;
  for (const std::string& value : values) {
    const std::size_t end = std::min(output.find('\0', begin), output.size());
    const std::string got = begin < end ? output.substr(begin, end - begin) : std::string();
    const std::string wanted = replace_all(expected, "@", value);
    EXPECT_TRUE(got == wanted) << c.title << "\nvalue: " << shown(value) << "\ngot: " << shown(got)
                               << "\nwanted: " << shown(wanted) << "\n"
                               << placement.script.text << shown(sandbox.errors());
    begin = end + 1;
  }
  EXPECT_TRUE(sandbox.is_untouched()) << c.title << ": a value was run\n" << placement.script.text;
}

TEST(ScriptPlacement, TableIsLargeEnough) {
  EXPECT_GE(load_cases().size(), 150U);
}

TEST(ScriptPlacement, RefusesWithPlaceAndSafeWay) {
  for (const Case& c : load_cases()) {
    if (c.verdict != "refused") continue;
    const Placement placement = compile_script(c.script);
    expect_remarks(c, printed(c.script, placement.refusals), 0);
  }
}

TEST(ScriptPlacement, KeepsEveryHostileValueAsData) {
  Sandbox sandbox;
  for (const Case& c : load_cases()) {
    if (c.verdict == "refused") continue;
    const Placement placement = compile_script(c.script);
    EXPECT_TRUE(placement.refusals.empty())
        << c.title << "\n"
        << testing::PrintToString(printed(c.script, placement.refusals));
    expect_remarks(c, printed(c.script, placement.warnings), 1);
    if (placement.refusals.empty() && c.title != "text for bash -c")
      expect_output(c, placement, sandbox);
  }
}

TEST(ScriptPlacement, ReturnsScriptsWithoutBlocksAsTheyAre) {
  for (const char* script : {"", "eval \"$x\"", "if (((", "cat <<'EOF'\n<+ never closed\nEOF\n"}) {
    const Placement placement = compile_script(script);
    EXPECT_TRUE(placement.refusals.empty()) << script;
    EXPECT_EQ(placement.script.text, script);
    EXPECT_TRUE(placement.script.references.empty());
  }
}

TEST(ScriptPlacement, BoundsNesting) {
  for (const char* opening :
       {"$(", "\"$(", "${x:-", "$((", "; (", "; ((", "; { ", "case x in x) ", "<("}) {
    std::string script = "printf %s <+v> ";
    for (int i = 0; i < 20'000; ++i) script += opening;
    EXPECT_FALSE(compile_script(script).refusals.empty()) << opening;
  }
}

// Whatever bash accepts with a plain word it must accept with the reference in its place.
TEST(ScriptPlacement, RewritingKeepsTheSyntax) {
  const std::vector<std::string> pieces = {
      "<+v>",    "\"<+v>\"",   "'<+v>'",    " ",     " ",     "\n",  "; ",  "echo ", "x=",
      "\"",      "'",          "$(",        ")",     "`",     "{ ",  "; }", "if :",  "; then ",
      "; fi",    "case x in ", "*) ",       ";;",    " esac", "[[ ", " ]]", " == ",  "cat <<EOF\n",
      "\nEOF\n", "(",          "$x",        "${x}",  "\\",    "#",   "| ",  "&& ",   "a[1]=",
      "=(",      "done",       "for i in ", "; do ", "<(",    "> "};
  std::mt19937 random(20);
  std::vector<std::pair<std::string, std::string>> scripts;
  for (int i = 0; i < 40'000; ++i) {
    std::string script;
    const std::size_t count = 2 + random() % 10;
    for (std::size_t k = 0; k < count; ++k) script += pieces[random() % pieces.size()];
    const Placement placement = compile_script(script);
    if (!placement.refusals.empty() || placement.script.references.empty()) continue;
    scripts.emplace_back(replace_all(script, "<+v>", "x"), placement.script.text);
    if (scripts.size() == 1500) break;
  }
  ASSERT_GT(scripts.size(), 200U);
  std::string program;
  for (std::size_t i = 0; i < scripts.size(); ++i) {
    program += "p=" + quote_for_bash(scripts[i].first) +
               "\nr=" + quote_for_bash(scripts[i].second) +
               "\nif { f() { eval \"$1\"; }; (set -n; eval \"$p\") 2>/dev/null; } && ! (set -n; "
               "eval \"$r\") "
               "2>/dev/null; then echo " +
               std::to_string(i) + "; fi\n";
  }
  Sandbox sandbox;
  std::istringstream broken(sandbox.run(program));
  for (std::size_t i = 0; broken >> i;) {
    ADD_FAILURE() << "plain:\n" << scripts[i].first << "\nrewritten:\n" << scripts[i].second;
  }
}

// What bash and a POSIX shell read differently could make a command of a value.
TEST(ShellDialect, RefusesWhatShReadsOtherwise) {
  const std::pair<const char*, const char*> cases[] = {
      {"[[ a && <+v> ]]", "1:1 Sh does not know [[; set the shell to Bash"},
      {"x &>f <+v>", "1:3 Sh does not know &>; set the shell to Bash"},
      {"x &>>f <+v>", "1:3 Sh does not know &>>; set the shell to Bash"},
      {"cat <<< <+v>", "1:5 Sh does not know <<<; set the shell to Bash"},
      {"echo $'\\'' <+v> '", "1:6 Sh does not know $'...'; set the shell to Bash"},
      {"a+=<+v>", "1:1 Sh does not know +=; set the shell to Bash"},
      {"a[1]=<+v>", "1:2 Sh does not know subscripts; set the shell to Bash"},
      {"((1 << A)); echo <+v>", "1:1 Sh does not know ((; set the shell to Bash"},
      {"for ((;;)); do echo <+v>; done", "1:5 Sh does not know ((; set the shell to Bash"},
      {"echo $[1 << A] <+v>", "1:6 Sh does not know $[...]; set the shell to Bash"},
      {"select x in <+v>; do :; done", "1:1 Sh does not know select; set the shell to Bash"},
      {"function f { echo <+v>; }", "1:1 Sh does not know function; set the shell to Bash"},
  };
  for (const auto& [script, refusal] : cases) {
    const Placement placement = compile_script_for(script, ShellDialect::posix);
    EXPECT_EQ(printed(script, placement.refusals), std::vector<std::string>{refusal}) << script;
  }
  for (const char* script : {"[[ a ]]", "x &>f"}) {
    EXPECT_TRUE(compile_script_for(script, ShellDialect::posix).refusals.empty()) << script;
  }
}

// The table on the real sh: whatever it makes of a script, no value may run; and a script that it
// understands with a plain value it must understand with every other.
TEST(ShellDialect, KeepsEveryHostileValueAsDataInSh) {
  Sandbox sandbox("/bin/sh");
  std::size_t understood = 0;
  for (const Case& c : load_cases()) {
    // The keyword `time` is a program to sh, and a word of 1 MB is too long for exec.
    if (c.verdict != "allowed" || c.title == "timed") continue;
    const Placement placement = compile_script_for(c.script, ShellDialect::posix);
    if (!placement.refusals.empty()) continue;
    const std::string plain = sandbox.run(script_over(placement.script, {"plain"}));
    const std::string wanted =
        replace_all(replace_all(c.outcomes.at(0), "\\n", "\n"), "@", "plain");
    if (plain == wanted + '\0') {
      expect_output(c, placement, sandbox);
      ++understood;
    } else {
      sandbox.run(script_over(placement.script, hostile_values()));
      EXPECT_TRUE(sandbox.is_untouched()) << c.title << ": a value was run";
    }
  }
  EXPECT_GE(understood, 100U);
}

TEST(ScriptPrologue, RefusesNul) {
  EXPECT_FALSE(script_prologue({{"a", std::string("x\0y", 3)}}));
  EXPECT_EQ(*script_prologue({{"a", "it's"}, {"b", ""}}), "a='it'\\''s'\nb=''\n");
}

TEST(ExpressionBlocks, FollowsTheLexicalRule) {
  const auto texts = [](std::string_view text) {
    std::vector<std::string> found;
    for (const ExpressionBlock& block : find_blocks(text)) found.push_back(block.text);
    return found;
  };
  using Texts = std::vector<std::string>;
  EXPECT_EQ(texts("a <+b> c <+d>"), (Texts{"<+b>", "<+d>"}));
  EXPECT_EQ(texts("<+a.<+b>.c>"), Texts{"<+a.<+b>.c>"});
  EXPECT_EQ(texts("<+a \\> b>"), Texts{"<+a \\> b>"});
  EXPECT_EQ(texts("<+\"a>b\">"), Texts{"<+\"a>"});
  EXPECT_EQ(texts("text <+ unclosed"), Texts{});
  EXPECT_EQ(texts("<+ open <+b>"), Texts{"<+b>"});
  EXPECT_EQ(texts("<+>"), Texts{"<+>"});
  EXPECT_EQ(texts("<<+x>>"), Texts{"<+x>"});
}

TEST(ExpressionBlocks, StaysLinear) {
  std::string text;
  for (int i = 0; i < 500'000; ++i) text += "<+";
  EXPECT_TRUE(find_blocks(text).empty());
}

}  // namespace
}  // namespace tripgate::plan
