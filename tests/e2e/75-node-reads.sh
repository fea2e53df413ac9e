#!/bin/sh
# The npm package coap, which is not ours either, reads coverage from the plain endpoint on the loopback. It is left
# out where there is no npm.
. "${ROOT:-$(dirname "$0")/../..}/tests/e2e/lib.sh"

command -v node >npm.log && command -v npm >>npm.log || {
	echo "left out: it needs node and npm"
	exit 0
}
cp "$ROOT"/tests/e2e/coap/package*.json .
npm ci --silent --no-audit --no-fund >npm.log 2>&1 || {
	echo "left out: npm cannot fetch the package"
	exit 0
}
province p
: >p.log
plain=$((PORT + 1))
"$CAYDA" --home p --json run --listen "127.0.0.1:$PORT" --plain "127.0.0.1:$plain" >>p.log 2>&1 </dev/null &
SERVERS="$SERVERS p:$!"
within "server of p listens" listening p $!
cp "$ROOT/tests/e2e/coap/read.js" .
timeout 20 node read.js "$plain" >read.json || fail "it reads nothing: $(cat read.json)"
has read.json '"unit":"90"'
has read.json '"code":"smartphone"'
