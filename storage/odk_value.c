/* odk_value.c - answers as ODK and KoboToolbox write them: times with zones, choices by their labels. */
#include "storage/err.h"
#include "storage/form_draft.h"
#include "storage/odk_in.h"
#include "storage/text.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define WORDS_MAX 20 /* of a label: each run of so many words is looked up */

/* ---- times -------------------------------------------------------------------------------- */

/* 07:55:00.000+07:00 is 07:55:00: the clock's reading, in its own place. Seconds that have no fraction
 * and are 0 were put there by odk_put(). */
static void put_time(struct buf *out, const char *text)
{
	size_t n = strspn(text, "0123456789:"), rest;

	if (n == 8 && text[8] != '.' && !strncmp(text + 5, ":00", 3))
		buf_add(out, text, 5);
	else
		buf_add(out, text, n);
	text += n;
	if (*text == '.')
		text += 1 + strspn(text + 1, "0123456789");
	rest = strlen(text);
	if (!strcmp(text, "Z") || ((*text == '+' || *text == '-') && rest >= 3 && rest <= 6 &&
	                           strspn(text + 1, "0123456789:") == rest - 1))
		return;
	buf_str(out, text); /* which is what will be found wrong */
}

static void put_datetime(struct buf *out, const char *text)
{
	size_t n = strcspn(text, "T ");

	buf_add(out, text, n);
	if (!text[n])
		return;
	buf_u8(out, 'T');
	put_time(out, text + n + 1);
}

/* A workbook holds a time as days since 1899-12-30. Below MIN_DAY it may be a year that somebody typed. */
#define MIN_DAY 2200
#define MAX_DAY 2958466 /* behind 9999-12-31 */
#define DAY_1970 25569

static bool put_serial(struct buf *out, enum qtype type, const char *text)
{
	size_t n = strspn(text, "0123456789");
	double days = strtod(text, NULL);
	struct tm tm;
	char clock[40];
	time_t t;

	if (!n || text[n + (text[n] == '.') + strspn(text + n + (text[n] == '.'), "0123456789")] ||
	    (type == Q_TIME ? days >= 1 : days < MIN_DAY || days >= MAX_DAY))
		return false;
	t = (time_t)((days - DAY_1970) * 86400 + (days < DAY_1970 ? -0.5 : 0.5));
	if (!gmtime_r(&t, &tm))
		return false;
	if (type != Q_TIME)
		buf_printf(out, "%04d-%02d-%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
	if (type == Q_DATETIME)
		buf_u8(out, 'T');
	snprintf(clock, sizeof clock, "%02d:%02d:%02d", tm.tm_hour, tm.tm_min, tm.tm_sec);
	if (type != Q_DATE)
		put_time(out, clock);
	return true;
}

/* A spreadsheet writes 5.0 where there was 5. */
static void put_integer(struct buf *out, const char *text)
{
	size_t n = strspn(text, "-0123456789");

	if (n && text[n] == '.' && text[n + 1] && !text[n + 1 + strspn(text + n + 1, "0")])
		buf_add(out, text, n);
	else
		buf_str(out, text);
}

/* ---- choices ------------------------------------------------------------------------------- */

static int add_choice(struct odk_list *l, const char *label, const char *name)
{
	struct odk_choice *more;
	struct buf fold = {0};
	int rc = text_fold(label, &fold);

	if (l->n == l->cap) {
		l->cap = l->cap ? l->cap * 2 : 64;
		more = realloc(l->choice, l->cap * sizeof *more);
		if (!more) {
			buf_release(&fold);
			return err(ERR_NOMEM, "out of memory");
		}
		l->choice = more;
	}
	if (!rc && fold.len) {
		struct odk_choice *c = l->choice + l->n++;

		c->fold = l->text.len;
		buf_add(&l->text, buf_cstr(&fold), fold.len + 1);
		c->label = l->text.len;
		buf_add(&l->text, label, strlen(label) + 1);
		c->name = l->text.len;
		buf_add(&l->text, name, strlen(name) + 1);
	}
	buf_release(&fold);
	return rc == ERR_BAD ? 0 : rc ? rc : l->text.err;
}

static int add_labels(void *arg, const char *name, const char *label)
{
	struct buf lang = {0}, text = {0};
	size_t pos = 0;
	int rc = 0;

	while (!rc && form_label_next(label, &pos, &lang, &text))
		rc = add_choice(arg, buf_cstr(&text), name);
	buf_release(&lang);
	buf_release(&text);
	return rc;
}

static int by_fold(const void *a, const void *b, void *text)
{
	const struct odk_choice *x = a, *y = b;
	int c = strcmp((char *)text + x->fold, (char *)text + y->fold);

	return c ? c : strcmp((char *)text + x->name, (char *)text + y->name);
}

/* The list of a question with its labels; NULL: there is none, or memory is short. */
static struct odk_list *labels_of(struct odk *o, const struct question *q)
{
	struct odk_list *l;
	size_t i;

	for (i = 0; i < o->nlist; i++)
		if (!strcmp(o->list[i].name, q->list))
			return o->list + i;
	l = realloc(o->list, (o->nlist + 1) * sizeof *l);
	if (!l)
		return NULL;
	o->list = l;
	l += o->nlist++;
	*l = (struct odk_list){.name = q->list};
	if (form_choices(o->s, o->f, q->list, add_labels, l))
		return NULL;
	if (l->n)
		qsort_r(l->choice, l->n, sizeof *l->choice, by_fold, l->text.data);
	return l;
}

static const char *at(const struct odk_list *l, size_t i)
{
	return (const char *)l->text.data + i;
}

/* The one name among choices from on that are called so; exact: with each accent. Many have one. */
static const char *one_name(const struct odk_list *l, size_t from, const char *fold,
                            const char *exact)
{
	const char *found = NULL, *name;
	size_t i;

	for (i = from; i < l->n && !strcmp(at(l, l->choice[i].fold), fold); i++) {
		name = at(l, l->choice[i].name);
		if (exact && strcmp(at(l, l->choice[i].label), exact) != 0)
			continue;
		if (found && strcmp(found, name) != 0)
			return NULL;
		found = name;
	}
	return found;
}

static const char *by_text(const struct odk_list *l, const char *fold, const char *exact)
{
	size_t lo = 0, hi = l->n, mid;
	const char *found;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (strcmp(at(l, l->choice[mid].fold), fold) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	found = one_name(l, lo, fold, exact);
	return found ? found : one_name(l, lo, fold, NULL);
}

const char *odk_choice(struct odk *o, const struct question *q, const char *text)
{
	struct buf fold = {0};
	const struct odk_list *l;
	const char *found = NULL;

	if (!q->list)
		return NULL;
	if (form_has_choice(o->s, o->f, q->list, text))
		return text;
	l = labels_of(o, q);
	if (l && !text_fold(text, &fold))
		found = by_text(l, buf_cstr(&fold), text);
	buf_release(&fold);
	return found;
}

static bool all_names(struct odk *o, const struct question *q, const char *text)
{
	char name[FORM_NAME_MAX + 1];
	size_t n;

	for (; *text; text += n + strspn(text + n, " ")) {
		n = strcspn(text, " ");
		if (n > FORM_NAME_MAX)
			return false;
		memcpy(name, text, n);
		name[n] = 0;
		if (!form_has_choice(o->s, o->f, q->list ? q->list : "", name))
			return false;
	}
	return true;
}

/* The longest run of words that is a choice goes out by its name; returns its length, 0: none is. */
static size_t put_longest(struct odk *o, const struct question *q, const char *text,
                          struct buf *out)
{
	struct buf part = {0};
	const char *name = NULL;
	size_t n = 0, words;

	for (words = 0; words < WORDS_MAX && text[n]; words++)
		n += strspn(text + n, " ") + strcspn(text + n + strspn(text + n, " "), " ");
	while (n && !name) {
		buf_reset(&part);
		buf_add(&part, text, n);
		name = odk_choice(o, q, buf_cstr(&part));
		if (name)
			break;
		while (n && text[n - 1] != ' ')
			n--;
		while (n && text[n - 1] == ' ')
			n--;
	}
	buf_str(out, name ? name : "");
	buf_release(&part);
	return n;
}

/* Names with spaces between; or labels, which have spaces too. */
static void put_several(struct odk *o, const struct question *q, const char *text, struct buf *out)
{
	size_t n;

	if (all_names(o, q, text)) {
		buf_str(out, text);
		return;
	}
	for (; *text; text += n + strspn(text + n, " ")) {
		buf_str(out, out->len ? " " : "");
		n = put_longest(o, q, text, out);
		if (n)
			continue;
		n = strcspn(text, " "); /* what will be found wrong */
		buf_add(out, text, n);
	}
}

/* ---- by type -------------------------------------------------------------------------------- */

int odk_value(struct odk *o, const struct question *q, const char *text, struct buf *out)
{
	struct buf tidy = {0};
	const char *name;

	buf_str(&tidy, text);
	while (tidy.len && strchr(" \t\r\n", tidy.data[tidy.len - 1]))
		tidy.len--;
	text = buf_cstr(&tidy);
	if ((q->type == Q_TIME || q->type == Q_DATE || q->type == Q_DATETIME) &&
	    put_serial(out, q->type, text))
		;
	else if (q->type == Q_TIME)
		put_time(out, text);
	else if (q->type == Q_DATETIME)
		put_datetime(out, text);
	else if (q->type == Q_DATE && strlen(text) > 10 && text[10] == 'T')
		buf_add(out, text, 10);
	else if (q->type == Q_INTEGER)
		put_integer(out, text);
	else if (q->type == Q_SELECT_ONE && (name = odk_choice(o, q, text)) != NULL)
		buf_str(out, name);
	else if (q->type == Q_SELECT_MULTIPLE)
		put_several(o, q, text, out);
	else
		buf_str(out, text);
	buf_release(&tidy);
	return out->err;
}

void odk_lists_free(struct odk *o)
{
	size_t i;

	for (i = 0; i < o->nlist; i++) {
		buf_release(&o->list[i].text);
		free(o->list[i].choice);
	}
	free(o->list);
}
