#!/bin/sh
# province.sh OUT: measures a province's reports, with PROVINCE (the program), CAYDA and KEPT, a folder where the database
# stays while what it is made of stays the same. Without the province's population file beside the project a sample
# of 12 communes takes its place, and says so. Prints "bench NAME VALUE UNIT" lines and keeps them in OUT.
set -eu
out=$1
population=../shared/data/bac_giang_population_2022_est.csv
if [ ! -r $population ]; then
	population=tests/data/sample_population.csv
	echo "province: $population in place of the province's file: its figures are those of 12 communes" >&2
fi
made_of="$population tests/bench/province_make.c tests/gen/model.c tests/gen/prng.h storage/schema.sql storage/form_tables.c
	$(find agent/forms -name '*.csv' | sort)"
key=$(cat $made_of | sha256sum)
home=$KEPT/home
lines=$KEPT/lines
if [ "$(cat "$KEPT/key" 2>/dev/null)" != "$key" ]; then
	rm -rf "$KEPT"
	mkdir -p "$KEPT/work"
	top=$PWD
	(cd "$KEPT/work" && "$top/$PROVINCE" make "$top/$home" "$top/$population")
	rm -rf "$KEPT/work"
	echo "$key" >"$KEPT/key"
fi

"$PROVINCE" figures "$home" >"$lines"
cat "$lines"
size=$(wc -c <"$home/cayda.db")
echo "bench province_db $((size / 1048576)) MiB" | tee -a "$lines"

report() { # NAME ARGUMENT...
	name=$1
	shift
	"$PROVINCE" run "report_$name" "$CAYDA" --home "$home" report "$@" >"$KEPT/line" || return 1
	tee -a "$lines" <"$KEPT/line"
}
report coverage_by_village coverage --by village
report coverage_of_a_day coverage --by village --as-of 2022-11-10
report coverage_of_a_month coverage --by commune --period 2022-10
# Each kind of report about records; the others hand in, or tell about reports.
for kind in $(LC_ALL=C "$CAYDA" report | awk 'listed { print $1 } $1 == "report" { listed = 1 }'); do
	case $kind in submit | submitted | deadline | views) continue ;; esac
	report "$kind" "$kind" --by commune || report "$kind" "$kind" || echo "province: no figure of report $kind" >&2
done
tests/bench/keep.sh "$out" "$lines"
