#!/usr/bin/env python3
"""usage: kill_under_load.py ENGINE WORKER BOTH

Kills the engine, nginx workers and both at once, so many times each, at random instants under
load. Afterwards every acknowledged event must be there once with its one history row, and its
pipeline must have run exactly once: the step appends its event's number to a file. SEED repeats the
instants of the kills.
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


class Load:
    """Clients that fire without pause and note what was acknowledged."""

    def __init__(self, stand):
        self.target = f"/gateway/pipeline/api/webhook/custom/{stand.token()}/v3?{query()}"
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
            connection.request("POST", self.target, f'{{"number": {number}}}')
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
        answer = stand.details(event)
        if answer.status != 200:
            complaints.append(f"event {event} of request {number} is missing: {answer}")
            continue
        row = answer.json["data"]["webhookProcessingDetails"]
        if row["warningMsg"] is not None or row["status"] != "TARGET_EXECUTION_REQUESTED":
            complaints.append(f"event {event} has the wrong rows: {row}")
        if runs[number] != 1:
            complaints.append(f"event {event} of request {number} ran {runs[number]} times")
    complaints += [f"request {number} ran {count} times" for number, count in runs.items() if count > 1]
    return complaints


def wait_until_quiet(stand, load, path):
    """All acknowledged events have run, and nothing new has appeared for a while."""
    def has_run():
        return load.acknowledged.keys() <= set(read_runs(path))
    try:
        wait_for(has_run, "the last runs", 120)
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
    stand.apply(pipeline(SCRIPT.format(file=path)), trigger())
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
