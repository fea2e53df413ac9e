#!/bin/sh
# row.sh RUN: one run of one row of `make bench-link`, in the current folder, which is empty. SEED is the line's,
# BASE the folder of base.sh, PEERS that of the programs beside which cayda is measured.
# It writes "NAME VALUE UNIT" lines to the file figures; "-" in place of a value says that it did not finish.
. "$ROOT/tests/e2e/lib.sh"
. "$ROOT/tests/link/lib.sh"

BAD="rate=64k delay=300 loss=10" # the line of a village at the edge of 2G
CLEAN="rate=64k delay=300"

figure() { # NAME VALUE UNIT
	echo "$@" >>figures
}
ratio() { # EXPRESSION: awk's, to five figures
	awk "BEGIN {printf \"%.5g\", $1}"
}
now_s() {
	date +%s.%N
}
now_ms() {
	echo $(($(date +%s%N) / 1000000))
}

# timed SECONDS COMMAND...: TOOK is its time in seconds, or - if it was not done by then
timed() {
	timed_limit=$1
	shift
	timed_began=$(now_ms)
	timed_status=0
	near timeout "$timed_limit" "$@" >>timed.log 2>&1 </dev/null || timed_status=$?
	TOOK=$(ratio "($(now_ms) - $timed_began) / 1000")
	[ $timed_status = 0 ] || TOOK=-
	echo "took $TOOK s, status $timed_status: $*" >>timed.log
}
# synced SECONDS: `cayda sync`, again when it gives up, until all of d is at o
synced() {
	timed "$1" sh -c 'until "$0" --home d --json sync >>syncs.json; do sleep 1; done' "$CAYDA"
	[ "$TOOK" != - ] || return 0
	cy d --json status >status.json
	same "entries not sent" 0 "$(field pending status.json)"
	same "packs at the office" "$(field packs status.json)" "$(field at_parent status.json)"
}
# d's agent runs from now on, and has its session
alive_session() {
	near run d
	synced 60
}
homes() { # FOLDER
	cp -r "$BASE/$1/o" "$BASE/$1/d" .
}
# What the packs of d weigh, with their signatures.
pack_bytes() {
	sqlite3 -readonly d/cayda.db 'SELECT coalesce(sum(length(body) + length(sig)), 0) FROM pack'
}
# The bytes of IP since link_up, when neither side has anything more to say.
wire_total() {
	total=$(wire_bytes)
	sleep 1.5
	while later=$(wire_bytes) && [ "$later" != "$total" ]; do
		total=$later
		sleep 1.5
	done
	echo "$total"
}

# ---- cayda alone ------------------------------------------------------------------------------------

# Bytes of the first sync of 1,000 visits, of one with nothing to say, and of one with ten edits.
run_wire() {
	homes visits
	packs=$(pack_bytes)
	far serve o 0.0.0.0:5684
	link_up $CLEAN seed="$SEED"
	synced 200
	wire=$(wire_total)
	packs=$(($(pack_bytes) - packs))
	rows=$(($(wc -l <"$BASE/visits.csv") - 1))
	figure wire_per_visit "$(ratio "$wire / $rows")" bytes
	figure payload_vs_xz "$(ratio "$packs / $(xz -9e -c "$BASE/visits.csv" | wc -c)")" ratio
	alive_session
	wire=$(wire_total)
	synced 60
	idle=$(wire_total)
	figure wire_idle $((idle - wire)) bytes
	figure rounds_idle "$(tail -n 1 syncs.json | field rounds)" round-trips
	for k in 1 2 3 4 5 6 7 8 9 10; do
		cy d edit household:$k persons=$((k % 6 + 1)) >/dev/null
	done
	synced 60
	figure wire_10_updates $(($(wire_total) - idle)) bytes
}

# bulk BYTES SECONDS LINE...: a session is made over the line while it loses nothing, then so much goes up
bulk() {
	bulk_bytes=$1
	bulk_limit=$2
	shift 2
	homes enrolled
	far serve o 0.0.0.0:5684
	link_up $(echo "$@" | tr ' ' '\n' | grep -E '^(rate|delay)=') seed="$SEED"
	alive_session
	packs=$(pack_bytes)
	random_notes "$BASE/visits.csv" "$bulk_bytes" >random.csv
	cy d import visit random.csv >/dev/null
	link_up "$@" seed="$SEED"
	synced "$bulk_limit"
	link_count
	packs=$(($(pack_bytes) - packs))
}
# line_use NAME RATE-IN-BIT/S DELAY-MS LOSS BURST
line_use() {
	bulk 65536 200 rate="$2" delay="$3" loss="$4" burst="$5"
	figure "$1"_packs $packs bytes
	[ "$TOOK" = - ] && use=- || use=$(ratio "($packs * 8 / $2 / (1 - $4 / 100) + 2 * $3 / 1000) / $TOOK")
	figure "$1" "$use" ratio
}
run_line_use() {
	line_use line_use 64000 300 10 1
}
run_line_use_256() {
	line_use line_use_256 256000 400 10 1
}
run_line_use_burst() {
	line_use line_use_burst 64000 300 10 4
}
run_line_use_20() {
	line_use line_use_20 64000 300 20 1
}

# 64 KiB over what hardly is a line any more.
run_finish_20() {
	bulk 65536 300 rate=64k delay=750 loss=20
	figure finish_20 "$TOOK" s
}
run_finish_40() {
	bulk 65536 300 rate=64k delay=750 loss=40
	figure finish_40 "$TOOK" s
}
# 1 MiB; 20 s of every 60 without a line, then another address. What came twice came on top of the packs.
run_outage() {
	bulk 1048576 600 rate=64k delay=300 outage=20/60 nat=outage
	figure outage "$TOOK" s
	[ "$TOOK" = - ] && came=- || came=$(ratio "$(stat_of up_delivered_bytes) / $packs")
	figure outage_delivered "$came" ratio
	figure outage_moves "$(stat_of nat_changes)" addresses
}

# From the first packet until the device has the server's last flight; certificates on both sides.
run_handshake_lossy() {
	homes enrolled
	far serve o 0.0.0.0:5684
	link_up $BAD burst=4 seed="$SEED" pcap=line.pcap
	synced 60
	link_count
	done_at=$(tshark -r line.pcap -Y "ip.src == $FAR4 && dtls.record.content_type == 20" -T fields \
		-e frame.time_relative 2>/dev/null | head -n 1)
	figure handshake_lossy "${done_at:--}" s
}
# A device that was invited: enrolment, its certificate's first use, and what its office has for it.
run_first_contact() {
	homes fresh
	far serve o 0.0.0.0:5684
	link_up $BAD burst=4 seed="$SEED"
	synced 120
	figure first_contact "$TOOK" s
}

# What one TCP upload keeps of the line while 128 KiB go up beside it: its part of the bytes that were sent upward.
run_tcp_share() {
	homes enrolled
	far serve o 0.0.0.0:5684
	link_up rate=64k delay=100 seed="$SEED" pcap=line.pcap
	synced 60
	random_notes "$BASE/visits.csv" 131072 >random.csv
	cy d import visit random.csv >/dev/null
	"$PROBE" tcp "$NEAR" "$FAR" $FAR4 9 8000000 >tcp.log 2>&1 &
	SERVERS="$SERVERS tcp:$!"
	sleep 10 # it has found the line's rate by then
	link_count
	began=$(now_s)
	synced 120
	link_count
	share=-
	[ "$TOOK" = - ] || share=$(tshark -r line.pcap -Y "ip.src == $NEAR4 && frame.time_epoch >= $began" -T fields \
		-e ip.proto -e ip.len 2>/dev/null | awk '{sum[$1] += $2} END {printf "%.3f", sum[6] / (sum[6] + sum[17])}')
	figure tcp_share "$share" ratio
}

# ---- 1,000 visits over the bad line, by cayda and by others ------------------------------------------

PEER_LIMIT=240

peer() { # NAME: the figures of the transfer that was timed
	[ "$TOOK" = - ] && wire=- || wire=$(wire_total)
	figure "visits_$1" "$TOOK" s
	figure "visits_$1_bytes" "$wire" bytes
}
far_start() { # NAME COMMAND...: as a server of the far side
	far_name=$1
	shift
	ip netns exec "$FAR" "$@" >"$far_name.log" 2>&1 </dev/null &
	SERVERS="$SERVERS $far_name:$!"
}
bound() { # "udp"|"tcp" PORT
	ip netns exec "$FAR" ss -Hln "--$1" | grep -q ":$2 "
}
visits_json() {
	command node "$PEERS/visits.js" "$BASE/visits.csv" | gzip -9n >visits.json.gz
}

run_visits_cayda() {
	homes visits
	far serve o 0.0.0.0:5684
	link_up $BAD seed="$SEED"
	synced $PEER_LIMIT
	peer cayda
}

# As a volunteer's agent does it day after day: the session is there already.
run_visits_alive() {
	homes enrolled
	far serve o 0.0.0.0:5684
	link_up $CLEAN seed="$SEED"
	alive_session
	cy d import visit "$BASE/visits.csv" >/dev/null
	link_up $BAD seed="$SEED"
	synced $PEER_LIMIT
	peer alive
}

https() { # NAME
	visits_json
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out cert.pem -days 3650 \
		-subj /CN=office -addext "subjectAltName=IP:$FAR4" 2>/dev/null
	far_start https node "$PEERS/https.js" key.pem cert.pem $FAR4 8443
	within "the HTTPS server listens" bound tcp 8443
	link_up $BAD seed="$SEED"
	timed $PEER_LIMIT curl -sS --fail --cacert cert.pem --data-binary @visits.json.gz "https://$FAR4:8443/visits"
	[ "$TOOK" = - ] || has https.log '^rows 1000$'
	peer "$1"
}
run_visits_https() {
	https https
}
run_visits_https_bbr() {
	link_tcp "$NEAR" bbr
	link_tcp "$FAR" bbr
	https https_bbr
}

# The body as it came is fetched again over a good line and compared.
coap() { # NAME CLIENT-OPTIONS SERVER-OPTIONS
	visits_json
	far_start coap "$PEERS/coap/coap-server" -A $FAR4 -k secret $3
	within "the CoAP server listens" bound udp 5684
	link_up $BAD seed="$SEED"
	timed $PEER_LIMIT "$PEERS/coap/coap-client" -m put -u device -k secret -B $PEER_LIMIT -b 1024 $2 \
		-f visits.json.gz "coaps://$FAR4/example_data"
	peer_took=$TOOK
	[ "$TOOK" = - ] && peer_wire=- || peer_wire=$(wire_total)
	link_up
	near "$PEERS/coap/coap-client" -m get -u device -k secret -B 20 -o back.gz "coaps://$FAR4/example_data" \
		>back.log 2>&1 || true
	cmp -s back.gz visits.json.gz || peer_took=- peer_wire=-
	figure "visits_$1" "$peer_took" s
	figure "visits_$1_bytes" "$peer_wire" bytes
}
run_visits_block1() {
	coap block1 '' ''
}
run_visits_qblock1() {
	coap qblock1 '-N -L 5' '-L 5'
}

run_visits_pouchdb() {
	export NODE_PATH="$PEERS/node_modules"
	far_start pouchdb node "$PEERS/pouch_server.js" $FAR4 5985
	within "express-pouchdb listens" bound tcp 5985
	mkfifo go
	ip netns exec "$NEAR" node "$PEERS/pouch_client.js" "$BASE/visits.csv" "http://$FAR4:5985/visits" \
		<go >pouch.log 2>&1 &
	pouch=$!
	SERVERS="$SERVERS pouch:$pouch"
	exec 8>go
	within "PouchDB has the visits" grep -q ready pouch.log
	link_up $BAD seed="$SEED"
	echo >&8
	timed $PEER_LIMIT tail --pid=$pouch -f /dev/null
	grep -q '^written 1000$' pouch.log || TOOK=-
	peer pouchdb
}

link_make
"run_$1"
# A figure taken while this machine could not keep up is none.
[ "$(counted late_us)" -lt 50000 ] || fail "a packet came out $(stat_of late_us) us late"
