/* ask.c - asks a form's questions on the terminal, for people who do not know their names. */
#include "agent/answer.h"

#include "agent/i18n.h"
#include "storage/clock.h"
#include "storage/err.h"
#include "storage/text.h"

#include <stdlib.h>
#include <string.h>

#define INLINE_WIDTH 48  /* columns of choices that may stand behind the question */
#define CHOICES_SHOWN 40 /* more are not listed: a part of the name finds them */

/* One question to a person, in a row of the paper. */
struct talk {
	struct ctx *ctx;
	const struct answers *a;
	struct paper *p;
	int64_t self;
	bool missing_only;
	char *line; /* what was typed; owned */
	size_t cap;
	size_t row, i;         /* the question at hand */
	struct picks made;     /* its choices, where the other answers leave only some */
	const struct picks *l; /* its choices; NULL: it has none */
};

static const struct question *asked(const struct talk *t)
{
	return &t->a->form->q[t->i];
}

/* ---- choices ----------------------------------------------------------------------------- */

/* Lists of any length are searched here: the person waits anyway. */
static int take_choices(struct talk *t)
{
	const struct question *q = asked(t);

	picks_release(&t->made);
	t->l = answers_picks(t->a, q);
	if (!t->l || (!t->l->large && !q->expr[FORM_FILTER]))
		return 0;
	t->l = &t->made;
	return paper_choices(t->p, t->row, t->i, picks_add, &t->made);
}

/* The questions go to stderr: stdout has the record's id, for whoever reads it. */
static void add_choices(const struct picks *l, const char *before, const char *between,
                        struct buf *out)
{
	size_t i;

	for (i = 0; i < l->n; i++) {
		const char *label = pick_label(&l->pick[i]);

		buf_printf(out, "%s%s", i ? between : before, l->pick[i].name);
		if (strcmp(label, l->pick[i].name) != 0)
			buf_printf(out, " = %s", label);
	}
}

static void say_choices(const struct picks *l)
{
	struct buf all = {0};

	add_choices(l, "    ", "\n    ", &all);
	fprintf(stderr, "%s\n", buf_cstr(&all));
	buf_release(&all);
}

static bool part_of(const struct pick *p, const char *fold)
{
	int k;

	for (k = 0; k < LANGUAGES; k++) {
		if (strstr(p->fold[k], fold))
			return true;
	}
	return strcasestr(p->name, fold) != NULL;
}

/* The choices of a long list that have what was typed in their names. */
static void say_parts(const struct picks *l, const char *typed)
{
	struct picks some = {0};
	struct buf fold = {0};
	size_t i;

	text_fold(typed, &fold);
	some.pick = calloc(CHOICES_SHOWN, sizeof *some.pick);
	for (i = 0; some.pick && i < l->n && some.n < CHOICES_SHOWN; i++) {
		if (fold.len && part_of(&l->pick[i], buf_cstr(&fold)))
			some.pick[some.n++] = l->pick[i];
	}
	if (some.n)
		say_choices(&some);
	free(some.pick);
	buf_release(&fold);
}

/* ---- the question ------------------------------------------------------------------------ */

static const char *standing(const struct talk *t)
{
	const char *value = paper_value(t->p, t->row, t->i);
	size_t j;

	for (j = 0; t->l && value && j < t->l->n; j++) {
		if (strcmp(t->l->pick[j].name, value) == 0)
			return pick_label(&t->l->pick[j]);
	}
	return value;
}

static bool must(const struct talk *t)
{
	bool required;

	return paper_required(t->p, t->row, t->i, &required) == 0 && required;
}

static void say_question(const struct talk *t)
{
	const struct question *q = asked(t);
	struct buf label = {0}, all = {0};
	bool many = t->l && t->l->n > CHOICES_SHOWN, wide = false;

	paper_label(t->p, t->row, q->label, i18n_lang(), &label);
	fprintf(stderr, "%s%s", label.len ? buf_cstr(&label) : q->name, must(t) ? " *" : "");
	if (t->l && !many) {
		add_choices(t->l, "", ", ", &all);
		wide = text_width(buf_cstr(&all)) > INLINE_WIDTH;
	}
	if (many) {
		fprintf(stderr, _(" (%zu choices: a part of the name finds one)"), t->l->n);
	} else if (t->l && !wide) {
		fprintf(stderr, " (%s)", buf_cstr(&all));
	} else if (t->l) {
		fputs(":\n", stderr);
		say_choices(t->l);
		fputs("   ", stderr);
	}
	if (standing(t))
		fprintf(stderr, " [%s]", standing(t));
	fputs(wide ? "> " : ": ", stderr);
	fflush(stderr);
	buf_release(&label);
	buf_release(&all);
}

static const char *wanted(const struct question *q)
{
	switch (q->type) {
	case Q_INTEGER:
		return _("a whole number, for example 4");
	case Q_DECIMAL:
		return _("a number, for example 2.5");
	case Q_DATE:
		return _("a day, for example 21/11/2026, or today");
	case Q_TIME:
		return _("a time, for example 07:55");
	case Q_SELECT_ONE:
		return _("one of the choices, or the beginning of its name");
	case Q_SELECT_MULTIPLE:
		return _("one or more of the choices, with spaces between");
	case Q_RECORD:
		return _("the number of a record that is here already");
	default:
		return _("any text");
	}
}

static void explain(const struct talk *t)
{
	bool required = must(t);

	fprintf(stderr, "  %s\n", wanted(asked(t)));
	if (standing(t) && !required)
		fprintf(stderr, "  %s\n", _("Enter keeps what is there, - takes it away"));
	else if (standing(t))
		fprintf(stderr, "  %s\n", _("Enter keeps what is there"));
	else if (!required)
		fprintf(stderr, "  %s\n", _("Enter skips it"));
}

/* ---- the answer -------------------------------------------------------------------------- */

static bool among(const struct picks *l, const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < l->n; i++) {
		if (strlen(l->pick[i].name) == len && memcmp(l->pick[i].name, name, len) == 0)
			return true;
	}
	return false;
}

static bool choices_fit(const struct picks *l, const char *value)
{
	for (;;) {
		size_t n = strcspn(value, " ");

		if (!among(l, value, n))
			return false;
		if (!value[n])
			return true;
		value += n + 1;
	}
}

/* The one choice whose label or name begins so, "y" is yes; in a long list, that has it in it. */
static const char *complete(const struct picks *l, const char *typed)
{
	struct buf fold = {0}, label = {0};
	const char *found = NULL;
	size_t j, n = 0;

	text_fold(typed, &fold);
	for (j = 0; j < l->n && fold.len; j++) {
		buf_reset(&label);
		text_fold(pick_label(&l->pick[j]), &label);
		if (strncmp(buf_cstr(&label), buf_cstr(&fold), fold.len) == 0 ||
		    strncasecmp(l->pick[j].name, typed, strlen(typed)) == 0 ||
		    (l->n > CHOICES_SHOWN && part_of(&l->pick[j], buf_cstr(&fold)))) {
			found = l->pick[j].name;
			n++;
		}
	}
	buf_release(&fold);
	buf_release(&label);
	return n == 1 ? found : NULL;
}

/* A record of another form, by its id or its key. */
static bool linked(const struct talk *t, const char *value)
{
	const struct question *q = asked(t);
	struct form *other = NULL;
	struct buf title = {0};
	int64_t id;
	int rc;

	if (id_parse(value, &id) == 0)
		return true;
	rc = form_load(t->ctx->s, q->list, &other);
	if (!rc)
		rc = record_by_key(t->ctx->s, other, paper_unit(t->p), value, &id);
	if (rc == ERR_NOTFOUND && other) {
		form_label(other->label, i18n_lang(), &title);
		fprintf(stderr, _("  %s %s is not here yet: record it first, cayda add %s\n"),
		        buf_cstr(&title), value, q->list);
	} else if (rc) {
		fprintf(stderr, "  %s\n", err_text());
	}
	buf_release(&title);
	form_free(other);
	return !rc;
}

/* True when another record than this has this key. */
static bool taken(const struct talk *t, const char *value)
{
	const struct form *f = t->a->form;
	char text[ID_TEXT];
	int64_t id;

	if (!f->key || strcmp(asked(t)->name, f->key) != 0 ||
	    record_by_key(t->ctx->s, f, paper_unit(t->p), value, &id) != 0 || id == t->self)
		return false;
	fprintf(stderr, _("  %s is there already: `cayda edit %s` corrects it\n"), value,
	        id_text(id, text));
	return true;
}

/* Gives the paper an answer and tells what is wrong with it, then as it was; *good when nothing is. */
static int give(struct talk *t, const char *value, bool *good)
{
	const char *before = paper_value(t->p, t->row, t->i);
	char *old = before ? strdup(before) : NULL;
	int rc = paper_answer(t->p, t->row, t->i, value);

	if (!rc)
		rc = paper_work_out(t->p);
	if (!rc)
		rc = paper_wrong(t->p, t->row, t->i);
	*good = !rc && !taken(t, value);
	if (rc)
		fprintf(stderr, "  %s\n", err_text());
	if (!*good && (rc == 0 || rc == ERR_BAD || rc == ERR_NOTFOUND || rc == ERR_TOOBIG))
		rc = paper_answer(t->p, t->row, t->i, old);
	free(old);
	return rc;
}

/* What was typed, as an answer; *good when it fits. */
static int take_value(struct talk *t, const char *typed, bool *good)
{
	struct buf value = {0};
	const char *found;
	int rc = answers_mean(asked(t), t->l, typed, &value);

	*good = false;
	if (!rc && t->l && !choices_fit(t->l, buf_cstr(&value))) {
		found = complete(t->l, buf_cstr(&value));
		if (!found) {
			fprintf(stderr, "  %s\n", wanted(asked(t)));
			if (t->l->n > CHOICES_SHOWN)
				say_parts(t->l, typed);
			goto out;
		}
		buf_reset(&value);
		buf_str(&value, found);
	}
	if (!rc && (asked(t)->type != Q_RECORD || linked(t, buf_cstr(&value))))
		rc = give(t, buf_cstr(&value), good);
out:
	buf_release(&value);
	return rc;
}

/* Takes what was typed; *again when the question must be asked once more. */
static int take(struct talk *t, const char *typed, bool *again)
{
	bool good = false, required = must(t);
	int rc = 0;

	*again = false;
	if (!*typed && (standing(t) || !required))
		return 0;
	if (strcmp(typed, "-") == 0 && !required)
		return paper_answer(t->p, t->row, t->i, "");
	if (strcmp(typed, "?") == 0)
		explain(t);
	else if (!*typed || strcmp(typed, "-") == 0)
		fprintf(stderr, "  %s\n", _("this one must be answered; ? explains"));
	else
		rc = take_value(t, typed, &good);
	*again = !good;
	return rc;
}

/* ---- all of them ------------------------------------------------------------------------- */

/* A line without its end; ERR_BAD at the end of the input. */
static int read_line(struct talk *t)
{
	ssize_t n = getline(&t->line, &t->cap, stdin);

	if (n < 0) {
		fputc('\n', stderr);
		return err(ERR_BAD, "nothing was saved");
	}
	while (n > 0 && strchr("\r\n", t->line[n - 1]))
		t->line[--n] = '\0';
	return 0;
}

static int ask_one(struct talk *t, size_t row, size_t i)
{
	bool again = true;
	int rc;

	t->row = row;
	t->i = i;
	rc = take_choices(t);
	while (again && !rc) {
		say_question(t);
		rc = read_line(t);
		if (!rc)
			rc = take(t, t->line, &again);
	}
	return rc;
}

static void say_heading(const struct talk *t, size_t row, const struct question *q)
{
	struct buf label = {0};

	paper_label(t->p, row, q->label, i18n_lang(), &label);
	if (label.len && !t->missing_only && (q->type == Q_NOTE || q->type == Q_GROUP))
		fprintf(stderr, "\n%s\n", buf_cstr(&label));
	buf_release(&label);
}

static int ask_row(struct talk *t, size_t row);

/* Is there one more row to ask for? */
static int one_more(struct talk *t, size_t row, size_t i, size_t n, bool *out)
{
	struct buf label = {0};
	int64_t count;
	int rc = paper_rows_wanted(t->p, row, i, &count);

	*out = !rc && count > (int64_t)n;
	if (rc || count >= 0)
		return rc;
	paper_label(t->p, row, t->a->form->q[i].label, i18n_lang(), &label);
	fprintf(stderr,
	        n ? _("One more: %s? (y, Enter for no): ")
	          : _("%s: is there one? (y, Enter for no): "),
	        label.len ? buf_cstr(&label) : t->a->form->q[i].name);
	fflush(stderr);
	buf_release(&label);
	rc = read_line(t);
	*out = !rc && *t->line && strchr("yYcC1", *t->line); /* có */
	return rc;
}

/* The rows of a repeat: those that are there, then new ones. */
static int ask_rows(struct talk *t, size_t row, size_t i)
{
	size_t at, n = 0;
	bool more = true;
	int rc = 0;

	for (at = paper_next_row(t->p, row, i, 0); !rc && at;
	     at = paper_next_row(t->p, row, i, at)) {
		fprintf(stderr, "\n%s %zu\n", t->a->form->q[i].name, ++n);
		rc = ask_row(t, at);
	}
	while (!rc && more && !t->missing_only) {
		rc = one_more(t, row, i, n, &more);
		if (!rc && more)
			rc = paper_add_row(t->p, row, i, &at);
		if (!rc && more) {
			fprintf(stderr, "\n%s %zu\n", t->a->form->q[i].name, ++n);
			rc = ask_row(t, at);
		}
	}
	return rc;
}

static int ask_row(struct talk *t, size_t row)
{
	const struct form *f = t->a->form;
	size_t i;
	int rc = 0;

	for (i = 0; !rc && i < f->nq; i++) {
		const struct question *q = &f->q[i];

		if (!paper_asks(t->p, row, i))
			continue;
		rc = paper_work_out(t->p);
		if (rc || !paper_relevant(t->p, row, i))
			continue;
		if (q->type == Q_REPEAT)
			rc = ask_rows(t, row, i);
		else if (!q->col)
			say_heading(t, row, q);
		if (rc || !q->col || q->type == Q_REPEAT || q->read_only ||
		    q->type == Q_CALCULATE || q->expr[FORM_CALCULATION])
			continue;
		t->row = row;
		t->i = i;
		if (!t->missing_only || (must(t) && !paper_value(t->p, row, i)))
			rc = ask_one(t, row, i);
	}
	return rc;
}

int answers_ask(struct ctx *ctx, const struct answers *a, struct paper *p, int64_t self,
                bool missing_only)
{
	struct talk t = {.ctx = ctx, .a = a, .p = p, .self = self, .missing_only = missing_only};
	struct buf title = {0};
	int rc;

	form_label(a->form->label, i18n_lang(), &title);
	fprintf(stderr, "%s\n%s\n\n", buf_cstr(&title),
	        _("Enter skips a question, ? explains it, Ctrl-D leaves without saving; * must be "
	          "answered."));
	buf_release(&title);
	rc = ask_row(&t, 0);
	picks_release(&t.made);
	free(t.line);
	return rc;
}
