/* unit_change.c - renames, merges, splits and abolished levels from a CSV. */
#include "storage/db.h"
#include "storage/err.h"
#include "storage/text.h"
#include "storage/unit_row.h"
#include "storage/value.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum column { C_OLD, C_CODE, C_NEW, C_KIND, C_DAY, C_NAME, C_PARENT, C_COUNT };
static const char *const columns[C_COUNT] = {"old_code",       "code",     "new_code",  "kind",
                                             "effective_date", "new_name", "new_parent"};

struct changing {
	struct store *s;
	struct csv csv;
	size_t at[C_COUNT];   /* column's place plus 1; 0: not there */
	struct unit_end *end; /* owned: what to put down when the file is read */
	size_t n, cap;
	struct unit_change_result *out;
};

struct change {
	const char *old, *new, *kind, *name, *parent; /* borrowed from the record */
	char day[DATE_LEN], eve[DATE_LEN];            /* first day of the new, last of the old */
};

static const char *field(const struct changing *c, enum column k)
{
	size_t at = c->at[k];

	return at && at <= c->csv.nfield ? c->csv.field[at - 1] : "";
}

static int read_header(struct changing *c)
{
	size_t i, k;
	int rc = csv_read(&c->csv);

	if (rc < 0)
		return rc;
	for (i = 0; i < c->csv.nfield; i++)
		for (k = 0; k < C_COUNT; k++)
			if (!strcmp(c->csv.field[i], columns[k]))
				c->at[k] = i + 1;
	if (!c->at[C_OLD])
		c->at[C_OLD] = c->at[C_CODE];
	if (!c->at[C_OLD] || !c->at[C_DAY] || (!c->at[C_NEW] && !c->at[C_NAME]))
		return err(ERR_BAD, "the first line must name the columns old_code,new_code,"
		                    "effective_date, or code,new_name,effective_date");
	return 0;
}

static int read_change(struct changing *c, struct change *ch)
{
	char shown[SHOWN_LEN];
	sqlite3_stmt *st;
	int rc;

	ch->old = field(c, C_OLD);
	ch->new = *field(c, C_NEW) ? field(c, C_NEW) : ch->old;
	ch->name = field(c, C_NAME);
	ch->parent = field(c, C_PARENT);
	ch->kind = *field(c, C_KIND) ? field(c, C_KIND) : c->at[C_NEW] ? "merged" : "renamed";
	if (!value_date(field(c, C_DAY), ch->day))
		return err(ERR_BAD, "column effective_date: '%s' is not a date like 2026-11-21",
		           value_shown(field(c, C_DAY), shown));
	if (strcmp(ch->kind, "merged") && strcmp(ch->kind, "split") &&
	    strcmp(ch->kind, "abolished") && strcmp(ch->kind, "renamed"))
		return err(ERR_BAD,
		           "column kind: '%s' is not one of merged, split, abolished, renamed",
		           value_shown(ch->kind, shown));
	st = db_stmt(c->s, "SELECT date(?, '-1 day')");
	if (!st)
		return err_code();
	rc = db_bind(st, "t", ch->day);
	if (!rc && (rc = db_step(c->s, st)) == 1)
		snprintf(ch->eve, sizeof ch->eve, "%s", (const char *)sqlite3_column_text(st, 0));
	sqlite3_reset(st);
	return rc < 0 ? rc : 0;
}

/* ---- putting down ---------------------------------------------------------------------------- */

static int keep(struct changing *c, int64_t unit, int64_t became, const struct change *ch)
{
	struct unit_end *more;
	size_t i;

	for (i = c->n; i > 0; i--)
		if (c->end[i - 1].unit == unit && c->end[i - 1].became == became)
			return 0;
	if (c->n == c->cap) {
		c->cap = c->cap ? c->cap * 2 : 64;
		more = realloc(c->end, c->cap * sizeof *more);
		if (!more)
			return err(ERR_NOMEM, "out of memory");
		c->end = more;
	}
	c->end[c->n].unit = unit;
	c->end[c->n].became = became;
	c->end[c->n].goes_on = !strcmp(ch->kind, "split");
	memcpy(c->end[c->n++].day, ch->day, DATE_LEN);
	return 0;
}

/* One value of one unit row, or of a successor's, in its own scope. */
static int set(struct store *s, int64_t scope, const char *sql, const char *value, int64_t id)
{
	struct tx *tx;
	sqlite3_stmt *st = NULL;
	int rc = tx_begin(s, scope, &tx);

	if (rc)
		return rc;
	rc = db_prepare(s, sql, &st);
	if (!rc)
		rc = db_bind(st, "ti", value, id);
	if (!rc)
		rc = db_step(s, st);
	sqlite3_finalize(st);
	if (!rc)
		rc = tx_commit(tx);
	tx_end(tx);
	return rc;
}

static int64_t scope_of(const struct unit *u)
{
	return u->parent ? u->parent : u->id;
}

/* Lists of two days show a change between them; here is the day on which it was. */
static int move_day(struct changing *c, const struct change *ch, const struct unit *old)
{
	struct unit new;
	int64_t id, link, root;
	int rc = db_int(c->s, &id,
	                "SELECT b.id FROM successor x JOIN unit b ON b.id = x.became"
	                " WHERE x.unit = ?1 AND b.code = ?2 AND b.valid_from > ?3",
	                "itt", old->id, ch->new, ch->day);

	if (!rc)
		rc = db_int(c->s, &link, "SELECT id FROM successor WHERE unit = ? AND became = ?",
		            "ii", old->id, id);
	if (!rc)
		rc = unit_get(c->s, id, &new);
	if (!rc)
		rc = unit_root(c->s, &root);
	if (!rc)
		rc = set(c->s, scope_of(old), "UPDATE unit SET valid_to = ? WHERE id = ?", ch->eve,
		         old->id);
	if (!rc)
		rc = set(c->s, scope_of(&new), "UPDATE unit SET valid_from = ? WHERE id = ?",
		         ch->day, new.id);
	return rc ? rc
	          : set(c->s, root, "UPDATE successor SET day = ? WHERE id = ?", ch->day, link);
}

/* A unit of that name from that day on, where no list told of it. */
static int make_renamed(struct changing *c, const struct change *ch, const struct unit *old)
{
	struct unit u = *old, parent = {.id = old->parent};
	int64_t id;
	int rc = 0;

	if (!*ch->name)
		return err(ERR_BAD, "column new_name: empty, and no list of a later day names %s",
		           old->code);
	if (!old->parent)
		return err(ERR_BAD, "%s is the root: import the list of that day", old->code);
	if (*ch->parent)
		rc = unit_on(c->s, ch->parent, ch->day, &parent);
	if (rc == ERR_NOTFOUND)
		return err(ERR_BAD,
		           "column new_parent: there is no unit %s on that day: import the list "
		           "of that day first",
		           ch->parent);
	if (rc)
		return rc;
	u.id = 0;
	u.parent = parent.id;
	memcpy(u.valid_from, ch->day, sizeof u.valid_from);
	if (snprintf(u.name, sizeof u.name, "%s", ch->name) >= (int)sizeof u.name)
		return err(ERR_TOOBIG, "column new_name: longer than %d bytes", NAME_MAX_LEN - 1);
	rc = unit_add(c->s, &u, &id);
	return rc ? rc : keep(c, old->id, id, ch);
}

/* The code's next unit is taken to have come from it, till a row says where it went. */
static int drop_assumed(struct changing *c, const struct unit *old, const struct unit *new)
{
	int64_t link, root;
	struct tx *tx;
	int rc = db_int(c->s, &link,
	                "SELECT x.id FROM successor x JOIN unit b ON b.id = x.became"
	                " WHERE x.unit = ? AND b.code = ? AND x.became <> ?",
	                "iti", old->id, old->code, new->id);

	if (rc || !strcmp(old->code, new->code))
		return rc == ERR_NOTFOUND ? 0 : rc;
	rc = unit_root(c->s, &root);
	if (!rc)
		rc = tx_begin(c->s, root, &tx);
	if (rc)
		return rc;
	rc = db_run(c->s, "DELETE FROM successor WHERE id = ?", "i", link);
	if (!rc)
		rc = tx_commit(tx);
	tx_end(tx);
	return rc;
}

/* A unit that another joins is a unit of other borders from that day on: u becomes it. */
static int grow(struct changing *c, const struct change *ch, struct unit *u)
{
	struct unit grown = *u;
	struct tx *tx;
	int64_t id, root;
	int rc = unit_root(c->s, &root);

	grown.id = 0;
	grown.households = grown.population = -1; /* those of both */
	memcpy(grown.valid_from, ch->day, sizeof grown.valid_from);
	if (!rc)
		rc = unit_add(c->s, &grown, &id);
	if (!rc)
		rc = tx_begin(c->s, root, &tx);
	if (rc)
		return rc;
	rc = db_run(c->s, "UPDATE successor SET unit = ? WHERE unit = ?", "ii", id, u->id);
	if (!rc)
		rc = tx_commit(tx);
	tx_end(tx);
	if (!rc && u->valid_to[0])
		rc = set(c->s, scope_of(u), "UPDATE unit SET valid_to = ? WHERE id = ?", ch->eve,
		         u->id);
	if (!rc)
		rc = keep(c, u->id, id, ch);
	return rc ? rc : unit_get(c->s, id, u);
}

static int is_known(struct changing *c, const struct unit *old, const struct unit *new,
                    const char *kind, bool *known)
{
	int64_t found;
	int rc = db_int(c->s, &found, "SELECT 1 FROM successor WHERE unit = ? AND became = ?", "ii",
	                old->id, new->id);

	*known = !rc && (old->valid_to[0] || !strcmp(kind, "split"));
	return rc == ERR_NOTFOUND ? 0 : rc;
}

static int put_down(struct changing *c, const struct change *ch)
{
	struct unit old, new;
	bool known, renamed = !strcmp(ch->kind, "renamed");
	int rc = unit_on(c->s, ch->old, ch->eve, &old);

	if (rc == ERR_NOTFOUND) {
		c->out->elsewhere++;
		return 0;
	}
	if (rc)
		return rc;
	rc = unit_on(c->s, ch->new, ch->day, &new);
	if (rc == ERR_NOTFOUND)
		return err(ERR_BAD, "there is no unit %s on %s: import the list of that day first",
		           ch->new, ch->day);
	if (rc)
		return rc;
	if (old.id != new.id) {
		rc = is_known(c, &old, &new, ch->kind, &known);
		if (!rc && known)
			c->out->known++;
		if (rc || known)
			return rc;
		c->out->changed++;
		rc = drop_assumed(c, &old, &new);
		if (!rc && !strcmp(ch->kind, "merged") && new.parent &&new.level == old.level &&
		    strcmp(new.valid_from, ch->day) < 0)
			rc = grow(c, ch, &new);
		return rc ? rc : keep(c, old.id, new.id, ch);
	}
	if (!renamed) {
		c->out->known++; /* it goes on, and others joined it */
		return 0;
	}
	rc = move_day(c, ch, &old);
	if (rc == ERR_NOTFOUND)
		rc = make_renamed(c, ch, &old);
	c->out->changed += !rc;
	return rc;
}

int unit_change(struct store *s, const char *text, size_t len,
                void (*bad)(void *arg, unsigned line, const char *why), void *arg,
                struct unit_change_result *out)
{
	struct changing c = {.s = s, .out = out};
	struct change ch;
	int rc;

	memset(out, 0, sizeof *out);
	if (s->self.role != ROLE_ROOT)
		return err(ERR_DENIED, "changes of units are put down on the root's node");
	csv_open(&c.csv, text, len);
	rc = read_header(&c);
	while (!rc && (rc = csv_read(&c.csv)) != 0) {
		if (rc == 1)
			rc = read_change(&c, &ch);
		if (!rc)
			rc = put_down(&c, &ch);
		if (rc == ERR_BAD || rc == ERR_TOOBIG || rc == ERR_EXISTS) {
			out->bad++;
			if (bad)
				bad(arg, c.csv.line, err_text());
			rc = 0;
		}
	}
	if (!rc)
		rc = unit_end_all(s, c.end, c.n);
	csv_close(&c.csv);
	free(c.end);
	return rc;
}
