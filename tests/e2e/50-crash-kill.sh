#!/bin/sh
# Killed with SIGKILL at any system call while it records, syncs, backs up or restores: what it said it saved stays.
# ROUNDS and SEED: how many kills, and which; the make target crash runs more.
. "${ROOT:-$(dirname "$0")/../..}/tests/e2e/lib.sh"

province p
serve p "127.0.0.1:$PORT"
node p o 90006 "$ADDR"
cy o sync >/dev/null
serve o "127.0.0.1:$((PORT + 1))"
node o d 90006-01 "$ADDR"
cy d sync >/dev/null
address=$ADDR
stop o
# Leaks are looked for elsewhere: LeakSanitizer cannot work in a process that is traced.
ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0" "$CRASH/kill" "${ROUNDS:-60}" "${SEED:-$(date +%s)}" "$address"
cy p verify >/dev/null
same "device and office" "$(hash d 90006-01 open)" "$(hash o 90006-01 open)"
same "office and province" "$(hash o 90006 open)" "$(hash p 90006 open)"
same "personal data of device and office" "$(hash d 90006-01 personal)" "$(hash o 90006-01 personal)"
