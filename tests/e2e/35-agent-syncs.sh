#!/bin/sh
# The agent sends what is recorded beside it; `cayda sync` asks it, and finds its session alive: no handshake.
. "${ROOT:-$(dirname "$0")/../..}/tests/e2e/lib.sh"

province p
serve p "127.0.0.1:$PORT"
node p d 90006-01 "$ADDR"
run d
listed() { # HOME NUMBER
	cy "$1" list household --unit 90006-01 --columns number | grep -q "^ *$2$"
}
cy d add household number=1 >/dev/null
within "the first record arrives by itself" listed p 1
cy d add household number=2 >/dev/null
within "the next one, too" listed p 2

cy d --json sync >idle.json
cy d --json sync >idle.json
same "up to date" true "$(field up_to_date idle.json)"
same "round trips" 1 "$(field rounds idle.json)"
bytes=$(($(field bytes_sent idle.json) + $(field bytes_received idle.json)))
[ $bytes -le 300 ] || fail "a sync with nothing to say takes $bytes bytes"

# with no data left it waits to be asked
cy d sync --budget 1B >/dev/null
has_budget=$(cy d --json sync --estimate | field budget)
same "budget" 1 "$has_budget"
cy d add household number=3 >/dev/null
[ "$(cy d --json sync --estimate | field to_send)" -gt 0 ] || fail "nothing is said to be sent"
cy d --json sync >asked.json
same "packs sent" 1 "$(field packs_sent asked.json)"
listed p 3 || fail "what was asked for did not arrive"
fails 1 '12 apples' cy d sync --budget '12 apples'
cy d sync --budget none >/dev/null

# the office goes and comes back: the session is made anew, and what was recorded meanwhile arrives
stop p
cy d add household number=4 >/dev/null
serve p "127.0.0.1:$PORT"
within "what was recorded meanwhile arrives" cy d sync
within "and is there" listed p 4
stop d
[ ! -e d/agent.sock ] || fail "the agent leaves its socket behind"
same "device and office" "$(hash d 90006-01 open)" "$(hash p 90006-01 open)"
