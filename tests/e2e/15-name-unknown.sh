#!/bin/sh
# Unknown units, forms, questions, records are named with what to do (status 1); wrong usage is status 2.
. "${ROOT:-$(dirname "$0")/../..}/tests/e2e/lib.sh"

fails 1 'init|join' cy nowhere list household
[ ! -e nowhere ] || fail "a home was made by looking at it"
province p
before=$(hash p 90 open)

fails 1 '90006-99' cy p add household number=1 --unit 90006-99
fails 1 '90006-99' cy p report coverage --unit 90006-99
fails 1 '90006-99' cy p verify --unit 90006-99
fails 1 '90006-99' cy p invite --unit 90006-99
fails 1 'houshold.*household' cy p list houshold
fails 1 'houshold' cy p add houshold number=1 --unit 90006-01
fails 1 'colour' cy p add household number=1 colour=red --unit 90006-01
fails 1 'colour' cy p list household --columns number,colour
fails 1 'number' cy p add household --unit 90006-01 persons=3
fails 1 'persons.*many|many.*persons' cy p add household number=1 persons=many --unit 90006-01
fails 1 'kind' cy p add team kind=district members=1 trained=1 --unit 90006-01
fails 1 '999' cy p edit household:999 persons=1 --unit 90006-01
fails 1 '1-99999' cy p show 1-99999

fails 2 'listt' cy p listt
fails 2 'help' cy p list
fails 2 'help' cy p add
fails 2 'colour' cy p list household --colour red
fails 2 'help' cy p list household --limit many
fails 2 'help' cy p unit frobnicate
fails 2 'help' cy p unit add --parent
same "nothing was written" "$before" "$(hash p 90 open)"
