/* ask.c - asks a form's questions on the terminal, for people who do not know their names. */
#include "agent/answer.h"

#include "agent/i18n.h"
#include "storage/clock.h"
#include "storage/err.h"
#include "storage/value.h"

#include <stdlib.h>
#include <string.h>

#define SHOWN_CHOICES 5 /* more than these are listed only on '?' */

/* The questions go to stderr: stdout has the record's id, for whoever reads it. */
static void say_choices(const struct picks *l, const char *between)
{
	size_t i;

	for (i = 0; i < l->n; i++) {
		const char *label = pick_label(&l->pick[i]);

		fprintf(stderr, "%s%s", i || *between == '\n' ? between : "", l->pick[i].name);
		if (strcmp(label, l->pick[i].name) != 0)
			fprintf(stderr, " = %s", label);
	}
}

static void say_question(const struct answers *a, size_t i)
{
	const struct question *q = &a->form->q[i];
	const struct picks *l = answers_picks(a, q);
	const char *now = a->value[i] && *a->value[i] ? a->value[i] : q->preset;
	struct buf label = {0};

	form_label(q->label, i18n_lang(), &label);
	fprintf(stderr, "%s%s", label.len ? buf_cstr(&label) : q->name, q->required ? " *" : "");
	if (l && l->n <= SHOWN_CHOICES) {
		fputs(" (", stderr);
		say_choices(l, ", ");
		fputc(')', stderr);
	} else if (l) {
		fputs(_(" (? shows the choices)"), stderr);
	}
	if (now && *now)
		fprintf(stderr, " [%s]", now);
	fputs(": ", stderr);
	fflush(stderr);
	buf_release(&label);
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
		return _("one of these:");
	case Q_SELECT_MULTIPLE:
		return _("one or more of these, with spaces between:");
	case Q_RECORD:
		return _("the number of a record that is here already");
	default:
		return _("any text");
	}
}

static void explain(const struct answers *a, size_t i)
{
	const struct question *q = &a->form->q[i];
	const struct picks *l = answers_picks(a, q);

	fprintf(stderr, "  %s", wanted(q));
	if (l)
		say_choices(l, "\n    ");
	fputc('\n', stderr);
	if (!q->required)
		fprintf(stderr, "  %s\n", _("Enter skips it"));
	if (a->value[i] && *a->value[i])
		fprintf(stderr, "  %s\n", _("Enter keeps it, - takes it away"));
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

/* Catches the slips that can be told at once, and says what is wanted; storage has the last word
 * when all of it is saved. */
static bool fits(struct ctx *ctx, const struct answers *a, size_t i, int64_t unit)
{
	const struct question *q = &a->form->q[i];
	const struct picks *l = answers_picks(a, q);
	struct form *other = NULL;
	struct buf checked = {0};
	int64_t id;
	int rc = 0;

	if (l && choices_fit(l, a->value[i]))
		return true;
	if (l) {
		fprintf(stderr, "  %s", wanted(q));
		say_choices(l, "\n    ");
		fputc('\n', stderr);
		return false;
	}
	if (q->type != Q_RECORD)
		rc = value_check(q->type, a->value[i], clock_now_ms(ctx->s), &checked);
	else if (id_parse(a->value[i], &id) != 0)
		rc = form_load(ctx->s, q->list, &other);
	if (!rc && other)
		rc = record_by_key(ctx->s, other, unit, a->value[i], &id);
	if (rc)
		fprintf(stderr, "  %s\n", err_text());
	form_free(other);
	buf_release(&checked);
	return !rc;
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
static int take(struct ctx *ctx, struct answers *a, size_t i, int64_t unit, const char *typed,
                bool *again)
{
	const struct question *q = &a->form->q[i];
	bool has = (a->value[i] && *a->value[i]) || (q->preset && *q->preset);
	int rc;

	*again = true;
	if (strcmp(typed, "?") == 0) {
		explain(a, i);
		return 0;
	}
	if (!*typed && (has || !q->required)) {
		*again = false;
		return 0;
	}
	if (!*typed || (strcmp(typed, "-") == 0 && q->required)) {
		fprintf(stderr, "  %s\n", _("this one must be answered; ? explains"));
		return 0;
	}
	if (strcmp(typed, "-") == 0) {
		*again = false;
		return answers_set(a, i, "");
	}
	rc = answers_set(a, i, typed);
	if (!rc && fits(ctx, a, i, unit)) {
		*again = false;
		return 0;
	}
	return rc ? rc : answers_set(a, i, NULL);
}

static int ask_one(struct ctx *ctx, struct answers *a, size_t i, int64_t unit, char **line,
                   size_t *cap)
{
	bool again = true;
	int rc = 0;

	while (again && !rc) {
		say_question(a, i);
		if (!read_line(line, cap)) {
			fputc('\n', stderr);
			return err(ERR_BAD, "nothing was saved");
		}
		rc = take(ctx, a, i, unit, *line, &again);
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

int answers_ask(struct ctx *ctx, struct answers *a, int64_t unit, bool missing_only)
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
			if (!missing_only)
				say_heading(q);
			continue;
		}
		if (q->read_only || (missing_only && (!q->required || (q->preset && *q->preset) ||
		                                      (a->value[i] && *a->value[i]))))
			continue;
		rc = ask_one(ctx, a, i, unit, &line, &cap);
	}
	free(line);
	return rc;
}
