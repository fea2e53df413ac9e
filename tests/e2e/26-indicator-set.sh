#!/bin/sh
# A province sets indicators, targets and weights from files; offices have them with the next sync and explain each figure.
. "${ROOT:-$(dirname "$0")/../..}/tests/e2e/lib.sh"

province p
serve p "127.0.0.1:$PORT"
node p office 90006 "$ADDR"
cy office sync >/dev/null
draw a.data 1
cy office import household a.data/households.csv --unit 90006-01 >/dev/null
cy office import visit a.data/visits.csv --unit 90006-01 >/dev/null

cat >indicators.csv <<'CSV'
code,order,label::Vietnamese (vi),label::English (en),form,latest_by,numerator,denominator,counts,direction
big,90,Hộ đông người,Large households,visit,household,count(*) FILTER (WHERE persons > 4),count(*),households,down
people,91,Số người,People,visit,household,sum(persons),,people,up
CSV
cat >targets.csv <<'CSV'
indicator,unit_code,year,share,document
big,,2026,0.2,Plan 7
big,90006,2026,0.25,
CSV
printf 'indicator,weight\nbig,2.5\n' >weights.csv
for what in 'add indicators' 'target targets' 'weight weights'; do
	cy p indicator ${what% *} ${what#* }.csv >/dev/null
done
cy p indicator target targets.csv >again
has again '^Rows set: 0$'
fails 1 'set at the root of the tree' cy office indicator target targets.csv
refused() { # WHAT REGEX HEADER ROW
	printf '%s\n%s\n' "$3" "$4" >wrong.csv
	fails 1 "$2" cy p indicator "$1" wrong.csv
}
refused target "row 2, column share: '85' is not a share" indicator,unit_code,year,share big,,2026,85
refused weight 'people is a plain number' indicator,weight people,1
refused add 'row 2, column numerator' code,order,form,latest_by,numerator,denominator,counts,direction \
	'bad,90,visit,household,(SELECT count(*) FROM node),count(*),x,up'

cy office sync >/dev/null
cy office indicator list >list
has list '^big +Large households +25\.0% +2026$'
has list '^people +People +a number, no share'
cy office indicator show big >shown
has shown '^vi +Hộ đông người$'
has shown '^numerator +count\(\*\) FILTER \(WHERE persons > 4\)$'
has shown '^weight +2\.5$'
has shown ' 20\.0% +2026 +Plan 7$'
has shown 'target of 90006 for 2026 +set'
lacks shown 'not sent'

# a figure is what its records add up to, and what the report says
big=$(awk -F, 'NR > 1 && $4 > 4' a.data/visits.csv | wc -l)
all=$(awk 'NR > 1' a.data/visits.csv | wc -l)
cy office indicator test big --unit 90006-01 --limit 1000 >test
has test "^numerator +$big +count"
has test "^denominator +$all +count"
same 'rows' "$all" "$(grep -c '90006-01 ' test)"
same 'rows that add to the numerator' "$big" "$(grep -c ' 1 \+1$' test)"
cy office --json report coverage --unit 90006-01 >report
figures report >figures
has figures "^big $big $all$"
cy office indicator test big --limit 3 >few
has few "and $((all - 3)) more"
cy office --json indicator test people --unit 90006 >test.json
same 'a plain number has no denominator' null "$(field denominator test.json)"
lacks test "$(awk -F, 'NR == 2 {print $2}' a.data/households.csv)" # a name
cy office edit "$(cy office list visit --limit 1 --columns id | tail -1 | tr -d ' ')" persons=15 >/dev/null
cy office --json indicator test people >test.json
sum=$(awk -F, 'NR == 2 {n += 15} NR > 2 {n += $4} END {print n}' a.data/visits.csv)
has test.json "\"figure\": *\{\"numerator\": *$sum,"

# out, changed and in again; and dropped, everywhere
cy p indicator export set >/dev/null
sed 's/^fibre,,2022,0.85,/fibre,,2022,0.5,/' set/targets.csv >changed.csv
cy p indicator target changed.csv >again
has again '^Rows set: 1$'
cy p indicator add set/indicators.csv >again
has again '^Rows set: 0$'
cy p indicator drop big >/dev/null
fails 1 'there is no indicator fibr here; did you mean fibre' cy p indicator show fibr
fails 1 'there is no indicator big here' cy p indicator drop big
fails 1 'set at the root of the tree' cy office indicator drop fibre
cy office sync >/dev/null
cy office indicator list >list
lacks list '^big '
has list '^fibre .* 50\.0% '
cy office --json report coverage >report
lacks report '"big"'
same 'content' "$(hash p 90006 ref)" "$(hash office 90006 ref)"
