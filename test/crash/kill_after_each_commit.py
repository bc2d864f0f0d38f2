#!/usr/bin/env python3
"""usage: kill_after_each_commit.py [STRIDE]

Plays a pipeline that uses every construct on the real nginx, engine and bash, once undisturbed, and
then once for every transaction of the state store with which the engine is killed as soon as that is
durable (with STRIDE only for each STRIDEth). Each time the next engine must bring the run to the same
end, with each step executed exactly as often. A second part kills supervisors: a step that had begun
has failed, "interrupted", and is not started again.
"""
import collections
import concurrent.futures
import contextlib
import json
import os
import pathlib
import re
import signal
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from stand import BUILD, Stand, query, trigger, wait_for  # noqa: E402

SHIM = BUILD / "test/kill_after_commit.so"
COMMITS_MAX = 500  # far more than the run takes
STANDS = 6  # at a time: a run is mostly waiting, for nothing may be shorter than ten seconds


def step(identifier, text, **keys):
    spec = {"shell": "Bash", "source": {"type": "Inline", "spec": {"script": text}}}
    return {"step": {"name": identifier, "identifier": identifier, "type": "ShellScript",
                     "timeout": "1m", "spec": spec, **keys}}


def typed(identifier, kind, **spec):
    return {"step": {"name": identifier, "identifier": identifier, "type": kind, "timeout": "1m",
                     "spec": spec}}


def group(identifier, *steps, **keys):
    return {"stepGroup": {"name": identifier, "identifier": identifier, "steps": list(steps), **keys}}


def stage(identifier, *steps, **keys):
    rollback = keys.pop("rollback", None)
    execution = {"steps": list(steps), **({"rollbackSteps": rollback} if rollback else {})}
    return {"stage": {"name": identifier, "identifier": identifier, "type": "Custom",
                      "spec": {"execution": execution}, **keys}}


def on_error(action, **spec):
    return [{"onFailure": {"errors": ["AllErrors"], "action": {"type": action, **spec}}}]


def documents(runs):
    """Every script leaves a line of the event and its own name."""
    def mark(identifier, then="true", **keys):
        return step(identifier, f'echo "$TRIPGATE_EVENT_ID {identifier}" >>{runs}\n{then}', **keys)

    # Fails until its second line is there.
    flaky = f'[ "$(grep -c "$TRIPGATE_EVENT_ID flaky" {runs})" -ge 2 ]'
    retry = on_error("Retry", spec={"retryCount": 1, "retryIntervals": ["10s"], "onRetryFailure": {
        "action": {"type": "MarkAsFailure"}}})
    always = {"pipelineStatus": "All"}
    stages = [
        stage("sequence", mark("a"), mark("b", when={
            "stageStatus": "Success", "condition": "<+trigger.payload.n> == 1"})),
        stage("blocks", {"parallel": [
            mark("c"), group("g", mark("d"), typed("m1", "Barrier", barrierRef="meet")),
            group("h", typed("m2", "Barrier", barrierRef="meet"), mark("e"))]}),
        stage("loops", mark("f", strategy={"matrix": {"x": ["1", "2"], "y": ["p", "q"],
                                                      "maxConcurrency": 2}}),
              group("i", mark("j"), strategy={"repeat": {"times": 2}})),
        stage("retries", mark("flaky", flaky, failureStrategies=retry),
              mark("bad", "exit 3", failureStrategies=on_error("Ignore"))),
        stage("waits", typed("w", "Wait", duration="10s"),
              typed("q", "Queue", key="k", scope="Stage"), mark("k")),
        {"stage": {"name": "child", "identifier": "child", "type": "Pipeline", "spec": {
            "pipeline": "child", "org": "default", "project": "demo"}}},
        stage("rolls", mark("bad2", "exit 4"), rollback=[mark("r")],
              failureStrategies=on_error("StageRollback")),
        stage("last", mark("z"), when=always),
    ]
    meet = {"barriers": [{"name": "meet", "identifier": "meet"}]}
    return (json.dumps({"pipeline": {"name": "pipe", "identifier": "pipe", "flowControl": meet,
                                     "stages": stages}}),
            json.dumps({"pipeline": {"name": "child", "identifier": "child",
                                     "stages": [stage("s", mark("x"), mark("y"))]}}),
            trigger())


class Keeper:
    """Starts the engine again whenever it was killed, as an init system does."""

    def __init__(self, stand):
        self.stand = stand
        self.deaths = 0
        self.is_over = False
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self):
        while not self.is_over:
            if self.stand.engine.wait() != -signal.SIGKILL or self.is_over:
                return
            self.deaths += 1
            self.stand.start_engine()

    def stop(self):
        self.is_over = True
        self.stand.kill_engine()
        self.thread.join()


def outcome(stand, runs, event):
    """Statuses of the run and of its nodes, and how often each script was executed."""
    summary = stand.wait_for_end(event, 120)
    path = (f"/pipeline/api/pipelines/execution/v2/{summary['planExecutionId']}?"
            f"{query(renderFullBottomGraph='true')}")
    headers = {"x-api-key": stand.admin_key()}
    detail = wait_for(lambda: (answer := stand.get(path, headers=headers)).status == 200 and answer,
                      "the graph").json["data"]
    # The identifier of a parallel block is drawn.
    nodes = collections.Counter(
        (node["baseFqn"], re.sub("^parallel.*", "parallel", node["identifier"]), node["status"])
        for node in detail["executionGraph"]["nodeMap"].values())
    executed = collections.Counter(line.split()[1] for line in runs.read_text().splitlines()
                                   if line.startswith(event))
    return nodes + executed + collections.Counter([summary["status"]])


def difference(found, expected):
    return f"{dict(found - expected)} instead of {dict(expected - found)}"


@contextlib.contextmanager
def open_stand():
    """A stand and the file of its scripts. Closed at the end, or left as it is after a failure."""
    stand = Stand(flavour="release", hold="20s", timeout="20s")
    try:
        runs = stand.root / "runs.txt"
        runs.touch()
        runs.chmod(0o666)
        stand.apply(*documents(runs))
        stand.token()
        yield stand, runs
    except BaseException:
        stand.kill_all()
        print(f"everything is left in {stand.root}", flush=True)
        raise
    stand.close()


def play(stand, runs, keeper, number):
    """The outcome of a run whose engine is killed after that commit; None if it takes fewer."""
    switch, deaths = stand.root / "kill", keeper.deaths
    switch.write_text(str(number))
    found = outcome(stand, runs, stand.fire(b'{"n": 1}').event_id)
    if keeper.deaths == deaths:
        switch.unlink()
        return None
    # Every engine counts from its start.
    wait_for(stand.is_healthy, "the next engine")
    return found


def kill_engines(numbers, expected):
    """Kills the engine after each of these commits in turn; returns how many there were, and
    complaints."""
    with open_stand() as (stand, runs):
        stand.engine_environment = {"LD_PRELOAD": str(SHIM),
                                    "KILL_SWITCH": str(stand.root / "kill")}
        stand.restart_engine()
        keeper = Keeper(stand)
        complaints = []
        try:
            for number in numbers:
                found = play(stand, runs, keeper, number)
                if found is None:
                    break
                if found != expected:
                    complaints.append(
                        f"killed after commit {number}: {difference(found, expected)}")
        finally:
            keeper.stop()
        stand.engine_environment = {}
        stand.start_engine()
        return keeper.deaths, complaints


def supervisors_of(stand):
    """Process ids of the supervisors that live, from the claims of this stand."""
    claims = [claim.read_text() for claim in (stand.state_dir / "steps").glob("*/*/claim")]
    pids = [line.split()[1] for text in claims for line in text.splitlines()
            if line.startswith("pid ")]
    return [int(pid) for pid in pids if name_of(pid) == "tripgate-step"]


def name_of(pid):
    path = pathlib.Path(f"/proc/{pid}/comm")
    return path.read_text().strip() if path.exists() else None


def kill_supervisor(stand, is_engine_killed):
    """Complaints about a step whose supervisor, and engine, are killed while it runs."""
    count = stand.root / "count"
    count.write_text("")
    gate = f'echo run >>{count}; echo begun; while :; do sleep 0.1; done'
    stand.apply(json.dumps({"pipeline": {"name": "lost", "identifier": "lost", "stages": [
        stage("s", step("hangs", gate))]}}), trigger("lost", "lost"))
    event = stand.request("POST", f"/gateway/pipeline/api/webhook/custom/{stand.token('lost', 'lost')}"
                          f"/v3?{query(pipelineIdentifier='lost', triggerIdentifier='lost')}",
                          b"{}").event_id
    wait_for(lambda: count.read_text(), "the step's first line")
    if is_engine_killed:
        stand.kill_engine()
    for pid in supervisors_of(stand):
        os.kill(pid, signal.SIGKILL)
    if is_engine_killed:
        stand.start_engine()
    summary = stand.wait_for_end(event)
    message = json.dumps(summary)
    complaints = [] if summary["status"] == "Failed" else [f"the run is {summary['status']}"]
    if "interrupted: the step's supervisor was killed" not in message:
        complaints.append(f"nothing says that the step was interrupted: {message[:600]}")
    if count.read_text() != "run\n":
        complaints.append(f"the step was executed again: {count.read_text()!r}")
    return complaints


def main():
    stride = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    with open_stand() as (stand, runs):
        expected = outcome(stand, runs, stand.fire(b'{"n": 1}').event_id)
        complaints = [each for is_engine_killed in (False, True)
                      for each in kill_supervisor(stand, is_engine_killed)]
    print("supervisor killed 2 times, once with the engine", flush=True)
    shares = [range(1 + i * stride, COMMITS_MAX, STANDS * stride) for i in range(STANDS)]
    with concurrent.futures.ThreadPoolExecutor(STANDS) as pool:
        results = list(pool.map(kill_engines, shares, [expected] * STANDS))
    kills = sum(deaths for deaths, _ in results)
    complaints += [each for _, found in results for each in found]
    print(f"engine killed after {kills} transactions of a run", flush=True)
    if kills == 0:
        complaints.append("the engine was never killed")
    print("\n".join(complaints[:20]))
    passed = max(0, kills + 2 - len(complaints))
    print(f"crash_matrix: {passed} passed, {len(complaints)} failed")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
