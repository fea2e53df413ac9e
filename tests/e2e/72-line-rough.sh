#!/bin/sh
# What was recorded arrives over lines that do everything wrong at once. SEED=n for another sequence.
. "${ROOT:-$(dirname "$0")/../..}/tests/e2e/lib.sh"
. "$ROOT/tests/link/lib.sh"

SEED=${SEED:-1}
echo "seed $SEED"
LIMIT=100 # s that a sync may take, with what it takes up again

# arrives WHAT: d syncs, again when it gives up, until the office has the same rows
arrives() {
	arrives_what=$1
	near timeout $LIMIT sh -c 'until "$0" --home d --json sync >>syncs.json 2>>syncs.txt; do sleep 1; done' "$CAYDA" ||
		fail "$arrives_what: not done in $LIMIT s: $(tail -n 3 syncs.txt)"
	for class in open personal; do
		same "$arrives_what: $class rows" "$(hash d 90006-01 $class)" "$(hash o 90006-01 $class)"
	done
	echo "$arrives_what: $(counted ms) ms, $(wire_bytes) bytes"
}
recorded=0
record() { # 10 KiB more that do not compress
	SEED=$((SEED * 100 + recorded)) random_notes data/visits.csv 10240 >random.csv
	cy d import visit random.csv >/dev/null
	recorded=$((recorded + 1))
}

link_make
province p
serve p "127.0.0.1:$PORT"
node p o 90006 "$ADDR"
cy o sync >/dev/null
stop p
far serve o "[::]:5684"
cy o invite --unit 90006-01 --name d --address "$FAR4:5684" --address "[$FAR6]:5684" --json >d.invite
cy d join "$(field uri d.invite)" >/dev/null
draw data 1 --visits 40
cy d import household data/households.csv >/dev/null

record
link_up rate=256k delay=100 loss=20 burst=4 reorder=10/150 duplicate=5 seed="$SEED"
arrives "losses in bursts, late ones, twice"

record
link_up rate=64k delay=100 outage=1/4 nat=outage seed="$SEED"
arrives "an outage and a new address every 4 s"

# one office address is dead
record
ip -n "$FAR" addr del $FAR4/24 dev line
link_up rate=256k delay=50 seed="$SEED" pcap=dead.pcap
arrives "the first address is dead"
ip -n "$FAR" addr add $FAR4/24 dev line noprefixroute
link_routes "$FAR"

record
link_up rate=256k delay=50 block=udp seed="$SEED" pcap=line.pcap
arrives "UDP is blocked"
link_count
same "ports of TCP" 5684 "$(tshark -r line.pcap -Y 'tcp.flags.syn == 1 and tcp.flags.ack == 0' -T fields -e tcp.dstport \
	2>/dev/null | sort -u)"

# the office loses power while it is receiving
record
link_up rate=64k delay=100 loss=5 seed="$SEED"
INSIDE="ip netns exec $NEAR"
cy d --json sync >cut.json 2>cut.txt &
INSIDE=
SERVERS="$SERVERS d:$!"
under_way() {
	[ "$(counted up_delivered_bytes)" -gt 6000 ]
}
within "the transfer is under way" under_way
stop o KILL
far serve o "[::]:5684"
arrives "the office was killed and came back"
