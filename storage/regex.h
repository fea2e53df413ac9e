/* regex.h - does a whole text match a pattern? In time that its length bounds.
 *
 * The patterns of ODK's regex(): literals, . \d \D \w \W \s \S \b \B, classes, groups, | * + ? {m,n},
 * lazy or not, ^ $, \xHH and \uHHHH. Not those that need a search back (\1, look-ahead): refused.
 * A text is matched character by character of UTF-8 in one pass over all states at once (R. Cox,
 * "Regular Expression Matching Can Be Simple And Fast"), so no pattern makes it slow.
 */
#ifndef STORAGE_REGEX_H
#define STORAGE_REGEX_H

#include <stdbool.h>
#include <stddef.h>

#define REGEX_TEXT_MAX 1000  /* bytes of a pattern */
#define REGEX_STEPS_MAX 4000 /* of a compiled pattern: {m,n} repeats what it follows */

struct regex;

/* ERR_BAD says what is wrong with the pattern; owned by the caller: regex_free(). */
int regex_open(const char *pattern, struct regex **out);
void regex_free(struct regex *r); /* NULL is allowed */
/* Does it match all of text? ERR_NOMEM. */
int regex_match(const struct regex *r, const char *text, bool *out);

#endif
