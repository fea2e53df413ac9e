#!/bin/bash
# Run the tests of pages, in Debian's Chromium; the last line is "N passed, N failed".
#
# usage: CAYDA=binary GEN=binary TEST=[pattern] tests/web/run.sh; screenshots go to build/web/shots
set -u -o pipefail
ROOT=$(pwd)
export ROOT LIMIT=${LIMIT:-300}         # seconds that a test may take
work=$ROOT/build/web/check
log=$ROOT/build/log/web.tap

# Packages are fetched once for each lock file.
mkdir -p "$work" build/log
if ! cmp -s tests/web/package-lock.json "$work/installed"; then
	cp tests/web/package.json tests/web/package-lock.json "$work/"
	npm ci --prefix "$work" --ignore-scripts --no-audit --no-fund >build/log/npm-web.log 2>&1 || {
		echo "check-web: npm cannot fetch what the tests need; the end of build/log/npm-web.log:" >&2
		tail -n 15 build/log/npm-web.log >&2
		exit 1
	}
	cp tests/web/package-lock.json "$work/installed"
fi

# nginx is unpacked, not installed: nothing is to listen on this machine afterwards.
NGINX_PROGRAM=$(command -v nginx || echo "$ROOT/build/nginx/usr/sbin/nginx")
export NGINX_PROGRAM
if [ ! -x "$NGINX_PROGRAM" ]; then
	mkdir -p build/nginx
	(cd build/nginx && { apt-get download nginx || { apt-get update && apt-get download nginx; }; } &&
		dpkg -x nginx_*.deb .) >build/log/nginx.log 2>&1 || {
		echo "check-web: nginx cannot be fetched; the end of build/log/nginx.log:" >&2
		tail -n 15 build/log/nginx.log >&2
		exit 1
	}
fi

files=(tests/web/*"${TEST:-}"*.test.mjs)
[ -e "${files[0]}" ] || {
	echo "check-web: no test's name has \"$TEST\" in it"
	exit 1
}
[ -n "${TEST:-}" ] || rm -rf build/web/shots
timeout -k 10 1500 node --test --test-concurrency=2 \
	--test-reporter=spec --test-reporter-destination=stdout \
	--test-reporter=tap --test-reporter-destination="$log" "${files[@]}"
status=$?
counted() { # KIND: from the end of the log
	awk -v kind="$1" '$1 == "#" && $2 == kind {n = $3} END {print n + 0}' "$log"
}
passed=$(counted pass)
failed=$(counted fail)
[ $status = 0 ] || [ "$failed" != 0 ] || failed=1       # it crashed or hung
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" != 0 ]
