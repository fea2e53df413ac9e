#!/bin/sh
# A form through the JSON interface: its questions, what its answers lead to, drafts, records saved once, found, corrected.
. "${ROOT:-$(dirname "$0")/../..}/tests/e2e/lib.sh"
. "$ROOT/tests/e2e/pages.sh"

province p
WEB=$((PORT + 1)) serve p "127.0.0.1:$PORT"
node p d 90006-01 "$ADDR"
WEB=$((PORT + 2)) run d
cy d sync >/dev/null
stop p # so that nothing leaves the device until it is told to
enter d
is_json() {
	! command -v python3 >/dev/null || python3 -c 'import json; json.load(open("reply"))' || fail "not JSON: $(cat reply)"
}

ask 200 GET /api/units
has reply '"unit":\{"code":"90006-01"'
ask 200 GET '/api/units?parent=90006'
has reply '"code":"90006-02"'
ask 404 GET '/api/units?parent=nowhere'
ask 200 GET /api/forms
is_json
has reply '"code":"household"'
ask 200 GET /api/form/visit
is_json
has reply '"vi":.*"en":'
has reply '"name":"persons","type":"integer"'
has reply '"hint":\{"vi":"Số thứ tự hộ"'
ask 404 GET /api/form/nothing

# choices: whole pages, and what begins with an unaccented word
ask 200 GET '/api/form/visit/list/yesno'
is_json
has reply '"name":"1"'
ask 200 GET '/api/form/visit/list/yesno?q=khong'
lacks reply '"name":"1"'
has reply '"vi":"Không"'
ask 200 GET '/api/form/visit/list/yesno?limit=1'
has reply '"next":1'
ask 200 GET '/api/form/visit/list/yesno?limit=1&after=1'
has reply '"name":"0"'
ask 400 GET '/api/form/visit/list/yesno?limit=0'
ask 404 GET /api/form/visit/list/nothing
ask 200 POST /api/form/visit/choices/fibre '{}'
has reply '"name":"1"'

# a draft at every answer; agent and browser are killed; it is there
ask 200 PUT '/api/draft/a1?form=household' '{"number": 12, "head": "Nguyễn Văn Đức"}'
ask 200 PUT '/api/draft/a1?form=household' '{"number": 12, "head": "Nguyễn Văn Đức", "persons": 4}'
stop d KILL
WEB=$((PORT + 2)) run d
within "the pages are there again" curl -sf -o /dev/null "$BASE/style.css"
ask 200 GET /api/drafts
has reply '"draft":"a1","form":"household","unit":"90006-01"'
ask 200 GET /api/draft/a1
is_json
has reply '"answers":\{"number": 12, "head": "Nguyễn Văn Đức", "persons": 4\}'
ask 400 PUT '/api/draft/a1?form=household' 'not JSON'
ask 400 PUT '/api/draft/a1?form=household' '[1]'
ask 400 PUT '/api/draft/a%20b?form=household' '{}'
ask 400 PUT '/api/draft/a2' '{}'
ask 404 GET /api/draft/nothing

# what the answers lead to, question by question
ask 200 POST /api/form/household/check '{"number": "abc", "head": "An"}'
is_json
has reply '"ok":false'
has reply '"number":\{[^}]*"error":"[^"]*number'
ask 200 POST /api/form/household/check '{"number": 12, "head": "An", "persons": 4}'
has reply '"ok":true'
ask 200 POST '/api/form/visit/check?lang=vi' '{"persons": 3, "adults": 5, "fibre": 0}'
is_json
has reply '"adults":\{[^}]*"error":"[^"]*Từ 0 đến số người trong hộ'
has reply '"provider":\{"asked":false\}'
has reply '"surveyed_on":\{[^}]*"required":true[^}]*"error"'
ask 200 POST '/api/form/visit/check' '{"fibre": 1}'
has reply '"provider":\{"asked":true'
ask 400 POST /api/form/household/check '{"number": 12'
ask 404 POST /api/form/household/check '{"no_such_question": 1}'

# saved once, however often it is asked
ask 201 POST '/api/record?form=household&draft=a1' '{"number": 12, "head": "Nguyễn Văn Đức", "persons": 4}'
id=$(field id reply)
ask 200 POST '/api/record?form=household&draft=a1' '{"number": 12, "head": "Nguyễn Văn Đức", "persons": 4}'
same "the same record" "$id" "$(field id reply)"
ask 409 PUT '/api/draft/a1?form=household' '{}'
ask 200 GET /api/drafts
lacks reply a1
ask 409 POST '/api/record?form=household' '{"number": 12, "head": "An", "persons": 4}'
has reply '"error":"[^"]*12'
ask 400 POST '/api/record?form=household' '{"head": "An"}'
ask 404 POST '/api/record?form=nothing' '{}'
ask 404 POST '/api/record?form=household&draft=nothing' '{"number": 13}'
same "households" 1 "$(cy d list household --columns number | grep -c '12')"

# found without accents, by any of its words
ask 201 POST '/api/record?form=household' '{"number": 13, "head": "Trần Thị Bé", "persons": 2}'
ask 200 GET '/api/records?form=household&q=duc%20nguyen'
is_json
has reply "\"id\":\"$id\""
lacks reply 'Trần'
ask 200 GET '/api/records?form=household&q=13'
lacks reply "Nguyễn"
has reply 'Trần'
ask 200 GET '/api/records?form=household&q=nobody'
has reply '"records":\[\],"next":null'
ask 200 GET '/api/records?form=household&limit=1'
has reply "\"next\":\"$id\""
ask 200 GET "/api/records?form=household&limit=1&after=$id"
has reply 'Trần'
has reply '"next":null'

# where it is, what became of it
ask 200 GET "/api/record/$id"
has reply '"held":"device"'
ask 200 PATCH "/api/record/$id" '{"persons": 5}'
ask 200 GET /api/record/household:12
has reply '"persons":5'
has reply 'Nguyễn Văn Đức'
ask 400 PATCH "/api/record/$id" '{"persons": "many"}'
ask 200 GET "/api/record/$id/history"
is_json
has reply '"what":"changed","question":"persons","old":"4","new":"5"'
ask 404 GET /api/record/2.1-9999
WEB=$((PORT + 1)) serve p "127.0.0.1:$PORT"
cy d sync >/dev/null
ask 200 GET "/api/record/$id"
has reply '"held":"(parent|root)"'

# in the language that is asked for
ask 409 POST '/api/record?form=household&lang=vi' '{"number": 12, "head": "An", "persons": 4}'
has reply '"error":"[^"]*đã'
ask 200 PUT '/api/draft/b?form=household' '{}'
ask 200 DELETE /api/draft/b
ask 404 DELETE /api/draft/b
