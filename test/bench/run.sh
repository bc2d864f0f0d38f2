#!/usr/bin/env bash
# Every figure of the README, measured here in one go; `run.sh --help` says how to measure less.
set -euo pipefail
cd "$(dirname "$0")/../.."
exec python3 test/bench/bench.py "$@"
