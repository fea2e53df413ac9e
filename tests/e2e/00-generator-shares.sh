#!/bin/sh
# The generator's province has the shares of 2022, and a household is the same whichever run draws it.
. "${ROOT:-$(dirname "$0")/../..}/tests/e2e/lib.sh"

check() { # POPULATION
	"$GEN" --check --population "$1" >shares || fail "shares are off: $(cat shares)"
	for want in smartphone:76 fibre:81 coverage:99 eid:14 bank:40; do
		got=$(awk -v code="${want%:*}" '$1 == code {print $2 / $3 * 100}' shares)
		awk -v g="$got" -v w="${want#*:}" 'BEGIN {exit !(g > w - 0.1 && g < w + 0.1)}' ||
			fail "$1: ${want%:*} is $got %"
	done
}
check "$ROOT/tests/data/sample_population.csv"
real=$ROOT/../shared/data/bac_giang_population_2022_est.csv
[ ! -r "$real" ] || {
	check "$real"
	same households 480000 "$(awk '$1 == "fibre" {print $3}' shares)"
}

draw a 1 --visits 40
draw b 1 --visits 20 --device 2
same "household 30 drawn twice" "$(grep ^30, a/visits.csv)" "$(grep ^30, b/visits.csv)"
draw c 1 --visits 40 --seed 2
differ "two seeds" "$(cat a/visits.csv)" "$(cat c/visits.csv)"

# counts.tsv is what stands in visits.csv
same fibre "$(awk -F, 'NR > 1 {n += $8; d++} END {print n, d}' a/visits.csv)" \
	"$(awk '$1 == "fibre" {print $2, $3}' a/counts.tsv)"
same smartphones "$(awk -F, 'NR > 1 {n += $6; d += $4} END {print n, d}' a/visits.csv)" \
	"$(awk '$1 == "smartphone" {print $2, $3}' a/counts.tsv)"
