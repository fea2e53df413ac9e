#!/bin/sh
# The village's list: every household a line, with the day of its last visit; and what was recorded about one of them.
. "${ROOT:-$(dirname "$0")/../..}/tests/e2e/lib.sh"
. "$ROOT/tests/e2e/pages.sh"

province p
WEB=$((PORT + 1)) serve p "127.0.0.1:$PORT"
node p d 90006-01 "$ADDR"
for n in 1 2 3; do
	cy d add household number=$n head="Chủ hộ $n" phone=0100000$n persons=3 >/dev/null
done
visit() { # HOUSEHOLD DAY
	cy d add visit household="$1" surveyed_on="$2" persons=3 adults=2 smartphones=2 fibre=0 eid=1 bank=1 >/dev/null
}
visit 1 2026-03-05
visit 1 2026-10-09
visit 1 2026-07-01
visit 3 2026-08-11
run d
enter d
line() { # KEY: its line of the answer, in one
	tr -d '\n' <reply | sed 's/\],\[/],\n[/g' | grep "\"$1\",\[" || fail "no line of household $1: $(cat reply)"
}
ask 200 GET /api/about/visit
has reply '"about":"household"'
has reply '"period":\{"name":"20..-Q[1-4]","from":"20..-..-01"'
line 1 >one
has one '"Chủ hộ 1","01000001"\],"2026-10-09","(device|parent|root)"'
line 2 >two
has two '"Chủ hộ 2","01000002"\],null,"(device|parent|root)"'
ask 404 GET /api/about/training
ask 404 GET /api/about/nothing
ask 404 GET '/api/about/visit?unit=nowhere'

# what is about one household; after it was joined with another, what is about that one, too
id=$(grep -o '"[0-9.]*-[0-9]*","90006-01","1"' one | cut -d'"' -f2)
ask 200 GET "/api/records?form=visit&about=$id"
same "its visits" 3 "$(grep -c '"form":"visit"' reply)"
ask 400 GET '/api/records?form=visit&about=somebody'
other=$(cy d --json show household:3 | sed 's/.*"id":"\([^"]*\)".*/\1/')
cy d duplicates merge "$id" "$other" >/dev/null
visit 3 2026-11-02
ask 200 GET "/api/records?form=visit&about=$id"
same "the visits of both" 5 "$(grep -c '"form":"visit"' reply)"
ask 200 GET /api/about/visit
line 1 >one
has one '"2026-11-02"'
lacks reply 'Chủ hộ 3'
