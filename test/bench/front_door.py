"""Refused and accepted requests against `return 200` of the same nginx, and against the peers."""
import bench_stand
from bench_stand import BAD_KEY, UNKNOWN_CALL
from load import interleave, ratio, spread_of, wrk
from peers import LuaPeer, WebhookPeer

LIMIT = '`return 200`'
ACCEPTED = 'accepted and durable'
LUA = 'nginx+Lua, durable'
WEBHOOK = 'Debian webhook, not durable, 64'


def run_webhook(stand):
    with WebhookPeer(stand) as peer:
        return wrk(peer.port, peer.call, 64)


def measures_on(stand, has_lua, has_webhook):
    """In the order in which a round makes them: what a ratio compares stands close together."""
    def load(path, connections, **options):
        return lambda: wrk(stand.port, path, connections, **options)

    measures = {f'{LIMIT}, 64': load(stand.limit_call, 64),
                'refused: unknown token, 64': load(UNKNOWN_CALL, 64, want=400),
                'refused: bad key, 64': load(stand.call, 64, want=401, key=BAD_KEY),
                f'{ACCEPTED}, 64': load(stand.call, 64)}
    if has_lua:
        measures[f'{LUA}, 64'] = load(LuaPeer.call_on(stand), 64)
    if has_webhook:
        measures[WEBHOOK] = lambda: run_webhook(stand)
    measures[f'{LIMIT}, 512'] = load(stand.limit_call, 512)
    measures[f'{ACCEPTED}, 512'] = load(stand.call, 512)
    if has_lua:
        measures[f'{LUA}, 512'] = load(LuaPeer.call_on(stand), 512)
    return measures


def judge(report, runs):
    def compare(measure, above, below, least, form='{:.2f}'):
        if below not in runs:
            return
        quotient = ratio(runs[above], runs[below])
        report.goal(measure, form.format(quotient.median), quotient.text(form),
                    f'at least {form.format(least)}', quotient.median >= least)

    of_limit = f'of {LIMIT}'
    for refused in ('refused: unknown token, 64', 'refused: bad key, 64'):
        compare(f'{refused} connections, {of_limit}', refused, f'{LIMIT}, 64', 0.95)
    compare(f'{ACCEPTED}, 64 connections, {of_limit}', f'{ACCEPTED}, 64', f'{LIMIT}, 64', 0.38)
    p99 = spread_of(runs[f'{ACCEPTED}, 64'], 'p99')
    report.goal(f'{ACCEPTED}, 64 connections, p99', f'{p99.median:.1f} ms', p99.text('{:.1f}'),
                'under 4 ms', p99.median < 4)
    compare(f'{ACCEPTED}, 512 connections, {of_limit}', f'{ACCEPTED}, 512', f'{LIMIT}, 512', 0.65)
    compare('against nginx+Lua, 64 connections', f'{ACCEPTED}, 64', f'{LUA}, 64', 1.4, '{:.2f}x')
    compare('against nginx+Lua, 512 connections', f'{ACCEPTED}, 512', f'{LUA}, 512', 2.5, '{:.2f}x')
    compare('against Debian\'s webhook, 64 connections', f'{ACCEPTED}, 64', WEBHOOK, 5, '{:.1f}x')


def detail(report, runs):
    rows = []
    for name, these in runs.items():
        rate, p50, p99 = (spread_of(these, part) for part in ('rate', 'p50', 'p99'))
        rows.append((name, f'{rate.median:,.0f}', rate.text('{:,.0f}'), f'{p50.median:.2f}',
                     f'{p99.median:.2f}', sum(run.wrong for run in these)))
    report.table('The front door in absolute numbers',
                 ('measure', 'req/s', 'spread', 'p50 ms', 'p99 ms', 'wrong'), rows)


def measure(report):
    has_lua, has_webhook = LuaPeer.is_installed(), WebhookPeer.is_installed()
    if not has_lua:
        report.note('nginx+Lua is not measured: libnginx-mod-http-lua is not installed.')
    if not has_webhook:
        report.note('Debian\'s webhook is not measured: webhook is not installed.')
    with bench_stand.start(peer=LuaPeer if has_lua else None) as stand:
        runs = interleave(measures_on(stand, has_lua, has_webhook))
    judge(report, runs)
    detail(report, runs)
