#!/bin/sh
# Devices and offices that come back from an old backup: nothing is lost, no number is given twice.
. "${ROOT:-$(dirname "$0")/../..}/tests/e2e/lib.sh"

province p
serve p "127.0.0.1:$PORT"
node p o 90006 "127.0.0.1:$PORT"
cy o sync >/dev/null
node o d 90006-01 "127.0.0.1:$((PORT + 1))"
serve o "127.0.0.1:$((PORT + 1))"
cy d add household number=1 >/dev/null
cy d sync >/dev/null
cy d backup old-device >/dev/null
cy o backup old-office >/dev/null # while it runs
second=$(cy d add household number=2)
cy d sync >/dev/null

# the office restored: its device sends again what it lacks
fails 1 "stop that one first" cy o restore old-office
stop o
cy o restore old-office >/dev/null
fails 1 "no household 2|no .*2.* in|not" cy o show household:2 --unit 90006-01
serve o "127.0.0.1:$((PORT + 1))"
cy d add household number=3 >/dev/null
cy d sync >/dev/null
cy o show household:2 --unit 90006-01 >/dev/null
same "device and restored office" "$(hash d 90006-01 open)" "$(hash o 90006-01 open)"

# the device restored, recording before it has heard from its office: a number of its own
cy d restore old-device >/dev/null
[ -e d/cayda.db.before-restore ] || fail "the home before the restore was not kept"
offline=$(cy d add household number=4)
differ "ids" "$second" "$offline"
cy d sync >/dev/null
same "restored device and office" "$(hash d 90006-01 open)" "$(hash o 90006-01 open)"
cy d show household:2 >/dev/null
cy d show household:4 >/dev/null
cy d verify >/dev/null
cy o verify >/dev/null

# and rebuilt from its packs it is the same
before=$(hash d 90006-01 open)
cy d verify --rebuild >/dev/null
same "rebuilt" "$before" "$(hash d 90006-01 open)"

printf 'junk' >junk
fails 1 "not.*(copy|database)|damaged" cy d restore junk
fails 1 "missing" cy d restore missing
cy d show household:4 >/dev/null
