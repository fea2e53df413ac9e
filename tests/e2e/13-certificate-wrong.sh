#!/bin/sh
# Another province's office at the address that we know is not spoken to, enrolled or not.
. "${ROOT:-$(dirname "$0")/../..}/tests/e2e/lib.sh"

province ours
province theirs
serve ours "127.0.0.1:$PORT"
node ours d 90006-01 "$ADDR"
node ours late 90006-02 "$ADDR"
cy d sync
stop ours
cy d add household number=1 head='Vũ Thị Lan' >/dev/null
cy late add household number=1 >/dev/null

serve theirs "127.0.0.1:$PORT"
before=$(hash theirs 90006 open)
fails 1 'certificate|not ours|does not know' cy d sync
fails 1 "127.0.0.1:$PORT" cy late sync
same "their rows" "$before" "$(hash theirs 90006 open)"
stop theirs

serve ours "127.0.0.1:$PORT"
cy d sync
cy late sync
same "device and office" "$(hash d 90006-01 open)" "$(hash ours 90006-01 open)"
same "late device and office" "$(hash late 90006-02 open)" "$(hash ours 90006-02 open)"
