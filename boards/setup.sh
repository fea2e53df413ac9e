#!/bin/sh
# Install the Debian packages named that are missing; as another user than root, say which.
# usage: boards/setup.sh PACKAGE...
set -eu

if ! command -v dpkg-query >/dev/null; then
	echo "setup: not a Debian; taking it that these are there: $*"
	exit 0
fi
missing=
for p; do
	case $(dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null || true) in
	installed) ;;
	*) missing="$missing $p" ;;
	esac
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" != 0 ]; then
	echo "setup: packages are missing. As root run:" >&2
	echo "apt-get update && apt-get install -y --no-install-recommends$missing" >&2
	exit 1
fi
log=build/log/apt.log
mkdir -p build/log
export DEBIAN_FRONTEND=noninteractive
exec 9>build/log/apt.lock       # two makes at once: one installs, the other waits
flock 9
run() {
	"$@" >>"$log" 2>&1 && return
	echo "setup: \"$*\" failed; the end of $log:" >&2
	tail -n 15 "$log" >&2
	exit 1
}
echo "setup: apt-get update"
run apt-get update -o DPkg::Lock::Timeout=120
echo "setup: apt-get install$missing"
run apt-get install -y --no-install-recommends -o DPkg::Lock::Timeout=300 $missing
