#!/usr/bin/env bash
# Starts the engine and nginx in the foreground, as `make run` does, and stops both on Ctrl-C.
# Obeys PORT, STATE_DIR, DEMO and BUILD. Root gives every process the least user that it needs.
set -euo pipefail

conf=$(cd "$(dirname "$0")" && pwd)
port=${PORT:-8080}
build=$(realpath "${BUILD:-build}")
default_state=$build/run
state=$(realpath -m "${STATE_DIR:-$default_state}")
user_line="" as_engine=()

say() { echo "tripgate: $*"; }

can_enter() { setpriv --reuid="$1" --regid="$1" --init-groups test -x "$2"; }

make_user() {  # name, supplementary group
  id "$1" >/dev/null 2>&1 && return
  say "creating the system user $1"
  useradd --system --home-dir /nonexistent --shell /usr/sbin/nologin --user-group "$1"
}

# Design section 2, "Who owns what": the engine is tripgate, workers are www-data in its group, and
# steps are tripgate-run. The engine keeps just the capabilities that a change of user takes.
prepare_as_root() {
  make_user tripgate
  make_user tripgate-run
  user_line="user www-data tripgate;"
  mkdir -p "$state"
  if ! can_enter www-data "$state" && [ "$state" = "$default_state" ]; then
    state=/var/lib/tripgate/run
    say "www-data cannot reach $default_state, so the state is in $state"
  fi
  mkdir -p "$state"
  can_enter www-data "$state" || { say "www-data cannot reach $state"; exit 1; }
  programs=$state/bin  # the checkout may be closed to these users as well
  install -d -m 0755 "$programs"
  install -m 0755 "$build/tripgate" "$build/tripgate-step" "$build/tripgate-call" "$programs"
  chown tripgate:tripgate "$state"
  chmod 0751 "$state"
  as_engine=(setpriv --reuid=tripgate --regid=tripgate --init-groups
             --inh-caps=-all,+setuid,+setgid,+kill --ambient-caps=-all,+setuid,+setgid,+kill)
}

# The shipped engine.yaml with this checkout's places; without root all is one user.
write_engine_yaml() {
  local users=(-e '/^worker_user:/d' -e '/^shared_group:/d' -e '/^step_user:/d')
  [ -z "$user_line" ] || users=()
  sed -E -e "s|^state_dir:.*|state_dir: $state|" -e "s|^edge_dir:.*|edge_dir: $state/edge|" \
      -e "s#^(intake|http)_socket:.*#\1_socket: $state/\1.sock#" \
      -e "s|^admin_socket:.*|admin_socket: $state/admin/admin.sock|" \
      -e "s|^public_url:.*|public_url: http://localhost:$port|" \
      -e "s|^step_program:.*|step_program: $programs/tripgate-step|" \
      ${users[@]+"${users[@]}"} "$conf/engine.yaml" >"$state/engine.yaml"
}

write_nginx_conf() {
  sed -e "s|@PORT@|$port|g" -e "s|@BUILD@|$build|g" -e "s|@STATE_DIR@|$state|g" \
      -e "s|@CONF@|$conf|g" -e "s|@USER@|$user_line|g" "$conf/nginx.conf" >"$state/nginx.conf"
}

# A dead engine is back within a second; usage errors (2) are for people to mend.
keep_engine() {
  local engine_pid="" status
  trap '[ -z "$engine_pid" ] || kill -INT "$engine_pid" 2>/dev/null; stopping=1' TERM INT
  stopping=0
  while [ $stopping = 0 ]; do
    "${as_engine[@]}" "$programs/tripgate" engine --config "$state/engine.yaml" &
    engine_pid=$!
    status=0; wait "$engine_pid" || status=$?
    [ $stopping = 0 ] || break
    [ $status != 2 ] || exit 2
    say "the engine ended ($status); starting it again"
    sleep 0.2
  done
  wait "$engine_pid" || true  # a trap ends the first wait before the engine ends
}

stop() {
  trap '' INT TERM
  say "stopping; running steps are aborted"
  kill -TERM "$nginx_pid" "$keeper_pid" 2>/dev/null || true
  wait "$nginx_pid" "$keeper_pid" || true
}

admin() { "${as_engine[@]}" "$programs/tripgate" "$@" --admin-socket "$state/admin/admin.sock"; }

wait_for_health() {
  for _ in $(seq 300); do
    curl -fsS -o /dev/null "http://127.0.0.1:$port/healthz" 2>/dev/null && return
    kill -0 "$nginx_pid" 2>/dev/null && kill -0 "$keeper_pid" 2>/dev/null || return 1
    sleep 0.1
  done
  return 1
}

# nginx may be first, but then its log begins with complaints that the engine is away.
wait_for_engine() {
  for _ in $(seq 100); do
    [ ! -S "$state/http.sock" ] || return 0
    kill -0 "$keeper_pid" 2>/dev/null || return 0
    sleep 0.1
  done
}

load_demo() {
  cp -r "$conf/demo" "$state/"  # readable for the engine's user
  chmod -R a+rX "$state/demo"
  admin apply -f "$state/demo"
  say "fire the demo trigger with:"
  admin curl Deploy_on_call -p publish
}

programs=$build
[ "$(id -u)" != 0 ] || prepare_as_root
mkdir -p "$state"
write_engine_yaml
write_nginx_conf

rm -f "$state/intake.sock" "$state/http.sock"
keep_engine &
keeper_pid=$!
trap 'kill -TERM "$keeper_pid"; wait "$keeper_pid"; exit 0' INT TERM
wait_for_engine
nginx -p "$state" -c "$state/nginx.conf" &
nginx_pid=$!
trap 'stop; exit 0' INT TERM
wait_for_health || { say "no health on port $port; see the messages above"; stop; exit 1; }

[ "${DEMO:-1}" = 0 ] || load_demo
say "web UI: http://localhost:$port/ng/ (not in this version yet)"
say "admin token: $state/admin.token"
say "ready on port $port; Ctrl-C stops"
status=0; wait "$nginx_pid" || status=$?  # 0 when Ctrl-C reached nginx first
stop
exit $status
