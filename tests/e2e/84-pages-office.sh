#!/bin/sh
# Nodes, targets and forms through the JSON interface: an invite that joins, a name, an end; a target; a form's file.
. "${ROOT:-$(dirname "$0")/../..}/tests/e2e/lib.sh"
. "$ROOT/tests/e2e/pages.sh"

province p
WEB=$((PORT + 1)) serve p "127.0.0.1:$PORT"
enter p

# an invite, as a line and as a picture, and the node that comes by it
ask_line 200 GET /api/nodes
has reply '"addresses":null,"invites":\[\],"nodes":\['
ask 404 POST '/api/invite?unit=90006-01' '{}'
has reply 'address'
ask 400 POST '/api/invite?address=here:1' '{}'
ask 400 POST '/api/invite?unit=90006-01&role=king&address=here:1' '{}'
ask 404 POST '/api/invite?unit=nowhere&address=here:1' '{}'
ask 400 POST '/api/invite?unit=90006-01&offices=-1&address=here:1' '{}'
ask_line 201 POST "/api/invite?unit=90006-01&name=ch%E1%BB%8B%20Hoa&address=$ADDR%20other.example:5684" '{}'
uri=$(field uri reply)
number=$(field node reply)
same "role" device "$(field role reply)"
same "name" "chị Hoa" "$(field name reply)"
same "addresses" "$ADDR other.example:5684" "$(field addresses reply)"
same "rows of the picture are as many as it is wide" 1 \
	"$(sed 's/.*"qr":\["//; s/"\].*//; s/","/\n/g' reply | awk '{n[length($0)]++} END {for (w in n) print w == n[w]}')"
has reply '"qr":\["1111111[01]+1111111","1000001'
ask_line 200 GET /api/nodes
has reply "\"invites\":\[\{\"node\":\"$number\",\"name\":\"chị Hoa\",\"role\":\"device\",\"unit\":\"90006-01\""
has reply "\"addresses\":\"$ADDR other.example:5684\""
cy d join "$uri" >/dev/null
cy d add household number=1 >/dev/null
cy d sync >/dev/null
program() { # NUMBER: of which program that node is, as its office tells
	curl -s -b "$JAR" "$BASE/api/nodes" | tr -d '\n' | grep -q "\"node\":\"$1\"[^}]*\"program\":\"[0-9.]*\""
}
within "who was here is put down" program "$number"
ask_line 200 GET /api/nodes
has reply '"invites":\[\]'
has reply "\"node\":\"$number\",\"name\":\"chị Hoa\",\"role\":\"device\",\"unit\":\"90006-01\",\"unit_name\":\"Thôn 1\",\"unit_in\":\"Xã 6\",\"packs\":[1-9][0-9]*,\"records\":1,\"last_ms\":[0-9]{13},\"contact_ms\":[0-9]{13},\"same_ms\":[0-9]{13},\"program\":\"[0-9.]+\",\"self\":false,\"ours\":true,\"revoked\":false"
cy p --lang en report nodes >report
has report "^90006-01 +Thôn 1 +$number +chị Hoa +device +20.* 1 +[0-9.]+"
ask 200 GET '/api/report/nodes?format=csv&unit=90006-02'
lacks reply 'chị Hoa'
ask_line 200 GET '/api/nodes?unit=90006-02'
lacks reply "chị Hoa"
ask_line 201 POST '/api/invite?unit=90006&offices=2' '{}'
same "role of a commune" office "$(field role reply)"

# another name; the end
ask 400 PATCH "/api/node/$number" '{}'
ask 400 PATCH /api/node/nonsense?name=x '{}'
ask 404 PATCH /api/node/9.9?name=x '{}'
ask 200 PATCH "/api/node/$number?name=anh%20Nam" '{}'
ask_line 200 GET /api/nodes
has reply "\"node\":\"$number\",\"name\":\"anh Nam\""
ask 404 POST /api/node/9.9/revoke '{}'
ask 200 POST "/api/node/$number/revoke" '{}'
ask_line 200 GET /api/nodes
has reply "\"node\":\"$number\".*\"revoked\":true"
fails 1 'revoked' cy d sync

# targets
ask_line 200 GET /api/targets
has reply '"may_set":true'
has reply '"code":"fibre","label":\{"vi":".*"share":true,"targets":\[\{"unit":"90","unit_name":"Tỉnh mẫu","year":2022,"share":0.85'
ask 200 PUT '/api/target?indicator=fibre&unit=90006&year=2027&share=0.9&document=K%E1%BA%BF%20ho%E1%BA%A1ch%20%2212%22,%20m%E1%BB%A5c%201' '{}'
same "changed" 1 "$(field changed reply)"
ask 200 PUT '/api/target?indicator=fibre&unit=90006&year=2027&share=0.9&document=K%E1%BA%BF%20ho%E1%BA%A1ch%20%2212%22,%20m%E1%BB%A5c%201' '{}'
same "changed again" 0 "$(field changed reply)"
ask_line 200 GET /api/targets
has reply '"unit":"90006","unit_name":"[^"]*","year":2027,"share":0.9[0-9]*,"document":"Kế hoạch \\"12\\", mục 1"'
ask 400 PUT '/api/target?indicator=fibre&year=2027&share=90' '{}'
has reply '"error":"[^"]*share'
ask 400 PUT '/api/target?indicator=fibre&year=soon&share=0.9' '{}'
ask 400 PUT '/api/target?indicator=nothing&year=2027&share=0.9' '{}'

# a form's file: looked at, added, a new version, and what is wrong with one
give() { # STATUS PATH FILE: the answer goes to reply
	give_got=$(curl -s -o reply -w '%{http_code}' -b "$JAR" -H "Origin: $BASE" -H 'Content-Type: application/octet-stream' \
		--data-binary "@$3" "$BASE$2")
	same "POST $2: $(cat reply)" "$1" "$give_got"
}
xform() { # LABEL TYPE
	cat <<X
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"><h:head><h:title>Chợ</h:title>
<model><instance><data id="market" version="1"><stalls/></data></instance>
<bind nodeset="/data/stalls" type="$2"/></model></h:head>
<h:body><input ref="/data/stalls"><label>$1</label></input></h:body></h:html>
X
}
xform 'Số quầy' int >market.xml
give 200 '/api/form-file?name=market.xml&check=1' market.xml
has reply '"code":"market","version":0'
ask 404 GET /api/form/market
give 200 '/api/form-file?name=market.xml' market.xml
has reply '"code":"market","version":1'
ask_line 200 GET /api/form/market
has reply '"name":"stalls","type":"integer"'
ask 200 POST /api/form/market/check '{"stalls": 12}'
has reply '"ok":true'
xform 'Số quầy hàng' int >market.xml
give 200 '/api/form-file?name=market.xml' market.xml
has reply '"version":2'
xform 'Số quầy hàng' string >market.xml
give 400 '/api/form-file?name=market.xml&lang=en' market.xml
has reply '"error":"sheet survey, row 2, column type: question stalls'
give 400 '/api/form-file?name=market.xml&check=1' market.xml
give 400 '/api/form-file' market.xml
head -c 300 /dev/urandom >noise.xlsx
give 400 '/api/form-file?name=noise.xlsx' noise.xlsx
ask 415 POST '/api/form-file?name=a.xml' '{}'

# where forms and targets are not made
node p c 90006 "$ADDR"
cy c sync >/dev/null
WEB=$((PORT + 2)) serve c "127.0.0.1:$((PORT + 3))"
enter c
give 403 '/api/form-file?name=market.xml' market.xml
ask 403 PUT '/api/target?indicator=fibre&year=2027&share=0.9' '{}'
ask_line 200 GET /api/targets
has reply '"may_set":false'
