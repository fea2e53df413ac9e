#!/bin/sh
# sync --json can be read by a script, and a sync with nothing to say is one round trip.
. "${ROOT:-$(dirname "$0")/../..}/tests/e2e/lib.sh"

province p
serve p "127.0.0.1:$PORT"
node p d 90006-01 "$ADDR"
cy d add household number=1 head='Đỗ Đức Khánh' >/dev/null
cy d --json sync >first.json
differ "packs sent" 0 "$(field packs_sent first.json)"
differ "packs received" 0 "$(field packs_received first.json)"
same "parent" "$ADDR" "$(field parent first.json)"
for name in bytes_sent bytes_received; do
	[ "$(field $name first.json)" -gt 200 ] || fail "$name: $(cat first.json)"
done
same "lines of JSON" 1 "$(wc -l <first.json | tr -d ' ')"

cy d --json sync >second.json
same "packs sent" 0 "$(field packs_sent second.json)"
same "packs received" 0 "$(field packs_received second.json)"
same "up to date" true "$(field up_to_date second.json)"
same "round trips" 1 "$(field rounds second.json)"
cy d sync >said
[ "$(wc -l <said)" -ge 1 ] || fail "a sync says nothing to a person"

# every document is one line of JSON that starts and ends as one
for command in status verify 'unit list' 'form list' 'form show visit' 'list household' 'report coverage' conflicts; do
	cy d --json $command >out.json
	head -c 1 out.json | grep -q '[[{]' || fail "$command --json: $(cat out.json)"
	tail -c 2 out.json | grep -q '[]}]' || fail "$command --json: $(cat out.json)"
done
fails 1 household cy d --json list houshold
