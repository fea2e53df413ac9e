#!/bin/bash
# Breaks the engine in each way that storage/mutant.h names and asks that a simulated history or a unit test
# notices. Prints a line each; fails when one lives.
#
# usage: B=build/BOARD COMPILE='cc flags' LINK='cc flags' LIBS='-l...' SEEDS=n JOBS=n tests/sim/mutants.sh [NUMBER...]
set -u
numbers=${*:-$(sed -n 's/^ \*  *\([0-9][0-9]*\)  .*/\1/p' storage/mutant.h)}
units="test_merge test_merge_hostile test_sync test_sync_rounds test_store test_revoke"
alive=0

build() { # NUMBER: the objects that it touches, in $dir
	local f
	objects=
	mkdir -p "$dir"
	for f in $(grep -l "MUTANT_IS($1)" storage/*.c protocol/*.c); do
		$COMPILE -DMUTANT="$1" -c "$f" -o "$dir/$(basename "$f" .c).o" || return 1
		objects="$objects $dir/$(basename "$f" .c).o"
	done
	[ -n "$objects" ]
}

by_sim() {
	$LINK "$B"/obj/tests/sim/*.o $objects "$B/libcayda.a" $LIBS -o "$dir/sim" || return 1
	(cd "$dir" && timeout 300 ./sim --seeds "$SEEDS" --jobs "$JOBS" --stop 1) >"$dir/sim.log" 2>&1
	case $? in
	0) return 1 ;;
	124) caught="sim hangs" ;;
	*) caught=$(sed -n 's/^seed \([0-9]*\): \(.*\)/seed \1: \2/p' "$dir/sim.log" | head -n 1) ;;
	esac
}

by_unit() {
	local t
	for t in $units; do
		[ -e "$B/obj/tests/unit/$t.o" ] || continue
		$LINK "$B/obj/tests/unit/$t.o" $objects "$B/libcayda.a" -lcmocka $LIBS -o "$dir/$t" || return 1
		if ! (cd "$dir" && CMOCKA_MESSAGE_OUTPUT=TAP timeout 120 "./$t") >"$dir/$t.log" 2>&1; then
			caught="$t: $(sed -n 's/^not ok [0-9]* - //p' "$dir/$t.log" | head -n 1)"
			return 0
		fi
	done
	return 1
}

for n in $numbers; do
	dir=$B/mutant/$n
	what=$(sed -n "s/^ \*  *$n  //p" storage/mutant.h)
	caught=
	build "$n" || { echo "mutant $n cannot be built"; exit 1; }
	by_sim || by_unit || { caught="NOBODY"; alive=$((alive + 1)); }
	printf '%2d  %-64s %.110s\n' "$n" "$what" "$caught"
	rm -rf "$dir"
done
echo "mutants: $(echo "$numbers" | wc -w), alive: $alive"
[ $alive = 0 ]
