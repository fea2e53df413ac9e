#!/bin/sh
# A lost telephone: from the next contact on nothing is taken from it; what it brought stays.
. "${ROOT:-$(dirname "$0")/../..}/tests/e2e/lib.sh"

province p
serve p "127.0.0.1:$PORT"
node p o 90006 "127.0.0.1:$PORT"
cy o sync >/dev/null
node o lost 90006-01 "127.0.0.1:$((PORT + 1))"
node o other 90006-01 "127.0.0.1:$((PORT + 1))"
serve o "127.0.0.1:$((PORT + 1))"
cy lost add household number=1 >/dev/null
cy lost sync >/dev/null
cy other sync >/dev/null
number=$(cy lost status --json | field node)

cy o node revoke "$number" >/dev/null
cy o node list >nodes
has nodes "$number.*revoked"
# clocks are told in seconds: what it writes from the next one on is later
revoked=$(date +%s)
next_second() {
	[ "$(date +%s)" -gt "$revoked" ]
}
within "the next second" next_second
cy lost add household number=2 >/dev/null
fails 1 "revoked.*new invite" cy lost sync
fails 1 "no node 9.9" cy o node revoke 9.9
fails 2 "is not a node" cy o node revoke nonsense

# by way of a stick neither: what it wrote afterwards is refused, and the office says so
cy lost pack write stick >/dev/null
fails 1 "not all was taken.*revoked" cy o pack read stick
cy o quarantine >list
has list "refused.*$number.*revoked"
cy other sync >/dev/null
cy other list household --json >households
lacks households '"number": *2'
has households '"number": *1'
same "the others agree" "$(hash other 90006-01 open)" "$(hash o 90006-01 open)"

cy o node rename "$number" 'Máy đã mất' >/dev/null
cy o sync >/dev/null
cy p node list >nodes
has nodes 'Máy đã mất.*revoked'
