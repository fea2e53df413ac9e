#!/bin/sh
# The built-in forms refuse what cannot be, in the user's language, and ask nothing that does not apply.
. "${ROOT:-$(dirname "$0")/../..}/tests/e2e/lib.sh"

province p
today=$(date +%F)
visit() { # ANSWER...: a visit that is right but for them
	$INSIDE "$CAYDA" --home p ${LANGUAGE_OF:-} add visit household=1 surveyed_on="$today" adults=2 eid=1 fibre=1 "$@"
}
cy p add household number=1 persons=3 >/dev/null
fails 1 'smartphones: From 0 to the people in the household' visit persons=3 bank=1 smartphones=4
LANGUAGE_OF='--lang vi'
fails 1 'smartphones: Từ 0 đến số người trong hộ' visit persons=3 bank=1 smartphones=4
LANGUAGE_OF=
fails 1 'adults: From 0 to' visit persons=1 bank=1 smartphones=1
fails 1 'bank: From 0 to the people aged 15' visit persons=3 bank=3 smartphones=1
fails 1 'featurephones: With those who have a smartphone' visit persons=3 bank=1 smartphones=2 featurephones=2
fails 1 'persons_14: From the people aged 15' visit persons=3 bank=1 smartphones=2 persons_14=1
fails 1 'eid: From 0 to the people aged 14' cy p add visit household=1 surveyed_on="$today" persons=4 adults=2 \
	persons_14=3 eid=4 fibre=1 bank=1 smartphones=1
fails 1 'name must be answered' cy p add facility checked_on="$today" kind=post
fails 1 'persons: 1 at least' visit persons=0 bank=1 smartphones=2
fails 1 'signal: From 0 to 4' visit persons=3 bank=1 smartphones=2 signal=5
fails 1 'surveyed_on: It lies in the future' cy p add visit household=1 surveyed_on=2199-01-01 \
	persons=3 adults=2 eid=1 fibre=1 bank=1 smartphones=1
fails 1 'women: From 0 to the people who attended' cy p add training held_on="$today" topic=eid attendees=5 women=6
fails 1 'members_trained: From 0 to the members' cy p add team kind=village members=3 members_trained=4 trained=1

# what does not apply is not stored; an edit that makes it apply takes it
id=$(visit persons=3 bank=1 smartphones=1 provider=vnpt barrier=cost)
cy p show "$id" --json >visit.txt
same "provider" vnpt "$(field provider visit.txt)"
same "barrier, with fibre" null "$(field barrier visit.txt)"
cy p edit "$id" fibre=0 barrier=cost >/dev/null
cy p show "$id" --json >visit.txt
same "provider, without fibre" null "$(field provider visit.txt)"
same "barrier" cost "$(field barrier visit.txt)"
fails 1 'smartphones: From 0 to' cy p edit "$id" persons=2 adults=0 bank=0 smartphones=3
