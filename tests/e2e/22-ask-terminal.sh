#!/bin/sh
# On a terminal `cayda add FORM` asks question by question; slips are told at once, Ctrl-D saves nothing.
. "${ROOT:-$(dirname "$0")/../..}/tests/e2e/lib.sh"

command -v script >/dev/null || exit 0
# typed ARGUMENT...: the program on a terminal of its own, stdin typed into it
typed() {
	script -qec "'$CAYDA' --home d $*" /dev/null >screen 2>&1
}

province p
node p d 90006-01 "127.0.0.1:$PORT"

# number (a word first), head, phone, address, address code, persons, day
printf '%s\n' seven 7 'Vũ Thị Lan' '' '' '' 4 '' | typed add household || fail "household: $(cat screen)"
has screen "'seven' is not a whole number"
cy d show household:7 --json >household.json
same "head" 'Vũ Thị Lan' "$(field head household.json)"
same "persons" 4 "$(field persons household.json)"
has household.json '"phone":null'

# a number that is taken, and a household that is not there, are told before the other questions
printf '%s\n' 7 8 '' '' '' '' '' '' | typed add household || fail "taken: $(cat screen)"
has screen '7 is there already'
printf '%s\n' 99 7 hôm\ nay '' 4 '?' 3 '' 2 '' K '' '' '' 1 1 '' '' '' '' '' '' '' '' '' '' '' |
	typed --lang vi add visit || fail "visit: $(cat screen)"
has screen 'Hộ gia đình 99 chưa có ở đây'
cy d list visit --json >visits.json
same "fibre, by the beginning of Không" 0 "$(field fibre visits.json)"
same "adults, after asking what is wanted" 3 "$(field adults visits.json)"

# what was given on the line is not asked again
printf '%s\n' 5 y | typed add team kind=village || fail "team: $(cat screen)"
lacks screen 'Kind'
cy d list team --json >team.json
same "trained" 1 "$(field trained team.json)"

# edit keeps, clears and changes; Ctrl-D leaves everything as it was
printf '%s\n' '' - 0101 '' '' 6 '' | typed edit household:7 || fail "edit: $(cat screen)"
cy d show household:7 --json >household.json
has household.json '"head":null'
same "phone" 0101 "$(field phone household.json)"
same "persons" 6 "$(field persons household.json)"
before=$(hash d 90006-01 open)
status=0
printf '%s\n' 9 Someone | typed add household || status=$?
same "status after Ctrl-D" 1 $status
has screen 'nothing was saved'
status=0
printf '%s\n' 9 Someone | typed edit household:7 || status=$?
same "status of edit after Ctrl-D" 1 $status
same "nothing was written" "$before" "$(hash d 90006-01 open)"
