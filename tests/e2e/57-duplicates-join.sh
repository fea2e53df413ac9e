#!/bin/sh
# One household recorded on two devices: proposed, joined, counted once everywhere, listed once; and taken apart again.
. "${ROOT:-$(dirname "$0")/../..}/tests/e2e/lib.sh"

province p
serve p "127.0.0.1:$PORT"
node p c 90006 "$ADDR"
cy c sync >/dev/null
serve c "127.0.0.1:$((PORT + 1))"
node c a 90006-01 "$ADDR"
node c b 90006-01 "$ADDR"
ones=$(cy a add household number=1 head='Nguyễn Thị Hoa' address='Số 5, ngõ 3')
others=$(cy b add household number=1 head='nguyen thi hoa' address='so 5 ngo 3')
third=$(cy b add household number=2 head='Vũ An' address='Ngõ 4')
visit() { # HOME HOUSEHOLD DAY SMARTPHONES
	cy "$1" add visit household="$2" surveyed_on="$3" persons=4 adults=2 smartphones="$4" fibre=1 eid=1 bank=1 >/dev/null
}
visit a "$ones" 2026-10-01 1
visit b "$others" 2026-11-01 3
visit b "$third" 2026-11-01 2
all() {
	for all_turn in 1 2; do
		cy a sync >/dev/null
		cy b sync >/dev/null
		cy c sync >/dev/null
	done
}
all
report() { # HOME
	cy "$1" --json report coverage --unit 90006-01 >report.json
	figures report.json
}
before=$(report p)
cy c duplicates >proposed
same "proposals" 1 "$(grep -c "$ones.*$others" proposed)"
has proposed "90006-01 +$ones +1 +Nguyễn Thị Hoa +$others +1 +nguyen thi hoa +Address, Head of household"
cy c --json duplicates | tr -d '\n' >proposed.json
has proposed.json '"same":\["address","head"\]'
cy p duplicates >none
has none '^no duplicates$'
fails 2 'which two' "$CAYDA" --home c duplicates merge "$ones"
fails 2 'what is .drop' "$CAYDA" --home c duplicates drop "$ones"
fails 1 'named twice' "$CAYDA" --home c duplicates merge "$ones" "$ones"
fails 1 'no record 9.9-9' "$CAYDA" --home c duplicates merge "$ones" 9.9-9
fails 1 'not joined' "$CAYDA" --home c duplicates undo "$ones"

cy c duplicates merge "$ones" "$others" >joined
has joined "^$ones stands for $others too"
fails 1 'joined already' "$CAYDA" --home c duplicates merge "$others" "$ones"
all
for home in a b c; do
	cy $home duplicates >none
	has none '^no duplicates$'
done
for home in a b c p; do
	report $home >joined.$home
	has joined.$home '^smartphone 5 8$'
	has joined.$home '^fibre 2 2$'
	same "households at $home" 2 "$(cy $home --json list household --unit 90006-01 | grep -o '"id":' | wc -l | tr -d ' ')"
	same "all at $home" 3 "$(cy $home --json list household --unit 90006-01 --joined | grep -o '"id":' | wc -l | tr -d ' ')"
	cy $home show "$others" >shown
	has shown "^$ones stands for it"
	cy $home --json show "$others" >shown
	same "stands for it" "$ones" "$(field same_as shown)"
done
cy b --lang vi duplicates undo "$others" >undone
has undone "$others"
all
for home in a b c p; do
	same "report at $home after undo" "$before" "$(report $home)"
done
cy a duplicates differ "$ones" "$others" >/dev/null
all
cy c duplicates >none
has none '^no duplicates$'
same "a and p" "$(hash a 90006-01 open)" "$(hash p 90006-01 open)"
