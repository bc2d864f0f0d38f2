"""An engine that stores nothing: speaks shared/wire_frame.h and misbehaves on request."""

import socket
import struct
import threading

HELLO, WELCOME, EVENT, BODY, CANCEL, ACK, ACK_AS, NACK, CANCELLED, CREDIT = range(1, 11)
BODY_FOLLOWS, RESENT, BODY_ENDS = 1, 2, 1
MAGIC = 0x0A574754


class Event:
    """One EVENT with its body, as the module sent it."""

    def __init__(self, sequence, flags, payload):
        head_size, = struct.unpack_from("<I", payload)
        self.sequence, self.flags = sequence, flags
        self.head, self.body = payload[4:4 + head_size], payload[4 + head_size:]
        self.id = self.head[4:16].hex()
        self.received_at_ms, self.generation, self.trigger_ref, self.body_size = \
            struct.unpack_from("<4Q", self.head, 16)
        at = 16 + 32 + 12
        self.texts = {}
        for name in ("identifier", "username", "email", "account", "org", "project", "pipeline",
                     "trigger", "peer", "method"):
            size, = struct.unpack_from("<H", self.head, at)
            self.texts[name] = self.head[at + 2:at + 2 + size]
            at += 2 + size
        size, = struct.unpack_from("<I", self.head, at)
        self.query = self.head[at + 4:at + 4 + size]
        at += 4 + size
        count, = struct.unpack_from("<H", self.head, at)
        at += 2
        self.headers = []
        for _ in range(count):
            size, = struct.unpack_from("<H", self.head, at)
            name = self.head[at + 2:at + 2 + size]
            at += 2 + size
            size, = struct.unpack_from("<I", self.head, at)
            self.headers.append((name, self.head[at + 4:at + 4 + size]))
            at += 4 + size
        assert at == len(self.head), "the head is longer than what it holds"


class FakeEngine:
    """Listens on `path`. `answer(engine, connection, event)` decides what every event gets."""

    def __init__(self, path, answer=None, credit=2 * 1024 * 1024):
        self.events, self.cancels, self.order, self.hellos = [], [], [], []
        self.answer = answer or FakeEngine.ack
        self.on_cancel = None
        self.credit, self.is_granting = credit, True
        self.changed = threading.Condition()
        self.connections = []
        self.open_connections = 0
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()

    def ack(self, connection, event):
        self.send(connection, ACK, 0, struct.pack("<QQ", event.sequence, event.sequence))

    def send(self, connection, kind, sequence=0, payload=b"", flags=0):
        connection.sendall(struct.pack("<IBBHQ", len(payload), kind, flags, 0, sequence) + payload)

    def grant(self, size):
        self.send(self.connections[-1], CREDIT, 0, struct.pack("<I", size))

    def nack(self, connection, event, status, retry_after, code, message):
        self.send(connection, NACK, event.sequence,
                  struct.pack("<HHB", status, retry_after, len(code)) + code +
                  struct.pack("<H", len(message)) + message)

    def wait_for(self, predicate, timeout=10):
        with self.changed:
            assert self.changed.wait_for(predicate, timeout), "the engine waited in vain"

    def break_connections(self):
        for connection in self.connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # the worker closed it before
        self.connections = []

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.break_connections()

    def _accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.connections.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    @staticmethod
    def _read(connection, size):
        data = b""
        while len(data) < size:
            piece = connection.recv(size - len(data))
            if not piece:
                raise EOFError
            data += piece
        return data

    def _serve(self, connection):
        unfinished = {}
        with self.changed:
            self.open_connections += 1
        try:
            while True:
                size, kind, flags, reserved, sequence = struct.unpack(
                    "<IBBHQ", self._read(connection, 16))
                assert reserved == 0
                self._take(connection, unfinished, kind, flags, sequence,
                           self._read(connection, size))
        except (EOFError, OSError):
            connection.close()
        finally:
            with self.changed:
                self.open_connections -= 1

    def _take(self, connection, unfinished, kind, flags, sequence, payload):
        with self.changed:
            self.order.append((kind, sequence, len(payload)))
            self.changed.notify_all()
        if kind == HELLO:
            self.hellos.append(struct.unpack("<IHHII", payload))
            self.send(connection, WELCOME, 0, struct.pack("<IHHI", MAGIC, 1, 0, self.credit))
        elif kind == EVENT:
            event = Event(sequence, flags, payload)
            unfinished[sequence] = event
            if not flags & BODY_FOLLOWS:
                self._complete(connection, unfinished.pop(sequence))
        elif kind == BODY:
            unfinished[sequence].body += payload
            if self.is_granting:
                self.send(connection, CREDIT, 0, struct.pack("<I", len(payload)))
            if flags & BODY_ENDS:
                self._complete(connection, unfinished.pop(sequence))
        elif kind == CANCEL:
            unfinished.pop(sequence, None)
            with self.changed:
                self.cancels.append(sequence)
                self.changed.notify_all()
            if self.on_cancel:
                self.on_cancel(self, connection, sequence)

    def _complete(self, connection, event):
        with self.changed:
            self.events.append(event)
            self.changed.notify_all()
        self.answer(self, connection, event)
