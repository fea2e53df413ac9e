#!/bin/sh
# A full disk: one clear line, nothing that was saved is lost, and work goes on once there is room.
. "${ROOT:-$(dirname "$0")/../..}/tests/e2e/lib.sh"
full() { # leaves room for a little more
	if [ "$PRIVATE" = mounts ]; then
		dd if=/dev/zero of=disk/filler bs=1k 2>/dev/null \
			count=$(($(df -k --output=avail disk | tail -n 1) - 48)) || true
	else
		trap '' XFSZ
		ulimit -S -f $(($(wc -c <disk/d/cayda.db) / 512 + 32))
	fi
}
room() {
	if [ "$PRIVATE" = mounts ]; then rm disk/filler; else ulimit -S -f unlimited; fi
}
privately "$0" || true

province p
mkdir disk
[ "$PRIVATE" != mounts ] || mount -t tmpfs -o size=3m none disk
node p disk/d 90006-01 "127.0.0.1:$PORT"
draw data 1 --visits 250
cy disk/d import household data/households.csv >/dev/null
full

# records go in one by one until there is no room
n=1000
while cy disk/d add household number=$n >/dev/null 2>err.txt; do
	n=$((n + 1))
	[ $n -lt 1500 ] || fail "500 records went on a full disk"
done
same "lines of the message" 1 "$(wc -l <err.txt | tr -d ' ')"
has err.txt '^cayda: .*(free some space|read or written)'
fails 1 'free some space|read or written' cy disk/d import visit data/visits.csv
fails 1 'free some space|read or written' cy disk/d add household number=$n

room
cy disk/d verify >/dev/null || fail "damaged"
same "households that were saved" $((250 + n - 1000)) \
	"$(cy disk/d list household --columns number | grep -c '^ *[0-9]')"
cy disk/d list visit --columns household >list
visits=$(grep -c '^ *[0-9]' list || true)
[ "$visits" = 0 ] || fail "$visits visits of an import that failed"
cy disk/d add household number=$n >/dev/null
rm -f data/visits.rejected.csv
cy disk/d import visit data/visits.csv >/dev/null
serve p "127.0.0.1:$PORT"
cy disk/d sync
same "device and office" "$(hash disk/d 90006-01 open)" "$(hash p 90006-01 open)"
