/* json_read.h - JSON (RFC 8259) that need not be trusted, read member by member from memory.
 *
 * The first error sticks: then nothing more is found, so that whoever reads checks once, at the end.
 *	for (json_read_begin(&j, '{'); json_read_key(&j, &key);)
 *		... read or json_read_skip() the value ...
 * Copying the struct marks a place to come back to.
 */
#ifndef STORAGE_JSON_READ_H
#define STORAGE_JSON_READ_H

#include "storage/buf.h"

#include <stdbool.h>

#define JSON_READ_DEPTH_MAX 32 /* objects and arrays within each other */

struct json_read {
	const char *text, *at; /* borrowed, NUL-terminated; the place come to */
	int depth;
	bool fresh; /* within an object or array of which nothing was read yet */
	int rc;     /* 0 or ERR_*, sticky: ERR_BAD with the line, ERR_TOOBIG too deep, ERR_NOMEM */
};

void json_read_open(struct json_read *j, const char *text);
/* What comes next: '{', '[', '"', or the first character of another value; 0 at the end or after an error. */
char json_read_peek(struct json_read *j);
void json_read_begin(struct json_read *j, char bracket);   /* '{' or '[' comes next */
bool json_read_key(struct json_read *j, struct buf *key);  /* false behind the object's end */
bool json_read_item(struct json_read *j);                  /* false behind the array's end */
void json_read_text(struct json_read *j, struct buf *out); /* any scalar; null is "" */
double json_read_number(struct json_read *j);              /* finite; 0 after an error */
void json_read_skip(struct json_read *j);                  /* any value */
int json_read_end(struct json_read *j);                    /* nothing may follow; 0 or the error */
int json_read_bad(struct json_read *j);                    /* "line N: this is not JSON: ..." */

#endif
