/* export.h - what goes out of the program, each kind in a file of its own. */
#ifndef AGENT_EXPORT_H
#define AGENT_EXPORT_H

#include "agent/cmd.h"

struct exporting {
	struct ctx *ctx;       /* its home is open */
	const char *form;      /* code, or NULL: none was named */
	int64_t unit;          /* only of this unit and those below it; 0: all */
	const char *path;      /* file or folder to write to; NULL: stdout */
	bool without_personal; /* leave out the answers to personal questions */
	const char *day;       /* records dated up to it, YYYY-MM-DD; NULL: all */
	const char *license;   /* IRI of the licence of open data; NULL: CC BY 4.0 */
};

int export_rows(struct exporting *x); /* CSV, or JSON with --json */
int export_open(struct exporting *x); /* figures by unit for everybody, see storage/open_data.h */
int export_odk(struct exporting *x);  /* ODK instances */

#endif
