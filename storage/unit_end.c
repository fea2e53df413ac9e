/* unit_end.c - units that ended, and what they became. */
#include "storage/db.h"
#include "storage/err.h"
#include "storage/unit_row.h"

#include <stdlib.h>
#include <string.h>

#define GROUP_MAX 512 /* rows in one transaction: well under ENTRY_MAX bytes */

int unit_on(struct store *s, const char *code, const char *day, struct unit *out)
{
	int64_t id;
	int rc =
		db_int(s, &id,
	               "SELECT id FROM unit WHERE code = ?1 AND valid_from <= ?2 AND"
	               " (valid_to IS NULL OR valid_to >= ?2) ORDER BY valid_from DESC, id LIMIT 1",
	               "tt", code, day);

	return rc ? rc : unit_get(s, id, out);
}

int unit_rename_root(struct store *s, struct tx *tx, const struct unit *u)
{
	int64_t old = tx_new_id(tx), link = tx_new_id(tx);
	int rc;

	if (!old || !link)
		return ERR_TOOBIG;
	rc = db_run(s,
	            "INSERT INTO unit(id, scope, code, valid_from, valid_to, name, level)"
	            " SELECT ?1, scope, code, valid_from, date(?2, '-1 day'), name, level"
	            " FROM unit WHERE id = ?3",
	            "iti", old, u->valid_from, u->id);
	if (!rc) /* what it was before that became this one */
		rc = db_run(s,
		            "UPDATE successor SET became = ?1 WHERE became = ?2 AND unit IN"
		            " (SELECT id FROM unit WHERE parent IS NULL)",
		            "ii", old, u->id);
	if (!rc)
		rc = db_run(s,
		            "INSERT INTO successor(id, scope, unit, became, day)"
		            " VALUES(?1, ?2, ?3, ?2, ?4)",
		            "iiit", link, u->id, old, u->valid_from);
	return rc ? rc
	          : db_run(s, "UPDATE unit SET name = ?, valid_from = ? WHERE id = ?", "tti",
	                   u->name, u->valid_from, u->id);
}

/* ---- successor rows: of the root's scope, for every node reads its reports by them -------- */

static int link_one(struct store *s, struct tx *tx, int64_t root, const struct unit_end *e)
{
	int64_t found, id;
	int rc = db_int(s, &found, "SELECT 1 FROM successor WHERE unit = ? AND became = ?", "ii",
	                e->unit, e->became);

	if (rc != ERR_NOTFOUND)
		return rc;
	id = tx_new_id(tx);
	return id ? db_run(s,
	                   "INSERT INTO successor(id, scope, unit, became, day)"
	                   " VALUES(?, ?, ?, ?, ?)",
	                   "iiiit", id, root, e->unit, e->became, e->day)
	          : ERR_TOOBIG;
}

static int link_all(struct store *s, const struct unit_end *end, size_t n)
{
	struct tx *tx = NULL;
	size_t i, k;
	int64_t root;
	int rc = unit_root(s, &root);

	for (i = 0; !rc && i < n; i = k) {
		rc = tx_begin(s, root, &tx);
		for (k = i; !rc && k < n && k < i + GROUP_MAX; k++)
			rc = link_one(s, tx, root, &end[k]);
		if (!rc)
			rc = tx_commit(tx);
		tx_end(tx);
		tx = NULL;
	}
	return rc;
}

/* ---- last days: each in its unit's scope ------------------------------------------------------ */

struct ending {
	int64_t scope;
	const struct unit_end *end;
};

static int by_scope(const void *a, const void *b)
{
	const struct ending *x = a, *y = b;

	if (x->scope != y->scope)
		return (x->scope > y->scope) - (x->scope < y->scope);
	return (x->end > y->end) - (x->end < y->end);
}

static int end_group(struct store *s, const struct ending *e, size_t n)
{
	struct tx *tx;
	size_t i;
	int rc = tx_begin(s, e->scope, &tx);

	if (rc)
		return rc;
	for (i = 0; !rc && i < n; i++)
		rc = db_run(s, "UPDATE unit SET valid_to = date(?, '-1 day') WHERE id = ?", "ti",
		            e[i].end->day, e[i].end->unit);
	if (!rc)
		rc = tx_commit(tx);
	tx_end(tx);
	return rc;
}

static int end_each(struct store *s, struct ending *e, size_t n)
{
	size_t i, k;
	int rc = 0;

	qsort(e, n, sizeof *e, by_scope);
	for (i = 0; !rc && i < n; i = k) {
		for (k = i + 1; k < n && k < i + GROUP_MAX && e[k].scope == e[i].scope; k++)
			;
		rc = end_group(s, e + i, k - i);
	}
	return rc;
}

int unit_end_all(struct store *s, const struct unit_end *end, size_t n)
{
	struct ending *e;
	size_t i, todo = 0;
	int64_t scope;
	int rc;

	if (!n)
		return 0;
	if (s->self.role != ROLE_ROOT)
		return err(ERR_DENIED, "changes of units are put down on the root's node");
	e = calloc(n, sizeof *e);
	if (!e)
		return err(ERR_NOMEM, "out of memory");
	rc = link_all(s, end, n);
	for (i = 0; !rc && i < n; i++) {
		if (end[i].goes_on)
			continue;
		rc = db_int(s, &scope, "SELECT scope FROM unit WHERE id = ?1 AND valid_to IS NULL",
		            "i", end[i].unit);
		if (!rc) {
			e[todo].scope = scope;
			e[todo++].end = &end[i];
		} else if (rc == ERR_NOTFOUND) {
			rc = 0; /* it has ended */
		}
	}
	if (!rc && todo)
		rc = end_each(s, e, todo);
	free(e);
	return rc;
}
