#!/bin/sh
# A form of six hundred questions in deep groups, in five languages, with a list of thirty thousand choices, is added,
# answered, exported and read back elsewhere.
. "${ROOT:-$(dirname "$0")/../..}/tests/e2e/lib.sh"

mkdir big
awk -v languages='Vietnamese (vi)|English (en)|Français (fr)|Tày (tyz)|Nùng (nut)' 'BEGIN {
	n = split(languages, lang, "|")
	printf "type,name"
	for (i = 1; i <= n; i++) printf ",label::%s", lang[i]
	for (i = 1; i <= n; i++) printf ",constraint_message::%s", lang[i]
	print ",required,relevant,constraint,calculation,choice_filter"
	for (module = 1; module <= 20; module++) {
		depth = module % 10 + 2 # groups within each other
		for (d = 1; d <= depth; d++) row("begin_group", "m" module "_g" d, "", d == 2 ? "${m" module "_a} != 1" : "", "", "", "")
		for (q = 1; q <= 29; q++) {
			name = "m" module "_q" q
			if (q % 5 == 0) row("select_one place", name, "", "", "", "", "province = ${province}")
			else if (q % 5 == 1) row("integer", name, "", "", ". >= 0 and . < 1000", "", "")
			else if (q % 5 == 2) row("select_multiple uses", name, "", "${m" module "_q" (q - 1) "} > 3", "", "", "")
			else if (q % 5 == 3) row("calculate", name, "", "", "", "coalesce(${m" module "_q" (q - 2) "}, 0) + " q, "")
			else row("text", name, "", "", "string-length(.) < 200", "", "")
		}
		for (d = depth; d; d--) print "end_group"
	}
	row("begin_repeat", "member", "", "", "", "", "")
	for (q = 1; q <= 20; q++) row(q % 2 ? "integer" : "text", "member_q" q, "", "", "", "", "")
	print "end_repeat"
}
function row(type, name, required, relevant, check, calculation, filter, i) {
	if (!begun++) {
		print_row("select_one province", "province", "yes", "", "", "", "")
		for (i = 1; i <= 20; i++) print_row("integer", "m" i "_a", "", "", "", "", "")
	}
	print_row(type, name, required, relevant, check, calculation, filter)
}
function print_row(type, name, required, relevant, check, calculation, filter, i) {
	printf "%s,%s", type, name
	for (i = 1; i <= n; i++) printf ",%s %d", name, i
	for (i = 1; i <= n; i++) printf ",%s", check == "" ? "" : "no " i
	printf ",%s,%s,%s,\"%s\",%s\n", required, relevant, check, calculation, filter
}' >big/survey.csv
awk 'BEGIN {
	print "list_name,name,label::Vietnamese (vi),label::English (en),label::Français (fr),label::Tày (tyz),label::Nùng (nut),province"
	for (p = 1; p <= 60; p++) printf "province,p%d,Tỉnh %d,Province %d,Province %d,Tỉnh %d,Tỉnh %d,\n", p, p, p, p, p, p
	for (i = 1; i <= 30000; i++)
		printf "place,c%d,Xã %d,Commune %d,Commune %d,Xã %d,Xã %d,p%d\n", i, i, i, i, i, i, i % 60 + 1
	for (i = 1; i <= 9; i++) printf "uses,u%d,Dùng %d,Use %d,Usage %d,Dùng %d,Dùng %d,\n", i, i, i, i, i, i
}' >big/choices.csv
printf 'form_id,form_title::Vietnamese (vi),default_language\nbig,Phiếu lớn,Vietnamese (vi)\n' >big/settings.csv

for home in a b; do
	cy $home init --unit 90 --unit-name 'Tỉnh mẫu' --name $home >/dev/null
	cy $home form add big >/dev/null
done
same "questions with an answer" 621 "$(sed -n '2,$p' big/survey.csv | grep -Evc '^(begin|end)')"

# a record with all modules, one with none, and a place of another province
awk 'BEGIN {
	printf "{\"province\": \"p8\", \"m1_a\": 1"
	for (m = 1; m <= 20; m++)
		for (q = 1; q <= 29; q++) {
			if (q % 5 == 0) printf ", \"m%d_q%d\": \"c%d\"", m, q, 60 * (m + q) + 7
			else if (q % 5 == 1) printf ", \"m%d_q%d\": %d", m, q, q
			else if (q % 5 == 2) printf ", \"m%d_q%d\": [\"u1\", \"u%d\"]", m, q, q % 9 + 1
			else if (q % 5 == 4) printf ", \"m%d_q%d\": \"câu %d\"", m, q, q
		}
	printf ", \"member\": ["
	for (i = 1; i <= 30; i++) printf "%s{\"member_q1\": %d, \"member_q2\": \"x\"}", (i > 1 ? "," : ""), i
	print "]}"
	print "{\"province\": \"p1\"}"
	print "{\"province\": \"p8\", \"m3_q5\": \"c8\"}"
}' >records.jsonl
status=0
cy a import big records.jsonl >said.txt 2>err.txt || status=$?
same "status" 1 $status
has said.txt 'saved: 2, rejected: 1'
has err.txt "row 3, column m3_q5: 'c8' is no choice here"
cy a export big >a.csv
same "columns" 604 "$(head -n 1 a.csv | tr ',' '\n' | wc -l | tr -d ' ')"
cy a list big --json >a.json
same "members" 30 "$(grep -o '"member_q1":[0-9]' a.json | wc -l | tr -d ' ')"
lacks a.json '"m1_q1":1' # its inner group is not relevant, and what is in it has no answer
has a.json '"m2_q5":"c427"'

cy a export big --odk out 2>err.txt
cy b import big --odk out >said.txt
has said.txt '^saved: 2$'
told() {
	cy "$1" export big | sed 's/^[^,]*,//'
	cy "$1" list big --json | sed 's/"_\{0,1\}id":"[^"]*"//g'
}
told a >a.txt
told b >b.txt
cmp a.txt b.txt || fail "what came back differs"

# and as a table by labels, where the thirty thousand are looked up by theirs
{
	echo "_uuid,province 1,m1_a 1,m2_g1 2/m2_g2 2/m2_q5 2"
	awk 'BEGIN {for (i = 1; i < 500; i++) printf "id-%d,Tỉnh 8,1,Xã %d\n", i, i * 60 + 7}'
} >labels.csv
cy b import big --odk labels.csv >said.txt
has said.txt '^saved: 499$'
cy b form export big back
cy b form add back >said.txt
has said.txt 'version 1'
