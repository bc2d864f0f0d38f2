// Logs of attempts as streams: complete, in order, and taken up again without loss or repetition.
#include "engine/http/log_stream.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "engine/base/errc.h"

namespace tripgate::http {
namespace {

class LogStreamTest : public ::testing::Test {
 protected:
  LogStreamTest() {
    std::string pattern = ::testing::TempDir() + "tripgate-stream-XXXXXX";
    directory_ = ::mkdtemp(pattern.data());
  }
  ~LogStreamTest() override { std::filesystem::remove_all(directory_); }

  /// Adds an attempt that runs.
  void begin(const std::string& name) {
    std::filesystem::create_directory(directory_ + "/" + name);
    logs_.attempts.push_back({"build", "step_" + name, directory_ + "/" + name, false});
  }
  void write(const std::string& name, const std::string& text) {
    std::ofstream(directory_ + "/" + name + "/log", std::ios::app) << text;
  }

  LogStream stream(LogFormat format, LogPlace place = {}, LogRange range = {}) {
    return LogStream([this]() -> Result<ExecutionLogs> { return logs_; }, format, std::move(place),
                     range);
  }
  LogStream follow(const std::string& last_id = {}) {
    return stream(LogFormat::server_sent_events, LogPlace(last_id));
  }

  /// Everything up to the end, or to where the stream waits.
  static std::string drain(LogStream& stream) {
    std::string text;
    for (;;) {
      const StreamPiece piece = stream.next();
      text += piece.bytes;
      if (piece.is_end || piece.bytes.empty()) return text;
    }
  }

  static std::string outputs(const std::string& text) {
    std::string found;
    for (std::size_t at = text.find("\"out\":\""); at != std::string::npos;
         at = text.find("\"out\":\"", at + 1)) {
      found += text.substr(at + 7, text.find("\\n\"", at) - at - 7) + ' ';
    }
    return found;
  }

  static std::string last_id(const std::string& text) {
    const std::size_t at = text.rfind("id: ");
    return at == std::string::npos ? "" : text.substr(at + 4, text.find('\n', at) - at - 4);
  }

  std::string directory_;
  ExecutionLogs logs_;
};

TEST_F(LogStreamTest, EndsWhenTheExecutionIsGone) {
  LogStream gone([]() -> Result<ExecutionLogs> { return Errc::not_found; },
                 LogFormat::server_sent_events);
  EXPECT_EQ(gone.next().bytes, "event: error\ndata: eof\n\n");
}

TEST_F(LogStreamTest, LinesHaveTheFieldsOfTheOriginal) {
  begin("a.0");
  write("a.0", "1699178400123 E it's \xff \x01\n");
  LogStream lines = stream(LogFormat::json_lines);
  EXPECT_EQ(drain(lines),
            "{\"level\":\"ERROR\",\"pos\":0,\"out\":\"it's \xEF\xBF\xBD \\u0001\\n\","
            "\"time\":\"2023-11-05T10:00:00.123Z\",\"args\":null,"
            "\"stage\":\"build\",\"step\":\"step_a.0\"}\n");
}

TEST_F(LogStreamTest, FollowsAttemptsSideBySideUntilTheExecutionIsOver) {
  begin("a.0");
  begin("b.0");
  write("a.0", "1 I a1\n");
  write("b.0", "2 I b1\n");
  LogStream followed = follow();
  const std::string begun = drain(followed);
  EXPECT_TRUE(begun.starts_with(": ping\n\nid: a.0=7.1\ndata: {"));
  EXPECT_EQ(outputs(begun), "a1 b1 ");
  EXPECT_TRUE(followed.next().bytes.empty()) << "the first ping is sent once";
  write("b.0", "3 I b2\n3 I torn");
  EXPECT_EQ(outputs(drain(followed)), "b2 ");
  write("b.0", " b3\n");
  logs_.is_final = true;
  const std::string last = drain(followed);
  EXPECT_EQ(outputs(last), "torn b3 ");
  EXPECT_TRUE(last.ends_with("event: error\ndata: eof\n\n"));
}

TEST_F(LogStreamTest, ResumesBehindEveryEvent) {
  begin("a.0");
  begin("b.0");
  write("a.0", "1 I a1\n2 I a2\n3 I a3\n");
  write("b.0", "1 I b1\n2 I b2\n");
  LogStream whole = follow();
  const std::string text = drain(whole);
  const std::string all = outputs(text);
  int events = 0;
  for (std::size_t cut = text.find("\n\n", 8); cut != std::string::npos;
       cut = text.find("\n\n", cut + 1)) {
    const std::string seen = text.substr(0, cut + 2);
    LogStream resumed = follow(last_id(seen));
    EXPECT_EQ(outputs(seen) + outputs(drain(resumed)), all) << last_id(seen);
    ++events;
  }
  EXPECT_EQ(events, 5);
}

TEST_F(LogStreamTest, ResumedLinesKeepTheirPositions) {
  begin("a.0");
  write("a.0", "1 I a1\n2 I a2\n");
  LogStream resumed = follow("a.0=7.1");
  EXPECT_NE(drain(resumed).find("\"pos\":1,\"out\":\"a2"), std::string::npos);
}

TEST_F(LogStreamTest, IdThatIsNoneStartsFromTheBeginning) {
  begin("a.0");
  write("a.0", "1 I a1\n");
  for (const char* const id : {"", "x", "a.0", "a.0=", "a.0=7", "a.0=7.", "a.0=7.-1",
                               "=,=", "a.0=99999999999999999999.1", "b.0=7.1,a.0"}) {
    LogStream resumed = follow(id);
    EXPECT_EQ(outputs(drain(resumed)), "a1 ") << id;
  }
}

TEST_F(LogStreamTest, GivesNoIdsOnceTheyWouldNotFitHeaders) {
  for (std::size_t i = 0; i <= LogPlace::kAttemptsMax; ++i) {
    begin("n" + std::to_string(i));
    write("n" + std::to_string(i), "1 I x\n");
  }
  LogStream followed = follow();
  const std::string text = drain(followed);
  const std::size_t last = text.rfind("data: ");
  EXPECT_TRUE(text.substr(0, last).ends_with("}\n\n")) << "the last event carries no id";
  EXPECT_LT(last_id(text).size(), 2048U);
}

TEST_F(LogStreamTest, SendsTheWantedRangeOnly) {
  begin("a.0");
  std::string text;
  for (int i = 0; i < 50000; ++i) text += "1 I line" + std::to_string(i) + "\n";
  write("a.0", text);
  LogStream ranged = stream(LogFormat::json_lines, {}, {.first = 49000, .count = 2});
  EXPECT_EQ(outputs(drain(ranged)), "line49000 line49001 ");
}

TEST_F(LogStreamTest, WithoutFollowingAttemptsComeOneAfterTheOther) {
  begin("a.0");
  begin("b.0");
  std::string text;
  for (int i = 0; i < 20000; ++i) text += "1 I a\n";
  write("a.0", text);
  write("b.0", "1 I b\n");
  LogStream lines = stream(LogFormat::json_lines);
  const std::string all = outputs(drain(lines));
  EXPECT_EQ(all.find('b'), all.size() - 2);
  EXPECT_EQ(all.size(), 2U * 20001);
}

TEST_F(LogStreamTest, MissingLogIsNoEndOfTheStream) {
  logs_.attempts.push_back({"build", "gone", directory_ + "/gone.0", true});
  begin("a.0");
  write("a.0", "1 I a1\n");
  LogStream lines = stream(LogFormat::json_lines);
  EXPECT_EQ(outputs(drain(lines)), "a1 ");
}

}  // namespace
}  // namespace tripgate::http
