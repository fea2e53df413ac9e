#!/bin/bash
# Pack a release: the files under git and the third-party tarballs, so that it builds without a network.
# usage: boards/dist.sh cayda-VERSION
set -eu -o pipefail
name=$1
out=build/dist
tree=$out/$name

git rev-parse HEAD >/dev/null || { echo "dist: a release is packed from a git checkout" >&2; exit 1; }
rm -rf "$tree"
mkdir -p "$tree/third_party"
git ls-files -z | xargs -0 cp -P --parents -t "$tree"
awk '!/^#/ && NF == 5 {sub(/.*\//, "", $5); print "third_party/" $5}' boards/deps/deps.list |
	xargs cp -t "$tree/third_party"
cp -r third_party/npm "$tree/third_party/"
when=$(git log -1 --format=%ct)
tar -C "$out" --sort=name --mtime="@$when" --owner=0 --group=0 --numeric-owner -cJf "$out/$name.tar.xz" "$name"
rm -rf "$tree"
echo "dist: $out/$name.tar.xz ($(du -h "$out/$name.tar.xz" | cut -f1))"
