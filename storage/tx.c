/* tx.c - the one door for writing synced tables, and capture of what went through it. */
#include "storage/backup.h"
#include "storage/clock.h"
#include "storage/db.h"
#include "storage/err.h"
#include "storage/meta.h"
#include "storage/pack.h"
#include "storage/synced.h"

#include <stdlib.h>

struct tx {
	struct store *s;
	int64_t scope;
	sqlite3_session *session[CLASS_COUNT]; /* one a class, owned */
	uint32_t epoch;                        /* before it began */
	int64_t counter;                       /* last row id counter given; 0: not read yet */
	int done;                              /* committed */
};

struct store *tx_store(struct tx *tx)
{
	return tx->s;
}

int64_t tx_scope(const struct tx *tx)
{
	return tx->scope;
}

static int in_ref(void *arg, const char *table)
{
	(void)arg;
	return synced_class(table) == CLASS_REF;
}

static int in_open(void *arg, const char *table)
{
	(void)arg;
	return synced_class(table) == CLASS_OPEN;
}

static int in_personal(void *arg, const char *table)
{
	(void)arg;
	return synced_class(table) == CLASS_PERSONAL;
}

int tx_begin(struct store *s, int64_t scope, struct tx **out)
{
	static int (*const filter[CLASS_COUNT])(void *, const char *) = {in_ref, in_open,
	                                                                 in_personal};
	struct tx *tx;
	int rc, c;

	*out = NULL;
	if (s->tx)
		return err(ERR_BUSY, "internal: a transaction is open already");
	if (!s->self.number)
		return err(ERR_NOTFOUND,
		           "%s is not a node yet: start with 'cayda join' or 'cayda init'",
		           s->home);
	tx = calloc(1, sizeof *tx);
	if (!tx)
		return err(ERR_NOMEM, "out of memory");
	tx->s = s;
	tx->scope = scope;
	tx->epoch = s->self.epoch;
	s->tx = tx;
	rc = db_exec(s, "BEGIN IMMEDIATE");
	if (!rc)
		rc = backup_new_epoch(s);
	for (c = 0; !rc && c < CLASS_COUNT; c++) {
		rc = db_err(s, sqlite3session_create(s->db, "main", &tx->session[c]));
		if (rc)
			break;
		sqlite3session_table_filter(tx->session[c], filter[c], NULL);
		rc = db_err(s, sqlite3session_attach(tx->session[c], NULL));
	}
	if (rc)
		tx_end(tx);
	else
		*out = tx;
	return rc;
}

int64_t tx_new_id(struct tx *tx)
{
	struct store *s = tx->s;
	int rc;

	if (!tx->counter) {
		rc = meta_int(s, "counter", &tx->counter);
		if (rc && rc != ERR_NOTFOUND)
			return 0;
	}
	if (tx->counter >= ID_COUNTER_MASK) {
		err(ERR_TOOBIG,
		    "this node has given all its record numbers: join anew with a new invite");
		return 0;
	}
	tx->counter++;
	return (int64_t)s->self.number << 35 | (int64_t)s->self.epoch << ID_EPOCH_SHIFT |
	       tx->counter;
}

/* A programming error elsewhere must not reach the log, where it would be refused by all. */
static int check_scope(struct tx *tx, int len, void *set)
{
	sqlite3_changeset_iter *it = NULL;
	sqlite3_value *v;
	const char *table;
	int ncol, op, indirect, rc;

	rc = db_err(tx->s, sqlite3changeset_start(&it, len, set));
	while (!rc && sqlite3changeset_next(it) == SQLITE_ROW) {
		sqlite3changeset_op(it, &table, &ncol, &op, &indirect);
		v = NULL;
		if (op == SQLITE_DELETE)
			sqlite3changeset_old(it, 1, &v);
		else
			sqlite3changeset_new(it, 1, &v);
		if (op == SQLITE_UPDATE ? v != NULL : !v || sqlite3_value_int64(v) != tx->scope)
			rc = err(ERR_BAD, "internal: a row of %s is not of the transaction's scope",
			         table);
	}
	sqlite3changeset_finalize(it);
	return rc;
}

static int capture(struct tx *tx, int class)
{
	struct store *s = tx->s;
	int64_t seen;
	void *set = NULL;
	int len = 0, rc;

	rc = db_err(s, sqlite3session_changeset(tx->session[class], &len, &set));
	if (rc || !len)
		goto out;
	if (len > ENTRY_MAX)
		rc = err(ERR_TOOBIG, "too much in one go: save in smaller parts");
	if (!rc)
		rc = check_scope(tx, len, set);
	if (!rc)
		rc = clock_seen(s, &seen);
	if (!rc)
		rc = db_run(s,
		            "INSERT INTO entry(scope, class, wall_ms, seen, changeset)"
		            " VALUES(?, ?, ?, ?, ?)",
		            "iiiib", tx->scope, (int64_t) class, s->env->now_ms(s->env->arg), seen,
		            set, (size_t)len);
out:
	sqlite3_free(set);
	return rc;
}

int tx_commit(struct tx *tx)
{
	struct store *s = tx->s;
	int rc = 0, c;

	for (c = 0; !rc && c < CLASS_COUNT; c++)
		rc = capture(tx, c);
	if (!rc && tx->counter)
		rc = meta_set_int(s, "counter", tx->counter);
	if (!rc)
		rc = db_exec(s, "COMMIT");
	tx->done = !rc;
	return rc;
}

void tx_end(struct tx *tx)
{
	int c;

	if (!tx)
		return;
	for (c = 0; c < CLASS_COUNT; c++) {
		if (tx->session[c]) /* there is none when the database was busy */
			sqlite3session_delete(tx->session[c]);
	}
	if (!tx->done) {
		store_end(tx->s);
		tx->s->self.epoch = tx->epoch;
	}
	tx->s->tx = NULL;
	free(tx);
}
