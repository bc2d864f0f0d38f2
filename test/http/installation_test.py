"""`make install`, and the nginx.conf of README.md with the engine.yaml that it installs."""
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile
import unittest

from http_case import HttpCase
from stand import BUILD, TOP, Stand, pipeline, trigger


def install(root, prefix):
    """Installs what is built; `-o all` builds nothing anew."""
    environment = {name: value for name, value in os.environ.items()
                   if name not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")}
    subprocess.run(["make", "-C", TOP, "-o", "all", "install", f"BUILD={BUILD}", f"DESTDIR={root}",
                    f"PREFIX={prefix}"], check=True, env=environment, stdout=subprocess.DEVNULL)


class Installation(unittest.TestCase):
    def setUp(self):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="tripgate-install-"))
        self.addCleanup(shutil.rmtree, self.root)

    def read(self, path):
        return (self.root / path).read_text()

    def test_a_second_one_keeps_what_was_edited(self):
        install(self.root, "/usr")
        self.assertEqual(self.read("etc/tripgate/engine.yaml"), (TOP / "conf/engine.yaml").read_text())
        self.assertEqual(self.read("etc/tripgate/tripgate.conf"), (TOP / "conf/tripgate.conf").read_text())
        (self.root / "etc/tripgate/engine.yaml").write_text("account: mine\n")
        (self.root / "etc/tripgate/engine.yaml.dist").write_text("older\n")
        (self.root / "etc/tripgate/tripgate.conf").unlink()
        install(self.root, "/usr")
        self.assertEqual(self.read("etc/tripgate/engine.yaml"), "account: mine\n")
        self.assertEqual(self.read("etc/tripgate/engine.yaml.dist"), (TOP / "conf/engine.yaml").read_text())
        self.assertEqual(self.read("etc/tripgate/tripgate.conf"), (TOP / "conf/tripgate.conf").read_text())

    def test_every_path_that_is_named_is_below_the_prefix_and_there(self):
        install(self.root, "/opt/tripgate")
        self.assertFalse((self.root / "usr").exists())
        named = set()
        for path in ("etc/tripgate/engine.yaml", "opt/tripgate/lib/systemd/system/tripgate.service"):
            text = self.read(path)
            self.assertNotIn("/usr/", text)
            named |= set(re.findall(r"/opt/tripgate/[\w/.-]+", text))
        self.assertGreaterEqual(len(named), 4, named)
        self.assertEqual([path for path in named if not (self.root / path[1:]).exists()], [])
        tool = subprocess.run([self.root / "opt/tripgate/bin/tripgate", "version"], capture_output=True)
        self.assertEqual(tool.returncode, 0, tool)


class ReadmeStand(Stand):
    """nginx.conf is the one of README.md, with the places of a test in it."""

    def _write_nginx_conf(self, hold, timeout, workers, user_directives):
        super()._write_nginx_conf(hold, timeout, workers, user_directives)
        shipped = (self.root / "nginx.conf").read_text()
        head = shipped[shipped.index("daemon off;"):shipped.index("http {")]
        user = re.search(r"^user .*;$", shipped, re.M)
        temporary = "\n".join(re.findall(r"^ +\w+_temp_path .*;$", shipped, re.M))
        text = re.search(r"```nginx\n(load_module.*?)```", (TOP / "README.md").read_text(), re.S)[1]
        own = "location = /v1/other { return 200 own; }"
        for old, new in {
            "/usr/lib/nginx/modules": BUILD, "/var/lib/tripgate/edge": self.root / "edge",
            "/run/tripgate": self.root, "/etc/tripgate": TOP / "conf",
            "/var/log/nginx/tripgate.log": self.root / "access.log",
            "listen 8080;": f"listen 127.0.0.1:{self.port}; {own}",
            "\nhttp {": f"\n{user[0] if user else ''}\n{head}\nhttp {{\n{temporary}"}.items():
            assert old in text, f"README.md lost {old}"
            text = text.replace(old, str(new))
        (self.root / "nginx.conf").write_text(text)


class NginxOfReadme(HttpCase):
    stand_class = ReadmeStand
    documents = (pipeline(), trigger())

    def say(self, text):
        """What nginx answers to bytes that are no request."""
        with socket.create_connection(("127.0.0.1", self.stand.port), 10) as connection:
            connection.sendall(text)
            answer = b""
            while piece := connection.recv(65536):
                answer += piece
        return answer.decode()

    def test_it_takes_events_and_large_documents(self):
        event = self.assertAccepted(self.stand.fire())
        self.assertEqual(self.stand.wait_for_end(event)["status"], "Success")
        # The engine takes seven files of nearly 1 MB, as it does over its own socket.
        files = [{"name": f"{i}.yaml", "text": pipeline(identifier=f"large{i}") + "# " + "x" * 1_000_000}
                 for i in range(7)]
        answer = self.stand.request(
            "POST", "/pipeline/api/tripgate/apply?accountIdentifier=demo", json.dumps({"files": files}),
            {"X-Api-Key": self.stand.admin_key()})
        self.assertEqual(answer.status, 200, answer)
        self.assertIn("large6", self.stand.cli("get", "pipeline").stdout)
        self.assertErrorEnvelope(self.stand.request(
            "POST", "/pipeline/api/tripgate/apply?accountIdentifier=demo", "x" * (9 << 20),
            {"X-Api-Key": self.stand.admin_key()}), 413)

    def test_the_first_commands_of_readme_do_what_it_says(self):
        """As they stand there, over the admin socket of this engine."""
        root = self.stand.root / "installed"
        install(root, "/usr")
        lines = re.findall(r"^sudo -u tripgate (tripgate [^#\n]*)", (TOP / "README.md").read_text(), re.M)
        self.assertEqual([line.split()[1] for line in lines], ["apply", "curl", "token", "token"])
        said = [self.stand.cli(*line.replace("/usr/share", f"{root}/usr/share").split()[1:]).stdout
                for line in lines]
        self.assertIn("Deploy_on_call", said[0])
        self.assertIn("/v3?accountIdentifier=demo&", said[1])
        (self.stand.root / "key").write_text(said[3])
        for key_file in ("key", "admin.token"):
            remote = self.stand.cli("get", "trigger", "--url", f"http://127.0.0.1:{self.stand.port}",
                                    "--token-file", self.stand.root / key_file)
            self.assertIn("Deploy_on_call", remote.stdout)

    def test_what_nginx_refuses_by_itself_wears_the_envelope(self):
        long = b"x" * 40000
        for said, status in ((b"nonsense\r\n\r\n", 400),
                             (b"GET /" + long + b" HTTP/1.1\r\n\r\n", 414),
                             (b"GET / HTTP/1.1\r\nHost: h\r\nX: " + long + b"\r\n\r\n", 431)):
            answer = self.say(said)
            self.assertIn(f" {status} ", answer.splitlines()[0], answer)
            self.assertIn('"status":"ERROR"', answer)

    def test_other_locations_are_left_alone(self):
        self.assertEqual(self.stand.request("GET", "/v1/other").body, b"own")
        ours = self.stand.request("GET", "/v1/orgs/o/nothing")
        self.assertEqual(ours.json["code"], "RESOURCE_NOT_FOUND_EXCEPTION", ours)


if __name__ == "__main__":
    unittest.main()
