# lib.sh - two namespaces and a bad line between them. Sourced after tests/e2e/lib.sh; BADLINK is the program of
# tests/link. It needs root and /dev/net/tun: without them link_needs ends the script, saying so.
#
#	link_make               namespaces $NEAR (the client, who may be behind a NAT) and $FAR (the server)
#	link_up loss=10 ...     puts a line between them, or another one; see `badlink` for the keys
#	near COMMAND..., far COMMAND...       cy and serve run there too
#	counted NAME            a count of the line so far, such as up_sent_bytes
# Addresses: $NEAR4 $NEAR6, $FAR4 $FAR6. Namespaces carry this process's id, and go with it.

: "${BADLINK:?the program}"
NEAR4=192.0.2.2 FAR4=192.0.2.1
NEAR6=2001:db8:1::2 FAR6=2001:db8:1::1
NEAR=cayda-$$-near FAR=cayda-$$-far
LINK_STATS=$T/line.stats

link_needs() {
	if [ "$(id -u)" = 0 ] && [ -c /dev/net/tun ] && ip netns add "$NEAR" 2>link.txt && ip netns del "$NEAR"; then
		return
	fi
	[ -z "${CI:-}" ] || fail "this needs root, network namespaces and /dev/net/tun: $(cat link.txt)"
	echo "left out: it needs root, network namespaces and /dev/net/tun"
	exit 0
}

# Those of processes that are no more: they were killed without a chance to clean up.
link_sweep() {
	for link_space in $(ip netns list 2>/dev/null | sed -n 's/^\(cayda-[0-9]*-[a-z]*\).*/\1/p'); do
		link_owner=${link_space#cayda-}
		[ -e "/proc/${link_owner%-*}" ] || ip netns del "$link_space" 2>/dev/null || true
	done
}

link_gone() {
	ip netns del "$NEAR" 2>/dev/null || true
	ip netns del "$FAR" 2>/dev/null || true
}

link_side() { # NAMESPACE IPV4 IPV6
	ip netns add "$1"
	# What the kernel says of its own accord is not the programs' traffic.
	ip netns exec "$1" sh -c 'cd /proc/sys/net/ipv6/conf/default
		echo 0 >accept_ra; echo 0 >router_solicitations; echo 1 >addr_gen_mode'
	ip -n "$1" link set lo up
	ip -n "$1" tuntap add dev line mode tun
	# what badlink has not read yet must not be lost: a busy machine stops it for a while
	ip -n "$1" link set line mtu 1280 txqueuelen 10000 up
	ip -n "$1" addr add "$2/24" dev line noprefixroute
	ip -n "$1" addr add "$3/64" dev line nodad noprefixroute
	link_routes "$1"
}

# link_tcp NAMESPACE ALGORITHM: how TCP there takes losses. CUBIC is the default of most systems.
link_tcp() {
	ip -n "$1" route replace 192.0.2.0/24 dev line congctl "$2"
	ip -n "$1" route replace 2001:db8:1::/64 dev line congctl "$2"
}

# To the other side, and to where a NAT puts it. They go with a side's last address.
link_routes() { # NAMESPACE
	link_tcp "$1" "${TCP:-cubic}"
	ip -n "$1" route replace 203.0.113.0/24 dev line
	ip -n "$1" route replace 2001:db8:2::/64 dev line
}

link_make() {
	link_needs
	link_sweep
	CLEANUP=link_gone
	link_side "$NEAR" $NEAR4 $NEAR6
	link_side "$FAR" $FAR4 $FAR6
}

link_down() {
	link_pid=$(pid_of line)
	kill "$link_pid"
	within "the line ends" ended "$link_pid"
	wait "$link_pid" || fail "the line ended with status $?"
	SERVERS=$(echo "$SERVERS" | sed "s/ line:$link_pid//")
}

# link_up KEY=VALUE...: in place of the one that is there
link_up() {
	case $SERVERS in *" line:"*) link_down ;; esac
	rm -f "$LINK_STATS"
	"$BADLINK" "$NEAR:line" "$FAR:line" stats="$LINK_STATS" "$@" >>line.log 2>&1 </dev/null &
	SERVERS="$SERVERS line:$!"
	within "the line comes up" test -s "$LINK_STATS"
}

near() {
	INSIDE="ip netns exec $NEAR"
	link_run "$@"
}
far() {
	INSIDE="ip netns exec $FAR"
	link_run "$@"
}
link_run() { # COMMAND...: functions of the library know INSIDE by themselves
	link_status=0
	case $1 in
	cy | serve | run | node | province) "$@" || link_status=$? ;;
	*) $INSIDE "$@" || link_status=$? ;;
	esac
	INSIDE=
	return $link_status
}

# The address that the server sees is another from now on (nat=... was said).
link_move() {
	kill -USR2 "$(pid_of line)"
}

link_written() { # N: the counts were written more than N times
	[ "$(stat_of written)" -gt "$1" ]
}
stat_of() {
	sed -n "s/^$1 //p" "$LINK_STATS"
}
link_count() { # brings $LINK_STATS up to date
	link_before=$(stat_of written)
	kill -USR1 "$(pid_of line)"
	within "the line writes its counts" link_written "$link_before"
}
counted() { # NAME
	link_count
	stat_of "$1"
}
wire_bytes() { # all that was put on the line, both ways
	link_count
	echo $(($(stat_of up_sent_bytes) + $(stat_of down_sent_bytes)))
}

# random_notes VISITS.csv BYTES: visits of that file as they make packs of about so many bytes: their notes are letters
# drawn from 64 by SEED, of which three quarters remain, besides 11 bytes of other answers and of packing each
random_notes() {
	random_rows=$(($2 / (1400 * 3 / 4 + 11)))
	head -c $((random_rows * 1050)) /dev/zero |
		openssl enc -aes-128-ctr -nosalt -pbkdf2 -pass "pass:${SEED:-1}" | base64 -w 1400 >notes.txt
	awk -F, -v OFS=, 'NR == FNR {note[FNR] = $0; n = FNR; next}
		FNR == 1 || FNR <= n + 1 {if (FNR > 1) $NF = note[FNR - 1]; print}' notes.txt "$1"
}
