#!/bin/sh
# Devices that come for the first time at the same moment are all enrolled, and all they recorded arrives.
. "${ROOT:-$(dirname "$0")/../..}/tests/e2e/lib.sh"

province p
serve p "127.0.0.1:$PORT"
draw data 1 --visits 60
syncing=
for d in a b c d; do
	node p $d 90006-01 "$ADDR"
done
awk 'NR == 1 || NR <= 16' data/households.csv >a.csv
awk 'NR == 1 || NR > 16 && NR <= 31' data/households.csv >b.csv
awk 'NR == 1 || NR > 31 && NR <= 46' data/households.csv >c.csv
awk 'NR == 1 || NR > 46' data/households.csv >d.csv
for d in a b c d; do
	cy $d import household $d.csv >/dev/null
done
for d in a b c d; do
	cy $d sync >$d-sync.log 2>&1 &
	syncing="$syncing $!"
done
for pid in $syncing; do
	wait "$pid" || fail "a sync of four at once failed"
done
for d in a b c d; do
	cy $d sync
done
same "households" 60 "$(cy p list household --unit 90006-01 --columns number | grep -c '^ *[0-9]')"
for d in a b c d; do
	same "$d and office" "$(hash p 90006-01 open)" "$(hash $d 90006-01 open)"
done
