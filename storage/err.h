/* err.h - what went wrong, in one line a person can act on.
 *
 * Functions return 0 or one of these. The text is recorded where the cause is
 * known and printed only by commands and pages, in the user's language.
 */
#ifndef STORAGE_ERR_H
#define STORAGE_ERR_H

enum {
	ERR_NOMEM = -1,    /* memory could not be had */
	ERR_IO = -2,       /* the disk: full, read-only, unreadable */
	ERR_BUSY = -3,     /* another process holds the home */
	ERR_BAD = -4,      /* input that does not have the right form */
	ERR_NOTFOUND = -5, /* a unit, form, record, invite... that is not here */
	ERR_EXISTS = -6,   /* it is here already */
	ERR_DENIED = -7,   /* not allowed to this node or peer */
	ERR_NEWER = -8,    /* made by a newer program than this */
	ERR_CORRUPT = -9,  /* stored bytes are not what was written */
	ERR_NET = -10,     /* the peer cannot be reached or does not answer */
	ERR_TOOBIG = -11,  /* over a stated limit */
};

#define ERR_TEXT_MAX 512 /* bytes of a recorded text, terminator included */

/* Records the text (fmt is a msgid, translated by err_translate) and returns code.
 * A later err() replaces it; arguments may point into the previous text. */
int err(int code, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Its code, for callers of what tells a failure by NULL. */
int err_code(void);

/* The last recorded text; "" when there was none. Valid until the next err(). */
const char *err_text(void);

/* Memory and disk fail below code that asks yes or no, where the failure would look like an answer. Whoever is about
 * to commit, to set a peer's packs aside or to answer a peer asks since its own mark: 0, or the last failure of memory
 * or disk (ERR_NOMEM, ERR_IO, ERR_CORRUPT) that was recorded since, its text told again. */
unsigned err_mark(void);
int err_since(unsigned mark);
/* That instead of rc, when rc is an error and memory or disk failed since the mark. */
int err_cause(unsigned mark, int rc);

/* Set by the agent to speak the user's language; NULL means the msgids as they are. */
extern const char *(*err_translate)(const char *msgid);

#endif
