#!/bin/bash
# Run the unit and end-to-end tests of one build; the last line is "N passed, N failed".
#
# usage: CAYDA=binary GEN=binary RUN=[emulator] TEST=[pattern] tests/run.sh BUILD-FOLDER 'UNIT-BINARIES'
#
# A unit binary speaks TAP (cmocka), and each of its functions counts. A script tests/e2e/NN-*.sh counts
# as one and passes by exit status 0. It starts in an empty folder of its own and finds:
#   CAYDA  the program, which can be called as it is (an emulator, if any, is inside)
#   GEN    the generator of visits        ROOT   the project's root
#   PORT   first of 100 UDP and TCP ports that no other script uses
set -u
build=$1
units=$2
root=$(pwd)
work=$root/$build/test
logs=$work/log
case ${RUN:-}$build in build/linux-amd64) limit=600 ;; *) limit=900 ;; esac
LIMIT=${LIMIT:-$limit}          # seconds a test may take; emulators and sanitizers are slow

rm -rf "$logs" "$work/e2e" "$work/unit"
mkdir -p "$logs" "$work/e2e"
CAYDA=$root/$CAYDA
if [ -n "${RUN:-}" ]; then
	printf '#!/bin/sh\nexec %s %s "$@"\n' "$RUN" "$CAYDA" >"$work/cayda"
	chmod +x "$work/cayda"
	CAYDA=$work/cayda
fi
export CAYDA GEN=$root/$GEN ROOT=$root CMOCKA_MESSAGE_OUTPUT=TAP
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1} UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}

seconds_since() {
	awk -v a="$1" -v b="$EPOCHREALTIME" 'BEGIN {printf "%.1f", b - a}'
}

report() { # NAME PASSED FAILED SECONDS LOG
	echo "$2 $3" >"$logs/$1.count"
	if [ "$3" = 0 ]; then
		printf 'ok    %-44s %3d  %6s s\n' "$1" "$2" "$4"
	else
		{
			printf 'FAIL  %-44s %3d  %6s s\n' "$1" "$3" "$4"
			grep -v '^ok ' "$5" | tail -n 40 | sed 's/^/      /'
			echo "      (all of it: ${5#"$root"/})"
		}
	fi
}

unit() { # BINARY
	local name=${1##*/} log began status passed failed
	log=$logs/$name.log
	began=$EPOCHREALTIME
	mkdir -p "$work/unit/$name"
	(cd "$work/unit/$name" && timeout -k 5 "$LIMIT" $RUN "$root/$1") >"$log" 2>&1
	status=$?
	passed=$(grep -c '^ok ' "$log")
	failed=$(grep -c '^not ok ' "$log")
	if [ $status != 0 ] && [ "$failed" = 0 ] || [ $((passed + failed)) = 0 ]; then
		echo "ended with status $status$([ $status = 124 ] && echo " after $LIMIT s")" >>"$log"
		failed=1        # it crashed, leaked, hung or held no test
	fi
	report "$name" "$passed" "$failed" "$(seconds_since "$began")" "$log"
}

e2e() { # SCRIPT PORT
	local name=${1##*/} log began status shell=sh
	head -n 1 "$1" | grep -q bash && shell=bash
	name=${name%.sh}
	log=$logs/$name.log
	mkdir -p "$work/e2e/$name"
	began=$EPOCHREALTIME
	(cd "$work/e2e/$name" && RUN='' PORT=$2 timeout -k 5 "$LIMIT" $shell "$root/$1") >"$log" 2>&1
	status=$?
	[ $status = 0 ] || echo "ended with status $status$([ $status = 124 ] && echo " after $LIMIT s")" >>"$log"
	report "$name" $((status == 0)) $((status != 0)) "$(seconds_since "$began")" "$log"
}

# A place for one more: most scripts wait for something, so there are more places than processors.
places=$(($(nproc) + 2))
place() {
	while [ "$(jobs -rp | wc -l)" -ge $places ]; do wait -n; done
}

n=0
for s in tests/e2e/[0-9]*.sh; do
	[ -e "$s" ] || continue
	case ${s##*/} in *"${TEST:-}"*) ;; *) continue ;; esac
	place
	# Below the range that the kernel hands out, and apart from a second run on this machine.
	e2e "$s" $((10000 + ($$ * 37 + n) % 220 * 100)) &
	n=$((n + 1))
done
for u in $units; do
	case ${u##*/} in *"${TEST:-}"*) ;; *) continue ;; esac
	place
	unit "$u" &
done
wait

totals=$(cat "$logs"/*.count 2>/dev/null | awk '{p += $1; f += $2} END {print p + 0, f + 0}')
echo "${totals% *} passed, ${totals#* } failed"
[ "${totals#* }" = 0 ] && [ "${totals% *}" != 0 ]
