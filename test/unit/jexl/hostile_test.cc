// No input of 1 MB, however deep or repetitive, takes more than 100 ms or 64 MB: bodies,
// expressions, patterns and lists that try. Time is this process's own CPU time, so a busy machine
// does not matter; each case runs in a process of its own, whose largest memory is then known.
// `make test-hostile` runs the same program without sanitizers, with the real bounds.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>

#include "engine/jexl/expression.h"
#include "engine/jexl/json.h"
#include "engine/jexl/regex.h"
#include "engine/jexl/template.h"
#include "engine/match/condition_operators.h"

namespace tripgate::jexl {
namespace {

#if defined(__SANITIZE_ADDRESS__) || !defined(__OPTIMIZE__)
// Shadow memory and checks, or no optimisation: a factor that only what is out of bounds by orders
// reaches.
constexpr double kMaxSeconds = 4;
constexpr long kMaxKib = 4096L * 1024;
constexpr int kEveryCase = 16;  // All of them would take many minutes.
#else
constexpr int kEveryCase = 1;
constexpr double kMaxSeconds = 0.1;
constexpr long kMaxKib = 64L * 1024;
#endif

constexpr std::size_t kMegabyte = 1'000'000;

std::string repeated(std::string_view piece, std::size_t bytes = kMegabyte) {
  std::string text;
  text.reserve(bytes + piece.size());
  while (text.size() + piece.size() <= bytes) text += piece;
  return text;
}

double cpu_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

long peak_kib() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

struct Cost {
  double seconds = 0;
  long kib = 0;
};

/// What the work costs beyond what making its input took.
Cost cost_of(const std::function<void()>& work) {
  int ends[2];
  EXPECT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const rlimit bound{20, 20};
    ::setrlimit(RLIMIT_CPU, &bound);
    const long kib = peak_kib();
    const double start = cpu_seconds();
    work();
    const Cost cost{cpu_seconds() - start, peak_kib() - kib};
    const bool is_written = ::write(ends[1], &cost, sizeof cost) == sizeof cost;
    ::_exit(is_written ? 0 : 1);
  }
  ::close(ends[1]);
  Cost cost{999, 0};
  if (::read(ends[0], &cost, sizeof cost) != sizeof cost) cost = {999, 0};
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << "the case died: " << status;
  return cost;
}

void expect_cheap(const std::string& name, const std::function<void()>& work) {
  static int number = 0;
  if (number++ % kEveryCase != 0) return;
  const Cost cost = cost_of(work);
  // HOSTILE_SHOW=1 prints what everything costs.
  if (::getenv("HOSTILE_SHOW") != nullptr) {
    std::printf("%8.1f ms %7.1f MB  %s\n", cost.seconds * 1e3, static_cast<double>(cost.kib) / 1024,
                name.c_str());
  }
  EXPECT_LT(cost.seconds, kMaxSeconds) << name;
  EXPECT_LT(cost.kib, kMaxKib) << name;
}

MapContext context_of(const std::string& body) {
  return MapContext(Value::map({{Value::string("b"), parse_body(body)}}));
}

// --- bodies ---

TEST(HostileBody, IsParsedCheaply) {
  const std::pair<const char*, std::string> bodies[] = {
      {"opening brackets", repeated("[")},
      {"opening braces", repeated("{\"a\":")},
      {"brackets to the bound", repeated("[", 1000) + repeated("]", 1000)},
      {"many deep lists", "[" + repeated(repeated("[", 900) + repeated("]", 900) + ",") + "1]"},
      {"empty lists", "[" + repeated("[],") + "1]"},
      {"empty objects", "[" + repeated("{},") + "1]"},
      {"small objects", "[" + repeated("{\"a\":1},") + "1]"},
      {"one digit each", "[" + repeated("1,") + "1]"},
      {"one long string", "{\"a\":\"" + repeated("a") + "\"}"},
      {"one long key", "{\"" + repeated("a") + "\":1}"},
      {"escapes", "{\"a\":\"" + repeated("\\u00e9") + "\"}"},
      {"huge exponents", "[" + repeated("1e999999999,") + "1]"},
      {"long fractions", "[" + repeated("0." + repeated("1", 900) + ",") + "1]"},
      {"long whole numbers", "[" + repeated(repeated("9", 990) + ",") + "1]"},
      {"one endless number", "[" + repeated("9") + "]"},
      {"the same key", "{" + repeated("\"a\":1,") + "\"a\":2}"},
      {"bytes that are no text", "{\"a\":\"" + repeated("\xff") + "\"}"},
      {"blanks", repeated(" ") + "{}"},
  };
  for (const auto& [name, body] : bodies) {
    const std::string& text = body;
    expect_cheap(name, [&text] { (void)parse_body(text); });
    expect_cheap(std::string("rendering ") + name, [&text] {
      const auto whole = Template::parse("<+b>", Template::Dialect::condition);
      (void)whole.render(context_of(text));
    });
    expect_cheap(std::string("as text ") + name, [&text] {
      const auto script = Expression::parse("b + '' == 'x' || b == 'x' || size(b) == 3");
      (void)script->evaluate(context_of(text));
    });
  }
}

TEST(HostileBody, WithManyKeysIsParsedCheaply) {
  std::string body = "{";
  for (int i = 0; body.size() < kMegabyte; ++i) body += "\"" + std::to_string(i) + "\":1,";
  body += "\"z\":1}";
  expect_cheap("different keys", [&body] { (void)parse_body(body); });
  expect_cheap("looking them up", [&body] {
    const auto script = Expression::parse("for (var i : 1..100000) { b[i + ''] == b['z'] }");
    (void)script->evaluate(context_of(body));
  });
}

// --- expressions and templates ---

TEST(HostileExpression, IsParsedCheaply) {
  const char* const pieces[] = {"(",      "[",         "{",        "!",        "-",
                                "a?",     "a?b:",      "a.",       "a[",       "f(",
                                "x -> {", "if(a)",     "1+",       "a&&",      "a ?: ",
                                "'",      "`${",       "{a:",      "1..",      "{1,",
                                "[1,",    "/*",        "0x",       "9",        "1.",
                                "a;",     "var a;",    "<+",       "<+a",      "<+a>",
                                "<+a>+",  "<+<+a>>",   "\\>",      "a b ",     "a=",
                                "size ",  "empty(",    "for(a:",   "while(1)", "return ",
                                "{",      "#",         "a.b.c.d.", "(a)->",    "function(a){",
                                "not ",   "'\\u0041'", "~",        "\"a\","};
  for (const char* const piece : pieces) {
    for (const std::size_t bytes : {std::size_t{128 * 1024}, kMegabyte}) {
      const std::string text = repeated(piece, bytes);
      const std::string name = "'" + std::string(piece) + "' to " + std::to_string(bytes);
      expect_cheap("expression of " + name, [&text] { (void)Expression::parse(text); });
      expect_cheap("template of " + name, [&text] {
        const auto parsed = Template::parse(text, Template::Dialect::condition);
        (void)parsed.evaluate(context_of("{\"a\":1}"));
        (void)parsed.problem(true);
      });
      expect_cheap("rendering of " + name,
                   [&text] { (void)Template::parse(text).render(context_of("{\"a\":1}")); });
    }
  }
}

TEST(HostileExpression, InBlocksIsParsedCheaply) {
  std::string blocks;
  while (blocks.size() < kMegabyte) blocks += "<+" + repeated("1+", 100'000) + "1>+";
  const std::string nested =
      repeated("<+1+", 60) + repeated("1+", kMegabyte) + "1" + repeated(">", 15);
  for (const std::string& text : {blocks, nested}) {
    expect_cheap("blocks of " + text.substr(0, 12), [&text] {
      const auto parsed = Template::parse(text, Template::Dialect::condition);
      (void)parsed.evaluate(context_of("{}"));
    });
  }
}

TEST(HostileExpression, IsEvaluatedCheaply) {
  const char* const scripts[] = {
      "while (true) {}",
      "while (true) { 1 }",
      "for (var i : 1..2000000000) {}",
      "for (var i : 1..2000000000) { i * i + i }",
      "var x = 'a'; while (true) { x = x + x }",
      "var x = 'a'; while (true) { x = x.concat(x) }",
      "var x = 'aé'; for (var i : 1..18) { x = x + x } while (true) { x.length() }",
      "var x = [1]; while (true) { x = [x, x] }",
      "var x = [1]; for (var i : 1..60) { x = [x, x] } x + ''",
      "var x = [1]; for (var i : 1..60) { x = [x, x] } x == x",
      "var x = [1, ...]; var y = [1, ...]; for (var i : 1..60) { x = [x, x, ...]; y = [y, y, ...] "
      "} x == y",
      "var x = {'a' : 1}; for (var i : 1..60) { x = {'a' : x, 'b' : x} } x.toString()",
      "var x = {'a' : 1}; for (var i : 1..60) { x = {'a' : x, 'b' : x} } x.hashCode()",
      "var x = {'a' : 1}; for (var i : 1..60) { x = {x : x} } x",
      "var x = {'a'}; for (var i : 1..60) { x = {x, i} } x == x",
      "var x = 3h; while (true) { x = x * x }",
      "var x = 3h; for (var i : 1..12) { x = x * x } while (true) { x * x }",
      "var x = 3h; for (var i : 1..12) { x = x * x } while (true) { x + '' }",
      "var x = 3h; for (var i : 1..12) { x = x * x } while (true) { x % 7h }",
      "var x = 3h; for (var i : 1..12) { x = x * x } while (true) { x == x + 1 }",
      "var x = 3h; for (var i : 1..12) { x = x * x } while (true) { x / 3 }",
      "var x = 3h; for (var i : 1..12) { x = x * x } while (true) { x < 1.5b }",
      "var x = 1.5b; while (true) { x = x * x }",
      "var x = 1.5b; while (true) { x / 3b }",
      "1.0e9999b + 1.0e-9999b",
      "while (true) { 1.0e9999b + 1.0e-9999b }",
      "while (true) { 1.0e9999b == 1.0e-9999b }",
      "while (true) { 1.0e9999b + '' }",
      "while (true) { 1.0e9999b % 7b }",
      "while (true) { 1.0e9999b == 3h }",
      "while (true) { 1.0e9999b.toBigInteger() }",
      "while (true) { 1.0e9999b.intValue() }",
      "while (true) { 1.0e308 + '' }",
      "while (true) { '1e308'.toDouble() }",
      "1.0e999999999b",
      "1e999999999d",
      "'1e999999999'.toBigDecimal()",
      "'1e999999999'.toBigDecimal().toBigInteger()",
      "'1e999999999' * 1b",
      "var f = (n) -> { f(n) }; f(1)",
      "var f = (n) -> { n < 1 ? 1 : f(n - 1) + f(n - 1) }; f(60)",
      "var f = x -> { x }; while (true) { f = f }",
      "while (true) { (x -> { x })(1) }",
      "'a'.repeat(2000000000)",
      "''.repeat(2000000000)",
      "while (true) { 'a'.repeat(1000000) }",
      "while (true) { ''.repeat(2000000000) }",
      "var x = 'a'.repeat(1000000); while (true) { x.replaceAll('', 'b') }",
      "var x = 'a'.repeat(1000000); x.replaceAll('', 'b'.repeat(1000))",
      "var x = 'a'.repeat(1000000); x.replace('', 'b'.repeat(1000))",
      "var x = 'a'.repeat(1000000); x.replace('a', 'b'.repeat(1000))",
      "var x = 'a'.repeat(1000000); while (true) { x.replace('b', 'c') }",
      "var x = 'a'.repeat(1000000); while (true) { x.split('') }",
      "var x = 'a'.repeat(1000000); while (true) { x.split('b') }",
      "var x = 'a'.repeat(1000000); while (true) { x.toCharArray() }",
      "var x = 'a'.repeat(1000000); while (true) { x.toUpperCase() }",
      "var x = 'a'.repeat(1000000); while (true) { x.equalsIgnoreCase(x) }",
      "var x = 'a'.repeat(1000000); while (true) { x.compareToIgnoreCase(x) }",
      "var x = 'a'.repeat(1000000); var y = 'a'.repeat(1000000); while (true) { x == y }",
      "var x = 'a'.repeat(1000000); var y = 'a'.repeat(1000000); while (true) { x.equals(y) }",
      "var x = 'a'.repeat(1000000); var y = 'a'.repeat(1000000); while (true) { x.compareTo(y) }",
      "var x = 'a'.repeat(1000000); var y = 'a'.repeat(1000000); while (true) { x < y }",
      "var x = 'a'.repeat(1000000); var y = 'a'.repeat(999999); while (true) { x.startsWith(y) }",
      "var x = 'a'.repeat(1000000); var y = 'a'.repeat(999999); while (true) { x.endsWith(y) }",
      "var x = 'a'.repeat(1000000); var y = 'a'.repeat(999999); while (true) { x =^ y }",
      "var x = 'a'.repeat(1000000); var y = 'a'.repeat(999999); while (true) { x =$ y }",
      "var x = 'a'.repeat(1000000); while (true) { x.hashCode() }",
      "var x = 'a'.repeat(1000000); while (true) { {x : 1} }",
      "var x = 'a'.repeat(1000000); while (true) { {x} }",
      "var x = 'a'.repeat(1000000); while (true) { x * 1 }",
      "var x = '1'.repeat(1000000); x * 1",
      "var x = '1'.repeat(1000000); x.toBigInteger()",
      "var x = '1'.repeat(1000000); x.toBigDecimal()",
      "var x = '1'.repeat(1000000); while (true) { x.toDouble() }",
      "var x = '0'.repeat(1000000); while (true) { x.toInteger() }",
      "var x = ' '.repeat(1000000); while (true) { x.trim() }",
      "var x = ' '.repeat(1000000); while (true) { x.strip() }",
      "var x = ' '.repeat(1000000); while (true) { x.isBlank() }",
      "var x = ' '.repeat(1000000); while (true) { x.toBoolean() }",
      "var x = 'é'.repeat(500000); while (true) { x.length() }",
      "var x = 'é'.repeat(500000); while (true) { x.charAt(499999) }",
      "var x = 'é'.repeat(500000); while (true) { x.codePointAt(499999) }",
      "var x = 'é'.repeat(500000); while (true) { x.codePointCount(0, 499999) }",
      "var x = 'é'.repeat(500000); while (true) { x.startsWith('a', 499999) }",
      "var x = 'é'.repeat(500000); while (true) { x.substring(499990) }",
      "var x = 'é'.repeat(500000); while (true) { x.indexOf('a', 499990) }",
      "var x = 'é'.repeat(500000); while (true) { x.lastIndexOf('a', 499990) }",
      "var x = 'é'.repeat(500000); while (true) { size(x) }",
      "var x = 'é'.repeat(500000); while (true) { x.isEmpty() || empty(x) }",
      "var x = 'a'.repeat(1000000); x.contains('a'.repeat(500000) + 'b')",
      "var x = 'a'.repeat(1000000); x.indexOf('a'.repeat(500000) + 'b')",
      "var x = 'a'.repeat(1000000); x.lastIndexOf('b' + 'a'.repeat(500000))",
      "var x = 'a'.repeat(1000000); x.replace('a'.repeat(500000) + 'b', 'c')",
      "var x = 'a'.repeat(1000000); while (true) { x.contains('b') }",
      "`${'a'.repeat(1000000)}${'a'.repeat(1000000)}`",
      "while (true) { `a${1}b` }",
      "var l = [1, ...]; while (true) { l = [l, ...] }",
      "var x = 1..2000000000; x + ''",
      "var x = 1..2000000000; x.contains('a')",
      "var x = 1..2000000000; x == (1..2000000000)",
      "x = 1..2000000000; [x, x, x] + ''",
      "var x = 1..2000000000; x =~ x",
      "(1..2000000000) =~ [1, 2]",
      "[1, 2] =~ (1..2000000000)",
      "size(1..2000000000)",
      "(1..2000000000).toString()",
      "{1..2000000000 : 1} + ''",
      "var x = 'a,'.repeat(500000).split(','); while (true) { x.contains('b') }",
      "var x = 'a,'.repeat(500000).split(','); while (true) { 'b' =~ x }",
      "var x = 'a,'.repeat(500000).split(','); x =~ x",
      "var x = 'a,'.repeat(500000).split(','); while (true) { x + '' }",
      "var x = 'a,'.repeat(500000).split(','); while (true) { x.indexOf('b') }",
  };
  for (const char* const script : scripts) {
    const auto parsed = Expression::parse(script);
    EXPECT_TRUE(parsed) << script;
    if (!parsed) continue;
    expect_cheap(script, [&parsed] { (void)parsed->evaluate(context_of("{}")); });
  }
}

TEST(HostileExpression, OnAHostileBodyIsEvaluatedCheaply) {
  const std::string bodies[] = {
      "{\"l\":[" + repeated("\"a\",") + "1],\"s\":\"x\"}",
      "{\"l\":[" + repeated("{\"n\":\"bug\"},") + "1],\"s\":\"x\"}",
      "{\"l\":[" + repeated("[[[[]]]],") + "1],\"s\":\"x\"}",
      "{\"l\":[" + repeated(repeated("9", 990) + ",") + "1],\"s\":\"x\"}",
      "{\"l\":[1],\"s\":\"" + repeated("é") + "\"}",
      "{\"l\":[1],\"s\":\"" + repeated("ab") + "\"}",
      "{\"l\":[1],\"s\":\"" + repeated("1") + "\"}",
  };
  const char* const scripts[] = {
      "for (var x : b.l) { if (x.n == 'no') return true; } return false;",
      "while (true) { b.l.contains(b.l) }",
      "while (true) { b.l == [1, ...] }",
      "while (true) { b == b.l }",
      "while (true) { b.l.indexOf('no') }",
      "while (true) { b.l.toString() }",
      "while (true) { b.l + '' }",
      "while (true) { b.l == 'x' }",
      "while (true) { b.l =~ 'x' }",
      "while (true) { b.containsValue(b) }",
      "while (true) { b.values() }",
      "while (true) { b.keySet().contains('l') }",
      "while (true) { b.entrySet() }",
      "while (true) { {b : 1} }",
      "while (true) { b.hashCode() }",
      "while (true) { b.l.hashCode() }",
      "while (true) { b.l.subList(1, size(b.l)) }",
      "while (true) { b.l.containsAll(b.l) }",
      "b.l.containsAll(b.l)",
      "b.l =~ b.l",
      "while (true) { b.l[0] = b.l }",
      "b.l[0] = b.l; b.l + ''",
      "b.x = b; b.x.x.x + ''",
      "b.x = b; b == b.x",
      "b.x = b; b.l[0] = b; b =~ b.l",
      "while (true) { b.s.toUpperCase() }",
      "while (true) { b.s.length() }",
      "while (true) { b.s.split('') }",
      "while (true) { b.s == b.s + '' }",
      "while (true) { b.s * 1 }",
      "while (true) { b.s < 1 }",
      "while (true) { b.s * 1.5b }",
      "while (true) { b.s.contains(b.s) }",
      "while (true) { b.s =~ b.s }",
      "b.s.matches('(a|b|ab)*c')",
      "b.s.replaceAll('(a|ab)(b|)', '$2$1')",
      "for (var x : b.l) { for (var y : b.l) { x == y } }",
      "for (var x : b.l) { x * x }",
      "for (var x : b.l) { x + '' }",
  };
  for (const std::string& body : bodies) {
    for (const char* const script : scripts) {
      const auto parsed = Expression::parse(script);
      ASSERT_TRUE(parsed) << script;
      const MapContext context = context_of(body);
      expect_cheap(std::string(script) + " on " + body.substr(0, 16),
                   [&] { (void)parsed->evaluate(context); });
    }
  }
}

// --- patterns and lists ---

TEST(HostilePattern, IsMatchedCheaply) {
  const char* const patterns[] = {
      "(a+)+b",       "(a|aa)+b",     "(a*)*b",         "(.*)*b",        "a*a*a*a*a*a*b",
      "x*[^x]",       "a*[^a]",       "a*+[^a]",        "(?>a*)[^a]",    "(?:a*+[^a]|a)*z",
      "(a+)\\1b",     "(a+)\\1+[^a]", "a{1000}b",       "a{1,1000}[^a]", "(?:a{500}){2}[^a]",
      "(?=(a+))\\1b", "(?<=a{100})b", "(?<!a{1,100})b", ".*.*.*b",       "(a?){50}a{50}b",
      "(?i)a*[^a]",   "\\w*[^a]",     "[a-z]*[^a]",     "(?s).*b",       "a*?b",
      "(?:a|b|ab)*c", "^(a+)+$b",     "a*$b",           "\\b\\w*\\b!",   "(?u)(?i)a*[^a]",
      "\\p{L}*[^a]",  "(\\p{L}+)+!",  "(?:(?:a*)*)*!",
  };
  const std::string subjects[] = {repeated("a"), repeated("ab"), repeated("é")};
  for (const char* const pattern : patterns) {
    for (const std::string& subject : subjects) {
      const std::string name = std::string(pattern) + " on " + subject.substr(0, 4);
      const MapContext context(Value::map({{Value::string("s"), Value::string(subject)},
                                           {Value::string("p"), Value::string(pattern)}}));
      for (const char* const script : {"s =~ p", "s.replaceAll(p, 'x')", "s.split(p)"}) {
        const auto parsed = Expression::parse(script);
        expect_cheap(std::string(script) + ": " + name, [&] { (void)parsed->evaluate(context); });
      }
      expect_cheap("Regex: " + name, [&] {
        Meter meter{Budget{}};
        (void)ConditionCheck(ConditionOperator::regex, pattern).matches(subject, meter);
      });
    }
  }
}

TEST(HostilePattern, IsCompiledCheaply) {
  const char* const pieces[] = {"(",
                                "()",
                                "[",
                                "[a",
                                "a{65535}",
                                "a{1000}",
                                "(a{10})",
                                "((a{99}){99}){99}",
                                "[\\p{L}&&[^a]]",
                                "[^\\p{L}]",
                                "\\p{L}",
                                "(?i)[\\p{L}&&\\w]",
                                "(?=a)",
                                "(?<=a)",
                                "(?<n>a)",
                                "a|",
                                "\\Q\\E",
                                "\\u0041",
                                "(?i)",
                                "[a-z&&[b-y&&[c-x]]]",
                                "\\1",
                                ".*",
                                "[[[[[[[[a]]]]]]]]",
                                "(?U)\\w",
                                "\\x{10FFFF}",
                                "a{2}{3}{4}"};
  for (const char* const piece : pieces) {
    for (const std::size_t bytes : {std::size_t{2000}, std::size_t{64'000}, kMegabyte}) {
      const std::string pattern = repeated(piece, bytes);
      const std::string name = "'" + std::string(piece) + "' to " + std::to_string(bytes);
      expect_cheap("compiling " + name, [&pattern] { (void)Regex::compile(pattern); });
      const MapContext context(Value::map({{Value::string("p"), Value::string(pattern)}}));
      const auto script =
          Expression::parse("var i = 0; while (true) { i = i + 1; 'aaa' =~ p + i }");
      expect_cheap("compiling often " + name, [&] { (void)script->evaluate(context); });
    }
  }
}

TEST(HostileList, IsJudgedCheaply) {
  const std::pair<const char*, std::string> lists[] = {
      {"commas", repeated(",")},
      {"short elements", repeated("a,")},
      {"patterns", repeated("(a+)+b,")},
      {"long patterns", repeated(repeated("(a|b)", 60'000) + ",")},
      {"quotation marks", repeated("\"")},
      {"quoted elements", repeated("\"a\",")},
      {"quotation marks and commas", repeated("\",")},
      {"blanks", repeated(" ")},
      {"one element", repeated("a")},
      {"bad patterns", repeated("[,")},
      {"big classes", repeated("[\\p{L}&&[^a]],")},
  };
  const std::string input = repeated("a", 1000);
  for (const auto& [name, list] : lists) {
    const std::string& value = list;
    for (const auto operation : {ConditionOperator::in, ConditionOperator::not_in}) {
      expect_cheap(std::string("a list of ") + name, [&] {
        Meter meter{Budget{}};
        (void)ConditionCheck(operation, value).matches(input, meter);
      });
    }
  }
}

TEST(HostileOperator, IsJudgedCheaply) {
  const std::string input = repeated("a");
  const std::string half = repeated("a", kMegabyte / 2);
  for (const auto operation :
       {ConditionOperator::equals, ConditionOperator::not_equals, ConditionOperator::starts_with,
        ConditionOperator::ends_with, ConditionOperator::contains,
        ConditionOperator::does_not_contain, ConditionOperator::regex, ConditionOperator::in}) {
    for (const std::string& value : {half + "b", "b" + half, half, std::string("b")}) {
      expect_cheap("operator " + std::to_string(static_cast<int>(operation)), [&] {
        Meter meter{Budget{}};
        (void)ConditionCheck(operation, value).matches(input, meter);
      });
    }
  }
}

}  // namespace
}  // namespace tripgate::jexl
