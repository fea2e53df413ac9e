/* rebuild.c - the tables again, from the feeds. */
#include "storage/db.h"
#include "storage/err.h"
#include "storage/form.h"
#include "storage/merge.h"
#include "storage/pack.h"
#include "storage/rebuild.h"
#include "storage/rollup.h"
#include "storage/synced.h"

#define BUILT_IN_END (INT64_C(1) << 35) /* ids below have node number 0: built-in forms */

struct names {
	struct store *s;
	struct buf drop; /* statements */
};

/* A form's table goes whole, so that damage inside it goes too; form_tables() makes it anew. */
static int forget_table(void *arg, const char *table, enum class class)
{
	struct names *n = arg;
	int64_t of_form;
	char *sql;
	int rc = db_int(n->s, &of_form, "SELECT EXISTS(SELECT 1 FROM question WHERE tbl = ?)", "t",
	                table);

	if (rc)
		return rc;
	if (class == CLASS_REF)
		sql = sqlite3_mprintf("DELETE FROM \"%w\" WHERE id >= %lld AND id <> %lld;", table,
		                      BUILT_IN_END, n->s->self.scope);
	else
		sql = sqlite3_mprintf(of_form ? "DROP TABLE \"%w\";" : "DELETE FROM \"%w\";",
		                      table);
	if (!sql)
		return err(ERR_NOMEM, "out of memory");
	buf_str(&n->drop, sql);
	sqlite3_free(sql);
	return n->drop.err;
}

static int forget_rows(struct store *s)
{
	struct names n = {.s = s};
	int rc = synced_each(s, forget_table, &n);

	if (!rc)
		rc = db_exec(s, buf_cstr(&n.drop));
	if (!rc)
		rc = db_exec(s, "DELETE FROM cell_write; DELETE FROM grave; DELETE FROM same_as");
	if (!rc)
		rc = rollup_forget(s);
	buf_release(&n.drop);
	merge_forget(s);
	return rc ? rc : form_tables(s);
}

static int replay_all(struct store *s)
{
	int rc = pack_seal(s);

	if (!rc)
		rc = forget_rows(s);
	if (!rc) /* ref first: forms, units and nodes are what the rest needs */
		rc = merge_again(s, "SELECT p.id FROM feed f JOIN pack p"
		                    " ON p.id BETWEEN f.id << 32 AND f.id << 32 | 4294967295"
		                    " ORDER BY f.class, f.author, f.epoch, f.scope, p.id");
	return rc ? rc : merge_waiting(s);
}

int rebuild(struct store *s)
{
	unsigned mark = err_mark();
	int nested = !sqlite3_get_autocommit(s->db), rc;

	rc = nested ? 0 : store_begin(s);
	if (!rc)
		rc = replay_all(s);
	if (!rc && !nested)
		rc = store_commit(s);
	if (!nested)
		store_end(s);
	return err_cause(mark, rc);
}
