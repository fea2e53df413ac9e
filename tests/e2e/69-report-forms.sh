#!/bin/sh
# One report in every form says the same, in both languages; a file is replaced whole or not at all.
. "${ROOT:-$(dirname "$0")/../..}/tests/e2e/lib.sh"

province p
draw data 1 --visits 40
cy p import household data/households.csv --unit 90006-01 >/dev/null
cy p import visit data/visits.csv --unit 90006-01 >/dev/null
report() { # ARGUMENT...
	cy p report coverage --unit 90006 --by village --as-of 2022-12-31 "$@"
}
counted=$(awk '$1 == "fibre" {print $2 "," $3}' data/counts.tsv)

# what the generator counted stands in every form
report --json >r.json
has r.json "\"fibre\":\{\"numerator\":${counted%,*},\"denominator\":${counted#*,},"
report --output r.txt
has r.txt "^90006-01 .*[0-9]%  ${counted%,*}/${counted#*,} "
report --output r.csv
has r.csv "^90006-01,[^,]*,.*,$counted,0\.[0-9]+,"
report --output r.geojson
has r.geojson "\"id\":\"90006-01\",\"geometry\":null,.*\"fibre_numerator\":${counted%,*},"
report --output r.html
has r.html "^<tr><th [^>]*>90006-01</th>.* <small>${counted%,*}/${counted#*,}</small>"
report --output r.xlsx
same "a workbook's first bytes" PK "$(head -c 2 r.xlsx)"
report --format CSV >piped.csv
cmp r.csv piped.csv || fail "the file and the pipe differ"
report --format xlsx >piped.xlsx
cmp r.xlsx piped.xlsx || fail "a second workbook of the same data differs"
cy p --lang vi report coverage --unit 90006 --by village --as-of 2022-12-31 --output vi.csv
same "figures in both languages" "$(tr -cd '0-9,\n' <r.csv)" "$(tr -cd '0-9,\n' <vi.csv)"
cy p --lang vi report coverage --unit 90006 --by village --as-of 2022-12-31 --output vi.html
has vi.html '<html [^>]*lang="vi"'

# rows of CSV have as many fields as the first
awk -F, '{sub(/\r$/, "")} NR == 1 {n = NF} NF != n {exit 1}' r.csv || fail "rows of r.csv: $(cat r.csv)"

# a Python there is reads them as any program would
! command -v python3 >/dev/null || python3 - "$counted" <<'PYTHON' || fail "python3 reads them otherwise"
import csv, json, re, sys, zipfile
import xml.etree.ElementTree as tree
counted = [int(n) for n in sys.argv[1].split(",")]
rows = {r["code"]: r for r in csv.DictReader(open("r.csv", encoding="utf-8-sig", newline=""))}
fibre = rows["90006-01"]
assert [int(fibre["fibre_numerator"]), int(fibre["fibre_denominator"])] == counted
assert abs(float(fibre["fibre_share"]) - counted[0] / counted[1]) < 1e-12
features = json.load(open("r.geojson"))["features"]
assert [f.get("id") for f in features if f.get("id")] == [code for code in rows if code]
assert json.load(open("r.json"))["rows"][0]["fibre"]["numerator"] == counted[0]
tree.fromstring(open("r.html", encoding="utf-8").read().split("\n", 1)[1])
book = zipfile.ZipFile("r.xlsx")
assert book.testzip() is None
parts = {n: tree.fromstring(book.read(n)) for n in book.namelist()}
for name in book.namelist():  # every part that is referred to is there
    if name.endswith(".rels"):
        folder = name.replace("_rels/", "").rsplit("/", 1)[0] if name != "_rels/.rels" else ""
        for relation in parts[name]:
            path = re.sub(r"[^/]+/\.\./", "", f"{folder}/{relation.get('Target')}").lstrip("/")
            assert path in parts, path
for override in parts["[Content_Types].xml"]:
    assert override.tag.endswith("Default") or override.get("PartName")[1:] in parts
main = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
cells = {c.get("r"): c for c in parts["xl/worksheets/sheet1.xml"].iter(main + "c")}
head = {"".join(c.itertext()): at for at, c in cells.items() if re.fullmatch("[A-Z]+1", at)}
column = next(at for title, at in head.items() if title.endswith(": number") and "fibre" in title)[:-1]
assert float(cells[column + "2"].find(main + "v").text) == counted[0]
PYTHON

# boundaries, and a unit that has none in the file
cat >b.json <<'TOPOJSON'
{"type":"Topology","arcs":[[[106,21],[106,22],[107,21],[106,21]]],"objects":{"villages":{"type":"Polygon",
"arcs":[[0]],"properties":{"code":"90006-01"}}}}
TOPOJSON
report --output b.geojson --boundaries b.json 2>told.txt
has told.txt 'b.json holds no boundary of [0-9]+ of the rows'
has b.geojson '"id":"90006-01","geometry":\{"type":"Polygon","coordinates":\[\[\[106,21\],\[107,21\],\[106,22\],\[106,21\]\]\]\}'

# what goes wrong leaves what was there
cp r.csv old.csv
echo '{"type":"Topology"' >broken.json
fails 1 'broken.json: line 2: this is not JSON' report --output old.geojson --boundaries broken.json
fails 1 'no unit|90006-99' cy p report coverage --unit 90006-99 --output old.csv
cmp r.csv old.csv || fail "a report that failed changed old.csv"
[ ! -e old.geojson ] || fail "a report that failed left a file"
fails 1 'ods' report --output r.ods
fails 1 'nowhere' report --output nowhere/r.csv
# a device is written, not replaced: one of our own, since as root that would be the machine's
if mknod full c 1 7 2>told.txt && : 2>>told.txt >full; then
	fails 1 'is the disk full' report --output full --format csv
	[ -c full ] || fail "a device was replaced by a file"
fi
same "what is left beside the files" "" "$(find . -name '*.??????' -path './[ro]*' -type f)"
