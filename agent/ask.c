/* ask.c - asks a form's questions on the terminal, for people who do not know their names. */
#include "agent/answer.h"

#include "agent/i18n.h"
#include "storage/clock.h"
#include "storage/err.h"
#include "storage/text.h"
#include "storage/value.h"

#include <stdlib.h>
#include <string.h>

#define INLINE_WIDTH 48 /* columns of choices that may stand behind the question */

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

/* What Enter leaves as the answer, or NULL. */
static const char *standing(const struct answers *a, size_t i)
{
	const struct question *q = &a->form->q[i];

	const struct picks *l = answers_picks(a, q);
	size_t j;

	for (j = 0; l && a->value[i] && j < l->n; j++) {
		if (strcmp(l->pick[j].name, a->value[i]) == 0)
			return pick_label(&l->pick[j]);
	}
	if (a->value[i])
		return *a->value[i] ? a->value[i] : NULL;
	if (q->preset && strcmp(q->preset, "today") == 0)
		return _("today");
	return q->preset && *q->preset ? q->preset : NULL;
}

static void say_question(const struct answers *a, size_t i)
{
	const struct question *q = &a->form->q[i];
	const struct picks *l = answers_picks(a, q);
	struct buf label = {0}, all = {0};

	form_label(q->label, i18n_lang(), &label);
	fprintf(stderr, "%s%s", label.len ? buf_cstr(&label) : q->name, q->required ? " *" : "");
	if (l)
		add_choices(l, "", ", ", &all);
	if (l && text_width(buf_cstr(&all)) <= INLINE_WIDTH) {
		fprintf(stderr, " (%s)", buf_cstr(&all));
	} else if (l) {
		fputs(":\n", stderr);
		say_choices(l);
		fputs("   ", stderr);
	}
	if (standing(a, i))
		fprintf(stderr, " [%s]", standing(a, i));
	fputs(l && text_width(buf_cstr(&all)) > INLINE_WIDTH ? "> " : ": ", stderr);
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

static void explain(const struct answers *a, size_t i)
{
	const struct question *q = &a->form->q[i];

	fprintf(stderr, "  %s\n", wanted(q));
	if (standing(a, i) && !q->required)
		fprintf(stderr, "  %s\n", _("Enter keeps what is there, - takes it away"));
	else if (standing(a, i))
		fprintf(stderr, "  %s\n", _("Enter keeps what is there"));
	else if (!q->required)
		fprintf(stderr, "  %s\n", _("Enter skips it"));
}

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

/* The one choice whose label or name begins so: "y" is yes. */
static int complete(struct answers *a, size_t i)
{
	const struct picks *l = answers_picks(a, &a->form->q[i]);
	struct buf typed = {0}, label = {0};
	const char *found = NULL;
	size_t j, n = 0;

	text_fold(a->value[i], &typed);
	for (j = 0; j < l->n && typed.len; j++) {
		buf_reset(&label);
		text_fold(pick_label(&l->pick[j]), &label);
		if (strncmp(buf_cstr(&label), buf_cstr(&typed), typed.len) == 0 ||
		    strncasecmp(l->pick[j].name, a->value[i], strlen(a->value[i])) == 0) {
			found = l->pick[j].name;
			n++;
		}
	}
	buf_release(&typed);
	buf_release(&label);
	return n == 1 ? answers_set(a, i, found) : 0;
}

/* A record of another form, by its id or its key. */
static bool linked(struct ctx *ctx, const struct question *q, const char *value, int64_t unit)
{
	struct form *other = NULL;
	struct buf title = {0};
	int64_t id;
	int rc;

	if (id_parse(value, &id) == 0)
		return true;
	rc = form_load(ctx->s, q->list, &other);
	if (!rc)
		rc = record_by_key(ctx->s, other, unit, value, &id);
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

/* True when another record than self has this key. */
static bool taken(struct ctx *ctx, const struct answers *a, size_t i, const struct asking *ask)
{
	char text[ID_TEXT];
	int64_t id;

	if (!a->form->key || strcmp(a->form->q[i].name, a->form->key) != 0 ||
	    record_by_key(ctx->s, a->form, ask->unit, a->value[i], &id) != 0 || id == ask->self)
		return false;
	fprintf(stderr, _("  %s is there already: `cayda edit %s` corrects it\n"), a->value[i],
	        id_text(id, text));
	return true;
}

/* Catches the slips that can be told at once, and says what is wanted; storage has the last word
 * when all of it is saved. */
static bool fits(struct ctx *ctx, struct answers *a, size_t i, const struct asking *ask)
{
	const struct question *q = &a->form->q[i];
	const struct picks *l = answers_picks(a, q);
	struct buf checked = {0};
	int rc;

	if (l && !choices_fit(l, a->value[i]) && complete(a, i) != 0)
		return false;
	if (l && choices_fit(l, a->value[i]))
		return true;
	if (l) {
		fprintf(stderr, "  %s\n", wanted(q));
		return false;
	}
	if (q->type == Q_RECORD)
		return linked(ctx, q, a->value[i], ask->unit);
	rc = value_check(q->type, a->value[i], clock_now_ms(ctx->s), &checked);
	if (rc)
		fprintf(stderr, "  %s\n", err_text());
	buf_release(&checked);
	return !rc && !taken(ctx, a, i, ask);
}

/* A line without its end; false at the end of the input. */
static bool read_line(char **line, size_t *cap)
{
	ssize_t n = getline(line, cap, stdin);

	while (n > 0 && strchr("\r\n", (*line)[n - 1]))
		(*line)[--n] = '\0';
	return n >= 0;
}

/* Takes what was typed; *again when the question must be asked once more. */
static int take(struct ctx *ctx, struct answers *a, size_t i, const struct asking *ask,
                const char *typed, bool *again)
{
	const struct question *q = &a->form->q[i];
	char *before = a->value[i];
	int rc;

	*again = false;
	if (!*typed && (standing(a, i) || !q->required))
		return 0;
	if (strcmp(typed, "-") == 0 && !q->required)
		return answers_set(a, i, "");
	*again = true;
	if (strcmp(typed, "?") == 0) {
		explain(a, i);
		return 0;
	}
	if (!*typed || strcmp(typed, "-") == 0) {
		fprintf(stderr, "  %s\n", _("this one must be answered; ? explains"));
		return 0;
	}
	a->value[i] = NULL;
	rc = answers_set(a, i, typed);
	if (!rc && fits(ctx, a, i, ask)) {
		free(before);
		*again = false;
		return 0;
	}
	answers_set(a, i, NULL);
	a->value[i] = before;
	return rc;
}

static int ask_one(struct ctx *ctx, struct answers *a, size_t i, const struct asking *ask,
                   char **line, size_t *cap)
{
	bool again = true;
	int rc = 0;

	while (again && !rc) {
		say_question(a, i);
		if (!read_line(line, cap)) {
			fputc('\n', stderr);
			return err(ERR_BAD, "nothing was saved");
		}
		rc = take(ctx, a, i, ask, *line, &again);
	}
	return rc;
}

static void say_heading(const struct question *q)
{
	struct buf label = {0};

	form_label(q->label, i18n_lang(), &label);
	if (label.len && (q->type == Q_NOTE || q->type == Q_GROUP))
		fprintf(stderr, "\n%s\n", buf_cstr(&label));
	buf_release(&label);
}

int answers_ask(struct ctx *ctx, struct answers *a, const struct asking *ask)
{
	struct buf title = {0};
	char *line = NULL;
	size_t i, cap = 0;
	int rc = 0;

	form_label(a->form->label, i18n_lang(), &title);
	fprintf(stderr, "%s\n%s\n\n", buf_cstr(&title),
	        _("Enter skips a question, ? explains it, Ctrl-D leaves without saving; * must be "
	          "answered."));
	buf_release(&title);
	for (i = 0; i < a->form->nq && !rc; i++) {
		const struct question *q = &a->form->q[i];

		if (!answers_asks(a->form, i)) {
			if (!ask->missing_only)
				say_heading(q);
			continue;
		}
		if (q->read_only ||
		    (ask->missing_only &&
		     (!q->required || (q->preset && *q->preset) || (a->value[i] && *a->value[i]))))
			continue;
		rc = ask_one(ctx, a, i, ask, &line, &cap);
	}
	free(line);
	return rc;
}
