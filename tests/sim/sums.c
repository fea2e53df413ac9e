/* sums.c - what offices keep of their records' sums (rollup.h) is what the records give. */
#include "storage/figures.h"
#include "tests/sim/sim.h"

#include <string.h>

#define TURN 24 /* events after which somebody reads a report */

/* One of each kind of thing that is counted. */
static const char *const indicators[] = {
	"code,order,form,latest_by,numerator,denominator,counts,direction\n"
	"latest,1,a,t1,sum(n1),count(*),things,up\n"
	"all,2,a,_id,sum(n1),count(n1),things,up\n"
	"unit,3,a,_unit,sum(n1),:villages,things,up\n",
	"code,order,form,latest_by,numerator,denominator,counts,direction\n"
	"other,4,b,t1,count(t1),count(*),things,up\n",
};

int sums_write(struct sim_node *root, int form)
{
	size_t n;

	return indicator_import(root->s, indicators[form], strlen(indicators[form]), &n);
}

/* NULL where an indicator came and not the form that it counts. */
static struct figures *read(struct sim_node *n, bool recount)
{
	const struct figures_of of = {.recount = recount};
	struct figures *f;
	int rc = figures_open(n->s, &of, &f);

	if (rc && rc != ERR_BAD)
		must(n->w, rc, "add up");
	return f;
}

static void compare(struct sim_node *n, const struct figures *kept, const struct figures *walked)
{
	struct figure a, b;
	size_t i, k;

	for (i = 0; i < geography_size(figures_geography(kept)); i++) {
		for (k = 0; k < figures_size(kept); k++) {
			figures_get(kept, k, (long)i, &a);
			figures_get(walked, k, (long)i, &b);
			if (memcmp(&a, &b, sizeof a) != 0)
				fail(n->w,
				     "node %d keeps %lld of %lld for indicator %s of a unit, its records "
				     "give %lld of %lld",
				     n->index, (long long)a.numerator, (long long)a.denominator,
				     figures_indicator(kept, k)->code, (long long)b.numerator,
				     (long long)b.denominator);
		}
	}
}

void sums_check(struct sim_node *n)
{
	struct figures *kept, *walked;

	if (n->role == ROLE_DEVICE) /* it keeps none */
		return;
	kept = read(n, false);
	walked = read(n, true);
	if (!kept != !walked)
		fail(n->w, "node %d can add up only what it keeps, or only what it does not",
		     n->index);
	if (kept)
		compare(n, kept, walked);
	figures_close(kept);
	figures_close(walked);
}

void sums_read(struct world *w)
{
	struct sim_node *n = &w->node[w->events / TURN % (unsigned)w->nnode];

	if (w->events % TURN == 0 && n->s && !n->hostile && n->role != ROLE_DEVICE)
		figures_close(read(n, false));
}
