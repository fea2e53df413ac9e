#!/bin/sh
# Joined with no network, recorded for days, enrolled at last: everything recorded before counts.
. "${ROOT:-$(dirname "$0")/../..}/tests/e2e/lib.sh"

province p
node p d 90006-01 "127.0.0.1:$PORT"
draw data 1 --visits 30
cy d import household data/households.csv
cy d import visit data/visits.csv
cy d add training held_on=2022-10-09 topic=safety attendees=12 >/dev/null
cy d edit household:1 persons=9
cy d list visit >/dev/null
cy d status --json >status.json
differ "pending" 0 "$(field pending status.json)"
cy d verify >/dev/null
before=$(hash d 90006-01 open)

serve p "127.0.0.1:$PORT"
cy d sync
same "device before and after" "$before" "$(hash d 90006-01 open)"
same "device and office" "$(hash d 90006-01 open)" "$(hash p 90006-01 open)"
cy d status --json >status.json
same "pending" 0 "$(field pending status.json)"
awk '$1 == "fibre" {print $1, $2, $3}' data/counts.tsv >counted
cy p --json report coverage --unit 90006-01 >report.json
figures report.json | grep '^fibre ' >reported
cmp counted reported || fail "the report says $(cat reported), counted were $(cat counted)"

# what the province adds from now on reaches the device, as the forms did
cy p unit add --parent 90006 --code 90006-07 --name 'Thôn Bảy' >/dev/null
cy d sync
cy d unit list 90006 >units
has units 'Thôn Bảy'
