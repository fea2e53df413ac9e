# lib.sh - what the end-to-end scripts and the demo share. Sourced first, by
#	. "${ROOT:-$(dirname "$0")/../..}/tests/e2e/lib.sh"
#
# CAYDA is the program and GEN the generator (absolute paths); PORT is the first of 100 ports to use. Homes are
# folders in the current one, servers write NAME.log there. A script ends at the first thing that is not as
# it should be, saying what, with the end of each log; servers are ended by their pid, whatever happens.
set -eu

: "${CAYDA:?the program}" "${GEN:?the generator}"
ROOT=${ROOT:-$(cd "$(dirname "$0")/../.." && pwd)}
PORT=${PORT:-$((10000 + $$ % 220 * 100))}
T=$(pwd)
TAB=$(printf '\t')
SERVERS= # name:pid of those that run
CLEANUP= # a command for what else must go at the end
INSIDE=  # words before each call of the program: where it runs
WAIT=30  # seconds that anything may take to happen
WEB=     # port of the next agent's pages; else the usual one, or any other
export LC_ALL=C.UTF-8
unset CAYDA_HOME

# ---- saying what is wrong -----------------------------------------------------------------------

fail() {
	echo "FAIL: $*" | tee "$T/failed" >&2
	exit 1
}
same() { # WHAT WANTED GOT
	[ "$2" = "$3" ] || fail "$1: wanted \"$2\", got \"$3\""
}
differ() { # WHAT A B
	[ "$2" != "$3" ] || fail "$1: both are \"$2\""
}
has() { # FILE REGEX: some line of it matches
	grep -Eq -- "$2" "$1" || fail "no line of $1 matches /$2/:
$(cat "$1")"
}
lacks() { # FILE REGEX
	! grep -Eq -- "$2" "$1" || fail "a line of $1 matches /$2/:
$(cat "$1")"
}

# fails STATUS REGEX COMMAND...: it ends with that status and one line on stderr, which matches
fails() {
	fails_status=$1
	fails_regex=$2
	shift 2
	fails_got=0
	"$@" >out.txt 2>err.txt </dev/null || fails_got=$?
	same "status of: $*: $(cat err.txt)" "$fails_status" "$fails_got"
	same "lines on stderr of: $*: $(cat err.txt)" 1 "$(wc -l <err.txt | tr -d ' ')"
	has err.txt "^cayda"
	has err.txt "$fails_regex"
}

# within WHAT COMMAND...: waits until the command succeeds
within() {
	within_what=$1
	within_tries=$((WAIT * 10))
	shift
	until "$@" >/dev/null 2>&1; do
		within_tries=$((within_tries - 1))
		[ $within_tries -gt 0 ] || fail "$within_what: not within $WAIT s"
		sleep 0.1
	done
}

# ---- the program ----------------------------------------------------------------------------------

cy() { # HOME ARGUMENT...
	cy_home=$1
	shift
	$INSIDE "$CAYDA" --home "$cy_home" "$@" </dev/null
}

# field NAME [FILE]: the first value of that name in JSON, however deep
field() {
	awk -v name="\"$1\":" '{
		at = index($0, name)
		if (!at) next
		v = substr($0, at + length(name))
		sub(/^ +/, "", v)
		if (v ~ /^"/) { sub(/^"/, "", v); sub(/".*/, "", v) } else sub(/[],}].*/, "", v)
		print v
		exit
	}' "${2:--}"
}

# hash HOME UNIT CLASS: the content hash of a class below a unit
hash() {
	cy "$1" verify --json --unit "$2" >verify.json || fail "verify of $1: $(cat verify.json)"
	verified "$3" hash
}
verified() { # CLASS FIELD: of the last hash
	tr '{' '\n' <verify.json | grep "\"class\": *\"$1\"" | field "$2"
}

# figures FILE: "CODE NUMERATOR DENOMINATOR" a line, from the JSON of `report coverage` over one unit
figures() {
	tr '{' '\n' <"$1" | awk '
		match($0, /"code":"[^"]*"/) {code = substr($0, RSTART + 8, RLENGTH - 9)}
		match($0, /"numerator":[0-9]+/) {
			n = substr($0, RSTART + 12, RLENGTH - 12)
			match($0, /"denominator":[0-9]+/)
			print code, n, substr($0, RSTART + 14, RLENGTH - 14)
		}'
}

# Of figures on stdin those whose code stands in the file counted: what the generator counts
counted_only() {
	awk 'NR == FNR {c[$1]; next} $1 in c' counted -
}

# ---- servers ----------------------------------------------------------------------------------------

alive() { # PID
	alive_state=$(sed 's/.*) \(.\).*/\1/' "/proc/$1/stat" 2>/dev/null) || return 1
	[ "$alive_state" != Z ]
}
ended() {
	! alive "$1"
}
pid_of() { # NAME
	for pid_of_server in $SERVERS; do
		[ "${pid_of_server%:*}" = "$1" ] && echo "${pid_of_server#*:}" && return
	done
	fail "no server of $1 runs"
}
listening() { # NAME PID: or has ended, which is seen next
	grep -q listening "$1.log" || ended "$2"
}

# serve NAME [ADDRESS]: runs the home's agent until stop; ADDR is where it listens
serve() {
	: >"$1.log"
	$INSIDE "$CAYDA" --home "$1" --json run --listen "${2:-127.0.0.1:0}" ${WEB:+--web "$WEB"} >>"$1.log" 2>&1 </dev/null &
	SERVERS="$SERVERS $1:$!"
	within "server of $1 listens" listening "$1" $!
	alive $! || fail "the server of $1 ended"
	ADDR=$(field listening "$1.log")
}
# run NAME: runs the agent of a home that nobody syncs to, until stop
run() {
	: >"$1.log"
	$INSIDE "$CAYDA" --home "$1" run ${WEB:+--web "$WEB"} >>"$1.log" 2>&1 </dev/null &
	SERVERS="$SERVERS $1:$!"
	within "agent of $1 runs" test -S "$1/agent.sock"
}
stop() { # NAME [SIGNAL]
	stop_pid=$(pid_of "$1")
	kill "-${2:-TERM}" "$stop_pid"
	within "server of $1 ends" ended "$stop_pid"
	stop_status=0
	wait "$stop_pid" || stop_status=$?
	SERVERS=$(echo "$SERVERS" | sed "s/ $1:$stop_pid//")
	[ -n "${2:-}" ] || same "status of the server of $1 at its end" 0 "$stop_status"
}

cleanup() {
	cleanup_status=$?
	trap - EXIT
	for cleanup_server in $SERVERS; do
		kill -KILL "${cleanup_server#*:}" 2>/dev/null || true
	done
	${CLEANUP:-:}
	if [ $cleanup_status != 0 ]; then
		for cleanup_log in "$T"/*.log; do
			[ ! -s "$cleanup_log" ] || {
				echo "--- ${cleanup_log##*/}"
				tail -n 20 "$cleanup_log"
			} >&2
		done
		cat "$T/failed" >&2 2>/dev/null || true # once more, below the logs
	fi
	exit $cleanup_status
}
trap cleanup EXIT
trap 'exit 1' HUP INT TERM

# privately SCRIPT: starts the script again in a mount namespace of its own. Where that is not allowed it goes on
# without, root only losing its power over file modes, and this returns 1.
privately() {
	case ${PRIVATE:-} in mounts) return 0 ;; modes) return 1 ;; esac
	export ROOT PORT
	if unshare --mount mount -t tmpfs none /mnt 2>/dev/null; then
		exec unshare --mount env PRIVATE=mounts sh "$1"
	elif unshare --mount --map-root-user mount -t tmpfs none /mnt 2>/dev/null; then
		exec unshare --mount --map-root-user env PRIVATE=mounts sh "$1"
	elif [ "$(id -u)" = 0 ]; then
		exec setpriv --bounding-set=-dac_override,-dac_read_search env PRIVATE=modes sh "$1"
	else
		exec env PRIVATE=modes sh "$1"
	fi
}

# ---- a small tree of nodes ------------------------------------------------------------------------

# province NAME: a root with the sample units and three villages in commune 90006
province() {
	cy "$1" init --unit 90 --unit-name 'Tỉnh mẫu' --name "$1" >/dev/null
	cy "$1" unit import "$ROOT/tests/data/sample_units.csv" >/dev/null
	cy "$1" unit villages 90006 3 --households 600 >/dev/null
}
# node PARENT NAME UNIT ADDRESS: invited by PARENT and joined, not yet enrolled
node() {
	cy "$1" invite --unit "$3" --name "$2" --address "$4" --json >"$2.invite"
	cy "$2" join "$(field uri "$2.invite")" >/dev/null
}
# draw OUT VILLAGE [ARGUMENT]...: what a village's device records, as CSV files in OUT
draw() {
	mkdir -p "$1"
	draw_out=$1
	draw_village=$2
	shift 2
	"$GEN" --population "$ROOT/tests/data/sample_population.csv" --commune 90006 --village "$draw_village" \
		--out "$draw_out" "$@"
}
