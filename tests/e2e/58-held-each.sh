#!/bin/sh
# How far a record has travelled is told for each one: in list, show and status, with its last change.
. "${ROOT:-$(dirname "$0")/../..}/tests/e2e/lib.sh"

province p
serve p "127.0.0.1:$PORT"
node p c 90006 "$ADDR"
cy c sync >/dev/null
serve c "127.0.0.1:$((PORT + 1))"
node c d 90006-01 "$ADDR"
cy d sync >/dev/null
place() { # HOME NUMBER
	cy "$1" list household --unit 90006-01 --columns number,held | sed -n "s/^ *$2  *//p"
}
first=$(cy d add household number=1 head='Vũ An')
same "1, added" "only here" "$(place d 1)"
cy d sync >/dev/null
cy d add household number=2 head='Lê Dung' >/dev/null
same "1, synced" "at the commune" "$(place d 1)"
same "2, added" "only here" "$(place d 2)"
cy c sync >/dev/null
cy d sync >/dev/null
same "1, sent on" "at the province" "$(place d 1)"
same "2, synced" "at the commune" "$(place d 2)"
cy d list household >list
has list ' held$'
cy d show "$first" >shown
has shown 'has reached the province'
cy d --json status >status
same "made" 2 "$(field records status)"
same "at the parent" 2 "$(field records_at_parent status)"
same "at the root" 1 "$(field records_at_root status)"

cy d edit household:1 persons=4 >/dev/null
same "1, edited" "only here" "$(place d 1)"
same "2 beside it" "at the commune" "$(place d 2)"
cy d sync >/dev/null
cy c sync >/dev/null
cy c edit "$first" persons=5 >/dev/null # by the office: it has yet to send it
same "1 at the office" "only here" "$(place c 1)"
cy d sync >/dev/null
same "1, edited by the office" "at the commune" "$(place d 1)"
same "2" "at the province" "$(place d 2)"
cy c sync >/dev/null
cy d sync >/dev/null
same "1 in the end" "at the province" "$(place d 1)"
same "1 at the office in the end" "at the province" "$(place c 1)"
cy d --lang vi list household --columns number,held >vi
has vi 'đã ở tỉnh'
