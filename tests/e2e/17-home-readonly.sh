#!/bin/sh
# A home that cannot be written to: one clear line, nothing harmed, and it works again when it can.
. "${ROOT:-$(dirname "$0")/../..}/tests/e2e/lib.sh"
freeze() {
	if [ "$PRIVATE" = mounts ]; then
		mount --bind "$1" "$1" && mount -o remount,bind,ro "$1"
	else
		chmod -R a-w "$1"
	fi
}
thaw() {
	if [ "$PRIVATE" = mounts ]; then umount "$1"; else chmod -R u+w "$1"; fi
}
privately "$0" || true

province p
node p d 90006-01 "127.0.0.1:$PORT"
cy d add household number=1 >/dev/null
before=$(hash d 90006-01 open)

freeze d
fails 1 'read-only|written|write' cy d add household number=2
fails 1 'read-only|written|write' cy d sync
fails 1 'read-only|written|write' cy d import household /dev/null
thaw d
same "rows" "$before" "$(hash d 90006-01 open)"
cy d add household number=2 >/dev/null

# a folder in which no home can be made; a home that is a file
mkdir ro
freeze ro
fails 1 'ro/h' cy ro/h init --unit 90 --unit-name x
fails 1 'ro/h' cy ro/h join "$(field uri d.invite)"
thaw ro
echo text >file
fails 1 'file' cy file list household
