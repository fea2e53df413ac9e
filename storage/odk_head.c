/* odk_head.c - the first line of a table of submissions: which column holds what.
 *
 * A column is called by its question's name or label, with or without its groups before it: "g-age" (ODK
 * Central), "g/age" or "Gia đình/Tuổi" (KoboToolbox). Where two questions have one label, the columns are
 * taken in the form's order.
 */
#include "storage/err.h"
#include "storage/form_draft.h"
#include "storage/form_plan.h"
#include "storage/odk_in.h"
#include "storage/text.h"

#include <stdlib.h>
#include <string.h>

#define SEPARATORS "/-.:"
#define NAME_MAX_BYTES 1024 /* of a column that is looked at: a label with all its groups */
#define SPLITS_MAX 8        /* places where a choice may begin in it */

/* ---- what questions are called ---------------------------------------------------------------- */

static int add_alias(struct odk *o, const char *text)
{
	struct odk_alias *more, a = {.at = o->aliases.len};
	int rc = text_fold(text, &o->aliases);

	a.len = o->aliases.len - a.at;
	if (rc || !a.len)
		return rc == ERR_BAD ? 0 : rc;
	a.exact = o->aliases.len;
	buf_add(&o->aliases, text, strlen(text) + 1);
	more = realloc(o->alias, (o->nalias + 1) * sizeof *more);
	if (!more)
		return err(ERR_NOMEM, "out of memory");
	o->alias = more;
	o->alias[o->nalias++] = a;
	return o->aliases.err;
}

static int make_aliases(struct odk *o)
{
	struct buf lang = {0}, text = {0};
	size_t q, pos;
	int rc = 0;

	o->alias_of = calloc(o->f->nq + 1, sizeof *o->alias_of);
	if (!o->alias_of)
		return err(ERR_NOMEM, "out of memory");
	for (q = 0; !rc && q < o->f->nq; q++) {
		o->alias_of[q] = o->nalias;
		rc = add_alias(o, o->f->q[q].name);
		pos = 0;
		while (!rc && o->f->q[q].label &&
		       form_label_next(o->f->q[q].label, &pos, &lang, &text))
			rc = add_alias(o, buf_cstr(&text));
	}
	o->alias_of[q] = o->nalias;
	buf_release(&lang);
	buf_release(&text);
	return rc;
}

/* ---- finding ----------------------------------------------------------------------------------- */

struct head {
	struct odk *o;
	struct odk_table *t;
	bool *taken;       /* questions that have a column of their own */
	struct buf before; /* what stood before the choice of the last such column */
	size_t before_q;
};

static size_t unspaced(const char *text, size_t len)
{
	while (len && text[len - 1] == ' ')
		len--;
	return len;
}

/* Is head[0..len) what q is called, with its groups before it where path says so? */
static bool fits(const struct odk *o, const char *head, size_t len, size_t q, bool path)
{
	size_t a, rest, in;

	for (a = o->alias_of[q]; a < o->alias_of[q + 1]; a++) {
		const char *alias = (const char *)o->aliases.data + o->alias[a].at;
		size_t n = o->alias[a].len;

		if (n > len || memcmp(head + len - n, alias, n) != 0)
			continue;
		rest = len - n;
		if (!rest)
			return true;
		rest = unspaced(head, rest);
		if (!path || !rest || !strchr(SEPARATORS, head[rest - 1]))
			continue;
		rest = unspaced(head, rest - 1);
		for (in = o->f->q[q].in; in; in = o->f->q[in - 1].in)
			if (fits(o, head, rest, in - 1, true))
				return true;
	}
	return false;
}

static bool is_called(const struct odk *o, const char *exact, size_t q)
{
	size_t a;

	for (a = o->alias_of[q]; a < o->alias_of[q + 1]; a++)
		if (!strcmp((const char *)o->aliases.data + o->alias[a].exact, exact))
			return true;
	return false;
}

/* The first question of the table that is called so: as it stands (exact, or NULL), then folded, then with its
 * groups. Of those without a column yet where free_only says so. -1: none is. */
static long find(const struct head *h, const char *exact, const char *fold, size_t len,
                 bool free_only)
{
	const struct odk *o = h->o;
	size_t q;
	int how;

	for (how = exact ? 0 : 1; how < 3; how++)
		for (q = 0; q < o->f->nq; q++)
			if (o->f->q[q].col && o->f->plan->repeat[q] == h->t->repeat &&
			    !(free_only && h->taken[q]) &&
			    (how ? fits(o, fold, len, q, how == 2) : is_called(o, exact, q)))
				return (long)q;
	return -1;
}

/* ---- columns ----------------------------------------------------------------------------------- */

static enum odk_part meta_part(const char *name)
{
	static const struct {
		const char *name;
		enum odk_part part;
	} known[] = {
		{"KEY", ODK_KEY},
		{"PARENT_KEY", ODK_PARENT_KEY},
		{"_uuid", ODK_UUID},
		{"instanceID", ODK_INSTANCE},
		{"meta-instanceID", ODK_INSTANCE},
		{"meta/instanceID", ODK_INSTANCE},
		{"meta-deprecatedID", ODK_WAS},
		{"meta/deprecatedID", ODK_WAS},
		{"meta/rootUuid", ODK_WAS},
		{"_index", ODK_INDEX},
		{"_parent_index", ODK_PARENT_INDEX},
		{"_id", ODK_ID},
		{"_submission_time", ODK_SUBMITTED},
		{"unit", ODK_UNIT},
	};
	size_t i;

	for (i = 0; i < sizeof known / sizeof *known; i++)
		if (!strcmp(name, known[i].name))
			return known[i].part;
	return ODK_STRANGE;
}

/* What Central and KoboToolbox add of their own. */
static bool theirs(const char *name)
{
	static const char *const known[] = {
		"SubmissionDate",
		"SubmitterID",
		"SubmitterName",
		"AttachmentsPresent",
		"AttachmentsExpected",
		"Status",
		"ReviewState",
		"DeviceID",
		"Edits",
		"FormVersion",
		"UpdatedAt",
		"error",
	};
	size_t i;

	for (i = 0; i < sizeof known / sizeof *known; i++)
		if (!strcmp(name, known[i]))
			return true;
	return *name == '_' || !strncmp(name, "SET-OF-", 7) || !strncmp(name, "meta-", 5) ||
	       !strncmp(name, "meta/", 5);
}

/* "where-Latitude", or "_where_latitude" with the groups before it. */
static bool part_of_place(struct head *h, const char *head, size_t len, struct odk_column *out)
{
	static const struct {
		const char *end;
		enum odk_part part;
	} ends[] = {{"latitude", ODK_LATITUDE},
	            {"longitude", ODK_LONGITUDE},
	            {"altitude", ODK_ALTITUDE},
	            {"accuracy", ODK_ACCURACY},
	            {"precision", ODK_ACCURACY}};
	char plain[NAME_MAX_BYTES];
	size_t i, n, k;
	long q;

	for (i = 0; i < sizeof ends / sizeof *ends; i++) {
		n = strlen(ends[i].end);
		if (len < n + 2 || memcmp(head + len - n, ends[i].end, n) != 0 ||
		    !strchr("-_", head[len - n - 1]))
			continue;
		len -= n + 1;
		q = find(h, NULL, head, len, false);
		for (k = n = 0; q < 0 && k < len; k++)
			if (head[k] != '_' || (k && !strchr(SEPARATORS, head[k - 1])))
				plain[n++] = head[k];
		if (q < 0)
			q = find(h, NULL, plain, n, false);
		if (q < 0 || h->o->f->q[q].type != Q_GEOPOINT)
			return false;
		out->part = ends[i].part;
		out->q = (size_t)q;
		return true;
	}
	return false;
}

static int take_choice(struct head *h, size_t q, const char *text, struct odk_column *out)
{
	const char *choice = odk_choice(h->o, h->o->f->q + q, text);

	if (!choice)
		return 0;
	out->choice = strdup(choice);
	out->part = ODK_CHOICE;
	out->q = q;
	return out->choice ? 0 : err(ERR_NOMEM, "out of memory");
}

/* "languages/en": the question, and a choice by its name or label. Those of one question stand together. */
static int choice_of(struct head *h, const char *name, struct odk_column *out)
{
	size_t at = strlen(name), tries, n = h->before.len;
	struct buf raw = {0}, fold = {0};
	long q;
	int rc = 0;

	if (n && at > n && !memcmp(name, h->before.data, n) && name[n] == '/')
		rc = take_choice(h, h->before_q, name + n + 1, out);
	for (tries = 0; !rc && out->part == ODK_STRANGE && tries < SPLITS_MAX; tries++) {
		while (at && name[--at] != '/')
			;
		if (!at)
			break;
		buf_reset(&raw);
		buf_reset(&fold);
		buf_add(&raw, name, at);
		rc = text_fold(buf_cstr(&raw), &fold);
		q = rc ? -1 : find(h, buf_cstr(&raw), buf_cstr(&fold), fold.len, false);
		if (q < 0 || h->o->f->q[q].type != Q_SELECT_MULTIPLE)
			continue;
		rc = take_choice(h, (size_t)q, name + at + 1, out);
		if (rc || out->part == ODK_STRANGE)
			continue;
		buf_reset(&h->before);
		buf_add(&h->before, name, at);
		h->before_q = (size_t)q;
	}
	buf_release(&raw);
	buf_release(&fold);
	return rc ? rc : h->before.err;
}

static int read_column(struct head *h, const char *name, struct odk_column *out)
{
	struct buf fold = {0};
	long q = -1;
	int rc = 0;

	*out = (struct odk_column){.part = ODK_STRANGE};
	if (strlen(name) <= NAME_MAX_BYTES)
		rc = text_fold(name, &fold);
	if (!rc && fold.len)
		q = find(h, name, buf_cstr(&fold), fold.len, true);
	if (q >= 0) {
		*out = (struct odk_column){.part = ODK_WHOLE, .q = (size_t)q};
		h->taken[q] = true;
	} else if (!rc && fold.len) {
		out->part = meta_part(name);
		if (out->part == ODK_STRANGE && !part_of_place(h, buf_cstr(&fold), fold.len, out))
			rc = choice_of(h, name, out);
	}
	buf_release(&fold);
	return rc;
}

/* Columns of one answer are linked; one that holds all of it is enough. */
static int link_columns(struct head *h)
{
	size_t *last = calloc(h->o->f->nq + 1, sizeof *last), i;
	struct odk_table *t = h->t;

	if (!last)
		return err(ERR_NOMEM, "out of memory");
	for (i = 0; i < t->ncol; i++) {
		struct odk_column *c = t->col + i;

		if (c->part > ODK_ACCURACY && !t->at[c->part])
			t->at[c->part] = i + 1;
		if (c->part < ODK_WHOLE || c->part > ODK_ACCURACY)
			continue;
		if (c->part != ODK_WHOLE && h->taken[c->q]) {
			c->part = ODK_SPARE;
			continue;
		}
		c->first = !last[c->q];
		if (last[c->q])
			t->col[last[c->q] - 1].next = i + 1;
		last[c->q] = i + 1;
	}
	free(last);
	return 0;
}

/* A table of rows: of the repeat of which it has the most questions; its file's name decides among equals. */
static int find_repeat(struct head *h, char *const *name, size_t n)
{
	const struct odk *o = h->o;
	size_t *score = calloc(o->f->nq + 1, sizeof *score), i, q, best = 0;
	struct buf fold = {0};
	int rc = score ? 0 : err(ERR_NOMEM, "out of memory");

	for (i = 0; !rc && i < n; i++) {
		buf_reset(&fold);
		rc = strlen(name[i]) <= NAME_MAX_BYTES ? text_fold(name[i], &fold) : 0;
		for (q = 0; !rc && fold.len && q < o->f->nq; q++)
			if (o->f->q[q].col && o->f->plan->repeat[q] &&
			    fits(o, buf_cstr(&fold), fold.len, q, true))
				score[o->f->plan->repeat[q]] += 2;
	}
	for (q = 0; !rc && q < o->f->nq; q++) {
		if (!score[q + 1])
			continue;
		score[q + 1] += strstr(h->t->file, o->f->q[q].name) != NULL;
		if (score[q + 1] > score[best])
			best = q + 1;
	}
	if (!rc && !best)
		rc = err(ERR_BAD, "its columns are of no repeat of form %s", o->f->code);
	h->t->repeat = best;
	free(score);
	buf_release(&fold);
	return rc;
}

int odk_head(struct odk *o, struct odk_table *t, char *const *name, size_t n)
{
	struct head h = {.o = o, .t = t};
	size_t i, answers = 0;
	int rc = o->alias_of ? 0 : make_aliases(o);

	for (i = 0; i < n; i++)
		t->child |= meta_part(name[i]) == ODK_PARENT_KEY ||
		            meta_part(name[i]) == ODK_PARENT_INDEX;
	if (!rc && n > ODK_COLUMNS_MAX)
		rc = err(ERR_TOOBIG, "it has more than %d columns", ODK_COLUMNS_MAX);
	if (!rc && t->child)
		rc = find_repeat(&h, name, n);
	h.taken = calloc(o->f->nq + 1, sizeof *h.taken);
	t->col = calloc(n + 1, sizeof *t->col);
	if (!rc && (!h.taken || !t->col))
		rc = err(ERR_NOMEM, "out of memory");
	for (i = 0; !rc && i < n; i++) {
		t->ncol++;
		rc = read_column(&h, name[i], t->col + i);
	}
	if (!rc)
		rc = link_columns(&h);
	for (i = 0; i < t->ncol; i++)
		answers += t->col[i].part >= ODK_WHOLE && t->col[i].part <= ODK_ACCURACY;
	if (!rc && !answers)
		rc = err(ERR_NOTFOUND, "none of its columns is a question of form %s", o->f->code);
	else if (!rc && !t->child && !t->at[ODK_INSTANCE] && !t->at[ODK_UUID] && !t->at[ODK_KEY] &&
	         !t->at[ODK_ID])
		rc = err(
			ERR_NOTFOUND,
			"there is no column KEY, _uuid or _id, by which a submission is known when it is "
			"read again: export it with them, or import it without --odk");
	for (i = 0; !rc && i < n; i++)
		if (t->col[i].part == ODK_STRANGE && *name[i] && !theirs(name[i]))
			rc = odk_strange(o, t->file, name[i]);
	free(h.taken);
	buf_release(&h.before);
	return rc;
}
