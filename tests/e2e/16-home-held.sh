#!/bin/sh
# A home that another process holds: the writer says so after a while; a second agent is refused at once.
. "${ROOT:-$(dirname "$0")/../..}/tests/e2e/lib.sh"

province p
node p d 90006-01 "127.0.0.1:$PORT"
cy d add household number=1 >/dev/null
before=$(hash d 90006-01 open)

gcc -o hold "$ROOT/tests/e2e/hold.c"
hold() { # HOME: its write lock, until `stop hold KILL`
	: >hold.log
	./hold "$1/cayda.db-shm" >>hold.log &
	SERVERS="$SERVERS hold:$!"
	within "the lock is held" grep -q held hold.log
}
hold d
fails 1 'd is in use by another process' cy d add household number=2
stop hold KILL
same "rows after the refusal" "$before" "$(hash d 90006-01 open)"
cy d add household number=2 >/dev/null

# the same beside an agent that has the database open
serve p "127.0.0.1:$PORT"
hold p
fails 1 'p is in use by another process' cy p unit add --parent 90006 --code 90006-40 --name 'Thôn mới'
stop hold KILL
cy d sync
stop p

# the agent runs: others may read and write beside it, but not be a second agent
serve p "127.0.0.1:$PORT"
fails 1 'another|already|holds' timeout 20 "$CAYDA" --home p run --listen "127.0.0.1:$((PORT + 1))"
cy p unit add --parent 90006 --code 90006-50 --name 'Thôn mới' >/dev/null
cy d sync
stop p

# two homes on one port
province q
serve p "127.0.0.1:$PORT"
fails 1 "$PORT" timeout 20 "$CAYDA" --home q run --listen "127.0.0.1:$PORT"
