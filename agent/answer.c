/* answer.c - what people type, made into what storage takes. */
#include "agent/answer.h"

#include "agent/file.h"
#include "agent/i18n.h"
#include "storage/err.h"
#include "storage/text.h"

#include <stdlib.h>
#include <string.h>

#define ANSWERS_FILE_MAX (4u * 1024 * 1024) /* bytes of one record's answers */

static const char *const language[LANGUAGES] = {"vi", "en"};

static int no_memory(void)
{
	return err(ERR_NOMEM, "out of memory");
}

/* ---- choices ----------------------------------------------------------------------------- */

static char *taken(struct buf *b)
{
	char *text = strdup(buf_cstr(b));

	buf_reset(b);
	return text;
}

int picks_add(void *arg, const char *name, const char *label)
{
	struct picks *l = arg;
	struct pick *more = realloc(l->pick, (l->n + 1) * sizeof *more);
	struct buf b = {0};
	bool whole;
	int i, rc = 0;

	if (!more)
		return no_memory();
	l->pick = more;
	more += l->n++;
	memset(more, 0, sizeof *more);
	more->name = strdup(name);
	whole = more->name != NULL;
	for (i = 0; i < LANGUAGES && !rc; i++) {
		rc = form_label(label, language[i], &b);
		more->label[i] = taken(&b);
		whole = whole && more->label[i];
		if (whole && !rc)
			rc = text_fold(more->label[i], &b);
		more->fold[i] = taken(&b);
		whole = whole && more->fold[i];
	}
	buf_release(&b);
	return rc ? rc : whole ? 0 : no_memory();
}

/* Ends the walk of a list that is too long to be held. */
static int add_few(void *arg, const char *name, const char *label)
{
	struct picks *l = arg;

	l->large = l->n == PICKS_MAX;
	return l->large ? 1 : picks_add(l, name, label);
}

void picks_release(struct picks *l)
{
	size_t i, k;

	for (i = 0; i < l->n; i++) {
		free(l->pick[i].name);
		for (k = 0; k < LANGUAGES; k++) {
			free(l->pick[i].label[k]);
			free(l->pick[i].fold[k]);
		}
	}
	free(l->pick);
	l->pick = NULL;
	l->n = 0;
}

static bool is_select(const struct question *q)
{
	return q->type == Q_SELECT_ONE || q->type == Q_SELECT_MULTIPLE;
}

const struct picks *answers_picks(const struct answers *a, const struct question *q)
{
	size_t i;

	for (i = 0; is_select(q) && q->list && i < a->nlist; i++) {
		if (strcmp(a->lists[i].list, q->list) == 0)
			return &a->lists[i];
	}
	return NULL;
}

static int load_lists(struct ctx *ctx, struct answers *a)
{
	size_t i;
	int rc = 0;

	a->lists = calloc(a->form->nq + 1, sizeof *a->lists);
	if (!a->lists)
		return no_memory();
	for (i = 0; i < a->form->nq && !rc; i++) {
		const struct question *q = &a->form->q[i];
		struct picks *l = &a->lists[a->nlist];

		if (!is_select(q) || !q->list || answers_picks(a, q))
			continue;
		l->list = q->list;
		a->nlist++;
		rc = form_choices(ctx->s, a->form, q->list, add_few, l);
		if (l->large) {
			picks_release(l);
			rc = rc < 0 ? rc : 0;
		}
	}
	return rc;
}

const char *pick_label(const struct pick *p)
{
	const char *label = p->label[strcmp(i18n_lang(), "vi") != 0];

	return *label ? label : p->name;
}

void picks_label(struct ctx *ctx, const struct answers *a, const struct picks *l, const char *name,
                 size_t len, struct buf *out)
{
	size_t before = out->len, i;
	char one[256];

	for (i = 0; i < l->n; i++) {
		if (strlen(l->pick[i].name) == len && memcmp(l->pick[i].name, name, len) == 0) {
			buf_str(out, pick_label(&l->pick[i]));
			return;
		}
	}
	snprintf(one, sizeof one, "%.*s", (int)len, name);
	if (l->large)
		form_choice_label(ctx->s, a->form, l->list, one, i18n_lang(), out);
	if (out->len == before)
		buf_str(out, one);
}

/* ---- life -------------------------------------------------------------------------------- */

int answers_open(struct ctx *ctx, const char *code, struct answers *a)
{
	int rc;

	memset(a, 0, sizeof *a);
	rc = form_load(ctx->s, code, &a->form);
	if (rc)
		return rc;
	a->form->lang = i18n_lang();
	a->value = calloc(a->form->nq + 1, sizeof *a->value);
	a->given = calloc(a->form->nq + 1, sizeof *a->given);
	rc = a->value && a->given ? load_lists(ctx, a) : no_memory();
	if (rc)
		answers_release(a);
	return rc;
}

void answers_clear(struct answers *a)
{
	size_t i;

	for (i = 0; a->value && i < a->form->nq; i++) {
		free(a->value[i]);
		a->value[i] = NULL;
	}
}

void answers_release(struct answers *a)
{
	size_t i;

	for (i = 0; i < a->nlist; i++)
		picks_release(a->lists + i);
	free(a->lists);
	answers_clear(a);
	free(a->value);
	free(a->given);
	form_free(a->linked);
	form_free(a->form);
	memset(a, 0, sizeof *a);
}

/* ---- questions --------------------------------------------------------------------------- */

static bool in_repeat(const struct form *f, const struct question *q)
{
	while (q->in && f->q[q->in - 1].type != Q_REPEAT)
		q = f->q + q->in - 1;
	return q->in != 0;
}

bool answers_holds(const struct form *f, size_t i)
{
	return f->q[i].col && !in_repeat(f, f->q + i);
}

bool answers_always_asks(const struct form *f, size_t i)
{
	while (!f->q[i].expr[FORM_RELEVANT] && f->q[i].in)
		i = f->q[i].in - 1;
	return !f->q[i].expr[FORM_RELEVANT];
}

bool answers_asks(const struct form *f, size_t i)
{
	const struct question *q = &f->q[i];

	return q->type != Q_CALCULATE && !q->expr[FORM_CALCULATION] && answers_holds(f, i);
}

/* The one question whose label, in either language, is name, or -1. */
static int find_label(const struct answers *a, const char *name)
{
	struct buf want = {0}, label = {0}, fold = {0};
	int found = -1;
	size_t i, j;

	if (text_fold(name, &want))
		goto out;
	for (i = 0; i < a->form->nq; i++) {
		for (j = 0; j < LANGUAGES && answers_asks(a->form, i); j++) {
			buf_reset(&label);
			buf_reset(&fold);
			if (form_label(a->form->q[i].label, language[j], &label) ||
			    text_fold(buf_cstr(&label), &fold) ||
			    strcmp(buf_cstr(&fold), buf_cstr(&want)) != 0)
				continue;
			if (found >= 0 && found != (int)i) {
				found = -1; /* two have it */
				goto out;
			}
			found = (int)i;
		}
	}
out:
	buf_release(&want);
	buf_release(&label);
	buf_release(&fold);
	return found;
}

int answers_find(const struct answers *a, const char *name)
{
	char tidy[128];
	size_t i, n = 0;

	name += strspn(name, " \t");
	while (name[n] && n + 1 < sizeof tidy) {
		tidy[n] = name[n];
		n++;
	}
	while (n && (tidy[n - 1] == ' ' || tidy[n - 1] == '\t'))
		n--;
	tidy[n] = '\0';
	for (i = 0; n && i < a->form->nq; i++) {
		const struct question *q = &a->form->q[i];

		if (answers_asks(a->form, i) && strcasecmp(q->name, tidy) == 0)
			return (int)i;
	}
	return n ? find_label(a, name) : -1;
}

const char *answers_near(const struct answers *a, const char *name)
{
	const char *near = NULL;
	size_t i;

	for (i = 0; i < a->form->nq; i++) {
		if (answers_asks(a->form, i))
			near = cmd_nearer(name, near, a->form->q[i].name);
	}
	return near;
}

/* ---- values ------------------------------------------------------------------------------ */

/* The name of the one choice called so by name or label, or NULL. */
static const char *pick_find(const struct picks *l, const char *typed)
{
	const char *found = NULL;
	struct buf fold = {0};
	size_t i;

	for (i = 0; i < l->n; i++) {
		if (strcmp(l->pick[i].name, typed) == 0)
			return l->pick[i].name;
	}
	if (text_fold(typed, &fold))
		goto out;
	for (i = 0; i < l->n; i++) {
		const struct pick *p = &l->pick[i];

		if (strcasecmp(p->name, typed) != 0 && strcmp(p->fold[0], buf_cstr(&fold)) != 0 &&
		    strcmp(p->fold[1], buf_cstr(&fold)) != 0)
			continue;
		if (found) {
			found = NULL; /* two are called so */
			goto out;
		}
		found = p->name;
	}
out:
	buf_release(&fold);
	return found;
}

/* Several choices: by name with spaces between, or by label with commas or semicolons. */
static void pick_several(const struct picks *l, const char *typed, struct buf *out)
{
	const char *between = strpbrk(typed, ",;") ? ",;" : " ";
	char *copy = strdup(typed), *save = NULL, *part;

	if (!copy)
		out->err = ERR_NOMEM;
	for (part = copy ? strtok_r(copy, between, &save) : NULL; part;
	     part = strtok_r(NULL, between, &save)) {
		const char *name;
		size_t n;

		part += strspn(part, " ");
		for (n = strlen(part); n && part[n - 1] == ' '; n--)
			part[n - 1] = '\0';
		name = pick_find(l, part);
		if (*part) {
			buf_str(out, out->len ? " " : "");
			buf_str(out, name ? name : part);
		}
	}
	free(copy);
}

static bool is_today(const char *typed)
{
	struct buf fold = {0};
	bool yes = text_fold(typed, &fold) == 0 && (strcmp(buf_cstr(&fold), "hom nay") == 0 ||
	                                            strcmp(buf_cstr(&fold), "today") == 0);

	buf_release(&fold);
	return yes;
}

static void meaning(const struct question *q, const struct picks *l, const char *typed,
                    struct buf *out)
{
	const char *name;

	if (l && l->large)
		l = NULL;
	if (q->type == Q_SELECT_ONE && l) {
		name = pick_find(l, typed);
		buf_str(out, name ? name : typed);
	} else if (q->type == Q_SELECT_MULTIPLE && l) {
		name = pick_find(l, typed);
		if (name)
			buf_str(out, name);
		else
			pick_several(l, typed, out);
	} else if (q->type == Q_DATE && is_today(typed)) {
		buf_str(out, "today");
	} else if (q->type == Q_DECIMAL && strchr(typed, ',') && !strpbrk(typed, ".;") &&
	           strchr(typed, ',') == strrchr(typed, ',')) {
		buf_str(out, typed);
		if (!out->err)
			*(char *)memchr(out->data, ',', out->len) = '.';
	} else {
		buf_str(out, typed);
	}
}

int answers_mean(const struct question *q, const struct picks *l, const char *typed,
                 struct buf *out)
{
	if (q->type != Q_TEXT)
		typed += strspn(typed, " \t");
	meaning(q, l, typed, out);
	while (q->type != Q_TEXT && out->len && strchr(" \t", out->data[out->len - 1]))
		out->len--;
	return out->err ? no_memory() : 0;
}

int answers_set(struct answers *a, size_t i, const char *typed)
{
	const struct question *q = &a->form->q[i];
	struct buf b = {0};
	int rc;

	free(a->value[i]);
	a->value[i] = NULL;
	if (!typed)
		return 0;
	rc = answers_mean(q, answers_picks(a, q), typed, &b);
	buf_u8(&b, 0);
	if (rc || b.err) {
		buf_release(&b);
		return no_memory();
	}
	a->value[i] = (char *)b.data;
	return 0;
}

int answers_parse(struct ctx *ctx, struct answers *a, char **argv, int argc)
{
	int i, q, rc = 0;

	for (i = 0; i < argc && !rc; i++) {
		char *value = strchr(argv[i], '=');
		const char *near;

		if (!value)
			return cmd_usage(ctx, _("\"%s\" is not QUESTION=VALUE"), argv[i]);
		*value++ = '\0';
		q = answers_find(a, argv[i]);
		if (q >= 0 && a->value[q])
			return cmd_usage(ctx, _("%s is answered twice"), a->form->q[q].name);
		if (q >= 0) {
			rc = answers_set(a, (size_t)q, value);
			continue;
		}
		near = answers_near(a, argv[i]);
		if (near)
			return err(ERR_NOTFOUND, "form %s has no question %s; did you mean %s?",
			           a->form->code, argv[i], near);
		return err(ERR_NOTFOUND, "form %s has no question %s: see 'cayda form show %s'",
		           a->form->code, argv[i], a->form->code);
	}
	return rc;
}

size_t answers_given(struct answers *a)
{
	size_t i, n = 0;

	for (i = 0; i < a->form->nq; i++) {
		if (a->value[i])
			a->given[n++] = (struct answer){a->form->q[i].name, a->value[i]};
	}
	return n;
}

int answers_fill(struct answers *a, const char *file, struct paper *p)
{
	size_t n = answers_given(a);
	struct buf text = {0};
	int rc = paper_fill(p, a->given, n);

	if (!rc && file)
		rc = file_read(strcmp(file, "-") ? file : "/dev/stdin", ANSWERS_FILE_MAX, &text);
	if (!rc && file)
		rc = paper_fill_json(p, buf_cstr(&text));
	buf_release(&text);
	return rc;
}

int answers_save(struct ctx *ctx, struct paper *p, int64_t person, int64_t *id)
{
	struct tx *tx = NULL;
	int rc = paper_work_out(p);

	if (!rc)
		rc = paper_check(p);
	if (!rc)
		rc = tx_begin(ctx->s, paper_unit(p), &tx);
	if (!rc)
		rc = paper_save(tx, p, person, id);
	if (!rc)
		rc = tx_commit(tx);
	tx_end(tx);
	return rc;
}
