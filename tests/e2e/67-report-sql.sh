#!/bin/sh
# A free report: one SELECT over readable views, into any of a report's files; nothing else can be asked.
. "${ROOT:-$(dirname "$0")/../..}/tests/e2e/lib.sh"

province p
draw v1 1
cy p import household v1/households.csv --unit 90006-01 >/dev/null
cy p import visit v1/visits.csv --unit 90006-01 >/dev/null

cat >fibre.sql <<'END_SQL'
-- households by fibre, with labels
SELECT "Nhà có mạng cáp quang không" AS "Cáp quang", count(*) AS n, avg("Nhà có mấy người") AS persons
FROM "Phiếu khảo sát hộ gia đình"
GROUP BY 1 ORDER BY 1;
END_SQL
cy p report --sql fibre.sql >table.txt
has table.txt '^Cáp quang +n +persons$'
has table.txt '^Có +[0-9]+ +[0-9.]+$'
has table.txt '^Không +[0-9]+ '
cy p report --sql fibre.sql --output fibre.csv >/dev/null
has fibre.csv 'Cáp quang,n,persons'
has fibre.csv 'Có,[0-9]+,'
cy p report --sql fibre.sql --json >fibre.json
has fibre.json '"n":'
echo "SELECT 1 AS '=1+1'" >formula.sql
cy p report --sql formula.sql --output formula.csv >/dev/null
lacks formula.csv '='
echo 'SELECT i.code, count(*) AS n FROM visit v JOIN unit_in i USING (_unit) WHERE i.level = '"'commune'"' GROUP BY 1' >commune.sql
cy p report --sql commune.sql >table.txt
has table.txt "^90006 +$(($(wc -l <v1/visits.csv) - 1))$"

cy p report views >views.txt
has views.txt '^visit +fibre +fibre$'
has views.txt '^Household visit +en +Fibre internet at home +fibre$'
lacks views.txt 'Head of household'
cy p report views --personal >views.txt
has views.txt 'Head of household'

echo 'SELECT * FROM meta' >bad.sql
fails 1 'bad.sql: .*report views' cy p report --sql bad.sql
printf 'SELECT persons,\n  nope FROM visit' >bad.sql
fails 1 'bad.sql: line 2, column 3: no such column: nope' cy p report --sql bad.sql
echo 'SELECT 1; DROP TABLE f_visit' >bad.sql
fails 1 'only one SELECT' cy p report --sql bad.sql
echo 'WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c' >bad.sql
fails 1 'longer than 1 seconds' cy p report --sql bad.sql --seconds 1
fails 1 'no such file' cy p report --sql none.sql
fails 2 'no kind' cy p report coverage --sql fibre.sql
[ ! -e bad.csv ] || fail "a file of a query that failed"
cy p verify >/dev/null
