/* form_draft.h - a form on its way between sheets and rows; for form*.c only.
 *
 * form_sheet.c fills a draft from XLSForm sheets, form_rows.c from the database; form_add.c
 * compares the two and writes the difference, form_export.c writes sheets.
 */
#ifndef STORAGE_FORM_DRAFT_H
#define STORAGE_FORM_DRAFT_H

#include "storage/form.h"

#define FORM_CODE_MAX 40        /* bytes of a form's code */
#define FORM_NAME_MAX 64        /* bytes of a question's, choice's or list's name */
#define FORM_COL_MAX 56         /* bytes of a derived column name */
#define FORM_TABLE_MAX 128      /* bytes of a table name */
#define FORM_QUESTIONS_MAX 1500 /* SQLite takes 2000 columns */
#define FORM_CHOICES_MAX 100000 /* a country's communes several times over */
#define FORM_DEPTH_MAX 16       /* groups within groups */
#define FORM_OPEN_COLUMNS 4     /* _id, _unit, _person, _version */
#define FORM_PERSONAL_COLUMNS 2 /* _id, _unit */
#define FORM_REPEAT_COLUMNS 3   /* _id, _unit, _parent */

struct draft_question {
	int64_t id;     /* 0: new */
	unsigned row;   /* of the sheet, for messages */
	size_t section; /* index of its group or repeat plus 1, or 0 */
	enum qtype type;
	bool required, personal, read_only;
	bool kept; /* matched with one of the new draft's */
	int colno, version;
	char *name, *label, *hint; /* all owned; label and hint are JSON; NULL where empty */
	char *list, *tbl, *col, *appearance, *preset;
	char *expr[FORM_EXPRS];       /* owned, NULL where empty */
	char *message[FORM_MESSAGES]; /* the same; JSON */
	const char *kind;             /* the type's name in table question; static */
	bool other;                   /* its list has a choice "other", see form_choices.c */
	bool opened;                  /* personal says no in so many words */
};

struct draft_choice {
	int64_t id;
	unsigned row;
	int ord; /* within its list, from 0 */
	bool kept;
	char *list, *name, *label, *more; /* owned */
};

struct draft {
	int64_t id;
	int version;
	bool builtin;
	char *code, *label, *key, *date, *language; /* owned */
	struct draft_question *q;
	size_t nq, qcap;
	struct draft_choice *c;
	size_t nc, ccap;
};

/* Names of the columns of expressions in sheets. */
extern const char *const form_expr_cell[FORM_EXPRS];

void draft_release(struct draft *d);
struct draft_question *draft_add_question(struct draft *d); /* zeroed, or NULL */
struct draft_choice *draft_add_choice(struct draft *d);

/* form_sheet.c: checks all that can be checked without the database. */
int draft_read(const struct xlsform *x, struct draft *out);
/* form_rows.c: ERR_NOTFOUND without text. There may be very many choices. */
int draft_load(struct store *s, const char *code, bool choices, struct draft *out);
/* form_choices.c: numbers the choices within their lists; ERR_BAD names sheet and row. */
int draft_check_choices(struct draft *d);
/* form_check.c: translates the expressions; ERR_BAD names the cell. */
int draft_check(struct store *s, const struct draft *d);
/* form_add.c: what is written about old (id 0: there is none) becomes new. Through the door
 * of tx's scope, or uncaptured when captured is false. */
int draft_write(struct store *s, struct draft *new, int64_t scope, bool captured, int *version);

/* form_name.c */
/* The type of a sheet's cell, its list or file put into list; ERR_BAD. *kind is its own name; *other:
 * "or_other" follows. */
int form_type_read(const char *cell, enum qtype *type, const char **kind, struct buf *list,
                   bool *other);
const char *form_type_name(enum qtype type);
/* As stored in table question; *kind may be NULL. */
bool form_type_of(const char *name, enum qtype *type, const char **kind);
/* What a device fills in by itself for such a type: an expression, "" for nothing; NULL: it asks. */
const char *form_type_preset(const char *kind);
bool form_type_answers(enum qtype type);       /* has a column */
const char *form_type_column(enum qtype type); /* SQL type of that column */
/* form_id as a code: lower case, [a-z0-9_], no "__"; false when nothing is left. */
bool form_code_make(const char *form_id, char out[FORM_CODE_MAX + 1]);
bool form_code_ok(const char *code);
bool form_name_ok(const char *name); /* XLSForm: an XML name */
/* [a-z][a-z0-9_]*, at most max bytes: safe in SQL, quoted or not */
bool form_ident_ok(const char *ident, size_t max);
/* name as a column or part of a table's name. */
int form_ident_make(const char *name, char out[FORM_COL_MAX + 1]);
/* Is tbl a table of answers of the form? *repeat: of a repeat in it. */
bool form_table_ok(const char *code, const char *tbl, bool *personal, bool *repeat);
/* A reserved id, the same on every node, for a row of a built-in form. */
int64_t form_builtin_id(const char *kind, const char *form, const char *part, const char *name);

/* form_label.c: appends one member to the JSON object in out, which starts empty; the caller
 * ends it with form_label_end(). */
void form_label_put(struct buf *out, const char *lang, const char *text);
void form_label_end(struct buf *out);
void form_label_string(struct buf *out, const char *text); /* quoted */
/* The string that is quoted at p, put into out, which is emptied; the place behind it, or NULL. */
const char *form_label_read(const char *p, struct buf *out);
/* Walks the members; false at the end or where it is not an object of strings. Start with
 * *pos 0. */
bool form_label_next(const char *json, size_t *pos, struct buf *lang, struct buf *text);

#endif
