#!/bin/sh
# What an office looks at through the JSON interface: conflicts settled, records joined and taken apart, packs set aside.
. "${ROOT:-$(dirname "$0")/../..}/tests/e2e/lib.sh"
. "$ROOT/tests/e2e/pages.sh"

province p
serve p "127.0.0.1:$PORT"
node p c 90006 "$ADDR"
cy c sync >/dev/null
WEB=$((PORT + 1)) serve c "127.0.0.1:$((PORT + 2))"
node c a 90006-01 "$ADDR"
node c b 90006-01 "$ADDR"
cy a sync >/dev/null
cy b sync >/dev/null
enter c

# two devices change the same answers apart
for number in 1 2 3; do
	cy a add household number=$number persons=3 >/dev/null
done
cy a sync >/dev/null
cy b sync >/dev/null
for number in 1 2 3; do
	cy a edit household:$number persons=4 >/dev/null
done
cy a sync >/dev/null
sleep 1 # b's change is the later one
for number in 1 2 3; do
	cy b edit household:$number persons=5 >/dev/null
done
cy b sync >/dev/null
person=$(cy c add member --unit 90006-01 name='Trần Thị Mai')

ask_line 200 GET /api/conflicts
same "conflicts" 3 "$(grep -o '"lost":' reply | wc -l | tr -d ' ')"
has reply '"form":"household","form_label":\{"vi":"Hộ[^}]*\},"unit":"90006-01","unit_name":"Thôn 1","unit_in":null,"key":"1","question":"persons","label":\{"vi":"[^"]'
has reply '"won":\{"value":"5","text":"5","node":"[0-9.]+","name":"b","ms":[0-9]+\},"lost":\{"value":"4","text":"4","node":"[0-9.]+","name":"a"'
id=$(field record reply)
ask_line 200 GET '/api/conflicts?limit=1&after=1'
same "on a page" 1 "$(grep -o '"lost":' reply | wc -l | tr -d ' ')"
has reply '"key":"2".*"next":2'
ask_line 200 GET '/api/conflicts?unit=90006-02'
has reply '"conflicts":\[\],"next":null'
ask 400 POST "/api/record/$id/settle/persons" '{}'
ask 400 POST "/api/record/$id/settle/persons?how=drop" '{}'
ask 400 POST "/api/record/$id/settle/persons?how=set" '{}'
ask 404 POST "/api/record/$id/settle/persons?how=take&value=9" '{}'
ask 404 POST "/api/record/$id/settle/number?how=keep" '{}'
ask 404 POST "/api/record/$id/settle/persons?how=keep&person=$id" '{}'
ask 200 POST "/api/record/household:1/settle/persons?how=take&value=4&unit=90006-01&person=$person" '{}'
same "settled" 1 "$(field settled reply)"
ask 200 POST '/api/record/household:2/settle/persons?how=keep&unit=90006-01' '{}'
ask 200 POST '/api/record/household:3/settle/persons?how=set&value=6&unit=90006-01' '{}'
ask_line 200 GET /api/conflicts
has reply '"conflicts":\[\]'
ask_line 200 GET '/api/conflicts?all=1'
same "settled ones too" 3 "$(grep -o '"settled":true' reply | wc -l | tr -d ' ')"
ask_line 200 GET "/api/conflicts?all=1&record=$id"
same "of one record" 1 "$(grep -o '"lost":' reply | wc -l | tr -d ' ')"
for wanted in 1:4 2:5 3:6; do
	ask_line 200 GET "/api/record/household:${wanted%:*}?unit=90006-01"
	has reply "\"persons\":${wanted#*:}"
done
ask_line 200 GET "/api/record/$id/history"
has reply "\"person\":\"$person\",\"what\":\"settled\",\"question\":\"persons\""

# one household, recorded twice
ones=$(cy a add household number=7 head='Nguyễn Thị Hoa' address='Số 5, ngõ 3')
others=$(cy b add household number=7 head='nguyen thi hoa' address='so 5 ngo 3')
cy a sync >/dev/null
cy b sync >/dev/null
ask_line 200 GET '/api/duplicates?unit=90006-01'
has reply "\"unit\":\"90006-01\",\"unit_name\":\"Thôn 1\",\"unit_in\":null,\"a\":\{\"id\":\"$ones\".*\"head\":\"Nguyễn Thị Hoa\".*\"b\":\{\"id\":\"$others\""
has reply '"same":\["address","head"\]'
ask_line 200 GET '/api/duplicates?unit=90006-02'
has reply '"duplicates":\[\]'
ask 400 POST "/api/record/$ones/same/merge" '{}'
ask 404 POST "/api/record/$ones/same/join?other=$others" '{}'
ask 400 POST "/api/record/$ones/same/merge?other=$ones" '{}'
ask 404 POST "/api/record/$ones/same/undo" '{}'
ask 200 POST "/api/record/$ones/same/merge?other=$others&person=$person" '{}'
ask 409 POST "/api/record/$ones/same/merge?other=$others" '{}'
ask_line 200 GET /api/duplicates
has reply '"duplicates":\[\]'
ask_line 200 GET /api/joined
has reply "\"said\":true,\"keep\":\{\"id\":\"$ones\".*\"other\":\{\"id\":\"$others\""
ask 404 POST "/api/record/$others/same/undo?person=$others" '{}'
ask 200 POST "/api/record/$others/same/undo?person=$person" '{}'
ask_line 200 GET /api/joined
has reply '"joined":\[\],"next":null'
ask 200 POST "/api/record/$ones/same/differ?other=$others&person=$person" '{}'
ask_line 200 GET "/api/record/$others/history"
has reply "\"person\":\"$person\",\"what\":\"joined\",\"question\":null,\"old\":null,\"new\":\"$ones\".*\"person\":\"$person\",\"what\":\"parted\".*\"person\":\"$person\",\"what\":\"different\""
cy c --lang en history "$ones" >told
has told "Trần Thị Mai.*the same as $others"
ask_line 200 GET /api/duplicates
has reply '"duplicates":\[\]'

# what did not go into the tables, and why
ask_line 200 GET '/api/quarantine?lang=en'
has reply '"quarantine":\[\],"next":null'
cy a edit "$ones" persons=2 >/dev/null
cy a status --json >status
cy c node revoke "$(field node status)" >/dev/null
! cy a sync >/dev/null 2>&1 || fail "a revoked node syncs"
