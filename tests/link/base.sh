#!/bin/sh
# base.sh: the homes that each measurement starts from, made once in the current folder: a commune's office `o`, below
# a province, and a village's device `d` with 1,000 households.
#	fresh/   d has joined and never met o          enrolled/   d is in step with o
#	visits/  d has recorded visits.csv, and not synced since
. "$ROOT/tests/e2e/lib.sh"
. "$ROOT/tests/link/lib.sh"

keep() { # FOLDER: the homes as they are, nothing running
	mkdir -p "$1"
	cp -r o d "$1/"
}

cp "$VISITS" visits.csv
awk -F, 'NR == 1 {print "number"} NR > 1 {print $1}' visits.csv >households.csv

link_make
link_up delay=1
province p
serve p 127.0.0.1:"$PORT"
node p o 90006 "$ADDR"
cy o sync >/dev/null
stop p
far serve o 0.0.0.0:5684
node o d 90006-01 "$FAR4:5684"
stop o
keep fresh
far serve o 0.0.0.0:5684
near cy d sync >/dev/null
cy d import household households.csv >/dev/null
near cy d sync >/dev/null
stop o
keep enrolled
cy d import visit visits.csv >/dev/null
keep visits
