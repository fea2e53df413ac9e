/* write.h - the CSV files of one device or office, and the count of what they hold. */
#ifndef GEN_WRITE_H
#define GEN_WRITE_H

#include "tests/gen/model.h"

struct job {
	const struct province *province;
	const struct commune *commune;
	uint32_t village;       /* from 1; 0: the commune's office */
	uint32_t device;        /* of that village, from 1 */
	uint32_t first, visits; /* households visited: first, and how many */
	uint32_t skip;          /* office: villages that record their own */
	const char *out;        /* folder, which is there */
};

/* households.csv, visits.csv, training.csv, and for device 1 the village's row in signal.csv and
 * team.csv; counts.tsv. 0, or 1 after saying on stderr what could not be written. */
int write_village(const struct job *j);
/* signal.csv and team.csv with a column `unit`; counts.tsv. */
int write_office(const struct job *j);

#endif
