/* value.c - checking one answer. */
#include "storage/value.h"
#include "storage/err.h"
#include "storage/text.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define YEAR_MIN 1800 /* anybody's birth, and any typing error before it */
#define YEAR_MAX 2199
#define DECIMAL_MAX 32 /* characters: more digits than a double keeps */

static const char *skip_space(const char *p)
{
	return p + strspn(p, " \t\r\n");
}

static bool ends(const char *p)
{
	return !*skip_space(p);
}

/* Reads min to max digits at *p. */
static bool digits(const char **p, size_t min, size_t max, int *out)
{
	size_t n = 0;

	*out = 0;
	while (n < max && isdigit((unsigned char)(*p)[n]))
		*out = *out * 10 + ((*p)[n++] - '0');
	*p += n;
	return n >= min && !isdigit((unsigned char)**p);
}

static bool real_date(int y, int m, int d)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;

	if (y < YEAR_MIN || y > YEAR_MAX || m < 1 || m > 12 || d < 1)
		return false;
	return d <= days[m - 1] + (m == 2 && leap);
}

/* A date at *p, which is left behind it. */
static bool read_date(const char **p, char out[DATE_LEN])
{
	const char *q = *p;
	int y, m, d;
	bool ok;

	out[0] = 0;
	ok = digits(&q, 4, 4, &y) && *q++ == '-' && digits(&q, 1, 2, &m) && *q++ == '-' &&
	     digits(&q, 1, 2, &d);
	if (!ok) {
		q = *p;
		ok = digits(&q, 1, 2, &d) && *q++ == '/' && digits(&q, 1, 2, &m) && *q++ == '/' &&
		     digits(&q, 4, 4, &y);
	}
	if (!ok || !real_date(y, m, d))
		return false;
	snprintf(out, DATE_LEN, "%04u-%02u-%02u", (unsigned)y % 10000, (unsigned)m % 100,
	         (unsigned)d % 100);
	*p = q;
	return true;
}

bool value_date(const char *text, char out[DATE_LEN])
{
	const char *p = skip_space(text);

	if (read_date(&p, out) && ends(p))
		return true;
	out[0] = 0;
	return false;
}

static bool local_time(int64_t now_ms, struct tm *tm)
{
	time_t t = (time_t)(now_ms / 1000);

	return localtime_r(&t, tm) != NULL;
}

void value_today(int64_t now_ms, char out[DATE_LEN])
{
	struct tm tm;

	if (!local_time(now_ms, &tm) || !strftime(out, DATE_LEN, "%Y-%m-%d", &tm))
		memcpy(out, "1970-01-01", DATE_LEN);
}

bool value_int(const char *text, int64_t *out)
{
	const char *p = skip_space(text), *first = p + (*p == '-');
	char *end;
	long long v;

	*out = 0;
	if (!isdigit((unsigned char)*first))
		return false;
	errno = 0;
	v = strtoll(p, &end, 10);
	if (errno || !ends(end))
		return false;
	*out = v;
	return true;
}

bool value_decimal(const char *text, struct buf *out)
{
	const char *start = skip_space(text), *p = start;
	size_t whole, part = 0;

	p += *p == '-';
	whole = strspn(p, "0123456789");
	p += whole;
	if (*p == '.') {
		part = strspn(p + 1, "0123456789");
		p += 1 + part;
	}
	if (!whole && !part)
		return false;
	if (*p == 'e' || *p == 'E') {
		p += 1 + (p[1] == '-' || p[1] == '+');
		if (!isdigit((unsigned char)*p))
			return false;
		p += 1 + (isdigit((unsigned char)p[1]) != 0);
	}
	if (!ends(p) || p - start > DECIMAL_MAX)
		return false;
	buf_add(out, start, (size_t)(p - start));
	return true;
}

bool value_yes(const char *text, bool *out)
{
	static const char *const yes[] = {"yes", "true", "true()", "1", "có", "x"};
	static const char *const no[] = {"", "no", "false", "false()", "0", "không"};
	size_t i;

	*out = false;
	for (i = 0; i < sizeof yes / sizeof *yes; i++)
		if (!strcasecmp(text, yes[i]))
			return *out = true;
	for (i = 0; i < sizeof no / sizeof *no; i++)
		if (!strcasecmp(text, no[i]))
			return true;
	return false;
}

const char *value_shown(const char *text, char out[SHOWN_LEN])
{
	static const char more[] = "…";
	size_t len = strlen(text), i;

	if (len >= SHOWN_LEN) {
		len = SHOWN_LEN - sizeof more;
		while (len && ((unsigned char)text[len] & 0xc0) == 0x80)
			len--;
		memcpy(out + len, more, sizeof more);
	} else {
		out[len] = 0;
	}
	for (i = 0; i < len; i++)
		out[i] = (unsigned char)text[i] < ' ' ? ' ' : text[i];
	return out;
}

/* ---- by type -------------------------------------------------------------------------------- */

static int check_integer(const char *text, struct buf *out)
{
	char shown[SHOWN_LEN];
	int64_t v;

	if (!value_int(text, &v))
		return err(ERR_BAD, "'%s' is not a whole number: write only digits, like 12",
		           value_shown(text, shown));
	buf_printf(out, "%" PRId64, v);
	return out->err;
}

static int check_decimal(const char *text, struct buf *out)
{
	char shown[SHOWN_LEN];

	if (!value_decimal(text, out))
		return err(ERR_BAD, "'%s' is not a number: write it with a point, like 2.5",
		           value_shown(text, shown));
	return out->err;
}

static int check_text(const char *text, struct buf *out)
{
	const char *start = skip_space(text), *p;
	size_t len = strlen(start), from = out->len;
	int rc;

	while (len && strchr(" \t\r\n", start[len - 1]))
		len--;
	rc = text_nfc(start, len, out);
	if (rc)
		return rc;
	if (out->len - from > VALUE_TEXT_MAX)
		return err(ERR_TOOBIG, "the text is longer than %d bytes: shorten it",
		           VALUE_TEXT_MAX);
	for (p = buf_cstr(out) + from; *p; p++)
		if (((unsigned char)*p < ' ' && !strchr("\t\r\n", *p)) || *p == 0x7f)
			return err(ERR_BAD, "the text holds a control character: type it again");
	return out->err;
}

static int check_date(const char *text, int64_t now_ms, struct buf *out)
{
	const char *p = skip_space(text);
	char day[DATE_LEN], shown[SHOWN_LEN];

	if (!strncasecmp(p, "today", 5) &&
	    (ends(p + 5) || (!strncmp(p + 5, "()", 2) && ends(p + 7))))
		value_today(now_ms, day);
	else if (!value_date(text, day))
		return err(ERR_BAD, "'%s' is not a date: write it like 2026-11-21 or 21/11/2026",
		           value_shown(text, shown));
	buf_str(out, day);
	return out->err;
}

/* HH:MM or HH:MM:SS at *p, which is left behind it. */
static bool read_time(const char **p, struct buf *out)
{
	int h, m, sec = -1;

	if (!digits(p, 1, 2, &h) || *(*p)++ != ':' || !digits(p, 2, 2, &m) || h > 23 || m > 59)
		return false;
	if (**p == ':') {
		++*p;
		if (!digits(p, 2, 2, &sec) || sec > 59)
			return false;
	}
	buf_printf(out, "%02d:%02d", h, m);
	if (sec >= 0)
		buf_printf(out, ":%02d", sec);
	return true;
}

static bool is_now(const char *text)
{
	const char *p = skip_space(text);

	return !strncasecmp(p, "now", 3) &&
	       (ends(p + 3) || (!strncmp(p + 3, "()", 2) && ends(p + 5)));
}

static int check_time(const char *text, int64_t now_ms, struct buf *out)
{
	const char *p = skip_space(text);
	char shown[SHOWN_LEN];
	struct tm tm;

	if (is_now(text) && local_time(now_ms, &tm))
		buf_printf(out, "%02d:%02d", tm.tm_hour, tm.tm_min);
	else if (!read_time(&p, out) || !ends(p))
		return err(ERR_BAD, "'%s' is not a time of day: write it like 07:55",
		           value_shown(text, shown));
	return out->err;
}

static int check_datetime(const char *text, int64_t now_ms, struct buf *out)
{
	const char *p = skip_space(text);
	char day[DATE_LEN], shown[SHOWN_LEN];

	if (is_now(text)) {
		value_today(now_ms, day);
		buf_printf(out, "%sT", day);
		return check_time("now", now_ms, out);
	}
	if (read_date(&p, day) && (*p == 'T' || *p == ' ')) {
		p++;
		buf_printf(out, "%sT", day);
		if (read_time(&p, out) && ends(p))
			return out->err;
	}
	return err(ERR_BAD, "'%s' is not a date with a time: write it like 2026-11-21 07:55",
	           value_shown(text, shown));
}

static int check_geopoint(const char *text, struct buf *out)
{
	static const double limit[] = {90, 180, 20000, 1000000}; /* latitude, longitude, m, m */
	char shown[SHOWN_LEN], part[DECIMAL_MAX + 1];
	const char *p = skip_space(text);
	size_t n, len;
	double v;

	for (n = 0; *p; n++) {
		len = strcspn(p, " \t\r\n");
		if (n == 4 || len > DECIMAL_MAX)
			break;
		memcpy(part, p, len);
		part[len] = 0;
		if (n)
			buf_u8(out, ' ');
		if (!value_decimal(part, out) || strpbrk(part, "eE"))
			break;
		v = strtod(part,
		           NULL); /* a comma locale cuts the fraction: the range still holds */
		if (v < -limit[n] || v > limit[n] || (n == 3 && part[0] == '-'))
			break;
		p = skip_space(p + len);
	}
	if (*p || n < 2)
		return err(
			ERR_BAD,
			"'%s' is not a place: write latitude and longitude, like 21.2731 106.1946",
			value_shown(text, shown));
	return out->err;
}

int value_check(enum qtype type, const char *text, int64_t now_ms, struct buf *out)
{
	switch (type) {
	case Q_INTEGER:
		return check_integer(text, out);
	case Q_DECIMAL:
		return check_decimal(text, out);
	case Q_DATE:
		return check_date(text, now_ms, out);
	case Q_TIME:
		return check_time(text, now_ms, out);
	case Q_DATETIME:
		return check_datetime(text, now_ms, out);
	case Q_GEOPOINT:
		return check_geopoint(text, out);
	case Q_TEXT:
	case Q_SELECT_ONE:
	case Q_SELECT_MULTIPLE:
	case Q_RECORD:
		return check_text(text, out);
	default:
		return err(ERR_BAD, "it takes no answer");
	}
}
