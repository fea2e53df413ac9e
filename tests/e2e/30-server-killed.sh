#!/bin/sh
# The office is killed in the middle of a sync and started again: that sync goes on by itself and ends well. The
# device is killed: its next sync goes on. All arrives, none twice.
. "${ROOT:-$(dirname "$0")/../..}/tests/e2e/lib.sh"

province p
serve p "127.0.0.1:$PORT"
node p d 90006-01 "$ADDR"
cy d sync
draw data 1 --visits 250
cy d import household data/households.csv >/dev/null
grown() { # FILE SIZE: it is longer than that, or the sync is over
	[ "$(wc -c <"$1" 2>/dev/null || echo 0)" -gt "$2" ] || ended "$syncing"
}
broken=0
for round in 1 2 3 4 5; do
	for again in 1 2 3 4; do
		cy d import visit data/visits.csv >/dev/null
	done
	wal=$(wc -c <p/cayda.db-wal 2>/dev/null || echo 0)
	"$CAYDA" --home d sync >sync-$round.log 2>&1 &
	syncing=$!
	SERVERS="$SERVERS sync:$syncing"
	[ $round = 5 ] || while ! grown p/cayda.db-wal "$wal"; do :; done
	alive $syncing && broken=$((broken + 1))
	if [ $round = 4 ]; then # this time it is the device that dies
		kill -KILL $syncing 2>/dev/null || true
		wait $syncing || true
	else
		stop p KILL
		serve p "127.0.0.1:$PORT"
		within "the sync ends" ended $syncing
		# in the last round nobody listened yet
		wait $syncing || [ $round = 5 ] || fail "the sync gave up: $(cat sync-$round.log)"
	fi
	SERVERS=$(echo "$SERVERS" | sed "s/ sync:$syncing//")
done
echo "$broken of 5 syncs were cut"
[ $broken -gt 0 ] || fail "no sync was cut: nothing was tested"
cy d sync
cy p verify >/dev/null
same "visits" 5000 "$(cy p list visit --unit 90006-01 --columns household | grep -c '^ *[0-9]')"
same "device and office" "$(hash d 90006-01 open)" "$(hash p 90006-01 open)"
cy d --json sync >again.json
same "packs sent again" 0 "$(field packs_sent again.json)"
