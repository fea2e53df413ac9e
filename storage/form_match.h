/* form_match.h - a new draft against the form as it stands; for form_add.c. */
#ifndef STORAGE_FORM_MATCH_H
#define STORAGE_FORM_MATCH_H

#include "storage/form_draft.h"

/* Gives the questions and choices of new the ids, tables and columns they have in old, and the
 * new ones tables and columns (id stays 0). ERR_BAD for what may not change. */
int form_match(struct draft *new, struct draft *old);
/* What a question is when names are compared: "answer", "repeat", "group" or "note". */
const char *form_kind(enum qtype type);

#endif
