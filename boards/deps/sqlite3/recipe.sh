# The amalgamation comes from the tree by its own bundled Tcl (jimsh), made and run on this machine.
env -u CC -u CFLAGS -u FLAGS ./configure --enable-session --disable-tcl --disable-shared
env -u CC -u CFLAGS -u FLAGS -u MAKEFLAGS -u MFLAGS make sqlite3.c sqlite3.h
archive sqlite3 "-DSQLITE_ENABLE_SESSION -DSQLITE_ENABLE_PREUPDATE_HOOK \
	-DSQLITE_THREADSAFE=0 -DSQLITE_DEFAULT_MEMSTATUS=0 -DSQLITE_USE_ALLOCA \
	-DSQLITE_DQS=0 -DSQLITE_STRICT_SUBTYPE=1 -DSQLITE_LIKE_DOESNT_MATCH_BLOBS \
	-DSQLITE_MAX_EXPR_DEPTH=200 -DSQLITE_OMIT_DEPRECATED -DSQLITE_OMIT_SHARED_CACHE \
	-DSQLITE_OMIT_LOAD_EXTENSION -DHAVE_USLEEP=1" sqlite3.c
# Without these two the session functions are not declared.
{
	printf '#define SQLITE_ENABLE_SESSION 1\n#define SQLITE_ENABLE_PREUPDATE_HOOK 1\n'
	cat sqlite3.h
} >sqlite3.tmp
mv sqlite3.tmp sqlite3.h
headers . sqlite3.h
