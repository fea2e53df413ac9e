/* api_form.h - what pages ask about forms, and forms being filled in. */
#ifndef AGENT_API_FORM_H
#define AGENT_API_FORM_H

#include "agent/api_in.h"
#include "storage/paper.h"

/* What somebody searches for, folded: each word is to begin one of a text's. */
#define API_WORDS 8
struct api_words {
	char text[128];
	const char *word[API_WORDS]; /* into text: do not copy the struct */
	size_t n;
};
int api_words(const char *text, struct api_words *out); /* text NULL: none. ERR_BAD */
bool api_words_in(const struct api_words *w, const char *fold);

/* A form with the answers that a request brings, over those of the record that its argument names, if any. */
struct filled {
	struct form *f;  /* owned */
	struct paper *p; /* owned */
	int64_t record;  /* 0: a new one */
	int64_t person;
	struct buf wrong; /* of filled_wrong */
};
struct filled_wrong {
	size_t row, q;
	char text[ERR_TEXT_MAX];
};
#define FILLED_WRONG_MAX 100 /* answers that are told one by one */

/* form: its code, or NULL when record says which; record: its id, or NULL for the argument "record". Arguments unit and
 * person are looked at. With several, answers that are refused are kept in a->wrong, else they are errors. */
int filled_open(struct call *c, const char *form, const char *record, struct filled *a);
int filled_open_all(struct call *c, const char *form, struct filled *a);
void filled_release(struct filled *a);
const struct filled_wrong *filled_wrong(const struct filled *a, size_t row, size_t q); /* or NULL */

int api_units(struct call *c);
int api_forms(struct call *c);
int api_form(struct call *c);
int api_list(struct call *c);
int api_choices(struct call *c);
int api_check(struct call *c);
int api_about(struct call *c);
int api_list_records(struct call *c);
int api_record(struct call *c);
int api_history(struct call *c);
int api_add(struct call *c);
int api_edit(struct call *c);
int api_drafts(struct call *c);
int api_draft(struct call *c);
int api_draft_put(struct call *c);
int api_draft_drop(struct call *c);

#endif
