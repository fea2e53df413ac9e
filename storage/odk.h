/* odk.h - records as submissions of ODK Collect and KoboToolbox, out and in.
 *
 * Out: instance XML, as https://getodk.github.io/xforms-spec has it: a root with the form's id and version,
 * groups and repeats as elements, orx:meta/orx:instanceID (origin.h). The unit is an attribute of the root.
 *
 * In: such instances; and tables in CSV, as ODK Central and KoboToolbox write them: a main table, and one for
 * each repeat that names its rows' parents. What comes need not be trusted. It goes on as lines of JSON, as
 * paper_fill_json() takes them with paper_submitted(), and three members more: "_instance" is the
 * instanceID, "_was" those that the submission had before (origin_find()), "unit" the unit's code.
 */
#ifndef STORAGE_ODK_H
#define STORAGE_ODK_H

#include "storage/paper.h"

#define ODK_INSTANCE_MAX (16u * 1024 * 1024) /* bytes of an instance */
#define ODK_TABLES_MAX 64              /* of one export: as many repeats as a form may well have */
#define ODK_COLUMNS_MAX 20000          /* of a table: select_multiple takes one a choice */
#define ODK_ROWS_MAX 1000000           /* of all tables: their index is held */
#define ODK_UNIT_XMLNS "urn:cayda:odk" /* of the root's attribute unit */

/* ---- out ----------------------------------------------------------------------------------- */

struct odk_out {
	struct store *s;
	const struct form *f;
	bool without_personal;
	/* Appends what a linked record is known by where ids are others. */
	int (*link)(void *arg, const struct question *q, const char *id, struct buf *out);
	void *arg;
};
/* A stored record as an instance; p is it, loaded. Appended to out. */
int odk_put(const struct odk_out *o, const struct paper *p, const struct record *r,
            const char *unit, struct buf *out);

/* ---- in ------------------------------------------------------------------------------------ */

/* Where a line comes from. */
struct odk_place {
	const char *file; /* as it was handed in */
	unsigned row;     /* line of the file; 0: all of it */
	const char *why;  /* why it cannot be taken; NULL: it can */
};
struct odk_sink {
	/* A line of JSON, at most as long as the input lets it be; it lives until fn returns. */
	int (*line)(void *arg, const struct odk_place *at, const struct buf *json);
	/* Something in the file that the form does not ask, told once: a column or an element. */
	int (*strange)(void *arg, const char *file, const char *name);
	void *arg;
};
struct odk_counts {
	size_t known;  /* submissions of which everything is here: they gave no line */
	size_t others; /* instances and tables that are not of this form */
};
struct odk;

/* Store, form and sink are borrowed until odk_close(). */
int odk_open(struct store *s, const struct form *f, const struct odk_sink *sink, struct odk **out);
void odk_close(struct odk *o); /* NULL is allowed */
/* An instance. Among others (a folder of them): one of another form is counted, no fault. */
int odk_instance(struct odk *o, const char *file, const void *data, size_t len, bool among);
/* A table; file and text are borrowed until odk_close(). Among others: one that is not of this form is
 * counted. ERR_BAD when it is none. */
int odk_table(struct odk *o, const char *file, const char *text, size_t len, bool among);
/* Joins the tables and gives their lines, the main table's order. ERR_BAD: they do not fit together. */
int odk_join(struct odk *o);
const struct odk_counts *odk_counts(const struct odk *o);

#endif
