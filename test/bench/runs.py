"""Events that each start their run, with the engine never out of work."""
import threading
import time

import bench_stand
from load import RUNS, SECONDS, spread

UNDER_WAY = 64  # events accepted whose run has not ended


class Feed:
    """Posts events so that UNDER_WAY of them always wait or run, while this is entered."""

    def __init__(self, stand):
        self.stand = stand
        self.is_over = threading.Event()
        self.failure = None
        self.thread = threading.Thread(target=self.run)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.is_over.set()
        self.thread.join()

    def run(self):
        connection = self.stand.connection()
        try:
            while not self.is_over.is_set():
                for _ in range(UNDER_WAY - under_way(self.stand.metrics())):
                    self.stand.post_event(connection)
                self.is_over.wait(0.02)
        except (bench_stand.BenchError, OSError) as error:
            self.failure = error


def under_way(metrics):
    return (metrics['events_durable'] - metrics['events_settled'] +
            metrics['executions_waiting'] + metrics['executions_running'])


def measure(report):
    rates = []
    with bench_stand.start(dispatch='running') as stand:
        def ended_count():
            metrics = stand.metrics()
            return metrics['events_durable'] - under_way(metrics)

        with Feed(stand) as feed:
            time.sleep(1)
            for _ in range(RUNS):
                start, before = time.monotonic(), ended_count()
                time.sleep(SECONDS)
                rates.append((ended_count() - before) / (time.monotonic() - start))
        if feed.failure:
            raise bench_stand.BenchError(f'posting events: {feed.failure}')
    rate = spread(rates)
    report.goal('events a second that each start a run of one bash step, sustained',
                f'{rate.median:.0f}', rate.text('{:.0f}'), '', True)
