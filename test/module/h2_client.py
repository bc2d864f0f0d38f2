"""One HTTP/2 connection without TLS, frame by frame (RFC 9113), to do what no polite client does."""

import socket
import struct

DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY, WINDOW_UPDATE = 0, 1, 3, 4, 6, 7, 8
END_STREAM = ACK = 1
END_HEADERS = 4
INITIAL_WINDOW_SIZE = 4
CANCEL = 8


def literal(name, value):
    """A header field without index and without Huffman code (RFC 7541, 6.2.2)."""
    def text(raw):
        size = len(raw)
        if size < 127:
            return bytes([size]) + raw
        rest, out = size - 127, bytes([127])
        while rest >= 128:
            out += bytes([rest % 128 + 128])
            rest //= 128
        return out + bytes([rest]) + raw
    return b"\0" + text(name.encode()) + text(value.encode())


class Stream:
    """What came back on one stream."""

    def __init__(self):
        self.status, self.body, self.is_ended, self.reset = None, b"", False, None


class H2Client:
    def __init__(self, port, window=65535):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.streams = {}
        self.socket.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        self.send(SETTINGS, 0, 0, struct.pack("!HI", INITIAL_WINDOW_SIZE, window))

    def close(self):
        self.socket.close()

    def send(self, kind, flags, stream, payload=b""):
        self.socket.sendall(struct.pack("!I", len(payload))[1:] +
                            struct.pack("!BBI", kind, flags, stream) + payload)

    def post(self, path, size):
        """Opens a stream whose body of that many bytes is still to be sent; returns its number."""
        number = 2 * len(self.streams) + 1
        self.streams[number] = Stream()
        fields = {":method": "POST", ":scheme": "http", ":authority": "h", ":path": path,
                  "content-length": str(size)}
        self.send(HEADERS, END_HEADERS, number,
                  b"".join(literal(name, value) for name, value in fields.items()))
        return number

    def body(self, number, text, is_last=True):
        self.send(DATA, END_STREAM if is_last else 0, number, text)

    def grant(self, number, size):
        self.send(WINDOW_UPDATE, 0, number, struct.pack("!I", size))

    def reset(self, number):
        self.send(RST_STREAM, 0, number, struct.pack("!I", CANCEL))

    def read_until(self, condition):
        while not condition():
            self._take(*self._read_frame())

    def ping(self):
        """Returns once the server has taken every frame sent so far."""
        self.send(PING, 0, 0, b"12345678")
        while True:
            frame = self._read_frame()
            self._take(*frame)
            if frame[:2] == (PING, ACK):
                return

    def _read_frame(self):
        head = self._read(9)
        size, = struct.unpack("!I", b"\0" + head[:3])
        kind, flags, stream = struct.unpack("!BBI", head[3:])
        return kind, flags, stream, self._read(size)

    def _read(self, size):
        data = b""
        while len(data) < size:
            piece = self.socket.recv(size - len(data))
            assert piece, "the server closed the connection"
            data += piece
        return data

    def _take(self, kind, flags, number, payload):
        assert kind != GOAWAY, payload
        if kind == SETTINGS and not flags & ACK:
            self.send(SETTINGS, ACK, 0)
        stream = self.streams.get(number)
        if stream is None:
            return
        if kind == HEADERS:
            stream.status = self._status(payload)
        elif kind == DATA:
            stream.body += payload
        elif kind == RST_STREAM:
            stream.reset, = struct.unpack("!I", payload)
        if kind in (HEADERS, DATA) and flags & END_STREAM:
            stream.is_ended = True

    @staticmethod
    def _status(block):
        """nginx puts :status first: by its index for 200, else as an indexed name with a plain value."""
        block = block.lstrip(b"\x20")  # a new size of the dynamic table
        return 200 if block[0] == 0x88 else int(block[2:5])
