/* geography.c - the units of one day, and what lies in them. */
#include "storage/geography.h"
#include "storage/clock.h"
#include "storage/db.h"
#include "storage/err.h"
#include "storage/unit_row.h"
#include "storage/value.h"

#include <stdlib.h>
#include <string.h>

#define NONE (-1)
#define LEVELS (LEVEL_VILLAGE + 1)

struct place {
	struct unit u;
	long up;            /* its parent's number, NONE */
	long on_day, on_at; /* what it is on the two days, NONE where that is not one unit */
	long day_child, day_next, at_child, at_next; /* the trees of the two days */
	int64_t count[LEVELS]; /* units of a level, of the day, that lie here */
	int64_t own, expected; /* households: before and after restating */
};

struct link {
	long from, to;
};

struct geography {
	struct place *place; /* owned, by id */
	size_t n;
	struct link *forward,
		*back; /* owned, nlink each; by from: what it became, what it came from */
	size_t nlink;
	long root;
	char day[DATE_LEN], at[DATE_LEN];
};

/* ---- reading ------------------------------------------------------------------------------- */

static int by_id(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	return (x->u.id > y->u.id) - (x->u.id < y->u.id);
}

long geography_find(const struct geography *g, int64_t id)
{
	struct place key = {.u.id = id}, *hit;

	hit = g->n ? bsearch(&key, g->place, g->n, sizeof key, by_id) : NULL;
	return hit ? hit - g->place : NONE;
}

static int read_units(struct store *s, struct geography *g)
{
	sqlite3_stmt *st = NULL;
	int64_t n;
	int rc = db_int(s, &n, "SELECT count(*) FROM unit", "");

	if (!rc && n > GEOGRAPHY_UNITS_MAX)
		rc = err(ERR_TOOBIG, "more than %d units", GEOGRAPHY_UNITS_MAX);
	if (!rc) {
		g->place = calloc((size_t)n + 1, sizeof *g->place);
		if (!g->place)
			rc = err(ERR_NOMEM, "out of memory");
	}
	if (!rc)
		rc = db_prepare(s, "SELECT " UNIT_COLUMNS " FROM unit ORDER BY id", &st);
	while (!rc && g->n < (size_t)n && (rc = db_step(s, st)) == 1) {
		unit_read(st, &g->place[g->n++].u);
		rc = 0;
	}
	sqlite3_finalize(st);
	return rc < 0 ? rc : 0;
}

static int link_order(const void *a, const void *b)
{
	const struct link *x = a, *y = b;

	if (x->from != y->from)
		return (x->from > y->from) - (x->from < y->from);
	return (x->to > y->to) - (x->to < y->to);
}

static int read_links(struct store *s, struct geography *g)
{
	sqlite3_stmt *st = NULL;
	int64_t n;
	int rc = db_int(s, &n, "SELECT count(*) FROM (SELECT DISTINCT unit, became FROM successor)",
	                "");

	if (!rc && n > GEOGRAPHY_UNITS_MAX)
		rc = err(ERR_TOOBIG, "more than %d changes of units", GEOGRAPHY_UNITS_MAX);
	if (!rc) {
		g->forward = calloc((size_t)n + 1, sizeof *g->forward);
		g->back = calloc((size_t)n + 1, sizeof *g->back);
		if (!g->forward || !g->back)
			rc = err(ERR_NOMEM, "out of memory");
	}
	if (!rc)
		rc = db_prepare(s, "SELECT DISTINCT unit, became FROM successor", &st);
	while (!rc && g->nlink < (size_t)n && (rc = db_step(s, st)) == 1) {
		struct link l = {geography_find(g, sqlite3_column_int64(st, 0)),
		                 geography_find(g, sqlite3_column_int64(st, 1))};

		rc = 0;
		if (l.from == NONE || l.to == NONE || l.from == l.to)
			continue;
		g->forward[g->nlink] = l;
		g->back[g->nlink].from = l.to;
		g->back[g->nlink++].to = l.from;
	}
	sqlite3_finalize(st);
	if (g->nlink) {
		qsort(g->forward, g->nlink, sizeof *g->forward, link_order);
		qsort(g->back, g->nlink, sizeof *g->back, link_order);
	}
	return rc < 0 ? rc : 0;
}

/* ---- what became of what ------------------------------------------------------------------- */

static bool in_force(const struct unit *u, const char *day)
{
	return strcmp(u->valid_from, day) <= 0 && (!*u->valid_to || strcmp(u->valid_to, day) >= 0);
}

/* The first link of links from i on; *n how many. */
static const struct link *links_of(const struct geography *g, const struct link *links, long i,
                                   size_t *n)
{
	size_t lo = 0, hi = g->nlink, mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (links[mid].from < i)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (*n = 0; lo + *n < g->nlink && links[lo + *n].from == i; ++*n)
		;
	return links + lo;
}

/* Where the one way leads that stays at i's level, or without one at any level (a level may be
 * abolished, and its units then lie in the one above). Backwards only at its level. */
static long one_way(const struct geography *g, const struct link *links, long i, bool any)
{
	long same = NONE, other = NONE;
	size_t n, nsame = 0, k;
	const struct link *l = links_of(g, links, i, &n);

	for (k = 0; k < n; k++) {
		if (g->place[l[k].to].u.level == g->place[i].u.level) {
			same = l[k].to;
			nsame++;
		} else {
			other = l[k].to;
		}
	}
	if (nsame)
		return nsame == 1 ? same : NONE;
	return any && n == 1 ? other : NONE;
}

static long resolve(const struct geography *g, long i, const char *day)
{
	const struct unit *u;
	int step;

	for (step = 0; i != NONE && step < UNIT_DEPTH_MAX; step++) {
		u = &g->place[i].u;
		if (in_force(u, day))
			return i;
		if (strcmp(u->valid_from, day) > 0)
			i = one_way(g, g->back, i, false);
		else
			i = one_way(g, g->forward, i, true);
	}
	return NONE;
}

long geography_becomes(const struct geography *g, long i)
{
	return g->place[i].on_at;
}

static size_t holders(const struct geography *g, long i, bool on_day, long out[UNIT_DEPTH_MAX])
{
	enum level last = LEVELS;
	size_t n = 0;
	long here;
	int step;

	for (step = 0; i != NONE && step < UNIT_DEPTH_MAX; step++) {
		here = on_day ? g->place[i].on_day : g->place[i].on_at;
		if (here != NONE && g->place[here].u.level < last) {
			last = g->place[here].u.level;
			out[n++] = here;
		}
		i = g->place[here == NONE ? i : here].up;
	}
	return n;
}

size_t geography_holders(const struct geography *g, int64_t unit, long out[UNIT_DEPTH_MAX])
{
	long i = geography_find(g, unit);

	return holders(g, i == NONE ? g->root : i, false, out);
}

/* ---- the trees of the two days ---------------------------------------------------------------- */

static int code_order(const void *a, const void *b, void *places)
{
	const struct place *place = places;
	const struct unit *x = &place[*(const long *)a].u, *y = &place[*(const long *)b].u;
	int d = strcmp(y->code, x->code); /* last first: each is put at the head of its list */

	return d ? d : strcmp(y->valid_from, x->valid_from);
}

static void hang(struct geography *g, long i, bool on_day)
{
	struct place *p = &g->place[i];
	long holder[UNIT_DEPTH_MAX];
	size_t n;

	if ((on_day ? p->on_day : p->on_at) != i)
		return;
	n = holders(g, i, on_day, holder);
	if (n < 2)
		return;
	if (on_day) {
		p->day_next = g->place[holder[1]].day_child;
		g->place[holder[1]].day_child = i;
	} else {
		p->at_next = g->place[holder[1]].at_child;
		g->place[holder[1]].at_child = i;
	}
}

static int make_trees(struct geography *g)
{
	long *order = calloc(g->n + 1, sizeof *order);
	size_t i;

	if (!order)
		return err(ERR_NOMEM, "out of memory");
	for (i = 0; i < g->n; i++) {
		struct place *p = &g->place[i];

		order[i] = (long)i;
		p->up = p->u.parent ? geography_find(g, p->u.parent) : NONE;
		p->day_child = p->day_next = p->at_child = p->at_next = NONE;
		p->own = p->expected = -1;
		p->on_day = resolve(g, (long)i, g->day);
		p->on_at = resolve(g, (long)i, g->at);
	}
	qsort_r(order, g->n, sizeof *order, code_order, g->place);
	for (i = 0; i < g->n; i++) {
		hang(g, order[i], true);
		hang(g, order[i], false);
	}
	free(order);
	return 0;
}

/* ---- what lies in them --------------------------------------------------------------------- */

static void add(int64_t *sum, int64_t v)
{
	if (v >= 0)
		*sum = (*sum < 0 ? 0 : *sum) + v;
}

/* Households of i: its own figure, else its children's of that day, else its predecessors'. */
static int64_t households(const struct geography *g, long i, int depth)
{
	const struct place *p = &g->place[i];
	const struct link *l;
	int64_t sum = -1;
	size_t n, k;
	long c;

	if (p->u.households >= 0 || depth == UNIT_DEPTH_MAX)
		return p->u.households;
	for (c = p->day_child; c != NONE; c = g->place[c].day_next)
		add(&sum, households(g, c, depth + 1));
	if (sum >= 0)
		return sum;
	l = links_of(g, g->back, i, &n);
	for (k = 0; k < n; k++)
		if (g->place[l[k].to].u.level == p->u.level)
			add(&sum, households(g, l[k].to, depth + 1));
	return sum;
}

/* Adds what is expected in the units of a level: of the coarsest units of the day that lie in one. */
static void expect(struct geography *g, long i, enum level level, int depth)
{
	long holder[UNIT_DEPTH_MAX], c;
	size_t n = holders(g, i, false, holder), k;

	for (k = 0; k < n; k++) {
		if (g->place[holder[k]].u.level != level)
			continue;
		add(&g->place[holder[k]].expected, households(g, i, 0));
		return;
	}
	if (depth < UNIT_DEPTH_MAX)
		for (c = g->place[i].day_child; c != NONE; c = g->place[c].day_next)
			expect(g, c, level, depth + 1);
}

static void count_all(struct geography *g)
{
	long holder[UNIT_DEPTH_MAX], root;
	enum level level;
	size_t i, k, n;

	for (i = 0; i < g->n; i++) {
		if (g->place[i].on_day != (long)i)
			continue;
		n = holders(g, (long)i, false, holder);
		for (k = 0; k < n; k++)
			g->place[holder[k]].count[g->place[i].u.level]++;
	}
	root = g->root == NONE ? NONE : g->place[g->root].on_day;
	for (level = LEVEL_PROVINCE; root != NONE && level <= LEVEL_VILLAGE; level++)
		expect(g, root, level, 0);
}

/* ---- asking -------------------------------------------------------------------------------- */

int geography_open(struct store *s, const char *day, const char *at, struct geography **out)
{
	struct geography *g = calloc(1, sizeof *g);
	int64_t root;
	int rc;

	*out = NULL;
	if (!g)
		return err(ERR_NOMEM, "out of memory");
	value_today(clock_now_ms(s), g->day);
	if (day)
		memcpy(g->day, day, DATE_LEN);
	memcpy(g->at, at ? at : g->day, DATE_LEN);
	rc = read_units(s, g);
	if (!rc)
		rc = read_links(s, g);
	if (!rc)
		rc = make_trees(g);
	if (rc) {
		geography_close(g);
		return rc;
	}
	g->root = unit_root(s, &root) ? NONE : geography_find(g, root);
	count_all(g);
	*out = g;
	return 0;
}

void geography_close(struct geography *g)
{
	if (!g)
		return;
	free(g->place);
	free(g->forward);
	free(g->back);
	free(g);
}

size_t geography_size(const struct geography *g)
{
	return g->n;
}

long geography_by_code(const struct geography *g, const char *code)
{
	size_t i;

	for (i = 0; i < g->n; i++)
		if (g->place[i].on_at == (long)i && !strcmp(g->place[i].u.code, code))
			return (long)i;
	return NONE;
}

const struct unit *geography_unit(const struct geography *g, size_t i)
{
	return &g->place[i].u;
}

int64_t geography_count(const struct geography *g, long i, enum level level)
{
	return g->place[i].count[level];
}

int64_t geography_households(const struct geography *g, long i)
{
	return g->place[i].expected;
}

static int walk(const struct geography *g, long i, enum level level, int depth,
                int (*fn)(void *arg, const struct unit *u), void *arg)
{
	const struct unit *u = &g->place[i].u;
	long c;
	int rc = 0;

	if (u->level == level)
		return fn(arg, u);
	if (u->level < level && depth < UNIT_DEPTH_MAX)
		for (c = g->place[i].at_child; !rc && c != NONE; c = g->place[c].at_next)
			rc = walk(g, c, level, depth + 1, fn, arg);
	return rc;
}

int geography_each(const struct geography *g, long i, enum level level,
                   int (*fn)(void *arg, const struct unit *u), void *arg)
{
	return walk(g, i, level, 0, fn, arg);
}
