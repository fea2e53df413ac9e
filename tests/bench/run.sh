#!/bin/sh
# run.sh OUT BENCH...: runs each bench in a folder of its own, prints its "bench NAME VALUE UNIT"
# lines and keeps NAME, VALUE, UNIT in OUT, in place of what was there by those names.
set -eu
out=$PWD/$1
shift
top=$PWD
dir=$(mktemp -d build/bench.XXXXXX)
trap 'rm -rf "$top/$dir"' EXIT
lines=$top/$dir/lines
VISITS=$top/../shared/data/bench_visits_1000.csv # else drawn ones
if [ ! -r "$VISITS" ]; then
	"$GEN" --population tests/data/sample_population.csv --commune 90006 --village 1 --visits 1000 --out "$dir"
	VISITS=$top/$dir/visits.csv
fi
export VISITS
for bench; do
	(cd "$dir" && $RUN "$top/$bench") >"$dir/one" || { echo "$bench failed" >&2; exit 1; }
	tee -a "$lines" <"$dir/one"
done
# What an idle agent weighs: a stripped copy of the program.
cp "$CAYDA" "$dir/cayda"
${STRIP:-strip} "$dir/cayda"
size=$(wc -c <"$dir/cayda")
printf 'bench agent_size %d bytes\n' "$size" | tee -a "$lines"
tests/bench/keep.sh "$out" "$lines"
