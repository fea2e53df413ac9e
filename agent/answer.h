/* answer.h - answers as people type and read them, on either side of record.h.
 *
 * Storage takes choice names, today and 3.5. People also type a choice's label (Có), hôm nay
 * and 3,5; what is not understood here goes to storage as it is, which says what is wrong.
 */
#ifndef AGENT_ANSWER_H
#define AGENT_ANSWER_H

#include "agent/cmd.h"
#include "storage/paper.h"

#define LANGUAGES 2
struct pick {
	char *name;             /* what is stored */
	char *label[LANGUAGES]; /* vi, en; "" when there is none */
	char *fold[LANGUAGES];  /* the same, folded */
};

/* The choices of one list. One that is longer than PICKS_MAX is not held: storage finds its choices
 * by their names. */
#define PICKS_MAX 500
struct picks {
	const char *list; /* borrowed from the form */
	struct pick *pick;
	size_t n;
	bool large;
};

/* A form with its choices, and one value a question; caller-owned. */
struct answers {
	struct form *form;   /* owned */
	struct picks *lists; /* every list that its questions use */
	size_t nlist;
	char **value;         /* value[i] answers form->q[i]; NULL: not given, "": cleared; owned */
	struct answer *given; /* what answers_given() made */
	struct form *linked;  /* the form of the last record linked to; owned, may be NULL */
};

/* Loads form code; a is zeroed on error. End with answers_release(). */
int answers_open(struct ctx *ctx, const char *code, struct answers *a);
void answers_release(struct answers *a);
/* True for questions that people answer: no notes, groups, calculations, nor inside a repeat. */
bool answers_asks(const struct form *f, size_t i);
/* Whatever the other answers are. */
bool answers_always_asks(const struct form *f, size_t i);
/* Those, and what is computed: all that a record holds outside its repeats. */
bool answers_holds(const struct form *f, size_t i);
/* Sets value[i] to what typed means. typed NULL takes the value back. */
int answers_set(struct answers *a, size_t i, const char *typed);
/* "question=value" arguments. ERR_NOTFOUND names the question and the nearest there is. */
int answers_parse(struct ctx *ctx, struct answers *a, char **argv, int argc);
/* Index of a question by name, or by its label when no name fits; -1 for none. */
int answers_find(const struct answers *a, const char *name);
/* The name nearest to what was typed, or NULL. */
const char *answers_near(const struct answers *a, const char *name);
/* The values that were given, as storage takes them; valid until the next call. */
size_t answers_given(struct answers *a);
/* Forgets all values. */
void answers_clear(struct answers *a);
/* What typed means as an answer to q, among the choices in l (NULL: any); appended to out. */
int answers_mean(const struct question *q, const struct picks *l, const char *typed,
                 struct buf *out);

const struct picks *answers_picks(const struct answers *a, const struct question *q);
/* For form_choices() and paper_choices(): adds a choice to struct picks *arg. */
int picks_add(void *arg, const char *name, const char *label);
void picks_release(struct picks *l);
/* The label of a choice, also of a list that is not held; its name when it has none. Appended. */
void picks_label(struct ctx *ctx, const struct answers *a, const struct picks *l, const char *name,
                 size_t len, struct buf *out);
/* A choice's label in the user's language, else its name. */
const char *pick_label(const struct pick *p);
/* Fills the paper in with the answers that were given, then with those of the JSON file ("-": the
 * input; NULL: none). */
int answers_fill(struct answers *a, const char *file, struct paper *p);
/* Works the paper out, checks it and saves it in a transaction of its own. */
int answers_save(struct ctx *ctx, struct paper *p, int64_t person, int64_t *id);
/* Asks on the terminal what the paper asks, row by row; missing_only: only what must be answered and
 * is not. self is the record that is changed, 0 for a new one. ERR_BAD "nothing was saved" when the
 * person leaves (Ctrl-D). In ask.c. */
int answers_ask(struct ctx *ctx, const struct answers *a, struct paper *p, int64_t self,
                bool missing_only);

#endif
