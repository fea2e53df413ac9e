#!/bin/sh
# Records go out as ODK instances and come back the same elsewhere; what ODK and KoboToolbox took up comes in, once.
. "${ROOT:-$(dirname "$0")/../..}/tests/e2e/lib.sh"

# a real household form, where it is there; else one like it
form=$ROOT/../shared/data/forms/socio-economic-survey-v20240515.xml
if [ ! -r "$form" ]; then
	form=form
	mkdir form
	cat >form/survey.csv <<'END'
type,name,label,relevant,required,calculation,choice_filter
begin_group,headOfHousehold,H,,,,
select_one region,region,Region,,yes,,
select_one district,district,District,,yes,,region = ${region}
text,residentialAddress,Residential Address,,yes,,
text,primaryContactNo,Primary contact no.,,yes,,
select_one income,householdIncome,Household monthly income,,,,
calculate,SEClass,,,,"if(${householdIncome} > 5, 'Upper', 'Lower')",
end_group,,,,,,
select_one yn,internetHH,Does the household have access to internet?,,yes,,
begin_repeat,familyMembers,Household members,,,,
begin_group,persons,P,,,,
text,firstNameFM,First name,,yes,,
select_one sex,gender,Gender,,yes,,
select_multiple diseases,diseases,Diseases,,yes,,
end_group,,,,,,
end_repeat,,,,,,
text,comments,Other Comments,,,,
END
	cat >form/choices.csv <<'END'
list_name,name,label,region
region,Sindh,Sindh,
region,KP,Khyber Pakhunkhwan,
district,Thatta&ShahBunder,Thatta & Shah Bunder,Sindh
district,Hyderabad,Hyderabad,Sindh
district,Arkari,Arkari,KP
income,4,"50,001 to 60,000",
income,8,"Above 200,000",
yn,1,Yes,
yn,2,No,
sex,1,Male,
sex,2,Female,
diseases,1,Diabetes,
diseases,3,Hypertension,
diseases,10,Not applicable,
END
	printf 'form_id,form_title\nsocio-economic-survey,S\n' >form/settings.csv
fi

province p
for home in a b c; do
	cy $home init --unit 90 --unit-name 'Tỉnh mẫu' --name $home >/dev/null
	cy $home unit import "$ROOT/tests/data/sample_units.csv" >/dev/null
	cy $home unit villages 90006 3 --households 600 >/dev/null
	cy $home form add "$form" >/dev/null
done
f=$(cy a form list | awk '/^socio/ {print $1}')

cat >records.jsonl <<'END'
{"unit":"90006-01","region":"Sindh","district":"Thatta&ShahBunder","residentialAddress":"12 <b> \"x\" & y","primaryContactNo":"0912","householdIncome":"4","internetHH":"1","internetType":"5","familyMembers":[{"firstNameFM":"Lan","gender":"2","diseases":["1","3"]},{"firstNameFM":"Nam","gender":"1","diseases":"10"}],"comments":"Dòng một\nDòng hai"}
{"unit":"90006-02","region":"KP","district":"Arkari","residentialAddress":"Ngõ 3","primaryContactNo":"0913","internetHH":"2"}
END
[ -d form ] && sed -i 's/"internetType":"5",//' records.jsonl
cy a import "$f" records.jsonl >/dev/null

# what a record is, without the ids of its rows
told() {
	cy "$1" export "$f" | sed 's/^[^,]*,//'
	cy "$1" list "$f" --json | sed 's/"_\{0,1\}id":"[^"]*"//g'
}
cy a export "$f" --odk out 2>err.txt
has err.txt '2 records'
same "instances" 2 "$(find out/instances -name '*.xml' | wc -l | tr -d ' ')"
cy b import "$f" --odk out >said.txt
has said.txt '^saved: 2$'
told a >a.txt
told b >b.txt
cmp a.txt b.txt || fail "what came back differs: $(diff a.txt b.txt)"

# again, here and there: nothing new
before=$(hash b 90 open)
for home in a b; do
	cy $home import "$f" --odk out/instances >said.txt
	has said.txt '^here already: 2, saved: 0$'
done
same "nothing was written" "$before" "$(hash b 90 open)"

# by an instance of its own, then edited as ODK does it
id=aaaaaaaa-1111-4111-8111-111111111111
instance() { # FILE INSTANCE-ID DEPRECATED DISTRICT ADDRESS
	cat >"$1" <<END
<?xml version='1.0'?><data xmlns:orx="http://openrosa.org/xforms" id="socio-economic-survey" version="x">
<headOfHousehold><region>Sindh</region><district>$4</district><residentialAddress>$5</residentialAddress>
<primaryContactNo>1</primaryContactNo></headOfHousehold>$([ -d form ] || echo '<informationTechnology>')<internetHH>2</internetHH>$([ -d form ] || echo '</informationTechnology>')
<orx:meta><orx:instanceID>uuid:$2</orx:instanceID>${3:+<orx:deprecatedID>uuid:$3</orx:deprecatedID>}</orx:meta></data>
END
}
mkdir -p collect/instances/one collect/forms
instance collect/instances/one/one.xml $id '' Hyderabad 'Nhà 1'
cp "$form" collect/forms/ 2>/dev/null || : # a form among them is passed over
cy c import "$f" --odk collect --unit 90006-03 >said.txt
has said.txt '^saved: 1$'
instance edited.xml bbbbbbbb-1111-4111-8111-111111111111 $id Hyderabad 'Nhà 2'
cy c import "$f" --odk edited.xml >said.txt
has said.txt '^saved: 1$'
cy c list "$f" --json >c.json
same "records" 1 "$(grep -o '"residentialAddress"' c.json | wc -l | tr -d ' ')"
same "address" 'Nhà 2' "$(field residentialAddress c.json)"
same "unit" 90006-03 "$(field unit c.json)"

# a bad one is named with what is wrong, set apart, mended there and taken
instance bad.xml cccccccc-1111-4111-8111-111111111111 '' Nowhere 'Nhà 3'
mkdir mixed
cp bad.xml edited.xml mixed
echo '<data id="socio-economic-survey">' >mixed/cut.xml
status=0
cy c import "$f" --odk mixed/ >said.txt 2>err.txt || status=$?
same "status" 1 $status
has said.txt 'here already: 1, saved: 0, rejected: 2 .*mixed.rejected.jsonl'
has err.txt "^bad.xml: district: 'Nowhere' is not a choice"
has err.txt '^cut.xml: line 2: this is not XML'
sed 's/Nowhere/Hyderabad/g' mixed.rejected.jsonl >mended.jsonl
cy c import "$f" mended.jsonl >said.txt 2>err.txt || :
has said.txt 'saved: 1, rejected: 1'
has err.txt 'stands for what is in cut.xml'
sed -i 's/Nowhere/Hyderabad/' mixed/bad.xml
cy c import "$f" --odk mixed/bad.xml >said.txt
has said.txt 'here already: 1'

# KoboToolbox: labels, one CSV a sheet; the unit by an answer
mkdir kobo
cat >kobo/main.csv <<END
Region;District;"Residential Address";"Primary contact no.";"Household monthly income";"Does the household have access to internet?";_id;_uuid;_submission_time;_index
Sindh;"Thatta & Shah Bunder";90006-02;0912;"50,001 to 60,000";No;77;$(echo $id | tr a d);2024-05-15T08:01:02;1
Sindh;Nowhere;90006-02;0912;;No;78;$(echo $id | tr a e);2024-05-15T08:01:03;2
END
cat >kobo/familyMembers.csv <<'END'
"First name";Gender;_index;_parent_table_name;_parent_index;persons/diseases
Hoa;Female;1;main;1;1 3
END
cat >>kobo/familyMembers.csv <<'END'
Lost;Male;2;main;9;10
END
[ -d form ] || sed -i '1s/persons/familyMembers\/persons\/health/' kobo/familyMembers.csv
status=0
cy c import "$f" --odk kobo --unit-from residentialAddress >said.txt 2>err.txt || status=$?
same "status" 1 $status
has said.txt '^saved: 1, rejected: 2'
has err.txt "^main.csv: row 3, column district: 'Nowhere'"
has err.txt '^familyMembers.csv: row 3: the row that it belongs to, 9,'
cy c list "$f" --json --unit 90006-02 >c.json
has c.json '"district":"Thatta&ShahBunder".*"firstNameFM":"Hoa","gender":"2"'

# personal questions stay here where that is asked for
cy p add household number=1 head='Bà Vân' --unit 90006-01 >/dev/null
cy p export household --odk all 2>/dev/null
cy p export household --odk open --without-personal 2>/dev/null
grep -rq 'Bà Vân' all || fail "the name is not in the instance"
! grep -rq 'Bà Vân' open || fail "the name is in the instance"

# two devices of a village read one file before they sync: one thing at the province
serve p
for home in d e; do
	node p $home 90006-01 "$ADDR"
	cy $home sync >/dev/null
done
# what is of a unit that is not theirs stays out
echo "<data id='household'><number>1</number><meta><instanceID>far</instanceID></meta></data>" >far.xml
fails 1 'does not work for unit 90' cy d import household --odk far.xml --unit 90
mkdir twice
for n in 1 2 3; do
	echo "<data id='household'><number>10$n</number><meta><instanceID>twice-$n</instanceID></meta></data>" >twice/$n.xml
done
for home in d e; do
	cy $home import household --odk twice >said.txt
	has said.txt 'saved: 3'
done
for home in d e; do cy $home sync >/dev/null; done
cy p list household --json >p.json
same "households at the province" 4 "$(grep -o '"number":' p.json | wc -l | tr -d ' ')"
cy p list household --json --joined >p.json
same "records there" 7 "$(grep -o '"number":' p.json | wc -l | tr -d ' ')"
same "of which others stand for" 3 "$(grep -o '"same_as":"' p.json | wc -l | tr -d ' ')"
stop p

fails 1 'no submissions' cy c import "$f" --odk collect/forms
fails 1 'no such file' cy c import "$f" --odk nowhere
fails 1 'no question nothing' cy c import "$f" --odk kobo --unit-from nothing
fails 2 'goes with' cy c import "$f" kobo/main.csv --unit-from residentialAddress
