#!/bin/sh
# Whoever comes over the network needs an account; role and unit say what it may, and whose name stands in what it writes.
. "${ROOT:-$(dirname "$0")/../..}/tests/e2e/lib.sh"
. "$ROOT/tests/e2e/pages.sh"

province p
account() { # NAME ARGUMENT...: its password is its name, ten times
	account_name=$1
	shift
	printf '%s%s%s%s%s%s%s%s%s%s\n' $account_name $account_name $account_name $account_name $account_name \
		$account_name $account_name $account_name $account_name $account_name |
		"$CAYDA" --home p account add "$account_name" "$@" >said
}
web=$((PORT + 1))
NET=http://127.0.0.2:$web        # whatever is not 127.0.0.1 or ::1 is the network

# it is said what is missing, and what plain HTTP means
fails 1 'could read passwords.*--web-name.*--web-plain' cy p run --web 127.0.0.2:$web
fails 2 'name that people type' cy p run --web-name 127.0.0.1
: >p.log
"$CAYDA" --home p --json run --listen "127.0.0.1:$PORT" --web "127.0.0.2:$web" --web-plain >>p.log 2>&1 </dev/null &
SERVERS="$SERVERS p:$!"
within "server of p listens" listening p $!
has p.log 'nobody could log in'
enter p
ask 200 GET /api/status
same "an account, for who has the token" null "$(field account reply)"
curl -s -m 5 "$NET/" && fail "it listens on the network though nobody could log in"
stop p

echo 'ngắn' >short
fails 1 'at least 10 characters' sh -c "'$CAYDA' --home p account add x <short"
fails 1 'a-z' cy p account add 'Lan Anh'
fails 2 'no role boss' cy p account add lan --role boss
fails 1 'no account lan' cy p account remove lan
account lan --role editor --unit 90006-01 --full-name 'Nguyễn Thị Lan'
account hoa --role admin
account xem --role viewer --unit 90006
account leader --role editor
fails 1 'an account lan already' cy p account add lan
same "mode of accounts" 600 "$(stat -c %a p/accounts)"
lacks p/accounts lanlan
cy p --json account list >listed
has listed '"name":"lan","role":"editor","unit":"90006-01","person":"1.0-'
echo | "$CAYDA" --home p account add made >said
has said '^password: ([a-z2-9]{4}-){3}[a-z2-9]{4}$'
cy p account remove made >/dev/null
lan=$(field person listed)

: >p.log
"$CAYDA" --home p --json run --listen "127.0.0.1:$PORT" --web "127.0.0.2:$web" --web-plain >>p.log 2>&1 </dev/null &
SERVERS="$SERVERS p:$!"
within "server of p listens" listening p $!
enter p
cp p.jar token.jar
token=$(awk '/cayda_/ {print $7}' p.jar)

status() { # CURL-ARGUMENT...
	curl -s -m 20 -o reply -w '%{http_code}' "$@"
}
login() { # NAME PASSWORD
	status -c "$1.jar" -H "Origin: $NET" --data-urlencode "name=$1" --data-urlencode "password=$2" "$NET/"
}
ten() {
	printf '%s%s%s%s%s%s%s%s%s%s' "$1" "$1" "$1" "$1" "$1" "$1" "$1" "$1" "$1" "$1"
}

# nobody comes in without one: not by the token, nor by another name for this machine
same "a page, for nobody" 401 "$(status -H 'Accept-Language: vi' "$NET/")"
has reply '<form method="post">'
has reply 'Mật khẩu'
same "data, for nobody" 401 "$(status "$NET/api/status")"
same "the token" 401 "$(status -b "cayda_$web=$token; cayda_login_$web=$token" "$NET/api/status")"
same "an address of cayda open" 401 "$(status "$NET/open?$(cy p open --print | sed 's/.*?//')")"
same "another name" 421 "$(status -H "Host: evil.example:$web" "$NET/")"
same "the loopback's name" 421 "$(status -H "Host: 127.0.0.1:$web" -b "cayda_$web=$token" "$NET/api/status")"
same "what only a proxy may say" 421 "$(status -H "Host: localhost:$web" -H 'X-Forwarded-Proto: https' -b "cayda_$web=$token" "$NET/api/status")"
same "another site's login" 403 "$(status -H 'Origin: http://evil.example' -d 'name=lan&password=x' "$NET/")"
same "a wrong password" 401 "$(login lan no)"
has reply 'role="alert"'
same "no such account" 401 "$(login nobody "$(ten lan)")"
[ ! -s lan.jar ] || lacks lan.jar cayda_

# who is in may what the role says, in the unit
for name in lan hoa xem leader; do
	same "login of $name" 303 "$(login $name "$(ten $name)")"
done
has lan.jar '#HttpOnly_127.0.0.2'
BASE=$NET
JAR=lan.jar
ask 200 GET /api/status
has reply '"account":\{"name":"lan","role":"editor","unit":"90006-01"'
ask 201 POST "/api/record?form=household&unit=90006-01&person=1.0-1" '{"number": 1, "persons": 4}'
mine=$(field id reply)
ask 200 GET "/api/record/$mine"
same "the person is the account's, whatever the browser says" "$lan" "$(field person reply)"
cy p --lang vi history "$mine" >history
has history 'Nguyễn Thị Lan'
has p.log 'pages: lan: POST /api/record'
ask 201 POST "/api/record?form=household" '{"number": 2, "persons": 4}'
ask 200 GET "/api/record/household:2"
same "its unit, where none is said" 90006-01 "$(field unit reply)"
ask 403 POST "/api/record?form=household&unit=90006-02" '{"number": 1, "persons": 4}'
has reply '90006-01'
ask 403 POST "/api/record?form=household&unit=90" '{"number": 1, "persons": 4}'
cy p add household --unit 90006-02 number=7 persons=3 >/dev/null
other=$(cy p --json list household --unit 90006-02 | field id)
for path in "/api/record/$other" "/api/record/$other/history" "/api/records?form=household&unit=90006-02" \
	"/api/report/coverage?unit=90006" "/api/units?parent=90" "/api/nodes?unit=90" "/api/quarantine?unit=90"; do
	ask 403 GET "$path"
done
ask 403 PATCH "/api/record/$other" '{"persons": 9}'
ask 403 POST "/api/form/household/check?record=$other" '{}'
ask 403 POST "/api/record/$other/settle/persons?how=keep" '{}'
ask 404 POST "/api/record/$mine/settle/persons?how=keep" '{}'
ask 403 POST "/api/record/$other/same/undo" '{}'
ask 403 POST "/api/record/$mine/same/merge?other=$other" '{}'
ask 403 PUT "/api/target?indicator=fibre&year=2027&share=0.9" '{}'
ask 200 GET "/api/records?form=household"
lacks reply '"number":"?7'
has reply '"number":"?1'
ask 200 GET /api/units
same "units are its own" 90006-01 "$(field code reply)"
ask 200 PUT "/api/draft/lans?form=visit" '{"persons": 4}'

JAR=xem.jar
ask 200 GET "/api/records?form=household"
has reply '"number":"?7'
ask 403 POST "/api/record?form=household&unit=90006-01" '{"number": 3, "persons": 4}'
ask 403 PUT "/api/draft/mine?form=visit" '{}'
ask 403 POST /api/sync '{}'
ask 200 GET /api/drafts
lacks reply lans

# somebody else's draft is not theirs, whoever they are
JAR=leader.jar
ask 403 GET /api/draft/lans
ask 403 PUT "/api/draft/lans?form=visit&unit=90" '{"persons": 5}'
ask 403 POST "/api/record?form=visit&unit=90006-01&draft=lans" '{}'
ask 403 DELETE /api/draft/lans
ask 200 GET /api/nodes
ask 403 PATCH /api/node/1.0 '{}'

# an admin may all; the token's owner needs no account
JAR=hoa.jar
ask 200 GET /api/quarantine
ask 404 PATCH '/api/node/7.7?name=x' '{}'
BASE=http://127.0.0.1:$web
JAR=token.jar
ask 200 GET /api/draft/lans
same "a login, at the loopback" 401 "$(status -b hoa.jar "$BASE/api/status")"
BASE=$NET

# out: by oneself, by another password, without an account
same "a logout" 303 "$(status -X POST -b xem.jar -H "Origin: $NET" -H 'Content-Type: application/x-www-form-urlencoded' -d x= "$NET/logout")"
JAR=xem.jar
ask 401 GET /api/status
curl -s -N -o events -b leader.jar "$NET/api/events" &
SERVERS="$SERVERS events:$!"
stream=$!
within "the stream begins" grep -q 'event: records' events
echo another-password | "$CAYDA" --home p account password leader >/dev/null
JAR=leader.jar
ask 401 GET /api/status
within "the stream ends" ended $stream
same "the new password" 303 "$(login leader another-password)"
cy p account remove hoa >/dev/null
JAR=hoa.jar
ask 401 GET /api/status
has reply '"error"'

# the list is bent: nobody is in any more, and that is told
cp p/accounts good
echo 'x admin 1 1 1' >>p/accounts
JAR=lan.jar
ask 401 GET /api/status
has p.log 'no list of accounts'
fails 1 'no list of accounts' cy p account list
cp good p/accounts
same "the list again" 303 "$(login lan "$(ten lan)")"

# who guesses must wait, and is told how long
tries=0
until [ "$(login xem guess)" = 429 ]; do
	tries=$((tries + 1))
	[ $tries -lt 12 ] || fail "nobody stops who guesses"
done
has reply 'wait [0-9]+ seconds'
