/* expr_text.c - SQL functions for XPath's texts. Places are counted in characters of UTF-8. */
#include "storage/err.h"
#include "storage/expr_fn.h"
#include "storage/form_draft.h"
#include "storage/regex.h"

#include <math.h>
#include <string.h>

static void result(sqlite3_context *c, const char *text, size_t len)
{
	sqlite3_result_text64(c, text, len, SQLITE_TRANSIENT, SQLITE_UTF8);
}

/* The place n characters after p, or the end. */
static const char *skip(const char *p, double n)
{
	for (; n >= 1 && *p; n--)
		for (p++; ((unsigned char)*p & 0xc0) == 0x80; p++)
			;
	return p;
}

static double length(const char *p)
{
	double n = 0;

	for (; *p; p++)
		n += ((unsigned char)*p & 0xc0) != 0x80;
	return n;
}

/* The next word at *p, which is left behind it; 0 at the end. */
static size_t next_word(const char **p, const char **word)
{
	size_t len;

	*word = *p + strspn(*p, " \t\r\n");
	len = strcspn(*word, " \t\r\n");
	*p = *word + len;
	return len;
}

void expr_words(sqlite3_context *c, int n, sqlite3_value **v)
{
	const char *p = expr_text_of(v[0]), *word;
	int words = 0;

	(void)n;
	while (next_word(&p, &word))
		words++;
	sqlite3_result_int(c, words);
}

/* selected-at(): the first is 0. */
void expr_word(sqlite3_context *c, int n, sqlite3_value **v)
{
	const char *p = expr_text_of(v[0]), *word;
	double i;
	size_t len = 0;

	(void)n;
	if (expr_number_of(v[1], &i) && i >= 0)
		for (len = next_word(&p, &word); len && i >= 1; i--)
			len = next_word(&p, &word);
	result(c, len ? word : "", len);
}

void expr_starts(sqlite3_context *c, int n, sqlite3_value **v)
{
	const char *a = expr_text_of(v[0]), *b = expr_text_of(v[1]);

	(void)n;
	sqlite3_result_int(c, !strncmp(a, b, strlen(b)));
}

void expr_ends(sqlite3_context *c, int n, sqlite3_value **v)
{
	const char *a = expr_text_of(v[0]), *b = expr_text_of(v[1]);
	size_t la = strlen(a), lb = strlen(b);

	(void)n;
	sqlite3_result_int(c, la >= lb && !strcmp(a + la - lb, b));
}

void expr_before(sqlite3_context *c, int n, sqlite3_value **v)
{
	const char *a = expr_text_of(v[0]), *found = strstr(a, expr_text_of(v[1]));

	(void)n;
	result(c, a, found ? (size_t)(found - a) : 0);
}

void expr_after(sqlite3_context *c, int n, sqlite3_value **v)
{
	const char *b = expr_text_of(v[1]), *found = strstr(expr_text_of(v[0]), b);

	(void)n;
	found = found ? found + strlen(b) : "";
	result(c, found, strlen(found));
}

/* substr(text, from, to): the first is 0, to is left out; below 0 they count from the end. */
void expr_substr(sqlite3_context *c, int n, sqlite3_value **v)
{
	const char *text = expr_text_of(v[0]), *from, *to;
	double len = length(text), a, b = len;

	if (!expr_number_of(v[1], &a) || (n > 2 && !expr_number_of(v[2], &b))) {
		result(c, "", 0);
		return;
	}
	a = trunc(a < 0 ? a + len : a);
	b = trunc(b < 0 ? b + len : b);
	from = skip(text, a);
	to = skip(text, b);
	result(c, from, to > from ? (size_t)(to - from) : 0);
}

void expr_squeeze(sqlite3_context *c, int n, sqlite3_value **v)
{
	const char *p = expr_text_of(v[0]), *word;
	struct buf out = {0};
	size_t len;

	(void)n;
	while ((len = next_word(&p, &word)) > 0) {
		buf_str(&out, out.len ? " " : "");
		buf_add(&out, word, len);
	}
	result(c, buf_cstr(&out), out.len);
	if (out.err)
		sqlite3_result_error_nomem(c);
	buf_release(&out);
}

/* Each character of the text that stands in from becomes the one at its place in to, or goes. */
void expr_translate_text(sqlite3_context *c, int n, sqlite3_value **v)
{
	const char *p = expr_text_of(v[0]), *from = expr_text_of(v[1]), *to = expr_text_of(v[2]);
	const char *end, *f, *t;
	struct buf out = {0};

	(void)n;
	for (; *p; p = end) {
		end = skip(p, 1);
		for (f = from, t = to; *f; f = skip(f, 1), t = skip(t, 1))
			if (skip(f, 1) - f == end - p && !memcmp(f, p, (size_t)(end - p)))
				break;
		if (*f)
			buf_add(&out, t, (size_t)(skip(t, 1) - t));
		else
			buf_add(&out, p, (size_t)(end - p));
	}
	result(c, buf_cstr(&out), out.len);
	if (out.err)
		sqlite3_result_error_nomem(c);
	buf_release(&out);
}

void expr_label(sqlite3_context *c, int n, sqlite3_value **v)
{
	struct buf out = {0};

	(void)n;
	form_label(expr_text_of(v[0]), expr_text_of(v[1]), &out);
	result(c, buf_cstr(&out), out.len);
	if (out.err)
		sqlite3_result_error_nomem(c);
	buf_release(&out);
}

static void free_regex(void *r)
{
	regex_free(r);
}

/* A pattern that stands in the expression is read once for the statement. */
void expr_regex(sqlite3_context *c, int n, sqlite3_value **v)
{
	struct regex *r = sqlite3_get_auxdata(c, 1), *made = NULL;
	bool found = false;
	int rc = 0;

	(void)n;
	if (!r) {
		rc = regex_open(expr_text_of(v[1]), &made);
		r = made;
	}
	if (!rc)
		rc = regex_match(r, expr_text_of(v[0]), &found);
	if (rc)
		sqlite3_result_error(c, err_text(), -1);
	else
		sqlite3_result_int(c, found);
	if (made)
		sqlite3_set_auxdata(c, 1, made, free_regex);
}
