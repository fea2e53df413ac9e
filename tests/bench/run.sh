#!/bin/sh
# run.sh OUT BENCH...: runs each bench in a folder of its own, prints its "bench NAME VALUE UNIT"
# lines and keeps NAME, VALUE, UNIT in OUT.
set -eu
out=$PWD/$1
shift
top=$PWD
dir=$(mktemp -d build/bench.XXXXXX)
trap 'rm -rf "$top/$dir"' EXIT
: >"$out"
for bench; do
	(cd "$dir" && $RUN "$top/$bench") | tee "$dir/lines"
	awk -v OFS='\t' '$1 == "bench" { print $2, $3, $4 }' "$dir/lines" >>"$out"
done
# What an idle agent weighs: a stripped copy of the program.
cp "$CAYDA" "$dir/cayda"
${STRIP:-strip} "$dir/cayda"
size=$(wc -c <"$dir/cayda")
printf 'bench agent_size %d bytes\n' "$size"
printf 'agent_size\t%d\tbytes\n' "$size" >>"$out"
