/* indicator.h - an indicator is a query: a share, its numerator and denominator, its target; or a plain
 * number, which has a numerator only (sessions held, dead spots that are open).
 *
 * Only the latest record of each thing counts (indicator.latest_by, dated by the form's date
 * question; _unit: the latest of a unit, _id: every record) up to a day; things that were joined (same.h) are one. Expressions come from the ref feed and are run behind an SQLite
 * authorizer: they read that form's tables and nothing else.
 */
#ifndef STORAGE_INDICATOR_H
#define STORAGE_INDICATOR_H

#include "storage/buf.h"
#include "storage/store.h"

#include <stdbool.h>

struct indicator {
	int64_t id;
	const char *code, *label; /* label: JSON object, see form_label() */
	const char *counts;       /* people, households, villages, teams */
	const char *direction;    /* up, down */
	bool plain;               /* a number and no share: it has no denominator, nor a target */
};

struct figure {
	int64_t numerator, denominator; /* share is their ratio; none when denominator is 0, as it
	                                   always is for a plain number */
	double target;                  /* 0 to 1, or -1 when no target is set */
	int64_t target_year;            /* year that the target is for */
};

/* Walks the indicators in report order; i lives until fn returns. */
int indicator_each(struct store *s, int (*fn)(void *arg, const struct indicator *i), void *arg);
/* The figure of one unit and all below it, with records dated up to day (YYYY-MM-DD, or NULL:
 * all). The target is that of the day's year, or the nearest year's; of unit or the nearest
 * one above it. ERR_NOTFOUND, ERR_BAD for an expression that does not run, naming the code. */
int indicator_eval(struct store *s, const char *code, int64_t unit, const char *day,
                   struct figure *out);

/* CSV with code,order,label::Vietnamese (vi),label::English (en),form,latest_by,numerator,
 * denominator,counts,direction, where an empty denominator makes a plain number; and targets with indicator,unit_code,year,share,document. An
 * empty unit_code is the root. What is there already (same code; same indicator, unit and
 * year) is changed to the new values. Errors name file, line and column. */
int indicator_import(struct store *s, const char *text, size_t len, size_t *changed);
int target_import(struct store *s, const char *text, size_t len, size_t *changed);
/* CSV with indicator,weight: what the indicator counts beside the others in a score (score.h), from 0
 * (nothing) to WEIGHT_MAX. Plain numbers have none. */
#define WEIGHT_MAX 1000000
int weight_import(struct store *s, const char *text, size_t len, size_t *changed);
/* The same files with what is set now, each behind what out holds: they import without a change.
 * Texts in at most INDICATOR_LANGUAGES languages. */
#define INDICATOR_LANGUAGES 16
int indicator_export(struct store *s, struct buf *indicators, struct buf *targets,
                     struct buf *weights);
/* Takes an indicator out of all reports, with its targets and its weight; its records stay. Root
 * only. ERR_NOTFOUND names a code that is not here. */
int indicator_drop(struct store *s, const char *code);
/* The weight of the indicator with that row id; 0 without one. */
int indicator_weight(struct store *s, int64_t indicator, double *out);
/* The built-in ones: embed_forms' indicators.csv, targets.csv and weights.csv. */
int indicator_add_builtin(struct store *s);

#endif
