#!/bin/bash
# Runs a command with a PostgreSQL of its own: a fresh cluster in a temporary folder, on loopback with a free port,
# stopped and removed afterwards whatever happens. YZ_TEST_PG tells the command where it is.
# usage: tools/with-postgres.sh COMMAND [ARGUMENT...]          (returns the command's status)
# Works as root (the server then runs as the package's user, since it refuses root) and as anybody else.
set -u
[ $# -gt 0 ] || { sed -n '2,5s/^# //p' "$0" >&2; exit 64; }

# Debian keeps the server's programs outside PATH, one folder for each version.
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
[ -n "$bin" ] && [ -x "$bin/initdb" ] || { echo "with-postgres: no /usr/lib/postgresql/*/bin/initdb; install the package postgresql" >&2; exit 69; }

# The socket's path must stay short, so the folder is not put below a long TMPDIR.
dir=$(mktemp -d /tmp/yz-pg.XXXXXX) || exit 73
child=
as_server=()
if [ "$(id -u)" = 0 ]; then
  owner=postgres
  id "$owner" >/dev/null 2>&1 || owner=nobody
  chown "$owner" "$dir"
  as_server=(setpriv --reuid "$owner" --regid "$(id -g "$owner")" --clear-groups env "HOME=$dir")
fi

server() { (cd "$dir" && "${as_server[@]}" "$bin/$1" "${@:2}"); }

finish() {
  trap - EXIT INT TERM HUP
  [ -f "$dir/data/postmaster.pid" ] && server pg_ctl -D "$dir/data" -m immediate -w stop >/dev/null 2>&1
  rm -rf "$dir"
}
trap finish EXIT
# The command has its own process group; it ends first, then the server.
stop() { [ -n "$child" ] && kill -TERM -- "-$child" 2>/dev/null; }
trap 'stop; [ -n "$child" ] || exit 130' INT TERM HUP

password=$(head -c 12 /dev/urandom | od -An -tx1 | tr -d ' \n')
(umask 077; printf '%s\n' "$password" > "$dir/password")
[ ${#as_server[@]} -eq 0 ] || chown "$owner" "$dir/password"
server initdb -D "$dir/data" -U yizheng --pwfile="$dir/password" --auth=scram-sha-256 -E UTF8 --locale=C.UTF-8 \
  --no-instructions > "$dir/initdb.log" 2>&1 || { cat "$dir/initdb.log" >&2; exit 70; }
# The tests kill our program, never the database or the power, so its files need not reach the disk each time
# (make soak says YZ_PG_FSYNC=on). The rest is kept small.
cat >> "$dir/data/postgresql.conf" <<CONF
listen_addresses = '127.0.0.1'
unix_socket_directories = '$dir'
max_connections = 120
shared_buffers = 16MB
max_wal_size = 128MB
min_wal_size = 32MB
dynamic_shared_memory_type = posix
log_min_messages = fatal
fsync = ${YZ_PG_FSYNC:-off}
synchronous_commit = on
CONF

# No way to reserve a port for another program: take one, and another one when it is in use.
started=no
for _ in 1 2 3 4 5 6 7 8 9 10; do
  port=$((20000 + $(od -An -N2 -tu2 /dev/urandom) % 12000))
  if server pg_ctl -D "$dir/data" -l "$dir/server.log" -o "-p $port" -w -t 60 start >/dev/null 2>&1; then
    started=yes
    break
  fi
  grep -qi 'address already in use\|could not bind\|could not create any TCP' "$dir/server.log" || break
done
[ "$started" = yes ] || { cat "$dir/server.log" >&2; exit 70; }
PGPASSWORD=$password "$bin/createdb" -h 127.0.0.1 -p "$port" -U yizheng yizheng || exit 70
export YZ_TEST_PG="postgres://yizheng:$password@127.0.0.1:$port/yizheng"

# With job control the command keeps its signals, and its whole group can be ended.
set -m
"$@" <&0 &
child=$!
set +m
wait "$child"
status=$?
while kill -0 "$child" 2>/dev/null; do
  wait "$child"
  status=$?
done
exit "$status"
