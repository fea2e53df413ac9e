#!/bin/sh
# A form decides what it asks: on a terminal, from JSON and in an import; repeats have rows of their own.
. "${ROOT:-$(dirname "$0")/../..}/tests/e2e/lib.sh"

province p
mkdir census
cat >census/survey.csv <<'END'
type,name,label::Vietnamese (vi),label::English (en),relevant,constraint,constraint_message::Vietnamese (vi),constraint_message::English (en),required,calculation,choice_filter,default
integer,house,Số nhà,House,,,,,yes,,,
select_one yn,fibre,Cáp quang,Fibre,,,,,yes,,,
text,provider,Nhà mạng,Provider,${fibre} = 1,,,,yes,,,
select_one region,region,Vùng,Region,,,,,,,,
select_one district,district,Huyện,District,${region} != '',,,,,,region = ${region},
begin_repeat,member,Người,Member,,,,,,,,
text,name,Tên của người thứ ${place},Name of number ${place},,,,,yes,,,
integer,age,${name} mấy tuổi,Age of ${name},,. < 130,Không ai sống lâu thế,Nobody grows so old,,,,
text,job,Nghề,Job,${age} >= 15,,,,,,,
calculate,place,,,,,,,,position(..),,
end_repeat,,,,,,,,,,,
calculate,adults,,,,,,,,count-non-empty(${job}),,
END
cat >census/choices.csv <<'END'
list_name,name,label::Vietnamese (vi),label::English (en),region
yn,1,Có,Yes,
yn,0,Không,No,
region,n,Bắc,North,
region,s,Nam,South,
district,n1,Huyện N1,District N1,n
district,n2,Huyện N2,District N2,n
district,s1,Huyện S1,District S1,s
END
printf 'form_id,form_title,key\ncensus,Census,house\n' >census/settings.csv
cy p form add census >/dev/null

# what comes back out of the program is the same form
cy p form export census again
cy p form add again >added.txt
has added.txt 'version 1'

# from JSON
cat >one.json <<'END'
{"house": 1, "fibre": "0", "provider": "dropped", "member": [
  {"name": "Lan", "age": 40, "job": "farmer"}, {"name": "Nam", "age": 7, "job": "none"}]}
END
id=$(cy p add census --from one.json)
cy p show "$id" --json >one.txt
same "provider is not relevant" null "$(field provider one.txt)"
has one.txt '"name":"Lan","age":40,"job":"farmer","place":"1"'
has one.txt '"name":"Nam","age":7,"job":null,"place":"2"'
same "adults" 1 "$(field adults one.txt | tr -d \")"
fails 1 'provider must be answered' cy p add census house=2 fibre=1
echo '{"house": 2, "fibre": 0, "member": [{"name": "A"}, {"name": "B", "age": 200}]}' >old.json
fails 1 'member 2, age: Nobody grows so old' cy p add census --from old.json
fails 1 'line 1: this is not JSON' cy p add census --from /dev/null

# a row is changed and another taken out by what `show` told
row=$(tr ',' '\n' <one.txt | sed -n 's/.*"_id":"\([^"]*\)".*/\1/p')
set -- $row
printf '{"member": [{"_id": "%s", "age": 41}, {"_id": "%s", "_drop": true}, {"name": "Hoa"}]}' "$1" "$2" |
	"$CAYDA" --home p edit "$id" --from - >/dev/null
cy p show "$id" --json >one.txt
has one.txt '"name":"Lan","age":41,"job":"farmer"'
has one.txt '"name":"Hoa"'
lacks one.txt Nam
cy p show "$id" >one.txt
has one.txt '^Member 2'

# lines of JSON: the bad one comes back with its reason, is mended and goes in
cat >more.jsonl <<'END'
{"house": 10, "fibre": 0}
{"house": 11, "fibre": 1, "member": [{"name": "A", "age": 3}]}
{"house": 12, "fibre": 1, "provider": "FPT", "member": [{"name": "B", "age": 30}, {"name": "C"}]}
END
status=0
cy p import census more.jsonl >import.txt 2>&1 || status=$?
same "status of an import with a bad line" 1 $status
has import.txt 'row 2: provider must be answered'
same "lines rejected" 1 "$(wc -l <more.rejected.jsonl | tr -d ' ')"
sed 's/"house"/"provider": "VNPT", "house"/' more.rejected.jsonl >mended.jsonl
cy p import census mended.jsonl >import.txt
has import.txt 'saved: 1'
cy p list census --json >list.txt
same "records" 4 "$(grep -o '"house":' list.txt | wc -l | tr -d ' ')"
same "rows" 5 "$(grep -o '"_id":' list.txt | wc -l | tr -d ' ')"

# a table that this program wrote goes back in, computed columns and all
cy p export census -o out.csv >/dev/null
head -n 1 out.csv | grep -q adults || fail "no column adults: $(head -n 1 out.csv)"

# on a terminal: only what is relevant; rows are asked for until there are no more
command -v script >/dev/null || exit 0
typed() {
	script -qec "'$CAYDA' --home p $*" /dev/null >screen 2>&1
}
# house, fibre: no; region, district; member? name, age (too old, then 20), job; one more? no
printf '%s\n' 20 0 North s1 n2 y 'Vân' 150 20 teacher '' | typed add census || fail "terminal: $(cat screen)"
lacks screen 'Provider'
has screen 'District N1'
lacks screen 'District S1'
has screen 'Nobody grows so old'
has screen 'Age of Vân'
has screen 'Name of number 1'
cy p show census:20 --json >twenty.txt
same "district" n2 "$(field district twenty.txt)"
has twenty.txt '"name":"Vân","age":20,"job":"teacher"'
# an edit asks what a changed answer makes relevant
printf '%s\n' '' 1 FPT '' '' '' '' '' '' | typed edit census:20 || fail "edit: $(cat screen)"
cy p show census:20 --json >twenty.txt
same "provider" FPT "$(field provider twenty.txt)"
