/* regex_step.h - a pattern as a program; for regex*.c only. */
#ifndef STORAGE_REGEX_STEP_H
#define STORAGE_REGEX_STEP_H

#include "storage/regex.h"

#include <stdint.h>

enum op { OP_CLASS, OP_SPLIT, OP_JUMP, OP_START, OP_END, OP_EDGE, OP_NO_EDGE, OP_MATCH };

struct step {
	enum op op;
	bool other; /* OP_CLASS: what is in none of its ranges */
	int to;     /* OP_SPLIT, OP_JUMP: the other place, relative */
	int at, nr; /* OP_CLASS: its ranges */
};

#define REGEX_RANGES_MAX (3 * REGEX_TEXT_MAX) /* two bytes of a pattern are five at most: \W */
struct range {
	uint32_t lo, hi;
};

struct regex {
	struct step *step;
	size_t n;
	struct range *range;
	size_t nr;
};

/* The character at *p, which is left behind it; a byte that is no UTF-8 is itself. */
uint32_t regex_char(const char **p);
/* regex_read.c: reads the pattern into r, which has room for REGEX_STEPS_MAX steps and
 * REGEX_RANGES_MAX ranges. */
int regex_read(const char *pattern, struct regex *r);

#endif
