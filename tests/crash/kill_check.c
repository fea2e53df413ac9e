/* kill_check.c - calling the program, and what must be in a home. */
#include "tests/crash/kill_check.h"
#include "tests/crash/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RECORDS 16384 /* households in all */
#define LIST_MAX (8 << 20)

static struct household household[RECORDS];
static unsigned made; /* numbers given */
static char list[LIST_MAX];
static char where[128];

void kill_seed(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(where, sizeof where, fmt, ap);
	va_end(ap);
}

void fail(const char *fmt, ...)
{
	char text[2048];
	va_list ap;

	va_start(ap, fmt);
	fprintf(stderr, "FAIL: ");
	vfprintf(stderr, fmt, ap);
	fprintf(stderr, "\n%s\n%s", where, run_text("err.txt", text, sizeof text));
	va_end(ap);
	exit(1);
}

/* ---- calling the program ------------------------------------------------------------------------- */

void call_words(const char *argv[ARGS], const char *home, va_list ap)
{
	const char *word;
	size_t n = 0;

	argv[n++] = getenv("CAYDA");
	argv[n++] = "--home";
	argv[n++] = home;
	argv[n++] = "--json";
	while ((word = va_arg(ap, const char *)) && n < ARGS - 1)
		argv[n++] = word;
	argv[n] = NULL;
}

int call(const char *out, const char *home, ...)
{
	const char *argv[ARGS];
	struct run r;
	va_list ap;

	va_start(ap, home);
	call_words(argv, home, ap);
	va_end(ap);
	run_start(&r, out, argv, false, -1);
	run_wait(&r);
	return run_status(&r);
}

/* ---- what must be there ---------------------------------------------------------------------------------- */

bool text_field(const char *line, const char *name, char *out, size_t cap)
{
	char key[32];
	const char *p;
	size_t n = 0;

	snprintf(key, sizeof key, "\"%s\":\"", name);
	p = strstr(line, key);
	out[0] = 0;
	if (!p)
		return false;
	for (p += strlen(key); *p && *p != '"' && n < cap - 1; p++)
		out[n++] = *p;
	out[n] = 0;
	return true;
}

int number_field(const char *line, const char *name)
{
	char key[32];
	const char *p;

	snprintf(key, sizeof key, "\"%s\":", name);
	p = strstr(line, key);
	return p ? atoi(p + strlen(key)) : 0;
}

static void check_row(const char *line, bool newest)
{
	int number = number_field(line, "number"), persons = number_field(line, "persons");
	struct household *h = household + number;
	char id[ID_TEXT];

	if (number <= 0 || (unsigned)number > made || !text_field(line, "id", id, sizeof id))
		fail("a household that nobody recorded: %s", line);
	if (h->seen)
		fail("household %d is there twice: %s", number, line);
	if (h->id[0] && strcmp(h->id, id))
		fail("household %d was %s and is now %s", number, h->id, id);
	strcpy(h->id, id);
	h->seen = h->said = true;
	if (!newest)
		return;
	if (persons != h->persons && !(h->next && persons == h->next))
		fail("household %d has %d persons, not %d as was said", number, persons,
		     h->persons);
	h->persons = persons;
	h->next = 0;
}

static void check_ids(void)
{
	unsigned i, k;

	for (i = 1; i <= made; i++)
		for (k = i + 1; household[i].seen && k <= made && k < i + 200; k++)
			if (household[k].seen && !strcmp(household[i].id, household[k].id))
				fail("households %u and %u have one id, %s", i, k, household[i].id);
}

/* The households of a home: all that were said to be saved, when it is the device's. */
void check_records(const char *home, bool all)
{
	char *line, *next;
	unsigned i;

	for (i = 1; i <= made; i++)
		household[i].seen = false;
	if (call("list.txt", home, "list", "household", NULL))
		fail("the households of %s cannot be listed", home);
	run_text("list.txt", list, sizeof list);
	for (line = list; (next = strchr(line, '\n')); line = next + 1) {
		*next = 0;
		if (strstr(line, "\"id\""))
			check_row(line, all);
	}
	for (i = 1; all && i <= made; i++)
		if (household[i].said && !household[i].seen)
			fail("household %u (%s) was saved and is not in %s", i, household[i].id,
			     home);
	check_ids();
}

void check_home(const char *home)
{
	char text[4096];

	if (call("verify.txt", home, "verify", NULL))
		fail("verify of %s", home);
	run_text("verify.txt", text, sizeof text);
	if (number_field(text, "quarantined") || number_field(text, "waiting"))
		fail("%s holds packs set aside: %s", home, text);
}

/* ---- households --------------------------------------------------------------------------------- */

struct household *household_new(unsigned *number)
{
	if (made + 1 >= RECORDS)
		fail("more than %d households: use fewer rounds", RECORDS);
	*number = ++made;
	return household + made;
}

struct household *household_get(unsigned number)
{
	return household + number;
}

unsigned households(void)
{
	return made;
}
