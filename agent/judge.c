/* judge.c - settling a conflict, and saying whether two records are the same thing. */
#include "agent/judge.h"

#include "storage/err.h"
#include "storage/same.h"

#include <string.h>

int judge_find(struct ctx *ctx, const char *ref, const char *unit_ref, struct answers *a,
               int64_t *row)
{
	int64_t id;
	int rc = shown_find(ctx, ref, unit_ref, a, row);

	if (rc == ERR_NOTFOUND && !strchr(ref, ':') && !id_parse(ref, &id)) {
		*row = id;
		rc = 0;
	}
	return rc;
}

/* The question by its name or label, and the value as storage takes it. */
static int read_answer(struct answers *a, struct settling *st)
{
	const char *near, *typed = st->value;
	int q;

	st->form = a->form;
	if (!a->form)
		return 0;
	q = answers_find(a, st->question);
	if (q < 0) {
		near = answers_near(a, st->question);
		return near ? err(ERR_NOTFOUND, "form %s has no question %s; did you mean %s?",
		                  a->form->code, st->question, near)
		            : err(ERR_NOTFOUND,
		                  "form %s has no question %s: see 'cayda form show %s'",
		                  a->form->code, st->question, a->form->code);
	}
	st->question = a->form->q[q].name;
	if (!typed)
		return 0;
	st->value = NULL;
	if (answers_set(a, (size_t)q, typed))
		return ERR_NOMEM;
	st->value = a->value[q];
	return 0;
}

int judge_settle(struct ctx *ctx, const char *ref, const char *unit_ref, struct settling *st,
                 struct answers *a, size_t *settled)
{
	int rc = judge_find(ctx, ref, unit_ref, a, &st->row);

	*settled = 0;
	if (!rc)
		rc = read_answer(a, st);
	return rc ? rc : conflict_settle(ctx->s, st, settled);
}

int judge_value(struct ctx *ctx, struct answers *a, const struct question *q, const char *value,
                struct buf *out)
{
	struct buf text = {0};
	int rc;

	if (!value || !q) {
		buf_str(out, value ? value : "-");
		return out->err;
	}
	rc = conflict_text(q, value, &text);
	if (!rc)
		rc = shown_value(ctx, a, q, buf_cstr(&text), out);
	buf_release(&text);
	return rc;
}

int judge_pair(struct ctx *ctx, enum judge_pair what, const char *const refs[2],
               const char *unit_ref, int64_t person, int64_t ids[2])
{
	struct answers a = {0}, b = {0};
	int rc = shown_find(ctx, refs[0], unit_ref, &a, &ids[0]);

	ids[1] = 0;
	if (!rc && what != JUDGE_UNDO)
		rc = shown_find(ctx, refs[1], unit_ref, &b, &ids[1]);
	if (!rc && what != JUDGE_UNDO && strcmp(a.form->code, b.form->code) != 0)
		rc = err(ERR_BAD, "%s is a %s and %s is a %s: they cannot be the same", refs[0],
		         a.form->code, refs[1], b.form->code);
	if (!rc)
		rc = what == JUDGE_MERGE    ? same_join(ctx->s, a.form, ids[0], ids[1], person)
		     : what == JUDGE_DIFFER ? same_differ(ctx->s, a.form, ids[0], ids[1], person)
		                            : same_undo(ctx->s, a.form, ids[0], person);
	answers_release(&a);
	answers_release(&b);
	return rc;
}
