/* views_name.c - names of views and their columns, each once. */
#include "storage/err.h"
#include "storage/views_in.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static char *with(const char *name, const char *more, int i)
{
	char *text = i ? sqlite3_mprintf("%s (%s %d)", name, more, i + 1)
	               : sqlite3_mprintf("%s (%s)", name, more);
	char *copy = text ? strdup(text) : NULL;

	sqlite3_free(text);
	return copy;
}

static struct view *view_named(struct views *v, const char *name)
{
	size_t i;

	for (i = 0; i < v->n; i++)
		if (!strcasecmp(v->view[i].name, name))
			return &v->view[i];
	return NULL;
}

/* A view with that name, or where it is taken, with more of one; NULL: out of memory. Two forms may have
 * the same title, a form may be called unit. */
struct view *view_add(struct views *v, const char *name, const char *code, const char *lang)
{
	struct view *more = realloc(v->view, (v->n + 1) * sizeof *more);
	char *full = strdup(name);
	int i;

	if (more)
		v->view = more;
	for (i = 0; full && view_named(v, full); i++) {
		free(full);
		full = with(name, code, i);
	}
	if (!more || !full) {
		free(full);
		return NULL;
	}
	more = &v->view[v->n++];
	*more = (struct view){.name = full, .lang = lang};
	return more;
}

static bool column_taken(const struct view *w, const char *name)
{
	size_t i;

	for (i = 0; i < w->columns; i++)
		if (!strcasecmp(w->column[i].name, name))
			return true;
	return false;
}

int view_add_column(struct view *w, const char *name, const char *about)
{
	struct view_column *more = realloc(w->column, (w->columns + 1) * sizeof *more), *c;
	char *full = strdup(*name ? name : about), *told = about ? strdup(about) : NULL;
	int i;

	if (more)
		w->column = more;
	for (i = 0; full && column_taken(w, full); i++) {
		free(full);
		full = with(name, about ? about : "", i);
	}
	if (!more || !full || (about && !told)) {
		free(full);
		free(told);
		return err(ERR_NOMEM, "out of memory");
	}
	c = &w->column[w->columns++];
	c->name = full;
	c->about = told;
	return 0;
}
