/* tx.c - the one door for writing synced tables, and capture of what went through it. */
#include "storage/backup.h"
#include "storage/clock.h"
#include "storage/db.h"
#include "storage/err.h"
#include "storage/meta.h"
#include "storage/pack.h"
#include "storage/rollup.h"
#include "storage/synced.h"

#include <stdlib.h>

struct tx {
	struct store *s;
	int64_t scope;
	sqlite3_session *session; /* owned */
	int64_t wall_ms;          /* when it was committed: one time for all its entries */
	int64_t counter;          /* last row id counter given; 0: not read yet */
	int done;                 /* committed */
};

struct store *tx_store(struct tx *tx)
{
	return tx->s;
}

int64_t tx_scope(const struct tx *tx)
{
	return tx->scope;
}

static int is_synced(void *arg, const char *table)
{
	(void)arg;
	return synced_class(table) >= 0;
}

int tx_begin(struct store *s, int64_t scope, struct tx **out)
{
	struct tx *tx;
	int rc;

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
	s->tx = tx;
	rc = store_begin(s);
	if (!rc)
		rc = backup_new_epoch(s);
	if (!rc)
		rc = db_err(s, sqlite3session_create(s->db, "main", &tx->session));
	if (!rc) {
		sqlite3session_table_filter(tx->session, is_synced, NULL);
		rc = db_err(s, sqlite3session_attach(tx->session, NULL));
	}
	if (rc)
		tx_end(tx);
	else
		*out = tx;
	return rc;
}

/* The last counter given: the last entry has it until that is sealed, then meta. */
static int read_counter(struct tx *tx)
{
	int rc;

	if (tx->counter)
		return 0;
	rc = db_int(tx->s, &tx->counter, "SELECT counter FROM entry ORDER BY id DESC LIMIT 1", "");
	if (rc == ERR_NOTFOUND)
		rc = meta_int(tx->s, "counter", &tx->counter);
	return rc == ERR_NOTFOUND ? 0 : rc;
}

int64_t tx_new_id(struct tx *tx)
{
	struct store *s = tx->s;

	if (read_counter(tx))
		return 0;
	if (tx->counter >= ID_COUNTER_MASK) {
		err(ERR_TOOBIG,
		    "this node has given all its record numbers: join anew with a new invite");
		return 0;
	}
	tx->counter++;
	return (int64_t)s->self.number << 35 | (int64_t)s->self.epoch << ID_EPOCH_SHIFT |
	       tx->counter;
}

/* A programming error elsewhere must not reach the log, where it would be refused by all.
 * *classes: a bit for each class that has a change. */
static int check_changes(struct tx *tx, int len, void *set, unsigned *classes)
{
	sqlite3_changeset_iter *it = NULL;
	sqlite3_value *v;
	const char *table;
	int ncol, op, indirect, rc;

	*classes = 0;
	rc = db_err(tx->s, sqlite3changeset_start(&it, len, set));
	while (!rc && sqlite3changeset_next(it) == SQLITE_ROW) {
		sqlite3changeset_op(it, &table, &ncol, &op, &indirect);
		*classes |= 1u << synced_class(table);
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

static int add_entry(struct tx *tx, int class, const void *set, int len)
{
	struct store *s = tx->s;
	int64_t seen;
	int rc;

	if (len > ENTRY_MAX)
		return err(ERR_TOOBIG, "too much in one go: save in smaller parts");
	rc = clock_seen(s, &seen);
	if (!rc)
		rc = read_counter(tx);
	return rc ? rc
	          : db_run(s,
	                   "INSERT INTO entry(scope, class, wall_ms, seen, counter, changeset)"
	                   " VALUES(?, ?, ?, ?, ?, ?)",
	                   "iiiiib", tx->scope, (int64_t) class, tx->wall_ms, seen, tx->counter,
	                   set, (size_t)len);
}

/* The changes of one class, out of a changeset that has several. */
static int add_part(struct tx *tx, int class, int len, void *set)
{
	sqlite3_changegroup *group = NULL;
	sqlite3_changeset_iter *it = NULL;
	const char *table;
	void *part = NULL;
	int part_len = 0, ncol, op, indirect, rc = sqlite3changegroup_new(&group);

	if (!rc)
		rc = sqlite3changegroup_schema(group, tx->s->db, "main");
	if (!rc)
		rc = sqlite3changeset_start(&it, len, set);
	while (!rc && sqlite3changeset_next(it) == SQLITE_ROW) {
		sqlite3changeset_op(it, &table, &ncol, &op, &indirect);
		if (synced_class(table) == class)
			rc = sqlite3changegroup_add_change(group, it);
	}
	sqlite3changeset_finalize(it);
	if (!rc)
		rc = sqlite3changegroup_output(group, &part_len, &part);
	rc = db_err(tx->s, rc);
	if (!rc)
		rc = add_entry(tx, class, part, part_len);
	sqlite3_free(part);
	sqlite3changegroup_delete(group);
	return rc;
}

static int capture(struct tx *tx)
{
	unsigned classes;
	void *set = NULL;
	int len = 0, class, rc;

	rc = db_err(tx->s, sqlite3session_changeset(tx->session, &len, &set));
	if (rc || !len)
		goto out;
	rc = check_changes(tx, len, set, &classes);
	tx->wall_ms = tx->s->env->now_ms(tx->s->env->arg);
	for (class = 0; !rc && class < CLASS_COUNT; class ++) {
		if (classes == 1u << class) /* nearly always */
			rc = add_entry(tx, class, set, len);
		else if (classes & 1u << class)
			rc = add_part(tx, class, len, set);
	}
	if (!rc && classes & 1u << CLASS_OPEN)
		rc = rollup_mark(tx->s, tx->scope);
out:
	sqlite3_free(set);
	return rc;
}

int tx_commit(struct tx *tx)
{
	int rc = capture(tx);

	if (!rc)
		rc = store_commit(tx->s);
	tx->done = !rc;
	return err_cause(tx->s->begun_mark, rc);
}

void tx_end(struct tx *tx)
{
	if (!tx)
		return;
	if (tx->session) /* there is none when the database was busy */
		sqlite3session_delete(tx->session);
	if (!tx->done)
		store_end(tx->s);
	tx->s->tx = NULL;
	free(tx);
}
