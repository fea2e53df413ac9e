#!/bin/sh
# A home that is no node yet serves pages that take an invite; then it is that node's agent, for who was in already.
. "${ROOT:-$(dirname "$0")/../..}/tests/e2e/lib.sh"
. "$ROOT/tests/e2e/pages.sh"

province p
WEB=$((PORT + 1)) serve p "127.0.0.1:$PORT"
cy p invite --unit 90006-01 --name 'Máy thôn 1' --address "$ADDR" >invite
invite=$(grep -Eio 'cayda:[a-z2-7]+' invite | head -n 1)

wait_for_invite() {
	: >d.log
	"$CAYDA" --home d run --web $((PORT + 2)) >>d.log 2>&1 </dev/null &
	SERVERS="$SERVERS d:$!"
	within "the home waits for an invite" grep -q 'no node yet' d.log
}
fails 1 "start with 'cayda join'" cy d run --web off
fails 1 "start with 'cayda join'" cy d run --listen 127.0.0.1:0
wait_for_invite
enter d
same "the pages without a cookie" 401 "$(curl -s -o reply -w '%{http_code}' "$BASE/")"
ask 200 GET /
ask 200 GET /api/status
same "role" none "$(field role reply)"
ask 404 GET /api/records?form=household
ask 404 GET /api/events
ask 400 POST /api/join '{"invite": "CAYDA:NOTHING"}'
has reply '"error"'
ask 400 POST /api/join '{"invite": 7}'
ask 400 POST /api/join 'invite'
same "joining without a word of who asks" 403 "$(curl -s -o reply -w '%{http_code}' -b d.jar -H 'Content-Type: application/json' -d "{\"invite\": \"$invite\"}" "$BASE/api/join")"
fails 1 "start with 'cayda join'" cy d status

# told to stop, it stops; a killed one goes on waiting, for who was in
stop d
wait_for_invite
enter d
stop d KILL
wait_for_invite
ask 200 GET /api/status

ask 201 POST /api/join "{\"invite\": \" $invite \", \"name\": \"Máy của Lan\"}"
has reply '"unit":"90006-01"'
JOINED="$BASE/api/status"
is_in() {
	curl -s -o reply -b d.jar "$JOINED" && grep -q '"role":"device"' reply
}
within "the agent goes on as the node's" is_in
same "name" 'Máy của Lan' "$(field name reply)"
ask 409 POST /api/join "{\"invite\": \"$invite\"}"
ask 201 POST '/api/record?form=household' '{"number": 1, "head": "Nguyễn Thị Hoa", "persons": 3}'
arrived() {
	cy p list household --unit 90006-01 --columns number | grep -q '^ *1$'
}
within "what was recorded arrives" arrived
