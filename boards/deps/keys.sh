#!/bin/sh
# Print NAME-KEY for each library named, in order: KEY changes with anything that goes into building
# it (pinned hash, recipe, patches, compiler and flags, the libraries it needs), so that it names the
# stamp of a finished build.
# usage: CC=... CFLAGS=... CLIB=[musl] boards/deps/keys.sh NAME...
set -eu
cd "$(dirname "$0")"

key() { # NAME
	needs=$(awk -v n="$1" '$1 == n && $4 != "-" {print $4}' deps.list)
	[ "$1" = "$CLIB" ] || needs="$needs $CLIB"
	{
		echo "$CC" "$CFLAGS"
		awk -v n="$1" '$1 == n || index($1, n "+") == 1' deps.list
		cat build.sh "$1"/*
		for n in $needs; do key "$n"; done
	} | sha256sum | cut -c1-12
}

for name; do
	echo "$name-$(key "$name")"
done
