/* choices.c - a question's choices as columns or rows of a report. */
#include "agent/choices.h"
#include "agent/i18n.h"
#include "storage/err.h"
#include "storage/form.h"

#include <stdlib.h>
#include <string.h>

static int put(struct choices *c, const char *name, const char *label)
{
	c->name[c->n] = strdup(name);
	c->label[c->n] = strdup(label);
	c->n++;
	return c->name[c->n - 1] && c->label[c->n - 1] ? 0 : err(ERR_NOMEM, "out of memory");
}

static int add(void *arg, const char *name, const char *json)
{
	struct choices *c = arg;
	struct buf label = {0};
	int rc = 0;

	if (c->n + 1 >= c->most || !strcmp(name, "other")) /* they are one */
		return 0;
	form_label(json, i18n_lang(), &label);
	rc = put(c, name, label.len ? buf_cstr(&label) : name);
	buf_release(&label);
	return rc;
}

int choices_open(struct store *s, const char *form, const char *question, size_t most,
                 struct choices *out)
{
	const struct question *q;
	struct form *f = NULL;
	int rc = form_load(s, form, &f);

	out->most = most < CHOICES_MAX ? most : CHOICES_MAX;
	q = rc ? NULL : form_question(f, question);
	if (!rc && (!q || !q->list))
		rc = err(ERR_NOTFOUND, "the form %s is not here yet: sync first", form);
	if (!rc)
		rc = form_choices(s, f, q->list, add, out);
	if (!rc)
		rc = put(out, "other", _("other"));
	form_free(f);
	return rc;
}

void choices_close(struct choices *c)
{
	size_t i;

	for (i = 0; i < c->n; i++) {
		free(c->name[i]);
		free(c->label[i]);
	}
}

size_t choices_find(const struct choices *c, const char *name)
{
	size_t i;

	for (i = 0; name && i + 1 < c->n; i++)
		if (!strcmp(c->name[i], name))
			return i;
	return c->n - 1;
}
