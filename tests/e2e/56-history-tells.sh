#!/bin/sh
# Who changed what, when, in the order of time, the same at the office; what is not sent says so.
. "${ROOT:-$(dirname "$0")/../..}/tests/e2e/lib.sh"

province p
serve p "127.0.0.1:$PORT"
node p a 90006-01 "$ADDR"
cy a sync >/dev/null
cy a add member name='Chị Hoa' >/dev/null
member=$(cy a --json list member | field id)
id=$(cy a add household number=12 head='Vũ An' persons=3 --person "$member")
cy a history household:12 >before
has before '^[-0-9]+ [:0-9]+ +[0-9.]+ .*, Chị Hoa +recorded +not sent yet$'
has before ' head +Vũ An$'
cy a sync >/dev/null
sleep 1
cy p edit "$id" persons=4 >/dev/null
cy a sync >/dev/null
cy a edit household:12 persons=5 >/dev/null
cy a history "$id" >after
same "answers and changes" 6 "$(grep -cE ' (number|head|persons|registered_on) ' after)"
has after ' persons +3 +4'
has after ' persons +4 +5 +not sent yet$'
same "not sent" 1 "$(grep -c 'not sent yet' after)"
cy a sync >/dev/null
cy p --json history "$id" >p.json
cy a --json history "$id" >a.json
same "changes at both" "$(grep -o '"question":"persons","old":[^}]*' a.json)" \
	"$(grep -o '"question":"persons","old":[^}]*' p.json)"
lacks p.json 'Vũ An'
has a.json 'Vũ An'
fails 1 "there is no record 9.9-9" "$CAYDA" --home a history 9.9-9
fails 1 "not a record id" "$CAYDA" --home a history twelve
fails 1 "number 99" "$CAYDA" --home a history household:99
fails 2 "which record" "$CAYDA" --home a history
differ "the two languages" "$(cy a history "$id")" "$(cy a --lang vi history "$id")"
