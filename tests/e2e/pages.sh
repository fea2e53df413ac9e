# pages.sh - what the end-to-end scripts about pages share. Sourced after lib.sh.

# enter NAME: opens the pages of NAME's agent as a browser does; BASE is where they are, NAME.jar holds the cookie
enter() {
	BASE=$(cy "$1" open --print)
	curl -s -o entered.html -c "$1.jar" "$BASE" || fail "the pages of $1 cannot be opened"
	BASE=${BASE%/open*}
	has "$1.jar" cayda_
	JAR=$1.jar
}
# ask STATUS METHOD PATH [BODY]: the answer goes to reply
ask() {
	ask_status=$1
	ask_method=$2
	ask_path=$3
	shift 3
	ask_got=$(curl -s -o reply -w '%{http_code}' -b "$JAR" -X "$ask_method" -H "Origin: $BASE" \
		-H 'Content-Type: application/json' ${1+--data-binary} ${1+"$1"} "$BASE$ask_path") ||
		fail "no answer to $ask_method $ask_path"
	[ "$ask_got" = "$ask_status" ] || fail "$ask_method $ask_path: wanted $ask_status, got $ask_got: $(head -c 2000 reply)"
}
# ask_line STATUS METHOD PATH [BODY]: the same, the answer on one line
ask_line() {
	ask "$@"
	tr -d '\n' <reply >reply.line
	mv reply.line reply
}
