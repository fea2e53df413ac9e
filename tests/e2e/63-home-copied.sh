#!/bin/sh
# A home copied by hand and used twice, also with records that were not sent yet: nobody's are lost.
. "${ROOT:-$(dirname "$0")/../..}/tests/e2e/lib.sh"

province p
serve p "127.0.0.1:$PORT"
node p o 90006 "127.0.0.1:$PORT"
cy o sync >/dev/null
serve o "127.0.0.1:$((PORT + 1))"
node o d 90006-01 "127.0.0.1:$((PORT + 1))"
cy d add household number=1 head=Hoa >/dev/null
cy d sync >/dev/null
cy d add household number=2 head=Lan >/dev/null
cp -r d copy
cp -r copy again # and a third
cy d add household number=3 head=Mai >/dev/null
cy copy add household number=4 head=Cúc >/dev/null
cy again add household number=5 head=Đào >/dev/null
for home in copy d again copy d; do
	cy $home sync >/dev/null
	cy $home add visit household=2 surveyed_on=today persons=2 adults=2 smartphones=1 fibre=1 eid=1 bank=1 note=$home >/dev/null
done
for home in d copy again d copy again; do cy $home sync >/dev/null; done
for home in o d copy again; do
	same "households in $home" 5 "$(cy $home list household --unit 90006-01 --json | grep -o '"number"' | wc -l)"
	same "visits in $home" 5 "$(cy $home list visit --unit 90006-01 --json | grep -o '"surveyed_on"' | wc -l)"
	same "records of $home" "$(hash o 90006-01 open)" "$(hash $home 90006-01 open)"
	same "heads in $home" "$(hash o 90006-01 personal)" "$(hash $home 90006-01 personal)"
	cy $home verify >/dev/null
done
