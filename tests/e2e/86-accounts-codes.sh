#!/bin/sh
# Codes are used again: who has an account for today's unit of a code does not see another unit that had it once.
. "${ROOT:-$(dirname "$0")/../..}/tests/e2e/lib.sh"
. "$ROOT/tests/e2e/pages.sh"

province p
printf 'old_code,new_code,kind,effective_date\n90005,90004,merged,2026-01-01\n' >merged.csv
cy p unit change merged.csv >/dev/null
cy p unit add --parent 901 --code 90005 --name 'Xã Khác' --valid-from 2026-01-01 >/dev/null
printf 'mật khẩu thật dài\n' | "$CAYDA" --home p account add khac --role viewer --unit 90005 >said
printf 'mật khẩu thật dài\n' | "$CAYDA" --home p account add bon --role viewer --unit 90004 >said
web=$((PORT + 1))
BASE=http://127.0.0.2:$web
: >p.log
"$CAYDA" --home p --json run --listen "127.0.0.1:$PORT" --web "127.0.0.2:$web" --web-plain >>p.log 2>&1 </dev/null &
SERVERS="$SERVERS p:$!"
within "server of p listens" listening p $!
for name in khac bon; do
	same "login of $name" 303 "$(curl -s -m 20 -o reply -w '%{http_code}' -c $name.jar -H "Origin: $BASE" \
		--data-urlencode "name=$name" --data-urlencode 'password=mật khẩu thật dài' "$BASE/")"
done

JAR=khac.jar
ask 200 GET /api/coverage
has reply '"name":"Xã Khác"'
ask 200 GET '/api/report/coverage'
has reply 'Xã Khác \(90005\)'
for path in '/api/coverage?unit=90005&geography=2025-12-31' '/api/trend?unit=90005&geography=2025-12-31' \
	'/api/coverage?unit=90' '/api/coverage?unit=90004' '/api/trend?unit=90004'; do
	ask 403 GET "$path"
done
for path in '/api/report/coverage?unit=90005&geography=2025-12-31' '/api/report/training?unit=90005&period=2025'; do
	ask 400 GET "$path"
	has reply 'another unit on that day'
done

# what its own unit was made of is its own
JAR=bon.jar
ask 200 GET '/api/coverage?geography=2025-12-31'
has reply '"name":"Xã 4"'
ask 403 GET '/api/coverage?unit=90005'
