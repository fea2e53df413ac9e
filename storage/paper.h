/* paper.h - a form being filled in: one record's answers, with the rows of its repeats.
 *
 * A paper is where a form's expressions are evaluated, for whoever fills it in: the command line, an
 * import, a page. paper_work_out() computes what is computed and says what is asked; paper_wrong()
 * says what is wrong with an answer; paper_save() writes the record. The record itself is row 0.
 *
 * In a record that is there already, only what follows from the answers that changed is computed and
 * checked anew: it may have been made before an expression was, or hold answers that are not here.
 */
#ifndef STORAGE_PAPER_H
#define STORAGE_PAPER_H

#include "storage/record.h"

#define PAPER_ROWS_MAX 1000 /* of all repeats of a record: a paper is held in memory whole */

struct paper;

/* An empty one; form and store are borrowed until paper_free(). *out is NULL on error. */
int paper_new(struct store *s, const struct form *f, int64_t unit, struct paper **out);
/* A record as it stands; ERR_NOTFOUND. */
int paper_load(struct store *s, const struct form *f, int64_t id, struct paper **out);
void paper_free(struct paper *p); /* NULL is allowed */
int64_t paper_unit(const struct paper *p);

/* Answers question q (its index in the form) of a row; NULL or "" takes the answer back. ERR_BAD names
 * the question and says what is wanted; then the answer is as it was. */
int paper_answer(struct paper *p, size_t row, size_t q, const char *text);
/* Answers as record_add() takes them. */
int paper_fill(struct paper *p, const struct answer *a, size_t n);

/* Answers in a JSON object: a member a question, an array of objects the rows of a repeat, an array of
 * texts several choices, an object a group. A row that is there already has its "_id"; "_drop": true
 * takes it out. What a record is shown with besides its answers is passed over. ERR_BAD, ERR_TOOBIG. */
int paper_fill_json(struct paper *p, const char *json);
/* The same, but an answer that is refused (ERR_BAD, ERR_NOTFOUND: err_text() says why) is told to fn and passed
 * over; nonzero ends the reading and is returned. */
int paper_fill_json_all(struct paper *p, const char *json,
                        int (*fn)(void *arg, size_t row, size_t q), void *arg);
/* Before paper_fill_json(): what comes is a submission as another program took it up. What it computed
 * stands as it computed it, then, and the rows of a repeat are all there are: each is the row that is
 * there in its place, or a new one, and the surplus goes. */
void paper_submitted(struct paper *p);
/* The text of a member of a JSON object; nothing when there is none. Appended to out. ERR_BAD. */
int paper_json_text(const char *json, const char *name, struct buf *out);

/* Adds a row to repeat q of row parent, behind the others. ERR_TOOBIG. */
int paper_add_row(struct paper *p, size_t parent, size_t q, size_t *row);
/* Takes a row out, with the rows within; row numbers stay. */
void paper_drop_row(struct paper *p, size_t row);
/* The next row of repeat q of row parent, after row number after (0: the first); 0 for none. */
size_t paper_next_row(const struct paper *p, size_t parent, size_t q, size_t after);
int64_t paper_row_id(const struct paper *p, size_t row); /* 0: not stored yet */

/* Evaluates calculations, defaults and what is relevant, all in the order they need. ERR_BAD names
 * the question whose calculation gives what it cannot hold, or the cell that is not understood here. */
int paper_work_out(struct paper *p);
/* As of the last paper_work_out(). */
bool paper_relevant(const struct paper *p, size_t row, size_t q);
/* NULL: none, or not relevant. Until the paper is changed. */
const char *paper_value(const struct paper *p, size_t row, size_t q);
/* What it holds, relevant or not: of a record that was loaded, what is stored. */
const char *paper_stored(const struct paper *p, size_t row, size_t q);
/* Must q be answered? Of one that is relevant. */
int paper_required(struct paper *p, size_t row, size_t q, bool *out);
/* How many rows repeat q wants; -1: as many as there are. */
int paper_rows_wanted(struct paper *p, size_t row, size_t q, int64_t *out);
/* ERR_BAD with a message that names the question: an answer is missing, or not among the choices, or
 * the constraint does not hold. In the language f->lang where the form has a message of its own. */
int paper_wrong(struct paper *p, size_t row, size_t q);
/* The first that is wrong. */
int paper_check(struct paper *p);
/* Walks the choices of q as the answers leave them; label is a JSON object. Nonzero ends the walk and
 * is returned. */
int paper_choices(struct paper *p, size_t row, size_t q,
                  int (*fn)(void *arg, const char *name, const char *label), void *arg);

/* A label in lang, with the answers that it names as ${question} in their places. Appended to out. */
int paper_label(const struct paper *p, size_t row, const char *json, const char *lang,
                struct buf *out);
/* Is q asked in that row itself, or is that row's a repeat in which q is? */
bool paper_asks(const struct paper *p, size_t row, size_t q);

/* Writes the record, after paper_work_out() and paper_check(): a new one, or what changed. *id is the
 * record's. Errors as of record_add(). When the transaction is taken back it may be saved again. */
int paper_save(struct tx *tx, struct paper *p, int64_t person, int64_t *id);

#endif
