/* form_add.c - a form's rows, written where they differ from what is there. */
#include "storage/backup.h"
#include "storage/db.h"
#include "storage/embed.h"
#include "storage/err.h"
#include "storage/form_match.h"
#include "storage/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Bytes of rows after which a transaction is closed: a quarter of ENTRY_MAX. A form of many
 * languages or choices takes several; its own row comes last, and until then it is not there. */
#define BATCH_MAX (128 * 1024)

struct writer {
	struct store *s;
	struct tx *tx; /* NULL when not captured */
	int64_t scope;
	bool captured, builtin, changed;
	size_t bytes; /* written since the transaction began */
};

static int writer_room(struct writer *w, size_t bytes)
{
	int rc = 0;

	w->changed = true;
	if (!w->captured)
		return 0;
	if (w->tx && w->bytes + bytes > BATCH_MAX) {
		rc = tx_commit(w->tx);
		tx_end(w->tx);
		w->tx = NULL;
	}
	if (!rc && !w->tx) {
		rc = tx_begin(w->s, w->scope, &w->tx);
		w->bytes = 0;
	}
	w->bytes += bytes;
	return rc;
}

static int new_id(struct writer *w, const char *kind, const char *form, const char *part,
                  const char *name, int64_t *id)
{
	if (*id)
		return 0;
	*id = w->builtin ? form_builtin_id(kind, form, part, name) : w->tx ? tx_new_id(w->tx) : 0;
	return *id ? 0 : ERR_TOOBIG;
}

static bool same(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static size_t size_of(const char *text)
{
	return text ? strlen(text) : 0;
}

static const char *label_or_empty(const char *json)
{
	return json ? json : "{}";
}

/* ---- choices -------------------------------------------------------------------------------------- */

static int write_choice(struct writer *w, const struct draft *d, struct draft_choice *c)
{
	int rc = writer_room(w, 64 + size_of(c->label) + size_of(c->more));

	if (!rc && c->id)
		return db_run(w->s, "UPDATE choice SET ord = ?, label = ?, more = ? WHERE id = ?",
		              "itti", (int64_t)c->ord, label_or_empty(c->label), c->more, c->id);
	if (!rc)
		rc = new_id(w, "choice", d->code, c->list, c->name, &c->id);
	if (!rc)
		rc = db_run(w->s,
		            "INSERT INTO choice(id, scope, form, list, ord, name, label, more)"
		            " VALUES(?, ?, ?, ?, ?, ?, ?, ?)",
		            "iiitittt", c->id, w->scope, d->id, c->list, (int64_t)c->ord, c->name,
		            label_or_empty(c->label), c->more);
	return rc;
}

static int id_order(const void *a, const void *b)
{
	const struct draft_choice *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

static const struct draft_choice *old_choice(const struct draft *old, int64_t id)
{
	const struct draft_choice key = {.id = id};

	return id ? bsearch(&key, old->c, old->nc, sizeof key, id_order) : NULL;
}

static int write_choices(struct writer *w, struct draft *new, struct draft *old)
{
	const struct draft_choice *o;
	struct draft_choice *c;
	int rc = 0;

	if (old->nc)
		qsort(old->c, old->nc, sizeof *old->c, id_order);
	for (c = new->c; !rc &&c < new->c + new->nc; c++) {
		o = old_choice(old, c->id);
		if (!o || o->ord != c->ord || !same(o->label, c->label) || !same(o->more, c->more))
			rc = write_choice(w, new, c);
	}
	return rc;
}

/* ---- questions ------------------------------------------------------------------------------------ */

static int insert_question(struct writer *w, const struct draft *d, const struct draft_question *q,
                           int64_t ord, int64_t section)
{
	return db_run(
		w->s,
		"INSERT INTO question(id, scope, form, ord, name, type, list, section, tbl, col,"
		" colno, version, label, hint, required, personal, read_only, appearance, preset,"
		" check_message, required_message, relevant, check_expr, calculation,"
		" choice_filter, required_expr, repeat_count)"
		" VALUES(?, ?, ?, ?, ?, ?, ?, nullif(?, 0), ?, ?, nullif(?, 0), ?, ?, ?, ?, ?, ?,"
		" ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		"iiiitttittiittiiitttttttttt", q->id, w->scope, d->id, ord, q->name, q->kind,
		q->list, section, q->tbl, q->col, (int64_t)q->colno, (int64_t)q->version,
		label_or_empty(q->label), q->hint, (int64_t)q->required, (int64_t)q->personal,
		(int64_t)q->read_only, q->appearance, q->preset, q->message[FORM_CHECK_MESSAGE],
		q->message[FORM_REQUIRED_MESSAGE], q->expr[FORM_RELEVANT], q->expr[FORM_CHECK],
		q->expr[FORM_CALCULATION], q->expr[FORM_FILTER], q->expr[FORM_REQUIRED],
		q->expr[FORM_COUNT]);
}

static int update_question(struct writer *w, const struct draft_question *q, int64_t ord,
                           int64_t section)
{
	return db_run(w->s,
	              "UPDATE question SET ord = ?, section = nullif(?, 0), label = ?, hint = ?,"
	              " required = ?, personal = ?, read_only = ?, appearance = ?, preset = ?,"
	              " type = ?, check_message = ?, required_message = ?, relevant = ?,"
	              " check_expr = ?, calculation = ?, choice_filter = ?, required_expr = ?,"
	              " repeat_count = ? WHERE id = ?",
	              "iittiiittttttttttti", ord, section, label_or_empty(q->label), q->hint,
	              (int64_t)q->required, (int64_t)q->personal, (int64_t)q->read_only,
	              q->appearance, q->preset, q->kind, q->message[FORM_CHECK_MESSAGE],
	              q->message[FORM_REQUIRED_MESSAGE], q->expr[FORM_RELEVANT],
	              q->expr[FORM_CHECK], q->expr[FORM_CALCULATION], q->expr[FORM_FILTER],
	              q->expr[FORM_REQUIRED], q->expr[FORM_COUNT], q->id);
}

static bool differs(const struct draft *new, const struct draft_question *q,
                    const struct draft *old, const struct draft_question *o)
{
	int64_t in = q->section ? new->q[q->section - 1].id : 0;
	int64_t was = o->section ? old->q[o->section - 1].id : 0;
	size_t i;

	for (i = 0; i < FORM_EXPRS; i++)
		if (!same(q->expr[i], o->expr[i]))
			return true;
	for (i = 0; i < FORM_MESSAGES; i++)
		if (!same(q->message[i], o->message[i]))
			return true;
	return q - new->q != o - old->q || in != was || !same(q->label, o->label) ||
	       !same(q->hint, o->hint) || q->required != o->required ||
	       q->personal != o->personal || q->read_only != o->read_only ||
	       !same(q->appearance, o->appearance) || !same(q->preset, o->preset) ||
	       !same(q->kind, o->kind);
}

static size_t question_size(const struct draft_question *q)
{
	size_t size = 256 + size_of(q->label) + size_of(q->hint), i;

	for (i = 0; i < FORM_EXPRS; i++)
		size += size_of(q->expr[i]);
	for (i = 0; i < FORM_MESSAGES; i++)
		size += size_of(q->message[i]);
	return size;
}

static const struct draft_question *old_question(const struct draft *old, int64_t id)
{
	size_t i;

	for (i = 0; id && i < old->nq; i++)
		if (old->q[i].id == id)
			return old->q + i;
	return NULL;
}

static int write_question(struct writer *w, const struct draft *new, struct draft_question *q,
                          const struct draft *old)
{
	const struct draft_question *o = old_question(old, q->id);
	int64_t ord = q - new->q, section = q->section ? new->q[q->section - 1].id : 0;
	int rc;

	if (o && !differs(new, q, old, o))
		return 0;
	rc = writer_room(w, question_size(q));
	if (!rc && o)
		return update_question(w, q, ord, section);
	if (!rc)
		rc = new_id(w, "question", new->code, form_kind(q->type), q->name, &q->id);
	return rc ? rc : insert_question(w, new, q, ord, section);
}

static int write_questions(struct writer *w, struct draft *new, const struct draft *old)
{
	size_t i;
	int rc = 0;

	for (i = 0; !rc && i < new->nq; i++)
		rc = write_question(w, new, new->q + i, old);
	/* Notes and groups hold no answers: they go when the sheet drops them. */
	for (i = 0; !rc && i < old->nq; i++) {
		if (old->q[i].kept || old->q[i].col || new->builtin)
			continue;
		rc = writer_room(w, 64);
		if (!rc)
			rc = db_run(w->s, "DELETE FROM question WHERE id = ?", "i", old->q[i].id);
	}
	return rc;
}

/* ---- the form ------------------------------------------------------------------------------------- */

static int write_form(struct writer *w, struct draft *new, const struct draft *old)
{
	int rc;

	new->version = old->version;
	if (!w->changed && same(new->label, old->label) && same(new->key, old->key) &&
	    same(new->date, old->date) && same(new->language, old->language))
		return 0;
	new->version++;
	rc = writer_room(w, 256 + size_of(new->label));
	if (!rc && old->id)
		return db_run(w->s,
		              "UPDATE form SET version = ?, label = ?, key_question = ?,"
		              " date_question = ?, language = ? WHERE id = ?",
		              "itttti", (int64_t) new->version, label_or_empty(new->label),
		              new->key, new->date, new->language, new->id);
	if (!rc)
		rc = db_run(w->s,
		            "INSERT INTO form(id, scope, code, version, label, key_question,"
		            " date_question, language) VALUES(?, ?, ?, ?, ?, ?, ?, ?)",
		            "iititttt", new->id, w->scope, new->code, (int64_t) new->version,
		            label_or_empty(new->label), new->key, new->date, new->language);
	return rc;
}

static int write_all(struct writer *w, struct draft *new, struct draft *old)
{
	int rc = 0;

	if (!new->id && w->captured)
		rc = writer_room(w, 0); /* an id is given by a transaction */
	if (!rc)
		rc = new_id(w, "form", new->code, "", "", &new->id);
	if (!rc)
		rc = write_choices(w, new, old);
	if (!rc)
		rc = write_questions(w, new, old);
	if (!rc)
		rc = write_form(w, new, old);
	if (!rc && (w->tx || !w->captured))
		rc = form_tables(w->s);
	if (!rc && w->tx)
		rc = tx_commit(w->tx);
	tx_end(w->tx);
	return rc;
}

int draft_write(struct store *s, struct draft *new, int64_t scope, bool captured, int *version)
{
	struct writer w = {.s = s, .scope = scope, .captured = captured, .builtin = new->builtin};
	struct draft old;
	int rc = draft_load(s, new->code, true, &old);

	*version = 0;
	if (rc == ERR_NOTFOUND)
		rc = 0;
	if (!rc)
		rc = form_match(new, &old);
	if (!rc)
		rc = write_all(&w, new, &old);
	if (!rc)
		*version = new->version;
	draft_release(&old);
	return rc;
}

/* select_one_from_file picks from the records of a form that is here. */
static int check_files(struct store *s, const struct draft *d)
{
	const struct draft_question *q;
	int64_t found;
	int rc;

	for (q = d->q; q < d->q + d->nq; q++) {
		if (q->type != Q_RECORD || !strcmp(q->list, d->code))
			continue;
		rc = db_int(s, &found, "SELECT 1 FROM form WHERE code = ?", "t", q->list);
		if (rc == ERR_NOTFOUND)
			return err(
				ERR_BAD,
				"sheet survey, row %u, column type: there is no form %s to pick from: add "
				"it first",
				q->row, q->list);
		if (rc)
			return rc;
	}
	return 0;
}

/* All that can be wrong with it, but for what is here already. */
static int read_draft(struct store *s, const struct xlsform *x, struct draft *out)
{
	int rc = draft_read(x, out);

	if (!rc)
		rc = check_files(s, out);
	return rc ? rc : draft_check(s, out);
}

int form_look(struct store *s, const struct xlsform *x, char *code, size_t cap, int *version)
{
	struct draft d, old = {0};
	int rc = read_draft(s, x, &d);

	*version = 0;
	snprintf(code, cap, "%s", rc ? "" : d.code);
	if (!rc)
		rc = draft_load(s, d.code, true, &old);
	if (rc == ERR_NOTFOUND && !old.id)
		rc = 0;
	if (!rc)
		rc = form_match(&d, &old);
	if (!rc)
		*version = old.version;
	draft_release(&old);
	draft_release(&d);
	return rc;
}

int form_add(struct store *s, const struct xlsform *x, int *version)
{
	struct draft d;
	int rc;

	*version = 0;
	if (s->self.role != ROLE_ROOT)
		return err(ERR_DENIED,
		           "forms are added at the root of the tree, and come from there to "
		           "every node: add it there, then sync");
	if (backup_restored(s) && !x->anyway)
		return err(ERR_DENIED,
		           "this node goes on from a copy: what was added to forms after that copy "
		           "was made is still to come back from below, and would not agree with "
		           "this; let the offices sync first, then add it with --anyway");
	rc = read_draft(s, x, &d);
	if (!rc)
		rc = draft_write(s, &d, s->self.scope, true, version);
	draft_release(&d);
	return rc || !backup_restored(s) ? rc : backup_caught_up(s);
}
