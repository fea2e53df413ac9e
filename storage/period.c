/* period.c - years, halves, quarters and months as days. */
#include "storage/period.h"
#include "storage/err.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define YEAR_MIN 1800 /* as value_date() takes them */
#define YEAR_MAX 2199

static const char *const kind_names[PERIOD_KINDS] = {"", "", "month", "quarter", "half", "year"};
static const int kind_months[PERIOD_KINDS] = {0, 0, 1, 3, 6, 12};

/* ---- the calendar -------------------------------------------------------------------------- */

static int month_length(int y, int m)
{
	static const int length[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;

	return length[m - 1] + (m == 2 && leap);
}

/* Days since 0000-03-01: a year that begins in March has its leap day last. */
static int64_t days_of(int y, int m, int d)
{
	y -= m <= 2;
	m = m > 2 ? m - 3 : m + 9;
	return (int64_t)y * 365 + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + d - 1;
}

static void read_day(const char *day, int *y, int *m, int *d)
{
	*y = atoi(day);
	*m = atoi(day + 5);
	*d = atoi(day + 8);
}

static void write_day(char out[DATE_LEN], int y, int m, int d)
{
	snprintf(out, DATE_LEN, "%04u-%02u-%02u", (unsigned)y % 10000, (unsigned)m % 100,
	         (unsigned)d % 100);
}

static int64_t number_of(const char *day)
{
	int y, m, d;

	read_day(day, &y, &m, &d);
	return days_of(y, m, d);
}

/* The day with that number: by month, then by day, from the year it must be near. */
static void day_of(int64_t number, char out[DATE_LEN])
{
	int y = (int)(number / 366), m = 1;

	while (days_of(y + 1, 1, 1) <= number)
		y++;
	while (m < 12 && days_of(y, m + 1, 1) <= number)
		m++;
	write_day(out, y, m, (int)(number - days_of(y, m, 1)) + 1);
}

int64_t period_days(const char *from, const char *to)
{
	return number_of(to) - number_of(from);
}

/* ---- periods ------------------------------------------------------------------------------- */

static void make(enum period_kind kind, int y, int nth, struct period *out)
{
	static const char letter[PERIOD_KINDS] = {[PERIOD_QUARTER] = 'Q', [PERIOD_HALF] = 'H'};
	int n = kind_months[kind], last = nth * n + n;

	out->kind = kind;
	write_day(out->from, y, nth * n + 1, 1);
	write_day(out->to, y, last, month_length(y, last));
	if (kind == PERIOD_YEAR)
		snprintf(out->name, sizeof out->name, "%04d", y);
	else if (kind == PERIOD_MONTH)
		snprintf(out->name, sizeof out->name, "%04d-%02d", y, nth + 1);
	else
		snprintf(out->name, sizeof out->name, "%04d-%c%d", y, letter[kind], nth + 1);
}

static void make_days(struct period *p)
{
	p->kind = PERIOD_DAYS;
	snprintf(p->name, sizeof p->name, "%.10s..%.10s", p->from, p->to);
}

void period_of(enum period_kind kind, const char *day, struct period *out)
{
	int y, m, d;

	read_day(day, &y, &m, &d);
	make(kind, y, (m - 1) / kind_months[kind], out);
}

static bool parse_days(const char *text, struct period *out)
{
	const char *dots = strstr(text, "..");
	char from[DATE_LEN + 1];

	if (!dots || dots - text >= (long)sizeof from)
		return false;
	snprintf(from, sizeof from, "%.*s", (int)(dots - text), text);
	if (!value_date(from, out->from) || !value_date(dots + 2, out->to) ||
	    strcmp(out->from, out->to) > 0)
		return false;
	make_days(out);
	return true;
}

/* What follows the year: nothing, -H1, -Q3 or -10. */
static bool parse_part(const char *p, int y, struct period *out)
{
	enum period_kind kind = PERIOD_MONTH;
	int nth;

	if (!*p) {
		make(PERIOD_YEAR, y, 0, out);
		return true;
	}
	if (*p++ != '-')
		return false;
	if (*p == 'Q' || *p == 'q')
		kind = PERIOD_QUARTER;
	else if (*p == 'H' || *p == 'h')
		kind = PERIOD_HALF;
	p += kind != PERIOD_MONTH;
	if (strlen(p) != (kind == PERIOD_MONTH ? 2u : 1u) || strspn(p, "0123456789") != strlen(p))
		return false;
	nth = atoi(p);
	if (nth < 1 || nth > 12 / kind_months[kind])
		return false;
	make(kind, y, nth - 1, out);
	return true;
}

int period_parse(const char *text, struct period *out)
{
	char shown[SHOWN_LEN];
	int y;

	memset(out, 0, sizeof *out);
	if (parse_days(text, out))
		return 0;
	if (strspn(text, "0123456789") == 4) {
		y = atoi(text);
		if (y >= YEAR_MIN && y <= YEAR_MAX && parse_part(text + 4, y, out))
			return 0;
	}
	memset(out, 0, sizeof *out);
	return err(ERR_BAD,
	           "\"%s\" is not a period: write it like 2026-Q3, 2026-10, 2026-H1, 2026 or "
	           "2026-07-01..2026-09-15",
	           value_shown(text, shown));
}

bool period_before(const struct period *p, struct period *out)
{
	int64_t end = number_of(p->from) - 1;

	memset(out, 0, sizeof *out);
	if (end < days_of(YEAR_MIN, 1, 1) + period_days(p->from, p->to))
		return false;
	day_of(end, out->to);
	if (p->kind == PERIOD_DAYS) {
		day_of(end - period_days(p->from, p->to), out->from);
		make_days(out);
	} else {
		period_of(p->kind, out->to, out);
	}
	return true;
}

/* ---- deadlines ----------------------------------------------------------------------------- */

struct deadline period_deadline(enum period_kind kind)
{
	return (struct deadline){.day = kind == PERIOD_YEAR ? 20 : 25};
}

void period_due(const struct period *p, const struct deadline *d, char out[DATE_LEN])
{
	int y, m, day, last;

	read_day(p->to, &y, &m, &day);
	m += d->months - 1;
	y += m / 12;
	m = m % 12 + 1;
	last = month_length(y, m);
	day_of(days_of(y, m, 1) + (d->day <= last ? d->day : last + 1) - 2, out);
}

const char *period_kind_name(enum period_kind kind)
{
	return kind_names[kind];
}

enum period_kind period_kind_of(const char *name)
{
	enum period_kind kind;

	for (kind = PERIOD_MONTH; kind < PERIOD_KINDS; kind++)
		if (!strcmp(name, kind_names[kind]))
			return kind;
	return PERIOD_NONE;
}
