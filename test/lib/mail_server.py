"""A mail server on a free port of this machine: keeps what it is given, refuses whom a test names."""
import socketserver
import threading


class _Session(socketserver.StreamRequestHandler):
    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self):
        self.say("220 test")
        message = {"to": [], "from": None, "login": False}
        while line := self.rfile.readline().decode().strip():
            verb = line.split()[0].upper()
            if verb == "EHLO":
                self.say("250-test")
                self.say("250 8BITMIME")
            elif verb == "RCPT" and any(name in line for name in self.server.refused):
                self.say("550 no such user")
            elif verb == "DATA":
                self.say("354 go on")
                lines = iter(lambda: self.rfile.readline().decode().rstrip("\r\n"), ".")
                message["text"] = "\n".join(lines)
                with self.server.arrival:
                    self.server.messages.append(dict(message))
                    self.server.arrival.notify_all()
                self.say("250 taken")
            elif verb == "QUIT":
                return self.say("221 bye")
            else:
                if verb == "MAIL":
                    message["from"] = line[len("MAIL FROM:"):].split()[0]
                if verb == "RCPT":
                    message["to"].append(line[len("RCPT TO:"):].split()[0])
                self.say("250 ok")


class MailServer(socketserver.ThreadingTCPServer):
    """Use as a context; `messages` are dictionaries of from, to and text."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Session)
        self.messages, self.refused = [], []
        self.arrival = threading.Condition()
        self.port = self.server_address[1]
        self.thread = threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()

    def wait_for(self, count, seconds=60):
        """The messages, once there are as many."""
        with self.arrival:
            if not self.arrival.wait_for(lambda: len(self.messages) >= count, seconds):
                raise AssertionError(f"{len(self.messages)} messages came instead of {count}")
            return list(self.messages)

    def close(self):
        self.shutdown()
        self.server_close()
        self.thread.join()
