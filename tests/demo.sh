#!/bin/sh
# The main job on one machine: a province, a commune's office and three village devices, each a process
# and a home of its own. `make demo` calls it; CAYDA and GEN are the program and the generator.
# SAMPLE=1 takes the made-up province that the tests carry, as when ../shared/data is not there; DEMO is
# the folder to work in, build/demo unless it is set. At its end the province's pages are served for PAGES seconds, an
# hour unless it is set (in continuous integration none), by a process whose number is in province.pid there.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=${here%/*}
cayda=${CAYDA#"$root/"}
locale=${LC_ALL:-${LC_MESSAGES:-${LANG:-}}}
case $locale in vi*) lang=vi ;; *) lang=en ;; esac
work=${DEMO:-$root/build/demo}
pages=${PAGES:-${CI:+0}}
pages=${pages:-3600}
served=$(cat "$work/province.pid" 2>/dev/null || true)      # by the demo before this one
is_served() { # does that process still run, and is it that demo's?
	[ -n "$served" ] && [ "$(readlink "/proc/$served/cwd")" = "$work" ]
}
! is_served || kill "$served"
while is_served; do
	sleep 0.1
done
rm -rf "$work"
mkdir -p "$work"
cd "$work"
homes=${work#"$root/"}
. "$here/e2e/lib.sh"
began=$(date +%s.%N)

data=$root/../shared/data
units=$data/bac_giang_units_2022.csv
people=$data/bac_giang_population_2022_est.csv
maps=$data/bac_giang_communes.topo.json
commune=07573
if [ -n "${SAMPLE:-}" ] || [ ! -r "$units" ] || [ ! -r "$people" ]; then
	units=$root/tests/data/sample_units.csv
	people=$root/tests/data/sample_population.csv
	maps=
	commune=90006
fi
of() { # FILE CODE COLUMN: from the end of the line when the column is below 1
	tr -d '\r' <"$1" | awk -F, -v code="$2" -v at="$3" '$1 == code {print at < 1 ? $(NF + at) : $at}'
}
province=$(awk -F, '$3 == "province" {print $1}' "$units")
province_name=$(of "$units" "$province" 2)
commune_name=$(of "$people" $commune 2)
villages=$(of "$people" $commune 0)
households=$(of "$people" $commune -1)

# ---- how it speaks --------------------------------------------------------------------------------

if [ -t 1 ]; then
	bold=$(printf '\033[1m')
	plain=$(printf '\033[0m')
fi
in_words() { # VIETNAMESE ENGLISH
	[ $lang = vi ] && echo "$1" || echo "$2"
}
say() {
	echo "   $(in_words "$@")"
}
step() {
	steps=$((${steps:-0} + 1))
	printf '\n%s%d. %s%s\n' "${bold:-}" $steps "$(in_words "$@")" "${plain:-}"
}
show() { # COMMAND...: what it prints, set in
	"$@" >shown.txt
	sed 's/^\(.\)/   \1/' shown.txt
}
node_at() { # HOME ARGUMENT...: a node at work, in the user's language
	node_home=$1
	shift
	cy "$node_home" --lang $lang "$@"
}

# ---- what is recorded -------------------------------------------------------------------------------

by_hand=3 # visits of each device that are typed in, before its bulk
bulk=100

drawn() { # DEVICE VILLAGE NUMBER: what it records, of which a few rows are set apart to be typed
	mkdir -p "$1.data"
	"$GEN" --population "$people" --commune $commune --village "$2" --device "$3" \
		--visits $((by_hand + bulk)) --out "$1.data"
	for drawn_form in households visits; do
		awk -v n=$by_hand 'NR == 1 || NR > n + 1' "$1.data/$drawn_form.csv" >"$1.data/$drawn_form-bulk.csv"
	done
}
typed() ( # HOME FORM FILE ROW: `cayda add` with the answers in that row
	answers=$(awk -F, -v row="$4" 'NR == 1 {n = split($0, name)} NR == row + 1 {
		for (i = 1; i <= n; i++) if ($i != "") print name[i] "=" $i}' "$3")
	set -f
	IFS='
'
	node_at "$1" add "$2" $answers >/dev/null
)
recorded() { # HOME: the bulk of a device's fortnight
	node_at "$1" import household "$1.data/households-bulk.csv"
	node_at "$1" import visit "$1.data/visits-bulk.csv"
	node_at "$1" import training "$1.data/training.csv"
	for recorded_form in signal team; do
		[ "$(wc -l <"$1.data/$recorded_form.csv")" = 1 ] || typed "$1" $recorded_form "$1.data/$recorded_form.csv" 1
	done
	node_at "$1" add assist done_on=2022-10-12 service=VNeID step=sign_in minutes=20
}
synced() { # HOME WHOM: a sync, told in a line; its figures are kept
	cy "$1" --lang $lang --json sync >"$1.sync"
	cat "$1.sync" >>syncs
	say "$2: $(field packs_sent "$1.sync") gói đi, $(field packs_received "$1.sync") gói về; $(field bytes_sent "$1.sync") + $(field bytes_received "$1.sync") byte" \
		"$2: $(field packs_sent "$1.sync") packs up, $(field packs_received "$1.sync") down; $(field bytes_sent "$1.sync") + $(field bytes_received "$1.sync") bytes"
}
total() { # FIELD: its sum over syncs
	tr ',{}' '\n' <syncs | awk -F: -v name="\"$1\"" '$1 == name {sum += $2} END {print sum + 0}'
}
invited() { # PARENT UNIT HOME ADDRESS: shows the invite, and joins by it
	node_at "$1" invite --unit "$2" --name "$3" --address "$4" >"$3.invite"
	show cat "$3.invite"
	node_at "$3" join "$(grep -Eio 'cayda:[a-z2-7]+' "$3.invite" | head -n 1)" >/dev/null
}


# ---- is it true? ------------------------------------------------------------------------------------

since() { # SECONDS: how long ago that was
	awk -v a="$1" -v b="$(date +%s.%N)" 'BEGIN {printf "%.1f", b - a}'
}
number() { # 75.4, or 75,4 in Vietnamese
	in_words "$(echo "$1" | tr . ,)" "$1"
}
agree() { # HOME HOME UNIT CLASS: the same rows; shown by the code that `cayda verify` prints
	agree_hash=$(hash "$1" "$3" "$4")
	same "$4 rows of $3 on $1 and $2" "$agree_hash" "$(hash "$2" "$3" "$4")"
	say "cayda verify --unit $3, $5: $1 = $2 = $(verified "$4" code)" \
		"cayda verify --unit $3, $6: $1 = $2 = $(verified "$4" code)"
}
# The report's numerators and denominators against what the generator counted, summed over its runs.
check_shares() {
	cy province --json report coverage --unit $commune >report.json
	cat ./*.data/counts.tsv | awk '{n[$1] += $2; d[$1] += $3} END {for (i in n) print i, n[i], d[i]}' |
		sort >counted
	figures report.json | counted_only | sort >reported
	cmp -s counted reported || fail "the report differs from the generator's count:
$(diff counted reported)"
}

# ---- the job ------------------------------------------------------------------------------------------

echo "${bold:-}$(in_words 'Cây Đa: năm máy, trên một máy tính này' \
	'Cây Đa: five devices, all on this computer')${plain:-}"

step "Tỉnh chuẩn bị" "The province prepares"
cy province init --unit "$province" --unit-name "$province_name" --name province >/dev/null
show node_at province unit import "$units"
[ ! -r "$maps" ] || node_at province unit boundaries "$maps" >/dev/null
show node_at province unit villages $commune "$villages" --households "$households"
serve province
province_addr=$ADDR

step "$commune_name tham gia, rồi mời ba máy ở thôn" "$commune_name joins, then invites three village devices"
invited province $commune office "$province_addr"
synced office "office"
serve office
office_addr=$ADDR
stop office
invited office $commune-01 device-1a "$office_addr"
invited office $commune-01 device-1b "$office_addr"
invited office $commune-02 device-2 "$office_addr"
drawn device-1a 1 1
drawn device-1b 1 2
drawn device-2 2 1
for device in device-1a device-1b device-2; do
	for row in $(seq $by_hand); do
		typed $device household $device.data/households.csv "$row"
		typed $device visit $device.data/visits.csv "$row"
	done
done
say "Không có mạng, mỗi máy đã ghi $by_hand hộ" "With no network at all, each has recorded $by_hand households"
serve office "$office_addr"
for device in device-1a device-1b device-2 device-1a; do
	cy $device --json sync >/dev/null
done
stop office
say "Có mạng một lúc: ba máy được cấp chứng chỉ" "A moment of network: the three get their certificates"

step "Văn phòng tắt máy; các thôn đi khảo sát" "The office is switched off; the villages go surveying"
for device in device-1a device-1b device-2; do
	recorded $device >$device.log 2>&1 &
	eval "recording_$(echo $device | tr - _)=$!"
done
mkdir office.data
"$GEN" --population "$people" --commune $commune --village 0 --skip 2 --out office.data
node_at office import team office.data/team.csv >/dev/null
node_at office import signal office.data/signal.csv >/dev/null
for device in device-1a device-1b device-2; do
	eval "wait \$recording_$(echo $device | tr - _)" || fail "$device could not record"
	say "$device: $bulk lượt thăm hộ, 2 buổi tập huấn" "$device: $bulk visits, 2 training sessions"
done
were=$(of device-1a.data/households.csv 1 5)
node_at device-1a edit household:1 persons=$((were + 1)) >/dev/null
sleep 1 # the second edit is the later one, by more than clocks on a busy machine are apart
node_at device-1b edit household:1 persons=$((were + 2)) >/dev/null
say "Hộ số 1 của thôn 1 có $were người; một máy sửa thành $((were + 1)), máy kia thành $((were + 2))" \
	"Household 1 of village 1 has $were persons; one device makes it $((were + 1)), the other $((were + 2))"

step "Có mạng: các máy đồng bộ, văn phòng gửi lên tỉnh" "The network is back: devices sync, the office passes it on"
serve office "$office_addr"
: >syncs
for device in device-1a device-1b device-2; do
	synced $device $device
done
sent=$(total bytes_sent)
received=$(total bytes_received)
synced device-1a "device-1a"
synced office "office"
stop office
stop province

step "Tỉnh xem kết quả" "What the province sees"
show node_at province report coverage --unit $commune

step "Xung đột ở hộ số 1: giữ cả hai giá trị" "The conflict over household 1: both values are kept"
show node_at office conflicts

step "Đường truyền và kiểm tra" "The line, and the proof"
visits=$((3 * (by_hand + bulk)))
each=$(awk -v b="$sent" -v n=$((3 * bulk)) 'BEGIN {printf "%.1f", b / n}')
say "Ba máy gửi $sent byte cho $((3 * bulk)) lượt thăm: $(number "$each") byte mỗi lượt, kể cả hộ, tập huấn và mọi thứ khác (nhận về $received byte)" \
	"The three sent $sent bytes for $((3 * bulk)) visits: $each bytes a visit, with households, training and all else (and received $received)"
agree device-1a office $commune-01 open "phiếu" "records"
agree device-1a office $commune-01 personal "dữ liệu cá nhân" "personal data"
agree office province $commune open "phiếu" "records"
check_shares
say "Mọi tỷ lệ trong báo cáo khớp với số đếm của bộ sinh dữ liệu ($visits lượt thăm)" \
	"Every share in the report is what the generator counted ($visits visits)"
say "Cả việc này mất $(number "$(since "$began")") giây" "All of this took $(since "$began") s"

mkdir files
for left in *; do
	case $left in *.*) mv "$left" files/ ;; counted | reported | syncs) mv "$left" files/ ;; esac
done
echo
say "Thử tiếp:" "Try next:"
sed 's/^/   /' <<END
$cayda --home $homes/province report coverage --unit $commune --by village
$cayda --home $homes/device-1a list visit --limit 5
$cayda --home $homes/office status
END

# The address is good once, so what tries it is not the one that is shown.
pages_open() {
	curl -sf "$(cy province open --print)" | grep -q http-equiv
}
setsid timeout $((pages ? pages : 60)) "$CAYDA" --home province --lang $lang run --listen "$province_addr" >files/province.log 2>&1 </dev/null &
echo $! >province.pid
SERVERS="${SERVERS:-} pages:$!"
within "the province's pages open" pages_open
echo
if [ "$pages" = 0 ]; then
	stop pages
	say "Mở các trang của tỉnh: $cayda --home $homes/province run, rồi $cayda --home $homes/province open" \
		"The province's pages: $cayda --home $homes/province run, then $cayda --home $homes/province open"
else
	SERVERS=
	step "Các trang của tỉnh, trên dữ liệu này" "The province's pages, on these data"
	echo "   $(cy province open --print)"
	say "Địa chỉ dùng được một lần, trong hai phút; sau đó: $cayda --home $homes/province open" \
		"The address is good once, for two minutes; after that: $cayda --home $homes/province open"
	say "Các trang mở trong $((pages / 60)) phút; dừng sớm hơn: kill $(cat province.pid)" \
		"They are served for $((pages / 60)) minutes; to stop them: kill $(cat province.pid)"
fi
echo
echo "demo: ok"
