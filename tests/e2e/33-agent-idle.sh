#!/bin/sh
# An idle agent uses no CPU: not a tick in ten seconds, also with a device's session still open.
. "${ROOT:-$(dirname "$0")/../..}/tests/e2e/lib.sh"

ticks() { # PID: of user and system time
	sed 's/.*) //' "/proc/$1/stat" | awk '{print $12 + $13}'
}
province p
serve p "127.0.0.1:$PORT"
node p d 90006-01 "$ADDR"
cy d add household number=1 >/dev/null
cy d sync
sleep 1
pid=$(pid_of p)
before=$(ticks "$pid")
sleep 10
after=$(ticks "$pid")
echo "$((after - before)) ticks in 10 s"
case $(head -c 2 "$CAYDA") in
'#!') echo "an emulator runs it: the figure is not asserted" ;;
*) same "ticks in 10 s" 0 $((after - before)) ;;
esac
alive "$pid" || fail "the agent ended"
