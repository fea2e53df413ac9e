#!/bin/sh
# An office that does not answer: said within the half minute, nothing lost, and the next sync brings all.
. "${ROOT:-$(dirname "$0")/../..}/tests/e2e/lib.sh"

province p
node p d 90006-01 "127.0.0.1:$PORT"
cy d add household number=1 >/dev/null

# before enrolment, and after it
began=$(date +%s)
fails 1 "127.0.0.1:$PORT" cy d sync
[ $(($(date +%s) - began)) -le 30 ] || fail "it took $(($(date +%s) - began)) s to say so"
serve p "127.0.0.1:$PORT"
cy d sync
stop p
cy d add household number=2 >/dev/null
fails 1 "127.0.0.1:$PORT" cy d sync
fails 1 'no.such.host.invalid' cy d sync --parent no.such.host.invalid
cy d list household --columns number >list
has list '^ *1$'
has list '^ *2$'

serve p "127.0.0.1:$PORT"
cy d sync
same "device and office" "$(hash d 90006-01 open)" "$(hash p 90006-01 open)"

# an office that is there but silent, as behind a line that drops everything
cy d add household number=3 >/dev/null
kill -STOP "$(pid_of p)"
began=$(date +%s)
fails 1 "127.0.0.1:$PORT" cy d sync
took=$(($(date +%s) - began))
kill -CONT "$(pid_of p)"
[ $took -le 60 ] || fail "it took $took s to give up on a silent office"
cy d sync
same "device and office after the silence" "$(hash d 90006-01 open)" "$(hash p 90006-01 open)"
