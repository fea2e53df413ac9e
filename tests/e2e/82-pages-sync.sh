#!/bin/sh
# Sync from a page, its events, and reports; with 200 slow clients at the door of both agents it all goes on.
. "${ROOT:-$(dirname "$0")/../..}/tests/e2e/lib.sh"
. "$ROOT/tests/e2e/pages.sh"

gcc -o crowd "$ROOT/tests/e2e/crowd.c"
province p
WEB=$((PORT + 1)) serve p "127.0.0.1:$PORT"
node p d 90006-01 "$ADDR"
WEB=$((PORT + 2)) run d
enter p
P=$BASE
enter d
synced() {
	curl -s -o state -b d.jar "$BASE/api/sync"
	grep -q '"under_way":false' state && grep -q '"ended_ms"' state
}
within "the first sync has ended" synced

listen() { # NAME BASE: its events go to NAME.events
	curl -s -N -o "$1.events" -b "$1.jar" "$2/api/events" &
	SERVERS="$SERVERS events-$1:$!"
	within "the stream of $1 begins" grep -q 'event: records' "$1.events"
}
listen d "$BASE"
listen p "$P"

crowd() { # NAME BASE
	: >"crowd-$1.log"
	./crowd "${2##*:}" 200 >"crowd-$1.log" 2>&1 &
	SERVERS="$SERVERS crowd-$1:$!"
	within "the crowd of $1 is there" grep -q there "crowd-$1.log"
}
crowd d "$BASE"
crowd p "$P"

# what is recorded, here or beside the page, is told; the sync that the page asks for brings it up
: >d.events
cy d add household number=1 persons=4 >/dev/null
within "a record made beside the page is told" grep -q 'event: records' d.events
ask 201 POST '/api/record?form=household' '{"number": 2, "persons": 3}'
ask 202 POST /api/sync '{}'
has reply '"under_way":true'
: >p.events
within "the sync ends" synced
has state '"error":null'
within "both have arrived" sh -c "'$CAYDA' --home p list household --unit 90006-01 --columns number | grep -q '^ *2$'"
within "the province's page is told" grep -q 'event: records' p.events
within "the device's page is told of the sync" grep -q '"under_way":false' d.events
ask 200 GET /api/status
same "received there" 2 "$(field records_at_parent reply)"

stop crowd-d KILL
stop crowd-p KILL

# without an office it fails, and says so
stop p
stop d
run d
enter d
ask 202 POST /api/sync '{}'
failed() {
	synced && grep -q '"error":"' state
}
within "the failure is told" failed
curl -s -o reply -b d.jar -H 'Accept-Language: vi' "$BASE/status"
has reply 'class="bad"'

# reports, as they are and to take away
WEB=$((PORT + 1)) serve p "127.0.0.1:$PORT"
enter p
ask 403 POST /api/sync '{}'
ask 200 GET /api/reports
has reply '"kind":"coverage"'
lacks reply '"submit"'
ask 200 GET '/api/report/coverage?by=village&unit=90006'
cy p --json report coverage --by village --unit 90006 >wanted
cmp -s wanted reply || fail "another report than the command's: $(diff wanted reply | head -5)"
ask 200 GET '/api/report/coverage?format=csv&lang=en'
has reply 'hh4,ITU'
ask 200 GET '/api/report/coverage?format=xlsx'
same "a workbook" PK "$(head -c 2 reply)"
ask 400 GET '/api/report/coverage?by=street'
ask 400 GET '/api/report/coverage?as-of=yesterday'
ask 400 GET '/api/report/coverage?format=odt'
ask 404 GET /api/report/submit
ask 404 GET '/api/report/coverage?unit=nowhere'
has reply 'nowhere'

# more at once than are made at once, and some that nobody waits for: all come, one by one
for i in 1 2; do
	curl -s -o /dev/null --max-time 0.01 -b p.jar "$BASE/api/report/coverage?by=village&unit=90006" || true
done
asking=
for i in 1 2 3 4 5 6; do
	curl -s -o "many.$i" -b p.jar "$BASE/api/report/coverage?by=village&unit=90006" &
	asking="$asking $!"
done
ask 200 GET /api/status
wait $asking
for i in 1 2 3 4 5 6; do
	cmp -s wanted "many.$i" || fail "report $i of many: $(head -c 300 "many.$i")"
done
