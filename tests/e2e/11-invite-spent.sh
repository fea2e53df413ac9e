#!/bin/sh
# An invite works once: a second home with the same one is refused, loses nothing and disturbs nobody.
. "${ROOT:-$(dirname "$0")/../..}/tests/e2e/lib.sh"

province p
serve p "127.0.0.1:$PORT"
node p first 90006-01 "$ADDR"
cy second join "$(field uri first.invite)"
cy first add household number=1 head='Thân Văn An' >/dev/null
cy second add household number=2 head='Giáp Thị Mai' >/dev/null
cy first sync
before=$(hash p 90006 open)

fails 1 'invite|used' cy second sync
fails 1 'invite|used' cy second sync
cy second list household --columns number,head >list
has list '2 +Giáp Thị Mai'
same "the office's rows" "$before" "$(hash p 90006 open)"

cy first add household number=3 >/dev/null
cy first sync
same "first and office" "$(hash p 90006-01 open)" "$(hash first 90006-01 open)"
