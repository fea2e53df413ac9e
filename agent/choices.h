/* choices.h - a question's choices as columns or rows of a report. */
#ifndef AGENT_CHOICES_H
#define AGENT_CHOICES_H

#include "storage/store.h"

#define CHOICES_MAX 64 /* those beyond are counted with the last, "other" */

/* The last one is what is none of the others. Caller-owned: {0}, then choices_close(). */
struct choices {
	char *name[CHOICES_MAX + 1],
		*label[CHOICES_MAX + 1]; /* owned; label in the user's language */
	size_t n, most;
};
/* At most most of them (up to CHOICES_MAX), the other one included. ERR_NOTFOUND: the form or the
 * question is not here. */
int choices_open(struct store *s, const char *form, const char *question, size_t most,
                 struct choices *out);
void choices_close(struct choices *c);
/* The index of one by name; NULL or not listed: the last. */
size_t choices_find(const struct choices *c, const char *name);

#endif
