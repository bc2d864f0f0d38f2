// What a step leaves besides its log: output variables of scripts, results of programs.
#include "engine/base/errc.h"
#include "engine/step/step_protocol.h"
#include "test/unit/run/step_stand.h"

namespace tripgate {
namespace {

using Outputs = std::vector<std::pair<std::string, std::string>>;

class OutputVariablesTest : public StepStand {
 protected:
  /// A script whose variable `tag` is published as `tag`.
  static StepCommand publishing(const std::string& script, StepShell shell = StepShell::bash) {
    StepCommand command = bash(script);
    command.shell = shell;
    command.outputs = {{"tag", "tag"}};
    return command;
  }

  /// The value of `tag`; "(absent)" if there is none.
  std::string tag_after(const std::string& script, StepShell shell = StepShell::bash) {
    ++id_.number;
    const StepResult result = run(publishing(script, shell));
    EXPECT_TRUE(result.is_success()) << script << "\n" << log_text();
    return result.outputs.size() == 1 ? result.outputs[0].second : "(absent)";
  }
};

TEST_F(OutputVariablesTest, RefusesWhatNoShellCouldRead) {
  StepCommand command = bash("true");
  for (const StepOutput& bad : {StepOutput{"", "x"}, StepOutput{"a=b", "x"}, StepOutput{"a", ""},
                                StepOutput{"a", "x y"}, StepOutput{"a", "$(id)"}}) {
    command.outputs = {bad};
    EXPECT_EQ(start(command), Errc::invalid_argument) << bad.name << " " << bad.variable;
  }
  command.outputs.assign(501, {"a", "a"});
  EXPECT_EQ(start(command), Errc::too_large);
  command = program("/bin/true");
  command.outputs = {{"a", "a"}};
  EXPECT_EQ(start(command), Errc::invalid_argument);
}

TEST_F(OutputVariablesTest, MoreThanTheBoundFailsTheStep) {
  const StepResult result = run(publishing("tag=$(head -c 600000 /dev/zero | tr '\\0' x)"));
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_FALSE(result.is_success());
  EXPECT_EQ(result.output_error, "output variables hold more than 524288 bytes");
  EXPECT_TRUE(result.outputs.empty());
  EXPECT_TRUE(log_text().ends_with(
      "Shell Script Failed to execute. Reason: " + result.output_error + "\n"));
}

TEST_F(OutputVariablesTest, ValueOverItsOwnBoundFailsTheStep) {
  StepCommand command = publishing("tag=$(head -c 65537 /dev/zero | tr '\\0' x)");
  command.output_value_max_bytes = 65536;
  EXPECT_EQ(run(command).output_error, "output variable tag is longer than 65536 bytes");
  ++id_.number;
  command.script = "tag=\" $(head -c 65536 /dev/zero | tr '\\0' x) \"";
  EXPECT_TRUE(run(command).is_success());
  EXPECT_EQ(result_->outputs.at(0).second.size(), 65536U);
}

TEST_F(OutputVariablesTest, FailedStepPublishesNothingAndLeavesNothingOnDisk) {
  EXPECT_TRUE(run(publishing("tag=secret; exit 3")).outputs.empty());
  EXPECT_FALSE(std::filesystem::exists(attempt() + "/outputs"));
  EXPECT_EQ(log_text().find("Script Output"), std::string::npos);
}

TEST_F(OutputVariablesTest, SurviveEveryWayToEndWell) {
  const std::vector<std::string> endings = {
      "tag=v",
      "tag=v; exit",
      "tag=v; exit 0; tag=never",
      "set -eu; tag=v; exit 0",
      "f() { tag=v; exit 0; }; f",
      "tag=v; ( exit 3 ); ( tag=w; exit 0 ); trap 'exit 0' USR1; kill -USR1 $$; tag=x",
      "tag=v; exit 0 # no newline at the end",
      "tag=v; cat <<END\nopen here-document",
      "tag=v; printf() { :; }; local() { :; }; export -f printf",
      "set -C; set -f; IFS=a; tag=v",
      "readonly tag=v",
      "set -o posix; tag=v; exit 0",
  };
  for (const std::string& script : endings) EXPECT_EQ(tag_after(script), "v") << script;
}

TEST_F(OutputVariablesTest, SurviveTheScriptsOwnExitTrap) {
  const std::vector<std::string> endings = {
      "trap 'echo bye' EXIT; tag=v",
      "trap 'echo bye' EXIT; tag=v; exit 0",
      "trap 'rc=$?; echo bye $rc; exit $rc' EXIT TERM; tag=v; exit 0",
      "trap 'echo bye' 0; tag=v",
      "trap -- 'echo bye' exit; tag=v",
      "trap 'echo bye' SIGEXIT; tag=v",
      "set -eu; trap 'echo bye' EXIT; tag=v; true",
      "trap 'echo bye' EXIT; ( trap 'echo sub' EXIT; exit 1 ); tag=v; exit",
      "trap $'echo \"bye\" # \\'quoted\\'\\necho more' EXIT; tag=v",
  };
  for (const std::string& script : endings) {
    EXPECT_EQ(tag_after(script), "v") << script;
    EXPECT_NE(log_text().find("bye"), std::string::npos) << script;
  }
  for (const char* const undone : {"trap 'echo bye' EXIT; trap - EXIT; tag=v",
                                   "trap 'echo bye' EXIT; trap '' 0; tag=v; exit 0",
                                   "trap 'echo bye' EXIT; trap EXIT; tag=v; exit 0"}) {
    EXPECT_EQ(tag_after(undone), "v") << undone;
    EXPECT_EQ(log_text().find("bye"), std::string::npos) << undone;
  }
}

TEST_F(OutputVariablesTest, TrapSeesTheStatusOfTheScript) {
  EXPECT_EQ(run(publishing("set -e; trap 'echo status $?; true' EXIT; (exit 5)")).exit_code, 5);
  EXPECT_NE(log_text().find("status 5\n"), std::string::npos) << log_text();
  ++id_.number;
  EXPECT_EQ(run(publishing("trap 'exit 7' EXIT; exit 0")).exit_code, 7);
  EXPECT_TRUE(result_->outputs.empty());
}

TEST_F(OutputVariablesTest, OtherTrapsWorkAsEver) {
  const StepResult result = run(
      publishing("trap 'echo usr1' USR1; kill -USR1 $$; trap - USR1; trap 'echo err' ERR; false\n"
                 "trap 'echo two' USR1 USR2; kill -USR2 $$; trap 5x 99 && echo accepted; trap -p "
                 "USR1; tag=v"));
  EXPECT_TRUE(result.is_success());
  const std::string log = log_text();
  EXPECT_NE(log.find("usr1\nerr\ntwo\n"), std::string::npos) << log;
  EXPECT_NE(log.find("trap -- 'echo two' SIGUSR1\n"), std::string::npos) << log;
  EXPECT_EQ(log.find("accepted"), std::string::npos) << log;
}

TEST_F(OutputVariablesTest, AreTrimmedAndKeepTheirLines) {
  StepCommand command = bash(
      "a=$' \\t two\\nlines \\n\\n'; b=''; empty_array=(); d='$(id) `id` \"x\" \\ *'; e='ä=ö'");
  command.outputs = {{"A", "a"}, {"B", "b"}, {"C", "c"}, {"D", "d"}, {"E", "e"}, {"it's", "d"}};
  const std::string odd = "$(id) `id` \"x\" \\ *";
  EXPECT_EQ(
      run(command).outputs,
      (Outputs{
          {"A", "two\nlines"}, {"B", ""}, {"C", ""}, {"D", odd}, {"E", "ä=ö"}, {"it's", odd}}));
}

TEST_F(OutputVariablesTest, LogShowsThemBeforeTheVerdictAndHidesSecrets) {
  StepCommand command = bash("echo hi; a=$'x\\ny'; b=hunter2; c='see token9 here'; set -x");
  command.outputs = {{"A", "a"}, {"B", "b", true}, {"C", "c"}, {"EMPTY", "unset"}};
  command.secrets = {"token9"};
  EXPECT_TRUE(run(command).is_success());
  const std::string log = log_text();
  EXPECT_NE(log.find("Script Output: \nA=x\ny\nB=************\nC=see ************** here\n"
                     "EMPTY=\nOutput variable [EMPTY] is empty\n"
                     "Command completed with ExitCode (0)\n"),
            std::string::npos)
      << log;
  EXPECT_EQ(log.find("hunter2"), std::string::npos) << log;
  EXPECT_EQ(result_->outputs.at(1).second, "hunter2");
}

TEST_F(OutputVariablesTest, ScriptThatHidesThemSucceedsWithoutThem) {
  for (const char* const script : {"tag=v; exec 251>&-", "tag=v; exec /bin/true"}) {
    EXPECT_EQ(tag_after(script), "(absent)") << script;
    EXPECT_NE(log_text().find("Error while reading variables to process Script Output."),
              std::string::npos);
  }
}

TEST_F(OutputVariablesTest, OnlyWholeRecordsOfAskedNamesCount) {
  EXPECT_EQ(tag_after("printf 'tag=early\\0other=x\\0junk\\0=y\\0tag=torn' >&251; tag=v; exit 0"),
            "v");
  EXPECT_EQ(tag_after("printf 'tag=early\\0other=x\\0' >&251; tag=v"), "v");
}

TEST_F(OutputVariablesTest, ArriveThoughAnEngineWasKilledMeanwhile) {
  make_fifo("started");
  make_fifo("go");
  ASSERT_EQ(start(publishing("echo >" + path("started") + "; read x <" + path("go") + "; tag=$x")),
            ErrorCode());
  await_fifo("started");
  restart();
  ASSERT_TRUE(adopt());
  release_fifo("go");
  EXPECT_EQ(wait_for_end().outputs, (Outputs{{"tag", "go"}}));
  restart();
  ASSERT_TRUE(adopt());
  EXPECT_EQ(wait_for_end().outputs, (Outputs{{"tag", "go"}}));
}

TEST_F(OutputVariablesTest, LargeOnesPassAPipeThatHoldsLess) {
  StepCommand command = publishing("tag=$(head -c 500000 /dev/zero | tr '\\0' x)");
  EXPECT_TRUE(run(command).is_success());
  EXPECT_EQ(result_->outputs.at(0).second.size(), 500000U);
}

TEST_F(OutputVariablesTest, ShRunsDashAndReadsThem) {
  EXPECT_EQ(tag_after("tag=${BASH_VERSION-none}; exit 0", StepShell::sh), "none");
  EXPECT_EQ(tag_after("set -eu; tag=v; exit", StepShell::sh), "v");
  EXPECT_EQ(tag_after("trap 'echo bye' EXIT; tag=v", StepShell::sh), "v");
  EXPECT_NE(log_text().find("bye\n"), std::string::npos);
}

TEST_F(OutputVariablesTest, StepsOfShStopAtTheFirstFailureWhenToldTo) {
  StepCommand command = publishing("v=$v.\nnosuchcommand\necho never", StepShell::sh);
  command.prologue = "v='it'\\''s $(id)'\n";
  command.stops_on_error = true;
  for (const StepShell shell : {StepShell::sh, StepShell::bash}) {
    command.shell = shell;
    ++id_.number;
    EXPECT_EQ(run(command).exit_code, 127);
    EXPECT_EQ(log_text().find("never"), std::string::npos);
    EXPECT_NE(log_text().find("nosuchcommand"), std::string::npos);
    EXPECT_NE(log_text().find(shell == StepShell::sh ? "/dev/fd/253: 2:" : "line 2:"),
              std::string::npos)
        << log_text();
  }
}

TEST_F(OutputVariablesTest, PythonPublishesItsEnvironment) {
  const std::string script =
      "import os, sys\nif __name__ == '__main__': os.environ['tag'] = ' v\\nw '\nsys.exit(0)\n";
  EXPECT_EQ(tag_after(script, StepShell::python), "v\nw");
  StepCommand command = publishing("x = 1\n\nraise ValueError('no')\n", StepShell::python);
  ++id_.number;
  EXPECT_EQ(run(command).exit_code, 1);
  EXPECT_NE(log_text().find("File \"script\", line 3"), std::string::npos) << log_text();
  command.prologue = "v=1";
  EXPECT_EQ(start(command), Errc::invalid_argument);
}

TEST_F(OutputVariablesTest, ProgramLeavesResultHoweverItEnds) {
  // A shell stands for the program: it reads its script from its last argument.
  for (const int code : {0, 4}) {
    ++id_.number;
    const StepResult result = run(program("/bin/sh",
                                          "echo said; printf '{\"a\":1}' >"
                                          "$TRIPGATE_RESULT_FILE; exit " +
                                              std::to_string(code)));
    EXPECT_EQ(result.exit_code, code);
    EXPECT_EQ(result.result_text, "{\"a\":1}");
    EXPECT_EQ(log_text(), "said\n");
  }
  restart();
  ASSERT_TRUE(adopt());
  EXPECT_EQ(wait_for_end().result_text, "{\"a\":1}");
}

TEST_F(OutputVariablesTest, ResultOverTheBoundFailsTheProgram) {
  const StepResult result =
      run(program("/bin/sh", "head -c 524289 /dev/zero >$TRIPGATE_RESULT_FILE"));
  EXPECT_EQ(result.output_error, "the result holds more than 524288 bytes");
  EXPECT_FALSE(result.is_success());
  EXPECT_TRUE(result.result_text.empty());
  ++id_.number;
  EXPECT_TRUE(
      run(program("/bin/sh", "head -c 524288 /dev/zero >$TRIPGATE_RESULT_FILE")).is_success());
  EXPECT_EQ(result_->result_text.size(), 524288U);
}

TEST_F(OutputVariablesTest, AnotherUserMayWriteByPath) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  ProcessRunnerConfig config;
  config.supervisor_path = supervisor_path();
  config.steps_directory = steps();
  config.user = StepUser{.uid = 65534, .gid = 65534, .groups = {}};
  runner_.emplace(context_.get_executor(), config);
  EXPECT_EQ(tag_after("echo seen >/dev/stderr; tag=v", StepShell::sh), "v");
  EXPECT_NE(log_text().find("seen\n"), std::string::npos) << log_text();
}

TEST_F(OutputVariablesTest, HoldNoSecretNeitherInTheResultNorOnDisk) {
  const std::string secret = "hunter2\"x\nline two";
  StepCommand command =
      publishing("tag=\"Bearer $s, $(printf %s 'hunter2\"x' | base64)\"; other=$s; plain=hunter");
  command.prologue = "s='" + secret + "'\n";
  command.secrets = {secret};
  command.outputs = {{"tag", "tag"}, {"other", "other", true}, {"plain", "plain"}};
  const StepResult result = run(command);
  ASSERT_TRUE(result.is_success()) << log_text();
  ASSERT_EQ(result.outputs.size(), 3U);
  const std::string& tag = result.outputs[0].second;
  EXPECT_TRUE(tag.starts_with("Bearer **************\n**************, **************")) << tag;
  EXPECT_EQ(result.outputs[1].second, "**************\n**************");
  EXPECT_EQ(result.outputs[2].second, "hunter");
  const std::string kept = read_file(attempt() + "/outputs");
  EXPECT_EQ(kept.find("hunter2"), std::string::npos) << kept;
  EXPECT_EQ(kept.find("line two"), std::string::npos) << kept;
}

TEST_F(OutputVariablesTest, AsterisksThatNeedTooMuchRoomFailTheStep) {
  StepCommand command = publishing("tag=$(head -c 300000 /dev/zero | tr '\\0' '~')");
  command.secrets = {"~~~"};
  const StepResult result = run(command);
  EXPECT_EQ(result.output_error, "output variables hold more than 524288 bytes");
  EXPECT_TRUE(result.outputs.empty());
}

TEST_F(OutputVariablesTest, AResultIsMaskedInTheStringsThatAreValues) {
  StepCommand command = program("/bin/sh",
                                "printf '%s' '{\"key\": 200, \"a\":\"x key y\", \"b\" : [\"200\"], "
                                "\"c\":\"\\\"key\", \"d\":\"k' >\"$TRIPGATE_RESULT_FILE\"");
  command.secrets = {"key", "200"};
  const StepResult result = run(command);
  EXPECT_EQ(result.result_text,
            "{\"key\": 200, \"a\":\"x ************** y\", \"b\" : [\"**************\"], "
            "\"c\":\"\\\"**************\", \"d\":\"k");
}

}  // namespace
}  // namespace tripgate
