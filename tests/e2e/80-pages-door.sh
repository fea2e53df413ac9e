#!/bin/sh
# The agent's pages are for who started it: not for another site, another name, a stale address, another program.
. "${ROOT:-$(dirname "$0")/../..}/tests/e2e/lib.sh"
. "$ROOT/tests/e2e/pages.sh"

province p
fails 1 'no agent runs here' cy p open --print
WEB=$((PORT + 1)) serve p "127.0.0.1:$PORT"
url=$(cy p open --print)
enter p
same "mode of the token" 600 "$(stat -c %a p/web.session)"

status() { # CURL-ARGUMENT...
	curl -s -o reply -w '%{http_code}' "$@"
}
same "without a cookie" 401 "$(status "$BASE/api/status")"
has reply '"error":"open the pages anew'
same "a page without a cookie" 401 "$(status "$BASE/")"
has reply 'cayda open'
same "an address before the one that was used" 401 "$(status "$url")"
same "with a cookie" 200 "$(status -b p.jar "$BASE/api/status")"
same "name" p "$(field name reply)"
same "another name for this machine" 421 "$(status -b p.jar -H 'Host: evil.example' "$BASE/api/status")"
same "another site's page" 403 "$(status -b p.jar -H 'Origin: http://evil.example' "$BASE/api/status")"
same "another site's form" 403 "$(status -b p.jar -X POST -H 'Sec-Fetch-Site: cross-site' -d a=b "$BASE/api/status")"
same "a write that nobody answers for" 403 "$(status -b p.jar -X POST -H 'Content-Type: application/json' -d '{}' "$BASE/api/status")"
same "a form's body" 415 "$(status -b p.jar -H "Origin: $BASE" -d a=b "$BASE/api/status")"
same "another site asks first" 403 "$(status -X OPTIONS -H 'Origin: http://evil.example' -H 'Access-Control-Request-Method: POST' "$BASE/api/status")"
curl -s -D head -o reply -b p.jar "$BASE/status"
has head "Content-Security-Policy: default-src 'self'"
has head 'Cache-Control: no-store'
lacks head 'Access-Control'
lacks reply '<script|style='
ask 404 GET /api/nothing
ask 404 GET /../../etc/passwd
ask 405 DELETE /api/status
curl -s -o reply -b p.jar -H 'Accept-Language: vi-VN,vi;q=0.9,en;q=0.5' "$BASE/status"
has reply 'lang="vi"'
has reply 'Tỉnh mẫu'

# what the pages are made of is the same for everybody, gzipped, and asked for again by its hash; "/" is for who is in
curl -s --compressed -D head -o reply -b p.jar "$BASE/"
has head 'Content-Encoding: gzip'
has head "Content-Security-Policy: default-src 'self'"
has reply '<script src="/app.js"'
lacks reply '<script>|style='
same "a script without a cookie" 200 "$(status -D head "$BASE/app.js")"
has head 'text/javascript'
tag=$(tr -d '\r' <head | sed -n 's/^ETag: //p')
rm reply
same "a script that is known" 304 "$(status -H "If-None-Match: $tag" "$BASE/app.js")"
[ ! -s reply ] || fail "a script that is known is sent again"
same "another version of it" 200 "$(status -H 'If-None-Match: "0c5e410afe36b2a65fbc5d62cfd6a2c2"' "$BASE/app.js")"
same "a script not gzipped" 406 "$(status -H 'Accept-Encoding: identity' "$BASE/app.js")"
same "a script not gzipped" 406 "$(status -H 'Accept-Encoding: br, gzip;q=0.0' "$BASE/app.js")"
same "the index by its name, without a cookie" 401 "$(status "$BASE/index.html")"

# a killed agent comes back where it was, for who was in; a stopped one lets nobody in any more
stop p KILL
WEB=$((PORT + 1)) serve p "127.0.0.1:$PORT"
ask 200 GET /api/status
stop p
[ ! -e p/web.session ] || fail "the token outlives its agent"
WEB=$((PORT + 1)) serve p "127.0.0.1:$PORT"
ask 401 GET /api/status
cp p.jar old.jar
enter p
[ "$(cat p.jar)" != "$(cat old.jar)" ] || fail "the token is the same again"

# a second home finds another port, and its pages do not open by the first one's cookie
node p d 90006-01 "$ADDR"
run d
first=$BASE
enter d
differ "their addresses" "$first" "$BASE"
ask 200 GET /api/status
same "role" device "$(field role reply)"
JAR=p.jar
ask 401 GET /api/status

# the browser is started with the address, and nothing waits for it
printf '#!/bin/sh\necho "$1" >browsed\n' >browser
chmod +x browser
BROWSER=$T/browser cy p open >opened
within "the browser is started" grep -q '/open?code=' browsed
lacks opened code=
stop d
: >d.log
"$CAYDA" --home d run --web off >>d.log 2>&1 </dev/null &
SERVERS="$SERVERS d:$!"
within "agent of d runs" test -S d/agent.sock
fails 1 'no pages' cy d open --print
