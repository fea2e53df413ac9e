#!/bin/sh
# Open data: figures of villages without anything personal, a catalogue that is true of its files, the same bytes again.
. "${ROOT:-$(dirname "$0")/../..}/tests/e2e/lib.sh"

province p
for v in 1 2 3; do
	draw v$v $v
	sed '2,$s/^\([^,]*\),[^,]*/\1,Canary/' v$v/households.csv >named.csv
	cy p import household named.csv --unit 90006-0$v >/dev/null
	cy p import visit v$v/visits.csv --unit 90006-0$v >/dev/null
	cy p import signal v$v/signal.csv --unit 90006-0$v >/dev/null
done
cy p export household -o all.csv
has all.csv Canary

cy p export --open one 2>said.txt
has said.txt 'rows, data of 20'
cy p export --open two 2>/dev/null
for f in one/*; do
	cmp -s "$f" "two/${f#one/}" || fail "$f is another the second time"
	lacks "$f" 'Canary|106\.[0-9]{4}'
done
same "files" 11 "$(find one -type f | wc -l | tr -d ' ')"

# what the catalogue says of its files
for f in one/*.csv one/*.json; do
	name=${f#one/}
	tr '{' '\n' <one/catalogue.jsonld >words
	at=$(grep -n "^\"@id\":\"$name\"" words | tail -n 1 | cut -d: -f1)
	[ -n "$at" ] || fail "the catalogue does not name $name"
	sed -n "$at,$((at + 10))p" words >of
	bytes=$(wc -c <"$f" | tr -d ' ')
	has of "\"xsd:nonNegativeInteger\",\"@value\":\"$bytes\""
	has of "\"xsd:hexBinary\",\"@value\":\"$(sha256sum "$f" | cut -d' ' -f1)\""
done
has one/catalogue.jsonld '"@language":"vi","@value":"Dữ liệu mở'
has one/catalogue.jsonld '"@type":"dcat:Catalog"'
has one/catalogue.jsonld 'creativecommons.org/licenses/by/4.0'

# the figures are those of the report; columns by their names
cy p report coverage --json --unit 90006 >report.txt
column() { # FILE NAME: its number
	head -n 1 "$1" | tr ',' '\n' | grep -nx "$2" | cut -d: -f1
}
wanted=$(awk -F, -v u="$(column one/indicators.csv unit)" -v i="$(column one/indicators.csv indicator)" \
	-v n="$(column one/indicators.csv numerator)" -v d="$(column one/indicators.csv denominator)" \
	'$u == "90006" && $i == "smartphone" {print $n "," $d}' one/indicators.csv)
[ -n "$wanted" ] || fail "no smartphones in 90006"
grep -o '"numerator":[0-9]*,"denominator":[0-9]*' report.txt | tr -dc '0-9,\n' >figures.txt
grep -qx "$wanted" figures.txt || fail "open data says $wanted, the report $(cat figures.txt)"

# nothing small
awk -F, -v f="$(column one/answers.csv form)" -v s="$(column one/answers.csv state)" \
	-v n="$(column one/answers.csv count)" '$f == "visit" && $s == "shown" && $n > 0 && $n < 5' one/answers.csv >small
[ ! -s small ] || fail "small figures: $(cat small)"
awk -F, -v s="$(column one/answers.csv state)" -v n="$(column one/answers.csv count)" \
	'NR > 1 && $s == "closed" && $n != ""' one/answers.csv >told
[ ! -s told ] || fail "closed figures: $(cat told)"
has one/dictionary.csv '^answers,question,fibre,.*,visit,1,fibre,'
has one/dictionary.csv '^answers,column,choice,'

# a day before everything, and what is not understood
cy p export --open old --as-of 2020-01-01 2>/dev/null
lacks old/indicators.csv ',smartphone,shown,'
has old/catalogue.jsonld '"@type":"xsd:date","@value":"2020-01-01"'
fails 2 'is not a day' cy p export --open x --as-of yesterday
fails 2 'go with --open' cy p export visit --as-of 2026-01-01
fails 2 'no form is named' cy p export visit --open x
: >file
fails 1 'file' cy p export --open file
