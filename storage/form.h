/* form.h - a form is a table: XLSForms compiled to STRICT tables.
 *
 * The definition lives in the ref tables form, question and choice (schema.sql), so it
 * travels as data. Answers live in f_CODE(_id, _unit, _person, _version, ...) and, for
 * questions marked personal, in p_CODE(_id, _unit, ...) under the same _id. A repeat has
 * tables of its own, f_CODE__REPEAT(_id, _unit, _parent, ...).
 * XLSForm: https://xlsform.org; sheets survey, choices, settings.
 */
#ifndef STORAGE_FORM_H
#define STORAGE_FORM_H

#include "storage/buf.h"
#include "storage/store.h"

#include <stdbool.h>

enum qtype {
	Q_INTEGER,
	Q_DECIMAL,
	Q_TEXT,
	Q_SELECT_ONE,
	Q_SELECT_MULTIPLE,
	Q_DATE,
	Q_TIME,
	Q_DATETIME,
	Q_GEOPOINT,
	Q_NOTE,
	Q_CALCULATE,
	Q_GROUP,
	Q_REPEAT,
	Q_END,
	Q_RECORD /* select_one_from_file FORM.csv: a record of FORM, stored as its row id */
};

/* Cells that hold an expression, see expr.h. */
enum form_expr {
	FORM_RELEVANT,
	FORM_CHECK, /* constraint */
	FORM_CALCULATION,
	FORM_FILTER,   /* choice_filter */
	FORM_REQUIRED, /* where required is neither yes nor no */
	FORM_COUNT,    /* repeat_count */
	FORM_EXPRS
};
enum { FORM_CHECK_MESSAGE, FORM_REQUIRED_MESSAGE, FORM_MESSAGES };

struct question {
	int64_t id;
	int64_t section; /* question id of the group or repeat around it, or 0 */
	size_t in;       /* its index plus 1, or 0 */
	enum qtype type;
	bool required, personal, read_only;
	char *name; /* as on the sheet */
	char *list; /* choice list, or form of a Q_RECORD; else NULL */
	/* Where its answers live; both NULL for notes and groups, and where the column is not
	 * here yet. A repeat has its table and no column. */
	char *tbl, *col;
	int colno;
	char *label;                  /* JSON object, language -> text; form_label() picks */
	char *hint;                   /* the same, or NULL */
	char *appearance;             /* as on the sheet, or NULL: how it may be shown */
	char *preset;                 /* default, or NULL */
	char *expr[FORM_EXPRS];       /* NULL where the cell is empty */
	char *message[FORM_MESSAGES]; /* JSON objects, or NULL */
	const char *kind;             /* XLSForm type as the sheet has it: "today" is a Q_DATE */
};

struct form {
	int64_t id;
	int version;
	char *code, *label; /* label: JSON object */
	char *key, *date;   /* names of the key and date questions, or NULL */
	char *language;     /* of labels that become values, or NULL */
	const char *lang;   /* of messages to the user: "" until somebody sets it; borrowed */
	struct question *q; /* in sheet order, groups and notes included */
	size_t nq;
	struct plan *plan; /* owned; see form_plan.h */
};

/* Loads a form; owned by the caller: form_free(). ERR_NOTFOUND lists the codes there are. */
int form_load(struct store *s, const char *code, struct form **out);
void form_free(struct form *f); /* NULL is allowed */
int form_each(struct store *s,
              int (*fn)(void *arg, const char *code, int version, const char *label), void *arg);
const struct question *form_question(const struct form *f, const char *name); /* or NULL */
/* Is a default of such a question an expression, and no value? It names a question, is a call, or no
 * value of the type. */
bool form_preset_computed(enum qtype type, const char *preset);
/* The text for lang ("vi", "en"), else the first there is, else "". Appended to out. */
int form_label(const char *json, const char *lang, struct buf *out);
/* Walks the choices of a list in order; label is a JSON object. */
int form_choices(struct store *s, const struct form *f, const char *list,
                 int (*fn)(void *arg, const char *name, const char *label), void *arg);
/* The label of one choice in lang, as form_label(); nothing when there is no such choice. */
int form_choice_label(struct store *s, const struct form *f, const char *list, const char *name,
                      const char *lang, struct buf *out);
bool form_has_choice(struct store *s, const struct form *f, const char *list, const char *name);

/* One sheet as CSV text; text NULL when the form has no such sheet. Borrowed. */
struct sheet {
	const char *text;
	size_t len;
};
struct xlsform {
	const char *code; /* used when settings give no form_id; borrowed */
	struct sheet survey, choices, settings;
	bool anyway; /* a root that goes on from a copy (backup.h) has back what others held */
};
/* Compiles sheets and writes the form through the door, in the root's scope: a new form, a
 * new version with added questions, or nothing when it is the same. Refuses, naming sheet,
 * row and column: an unknown type, a missing list, a doubled or unusable name, a changed type,
 * a removed question, an expression that expr.h does not translate, calculations that go round,
 * and an open question that is computed from a personal one. *version is the one in force afterwards.
 * ERR_DENIED at a restored root unless x->anyway: column numbers would be given twice. */
int form_add(struct store *s, const struct xlsform *x, int *version);
/* What form_add() would say of it, anywhere; writes nothing. OUT: its code; *version: the one in force now, 0 for
 * a new form. */
int form_look(struct store *s, const struct xlsform *x, char *code, size_t cap, int *version);
/* Adds every built-in form (embed_forms) through the door: what a root does at its start. */
int form_add_builtin(struct store *s);
/* The same rows, with the same ids, put in place uncaptured: what a joining node does to be
 * able to record before its first sync. The root's rows take their place as they come. In a
 * transaction of its own unless one is open. */
int form_seed_builtin(struct store *s);
/* Writes a form back as XLSForm CSV sheets. */
int form_export(struct store *s, const char *code, struct buf *survey, struct buf *choices,
                struct buf *settings);

/* Creates tables and columns that question rows ask for and that are not there. Called after
 * such rows were written or merged, inside that transaction. Rows that cannot be right (a name
 * that is none, a gap before its column) are left out; only the database failing is an error. */
int form_tables(struct store *s);

#endif
