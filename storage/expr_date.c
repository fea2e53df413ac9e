/* expr_date.c - SQL functions for dates: ISO 8601 texts, and days since 1970-01-01. */
#include "storage/expr_fn.h"
#include "storage/value.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define DAY_SECONDS 86400.0
#define YEAR_MIN 1800 /* of value_date() */
#define YEAR_MAX 2199

struct moment {
	int year, month, day;
	int hour, minute;
	double second;
};

/* Days from 1970-01-01 to a date of the Gregorian calendar: a year that begins in March has its
 * leap day last. */
static double days_of(int y, int m, int d)
{
	int era, of_era, of_year;

	y -= m <= 2;
	era = y / 400;
	of_era = y - era * 400;
	of_year = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	return era * 146097.0 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static bool moment_of(double days, struct moment *out)
{
	double whole = floor(days), seconds = (days - whole) * DAY_SECONDS;
	long z, era, of_era, year, of_year, month;

	seconds = floor(seconds * 1000 + 0.5) / 1000; /* of a millisecond, as dates are written */
	if (seconds >= DAY_SECONDS) {
		whole++;
		seconds = 0;
	}
	if (!(whole >= days_of(YEAR_MIN, 1, 1) && whole <= days_of(YEAR_MAX, 12, 31)))
		return false;
	z = (long)whole + 719468;
	era = z / 146097;
	of_era = z - era * 146097;
	year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	of_year = of_era - (365 * year + year / 4 - year / 100);
	month = (5 * of_year + 2) / 153;
	out->day = (int)(of_year - (153 * month + 2) / 5 + 1);
	out->month = (int)(month < 10 ? month + 3 : month - 9);
	out->year = (int)(year + era * 400 + (out->month <= 2));
	out->hour = (int)(seconds / 3600);
	out->minute = (int)(seconds / 60) % 60;
	out->second = seconds - out->hour * 3600 - out->minute * 60;
	return true;
}

static bool two_digits(const char *p, int max, int *out)
{
	if (!isdigit((unsigned char)p[0]) || !isdigit((unsigned char)p[1]))
		return false;
	*out = (p[0] - '0') * 10 + (p[1] - '0');
	return *out <= max;
}

/* HH:MM[:SS[.sss]], and what may follow: a zone. */
bool expr_time_read(const char *p, double *days)
{
	double second = 0, part = 1;
	int h, m, s = 0;

	*days = 0;
	if (!two_digits(p, 23, &h) || p[2] != ':' || !two_digits(p + 3, 59, &m))
		return false;
	p += 5;
	if (*p == ':') {
		if (!two_digits(p + 1, 59, &s))
			return false;
		p += 3;
		for (p += *p == '.'; isdigit((unsigned char)*p); p++)
			second += (*p - '0') * (part /= 10);
	}
	if (*p && *p != 'Z' && *p != '+' && *p != '-')
		return false;
	*days = (h * 3600 + m * 60 + s + second) / DAY_SECONDS;
	return true;
}

bool expr_days_read(const char *text, double *days)
{
	char begin[DATE_LEN], day[DATE_LEN];
	double time = 0;
	int y, m, d;

	*days = 0;
	if (strlen(text) < DATE_LEN - 1 || text[4] != '-' || text[7] != '-')
		return false;
	snprintf(begin, sizeof begin, "%s", text);
	if (!value_date(begin, day) || (text[10] && ((text[10] != 'T' && text[10] != ' ') ||
	                                             !expr_time_read(text + DATE_LEN, &time))))
		return false;
	y = ((day[0] - '0') * 10 + day[1] - '0') * 100 + (day[2] - '0') * 10 + day[3] - '0';
	if (!two_digits(day + 5, 12, &m) || !two_digits(day + 8, 31, &d))
		return false;
	*days = days_of(y, m, d) + time;
	return true;
}

/* ---- functions ------------------------------------------------------------------------------------------- */

static bool read(sqlite3_value *v, struct moment *out)
{
	double days;

	return expr_number_of(v, &days) && moment_of(days, out);
}

/* An empty text for what is no date. */
void expr_date(sqlite3_context *c, int n, sqlite3_value **v)
{
	char text[32] = "";
	struct moment m;

	(void)n;
	if (read(v[0], &m))
		snprintf(text, sizeof text, "%04d-%02d-%02d", m.year, m.month, m.day);
	sqlite3_result_text(c, text, -1, SQLITE_TRANSIENT);
}

void expr_datetime(sqlite3_context *c, int n, sqlite3_value **v)
{
	char text[48] = "";
	struct moment m;

	(void)n;
	if (read(v[0], &m))
		snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d", m.year, m.month, m.day,
		         m.hour, m.minute, (int)m.second);
	sqlite3_result_text(c, text, -1, SQLITE_TRANSIENT);
}

void expr_time(sqlite3_context *c, int n, sqlite3_value **v)
{
	double days;

	(void)n;
	if (expr_time_read(expr_text_of(v[0]), &days) ||
	    (expr_days_read(expr_text_of(v[0]), &days) && (days -= floor(days), true)))
		sqlite3_result_double(c, days);
}

static void put_part(struct buf *out, char sign, const struct moment *m)
{
	static const char names[2][12][4] = {{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"},
	                                     {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul",
	                                      "Aug", "Sep", "Oct", "Nov", "Dec"}};
	static const struct {
		char sign;
		const char *format;
	} parts[] = {{'Y', "%04d"}, {'y', "%02d"}, {'m', "%02d"}, {'n', "%d"},
	             {'d', "%02d"}, {'e', "%d"},   {'H', "%02d"}, {'h', "%d"},
	             {'M', "%02d"}, {'S', "%02d"}, {'3', "%03d"}};
	const int value[] = {m->year,
	                     m->year % 100,
	                     m->month,
	                     m->month,
	                     m->day,
	                     m->day,
	                     m->hour,
	                     m->hour,
	                     m->minute,
	                     (int)m->second,
	                     (int)(m->second * 1000 + 0.5) % 1000};
	char text[16];
	size_t i;
	int weekday;

	for (i = 0; i < sizeof parts / sizeof *parts; i++) {
		if (parts[i].sign != sign)
			continue;
		snprintf(text, sizeof text, parts[i].format, value[i]);
		buf_str(out, text);
		return;
	}
	weekday = (int)fmod(days_of(m->year, m->month, m->day) + 4 + 7 * 100000, 7);
	if (sign == 'a')
		buf_str(out, names[0][weekday]);
	else if (sign == 'b')
		buf_str(out, names[1][m->month - 1]);
	else
		buf_u8(out, (unsigned char)sign); /* %% and what is not known */
}

/* format-date(): %Y %y %m %n %b %d %e %H %h %M %S %3 %a, as ODK has them. */
void expr_format(sqlite3_context *c, int n, sqlite3_value **v)
{
	const char *p = expr_text_of(v[1]);
	struct buf out = {0};
	struct moment m;

	(void)n;
	if (read(v[0], &m)) {
		for (; *p; p++) {
			if (*p == '%' && p[1])
				put_part(&out, *++p, &m);
			else
				buf_u8(&out, (unsigned char)*p);
		}
	}
	sqlite3_result_text64(c, buf_cstr(&out), out.len, SQLITE_TRANSIENT, SQLITE_UTF8);
	if (out.err)
		sqlite3_result_error_nomem(c);
	buf_release(&out);
}
