#!/bin/sh
# What somebody should look at again: nothing where all is well, each planted fault with its record and why.
. "${ROOT:-$(dirname "$0")/../..}/tests/e2e/lib.sh"

province p
for v in 1 2; do
	draw v$v $v
	cy p import household v$v/households.csv --unit 90006-0$v >/dev/null
	cy p import visit v$v/visits.csv --unit 90006-0$v >/dev/null
done
hash p 90 open >/dev/null
before=$(cat verify.json)

cy p report quality --as-of 2022-12-31 >quality.txt
has quality.txt '^Numbers far from the others of their commune: 0 of [0-9,]+$'
has quality.txt "^Records against the form's rules of today: 0 of [0-9,]+$"
has quality.txt '^Households that nobody visited for a year: 0 of [0-9]+$'
has quality.txt '^Answers that one enumerator never varies: 0 of [0-9]+$'
has quality.txt '^Places that are not in their unit: 0 of [0-9]+$'
has quality.txt '^nothing to look at again$'
lacks quality.txt '^(outlier|impossible|unvisited|unvarying|fast|place) '

# a household of 60, far away; and two saved in one breath
cy p add household number=9001 registered_on=2022-10-01 --unit 90006-01 >/dev/null
far=$(cy p add visit household=9001 surveyed_on=2022-11-01 persons=60 adults=2 smartphones=1 fibre=1 eid=0 bank=0 \
	lat=10.5 lon=106.5 --unit 90006-01)
cy p add household number=9002 registered_on=2022-10-01 --unit 90006-01 >/dev/null
fast=$(cy p add visit household=9002 surveyed_on=2022-11-01 persons=3 adults=2 smartphones=1 fibre=1 eid=0 bank=0 \
	--unit 90006-01)
cy p report quality --as-of 2022-12-31 >quality.txt
has quality.txt "^outlier +$far +90006-01 .* 60 +the middle one of the commune is"
has quality.txt "^place +$far +90006-01 .* km from the middle"
has quality.txt "^fast +$fast +90006-01 .*saved [0-9]+ seconds after the record before"
cy p report quality --as-of 2022-12-31 --json >quality.json
has quality.json "\"record\":\"$far\""
cy p report quality --as-of 2022-12-31 --unit 90006-02 >other.txt
lacks other.txt "$far"
cy p report quality --as-of 2024-06-01 >late.txt
has late.txt '^Households that nobody visited for a year: ([0-9]+) of \1$'

# boundaries that are given decide
cat >b.json <<'END_JSON'
{"type":"Topology","arcs":[[[100,5],[110,5],[110,25],[100,25],[100,5]]],"objects":{"c":{"type":"GeometryCollection",
"geometries":[{"type":"Polygon","arcs":[[0]],"properties":{"code":"90006"}}]}}}
END_JSON
cy p report quality --as-of 2022-12-31 --boundaries b.json --format txt >quality.txt
lacks quality.txt '^place '
sed 's/110/101/g' b.json >west.json
cy p report quality --as-of 2022-12-31 --boundaries west.json --format txt >quality.txt
has quality.txt "^place +$far .*outside the unit's boundary"
echo '{"type":' >broken.json
fails 1 'broken.json' cy p report quality --boundaries broken.json

cy p report quality --lang vi --as-of 2022-12-31 >vi.txt
has vi.txt 'không có gì bị sửa'
