#!/bin/sh
# Build one pinned library for one board: fetch, check, unpack, patch, compile, install under $OUT.
# usage: OUT=build/BOARD/deps CC=... AR=... CFLAGS=... boards/deps/build.sh NAME STAMP
#
# A recipe (NAME/recipe.sh) is sourced in the unpacked source folder and finds:
#   $HERE          boards/deps/NAME          $OUT      where include/ and lib/ go
#   archive LIB FLAGS FILE...   compile FILEs with FLAGS, put them into $OUT/lib/libLIB.a
#   headers DIR FILE...         copy FILEs into $OUT/include/DIR
set -eu
name=$1
stamp=$2
root=$(pwd)
OUT=$root/$OUT
HERE=$root/boards/deps/$name
JOBS=$(nproc)
third_party=$root/${THIRD_PARTY:-third_party}
src=$OUT/src/$name
log=$OUT/log/$name.log
export CC CFLAGS FLAGS OBJ

row() { # NAME COLUMN
	awk -v n="$1" -v c="$2" '$1 == n {print $c}' "$root/boards/deps/deps.list"
}

unpack() { # NAME DIR
	path=$(row "$1" 5)
	mkdir -p "$2"
	tar -xf "$third_party/${path##*/}" -C "$2" --strip-components=1
}

apply() { # PATCH-FILE [ONLY-THIS-SOURCE-FILE]
	echo "patch: ${1##*/} ${2:-}"
	if [ -n "${2:-}" ]; then
		awk -v f="/$2" '/^--- /{on = substr($2, length($2) - length(f) + 1) == f} on' "$1"
	else
		cat "$1"
	fi >"$src/.patch"
	[ -s "$src/.patch" ] || { echo "patch: nothing in $1 for ${2:-it}"; return 1; }
	patch -p1 --batch --forward --no-backup-if-mismatch <"$src/.patch"
}

archive() { # LIB FLAGS FILE...
	lib=$1
	FLAGS=$2
	OBJ=$src/.obj/$lib
	shift 2
	mkdir -p "$OBJ" "$OUT/lib"
	printf '%s\n' "$@" | xargs -P "$JOBS" -I{} sh -ec \
		'$CC $CFLAGS $FLAGS -c "$1" -o "$OBJ/$(echo "$1" | tr / _).o"' sh {}
	rm -f "$OUT/lib/lib$lib.a"
	$AR rcs "$OUT/lib/lib$lib.a" "$OBJ"/*.o
}

headers() { # DIR FILE...
	to=$OUT/include/$1
	shift
	mkdir -p "$to"
	cp "$@" "$to/"
}

recipe() {
	set -eux
	rm -rf "$src"
	unpack "$name" "$src"
	cd "$src"
	if [ -e "$HERE/series" ]; then
		unpack "$name+patches" "$src/.patches"
		while read -r patch only; do
			case $patch in '' | '#'*) continue ;; esac
			apply ".patches/patches/$patch" "$only"
		done <"$HERE/series"
	fi
	for patch in "$HERE"/*.patch; do
		[ ! -e "$patch" ] || apply "$patch"
	done
	. "$HERE/recipe.sh"
	cd "$root"
	rm -rf "$src"
}

mkdir -p "$OUT/log" "$OUT/src" "$(dirname "$stamp")"
exec 9>"$OUT/src/$name.lock"    # two makes in one checkout: the second waits, then finds it done
flock 9
[ ! -e "$stamp" ] || exit 0
boards/deps/fetch.sh "$name"
echo "deps: $name $(row "$name" 2): building"
began=$(date +%s)
# Not `if (recipe)`: that would switch off -e inside it.
set +e
(recipe) >"$log" 2>&1
status=$?
set -e
if [ $status != 0 ]; then
	echo "deps: $name failed; the end of ${log#"$root"/}:" >&2
	tail -n 15 "$log" >&2
	exit 1
fi
rm -f "$(dirname "$stamp")/$name"-*
touch "$stamp"
echo "deps: $name ready ($(($(date +%s) - began)) s)"
