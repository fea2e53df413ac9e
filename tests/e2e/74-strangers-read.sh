#!/bin/sh
# Programs that are not ours read what the office offers: libcoap's client over DTLS, by OpenSSL and by GnuTLS, with a
# reader's key; and by plain CoAP on the loopback, where that was switched on. With a wrong key, or one that was taken
# back, nobody reads.
. "${ROOT:-$(dirname "$0")/../..}/tests/e2e/lib.sh"

province p
cy p add household number=1 --unit 90006-01 >/dev/null
cy p add visit household=1 surveyed_on=today persons=4 adults=2 smartphones=2 fibre=1 eid=1 bank=2 --unit 90006-01 >/dev/null
cy p --json node reader web >reader.json
key=$(field key reader.json)
plain=127.0.0.1:$((PORT + 1))
: >p.log
"$CAYDA" --home p --json run --listen "127.0.0.1:$PORT" --plain "$plain" >>p.log 2>&1 </dev/null &
SERVERS="$SERVERS p:$!"
within "server of p listens" listening p $!
read_coap() { # PROGRAM OUT KEY URI: the client ends with 0 whatever it was told
	timeout 20 "coap-client-$1" -B 10 ${3:+-u web -k "$3"} -o "$2" "$4" >"$1.log" 2>&1 || true
}

for program in openssl gnutls; do
	read_coap $program core $key "coaps://127.0.0.1:$PORT/.well-known/core"
	has core '</coverage>;ct="110 50"'
	rm -f senml none
	read_coap $program senml $key "coaps://127.0.0.1:$PORT/coverage?unit=90006"
	has senml '"bn":"urn:cayda:90006:"'
	has senml '"n":"smartphone","u":"/","v":0.5'
	read_coap $program none AAAAAAAAAAAAAAAAAAAAAAAAAA "coaps://127.0.0.1:$PORT/coverage"
	[ ! -s none ] || fail "$program reads with a wrong key: $(cat none)"
done
command -v python3 >/dev/null && python3 -c 'import json; json.load(open("senml"))'

read_coap notls plain.json '' "coap://$plain/coverage"
has plain.json '"n":"fibre"'
rm -f none
read_coap notls none '' "coap://$plain/f"
[ ! -s none ] || fail "plain CoAP gives more than it should: $(cat none)"

cy p node reader web --remove >/dev/null
rm -f none
read_coap openssl none "$key" "coaps://127.0.0.1:$PORT/coverage"
[ ! -s none ] || fail "a key that was taken back still reads"
fails 1 web cy p node reader web --remove
fails 1 "a b" cy p node reader 'a b'
