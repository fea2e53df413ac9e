#!/bin/sh
# What the coverage page is told is what the report says, of any day and in the units of any other; and its map.
. "${ROOT:-$(dirname "$0")/../..}/tests/e2e/lib.sh"
. "$ROOT/tests/e2e/pages.sh"

province p
draw data 1 --visits 40
cy p import household data/households.csv --unit 90006-01 >/dev/null
cy p import visit data/visits.csv --unit 90006-01 >/dev/null
cy p add household number=900 persons=2 --unit 90006-02 >/dev/null
cy p add visit household=900 surveyed_on=2026-10-05 time=09:00 persons=2 adults=2 smartphones=1 fibre=1 eid=1 bank=1 --unit 90006-02 >/dev/null
WEB=$((PORT + 1)) serve p "127.0.0.1:$PORT"
enter p

# every figure of a unit, and every unit's of one indicator
ask 200 GET '/api/coverage?unit=90006&indicator=fibre'
cy p --json report coverage --unit 90006 >all.json
sed 's/"rows":.*//; t cut; b; :cut q' reply >overview
figures overview >told
figures all.json >reported
same "figures" "$(sort reported)" "$(awk 'NR == FNR {c[$1]; next} $1 in c' reported told | sort)"
cy p --json report coverage --unit 90006 --by village --indicator fibre >rows.json
sed -n '/"rows":/,$p' reply | sed 's/.*"rows"://; s/"rest":.*//' >rows
sed 's/"visited":{[^}]*},//' rows.json >share.json
same "villages' figures" "$(figures share.json | grep -v '^90006 ')" "$(figures rows | grep -v '^90006 ')"
same "villages" 3 "$(figures rows | grep -c '^90006-0')"
has reply '"code":"90","name":"Tỉnh mẫu","level":"province"'
has reply '"rest":\{"numerator":0,"denominator":0\}'
same "by" village "$(field by reply)"
same "newest" 2026-10-05 "$(field newest reply)"
ask 200 GET '/api/coverage?indicator=fibre'
same "a province by" commune "$(field by reply)"
ask 200 GET '/api/coverage?indicator=fibre&unit=90006&as-of=2022-12-31'
lacks reply '"code":"90006-02".*"visited":1,'
for wrong in 'unit=nowhere' 'indicator=none'; do ask 404 GET "/api/coverage?$wrong"; done
for wrong in 'as-of=yesterday' 'geography=2026-02-30' 'by=street'; do ask 400 GET "/api/coverage?$wrong"; done

# a line over months ends at the newest record; each point is what was asked for that day
ask 200 GET '/api/trend?indicator=fibre&unit=90006&n=3'
same "months" "2026-08 2026-09 2026-10" "$(tr ',{' '\n\n' <reply | sed -n 's/^"period":"\(.*\)"/\1/p' | tr '\n' ' ' | sed 's/ $//')"
same "next" null "$(field next reply)"
cy p --json report coverage --unit 90006 --indicator fibre --as-of 2026-09-30 >day.json
same "the point of September" "$(field numerator day.json)" \
	"$(tr '{' '\n' <reply | grep '"period":"2026-09"' | field numerator)"
ask 200 GET '/api/trend?indicator=fibre&unit=90006&step=year&n=60&after=59'
has reply '"points":\[\{"period":"2026","day":"20[0-9-]*".*\],"next":null'
ask 400 GET '/api/trend?indicator=fibre&step=week'
ask 400 GET '/api/trend?indicator=fibre&n=61'
ask 404 GET '/api/trend?indicator=none'

# maps: none, one that is none, one of a day; reports lie on it
ask 200 GET '/api/coverage'
same "map" null "$(field map reply)"
ask 404 GET /api/map/1900-01-01
echo '{"type":"FeatureCollection","features":[]}' >wrong.json
fails 1 'wrong.json' cy p unit boundaries wrong.json
cat >square.json <<'JSON'
{"type":"Topology","objects":{"communes":{"type":"GeometryCollection","geometries":[
{"type":"Polygon","arcs":[[0]],"properties":{"code":"90006"}}]}},
"arcs":[[[106,21],[107,21],[107,22],[106,22],[106,21]]]}
JSON
cy p unit boundaries square.json --valid-from 2025-07-01 >/dev/null
ask 200 GET '/api/coverage'
same "map" 2025-07-01 "$(field map reply)"
ask 200 GET /api/map/2025-07-01
cmp reply square.json || fail "the map is another than was given"
curl -s -D head -o reply -b "$JAR" "$BASE/api/map/2025-07-01"
tag=$(tr -d '\r' <head | sed -n 's/^ETag: //p')
same "who has the map is not sent it again" 304 \
	"$(curl -s -o reply -w '%{http_code}' -b "$JAR" -H "If-None-Match: $tag" "$BASE/api/map/2025-07-01")"
ask 200 GET '/api/report/coverage?by=commune&indicator=fibre&format=geojson'
has reply '"id":"90006","geometry":\{"type":"Polygon"'
cy p unit boundaries --drop --valid-from 2025-07-01 >/dev/null
fails 1 'no boundaries of 2025-07-01' cy p unit boundaries --drop --valid-from 2025-07-01

ask 200 PUT /api/map/2025-07-01 "$(cat square.json)"
ask 200 GET /api/map/2025-07-01
ask 400 PUT /api/map/2025-07-01 '{"type":"FeatureCollection","features":[]}'
ask 400 PUT /api/map/2025-13-01 "$(cat square.json)"
ask 200 DELETE /api/map/2025-07-01
ask 404 DELETE /api/map/2025-07-01

# codes are used again: of a day before, the code is that day's unit
printf 'code,name,level,parent_code\n90005,Xã Năm Mới,commune,901\n' >later.csv
cy p unit import later.csv --valid-from 2026-01-01 >/dev/null
ask 200 GET '/api/coverage?unit=90005'
has reply 'Xã Năm Mới'
has reply '"changes":\["2026-01-01"\]'
ask 200 GET '/api/coverage?unit=90005&geography=2025-12-31'
has reply '"code":"90005","name":"Xã 5"'
ask 200 GET '/api/report/coverage?unit=90005&geography=2025-12-31'
has reply 'Xã 5 \(90005\)'
