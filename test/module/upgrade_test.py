"""Reloads, a new nginx binary and killed workers under load: no call fails that nginx has accepted,
nothing acknowledged is lost, and nothing stays behind."""

import os
import signal
import unittest
from collections import Counter

import watch
from fake_engine import RESENT
from load import Load
from stand import Stand


class UnderLoad(unittest.TestCase):
    def setUp(self):
        self.stand = Stand()
        self.addCleanup(self.stand.close)

    def check(self, load, may_break=False):
        """Every call was answered, and every acknowledged event reached the engine once."""
        if not may_break:
            self.assertEqual(Counter(load.failures()), {})
        sent = Counter(e.id for e in self.stand.engine.events if not e.flags & RESENT)
        acknowledged = load.acknowledged()
        self.assertEqual(len(set(acknowledged)), len(acknowledged))
        self.assertEqual({event: sent[event] for event in acknowledged if sent[event] != 1}, {})

    def check_nothing_is_left(self, descriptors):
        """One worker with no more descriptors than before the load, and nobody else's connection."""
        stand = self.stand
        stand.wait_until(lambda: len(stand.worker()) == 1)
        stand.wait_until(lambda: stand.engine.open_connections == 1)
        stand.wait_until(lambda: stand.descriptors() <= descriptors)
        self.assertFalse(os.path.exists(f"{stand.root}/nginx.pid.oldbin"))

    def test_reloads(self):
        descriptors = self.stand.descriptors()
        with Load(self.stand) as load:
            for _ in range(5):
                old = set(self.stand.worker())
                self.stand.signal(signal.SIGHUP)
                self.stand.wait_until(lambda: not old & set(self.stand.worker()))
                load.wait_for_more(20)
        self.check(load)
        self.stand.wait_until(lambda: not self.stand.body_files())
        self.check_nothing_is_left(descriptors)

    @unittest.skipIf(watch.KIND == "valgrind", "valgrind shows no names of its processes")
    def test_new_binary_takes_over(self):
        stand = self.stand
        descriptors, old = stand.descriptors(), stand.master()
        with Load(stand) as load:
            stand.start_new_binary()
            load.wait_for_more(20)
            stand.signal(signal.SIGWINCH, old)
            stand.wait_until(lambda: not stand.worker(old))
            load.wait_for_more(20)
            stand.signal(signal.SIGQUIT, old)
            stand.wait_until(lambda: not stand.is_alive(old))
            load.wait_for_more(20)
        self.assertNotEqual(stand.master(), old)
        self.check(load)
        self.stand.wait_until(lambda: not self.stand.body_files())
        self.check_nothing_is_left(descriptors)

    @unittest.skipIf(watch.KIND == "valgrind", "valgrind shows no names of its processes")
    def test_new_binary_is_sent_home_again(self):
        stand = self.stand
        descriptors, old = stand.descriptors(), stand.master()
        with Load(stand) as load:
            new = stand.start_new_binary()
            stand.signal(signal.SIGWINCH, old)
            stand.wait_until(lambda: not stand.worker(old))
            load.wait_for_more(20)
            stand.signal(signal.SIGHUP, old)
            stand.wait_until(lambda: stand.worker(old))
            stand.signal(signal.SIGQUIT, new)
            stand.wait_until(lambda: not stand.is_alive(new))
            load.wait_for_more(20)
        self.assertEqual(stand.master(), old)
        self.check(load)
        self.stand.wait_until(lambda: not self.stand.body_files())
        self.check_nothing_is_left(descriptors)

    def test_killed_workers(self):
        descriptors = self.stand.descriptors()
        with Load(self.stand) as load:
            for _ in range(5):
                killed = self.stand.worker()
                for pid in killed:
                    os.kill(pid, signal.SIGKILL)
                self.stand.wait_until(lambda: set(self.stand.worker()) - set(killed))
                load.wait_for_more(20)
        self.stand.forgive("exited on signal 9")
        # The calls that the killed workers held, and no others: at most one for each client.
        self.assertLessEqual(len(load.failures()), 5 * len(load.threads))
        self.check(load, may_break=True)
        self.check_nothing_is_left(descriptors)


if __name__ == "__main__":
    unittest.main()
