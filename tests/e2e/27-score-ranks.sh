#!/bin/sh
# Villages are ranked by weights that the province sets; each component is shown, and an office ranks the same.
. "${ROOT:-$(dirname "$0")/../..}/tests/e2e/lib.sh"

province p
serve p "127.0.0.1:$PORT"
node p office 90006 "$ADDR"
cy office sync >/dev/null
village() { # NUMBER SMARTPHONES FIBRE: of a household of four
	cy office add household number=1 persons=4 --unit 90006-0"$1" >/dev/null
	cy office add visit household=1 --unit 90006-0"$1" surveyed_on=2022-10-05 persons=4 adults=3 \
		smartphones="$2" fibre="$3" eid=0 bank=0 >/dev/null
}
village 1 1 1
village 2 3 0
row() { # HOME: rank, code, score of each village
	cy "$1" --json report score --unit 90006 --by village --as-of 2022-12-31 >"$1.json"
	tr '{' '\n' <"$1.json" | sed -n 's/.*"rank":\([^,]*\),"code":"\([^"]*\)".*"score":\([^,]*\),.*/\1 \2 \3/p'
}

# only these two count: smartphones are held against 85 %, fibre as well
awk -F, '{print $1 "," (NR == 1 ? "weight" : 0)}' "$ROOT/agent/forms/weights.csv" >none.csv
cy p indicator weight none.csv >/dev/null
fails 1 'no indicator has a weight here' cy p report score
printf 'indicator,weight\nsmartphone,3\nfibre,1\n' >weights.csv
cy p indicator weight weights.csv >/dev/null
cy office sync >/dev/null
row office >ranks
cat >wanted <<'RANKS'
1 90006-02 66.2
2 90006-01 47.1
null 90006-03 null
null 90006 58.8
RANKS
cmp ranks wanted || fail "ranks: $(cat ranks)"
row p >ranks
cmp ranks wanted || fail "the province ranks otherwise: $(cat ranks)"

# other weights, another order, after the next sync
printf 'indicator,weight\nsmartphone,1\nfibre,2\n' >weights.csv
cy p indicator weight weights.csv >/dev/null
cy office sync >/dev/null
row office | head -1 >ranks
has ranks '^1 90006-01 76\.5$'

# what makes it up
cy office report score --unit 90006-02 --as-of 2022-12-31 >one
has one '^smartphone .* 75\.0% +3/4 +85\.0% +88\.2% +33\.3 +29\.4$'
has one '^fibre .* 0\.0% +0/1 +85\.0% +0\.0% +66\.7 +0$'
has one '^score .* 100 +29\.4$'
