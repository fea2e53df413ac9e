/* expr.c - an expression translated: what it names is looked up, and what is bound is noted. */
#include "storage/expr.h"
#include "storage/err.h"
#include "storage/expr_tree.h"
#include "storage/regex.h"
#include "storage/value.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct resolving {
	const struct expr_form *f;
	size_t self;
	const char *text;
	struct expr *out;
};

static int resolve(struct resolving *r, struct expr_node *n);

/* ---- repeats -------------------------------------------------------------------------------------------- */

/* The repeat around a section, or itself when it is one: its index plus 1, or 0. */
static size_t repeat_of(const struct expr_form *f, size_t section)
{
	while (section && f->q[section - 1].type != Q_REPEAT)
		section = f->q[section - 1].section;
	return section;
}

/* Is there one row of that repeat (index plus 1) around the expression? */
static bool is_around(const struct resolving *r, size_t repeat)
{
	size_t around = repeat_of(r->f, r->f->q[r->self].section);

	while (around && around != repeat)
		around = repeat_of(r->f, r->f->q[around - 1].section);
	return around == repeat;
}

/* ---- what is bound ---------------------------------------------------------------------------------------- */

static int refer(struct resolving *r, enum expr_ref_kind kind, size_t q, size_t in, size_t *ref)
{
	struct expr *e = r->out;
	struct expr_ref *more;

	for (*ref = 0; *ref < e->nref; ++*ref)
		if (e->ref[*ref].kind == kind && e->ref[*ref].q == q && e->ref[*ref].in == in)
			break;
	if (*ref == e->nref) {
		more = realloc(e->ref, (e->nref + 1) * sizeof *more);
		if (!more)
			return err(ERR_NOMEM, "out of memory");
		e->ref = more;
		e->ref[e->nref++] = (struct expr_ref){kind, q, in};
	}
	++*ref;
	return 0;
}

/* ---- names ------------------------------------------------------------------------------------------------ */

static bool takes_answer(enum qtype t)
{
	return t != Q_NOTE && t != Q_GROUP && t != Q_REPEAT && t != Q_END;
}

/* The question, else the repeat or group of that name. */
static bool find(const struct resolving *r, const struct expr_node *n, bool exact, size_t *q)
{
	const struct expr_question *c;
	bool found = false, same;
	size_t i;

	for (i = 0; i < r->f->nq; i++) {
		c = r->f->q + i;
		if (strlen(c->name) != n->text_len)
			continue;
		same = exact ? !strncmp(c->name, n->text, n->text_len)
		             : !strncasecmp(c->name, n->text, n->text_len);
		if (!same || (found && !takes_answer(c->type)))
			continue;
		*q = i;
		found = true;
		if (takes_answer(c->type))
			break;
	}
	return found;
}

static int find_name(struct resolving *r, struct expr_node *n)
{
	char shown[SHOWN_LEN];

	if (find(r, n, true, &n->q))
		return 0;
	snprintf(shown, sizeof shown, "%.*s", (int)(n->text_len < 60 ? n->text_len : 60), n->text);
	if (find(r, n, false, &n->q))
		err(ERR_BAD, "no question is named %s; did you mean %s?", shown,
		    r->f->q[n->q].name);
	else
		err(ERR_BAD, "no question is named %s", shown);
	return expr_bad(r->text, n->at);
}

static enum expr_type type_of(enum qtype t)
{
	if (t == Q_INTEGER || t == Q_DECIMAL)
		return TYPE_NUMBER_ANSWER;
	return t == Q_CALCULATE ? TYPE_ANY : TYPE_TEXT_ANSWER;
}

/* An answer: this row's or one around it, or those of all rows of the repeats between. */
static int resolve_answer(struct resolving *r, struct expr_node *n)
{
	const struct expr_question *q = r->f->q + n->q;
	size_t in = 0, up;

	if (!takes_answer(q->type)) {
		if (q->type == Q_REPEAT)
			err(ERR_BAD, "%s is a repeat: it may stand in count() and indexed-repeat()",
			    q->name);
		else
			err(ERR_BAD, "%s takes no answer", q->name);
		return expr_bad(r->text, n->at);
	}
	n->type = type_of(q->type);
	for (up = repeat_of(r->f, q->section); up && !is_around(r, up);
	     up = repeat_of(r->f, r->f->q[up - 1].section))
		in = up;
	n->rows = in != 0;
	return refer(r, in ? EXPR_REF_ROWS : EXPR_REF_VALUE, n->q, in ? in - 1 : 0, &n->ref);
}

static int resolve_self(struct resolving *r, struct expr_node *n)
{
	n->q = r->self;
	return resolve_answer(r, n);
}

/* The repeat that n names, or reaches by going up. */
static int resolve_repeat(struct resolving *r, struct expr_node *n)
{
	size_t up, q = r->self + 1;
	int rc;

	if (n->op == OP_NAME) {
		rc = find_name(r, n);
		if (rc)
			return rc;
		q = n->q + 1;
	} else {
		for (up = 0; up < n->n && q; up++)
			q = r->f->q[q - 1].section;
	}
	n->q = q ? q - 1 : 0;
	if (n->op == OP_NAME && r->f->q[n->q].type != Q_REPEAT) {
		err(ERR_BAD, "%s is not a repeat", r->f->q[n->q].name);
		return expr_bad(r->text, n->at);
	}
	if (n->op == OP_UP && !q) {
		err(ERR_BAD, "there are not that many groups around it");
		return expr_bad(r->text, n->at);
	}
	return 0;
}

/* ---- calls ------------------------------------------------------------------------------------------------- */

static int resolve_place(struct resolving *r, struct expr_node *n)
{
	struct expr_node *a = n->first;
	int rc;

	rc = a->op == OP_UP || a->op == OP_NAME ? resolve_repeat(r, a) : 0;
	if (rc)
		return rc;
	if (a->op == OP_UP && r->f->q[a->q].type != Q_REPEAT)
		return 0; /* a group is there once */
	if ((a->op == OP_UP || a->op == OP_NAME) && is_around(r, a->q + 1))
		return refer(r, EXPR_REF_PLACE, a->q, 0, &n->ref);
	err(ERR_BAD, "position() wants .. up to the repeat around the question");
	return expr_bad(r->text, n->at);
}

static int resolve_count(struct resolving *r, struct expr_node *n)
{
	struct expr_node *a = n->first;
	int rc;

	if (a->op == OP_UP) {
		rc = resolve_repeat(r, a);
		if (!rc && r->f->q[a->q].type == Q_REPEAT)
			rc = refer(r, EXPR_REF_COUNT, a->q, 0, &n->ref);
		return rc;
	}
	rc = a->op == OP_NAME ? find_name(r, a) : 0;
	if (rc || a->op != OP_NAME || r->f->q[a->q].type != Q_REPEAT)
		return rc ? rc : resolve(r, a);
	if (is_around(r, repeat_of(r->f, r->f->q[a->q].section)))
		return refer(r, EXPR_REF_COUNT, a->q, 0, &n->ref);
	err(ERR_BAD, "count() wants a repeat that is in no other one than the expression");
	return expr_bad(r->text, n->at);
}

static int resolve_indexed(struct resolving *r, struct expr_node *n)
{
	struct expr_node *what = n->first, *repeat = what->next;
	bool named = what->op == OP_NAME && repeat->op == OP_NAME;
	size_t up;
	int rc = named ? find_name(r, what) : 0;

	if (!rc && named)
		rc = resolve_repeat(r, repeat);
	if (rc)
		return rc;
	up = named ? repeat_of(r->f, r->f->q[what->q].section) : 0;
	if (!up || up != repeat->q + 1 || !takes_answer(r->f->q[what->q].type) ||
	    !is_around(r, repeat_of(r->f, r->f->q[up - 1].section))) {
		err(ERR_BAD,
		    "indexed-repeat() wants a question, the repeat that it is in and a number");
		return expr_bad(r->text, n->at);
	}
	n->type = type_of(r->f->q[what->q].type);
	rc = refer(r, EXPR_REF_ROWS, what->q, repeat->q, &n->ref);
	return rc ? rc : resolve(r, repeat->next);
}

static int no_choices(struct resolving *r, const struct expr_node *n)
{
	err(ERR_BAD, "jr:choice-name() wants a value and '${question}', one that has choices");
	return expr_bad(r->text, n->at);
}

/* The question whose choices jr:choice-name() means: '${name}', a path, or the name alone. */
static int resolve_choice_name(struct resolving *r, struct expr_node *n)
{
	struct expr_node *what = n->first->next, name = *what;
	const char *p, *end;
	int rc;

	if (what->op != OP_TEXT && what->op != OP_NAME)
		return no_choices(r, n);
	for (p = what->text, end = p + what->text_len; p < end && *p != '}'; p++)
		if (strchr("${/", *p))
			name.text = p + 1;
	name.text += strspn(name.text, " ");
	name.text_len = 0;
	while (name.text + name.text_len < end && !strchr("} ", name.text[name.text_len]))
		name.text_len++;
	rc = find_name(r, &name);
	if (rc)
		return rc;
	n->q = name.q;
	if (!r->f->q[n->q].list || r->f->q[n->q].type == Q_RECORD)
		return no_choices(r, n);
	return resolve(r, n->first);
}

static int check_pattern(struct resolving *r, const struct expr_node *n)
{
	const struct expr_node *pattern = n->first->next;
	struct regex *made;
	char *text;
	int rc;

	if (pattern->op != OP_TEXT)
		return 0;
	text = strndup(pattern->text, pattern->text_len);
	rc = text ? regex_open(text, &made) : err(ERR_NOMEM, "out of memory");
	free(text);
	if (!rc)
		regex_free(made);
	return rc == ERR_BAD ? expr_bad(r->text, pattern->at) : rc;
}

/* What either of two values is. */
static enum expr_type common(enum expr_type a, enum expr_type b)
{
	bool numbers = (a == TYPE_NUMBER || a == TYPE_NUMBER_ANSWER) &&
	               (b == TYPE_NUMBER || b == TYPE_NUMBER_ANSWER);
	bool texts = (a == TYPE_TEXT || a == TYPE_TEXT_ANSWER) &&
	             (b == TYPE_TEXT || b == TYPE_TEXT_ANSWER);

	if (a == b)
		return a;
	return numbers ? TYPE_NUMBER_ANSWER : texts ? TYPE_TEXT_ANSWER : TYPE_ANY;
}

static int resolve_args(struct resolving *r, struct expr_node *n)
{
	struct expr_node *a;
	int rc = 0;

	for (a = n->first; !rc && a; a = a->next)
		rc = resolve(r, a);
	return rc;
}

static bool is_itext(const struct expr_node *n)
{
	const char *column = n->op == OP_ITEMS ? n->column : n->op == OP_COLUMN ? n->text : NULL;
	size_t len = n->op == OP_ITEMS ? n->column_len : n->text_len;

	return column && len == strlen("itextId") && !strncmp(column, "itextId", len);
}

static int resolve_once(struct resolving *r, struct expr_node *n)
{
	struct expr_node self = {.op = OP_SELF, .at = n->at};
	int rc = resolve_self(r, &self);

	n->ref = self.ref;
	if (!rc)
		rc = resolve(r, n->first);
	if (!rc)
		n->type = common(self.type, n->first->type);
	return rc;
}

static int resolve_call(struct resolving *r, struct expr_node *n)
{
	int rc;

	n->type = n->fn->type;
	switch (n->fn->special) {
	case CALL_TODAY:
		return refer(r, EXPR_REF_TODAY, 0, 0, &n->ref);
	case CALL_NOW:
		return refer(r, EXPR_REF_NOW, 0, 0, &n->ref);
	case CALL_ID:
		return refer(r, EXPR_REF_ID, 0, 0, &n->ref);
	case CALL_PLACE:
		return resolve_place(r, n);
	case CALL_COUNT:
		return resolve_count(r, n);
	case CALL_INDEXED:
		return resolve_indexed(r, n);
	case CALL_CHOICE_NAME:
		return resolve_choice_name(r, n);
	case CALL_ONCE:
		return resolve_once(r, n);
	default:
		break;
	}
	rc = resolve_args(r, n);
	if (rc)
		return rc;
	if (n->fn->special == CALL_REGEX)
		return check_pattern(r, n);
	if (n->fn->special == CALL_IF)
		n->type = common(n->first->next->type, n->first->next->next->type);
	if (n->fn->special == CALL_COALESCE)
		n->type = common(n->first->type, n->first->next->type);
	if (n->fn->special != CALL_ITEXT || is_itext(n->first))
		return 0;
	err(ERR_BAD, "jr:itext() wants instance('LIST')/root/item[CONDITION]/itextId");
	return expr_bad(r->text, n->at);
}

/* ---- all ---------------------------------------------------------------------------------------------------- */

static bool is_more(const struct expr_node *n)
{
	const char *name = n->op == OP_ITEMS ? n->column : n->text;
	size_t len = n->op == OP_ITEMS ? n->column_len : n->text_len;

	return name && !(len == 4 && !strncmp(name, "name", 4)) &&
	       !(len == 5 && !strncmp(name, "label", 5));
}

static int resolve_items(struct resolving *r, struct expr_node *n)
{
	const struct expr_node *condition;
	int rc = resolve_args(r, n);

	n->type = TYPE_TEXT_ANSWER; /* there may be no such choice */
	n->rows = true;
	for (condition = n->first; !rc && condition; condition = condition->next) {
		if (condition->type != TYPE_NUMBER)
			continue;
		err(ERR_BAD, "a choice is found by a condition, not by its place");
		rc = expr_bad(r->text, condition->at);
	}
	return rc;
}

static int resolve(struct resolving *r, struct expr_node *n)
{
	int rc;

	switch (n->op) {
	case OP_NUMBER:
		n->type = TYPE_NUMBER;
		return 0;
	case OP_TEXT:
		n->type = TYPE_TEXT;
		return 0;
	case OP_NAME:
		rc = find_name(r, n);
		return rc ? rc : resolve_answer(r, n);
	case OP_SELF:
		return resolve_self(r, n);
	case OP_UP:
		err(ERR_BAD, "'..' may stand in position() and count(), and before a name");
		return expr_bad(r->text, n->at);
	case OP_COLUMN:
		n->type = is_more(n) ? TYPE_TEXT_ANSWER : TYPE_TEXT;
		return 0;
	case OP_ITEMS:
		return resolve_items(r, n);
	case OP_CALL:
		return resolve_call(r, n);
	default:
		n->type = n->op <= OP_GT ? TYPE_TRUTH : TYPE_NUMBER;
		return resolve_args(r, n);
	}
}

static int write_sql(const struct expr_form *f, const struct expr_node *root, enum expr_want want,
                     char **out)
{
	static const enum expr_as as[] = {[EXPR_TRUTH] = AS_TRUTH,
	                                  [EXPR_ANSWER] = AS_ANSWER,
	                                  [EXPR_NUMBER] = AS_NUMBER,
	                                  [EXPR_FILTER] = AS_TRUTH};
	struct making m = {.f = f, .sql = sqlite3_str_new(NULL)};
	char *sql;

	expr_put(&m, root, as[want]);
	sql = sqlite3_str_finish(m.sql);
	*out = sql ? strdup(sql) : NULL;
	sqlite3_free(sql);
	return *out ? 0 : err(ERR_NOMEM, "out of memory");
}

int expr_translate(const struct expr_form *f, size_t self, const char *text, enum expr_want want,
                   struct expr *out)
{
	struct resolving r = {.f = f, .self = self, .text = text, .out = out};
	struct expr_node *pool, *root;
	int rc;

	memset(out, 0, sizeof *out);
	rc = expr_read(text, want == EXPR_FILTER, &pool, &root);
	if (!rc)
		rc = resolve(&r, root);
	if (!rc)
		rc = write_sql(f, root, want, &out->sql);
	free(pool);
	if (rc)
		expr_release(out);
	return rc;
}

void expr_release(struct expr *e)
{
	free(e->sql);
	free(e->ref);
	memset(e, 0, sizeof *e);
}
