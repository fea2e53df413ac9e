#!/bin/sh
# Two devices change the same answers apart; each conflict is shown, and settled in each of three ways, everywhere.
. "${ROOT:-$(dirname "$0")/../..}/tests/e2e/lib.sh"

province p
serve p "127.0.0.1:$PORT"
node p a 90006-01 "$ADDR"
node p b 90006-01 "$ADDR"
cy a sync >/dev/null
cy b sync >/dev/null
for number in 1 2 3; do
	cy a add household number=$number persons=3 head="Vũ An $number" >/dev/null
done
cy a sync >/dev/null
cy b sync >/dev/null
cy a conflicts >none
has none '^no conflicts$'
for number in 1 2 3; do
	cy a edit household:$number persons=4 >/dev/null
done
cy a sync >/dev/null
sleep 1
for number in 1 2 3; do
	cy b edit household:$number persons=5 >/dev/null
done
cy b sync >/dev/null
cy a sync >/dev/null
open() { # HOME
	cy "$1" --json conflicts | tr '{' '\n' | grep -c '"lost":' || true
}
persons() { # HOME NUMBER
	cy "$1" --json list household --unit 90006-01 | tr '{' '\n' | grep "\"number\": *$2," | field persons
}
for home in a b p; do
	same "open at $home" 3 "$(open $home)"
	same "household 1 at $home" 5 "$(persons $home 1)"
done

id=$(cy a --json show household:1 | field id)
cy a conflicts show "$id" >shown
has shown "^$id +household +persons +5 .* 4 "
fails 2 'which RECORD' "$CAYDA" --home a conflicts keep "$id"
fails 2 'which RECORD' "$CAYDA" --home a conflicts set "$id" persons
fails 2 "what is 'drop'" "$CAYDA" --home a conflicts drop "$id"
fails 1 'no question person; did you mean persons' "$CAYDA" --home a conflicts keep "$id" person
fails 1 'no open conflict about number' "$CAYDA" --home a conflicts keep "$id" number
fails 1 'lost the value 9' "$CAYDA" --home a conflicts take "$id" persons 9
fails 1 'persons' "$CAYDA" --home a conflicts set "$id" persons many
fails 1 'no team member' "$CAYDA" --home a conflicts keep "$id" persons --person "$id"
same "nothing settled by failures" 3 "$(open a)"

cy a conflicts keep household:1 persons >kept
has kept "^persons of $id is 5. Conflicts settled: 1.$"
cy b --json conflicts take household:2 persons >taken
same "settled" 1 "$(field settled taken)"
cy p conflicts set household:3 persons 6 --unit 90006-01 >/dev/null
fails 1 'no open conflict' "$CAYDA" --home a conflicts keep household:1 persons
for home in a b a; do
	cy $home sync >/dev/null
done
for home in a b p; do
	same "open at $home" 0 "$(open $home)"
	same "household 1 at $home" 5 "$(persons $home 1)"
	same "household 2 at $home" 4 "$(persons $home 2)"
	same "household 3 at $home" 6 "$(persons $home 3)"
	cy $home --json conflicts --all | tr '{' '\n' >all
	same "still different at $home" 2 "$(grep -c '"settled": *true' all)"
	same "a and $home" "$(hash a 90006-01 open)" "$(hash $home 90006-01 open)"
done
differ "the two languages" "$(cy a conflicts --help)" "$(cy a --lang vi conflicts --help)"
