/* submitted.h - what was handed in for a period by a unit, and whether that was in time. */
#ifndef AGENT_SUBMITTED_H
#define AGENT_SUBMITTED_H

#include "agent/report.h"
#include "storage/submission.h"

#define HASH_TEXT (2 * HASH_LEN + 1)

struct handed_in {
	int64_t versions;                     /* rows; 0: nothing was handed in */
	int64_t version;                      /* the highest */
	int64_t id;                           /* its row */
	char first[DATE_LEN], last[DATE_LEN]; /* day of the first and of the last; "" without */
	char due[DATE_LEN];                   /* last day in time */
	int64_t days_late;      /* of the first, or of today where there is none; 0: in time */
	uint32_t node;          /* who handed the last one in */
	uint8_t hash[HASH_LEN]; /* of the last one */
	bool intact;            /* that hash is the figures' */
};
/* For r->period; r is opened. */
int handed_in(struct report *r, int64_t unit, struct handed_in *out);
/* `report submitted show [VERSION]`, in report_submitted_show.c. */
int report_submitted_show(struct report *r);
char *hash_text(const uint8_t hash[HASH_LEN], char out[HASH_TEXT]);

#endif
