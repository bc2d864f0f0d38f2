#!/usr/bin/env python3
"""usage: kill_under_load.py ENGINE WORKER BOTH

Kills the engine, nginx workers and both at once, so many times each, at random instants under
load. Afterwards every acknowledged event must be there once with exactly one history row
for each trigger that it selects (triggers.md 3.2), and the pipeline must have run exactly once for
each: the step appends its event's number to a file. SEED repeats the instants of the kills.
"""
import collections
import http.client
import os
import pathlib
import random
import signal
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from stand import Stand, pipeline, query, trigger, wait_for  # noqa: E402

CLIENTS = 8
SCRIPT = 'echo "<+trigger.payload.number>" >> {file}'
REQUESTED = "TARGET_EXECUTION_REQUESTED"
# By the request's number: the trigger whose token it carries, or none to select them all, and the
# triggers that must each have one row and one run.
KINDS = (("first", ["first"]), ("second", ["second"]), (None, ["first", "second"]))


def triggers_of(number):
    return KINDS[number % len(KINDS)][1]


class Load:
    """Clients that fire without pause and note what was acknowledged."""

    def __init__(self, stand):
        custom = "/gateway/pipeline/api/webhook/custom"
        self.targets = {name: f"{custom}/{stand.token(name)}/v3?{query(triggerIdentifier=name)}"
                        for name in ("first", "second")}
        self.targets[None] = f"{custom}/v2?{query(pipelineIdentifier=None, triggerIdentifier=None)}"
        self.headers = {"X-Api-Key": stand.make_key("load")}
        self.port = stand.port
        self.acknowledged = {}  # number of the request -> event id
        self.outcomes = collections.Counter()
        self.is_stopping = False
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self._fire, args=(i,)) for i in range(CLIENTS)]
        for thread in self.threads:
            thread.start()

    def _fire(self, client):
        number = client
        while not self.is_stopping:
            outcome, event = self._fire_once(number)
            with self.lock:
                self.outcomes[outcome] += 1
                if event:
                    self.acknowledged[number] = event
            number += CLIENTS
            time.sleep(0.02)  # the pace of the load, not a wait: each event starts a process

    def _fire_once(self, number):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            target = self.targets[KINDS[number % len(KINDS)][0]]
            connection.request("POST", target, f'{{"number": {number}}}', self.headers)
            answer = connection.getresponse()
            body = answer.read()
            if answer.status != 200:
                return answer.status, None
            return 200, body.split(b'"eventCorrelationId":"')[1][:24].decode()
        except (OSError, http.client.HTTPException):
            return "broken", None
        finally:
            connection.close()

    def stop(self):
        self.is_stopping = True
        for thread in self.threads:
            thread.join()


def kill_engine(stand):
    stand.kill_engine()
    stand.start_engine()


def kill_workers(stand):
    before = stand.worker_pids()
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    wait_for(lambda: len(set(stand.worker_pids()) - set(before)) >= len(before), "new workers")


def kill_both(stand):
    for pid in stand.worker_pids():
        os.kill(pid, signal.SIGKILL)
    kill_engine(stand)


def run_kills(stand, counts, instants):
    kills = [kill for kill, count in zip((kill_engine, kill_workers, kill_both), counts)
             for _ in range(count)]
    instants.shuffle(kills)
    for kill in kills:
        time.sleep(instants.uniform(0.0, 0.3))  # a random instant is the point
        kill(stand)


def judge(stand, load, runs):
    """Complaints about events that are missing, doubled or not run exactly once."""
    complaints = []
    for number, event in sorted(load.acknowledged.items()):
        rows, triggers = read_rows(stand, event), triggers_of(number)
        if rows != [(name, REQUESTED) for name in triggers]:
            complaints.append(f"event {event} of request {number} has the rows {rows}")
        if runs[number] != len(triggers):
            complaints.append(f"event {event} of request {number} ran {runs[number]} times")
    # Also what was stored without an answer runs once.
    complaints += [f"request {number} ran {count} times" for number, count in runs.items()
                   if count > len(triggers_of(number))]
    return complaints


def read_rows(stand, event):
    """Trigger and status of every row of an event, sorted."""
    key = (stand.root / "admin.token").read_text().strip()
    answer = stand.get(f"/gateway/pipeline/api/triggers/eventHistory/eventCorrelation/{event}?"
                       "accountIdentifier=demo&size=50", {"X-Api-Key": key})
    if answer.status != 200:
        return [("no rows", str(answer))]
    return sorted(((row["triggerIdentifier"], row["finalStatus"])
                   for row in answer.json["data"]["content"]), key=str)


def wait_until_quiet(stand, load, path):
    """All acknowledged events have run and every run has ended."""
    def have_run():
        runs = read_runs(path)
        return all(runs[number] >= len(triggers_of(number)) for number in load.acknowledged)
    try:
        wait_for(have_run, "the last runs", 120)
    except AssertionError as error:
        print(error)
    for event in load.acknowledged.values():
        stand.wait_for_end(event)


def read_runs(path):
    return collections.Counter(int(line) for line in path.read_text().split())


def main():
    counts = [int(word) for word in sys.argv[1:4]] or [200, 50, 50]
    seed = int(os.environ.get("SEED", random.SystemRandom().randrange(1 << 32)))
    stand = Stand(flavour="release", workers=2, hold="10s")
    path = stand.root / "runs.txt"
    path.touch()
    path.chmod(0o666)
    stand.apply(pipeline(SCRIPT.format(file=path)), trigger("first"), trigger("second"))
    load = Load(stand)
    try:
        run_kills(stand, counts, random.Random(seed))
    finally:
        load.stop()
    wait_until_quiet(stand, load, path)
    runs = read_runs(path)
    complaints = judge(stand, load, runs)
    surplus = len(set(runs) - set(load.acknowledged))
    print(f"kills: engine {counts[0]}, workers {counts[1]}, both {counts[2]}; seed {seed}")
    print("answers:", dict(load.outcomes))
    print(f"acknowledged {len(load.acknowledged)}, run {sum(runs.values())}, stored without an "
          f"answer {surplus}, wrong {len(complaints)}")
    print("\n".join(complaints[:20]))
    if complaints:
        stand.kill_all()
        print(f"seed {seed}; everything is left in {stand.root}")
        return 1
    log = stand.root / "nginx.log"
    log.write_text("\n".join(line for line in stand.log("nginx.log").splitlines()
                             if "exited on signal 9" not in line))
    stand.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
