/* expr_fn.c - SQL functions for XPath's values: numbers, truths, what compares to what. */
#include "storage/expr_fn.h"
#include "storage/err.h"
#include "storage/expr.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define WHOLE_MAX 9007199254740992.0 /* 2^53: a double keeps whole numbers up to here */
#define DIGITS_MAX 15                /* that a double keeps for sure */

/* A truth among values that are none: one byte. */
static const unsigned char truth[2] = {0, 1};

const char *expr_text_of(sqlite3_value *v)
{
	const unsigned char *text = sqlite3_value_text(v);

	return text ? (const char *)text : "";
}

static bool truth_of_blob(sqlite3_value *v)
{
	const unsigned char *p = sqlite3_value_blob(v);

	return p && *p;
}

bool expr_number_of(sqlite3_value *v, double *out)
{
	int type = sqlite3_value_type(v);

	*out = 0;
	if (type == SQLITE_TEXT) {
		if (expr_days_read(expr_text_of(v), out))
			return true;
		type = sqlite3_value_numeric_type(v);
	}
	if (type == SQLITE_BLOB)
		*out = truth_of_blob(v);
	else if (type == SQLITE_INTEGER || type == SQLITE_FLOAT)
		*out = sqlite3_value_double(v);
	else
		return false;
	return true;
}

void expr_result_number(sqlite3_context *c, double v)
{
	if (fabs(v) < WHOLE_MAX && v == floor(v))
		sqlite3_result_int64(c, (sqlite3_int64)v);
	else
		sqlite3_result_double(c, v); /* NULL for what is no number */
}

/* ---- from one kind into another ------------------------------------------------------------------------- */

static void to_number(sqlite3_context *c, int n, sqlite3_value **v)
{
	double d;

	(void)n;
	if (sqlite3_value_type(v[0]) == SQLITE_INTEGER)
		sqlite3_result_value(c, v[0]);
	else if (expr_number_of(v[0], &d))
		expr_result_number(c, d);
}

/* XPath 1.0 section 4.2: never with an exponent. */
static void number_text(sqlite3_context *c, double d)
{
	char text[400]; /* a double has 309 digits before the point, and 323 zeros behind it */
	size_t len;

	if (isinf(d)) {
		sqlite3_result_text(c, d > 0 ? "Infinity" : "-Infinity", -1, SQLITE_STATIC);
		return;
	}
	sqlite3_snprintf(sizeof text, text, "%.*g", DIGITS_MAX, d + 0.0); /* -0 is 0 */
	if (strpbrk(text, "eE")) {
		sqlite3_snprintf(sizeof text, text, "%.*f",
		                 fabs(d) < 1 ? DIGITS_MAX - 1 - (int)floor(log10(fabs(d))) : 0, d);
		len = strlen(text);
		while (strchr(text, '.') && len && strchr("0.", text[len - 1]))
			if (text[--len] == '.')
				break;
		text[len] = 0;
	}
	sqlite3_result_text(c, text, -1, SQLITE_TRANSIENT);
}

static void to_text(sqlite3_context *c, int n, sqlite3_value **v)
{
	(void)n;
	switch (sqlite3_value_type(v[0])) {
	case SQLITE_FLOAT:
		number_text(c, sqlite3_value_double(v[0]));
		return;
	case SQLITE_BLOB:
		sqlite3_result_text(c, truth_of_blob(v[0]) ? "true" : "false", -1, SQLITE_STATIC);
		return;
	case SQLITE_INTEGER:
		sqlite3_result_text(c, expr_text_of(v[0]), -1, SQLITE_TRANSIENT);
		return;
	default:
		sqlite3_result_value(c, v[0]);
	}
}

static bool truth_of(sqlite3_value *v)
{
	switch (sqlite3_value_type(v)) {
	case SQLITE_NULL:
		return false;
	case SQLITE_TEXT:
		return *expr_text_of(v) != 0;
	case SQLITE_BLOB:
		return truth_of_blob(v);
	default:
		return sqlite3_value_double(v) != 0;
	}
}

static void to_truth(sqlite3_context *c, int n, sqlite3_value **v)
{
	(void)n;
	sqlite3_result_int(c, truth_of(v[0]));
}

static void to_flag(sqlite3_context *c, int n, sqlite3_value **v)
{
	(void)n;
	sqlite3_result_blob(c, truth + truth_of(v[0]), 1, SQLITE_STATIC);
}

/* What is stored: nothing for an empty text, a whole number without a point. */
static void to_answer(sqlite3_context *c, int n, sqlite3_value **v)
{
	int type = sqlite3_value_type(v[0]);

	if (type == SQLITE_FLOAT && !isinf(sqlite3_value_double(v[0])))
		expr_result_number(c, sqlite3_value_double(v[0]));
	else if (type == SQLITE_BLOB)
		to_text(c, n, v);
	else if (type != SQLITE_FLOAT && (type != SQLITE_TEXT || *expr_text_of(v[0])))
		sqlite3_result_value(c, v[0]);
}

/* ---- comparing, reckoning -------------------------------------------------------------------------------- */

static bool is_number(sqlite3_value *v)
{
	int type = sqlite3_value_type(v);

	return type == SQLITE_INTEGER || type == SQLITE_FLOAT;
}

/* Of two values of which the kind was not known before; the third says that one is a number, perhaps
 * none. */
static void equal(sqlite3_context *c, int n, sqlite3_value **v)
{
	double a, b;
	bool same;

	(void)n;
	if (sqlite3_value_type(v[0]) == SQLITE_BLOB || sqlite3_value_type(v[1]) == SQLITE_BLOB)
		same = truth_of(v[0]) == truth_of(v[1]);
	else if (sqlite3_value_int(v[2]) || is_number(v[0]) || is_number(v[1]))
		same = expr_number_of(v[0], &a) && expr_number_of(v[1], &b) && a == b;
	else
		same = !strcmp(expr_text_of(v[0]), expr_text_of(v[1]));
	sqlite3_result_int(c, same);
}

static void divide(sqlite3_context *c, int n, sqlite3_value **v)
{
	double a, b;

	(void)n;
	if (expr_number_of(v[0], &a) && expr_number_of(v[1], &b))
		expr_result_number(c, a / b);
}

static void modulo(sqlite3_context *c, int n, sqlite3_value **v)
{
	double a, b;

	(void)n;
	if (expr_number_of(v[0], &a) && expr_number_of(v[1], &b))
		expr_result_number(c, fmod(a, b));
}

/* round(3.456, 2); a half goes up, as in XPath. */
static void round_to(sqlite3_context *c, int n, sqlite3_value **v)
{
	double d, digits = 0, unit;

	if (!expr_number_of(v[0], &d) || (n > 1 && !expr_number_of(v[1], &digits)))
		return;
	unit = pow(10, trunc(digits > DIGITS_MAX ? DIGITS_MAX : digits));
	if (isinf(d) || isinf(d * unit) || unit == 0)
		sqlite3_result_double(c, unit == 0 ? 0 : d);
	else
		expr_result_number(c, floor(d * unit + 0.5) / unit);
}

static void math(sqlite3_context *c, int n, sqlite3_value **v)
{
	static const struct {
		const char *name;
		double (*fn)(double);
	} one[] = {{"trunc", trunc}, {"abs", fabs}, {"ceil", ceil},   {"floor", floor},
	           {"sqrt", sqrt},   {"log", log},  {"log10", log10}, {"exp", exp},
	           {"sin", sin},     {"cos", cos},  {"tan", tan},     {"asin", asin},
	           {"acos", acos},   {"atan", atan}};
	const char *name = expr_text_of(v[0]);
	double a, b = 0;
	size_t i;

	if (!expr_number_of(v[1], &a) || (n > 2 && !expr_number_of(v[2], &b)))
		return;
	if (!strcmp(name, "exp10"))
		expr_result_number(c, pow(10, a));
	else if (n > 2)
		expr_result_number(c, *name == 'p' ? pow(a, b) : atan2(a, b));
	for (i = 0; i < sizeof one / sizeof *one; i++)
		if (!strcmp(name, one[i].name))
			expr_result_number(c, one[i].fn(a));
}

/* The least or greatest of those that are numbers. */
static void extreme(sqlite3_context *c, int n, sqlite3_value **v, bool least)
{
	double d, best = NAN;
	int i;

	for (i = 0; i < n; i++)
		if (expr_number_of(v[i], &d) && (isnan(best) || (least ? d < best : d > best)))
			best = d;
	expr_result_number(c, best);
}

static void least_of(sqlite3_context *c, int n, sqlite3_value **v)
{
	extreme(c, n, v, true);
}

static void greatest_of(sqlite3_context *c, int n, sqlite3_value **v)
{
	extreme(c, n, v, false);
}

int expr_functions(sqlite3 *db)
{
	static const struct {
		const char *name;
		int args;
		void (*fn)(sqlite3_context *, int, sqlite3_value **);
	} all[] = {
		{"x_num", 1, to_number},
		{"x_str", 1, to_text},
		{"x_truth", 1, to_truth},
		{"x_flag", 1, to_flag},
		{"x_answer", 1, to_answer},
		{"x_equal", 3, equal},
		{"x_div", 2, divide},
		{"x_mod", 2, modulo},
		{"x_round", -1, round_to},
		{"x_math", -1, math},
		{"x_least", -1, least_of},
		{"x_greatest", -1, greatest_of},
		{"x_date", 1, expr_date},
		{"x_datetime", 1, expr_datetime},
		{"x_time", 1, expr_time},
		{"x_format", 2, expr_format},
		{"x_words", 1, expr_words},
		{"x_word", 2, expr_word},
		{"x_starts", 2, expr_starts},
		{"x_ends", 2, expr_ends},
		{"x_before", 2, expr_before},
		{"x_after", 2, expr_after},
		{"x_substr", -1, expr_substr},
		{"x_squeeze", 1, expr_squeeze},
		{"x_translate", 3, expr_translate_text},
		{"x_label", 2, expr_label},
		{"x_regex", 2, expr_regex},
	};
	size_t i;

	for (i = 0; i < sizeof all / sizeof *all; i++)
		if (sqlite3_create_function_v2(db, all[i].name, all[i].args,
		                               SQLITE_UTF8 | SQLITE_DETERMINISTIC |
		                                       SQLITE_INNOCUOUS,
		                               NULL, all[i].fn, NULL, NULL, NULL))
			return err(ERR_NOMEM, "out of memory");
	return 0;
}
