#!/usr/bin/env bash
# Every figure of the README, measured here in one go. SECONDS_PER_RUN and RUNS shorten it.
set -euo pipefail
cd "$(dirname "$0")/../.."
for program in wrk nginx webhook; do
  command -v "$program" >/dev/null || { echo "bench: $program is missing (apt-get install wrk nginx webhook libnginx-mod-http-lua)"; exit 1; }
done
exec python3 test/bench/edge_bench.py "$@"
