/* indicator_row.h - an indicator as it is stored; for indicator*.c, open_*.c only. */
#ifndef STORAGE_INDICATOR_ROW_H
#define STORAGE_INDICATOR_ROW_H

#include "storage/indicator_expr.h"

struct indicator_row {
	int64_t id, ord;
	char *code, *label, *form, *latest_by, *numerator, *denominator, *counts,
		*direction; /* owned */
};

/* ERR_DENIED where indicators may not be set. */
int indicator_root_only(const struct store *s);
/* ERR_NOTFOUND without text. */
int indicator_load(struct store *s, const char *code, struct indicator_row *out);
void indicator_release(struct indicator_row *i);
/* What its two expressions are, by their text alone; an empty denominator is EXPR_NONE. ERR_BAD. */
int indicator_kinds(const struct indicator_row *i, enum expr_kind *numerator,
                    enum expr_kind *denominator);
/* The table and columns it needs; ERR_BAD names what is not here. */
int indicator_counted(struct store *s, const struct indicator_row *i, struct counted *out);

#endif
