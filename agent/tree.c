/* tree.c - walking down the tree of places. */
#include "agent/tree.h"

#include "agent/i18n.h"

struct walk {
	struct store *s;
	enum level level;
	int (*fn)(void *arg, const struct unit *u);
	void *arg;
	int depth;
};

static int visit(void *arg, const struct unit *u)
{
	struct walk *w = arg;
	int rc = 0;

	if (*u->valid_to)
		return 0;
	if (u->level == w->level)
		return w->fn(w->arg, u);
	/* a loop in received rows ends here too */
	if (u->level < w->level && w->depth < UNIT_DEPTH_MAX) {
		w->depth++;
		rc = unit_each(w->s, u->id, visit, w);
		w->depth--;
	}
	return rc;
}

int tree_level(struct store *s, const struct unit *top, enum level level,
               int (*fn)(void *arg, const struct unit *u), void *arg)
{
	struct walk w = {s, level, fn, arg, 0};

	return visit(&w, top);
}

const char *tree_level_title(enum level level)
{
	static const char *const title[] = {"", N_("province"), N_("district"), N_("commune"),
	                                    N_("village")};

	return level > LEVEL_NONE && level <= LEVEL_VILLAGE ? _(title[level]) : "";
}
