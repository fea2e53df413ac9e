#!/bin/bash
# What the compiler does not check: layers, format, sizes, translations, scripts. Prints each breach.
set -u
bad=0
breach() {
	echo "lint: $*"
	bad=1
}
files() { # FOLDER NAME-PATTERN...
	local folder=$1 pattern
	shift
	[ ! -d "$folder" ] || for pattern; do find "$folder" -type f -name "$pattern" -printf '%p\n'; done
}
# includes FOLDER REGEX EXCEPT: lines in FOLDER that include what REGEX names
includes() {
	grep -nE "^[[:space:]]*#[[:space:]]*include[[:space:]]*[<\"]($2)" /dev/null $(files "$1" '*.[ch]') |
		grep -vE "^(${3:-$})" | sed 's/$/  <- a layer that it may not include/'
}
functions() { # FILE...: those over 60 lines
	awk 'FNR == 1 {head = 0}
		/^[A-Za-z_].*\(/ && !/;[[:space:]]*$/ && !/^#/ {head = FNR; name = $0}
		/^\{/ {if (!head) head = FNR; open = 1}
		/^\}/ && open {
			if (FNR - head + 1 > 60) {
				sub(/\(.*/, "", name); sub(/.*[ *]/, "", name)
				printf "%s:%d: %s has %d lines, 60 at most\n", FILENAME, head, name, FNR - head + 1
			}
			head = open = 0
		}' "$@"
}

ours=$(for folder in storage protocol agent; do files $folder '*.[ch]'; done)
sources="$ours $(files tests '*.[ch]') $(files boards 'board.h')"
web=$(files agent/web '*.js' '*.mjs' '*.css' | grep -v node_modules)
scripts="$(files boards '*.sh') $(files tests '*.sh') .ci/run"

found=$(
	includes storage 'protocol/|agent/|coap|mbedtls'
	includes protocol 'agent/'
	includes protocol 'coap' 'protocol/link'
	includes protocol 'mbedtls' 'protocol/identity'
	includes protocol 'sqlite3'
	includes agent 'coap|mbedtls|sqlite3'
	includes agent 'microhttpd' 'agent/http'
	wc -l $sources $scripts $web Makefile boards/*.mk | awk '$1 > 500 && $2 != "total" {print $2 ": " $1 " lines, 500 at most"}'
	functions $sources
	grep -nwE 'TODO|FIXME|XXX|HACK' /dev/null $sources $scripts $web Makefile | grep -v '^boards/lint.sh'
	for f in $scripts; do
		shell=sh
		head -n 1 "$f" | grep -q bash && shell=bash
		$shell -n "$f" 2>&1
	done
	clang-format --dry-run --ferror-limit=3 $sources 2>&1 | grep -E ': (error|warning): ' |
		sed 's/code should be clang-formatted.*/not formatted: make fmt/' | sort -u
)
[ -z "$found" ] || while read -r line; do breach "$line"; done <<<"$found"

mkdir -p build/lint
if [ -n "$ours" ] && compgen -G 'agent/po/*.po' >/dev/null; then
	xgettext -k -k_ -kN_ -kerr:2 --from-code=UTF-8 --omit-header -o build/lint/cayda.pot $ours || breach "xgettext fails"
	touch build/lint/cayda.pot
	for po in agent/po/*.po; do
		msgfmt --check -o /dev/null "$po" || breach "$po: msgfmt --check fails"
		msgcmp "$po" build/lint/cayda.pot || breach "$po: strings without a translation"
	done
fi

[ $bad = 0 ] && echo "lint: ok"
exit $bad
