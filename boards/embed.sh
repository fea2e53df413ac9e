#!/bin/sh
# Write C that carries files inside the program: const struct embed_file SYMBOL[], a name, the bytes
# and their length each, ended by zeros. A NUL follows each file's bytes and is not in its length.
# usage: boards/embed.sh SYMBOL PREFIX FILE...    (a file's name is its path without PREFIX)
set -eu
symbol=$1
prefix=$2
shift 2

echo '#include "storage/embed.h"'
i=0
for file; do
	printf '\nstatic const unsigned char file_%d[] = {\n' $i
	od -An -v -tu1 "$file" | awk '{for (i = 1; i <= NF; i++) printf "%s,", $i; print ""}'
	echo '0};'
	i=$((i + 1))
done
printf '\nconst struct embed_file %s[] = {\n' "$symbol"
i=0
for file; do
	printf '\t{"%s", file_%d, sizeof(file_%d) - 1},\n' "${file#"$prefix"}" $i $i
	i=$((i + 1))
done
printf '\t{0, 0, 0},\n};\n'
