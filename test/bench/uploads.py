"""What large uploads do to small events."""
import http.client
import threading

import bench_stand
from load import interleave, ratio, spread_of, wrk

UPLOADERS = 4
BODY = b'"' + b'x' * (25 * 1000 * 1000 - 2) + b'"'


class Uploads:
    """Four clients that send one body behind the other, while this is entered."""

    def __init__(self, stand):
        self.stand = stand
        self.is_over = threading.Event()
        self.done_count = 0

    def __enter__(self):
        self.threads = [threading.Thread(target=self.send) for _ in range(UPLOADERS)]
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.is_over.set()
        for thread in self.threads:
            thread.join()

    def send(self):
        while not self.is_over.is_set():
            try:
                if self.stand.ask('POST', self.stand.call, BODY)[0] == 200:
                    self.done_count += 1
            except (OSError, http.client.HTTPException):
                pass  # Counted as not done.


def measure(report):
    done_counts = []
    with bench_stand.start() as stand:
        def together():
            with Uploads(stand) as uploads:
                run = wrk(stand.port, stand.call, 64)
                done_counts.append(uploads.done_count)
            return run

        runs = interleave({'alone': lambda: wrk(stand.port, stand.call, 64), 'together': together})
    quotient = ratio(runs['together'], runs['alone'], 'p99')
    report.goal('p99 of small events beside four clients that send 25 MB bodies, of that without',
                f'{quotient.median:.1f}x', quotient.text('{:.1f}x'), 'under 10x',
                quotient.median < 10)
    p99 = {name: spread_of(these, 'p99').median for name, these in runs.items()}
    rate = {name: spread_of(these, 'rate').median for name, these in runs.items()}
    report.note(f'Small events at 64 connections: {rate["alone"]:,.0f} a second with a p99 of '
                f'{p99["alone"]:.1f} ms alone, {rate["together"]:,.0f} and {p99["together"]:.1f} ms '
                f'beside uploads, of which {min(done_counts)}-{max(done_counts)} ended in a run.')
