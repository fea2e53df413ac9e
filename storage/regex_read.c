/* regex_read.c - reads a pattern into a program. */
#include "storage/err.h"
#include "storage/regex_step.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 50   /* groups within groups */
#define COUNT_MAX 1000 /* of {m,n} */
#define LAST_CHAR 0x10ffff

struct reading {
	struct regex *r;
	const char *p;
	int depth, rc;
};

/* ---- building -------------------------------------------------------------------------------------- */

static void bad(struct reading *g, int rc)
{
	if (!g->rc)
		g->rc = rc;
}

static void put(struct reading *g, struct step s)
{
	struct regex *r = g->r;

	if (r->n == REGEX_STEPS_MAX)
		bad(g, err(ERR_BAD, "the pattern has more than %d steps", REGEX_STEPS_MAX));
	else
		r->step[r->n++] = s;
}

static void put_op(struct reading *g, enum op op)
{
	put(g, (struct step){.op = op});
}

/* Makes room for a step at place at: jumps within what follows are relative, and move along. */
static void insert(struct reading *g, size_t at, struct step s)
{
	struct regex *r = g->r;
	size_t n = r->n - at;

	put(g, s);
	if (g->rc)
		return;
	memmove(r->step + at + 1, r->step + at, n * sizeof *r->step);
	r->step[at] = s;
}

static void add_range(struct reading *g, uint32_t lo, uint32_t hi)
{
	struct regex *r = g->r;

	if (r->nr == REGEX_RANGES_MAX)
		bad(g, err(ERR_BAD, "the pattern names too many characters"));
	else
		r->range[r->nr++] = (struct range){lo, hi};
}

/* The ranges of \d, \w or \s; all others when not. */
static void add_kind(struct reading *g, char kind, bool other)
{
	static const struct range digit[] = {{'0', '9'}, {1, 0}};
	static const struct range word[] = {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}, {1, 0}};
	static const struct range space[] = {{'\t', '\r'}, {' ', ' '}, {1, 0}};
	const struct range *k = kind == 'd' ? digit : kind == 'w' ? word : space;
	uint32_t from = 0;

	for (; k->lo <= k->hi; k++) {
		if (!other)
			add_range(g, k->lo, k->hi);
		else if (k->lo > from)
			add_range(g, from, k->lo - 1);
		from = k->hi + 1;
	}
	if (other)
		add_range(g, from, LAST_CHAR);
}

static void put_class(struct reading *g, size_t from, bool other)
{
	put(g, (struct step){.op = OP_CLASS,
	                     .other = other,
	                     .at = (int)from,
	                     .nr = (int)(g->r->nr - from)});
}

/* ---- reading --------------------------------------------------------------------------------------- */

static void read_choice(struct reading *g);

static uint32_t read_hex(struct reading *g, int n)
{
	uint32_t c = 0;
	int i, d;

	for (i = 0; i < n; i++, g->p++) {
		d = *g->p;
		if (!isxdigit((unsigned char)d)) {
			bad(g, err(ERR_BAD, "the pattern's \\x or \\u lacks digits"));
			return 0;
		}
		c = c << 4 |
		    (uint32_t)(isdigit((unsigned char)d) ? d - '0' : (d | 0x20) - 'a' + 10);
	}
	return c;
}

/* What stands after a backslash: a character, or true and the letter in *c for a kind of them. */
static bool read_escape(struct reading *g, uint32_t *c)
{
	static const char from[] = "tnrfv", to[] = "\t\n\r\f\v";
	const char *known;

	*c = (unsigned char)*g->p;
	if (*g->p && strchr("dDwWsS", *g->p)) {
		g->p++;
		return true;
	}
	known = *g->p ? strchr(from, *g->p) : NULL;
	if (known) {
		*c = (unsigned char)to[known - from];
		g->p++;
	} else if (*g->p == 'x' || *g->p == 'u') {
		g->p++;
		*c = read_hex(g, *c == 'x' ? 2 : 4);
	} else if (!*g->p) {
		bad(g, err(ERR_BAD, "the pattern ends in a backslash"));
	} else if (isalnum((unsigned char)*g->p)) {
		bad(g, err(ERR_BAD, "\\%c in a pattern is not supported", *g->p));
	} else {
		*c = regex_char(&g->p);
	}
	return false;
}

/* One character of a class, or a kind of them, which is added at once. */
static bool read_member(struct reading *g, uint32_t *c)
{
	if (*g->p != '\\') {
		*c = regex_char(&g->p);
		return true;
	}
	g->p++;
	if (!read_escape(g, c))
		return true;
	add_kind(g, (char)tolower((int)*c), isupper((int)*c));
	return false;
}

static void read_class(struct reading *g)
{
	size_t from = g->r->nr;
	bool other = *g->p == '^', first = true;
	uint32_t lo, hi;

	g->p += other;
	for (; !g->rc && *g->p && (first || *g->p != ']'); first = false) {
		if (!read_member(g, &lo))
			continue;
		hi = lo;
		if (g->p[0] == '-' && g->p[1] && g->p[1] != ']') {
			g->p++;
			if (!read_member(g, &hi) || hi < lo)
				bad(g, err(ERR_BAD,
				           "a range in the pattern's [ ] ends before it begins"));
		}
		add_range(g, lo, hi);
	}
	if (*g->p != ']')
		bad(g, err(ERR_BAD, "a [ in the pattern is not closed"));
	else
		g->p++;
	put_class(g, from, other);
}

static void read_group(struct reading *g)
{
	if (g->p[0] == '?' && g->p[1] != ':') {
		bad(g, err(ERR_BAD, "(?%.1s in a pattern is not supported", g->p + 1));
		return;
	}
	if (*g->p == '?')
		g->p += 2;
	if (++g->depth > DEPTH_MAX) {
		bad(g, err(ERR_BAD, "the pattern's groups are more than %d deep", DEPTH_MAX));
		return;
	}
	read_choice(g);
	g->depth--;
	if (*g->p == ')')
		g->p++;
	else
		bad(g, err(ERR_BAD, "a ( in the pattern is not closed"));
}

static void read_backslash(struct reading *g)
{
	size_t from = g->r->nr;
	uint32_t c;

	if (*g->p == 'b' || *g->p == 'B') {
		put_op(g, *g->p++ == 'b' ? OP_EDGE : OP_NO_EDGE);
		return;
	}
	if (read_escape(g, &c))
		add_kind(g, (char)tolower((int)c), isupper((int)c));
	else
		add_range(g, c, c);
	put_class(g, from, false);
}

static void read_atom(struct reading *g)
{
	size_t from = g->r->nr;
	uint32_t c = regex_char(&g->p);

	switch (c) {
	case '(':
		read_group(g);
		return;
	case '[':
		read_class(g);
		return;
	case '\\':
		read_backslash(g);
		return;
	case '^':
		put_op(g, OP_START);
		return;
	case '$':
		put_op(g, OP_END);
		return;
	case '*':
	case '+':
	case '?':
		bad(g, err(ERR_BAD, "%c in the pattern has nothing before it", (int)c));
		return;
	case '.': /* all but the end of a line */
		add_range(g, '\n', '\n');
		put_class(g, from, true);
		return;
	default:
		add_range(g, c, c);
		put_class(g, from, false);
	}
}

/* {m}, {m,} or {m,n} at g->p, which is left behind it; max -1: without end. Else a plain brace. */
static bool read_counts(struct reading *g, int *min, int *max)
{
	const char *p = g->p + 1;
	char *end;

	if (*g->p != '{' || !isdigit((unsigned char)*p))
		return false;
	*min = *max = (int)strtol(p, &end, 10);
	if (*end == ',') {
		p = end + 1;
		*max = isdigit((unsigned char)*p) ? (int)strtol(p, &end, 10) : -1;
		if (*max < 0)
			end = (char *)(uintptr_t)p;
	}
	if (*end != '}')
		return false;
	g->p = end + 1;
	if (*min < 0 || *min > COUNT_MAX || *max > COUNT_MAX || (*max >= 0 && *max < *min))
		bad(g,
		    err(ERR_BAD, "{%d,%d} in the pattern is too much, or upside down", *min, *max));
	return true;
}

static void copy_piece(struct reading *g, const struct step *piece, size_t n)
{
	size_t i;

	for (i = 0; !g->rc && i < n; i++)
		put(g, piece[i]);
}

/* The piece from place at on, min to max times. */
static void repeat(struct reading *g, size_t at, int min, int max)
{
	size_t n = g->r->n - at;
	struct step *piece = malloc((n + 1) * sizeof *piece);
	int i;

	if (!piece) {
		bad(g, err(ERR_NOMEM, "out of memory"));
		return;
	}
	memcpy(piece, g->r->step + at, n * sizeof *piece);
	g->r->n = at;
	for (i = 0; !g->rc && i < min; i++)
		copy_piece(g, piece, n);
	if (max < 0) {
		put(g, (struct step){.op = OP_SPLIT, .to = (int)n + 2});
		copy_piece(g, piece, n);
		put(g, (struct step){.op = OP_JUMP, .to = -(int)n - 1});
	}
	for (i = min; !g->rc && i < max; i++) {
		put(g, (struct step){.op = OP_SPLIT, .to = (int)n + 1});
		copy_piece(g, piece, n);
	}
	free(piece);
}

static void read_repeated(struct reading *g)
{
	size_t at = g->r->n;
	int min, max;

	read_atom(g);
	while (!g->rc && *g->p) {
		min = *g->p == '+';
		max = *g->p == '?' ? 1 : -1;
		if (strchr("*+?", *g->p))
			g->p++;
		else if (!read_counts(g, &min, &max))
			return;
		if (*g->p == '?' || *g->p == '+') /* lazy, possessive: the whole text decides */
			g->p++;
		if (!g->rc)
			repeat(g, at, min, max);
	}
}

static void read_choice(struct reading *g)
{
	size_t at = g->r->n, jump = 0, before;

	for (;;) {
		while (!g->rc && *g->p && *g->p != '|' && *g->p != ')')
			read_repeated(g);
		if (g->rc || *g->p != '|')
			break;
		g->p++;
		insert(g, at, (struct step){.op = OP_SPLIT, .to = (int)(g->r->n - at) + 2});
		put(g, (struct step){.op = OP_JUMP, .to = (int)jump});
		at = jump = g->r->n; /* until the end is known, a jump holds the one before it */
	}
	for (; !g->rc && jump; jump = before) {
		before = (size_t)g->r->step[jump - 1].to;
		g->r->step[jump - 1].to = (int)(g->r->n - (jump - 1));
	}
}

int regex_read(const char *pattern, struct regex *r)
{
	struct reading g = {.r = r, .p = pattern};

	read_choice(&g);
	if (!g.rc && *g.p)
		bad(&g, err(ERR_BAD, "a ) in the pattern was not opened"));
	put_op(&g, OP_MATCH);
	return g.rc;
}
