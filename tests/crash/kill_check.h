/* kill_check.h - calling the program, and what must be in a home: households, each once, none lost. */
#ifndef TESTS_CRASH_KILL_CHECK_H
#define TESTS_CRASH_KILL_CHECK_H

#include "storage/store.h"

#include <stdarg.h>
#include <stdbool.h>

#define ARGS 12 /* words of a call */

/* A household by its number. Said: the program said that it is saved, or it was seen; it stays. */
struct household {
	bool said, seen;
	int persons;
	int next; /* an edit that may have been saved, or 0 */
	char id[ID_TEXT];
};

/* What every message of fail() ends with: which round it is. */
void kill_seed(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void fail(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));

/* argv of `cayda --home HOME --json WORDS...`, ended by NULL. */
void call_words(const char *argv[ARGS], const char *home, va_list ap);
/* Runs that, stdout into the file out, to its end; the exit status. */
int call(const char *out, const char *home, ...);

/* Fields of a line of JSON: "" and false, or 0, when it has none. */
bool text_field(const char *line, const char *name, char *out, size_t cap);
int number_field(const char *line, const char *name);

struct household *household_new(unsigned *number);
struct household *household_get(unsigned number); /* 1 to households() */
unsigned households(void);

/* Each household of a home is there once, under the id that it always had. all: every one that was said to
 * be saved is there, as it was said. */
void check_records(const char *home, bool all);
/* verify finds nothing, and no pack is set aside. */
void check_home(const char *home);

#endif
