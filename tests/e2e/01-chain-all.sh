#!/bin/sh
# Province, office and three devices: recorded offline, merged the same everywhere, counted right.
. "${ROOT:-$(dirname "$0")/../..}/tests/e2e/lib.sh"

province province
serve province
node province office 90006 "$ADDR"
cy office sync
serve office
office=$ADDR
stop office
node office a 90006-01 "$office"
node office b 90006-01 "$office"
node office c 90006-02 "$office"
draw a.data 1
draw b.data 1 --device 2
draw c.data 2
draw o.data 0 --skip 2

# before any contact
for d in a b c; do
	cy $d import household $d.data/households.csv >/dev/null
done
serve office "$office"
cy a sync
cy b sync
cy a sync
cy c sync
stop office

# with the office down
for d in a b c; do
	cy $d import visit $d.data/visits.csv
	cy $d import training $d.data/training.csv
	[ $d = b ] || cy $d import signal $d.data/signal.csv # the village's second device has none
	[ $d = b ] || cy $d import team $d.data/team.csv
done
awk -F, 'NR == 1 || /^90006-03,/ || /^90006,/' o.data/team.csv >o.data/teams.csv
awk -F, 'NR == 1 || /^90006-03,/' o.data/signal.csv >o.data/signals.csv
cy office import team o.data/teams.csv
cy office import signal o.data/signals.csv
cy a edit household:1 persons=11
sleep 1 # later by more than clocks on a busy machine are apart
cy b edit household:1 persons=12
serve office "$office"
for d in a b c a; do
	cy $d sync
done
cy office sync

# every share is the generator's
cat a.data/counts.tsv b.data/counts.tsv c.data/counts.tsv |
	awk -v signals="$(awk -F, 'NR > 1 {n += $3} END {print n}' o.data/signals.csv)" '
		BEGIN {n["coverage"] = signals; d["coverage"] = 1; n["teams_village"] = d["teams_village"] = 1
			n["teams_commune"] = d["teams_commune"] = 1}
		{n[$1] += $2; d[$1] += $3} END {for (i in n) print i, n[i], d[i]}' | sort >counted
for home in province office; do
	cy $home --json report coverage --unit 90006 >$home.report
	figures $home.report | counted_only | sort >reported
	cmp counted reported || fail "$home reports otherwise: $(diff counted reported)"
done

# both values of the conflict are kept, and one of them won everywhere
for home in a b office province; do
	cy $home list household --unit 90006-01 --columns number,persons >$home.list
	has $home.list '^ *1 +12$'
	cy $home --json conflicts >$home.conflicts
	has $home.conflicts '"won": *"?12"?[,}]'
	has $home.conflicts '"lost": *"?11"?[,}]'
	has $home.conflicts '"question": *"persons"'
done

# the same rows wherever they are shared; names and telephones stay in their commune
for class in open personal; do
	for village in 1:a 1:b 2:c; do
		same "$class rows of village ${village%:*}" "$(hash office 90006-0${village%:*} $class)" \
			"$(hash "${village#*:}" 90006-0${village%:*} $class)"
	done
done
same "open rows of the commune" "$(hash office 90006 open)" "$(hash province 90006 open)"
differ "personal rows of the commune" "$(hash office 90006 personal)" "$(hash province 90006 personal)"
lacks province/cayda.db "$(awk -F, 'NR == 2 {print $3}' a.data/households.csv)"
lacks c/cayda.db "$(awk -F, 'NR == 2 {print $3}' a.data/households.csv)"
has office/cayda.db "$(awk -F, 'NR == 2 {print $3}' a.data/households.csv)"

# once more: a device learns what the province holds; then there is nothing to say, and nothing changes
cy a --json sync >again.json
same "packs sent again" 0 "$(field packs_sent again.json)"
cy a --json status >status.json
tr '{' '\n' <status.json | grep '"author":"2.1".*"class":"open"' >feed.json
differ "records at the province" 0 "$(field root_head feed.json)"
same "records at the province" "$(field head feed.json)" "$(field root_head feed.json)"
before=$(hash office 90006 open)
cy a --json sync >again.json
same "packs sent again" 0 "$(field packs_sent again.json)"
same "packs received again" 0 "$(field packs_received again.json)"
same "up to date" true "$(field up_to_date again.json)"
cy a import household a.data/households.csv >out.txt 2>err.txt && fail "households were taken twice"
has err.txt 'number.*taken'
cy a sync
same "after the same households were imported again" "$before" "$(hash office 90006 open)"
