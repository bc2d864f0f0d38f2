"""Clients that post without pause, each call on a connection of its own."""

import http.client
import json
import threading

from stand import address


class Load:
    """Runs until the end of its `with` block; then `answers` says what every call got."""

    def __init__(self, stand, clients=8, body_sizes=(20, 20, 20, 40000)):
        self.port, self.body_sizes = stand.port, body_sizes
        self.answers = []  # (HTTP status or the exception's name, event id or None)
        self.has_answers = threading.Condition()
        self.is_stopping = threading.Event()
        self.threads = [threading.Thread(target=self._post, args=(i,)) for i in range(clients)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        self.wait_for_more(20)
        return self

    def __exit__(self, *error):
        self.is_stopping.set()
        for thread in self.threads:
            thread.join()

    def wait_for_more(self, count):
        """Until so many more calls were answered than now."""
        with self.has_answers:
            goal = len(self.answers) + count
            assert self.has_answers.wait_for(lambda: len(self.answers) >= goal, 60), "a load that hangs"

    def acknowledged(self):
        return [event for status, event in self.answers if status == 200]

    def failures(self):
        return [status for status, _ in self.answers if status != 200]

    def _post(self, number):
        while not self.is_stopping.is_set():
            answer = self._post_once(b"b" * self.body_sizes[number % len(self.body_sizes)])
            number += 1
            with self.has_answers:
                self.answers.append(answer)
                self.has_answers.notify_all()

    def _post_once(self, body):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("POST", address(), body)
            answer = connection.getresponse()
            text = answer.read()
            event = json.loads(text)["data"]["eventCorrelationId"] if answer.status == 200 else None
            return answer.status, event
        except (OSError, http.client.HTTPException) as error:
            return type(error).__name__, None
        finally:
            connection.close()
