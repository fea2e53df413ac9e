/* settle.c - deciding conflicts: an edit like any other, and a row that says so. */
#include "storage/buf.h"
#include "storage/conflict.h"
#include "storage/db.h"
#include "storage/err.h"
#include "storage/form_draft.h"
#include "storage/record.h"
#include "storage/synced.h"
#include "storage/unit.h"
#include "storage/value.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A write that lost. */
struct lost {
	int64_t clock, node;
};

/* The open conflicts about one answer. */
struct matter {
	const struct settling *how;
	int64_t unit;
	char tbl[FORM_TABLE_MAX];
	int col;
	struct buf lost;  /* struct lost, each once */
	struct buf value; /* the one to take, with a NUL */
	bool named;       /* value holds it */
	bool several;     /* other values lost, too */
};

int conflict_text(const struct question *q, const char *value, struct buf *out)
{
	size_t len = value ? strlen(value) : 0;
	char id[ID_TEXT];

	if (value && q && q->type == Q_RECORD)
		buf_str(out, id_text(strtoll(value, NULL, 10), id));
	else if (q && q->type == Q_DECIMAL && len > 2 && !strcmp(value + len - 2, ".0"))
		buf_add(out, value, len - 2);
	else
		buf_add(out, value, len);
	return out->err;
}

static int weigh(struct matter *m, const struct conflict *c)
{
	const struct question *q = form_question(m->how->form, m->how->question);
	struct buf text = {0};
	const char *wanted = m->how->value;
	int rc = conflict_text(q, c->lost, &text);
	bool this;

	buf_u8(&text, 0);
	rc = rc ? rc : text.err;
	this = !rc && (!wanted || !strcmp((const char *)text.data, wanted));
	if (this && m->named && strcmp((const char *)text.data, (const char *)m->value.data))
		m->several = true;
	if (this && !m->named) {
		m->named = true;
		buf_add(&m->value, text.data, text.len);
		rc = m->value.err;
	}
	buf_release(&text);
	return rc;
}

static int gather(void *arg, const struct conflict *c)
{
	struct matter *m = arg;
	struct lost l = {c->lost_clock, c->lost_node};
	bool first = !m->unit;

	if (m->how->form && strcmp(c->form, m->how->form->code))
		return 0;
	if (first) {
		m->unit = c->unit;
		m->col = c->col;
		snprintf(m->tbl, sizeof m->tbl, "%s", c->tbl);
	}
	if (c->unit != m->unit || c->col != m->col || strcmp(c->tbl, m->tbl))
		return 0;
	buf_add(&m->lost, &l, sizeof l);
	if (m->lost.err)
		return m->lost.err;
	return m->how->how == SETTLE_TAKE ? weigh(m, c) : 0;
}

static int gather_all(struct store *s, struct matter *m)
{
	char id[ID_TEXT], shown[SHOWN_LEN];
	const struct settling *how = m->how;
	int rc;

	buf_reset(&m->lost);
	buf_reset(&m->value);
	m->named = m->several = false;
	rc = conflict_about(s, how->row, how->question, false, gather, m);
	if (rc)
		return rc;
	if (!m->lost.len)
		return err(ERR_NOTFOUND, "there is no open conflict about %s of record %s",
		           value_shown(how->question, shown), id_text(how->row, id));
	if (how->how != SETTLE_TAKE)
		return 0;
	if (!m->named)
		return err(ERR_NOTFOUND, "no conflict about %s of record %s lost the value %s",
		           how->question, id_text(how->row, id), value_shown(how->value, shown));
	if (m->several)
		return err(ERR_BAD, "several values of %s lost: name the one to take",
		           how->question);
	return 0;
}

static int note(struct tx *tx, const struct matter *m, const struct lost *l)
{
	static const char *const sql[] =
		{"INSERT INTO f__settled(_id, _unit, tbl, row, col, clock, node, person)"
	         " VALUES(?, ?, ?, ?, ?, ?, ?, nullif(?, 0))",
	         "INSERT INTO p__settled(_id, _unit, tbl, row, col, clock, node, person)"
	         " VALUES(?, ?, ?, ?, ?, ?, ?, nullif(?, 0))"};
	int64_t id = tx_new_id(tx);

	if (!id)
		return ERR_TOOBIG;
	return db_run(tx_store(tx), sql[synced_class(m->tbl) == CLASS_PERSONAL], "iitiiiii", id,
	              m->unit, m->tbl, m->how->row, (int64_t)m->col, l->clock, l->node,
	              m->how->person);
}

static int write_value(struct tx *tx, const struct matter *m)
{
	const struct settling *how = m->how;
	struct answer a = {.name = how->question, .value = how->value};

	if (how->how == SETTLE_KEEP)
		return 0;
	if (how->how == SETTLE_TAKE)
		a.value = (const char *)m->value.data;
	return record_edit(tx, how->form, how->row, &a, 1);
}

static int settle(struct store *s, struct matter *m)
{
	struct tx *tx;
	struct lost l;
	size_t at;
	int rc = tx_begin(s, m->unit, &tx);

	if (rc)
		return rc;
	rc = gather_all(s, m);
	for (at = 0; !rc && at < m->lost.len; at += sizeof l) {
		memcpy(&l, m->lost.data + at, sizeof l);
		rc = note(tx, m, &l);
	}
	if (!rc)
		rc = write_value(tx, m);
	if (!rc)
		rc = tx_commit(tx);
	tx_end(tx);
	return rc;
}

int conflict_settle(struct store *s, const struct settling *how, size_t *settled)
{
	struct matter m = {.how = how};
	char id[ID_TEXT], shown[SHOWN_LEN];
	int rc;

	*settled = 0;
	if (!how->form && how->how != SETTLE_KEEP)
		return err(ERR_BAD, "%s is no answer of a record: it can only be kept",
		           value_shown(how->question, shown));
	rc = gather_all(s, &m);
	if (!rc && !unit_within(s, m.unit, s->self.scope))
		rc = err(ERR_DENIED,
		         "record %s is of a unit that this node does not work for: settle it there",
		         id_text(how->row, id));
	if (!rc)
		rc = record_person(s, how->person);
	if (!rc)
		rc = settle(s, &m);
	if (!rc)
		*settled = m.lost.len / sizeof(struct lost);
	buf_release(&m.lost);
	buf_release(&m.value);
	return rc;
}
