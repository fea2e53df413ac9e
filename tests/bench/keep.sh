#!/bin/sh
# keep.sh OUT LINES: keeps NAME, VALUE, UNIT of the "bench NAME VALUE UNIT" lines in OUT, in place of what was there by those
# names.
set -eu
touch "$1"
awk -v OFS='\t' '$1 == "bench" { print $2, $3, $4 }' "$2" >"$2.fresh"
awk -F '\t' 'NR == FNR {fresh[$1] = 1} NR > FNR && !($1 in fresh)' "$2.fresh" "$1" >"$2.old"
cat "$2.fresh" "$2.old" >"$1"
rm "$2.fresh" "$2.old"
