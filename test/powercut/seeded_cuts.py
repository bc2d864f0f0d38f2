"""What both runners of power cuts do around their plays: seeds, a folder, and a last line that counts."""
import argparse
import collections
import os
import pathlib
import tempfile

# Nobody need see through every single lie: a cut may find everything written back.
LIES = 40


def catches_lies(play, lie, root):
    """Whether a disk that lies about its syncs is found out: else nothing that passes means much."""
    caught = sum(bool(play(seed, lie, root)[1]) for seed in range(1, LIES + 1))
    print(f"lying syncs: {caught} of {LIES} caught", flush=True)
    return caught > 0


def main(name, play_all, is_sound):
    """The exit code. play_all(seeds, root, counts): plays all kinds of faults, counts what passed and what
    failed, and returns what came of them; is_sound(outcomes, root): whether that proves anything."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=int(os.environ.get("SEED", 0)))
    options = parser.parse_args()
    seeds = [options.seed] if options.seed else range(1, options.seeds + 1)
    counts = collections.Counter()
    with tempfile.TemporaryDirectory(prefix=f"{name}-") as folder:
        root = pathlib.Path(folder)
        outcomes = play_all(seeds, root, counts)
        has_proved = options.seed or is_sound(outcomes, root)
    counts["passed" if has_proved else "failed"] += 1
    print(f"{name}: {counts['passed']} passed, {counts['failed']} failed", flush=True)
    return 1 if counts["failed"] else 0
