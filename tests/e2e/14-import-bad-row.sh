#!/bin/sh
# A CSV with bad rows: each named by row and column, good rows kept, bad ones set apart to be put right.
. "${ROOT:-$(dirname "$0")/../..}/tests/e2e/lib.sh"

province p
node p d 90006-01 "127.0.0.1:$PORT"
draw data 1 --visits 20
cy d import household data/households.csv

# row 4: no number; row 6: no such choice; row 9: a required answer is missing; row 12: no such household
awk 'BEGIN {FS = OFS = ","} NR == 4 {$4 = "four"} NR == 6 {$9 = "nokia"; $8 = 1} NR == 9 {$2 = ""}
	NR == 12 {$1 = 999} {print}' data/visits.csv >visits.csv
status=0
cy d import visit visits.csv >out.txt 2>err.txt || status=$?
same "status" 1 $status
cat out.txt err.txt >said
has said '4.*persons'
has said '6.*provider'
has said '9.*surveyed_on'
has said '12.*household'
has said 'visits.rejected.csv'
cy d list visit --columns household | grep -c '^ *[0-9]' >count
same "good rows" 16 "$(cat count)"

same "rejected lines" 5 "$(wc -l <visits.rejected.csv | tr -d ' ')"
has visits.rejected.csv '^household,surveyed_on,.*,note,error'
for row in 4 6 9 12; do
	grep -qF "$(sed -n "${row}p" visits.csv)" visits.rejected.csv || fail "row $row is not set apart as it stands"
done

# put right and imported again, with its column of errors still there
cp data/visits.csv fixed.csv
{
	sed -n 1p visits.rejected.csv
	for row in 4 6 9 12; do
		sed -n "${row}s/\$/,was wrong/p" data/visits.csv
	done
} >fixed.csv
cy d import visit fixed.csv
cy d list visit --columns household | grep -c '^ *[0-9]' >count
same "all rows" 20 "$(cat count)"

# a wrong heading stops before anything is written; so does a file that is not there or not text
before=$(hash d 90006-01 open)
printf 'household,colour\n1,red\n' >wrong.csv
fails 1 'colour' cy d import visit wrong.csv
fails 1 'none.csv' cy d import visit none.csv
fails 1 'empty|header|column' cy d import visit /dev/null
printf 'number,head\n50,\377\376\n' >binary.csv
cy d import household binary.csv >out.txt 2>err.txt && fail "bytes that are no text were taken"
has err.txt 'UTF-8'
same "nothing was written" "$before" "$(hash d 90006-01 open)"
