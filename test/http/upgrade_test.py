"""The engine is stopped and started again and nginx gets a new binary while clients fire: every call
is answered with SUCCESS, and every event is stored once and runs once."""
import os
import pathlib
import signal
import subprocess
import sys
import unittest

from stand import Stand, pipeline, trigger, wait_for

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "crash"))
from kill_under_load import SCRIPT, Load, judge, read_runs, wait_until_quiet  # noqa: E402


class Master:
    """nginx's master as a daemon, in the place of a child: whoever the file of its pid names."""

    def __init__(self, pid_file):
        self.pid_file = pid_file

    @property
    def pid(self):
        """0 while there is none."""
        try:
            return int(self.pid_file.read_text().strip() or 0)
        except FileNotFoundError:
            return 0

    def poll(self):
        return None if self.pid else 0

    def send_signal(self, number):
        os.kill(self.pid, number)

    def kill(self):
        self.send_signal(signal.SIGKILL)

    def wait(self, seconds=20):
        wait_for(lambda: not self.pid, "the end of nginx", seconds)


class DaemonStand(Stand):
    """Only a master that is nobody's child takes a new binary."""

    def _write_nginx_conf(self, *settings):
        super()._write_nginx_conf(*settings)
        conf = self.root / "nginx.conf"
        text = conf.read_text()
        assert "daemon off;" in text
        conf.write_text(text.replace("daemon off;", ""))

    def start_nginx(self):
        subprocess.run(["/usr/sbin/nginx", "-p", self.root, "-c", "nginx.conf"], check=True,
                       stdout=self.nginx_log, stderr=self.nginx_log)
        self.nginx = Master(self.root / "nginx.pid")
        wait_for(self.is_healthy, "nginx")

    def workers_of(self, master):
        """Those that shut down among them."""
        listed = subprocess.run(["ps", "-o", "args=", "--ppid", str(master)], capture_output=True,
                                text=True, check=False).stdout
        return [line for line in listed.splitlines() if "worker process" in line]

    def start_new_binary(self):
        """Returns the new master's pid; the old one goes on."""
        old = self.nginx.pid
        self.nginx.send_signal(signal.SIGUSR2)
        wait_for(lambda: self.nginx.pid not in (0, old) and self.workers_of(self.nginx.pid),
                 "a new master with workers")
        return self.nginx.pid

    def send_home(self, master):
        """The old binary's workers finish what they have, then their master ends."""
        os.kill(master, signal.SIGWINCH)
        wait_for(lambda: not self.workers_of(master), "the end of the old workers")
        os.kill(master, signal.SIGQUIT)
        wait_for(lambda: not pathlib.Path(f"{self.root}/nginx.pid.oldbin").exists(),
                 "the end of the old master")

    def end_engine(self):
        """As an upgrade of the package does."""
        self.engine.terminate()
        self.engine.wait(30)


class UnderLoad(unittest.TestCase):
    def setUp(self):
        self.stand = DaemonStand(workers=2, hold="30s", timeout="30s")
        self.runs = self.stand.root / "runs.txt"
        self.runs.touch()
        self.runs.chmod(0o666)
        self.stand.apply(pipeline(SCRIPT.format(file=self.runs)), trigger("first"),
                         trigger("second"))
        self.load = Load(self.stand)
        self.more(20)

    def tearDown(self):
        self.load.stop()
        self.stand.close()

    def more(self, count):
        """Until so many more calls are acknowledged than now."""
        goal = len(self.load.acknowledged) + count
        wait_for(lambda: len(self.load.acknowledged) >= goal, "acknowledgements under load")

    def check(self):
        """All calls were acknowledged; each event is there once, with its rows, and ran once."""
        self.load.stop()
        self.assertEqual(set(self.load.outcomes), {200}, self.load.outcomes)
        wait_until_quiet(self.stand, self.load, self.runs)
        runs = read_runs(self.runs)
        self.assertEqual(judge(self.stand, self.load, runs), [])
        self.assertEqual(set(runs), set(self.load.acknowledged), "events that nobody sent")
        self.assertEqual(self.stand.stored_count(), len(self.load.acknowledged))

    def test_engine_that_is_stopped_and_started(self):
        for _ in range(3):
            self.stand.end_engine()
            self.stand.start_engine()
            self.more(20)
        self.check()

    def test_new_binary_of_nginx(self):
        old = self.stand.nginx.pid
        self.stand.start_new_binary()
        self.more(20)
        self.stand.send_home(old)
        self.more(20)
        self.check()

    def test_both_at_once(self):
        old = self.stand.nginx.pid
        self.stand.end_engine()
        self.stand.start_new_binary()
        self.stand.start_engine()
        self.more(20)
        self.stand.kill_engine()
        self.stand.start_engine()
        self.stand.send_home(old)
        self.more(20)
        self.check()


if __name__ == "__main__":
    unittest.main()
