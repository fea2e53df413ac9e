#!/bin/sh
# The bad line does what it says to plain UDP and TCP sockets: rate, delay, losses, order, counts, a new address.
# SEED=n for another sequence.
. "${ROOT:-$(dirname "$0")/../..}/tests/e2e/lib.sh"
. "$ROOT/tests/link/lib.sh"

SEED=${SEED:-1}
echo "seed $SEED"
link_make

udp() { # ADDRESS COUNT SIZE GAP-MS: what came, a line each, in udp.txt; udp.txt's last line goes to $answered
	"$PROBE" udp "$NEAR" "$FAR" "$1" 9 "$2" "$3" "$4" >udp.txt || fail "probe: $(cat udp.txt)"
	answered=$(sed -n 's/^answered //p' udp.txt)
	sed -i '/^answered/d' udp.txt
}
came() {
	wc -l <udp.txt | tr -d ' '
}
between() { # WHAT LOW HIGH VALUE
	awk -v v="$4" -v low="$2" -v high="$3" 'BEGIN {exit !(v >= low && v <= high)}' ||
		fail "$1: $4 is not within $2 and $3 (packets were up to $(counted late_us) us late)"
}

# 40 datagrams of 1,000 bytes and 28 of headers at once: 128.5 ms each at 64 kbit/s, 300 ms of delay
link_up rate=64k delay=300 queue=100000 seed="$SEED"
udp $FAR4 40 1000 0
same "datagrams" 40 "$(came)"
same "answers" 40 "$answered"
# never sooner; later only as a busy machine is: test_badlink has the times to the microsecond, and measurements are
# refused when a packet came out late
first=$(sed -n '1s/^[0-9]* \([0-9.]*\).*/\1/p' udp.txt) more=$(awk 'END {print $3}' udp.txt)
echo "ms of the first: $first, for 39 more: $more (428.5 and 5012; packets were up to $(counted late_us) us late)"
between "ms of the first" 428.5 60000 "$first"
between "ms for 39 more" 4962 60000 "$more"
same "bytes up" $((40 * 1028)) "$(counted up_sent_bytes)"
same "bytes down" $((40 * (28 + 24))) "$(counted down_delivered_bytes)"
same "bytes both ways" $((40 * (1028 + 52))) "$(wire_bytes)"

# the queue: one on the line, two wait, the third is let in as 2,056 wait; IPv6
link_up rate=64k up.queue=2056 seed="$SEED"
udp $FAR6 10 980 0
same "past a short queue" 3 "$(came)"
same "dropped by it" 7 "$(counted up_queue_packets)"

# 2,000 datagrams: 10 % lost each way, alone and in bursts, and counts that add up
for burst in 1 4; do
	link_up loss=10 burst=$burst seed="$SEED"
	udp $FAR4 2000 100 0.2
	link_count
	same "lost and came, burst $burst" 2000 $(($(stat_of up_lost_packets) + $(came)))
	same "answers, burst $burst" "$answered" $(($(came) - $(stat_of down_lost_packets)))
	between "came of 2000, burst $burst" $((burst == 4 ? 1622 : 1733)) $((burst == 4 ? 1978 : 1867)) "$(came)"
	runs=$(awk '$1 > last + 1 {n++} {last = $1} BEGIN {last = -1} END {print n}' udp.txt)
	between "mean run of losses, burst $burst" "$([ $burst = 4 ] && echo 1.6 || echo 1.0)" \
		"$([ $burst = 4 ] && echo 6.5 || echo 1.25)" $((($(stat_of up_lost_packets) * 100) / runs))e-2
done

# some twice, some so late that a busy machine does not hide it
link_up reorder=10/300 duplicate=10 delay=5 seed="$SEED"
udp $FAR4 500 100 1
between "twice, of 500" 17 84 $(($(came) - 500))
between "overtaken, of 500" 15 84 "$(awk '$1 < most {n++} $1 > most {most = $1} END {print n}' udp.txt)"

# an outage of 1 s in every 2 s takes what leaves during it, and the address is another after each
link_up outage=1/2 nat=outage seed="$SEED"
udp $FAR4 200 100 30
between "came between outages, of 200" 80 120 "$(came)"
addresses=$(awk '{print $4, $5}' udp.txt | uniq | sort -u | wc -l)
between "addresses and ports seen" 3 $(($(counted nat_changes) + 1)) "$addresses"
same "each with another port" "$addresses" "$(awk '{print $5}' udp.txt | sort -u | wc -l)"
has udp.txt ' 203\.0\.113\.'

# TCP through the NAT, IPv4 and IPv6: every byte as it was sent, so the checksums are right
for address in $FAR4 $FAR6; do
	link_up rate=2M delay=5 loss=1 nat=signal seed="$SEED"
	"$PROBE" tcp "$NEAR" "$FAR" $address 9 300000 >tcp.txt || fail "TCP by NAT to $address"
	has tcp.txt '^300000 '
done
udp $FAR6 5 100 1
has udp.txt ' 2001:db8:2::1 '
same "IPv6 answers come back through the NAT" 5 "$answered"
link_move
udp $FAR6 5 100 1
has udp.txt ' 2001:db8:2::2 '

# long datagrams vanish; UDP is blocked but TCP is not
link_up mtu=600 seed="$SEED"
udp $FAR4 10 572 1
same "of 600 bytes" 10 "$(came)"
udp $FAR4 10 573 1
same "of 601 bytes" 0 "$(came)"
link_up block=udp seed="$SEED"
udp $FAR4 10 100 1
same "UDP where it is blocked" 0 "$(came)"
"$PROBE" tcp "$NEAR" "$FAR" $FAR4 9 10000 >tcp.txt || fail "TCP where UDP is blocked"
link_down
