/* regex.c - a pattern run on all its states at once. */
#include "storage/err.h"
#include "storage/regex_step.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* The character at *p, which is left behind it; a byte that is no UTF-8 is itself. */
uint32_t regex_char(const char **p)
{
	const unsigned char *s = (const unsigned char *)*p;
	uint32_t c = s[0];
	int more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : c >= 0xc0 ? 1 : 0, i;

	for (i = 1; i <= more; i++)
		if ((s[i] & 0xc0) != 0x80)
			more = 0;
	*p += 1 + more;
	if (more)
		c &= 0x3fu >> more;
	for (i = 1; i <= more; i++)
		c = c << 6 | (s[i] & 0x3f);
	return c;
}

static bool is_word(uint32_t c)
{
	return c < 0x80 && (isalnum((int)c) || c == '_');
}

int regex_open(const char *pattern, struct regex **out)
{
	struct regex *r;
	int rc;

	*out = NULL;
	if (strlen(pattern) > REGEX_TEXT_MAX)
		return err(ERR_BAD, "the pattern is longer than %d bytes", REGEX_TEXT_MAX);
	r = calloc(1, sizeof *r);
	if (r) {
		r->step = malloc(REGEX_STEPS_MAX * sizeof *r->step);
		r->range = malloc(REGEX_RANGES_MAX * sizeof *r->range);
	}
	rc = r && r->step && r->range ? regex_read(pattern, r) : err(ERR_NOMEM, "out of memory");
	if (rc)
		regex_free(r);
	else
		*out = r;
	return rc;
}

void regex_free(struct regex *r)
{
	if (!r)
		return;
	free(r->step);
	free(r->range);
	free(r);
}

/* ---- matching ---------------------------------------------------------------------------------------- */

/* States that are alive at one place of the text, and a stack of those still to be entered. */
struct states {
	const struct regex *r;
	uint32_t *seen; /* the place at which a state was entered last, plus 1 */
	size_t *now, *next, *stack;
	size_t n, nnext;
};

static bool passes(const struct step *s, const char *text, const char *p)
{
	const char *q = p;
	bool before = p > text && is_word((unsigned char)p[-1]),
	     after = *p && is_word(regex_char(&q));

	switch (s->op) {
	case OP_START:
		return p == text;
	case OP_END:
		return !*p;
	case OP_EDGE:
		return before != after;
	default:
		return before == after;
	}
}

/* Adds state i at p, and those it leads to without a character. */
static void enter(struct states *st, size_t i, const char *text, const char *p)
{
	uint32_t mark = (uint32_t)(p - text) + 1;
	const struct step *s;
	size_t top = 0;

	st->stack[top++] = i;
	while (top) {
		i = st->stack[--top];
		if (st->seen[i] == mark)
			continue;
		st->seen[i] = mark;
		s = st->r->step + i;
		if (s->op == OP_CLASS || s->op == OP_MATCH)
			st->next[st->nnext++] = i;
		else if (s->op == OP_JUMP)
			st->stack[top++] = (size_t)((int)i + s->to);
		else if (s->op == OP_SPLIT || passes(s, text, p))
			st->stack[top++] = i + 1;
		if (s->op == OP_SPLIT)
			st->stack[top++] = (size_t)((int)i + s->to);
	}
}

static bool takes(const struct regex *r, const struct step *s, uint32_t c)
{
	const struct range *k = r->range + s->at;
	int i;

	for (i = 0; i < s->nr; i++)
		if (c >= k[i].lo && c <= k[i].hi)
			return !s->other;
	return s->other;
}

static bool run(struct states *st, const char *text)
{
	const char *p = text;
	size_t i, *swap;
	uint32_t c;

	enter(st, 0, text, p);
	for (;;) {
		swap = st->now, st->now = st->next, st->next = swap;
		st->n = st->nnext;
		st->nnext = 0;
		if (!*p || !st->n)
			break;
		c = regex_char(&p);
		for (i = 0; i < st->n; i++)
			if (st->r->step[st->now[i]].op == OP_CLASS &&
			    takes(st->r, st->r->step + st->now[i], c))
				enter(st, st->now[i] + 1, text, p);
	}
	for (i = 0; i < st->n; i++)
		if (st->r->step[st->now[i]].op == OP_MATCH)
			return true;
	return false;
}

int regex_match(const struct regex *r, const char *text, bool *out)
{
	struct states st = {.r = r};
	size_t *room = malloc((4 * r->n + 2) * sizeof *room);

	*out = false;
	st.seen = calloc(r->n, sizeof *st.seen);
	if (!room || !st.seen) {
		free(room);
		free(st.seen);
		return err(ERR_NOMEM, "out of memory");
	}
	st.now = room;
	st.next = room + r->n;
	st.stack = room + 2 * r->n; /* each state is entered once, and leads to two */
	*out = run(&st, text);
	free(room);
	free(st.seen);
	return 0;
}
