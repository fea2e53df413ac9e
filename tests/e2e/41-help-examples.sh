#!/bin/sh
# Every command's --help is enough to use it: what it does, its arguments, an example, in both languages.
. "${ROOT:-$(dirname "$0")/../..}/tests/e2e/lib.sh"

"$CAYDA" --help >overview
n=0
for command in init invite join add edit list show import sync run report export unit form status verify conflicts history duplicates open; do
	has overview "^ +$command "
	"$CAYDA" "$command" --help >help.txt 2>err.txt || fail "$command --help: status $?"
	[ ! -s err.txt ] || fail "$command --help on stderr: $(cat err.txt)"
	has help.txt "cayda $command"
	has help.txt '^Examples?:'
	has help.txt "^  cayda (--[a-z]+ [^ ]+ )?$command"
	"$CAYDA" --lang vi "$command" --help >help.vi
	has help.vi '^Ví dụ:'
	n=$((n + 1))
done
same commands 20 $n
"$CAYDA" --version >version
has version '^cayda [0-9]+\.[0-9]+\.[0-9]+'
fails 2 help "$CAYDA" frobnicate
status=0
"$CAYDA" >/dev/null 2>err.txt || status=$?
same "status without a command" 2 $status
