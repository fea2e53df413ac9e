/* hostile.c - a node whose key somebody else holds, and packs that nobody signed. */
#include "tests/sim/model.h"

void hostile_act(struct sim_node *n)
{
	(void)n;
}
