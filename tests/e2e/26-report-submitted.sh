#!/bin/sh
# A commune hands in its quarter; the province sees who is late and who is missing, the very bytes that were handed
# in, and that a correction is another version beside the old one. Deadlines are the province's to set.
. "${ROOT:-$(dirname "$0")/../..}/tests/e2e/lib.sh"

province p
cy p report deadline month 28 12 >deadline
has deadline '^month +28 +12 '
serve p
node p office 90006 "$ADDR"
cy office sync
cy office report deadline >deadline
has deadline '^month +28 +12 '
has deadline '^quarter +25 +0 '
fails 1 'the root sets' cy office report deadline month 5
fails 2 'month, quarter' cy p report deadline week 5
fails 2 'from 1 to 31' cy p report deadline month 32

# only for a period that has begun, by an office, for what it works for
fails 2 period cy office report submit
fails 1 'is not a period' cy office report submit --period 2022-Q5
fails 1 'has not begun' cy office report submit --period 2199
fails 1 'a month, a quarter' cy office report submit --period 2022-07-01..2022-07-02
fails 1 'does not work for' cy office report submit --period 2022-Q3 --unit 90
node p device 90006-01 "$ADDR"
fails 1 'an office hands in' cy device report submit --period 2022-Q3

cy office add training topic=eid held_on=2022-08-03 attendees=10 --unit 90006-01 >/dev/null
cy office --json report submit --period 2022-Q3 >one.json
same version 1 "$(field version one.json)"
cy office report submitted show --period 2022-Q3 >shown
has shown ', not sent yet'
has shown ': unchanged$'
fails 1 'already, as version 1' cy office report submit --period 2022-Q3
cy p report submitted --period 2022-Q3 >list
has list '^90006 +Xã 6 +missing '
cy office sync
cy p report submitted --period 2022-Q3 >list
has list '^Due by 2022-09-24$'
has list '^90006 +Xã 6 +late +[0-9,]+ +1 '
has list '^90001 +Phường 1 +missing +[0-9,]+ +0$'
cy p report submitted --period 2022-Q3 --missing >list
has list '^90001 '
lacks list '^90006 '
cy p report submitted show --period 2022-Q3 --unit 90006 >shown
lacks shown 'not sent'
has shown 'By node 2\.0 \(office\)'
has shown '^sessions_people +10 +10 +unchanged$'
cy p report submitted show --period 2022-Q3 --unit 90006 --raw >raw
same "hash of what was handed in" "$(field sha256 one.json)" "$(sha256sum raw | cut -d ' ' -f 1)"
has raw '^sessions_people 10 -$'
fails 1 'no such report' cy p report submitted show --period 2022-Q3 --unit 90001
fails 1 'no such report' cy p report submitted show 2 --period 2022-Q3 --unit 90006

# a session comes late: the old version stays, and can be told from what is counted now
cy office add training topic=eid held_on=2022-09-30 attendees=7 --unit 90006-02 >/dev/null
cy office sync
cy p report submitted show --period 2022-Q3 --unit 90006 >shown
has shown 'not the same any more$'
has shown '^sessions_people +10 +17 +another today$'
cy office report submit --period 2022-Q3 --note 'một buổi đến muộn' >out
has out 'version 2$'
cy office sync
cy p report submitted >list
has list '^90006 +Xã 6 +2022-Q3 +1 '
has list '^90006 +Xã 6 +2022-Q3 +2 .*một buổi đến muộn$'
cy p report submitted show --period 2022-Q3 --unit 90006 >shown
has shown '^sessions_people +17 +17 +unchanged$'
cy p report submitted show 1 --period 2022-Q3 --unit 90006 --raw >again
cmp raw again || fail "version 1 is not what it was"
same "open rows of the commune" "$(hash office 90006 open)" "$(hash p 90006 open)"

# this month's, due in a year
month=$(date +%Y-%m)
cy office report submit --period "$month" >out
has out 'in time$'
cy office sync
cy p --json report submitted --period "$month" >list.json
tr '{' '\n' <list.json | grep '"code":"90006"' >row
same state "in time" "$(field state row)"
same versions 1 "$(field versions row)"
cy p verify --rebuild >/dev/null
cy p report submitted show 1 --period 2022-Q3 --unit 90006 --raw >again
cmp raw again || fail "version 1 is not what it was, after a rebuild"

# what the province knows of its communes: whom it heard of, and when
cy p report progress --period 2022-Q3 >list
has list '^90006 +Xã 6 +0\.0% +0/600 +0 +20[0-9]{2}-[0-9]{2}-[0-9]{2} +late$'
has list '^90001 +Phường 1 +- +0 +late$'
