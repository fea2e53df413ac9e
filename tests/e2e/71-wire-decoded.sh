#!/bin/sh
# What we send is what the standards say, to a decoder that we did not write: DTLS 1.2 with Connection ID in IP packets
# that are nowhere cut, and a client whose address changes goes on without a handshake.
. "${ROOT:-$(dirname "$0")/../..}/tests/e2e/lib.sh"
. "$ROOT/tests/link/lib.sh"

# decoded FILTER FIELD...: a line for each packet of the last line's capture that FILTER takes
decoded() {
	decoded_filter=$1
	shift
	tshark -r line.pcap -d udp.port==5684,dtls -Y "$decoded_filter" -T fields \
		$(printf -- '-e %s ' "$@") 2>tshark.txt || fail "tshark: $(cat tshark.txt)"
}
count() { # FILTER
	decoded "$1" frame.number | wc -l | tr -d ' '
}

link_make
province p
serve p "127.0.0.1:$PORT"
node p o 90006 "$ADDR"
cy o sync >/dev/null
far serve o "[::]:5684"
node o four 90006-01 "$FAR4:5684"
node o six 90006-02 "[$FAR6]:5684"

for home in four six; do
	rm -f line.pcap
	link_up rate=1M delay=10 pcap=line.pcap
	near cy $home sync >/dev/null
	link_count
	same "$home: packets that are no DTLS" 0 "$(count 'udp and !dtls')"
	same "$home: malformed" 0 "$(count '_ws.malformed or _ws.expert.severity >= "Error"')"
	same "$home: fragments" 0 "$(count 'ip.flags.mf == 1 or ip.frag_offset > 0 or ipv6.fraghdr')"
	same "$home: hellos without a Connection ID" 0 \
		"$(count 'dtls.handshake.type in {1, 2} and !(dtls.handshake.extension.type == 54)')"
	differ "$home: hellos" 0 "$(count 'dtls.handshake.type == 1')"
	same "$home: data without a Connection ID" 0 \
		"$(count 'udp.dstport == 5684 and dtls.record.content_type == 23')"
	differ "$home: records with a Connection ID" 0 \
		"$(count 'udp.dstport == 5684 and dtls.record.special_type == 25')"
	same "$home: Connection IDs on records, and those given in hellos" \
		"$(decoded 'dtls.handshake.type == 2' dtls.connection_id | sort -u)" \
		"$(decoded 'dtls.record.special_type == 25' dtls.record.connection_id | sort -u)"
	same "$home: versions but DTLS 1.2" 0 "$(count '(dtls.record.content_type == 23 or dtls.record.special_type) and dtls.record.version != 0xfefd')"
done

# a device's address is another in the middle of what it sends
draw data 1 --visits 60
random_notes data/visits.csv 24576 >random.csv
near cy six import household data/households.csv >/dev/null
near cy six import visit random.csv >/dev/null
rm -f line.pcap
link_up rate=64k delay=30 nat=signal pcap=line.pcap
INSIDE="ip netns exec $NEAR"
cy six --json sync >six.json 2>six.log &
INSIDE=
sync=$!
SERVERS="$SERVERS six:$sync"
under_way() {
	[ "$(counted up_delivered_bytes)" -gt 6000 ]
}
within "the transfer is under way" under_way
alive $sync || fail "it was done before the address changed"
link_move
before=$(counted down_delivered_packets)
wait $sync || fail "the sync ended with status $?: $(cat six.log)"
same "changes of address" 1 "$(counted nat_changes)"
first=$(decoded 'dtls.handshake.type == 1' frame.number | wc -l)
[ "$first" -le 2 ] || fail "$first hellos: it shook hands again"
[ "$(stat_of down_delivered_packets)" -gt "$before" ] || fail "nothing came to the new address"
same "hash of what came" "$(hash six 90006-02 personal)" "$(hash o 90006-02 personal)"
