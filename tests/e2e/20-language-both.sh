#!/bin/sh
# Vietnamese by the locale, English otherwise; text is stored composed (NFC); tables line up with accents.
. "${ROOT:-$(dirname "$0")/../..}/tests/e2e/lib.sh"

province p
node p d 90006-01 "127.0.0.1:$PORT"

# the same failure in both languages, by locale and by option, whether or not the system has the locale
told() { # what env takes: the command's line on stderr
	env "$@" 2>&1 >/dev/null </dev/null | head -n 1
}
english=$(told "$CAYDA" --home d list houshold)
vietnamese=$(told LC_ALL=vi_VN.UTF-8 "$CAYDA" --home d list houshold)
differ "the two languages" "$english" "$vietnamese"
echo "$vietnamese" >vi.txt
has vi.txt 'mẫu|phiếu|không'
same "by LANG" "$vietnamese" "$(told -u LC_ALL -u LC_MESSAGES LANG=vi_VN "$CAYDA" --home d list houshold)"
same "by LC_MESSAGES" "$vietnamese" "$(told -u LC_ALL LC_MESSAGES=vi LANG=C "$CAYDA" --home d list houshold)"
same "by --lang" "$vietnamese" "$(told "$CAYDA" --home d list houshold --lang vi)"
same "--lang over the locale" "$english" "$(told LC_ALL=vi_VN.UTF-8 "$CAYDA" --home d --lang en list houshold)"
same "German" "$english" "$(told LC_ALL=de_DE.UTF-8 "$CAYDA" --home d list houshold)"
differ "labels" "$(cy d form show visit)" "$(cy d --lang vi form show visit)"
differ "reports" "$(cy p report coverage)" "$(cy p --lang vi report coverage)"
same "JSON in both" "$(cy p --json report coverage | tr -cd '0-9')" "$(cy p --lang vi --json report coverage | tr -cd '0-9')"

# typed decomposed (NFD), stored and shown composed
nfd=$(printf 'Nguye\314\202\314\203n Thi\314\243 Thu\314\211y')
nfc='Nguyễn Thị Thủy'
differ "the two spellings" "$nfd" "$nfc"
cy d add household number=1 head="$nfd" phone=0100000001 >/dev/null
cy d add household number=2 head='Vũ An' phone=0100000002 >/dev/null
printf 'number,head,phone\n3,%s,0100000003\n' "$nfd" >nfd.csv
cy d import household nfd.csv >/dev/null
cy d list household --columns number,head,phone >list
same "composed" 2 "$(grep -c "$nfc" list)"
lacks list "$(printf '\314')"
cy d export household >export.csv
same "composed in the export" 2 "$(grep -c "$nfc" export.csv)"

# each row's telephone stands at the same column as its title
column() { # LINE TEXT: characters before TEXT
	before=${1%%"$2"*}
	printf %s "$before" | wc -m
}
phone=$(grep -o '01000[0-9]*' list | head -n 1)
want=$(column "$(grep "$phone" list)" 01000)
grep 01000 list >rows
while read -r row; do
	row=$(grep -F -- "$row" list)
	same "column of the telephone in \"$row\"" "$want" "$(column "$row" 01000)"
done <rows
