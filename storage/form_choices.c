/* form_choices.c - a draft's lists of choices: their order, and whether questions find theirs. */
#include "storage/err.h"
#include "storage/form_draft.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

static int by_row(const void *a, const void *b)
{
	const struct draft_choice *x = *(struct draft_choice *const *)a,
				  *y = *(struct draft_choice *const *)b;
	int d = strcmp(x->list, y->list);

	return d ? d : (x->row > y->row) - (x->row < y->row);
}

static int by_name(const void *a, const void *b)
{
	const struct draft_choice *x = *(struct draft_choice *const *)a,
				  *y = *(struct draft_choice *const *)b;
	int d = strcmp(x->list, y->list);

	if (!d)
		d = strcmp(x->name, y->name);
	return d ? d : (x->row > y->row) - (x->row < y->row);
}

static const struct draft_choice *choice_named(struct draft_choice *const *sorted, size_t n,
                                               const char *list, const char *name)
{
	size_t lo = 0, hi = n, mid;
	int d;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		d = strcmp(sorted[mid]->list, list);
		if (!d && name)
			d = strcmp(sorted[mid]->name, name);
		if (!d)
			return sorted[mid];
		if (d < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

static int check_lists(const struct draft *d, struct draft_choice **sorted)
{
	const struct draft_question *q;
	size_t i;

	for (i = 1; i < d->nc; i++)
		if (!strcmp(sorted[i]->list, sorted[i - 1]->list) &&
		    !strcmp(sorted[i]->name, sorted[i - 1]->name))
			return err(ERR_BAD,
			           "sheet choices, row %u, column name: %s is in row %u already",
			           sorted[i]->row, sorted[i]->name, sorted[i - 1]->row);
	for (q = d->q; q < d->q + d->nq; q++) {
		if (q->type != Q_SELECT_ONE && q->type != Q_SELECT_MULTIPLE)
			continue;
		if (!choice_named(sorted, d->nc, q->list, NULL))
			return err(
				ERR_BAD,
				"sheet survey, row %u, column type: sheet choices has no list %s",
				q->row, q->list);
		if (q->preset && q->type == Q_SELECT_ONE &&
		    !form_preset_computed(q->type, q->preset) &&
		    !choice_named(sorted, d->nc, q->list, q->preset))
			return err(ERR_BAD,
			           "sheet survey, row %u, column default: %s is not in list %s",
			           q->row, q->preset, q->list);
	}
	return 0;
}

static int add_other(struct draft *d, const char *list)
{
	struct draft_choice *c;
	size_t i;

	for (i = 0; i < d->nc; i++)
		if (!strcmp(d->c[i].list, list) && !strcmp(d->c[i].name, "other"))
			return 0;
	c = draft_add_choice(d);
	if (!c)
		return ERR_NOMEM;
	c->row = UINT_MAX; /* behind the others of its list */
	c->list = strdup(list);
	c->name = strdup("other");
	c->label = strdup("{\"vi\":\"Khác\",\"en\":\"Other\"}");
	return c->list && c->name && c->label ? 0 : err(ERR_NOMEM, "out of memory");
}

/* The choice that "or_other" adds to a list that has none. */
static int add_others(struct draft *d)
{
	size_t i;
	int rc = 0;

	for (i = 0; !rc && i < d->nq; i++)
		if (d->q[i].other)
			rc = add_other(d, d->q[i].list);
	return rc;
}

int draft_check_choices(struct draft *d)
{
	struct draft_choice **sorted;
	size_t i;
	int rc = add_others(d);

	if (rc)
		return rc;
	sorted = calloc(d->nc + 1, sizeof *sorted);
	if (!sorted)
		return err(ERR_NOMEM, "out of memory");
	for (i = 0; i < d->nc; i++)
		sorted[i] = d->c + i;
	qsort(sorted, d->nc, sizeof *sorted, by_row);
	for (i = 1; i < d->nc; i++)
		if (!strcmp(sorted[i]->list, sorted[i - 1]->list))
			sorted[i]->ord = sorted[i - 1]->ord + 1;
	qsort(sorted, d->nc, sizeof *sorted, by_name);
	rc = check_lists(d, sorted);
	free(sorted);
	return rc;
}
