#!/bin/sh
# A database that a newer program made is left alone, and so is a file that is no database.
. "${ROOT:-$(dirname "$0")/../..}/tests/e2e/lib.sh"

province p
version() { # 4 bytes: PRAGMA user_version stands at byte 60 of the file
	printf "$1" | dd of=p/cayda.db bs=1 seek=60 conv=notrunc 2>/dev/null
}
ours=$(dd if=p/cayda.db bs=1 skip=60 count=4 2>/dev/null | od -An -to1 | tr ' ' '\\')
before=$(hash p 90 ref)
version '\000\000\003\347'
sum=$(sha256sum <p/cayda.db)
for command in 'list household' 'status' 'verify' 'sync' 'unit list' 'add household number=1 --unit 90006-01'; do
	fails 1 'newer' cy p $command
done
fails 1 'newer' timeout 20 "$CAYDA" --home p run --listen "127.0.0.1:$PORT"
same "the file" "$sum" "$(sha256sum <p/cayda.db)"
version "$ours"
same "rows" "$before" "$(hash p 90 ref)"

mkdir q
echo 'not a database, but long enough to look like one to somebody who does not look' >q/cayda.db
sum=$(sha256sum <q/cayda.db)
fails 1 'q' cy q list household
cy p invite --unit 90006-01 --address "127.0.0.1:$PORT" --json >invite.json
fails 1 'q' cy q join "$(field uri invite.json)"
same "the other file" "$sum" "$(sha256sum <q/cayda.db)"
