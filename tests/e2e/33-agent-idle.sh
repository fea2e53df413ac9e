#!/bin/sh
# An idle agent uses no CPU: it does not wake once in ten seconds, also with a device's session still open.
. "${ROOT:-$(dirname "$0")/../..}/tests/e2e/lib.sh"

wakes() { # PID: how often it waited for something
	awk '/^voluntary_ctxt/ {print $2}' "/proc/$1/status"
}
rests() { # the sync's last chores, seconds later, are done
	rests_before=$(wakes "$pid")
	sleep 5
	[ "$(wakes "$pid")" = "$rests_before" ]
}
province p
serve p "127.0.0.1:$PORT"
node p d 90006-01 "$ADDR"
cy d add household number=1 >/dev/null
cy d sync
pid=$(pid_of p)
case $(head -c 2 "$CAYDA") in
'#!') echo "an emulator runs it: what it does is not the program's" ;;
*)
	within "the agent comes to rest" rests
	before=$(wakes "$pid")
	sleep 10
	same "wakes in 10 s" 0 $(($(wakes "$pid") - before))
	;;
esac
alive "$pid" || fail "the agent ended"
