#!/bin/sh
# The demo without official data, in Vietnamese: it comes to its end, and what it says to try next works.
. "${ROOT:-$(dirname "$0")/../..}/tests/e2e/lib.sh"

LC_ALL=vi_VN.UTF-8 SAMPLE=1 PAGES=60 DEMO="$T/demo" "$ROOT/tests/demo.sh" >demo.txt 2>err.txt ||
	fail "the demo: $(cat err.txt) $(tail -n 20 demo.txt)"
same "last line" "demo: ok" "$(tail -n 1 demo.txt)"
same "on stderr" "" "$(cat err.txt)"
same "invites" 4 "$(grep -c '^ *CAYDA:' demo.txt)"
same "QR codes" 4 "$(grep -c '█ ▄▄▄▄▄ █.*█ ▄▄▄▄▄ █' demo.txt)"
same "headings" "1 2 3 4 5 6 7 8" "$(sed -n 's/^\([0-9]\)\. .*/\1/p' demo.txt | tr '\n' ' ' | sed 's/ $//')"
has demo.txt '^1\. Tỉnh chuẩn bị'
has demo.txt '85,0 %'
has demo.txt 'persons +[0-9]+ +2\.2 device-1b .* [0-9]+ +2\.1 device-1a '

sed -n 's/^ *\([^ ]*cayda --home .*\)/\1/p' demo.txt >next
same "commands to try next" 3 "$(wc -l <next | tr -d ' ')"
while read -r command; do
	(cd "$ROOT" && sh -c "$command" </dev/null) >out.txt || fail "$command: status $?"
	[ -s out.txt ] || fail "$command prints nothing"
done <next

# the address that it ends with opens the province's pages, on these data
address=$(grep -Eo 'http://127[^ ]*' demo.txt)
curl -sf -c jar -o reply "$address" || fail "$address does not open"
curl -sf -b jar -o reply "${address%/open*}/api/status"
has reply '"role":"root"'
kill "$(cat demo/province.pid)"
