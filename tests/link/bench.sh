#!/bin/bash
# bench.sh OUT: the rows of `make bench-link`: each over so many seeds of the line, as many at once as JOBS says. Lines
#	bench NAME VALUE UNIT (median, LOW-HIGH over N seeds)
# are printed, and NAME, VALUE, UNIT, LOW, HIGH, DONE, SEEDS kept in OUT in place of what was there by those names. A
# row ends by its limit: VALUE is "-" when fewer than half of its runs were done by then.
#
#	ROWS='wire line_use'   only these (rows or figures); SEEDS=2: fewer; FIRST=10: others
set -u -o pipefail
out=$PWD/$1
jobs=${JOBS:-6}
work=$PWD/build/link/run
export ROOT=$PWD BASE=$PWD/build/link/base PEERS=$PWD/build/link/peers

# row, seeds, limit and usual time of a run in seconds, its figures
rows='
wire                5 300  12 wire_per_visit payload_vs_xz wire_idle rounds_idle wire_10_updates
line_use            5 240  20 line_use line_use_packs
line_use_256        5 240  14 line_use_256 line_use_256_packs
line_use_burst      5 240  20 line_use_burst line_use_burst_packs
line_use_20         5 240  22 line_use_20 line_use_20_packs
handshake_lossy    20 120   8 handshake_lossy
first_contact       5 180  15 first_contact
finish_20           5 360  30 finish_20
finish_40           5 360  50 finish_40
outage              5 660 300 outage outage_delivered outage_moves
tcp_share           5 240  60 tcp_share
visits_cayda       20 300   7 visits_cayda visits_cayda_bytes
visits_alive       20 300   6 visits_alive visits_alive_bytes
visits_https       20 300  10 visits_https visits_https_bytes
visits_https_bbr    5 300  20 visits_https_bbr visits_https_bbr_bytes
visits_block1       5 300  60 visits_block1 visits_block1_bytes
visits_qblock1      5 300  20 visits_qblock1 visits_qblock1_bytes
visits_pouchdb      5 300 110 visits_pouchdb visits_pouchdb_bytes
'

wanted() { # ROW FIGURES...: is it, or one of its figures, among ROWS?
	local name
	[ -n "${ROWS:-}" ] || return 0
	for name; do
		case " $ROWS " in *" $name "*) return 0 ;; esac
	done
	case " $ROWS " in *" vs_https "*) [ "$1" = visits_cayda ] || [ "$1" = visits_https ] ;; *) false ;; esac
}

# figure NAME LIMIT FILE...: its line, and its row of OUT, from the runs' files
figure() {
	local name=$1 limit=$2
	shift 2
	cat "$@" 2>/dev/null | awk -v name="$name" '$1 == name' |
		sort -k2,2g | awk -v name="$name" -v limit="$limit" -v runs=$# -v kept="$work/kept" '
		{unit = $3}
		$2 != "-" {value[++n] = $2}
		END {
			done = n + 0
			if (2 * done < runs) median = low = high = "-"
			else {
				# a run that was not done is beyond all others
				a = int((runs + 1) / 2); b = int(runs / 2) + 1
				median = sprintf("%.5g", b <= n ? (value[a] + value[b]) / 2 : value[a])
				low = sprintf("%.5g", value[1])
				high = n == runs ? sprintf("%.5g", value[n]) : "-"
			}
			if (!unit) unit = "-"
			how = "median, " low "-" high " over " runs " seeds"
			if (done < runs) how = done " of " runs " done, limit " limit " s" (high == "-" && low != "-" ? ", the best " low : "")
			printf "bench %s %s %s (%s)\n", name, median, unit, how
			printf "%s\t%s\t%s\t%s\t%s\t%d\t%d\n", name, median, unit, low, high, done, runs >>kept
		}'
}

# Rows whose runs are all done are told, in order.
told=0
tell() {
	local i row figures n limit files
	while [ $told -lt ${#chosen[@]} ]; do
		read -r row n limit _ figures <<<"${chosen[$told]}"
		files=()
		for ((i = first; i < first + n; i++)); do
			[ -e "$work/$row-$i/done" ] || return 0
			files+=("$work/$row-$i/figures")
		done
		for i in $figures; do figure "$i" "$limit" "${files[@]}"; done
		told=$((told + 1))
	done
}

run() { # ROW SEED LIMIT: in a folder of its own; the row's script ends what it started
	local dir=$work/$1-$2 status=0
	mkdir -p "$dir"
	(cd "$dir" && SEED=$2 exec timeout -k 10 "$3" sh "$work/row.sh" "$1") >"$dir/log" 2>&1 || status=$?
	if [ $status != 0 ]; then
		echo "bench: $1, seed $2: $([ $status = 124 ] && echo "not done in $3 s" || tail -n 1 "$dir/log") (${dir#"$ROOT/"})" >&2
		touch "$work/failed"
	fi
	rm -rf "$dir"/[do] # homes
	touch "$dir/done"
}

# The peers' packages, as their lock file pins them.
peers() {
	mkdir -p "$PEERS"
	cp tests/bench/peers/* "$PEERS/"
	tests/bench/peers/coap.sh "$PEERS/coap"
	cmp -s "$PEERS/package-lock.json" "$PEERS/installed.json" && return
	rm -rf "$PEERS/node_modules"
	(cd "$PEERS" && timeout 300 npm ci --ignore-scripts --no-audit --no-fund >npm.log 2>&1) || return
	cp "$PEERS/package-lock.json" "$PEERS/installed.json"
}

main() { # as one piece, for the same reason
	chosen=()
	first=${FIRST:-1}
	seconds=0
	rm -rf "$work" "$BASE"
	mkdir -p "$work" "$BASE"
	cp tests/link/row.sh "$work/" # it may be edited while it is in use
	peers || echo "bench: the npm registry cannot be reached: PouchDB is left out (${PEERS#"$ROOT/"}/npm.log)" >&2
	while read -r row n limit usual figures; do
		[ -n "$row" ] && wanted "$row" $figures || continue
		[ "$row" != visits_pouchdb ] || [ -e "$PEERS/installed.json" ] || continue
		n=$((${SEEDS:-0} > 0 ? (n > 5 ? n * ${SEEDS:-0} / 5 : ${SEEDS:-0}) : n))
		chosen+=("$row $n $limit $usual $figures")
		seconds=$((seconds + n * usual))
	done <<<"$rows"
	[ ${#chosen[@]} -gt 0 ] || { echo "bench: no row of '${ROWS:-}'" >&2; exit 1; }
	echo "bench: about $((seconds / jobs / 60 + 1)) minutes" >&2

	VISITS=$ROOT/../shared/data/bench_visits_1000.csv
	if [ ! -r "$VISITS" ]; then
		mkdir -p "$BASE"/drawn/{1,2,3,4,5}
		for village in 1 2 3 4 5; do
			"$GEN" --population tests/data/sample_population.csv --commune 90006 --village $village --visits 200 \
				--out "$BASE/drawn/$village"
		done
		awk -F, -v OFS=, 'NR == 1 || FNR > 1 {if (NR > 1) $1 = ++n; print}' "$BASE"/drawn/*/visits.csv \
			>"$BASE/drawn/visits.csv"
		VISITS=$BASE/drawn/visits.csv
	fi
	export VISITS
	(cd "$BASE" && sh "$ROOT/tests/link/base.sh") >"$work/base.log" 2>&1 || {
		tail -n 5 "$work/base.log" >&2
		exit 1
	}
	trap 'kill $(jobs -rp) 2>/dev/null; wait' EXIT
	trap 'exit 1' INT TERM HUP
	for line in "${chosen[@]}"; do
		read -r row n limit _ <<<"$line"
		for ((seed = first; seed < first + n; seed++)); do
			while [ "$(jobs -rp | wc -l)" -ge "$jobs" ]; do
				wait -n
				tell
			done
			run "$row" $seed "$limit" &
		done
	done
	while [ $told -lt ${#chosen[@]} ]; do
		wait -n
		tell
	done

	# How many times longer the same visits take by HTTPS.
	awk -F '\t' -v OFS='\t' '$2 != "-" {median[$1] = $2}
		END {if (median["visits_cayda"] && median["visits_https"])
			print "vs_https", sprintf("%.2f", median["visits_https"] / median["visits_cayda"]), "times"}' "$work/kept" \
		>"$work/derived"
	awk '{print "bench", $1, $2, $3}' "$work/derived"
	cat "$work/derived" >>"$work/kept"
	touch "$out"
	awk -F '\t' 'NR == FNR {fresh[$1] = 1} NR > FNR && !($1 in fresh)' "$work/kept" "$out" >"$work/old"
	cat "$work/old" "$work/kept" >"$out"
	[ ! -e "$work/failed" ]
}
main
