/* quality_visit.c - households that nobody visited for long, and visits that were too fast. */
#include "storage/clock.h"
#include "storage/err.h"
#include "storage/meta.h"
#include "storage/pack.h"
#include "storage/quality_in.h"

#include <string.h>

/* ---- not visited ------------------------------------------------------------------------------------ */

/* Visits to any of the records that are the same household count; only the one that stands for them is
 * told. One that was put on the list within the year is not late yet. */
static int unvisited(struct quality *q, const struct question *to, const struct form *house)
{
	const struct question *date = form_question(q->form, q->form->date);
	const struct question *since = house->date ? form_question(house, house->date) : NULL;
	struct finding f = {.kind = QUALITY_UNVISITED, .form = house->code};
	sqlite3_stmt *st = NULL;
	int rc = 0;

	if (!date || !quality_asks(q->form, date))
		return 0;
	if (since && !quality_asks(house, since))
		since = NULL;
	rc = quality_sql(
		q, &st,
		"SELECT h._id, h._unit, h._person, (SELECT max(v.\"%w\") FROM \"f_%w\" v WHERE"
		" v.\"%w\" IN (SELECT h._id UNION SELECT b.id FROM same_as a JOIN same_as b"
		" ON b.unit = a.unit AND b.rep = a.rep WHERE a.unit = h._unit AND a.id = h._id)"
		" AND v.\"%w\" <= ?1 || '~') AS last, %s%w%s FROM \"f_%w\" h"
		" JOIN temp.quality_unit u ON u.unit = h._unit WHERE NOT EXISTS (SELECT 1"
		" FROM same_as s WHERE s.unit = h._unit AND s.id = h._id AND s.rep <> h._id)"
		" ORDER BY h._id",
		date->col, q->form->code, to->col, date->col, since ? "h.\"" : "",
		since ? since->col : "NULL", since ? "\"" : "", house->code);
	if (!rc)
		rc = db_bind(st, "t", q->of->day);
	while (!rc && (rc = db_step(q->s, st)) == 1) {
		const char *last = (const char *)sqlite3_column_text(st, 3);
		const char *from = (const char *)sqlite3_column_text(st, 4);
		int64_t late;

		f.record = sqlite3_column_int64(st, 0);
		f.unit = sqlite3_column_int64(st, 1);
		f.person = sqlite3_column_int64(st, 2);
		f.value = last;
		q->looked[QUALITY_UNVISITED]++;
		rc = db_int(q->s, &late,
		            "SELECT coalesce(julianday(?1) - julianday(substr(?2, 1, 10)) > "
		            "?3, 1)",
		            "tti", q->of->day, last ? last : from, (int64_t)QUALITY_DAYS);
		if (!rc && late)
			rc = q->fn(q->arg, &f);
	}
	sqlite3_finalize(st);
	return rc;
}

int quality_unvisited(struct quality *q)
{
	const struct question *to = quality_visits(q->form);
	struct form *house = NULL;
	int rc = to ? form_load(q->s, to->list, &house) : 0;

	if (to && !rc)
		rc = unvisited(q, to, house);
	form_free(house);
	return rc == ERR_NOTFOUND ? 0 : rc;
}

/* ---- too fast ------------------------------------------------------------------------------------------ */

/* A feed's entries, in the order in which they were written. */
struct saving {
	struct quality *q;
	char tbl[64];
	int64_t unit, node;
	int64_t last_ms, last_person; /* of the record before; 0: none */
};

static int64_t new_int(sqlite3_changeset_iter *it, int column)
{
	sqlite3_value *v = NULL;

	return sqlite3changeset_new(it, column, &v) || !v ? 0 : sqlite3_value_int64(v);
}

/* The one record of the form that the changes bring; 0: none, or several. */
static int one_record(struct saving *w, const void *set, size_t len, int64_t *id, int64_t *person)
{
	sqlite3_changeset_iter *it = NULL;
	const char *tbl;
	int ncol, op, indirect, n = 0;

	*id = *person = 0;
	/* start() takes a non-const pointer but only reads */
	if (len > ENTRY_MAX || sqlite3changeset_start(&it, (int)len, (void *)(uintptr_t)set))
		return err(ERR_CORRUPT, "a changeset that cannot be read: run 'cayda verify'");
	while (sqlite3changeset_next(it) == SQLITE_ROW) {
		sqlite3changeset_op(it, &tbl, &ncol, &op, &indirect);
		if (op != SQLITE_INSERT || strcmp(tbl, w->tbl) != 0 || ncol < 3)
			continue;
		n++;
		*id = new_int(it, 0);
		*person = new_int(it, 2);
	}
	sqlite3changeset_finalize(it);
	if (n != 1)
		*id = 0;
	return 0;
}

static int saved(void *arg, int64_t clock, const uint8_t *set, size_t len)
{
	struct saving *w = arg;
	struct finding f = {.kind = QUALITY_FAST,
	                    .form = w->q->form->code,
	                    .unit = w->unit,
	                    .node = (uint32_t)w->node};
	int64_t ms = clock_ms(clock), gap;
	int rc = one_record(w, set, len, &f.record, &f.person);

	if (rc || !f.record)
		return rc;
	w->q->looked[QUALITY_FAST]++;
	gap = ms - w->last_ms;
	f.a = (double)gap / 1000;
	if (w->last_ms && w->last_person == f.person && gap >= 0 && gap < QUALITY_FAST_S * 1000)
		rc = w->q->fn(w->q->arg, &f);
	w->last_ms = ms;
	w->last_person = f.person;
	return rc;
}

/* Packs by feed; then what is not sealed yet, which is this node's and the last that it wrote. */
static int sealed(struct saving *w)
{
	struct feed_key key = {.class = CLASS_OPEN};
	int64_t feed = 0;
	sqlite3_stmt *st;
	int rc = db_prepare(w->q->s,
	                    "SELECT f.id, f.author, f.epoch, f.scope, p.body FROM feed f"
	                    " JOIN temp.quality_unit u ON u.unit = f.scope JOIN pack p"
	                    " ON p.id > f.id << 32 AND p.id <= f.id << 32 | f.head"
	                    " WHERE f.class = 1 AND p.state = 0 ORDER BY f.id, p.id",
	                    &st);

	while (!rc && (rc = db_step(w->q->s, st)) == 1) {
		if (sqlite3_column_int64(st, 0) != feed)
			w->last_ms = 0;
		feed = sqlite3_column_int64(st, 0);
		w->node = sqlite3_column_int64(st, 1);
		w->unit = key.scope = sqlite3_column_int64(st, 3);
		key.author = (uint32_t)w->node;
		key.epoch = (uint32_t)sqlite3_column_int64(st, 2);
		rc = pack_entries(&key, sqlite3_column_blob(st, 4),
		                  (size_t)sqlite3_column_bytes(st, 4), saved, w);
	}
	sqlite3_finalize(st);
	return rc;
}

static int pending(struct saving *w)
{
	int64_t offset;
	sqlite3_stmt *st;
	int rc = db_prepare(w->q->s,
	                    "SELECT e.scope, e.wall_ms, e.changeset FROM entry e"
	                    " JOIN temp.quality_unit u ON u.unit = e.scope WHERE e.class = 1"
	                    " ORDER BY e.scope, e.id",
	                    &st);

	meta_int(w->q->s, "offset_ms", &offset);
	w->node = w->q->s->self.number;
	w->unit = 0;
	while (!rc && (rc = db_step(w->q->s, st)) == 1) {
		if (sqlite3_column_int64(st, 0) != w->unit)
			w->last_ms = 0;
		w->unit = sqlite3_column_int64(st, 0);
		rc = saved(w, clock_from_ms(sqlite3_column_int64(st, 1) + offset),
		           sqlite3_column_blob(st, 2), (size_t)sqlite3_column_bytes(st, 2));
	}
	sqlite3_finalize(st);
	return rc;
}

int quality_fast(struct quality *q)
{
	struct saving w = {.q = q};
	int rc;

	if (!quality_visits(q->form))
		return 0;
	sqlite3_snprintf(sizeof w.tbl, w.tbl, "f_%s", q->form->code);
	rc = sealed(&w);
	return rc ? rc : pending(&w);
}
