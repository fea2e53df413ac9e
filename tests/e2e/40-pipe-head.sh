#!/bin/sh
# `cayda list | head` ends quietly; output that cannot be written is an error.
. "${ROOT:-$(dirname "$0")/../..}/tests/e2e/lib.sh"

province p
node p d 90006-01 "127.0.0.1:$PORT"
draw data 1 --visits 250
cy d import household data/households.csv >/dev/null
for again in 1 2 3 4; do
	cy d import visit data/visits.csv >/dev/null
done
for command in 'list visit' 'export visit' 'list visit --json' 'form show visit'; do
	cy d $command 2>err.txt | head -n 1 >first
	[ -s first ] || fail "$command | head -n 1: nothing"
	[ ! -s err.txt ] || fail "$command | head -n 1: $(cat err.txt)"
done
status=0
cy d list visit >/dev/full 2>err.txt || status=$?
same "status when the output is full" 1 $status
has err.txt '^cayda: '
