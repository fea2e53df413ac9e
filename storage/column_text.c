/* column_text.c - numbers in texts. */
#include "storage/column_text.h"
#include "storage/column.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_DAY (-719528) /* 0000-01-01 */
#define LAST_DAY 2932896    /* 9999-12-31 */
#define DAY_MINUTES (24 * 60)

static bool digits(const uint8_t *p, int n, int *out)
{
	*out = 0;
	for (; n--; p++) {
		if (*p < '0' || *p > '9')
			return false;
		*out = *out * 10 + (*p - '0');
	}
	return true;
}

static void put_digits(uint8_t *p, int n, int v)
{
	while (n--) {
		p[n] = (uint8_t)('0' + v % 10);
		v /= 10;
	}
}

/* Days to the first of March of a year, and back: the leap day comes last. */
static int64_t day_of(int y, int m, int d)
{
	int64_t year = m < 3 ? y - 1 : y, month = (m + 9) % 12;

	year += 400; /* so that nothing is below 0 */
	return year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + d - 1 -
	       (719468 + 146097);
}

static void civil(int64_t day, int *y, int *m, int *d)
{
	int64_t n = day + 719468 + 146097, era = n / 146097, in = n % 146097;
	int64_t year = (in - in / 1460 + in / 36524 - in / 146096) / 365;
	int64_t rest = in - (365 * year + year / 4 - year / 100), month = (5 * rest + 2) / 153;

	*d = (int)(rest - (153 * month + 2) / 5 + 1);
	*m = (int)(month < 10 ? month + 3 : month - 9);
	*y = (int)(era * 400 + year - 400 + (*m < 3));
}

static void write_date(int64_t day, uint8_t out[10])
{
	int y, m, d;

	civil(day, &y, &m, &d);
	put_digits(out, 4, y);
	put_digits(out + 5, 2, m);
	put_digits(out + 8, 2, d);
	out[4] = out[7] = '-';
}

bool date_of(const struct cell *v, int64_t *day)
{
	uint8_t again[10];
	int y, m, d;

	if (v->len != 10 || !digits(v->p, 4, &y) || !digits(v->p + 5, 2, &m) ||
	    !digits(v->p + 8, 2, &d) || m < 1 || m > 12 || d < 1 || d > 31)
		return false;
	*day = day_of(y, m, d);
	if (*day < FIRST_DAY || *day > LAST_DAY)
		return false;
	write_date(*day, again);
	return !memcmp(again, v->p, 10);
}

bool time_of(const struct cell *v, int64_t *minute)
{
	int h, m;

	if (v->len != 5 || v->p[2] != ':' || !digits(v->p, 2, &h) || !digits(v->p + 3, 2, &m) ||
	    h > 23 || m > 59)
		return false;
	*minute = h * 60 + m;
	return true;
}

static uint8_t *room(struct buf *texts, uint32_t len, struct cell *v)
{
	uint8_t *p = texts->data + texts->len;

	if (len > texts->cap - texts->len)
		return NULL;
	texts->len += len;
	*v = (struct cell){.type = V_TEXT, .len = len, .p = p};
	return p;
}

bool date_cell(int64_t day, struct buf *texts, struct cell *v)
{
	uint8_t *p = day < FIRST_DAY || day > LAST_DAY ? NULL : room(texts, 10, v);

	if (p)
		write_date(day, p);
	return p;
}

bool time_cell(int64_t minute, struct buf *texts, struct cell *v)
{
	uint8_t *p = minute < 0 || minute >= DAY_MINUTES ? NULL : room(texts, 5, v);

	if (!p)
		return false;
	put_digits(p, 2, (int)(minute / 60));
	put_digits(p + 3, 2, (int)(minute % 60));
	p[2] = ':';
	return true;
}

/* ---- decimals ------------------------------------------------------------------------------------ */

static const double power[SCALE_MAX + 1] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};

bool decimal_cell(int64_t number, unsigned scale, struct cell *v)
{
	double d;

	if (number > DECIMAL_MAX || number < -DECIMAL_MAX || scale > SCALE_MAX)
		return false;
	d = (double)number / power[scale];
	*v = (struct cell){.type = V_REAL};
	memcpy(&v->bits, &d, sizeof d);
	return true;
}

static bool try_scale(uint64_t bits, unsigned scale, int64_t *number)
{
	struct cell v;
	double d;

	memcpy(&d, &bits, sizeof d);
	d *= power[scale];
	if (!(fabs(d) < (double)DECIMAL_MAX)) /* nor a NaN */
		return false;
	*number = llround(d);
	return decimal_cell(*number, scale, &v) && v.bits == bits;
}

bool decimal_of(uint64_t bits, uint8_t *scale, int64_t *number)
{
	uint8_t s;

	if (try_scale(bits, *scale, number))
		return true;
	for (s = 0; s <= SCALE_MAX; s++)
		if (try_scale(bits, s, number)) {
			*scale = s;
			return true;
		}
	return false;
}
