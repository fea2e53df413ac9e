#!/bin/sh
# Put the pinned source files of the libraries named (all, when none) into third_party/.
# A file that is there already is used, whoever put it there, if its hash is the pinned one.
# usage: boards/deps/fetch.sh [NAME...]
set -eu
here=$(dirname "$0")
dir=${THIRD_PARTY:-third_party}

# The archives that this machine's own apt knows. Before the first `apt-get update` it lists no
# index targets, so then ask what an update would read.
archives() {
	command -v apt-get >/dev/null || return 0
	uris=$(apt-get indextargets --format '$(REPO_URI)' 2>/dev/null || true)
	[ -n "$uris" ] || uris=$(apt-get update --print-uris 2>/dev/null |
		sed -n "s/^'\([^']*\)dists\/.*/\1/p")
	printf '%s\n' "$uris" | awk 'NF && !seen[$0]++'
}

download() { # URI FILE
	rm -f "$2"
	case $1 in
	mirror*) : ;;
	*) if [ -x /usr/lib/apt/apt-helper ]; then
		/usr/lib/apt/apt-helper -q -q -o APT::Sandbox::User="$(id -un)" \
			download-file "$1" "$2" >/dev/null 2>&1 && return 0
	   fi ;;
	esac
	command -v curl >/dev/null && curl -fsSL -o "$2" "$1" 2>/dev/null
}

sum() {
	sha256sum "$1" | cut -d' ' -f1
}

wrong() { # FILE EXPECTED FOUND
	echo "deps: $1 has the wrong SHA-256: expected $2, found $3." \
		"Delete it, or put the right file there." >&2
	exit 1
}

fetch() { # NAME VERSION SHA256 PATH
	file=$dir/${4##*/}
	if [ -e "$file" ]; then
		found=$(sum "$file")
		[ "$found" = "$3" ] || wrong "$file" "$3" "$found"
		return 0
	fi
	echo "deps: $1 $2: fetching ${4##*/}"
	mkdir -p "$dir"
	part=$dir/.${4##*/}.$$
	bad=
	for archive in $(archives); do
		download "${archive%/}/pool/main/$4" "$part" || { rm -f "$part"; continue; }
		found=$(sum "$part")
		if [ "$found" = "$3" ]; then
			mv "$part" "$file"
			return 0
		fi
		bad=$found
		rm -f "$part"
	done
	[ -z "$bad" ] || wrong "the downloaded ${4##*/}" "$3" "$bad"
	echo "deps: cannot fetch ${4##*/} (pool/main/$4 of a Debian archive)." \
		"Put the file with SHA-256 $3 at $file and run make again." >&2
	exit 1
}

rows=$(awk -v names=" $* " '!/^#/ && NF == 5 {
	split($1, base, "+")
	if (names == "  " || index(names, " " base[1] " "))
		print $1, $2, $3, $5
}' "$here/deps.list")
while read -r name version hash path; do
	fetch "$name" "$version" "$hash" "$path"
done <<ROWS
$rows
ROWS
