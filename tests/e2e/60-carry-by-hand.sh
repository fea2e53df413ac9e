#!/bin/sh
# A village without any network sends its records on a stick: they count like any others.
. "${ROOT:-$(dirname "$0")/../..}/tests/e2e/lib.sh"

province p
node p o 90006 "127.0.0.1:$PORT"
serve p "127.0.0.1:$PORT"
cy o sync >/dev/null
node o d 90006-01 "127.0.0.1:$((PORT + 1))"
serve o "127.0.0.1:$((PORT + 1))"
cy d sync >/dev/null
stop o
draw data 1 --visits 20
cy d import household data/households.csv >/dev/null
cy d import visit data/visits.csv >/dev/null

cy d pack write stick --since-last --json >written.json
cy o pack read stick --json >read.json
same "packs taken" "$(field packs written.json)" "$(field packs read.json)"
same "packs refused" 0 "$(field refused read.json)"
for class in open personal; do
	same "$class rows of device and office" "$(hash d 90006-01 $class)" "$(hash o 90006-01 $class)"
done
cy o pack read stick --json >again.json
same "packs taken the second time" 0 "$(field packs again.json)"
cy d pack write more --since-last --json >more.json
same "packs since last" 0 "$(field packs more.json)"

# the province's file holds no personal data
cy o pack write up --json >/dev/null
cy p pack read up >/dev/null
same "open rows of office and province" "$(hash o 90006 open)" "$(hash p 90006 open)"
cy p verify --json --unit 90006 >verify.json
same "personal rows at the province" 0 "$(verified personal rows)"

# a damaged stick: what stands before the damage is taken, and the message says what to do
size=$(wc -c <stick)
dd if=stick of=cut bs=1 count=$((size - 30)) 2>/dev/null
fails 1 "cut off or altered.*copy the file again" cy o pack read cut
printf 'not packs at all' >junk
fails 1 "not a file of packs" cy o pack read junk
fails 1 "missing.*(not there|No such file|not found)" cy o pack read missing
fails 2 "write FILE" cy o pack read

# another province's file is refused whole
cy q init --unit 91 --unit-name 'Tỉnh khác' >/dev/null
cy q pack write foreign >/dev/null
before=$(hash o 90006 open)
fails 1 "another province" cy o pack read foreign
same "rows after a foreign file" "$before" "$(hash o 90006 open)"
cy o verify >/dev/null
