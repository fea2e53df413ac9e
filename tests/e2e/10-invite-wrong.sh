#!/bin/sh
# An invite with a slip of the finger, cut short, or no invite at all is refused; the right one still works.
. "${ROOT:-$(dirname "$0")/../..}/tests/e2e/lib.sh"

province p
cy p invite --unit 90006-01 --address "127.0.0.1:$PORT" --json >invite.json
uri=$(field uri invite.json)
[ ${#uri} -gt 60 ] || fail "no invite: $(cat invite.json)"

at_40=$(echo "$uri" | cut -c 40)
typo=$(echo "$uri" | cut -c 1-39)$([ "$at_40" = A ] && echo B || echo A)$(echo "$uri" | cut -c 41-)
same "length of the mistyped invite" ${#uri} ${#typo}
cut_short=$(echo "$uri" | cut -c 1-50)

fails 1 'invite' cy d join "$typo"
fails 1 'invite' cy d join "$cut_short"
fails 1 'invite' cy d join "https://example.org/invite"
fails 1 'invite' cy d join ""
fails 2 'join' cy d join
fails 1 'init|join' cy d list household

# as a person may type it: small letters, spaces
cy d join "$(echo "$uri" | tr A-Z a-z | sed 's/.\{30\}/& /g')"
cy d add household number=1 >id
has id '-'

# a home is one node for good
fails 1 'already|another' cy d join "$uri"
cy d list household --columns number | grep -q 1 || fail "the household is gone"
