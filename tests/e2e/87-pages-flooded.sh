#!/bin/sh
# Over the network: slow clients, bodies that are too big, and a flood of guesses stop neither a sync nor who has the password.
. "${ROOT:-$(dirname "$0")/../..}/tests/e2e/lib.sh"
. "$ROOT/tests/e2e/pages.sh"

export ASAN_OPTIONS="${ASAN_OPTIONS:-}:quarantine_size_mb=1" # memory is looked at: a sanitizer is to give it back
gcc -o crowd "$ROOT/tests/e2e/crowd.c"
gcc -o guess "$ROOT/tests/e2e/guess.c"
province p
echo correct-horse | "$CAYDA" --home p account add xem >/dev/null
echo correct-horse | "$CAYDA" --home p account add lan --role editor >/dev/null
web=$((PORT + 1))
NET=http://127.0.0.2:$web
: >p.log
"$CAYDA" --home p --json run --listen "127.0.0.1:$PORT" --web "127.0.0.2:$web" --web-plain >>p.log 2>&1 </dev/null &
SERVERS="$SERVERS p:$!"
within "server of p listens" listening p $!
ADDR=$(field listening p.log)
node p d 90006-01 "$ADDR"
cy d sync >/dev/null
enter p

status() { # CURL-ARGUMENT...
	curl -s -m 60 -o reply -w '%{http_code}' -H "Origin: $NET" "$@"
}
memory() { # kB that the agent holds
	awk '/^VmRSS/ {print $2}' "/proc/$(pid_of p)/status"
}

# unread WHAT WANTED GOT: who still sends when the answer is there and the door shut may not hear it
unread() {
	[ "$3" = 000 ] || same "$@"
}

# what a login is, and no more
form='Content-Type: application/x-www-form-urlencoded'
head -c 1048576 /dev/zero | tr '\0' a >big
same "a login of a megabyte" 413 "$(status -H "$form" --data-binary @big "$NET/")"
head -c 2097152 /dev/zero | tr '\0' a >bigger
unread "one of two" 413 "$(status -H "$form" --data-binary @bigger "$NET/" || true)"
same "one in pieces" 411 "$(status -H "$form" -H 'Transfer-Encoding: chunked' -d 'name=xem&password=x' "$NET/")"
same "one as JSON" 415 "$(status -H 'Content-Type: application/json' -d '{"name":"xem"}' "$NET/")"
same "no fields" 401 "$(status -H "$form" -d '' "$NET/")"
same "fields that are cut off" 401 "$(status -H "$form" -d 'name=%&password=%4' "$NET/")"
same "bytes that are no text" 400 "$(status -H "$form" -d 'name=xem&password=%ff%fe' "$NET/")"
unread "a body for data, of nobody" 401 "$(status -H 'Content-Type: application/json' --data-binary @big "$NET/api/record?form=household" || true)"

# 200 that do not finish asking, and 60 that guess from everywhere
before=$(memory)
./crowd "$web" 200 127.0.0.2 >crowd.log 2>&1 &
SERVERS="$SERVERS crowd:$!"
within "the crowd is there" grep -q there crowd.log
./guess "$web" 60 127.0.0.2 >guess.log 2>&1 &
SERVERS="$SERVERS guess:$!"
within "the flood is there" grep -q there guess.log

for number in 1 2 3; do
	cy d add household number=$number persons=4 >/dev/null
	cy d --json sync >synced
	same "a sync is made in the flood" 1 "$(field packs_sent synced)"
done
same "what came" 3 "$(cy p --json list household --unit 90006-01 | grep -o '"number"' | wc -l | tr -d ' ')"
ask 200 GET /api/status

# whoever has the password, and nobody guesses at, comes in; in the crush some tries more may be wanted
tried() { # STATUS CURL-ARGUMENT...
	tried_wanted=$1
	shift
	[ "$(status "$@")" = "$tried_wanted" ]
}
within "lan comes in" tried 303 -c lan.jar --interface 127.2.0.1 -d 'name=lan&password=correct-horse' "$NET/"
within "and reads" tried 200 -b lan.jar "$NET/api/status"
within "xem, who is guessed at, must wait" tried 429 --interface 127.2.0.2 -d 'name=xem&password=correct-horse' "$NET/"
after=$(memory)
[ "$after" -lt $((before + 8192)) ] || fail "the flood takes memory: $before kB, then $after kB"
stop crowd KILL
stop guess KILL
same "afterwards" 200 "$(status -b lan.jar "$NET/api/status")"
stop p
