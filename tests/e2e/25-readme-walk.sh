#!/bin/sh
# "From XLSForm to report" in the README, ten commands at most, run exactly as they are written there.
. "${ROOT:-$(dirname "$0")/../..}/tests/e2e/lib.sh"

awk '/^## /{here = 0} /^## From XLSForm to report$/{here = 1}
	here && /^```$/{block = !block; next} here && block' "$ROOT/README.md" >walk
commands=$(grep -c '^cayda ' walk)
same "lines of the walk that are commands" "$(wc -l <walk | tr -d ' ')" "$commands"
[ "$commands" -ge 5 ] && [ "$commands" -le 10 ] || fail "the walk has $commands commands"

ln -s "$ROOT/tests" tests
mkdir bin
ln -s "$CAYDA" bin/cayda
PATH=$T/bin:$PATH sh -eu walk >walked 2>err.txt || fail "the walk ends with $?: $(cat err.txt walked)"
[ ! -s err.txt ] || fail "the walk on stderr: $(cat err.txt)"

# what the README says of it
has walked '^90001 +Phường 1 .*100\.0% +2/2 +50 +90\.0% +2022 +0 +reached'
has walked '^90006 +Xã 6 .*66\.7% +2/3 '
has walked '^90 +Tỉnh mẫu .*80\.0% +4/5 +30 +90\.0% +2022 +10 +behind'
lacks walked '^90010 .* 1/1'
has walked '2022-Q3, version 1'
has walked 'Counted again today, with records up to 2022-09-30: unchanged$'
has walked '^wifi +4 +5 +4 +5 +unchanged$'
[ -s wifi.xlsx ] || fail "there is no workbook"
