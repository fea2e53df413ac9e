/* submission.c - handing in, and reading what was handed in. */
#include "storage/submission.h"
#include "storage/clock.h"
#include "storage/db.h"
#include "storage/err.h"
#include "storage/figures.h"
#include "storage/pack.h"
#include "storage/text.h"
#include "storage/unit.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define TABLE "f__submission"
#define EPOCH_OF(id) ((uint32_t)((id) >> ID_EPOCH_SHIFT) & ID_EPOCH_MAX)

/* ---- deadlines ----------------------------------------------------------------------------- */

static bool deadline_ok(int64_t months, int64_t day)
{
	return months >= 0 && months <= DEADLINE_MONTHS_MAX && day >= 1 && day <= 31;
}

int submission_deadline(struct store *s, enum period_kind kind, struct deadline *out)
{
	sqlite3_stmt *st = NULL;
	int64_t root;
	int rc = unit_root(s, &root);

	*out = period_deadline(kind);
	if (rc)
		return rc == ERR_NOTFOUND ? 0 : rc;
	rc = db_prepare(s,
	                "SELECT months, day FROM deadline WHERE kind = ? AND scope = ?"
	                " ORDER BY id DESC LIMIT 1",
	                &st);
	if (!rc)
		rc = db_bind(st, "ti", period_kind_name(kind), root);
	if (!rc && (rc = db_step(s, st)) == 1) {
		int64_t months = sqlite3_column_int64(st, 0), day = sqlite3_column_int64(st, 1);

		if (deadline_ok(months, day))
			*out = (struct deadline){.months = (int)months, .day = (int)day};
		rc = 0;
	}
	sqlite3_finalize(st);
	return rc;
}

int submission_set_deadline(struct store *s, enum period_kind kind, const struct deadline *d)
{
	const char *name = period_kind_name(kind);
	struct tx *tx;
	int64_t id;
	int rc;

	if (s->self.role != ROLE_ROOT)
		return err(ERR_DENIED, "the root sets when reports are due, for everybody");
	if (!*name || !deadline_ok(d->months, d->day))
		return err(ERR_BAD, "day %d, %d months later: that is no day to be due", d->day,
		           d->months);
	rc = tx_begin(s, s->self.scope, &tx);
	if (rc)
		return rc;
	rc = db_int(s, &id,
	            "SELECT id FROM deadline WHERE kind = ? AND scope = ? ORDER BY id DESC LIMIT 1",
	            "ti", name, s->self.scope);
	if (!rc)
		rc = db_run(s, "UPDATE deadline SET months = ?, day = ? WHERE id = ?", "iii",
		            (int64_t)d->months, (int64_t)d->day, id);
	else if (rc == ERR_NOTFOUND)
		rc = !(id = tx_new_id(tx))
		             ? err_code()
		             : db_run(s,
		                      "INSERT INTO deadline(id, scope, kind, months, day)"
		                      " VALUES(?, ?, ?, ?, ?)",
		                      "iitii", id, s->self.scope, name, (int64_t)d->months,
		                      (int64_t)d->day);
	if (!rc)
		rc = tx_commit(tx);
	tx_end(tx);
	return rc;
}

/* ---- the figures as text ------------------------------------------------------------------- */

/* A name that came from elsewhere must not make lines of its own. */
static void put_line(struct buf *out, const char *text)
{
	for (; *text; text++)
		buf_u8(out, (unsigned char)*text < ' ' ? ' ' : (unsigned char)*text);
	buf_str(out, "\n");
}

static void put_count(struct buf *out, int64_t v)
{
	if (v < 0)
		buf_str(out, " -");
	else
		buf_printf(out, " %" PRId64, v);
}

static int by_code(const void *a, const void *b, void *arg)
{
	const struct figures *f = arg;

	return strcmp(figures_indicator(f, *(const size_t *)a)->code,
	              figures_indicator(f, *(const size_t *)b)->code);
}

static void put_figures(struct buf *out, const struct figures *f, long at)
{
	size_t k[FIGURES_MAX], n = figures_size(f), i;
	struct figure x;

	for (i = 0; i < n; i++)
		k[i] = i;
	qsort_r(k, n, sizeof *k, by_code, (void *)(uintptr_t)f);
	for (i = 0; i < n; i++) {
		const struct indicator *v = figures_indicator(f, k[i]);

		figures_get(f, k[i], at, &x);
		buf_str(out, v->code);
		put_count(out, x.numerator);
		put_count(out, v->plain ? -1 : x.denominator);
		buf_str(out, "\n");
	}
}

int submission_figures(struct store *s, int64_t unit, const struct period *p, const char *until,
                       struct buf *out)
{
	const struct figures_of of = {.from = p->from, .day = until};
	struct figures *f = NULL;
	const struct unit *u;
	long at;
	int rc = figures_open(s, &of, &f);

	if (rc)
		return rc;
	at = geography_find(figures_geography(f), unit);
	if (at >= 0)
		at = geography_becomes(figures_geography(f), at);
	if (at < 0) {
		figures_close(f);
		return err(ERR_NOTFOUND, "the unit is not one unit on %s", until);
	}
	u = geography_unit(figures_geography(f), (size_t)at);
	buf_printf(out, "cayda submission 1\nunit %s %s ", u->code, u->valid_from);
	put_line(out, u->name);
	buf_printf(out, "period %s %s %s\nuntil %s\n", p->name, p->from, p->to, until);
	put_figures(out, f, at);
	figures_close(f);
	return out->err;
}

/* ---- handing in ---------------------------------------------------------------------------- */

static int may_hand_in(struct store *s, int64_t unit, const struct period *p, const char *today)
{
	if (s->self.role == ROLE_DEVICE)
		return err(ERR_DENIED, "an office hands in reports: this node is a device");
	if (!unit_within(s, unit, s->self.scope))
		return err(ERR_DENIED, "this node does not work for that unit");
	if (p->kind == PERIOD_NONE || p->kind == PERIOD_DAYS)
		return err(ERR_BAD, "a month, a quarter, a half or a year is handed in: say "
		                    "--period, like 2026-Q3");
	if (strcmp(p->from, today) > 0)
		return err(ERR_BAD, "%s has not begun yet", p->name);
	return 0;
}

/* The next version; ERR_EXISTS when the last one says the same. */
static int next_version(struct store *s, int64_t unit, const struct period *p,
                        const uint8_t hash[HASH_LEN], int64_t *version)
{
	sqlite3_stmt *st;
	int rc = db_prepare(s,
	                    "SELECT version, hash FROM " TABLE " WHERE _unit = ? AND period = ?"
	                    " ORDER BY version DESC, _id DESC LIMIT 1",
	                    &st);

	*version = 1;
	if (!rc)
		rc = db_bind(st, "it", unit, p->name);
	if (!rc && (rc = db_step(s, st)) == 1) {
		*version = sqlite3_column_int64(st, 0) + 1;
		rc = 0;
		if (sqlite3_column_bytes(st, 1) == HASH_LEN &&
		    !memcmp(sqlite3_column_blob(st, 1), hash, HASH_LEN))
			rc = err(ERR_EXISTS, "the same was handed in already, as version %d",
			         (int)*version - 1);
	}
	sqlite3_finalize(st);
	return rc;
}

int submission_add(struct store *s, int64_t unit, const struct period *p, const char *note,
                   int64_t person, int64_t *id)
{
	char today[DATE_LEN];
	const char *until = p->to;
	struct buf text = {0}, said = {0};
	uint8_t hash[HASH_LEN];
	struct tx *tx = NULL;
	int64_t version;
	int rc;

	*id = 0;
	value_today(clock_now_ms(s), today);
	if (strcmp(today, until) < 0)
		until = today;
	rc = may_hand_in(s, unit, p, today);
	if (!rc && note)
		rc = text_nfc(note, strlen(note), &said);
	if (!rc && said.len > SUBMISSION_NOTE_MAX)
		rc = err(ERR_TOOBIG, "the note is longer than %d bytes", SUBMISSION_NOTE_MAX);
	if (!rc)
		rc = tx_begin(s, unit, &tx);
	if (!rc)
		rc = submission_figures(s, unit, p, until, &text);
	if (!rc) {
		s->env->sha256(text.data, text.len, hash);
		rc = next_version(s, unit, p, hash, &version);
	}
	if (!rc && !(*id = tx_new_id(tx)))
		rc = err_code();
	if (!rc)
		rc = db_run(s,
		            "INSERT INTO " TABLE
		            "(_id, _unit, period, version, until, person, note,"
		            " figures, hash) VALUES(?, ?, ?, ?, ?, nullif(?, 0), ?, ?, ?)",
		            "iititittb", *id, unit, p->name, version, until, person,
		            note ? buf_cstr(&said) : NULL, buf_cstr(&text), hash, sizeof hash);
	if (!rc)
		rc = tx_commit(tx);
	tx_end(tx);
	buf_release(&said);
	buf_release(&text);
	return rc;
}

/* ---- reading ------------------------------------------------------------------------------- */

static void read_row(struct store *s, sqlite3_stmt *st, struct submission *x)
{
	uint8_t hash[HASH_LEN];

	memset(x, 0, sizeof *x);
	x->id = sqlite3_column_int64(st, 0);
	x->unit = sqlite3_column_int64(st, 1);
	x->period = (const char *)sqlite3_column_text(st, 2);
	x->version = sqlite3_column_int64(st, 3);
	x->until = (const char *)sqlite3_column_text(st, 4);
	x->person = sqlite3_column_int64(st, 5);
	x->note = (const char *)sqlite3_column_text(st, 6);
	x->figures = (const char *)sqlite3_column_text(st, 7);
	s->env->sha256(x->figures, (size_t)sqlite3_column_bytes(st, 7), hash);
	if (sqlite3_column_bytes(st, 8) == HASH_LEN)
		memcpy(x->hash, sqlite3_column_blob(st, 8), HASH_LEN);
	x->intact = !memcmp(hash, x->hash, HASH_LEN);
	x->node = id_node(x->id);
}

int submission_each(struct store *s, int64_t unit, const char *period,
                    int (*fn)(void *arg, const struct submission *x), void *arg)
{
	struct submission x;
	sqlite3_stmt *st;
	int rc = db_prepare(s,
	                    "SELECT _id, _unit, period, version, until, person, note, figures, hash"
	                    " FROM " TABLE " WHERE ?1 IN (0, _unit) AND (?2 IS NULL OR period = ?2)"
	                    " ORDER BY _unit, period, version, _id",
	                    &st);

	if (!rc)
		rc = db_bind(st, "it", unit, period);
	while (!rc && (rc = db_step(s, st)) == 1) {
		read_row(s, st, &x);
		rc = fn(arg, &x);
	}
	sqlite3_finalize(st);
	return rc;
}

/* ---- when ---------------------------------------------------------------------------------- */

struct search {
	struct store *s;
	const struct feed_key *key;
	int64_t id, clock;
	bool found;
};

static int look(struct search *w, const uint8_t *set, size_t len)
{
	sqlite3_changeset_iter *it = NULL;
	sqlite3_value *v;
	const char *table;
	int ncol, op, indirect;

	/* start() takes a non-const pointer but only reads */
	if (len > ENTRY_MAX || sqlite3changeset_start(&it, (int)len, (void *)(uintptr_t)set))
		return err(ERR_CORRUPT, "a changeset that cannot be read: run 'cayda verify'");
	while (!w->found && sqlite3changeset_next(it) == SQLITE_ROW) {
		sqlite3changeset_op(it, &table, &ncol, &op, &indirect);
		v = NULL;
		if (op != SQLITE_INSERT || strcmp(table, TABLE))
			continue;
		sqlite3changeset_new(it, 0, &v);
		w->found = v && sqlite3_value_int64(v) == w->id;
	}
	sqlite3changeset_finalize(it);
	return 0;
}

static int look_entry(void *arg, int64_t clock, const uint8_t *set, size_t len)
{
	struct search *w = arg;
	int rc = w->found ? 0 : look(w, set, len);

	if (w->found && !w->clock)
		w->clock = clock;
	return rc;
}

static int look_pack(void *arg, const struct pack *p)
{
	struct search *w = arg;
	int rc = pack_entries(w->key, p->body, p->len, look_entry, w);

	return rc ? rc : w->found;
}

/* What is not sealed yet has the time of its writing. */
static int look_pending(struct search *w)
{
	sqlite3_stmt *st;
	int rc = db_prepare(w->s,
	                    "SELECT wall_ms, changeset FROM entry WHERE scope = ? AND class = ?"
	                    " ORDER BY id",
	                    &st);

	if (!rc)
		rc = db_bind(st, "ii", w->key->scope, (int64_t)CLASS_OPEN);
	while (!rc && !w->found && (rc = db_step(w->s, st)) == 1) {
		rc = look(w, sqlite3_column_blob(st, 1), (size_t)sqlite3_column_bytes(st, 1));
		if (w->found)
			w->clock = clock_from_ms(clock_true_ms(w->s, sqlite3_column_int64(st, 0)));
	}
	sqlite3_finalize(st);
	return rc;
}

int submission_when(struct store *s, const struct submission *x, int64_t *ms, bool *pending)
{
	const struct feed_key key = {.author = x->node,
	                             .epoch = EPOCH_OF(x->id),
	                             .scope = x->unit,
	                             .class = CLASS_OPEN};
	struct search w = {.s = s, .key = &key, .id = x->id};
	struct feed f;
	int rc = feed_find(s, &key, false, &f);

	*ms = 0;
	*pending = false;
	if (!rc)
		rc = feed_packs(s, &f, 0, look_pack, &w);
	if (rc == 1 || rc == ERR_NOTFOUND)
		rc = 0;
	if (!rc && !w.found && x->node == s->self.number) {
		rc = look_pending(&w);
		*pending = w.found;
	}
	*ms = clock_ms(w.clock);
	return rc;
}
