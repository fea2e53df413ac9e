/* pair.h - a root, an office and one device that has joined and not enrolled yet. */
#ifndef TESTS_UNIT_PAIR_H
#define TESTS_UNIT_PAIR_H

#include "tests/unit/rig.h"

struct pair {
	struct rig_node root, office, dev;
	int64_t unit;
};

static inline void start(struct pair *p)
{
	rig_root(&p->root);
	rig_join(&p->office, &p->root, "C", ROLE_OFFICE);
	rig_enrol(&p->office, &p->root);
	rig_sync(&p->office, &p->root);
	rig_join(&p->dev, &p->office, "C-1", ROLE_DEVICE);
	p->unit = p->dev.s->self.scope;
}

static inline void stop(struct pair *p)
{
	rig_stop(&p->dev);
	rig_stop(&p->office);
	rig_stop(&p->root);
}

#endif
