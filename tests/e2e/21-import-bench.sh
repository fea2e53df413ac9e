#!/bin/sh
# A thousand visits import as they stand, and come out of the export as they went in.
. "${ROOT:-$(dirname "$0")/../..}/tests/e2e/lib.sh"

province p
node p d 90006-01 "127.0.0.1:$PORT"
visits=$ROOT/../shared/data/bench_visits_1000.csv
if [ ! -r "$visits" ]; then
	draw data 1 --visits 250
	visits=data/visits.csv
fi
awk -F, 'NR == 1 {print "number"} NR > 1 {print $1}' "$visits" >households.csv
cy d import household households.csv >/dev/null
cp "$visits" visits.csv
cy d import visit visits.csv
[ ! -e visits.rejected.csv ] || fail "rows were rejected: $(head -n 3 visits.rejected.csv)"

# the columns of what went in, from what came out, in any order of columns
cy d export visit -o export.csv
awk -v want="$(sed -n 1p visits.csv)" 'BEGIN {FS = OFS = ","; n = split(want, name)}
	NR == 1 {for (i = 1; i <= NF; i++) at[$i] = i}
	{for (i = 1; i <= n; i++) printf "%s%s", $(at[name[i]]), i < n ? "," : "\n"}' export.csv >back.csv
head -n 3 export.csv
sed 's/\(\.[0-9]*[1-9]\)0*,/\1,/g' visits.csv >wanted.csv
sed 's/\(\.[0-9]*[1-9]\)0*,/\1,/g' back.csv >got.csv
cmp wanted.csv got.csv || fail "the export differs: $(diff wanted.csv got.csv | head -n 6)"

# and from there into another home
node p e 90006-02 "127.0.0.1:$PORT"
cy e import household households.csv >/dev/null
cy e import visit back.csv
cy e export visit -o again.csv
same "rows" "$(wc -l <export.csv)" "$(wc -l <again.csv)"
