/* draft.c - forms that somebody began to fill in. */
#include "storage/draft.h"

#include "storage/clock.h"
#include "storage/db.h"
#include "storage/err.h"
#include "storage/text.h"

#include <stdio.h>
#include <string.h>

static int check_name(const char *name)
{
	static const char letters[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
	size_t n = strlen(name);

	return n && n <= DRAFT_NAME_MAX && strspn(name, letters) == n
	               ? 0
	               : err(ERR_BAD, "a draft's name has 1 to %d letters and digits",
	                     DRAFT_NAME_MAX);
}

static int check_answers(struct store *s, const char *answers, size_t len)
{
	struct buf text = {0};
	int64_t good = 0;
	int rc;

	if (len > DRAFT_ANSWERS_MAX)
		return err(ERR_TOOBIG, "a draft has %d bytes at most", DRAFT_ANSWERS_MAX);
	rc = strlen(answers) == len ? text_nfc(answers, len, &text) : ERR_BAD;
	buf_release(&text);
	if (!rc)
		rc = db_int(s, &good,
		            "SELECT CASE WHEN json_valid(?1) THEN json_type(?1) = 'object' END",
		            "t", answers);
	if (rc == ERR_BAD || (!rc && !good))
		rc = err(ERR_BAD, "these answers are not a JSON object");
	return rc;
}

static int check_room(struct store *s, const char *name)
{
	int64_t n, there = 0;
	int rc = db_int(s, &n, "SELECT count(*) FROM draft WHERE saved = 0", "");

	if (!rc && n >= DRAFTS_MAX)
		rc = db_int(s, &there, "SELECT count(*) FROM draft WHERE name = ?", "t", name);
	if (!rc && n >= DRAFTS_MAX && !there)
		rc = err(ERR_TOOBIG, "there are %d drafts already: save or remove some",
		         DRAFTS_MAX);
	return rc;
}

/* What was saved long ago nobody asks about any more. */
static int put(struct store *s, const struct draft *d, const char *answers)
{
	int64_t now = clock_now_ms(s);
	int rc = db_run(s, "DELETE FROM draft WHERE saved <> 0 AND at_ms < ?", "i",
	                now - DRAFT_SAVED_MS);

	if (!rc)
		rc = db_run(
			s,
			"INSERT INTO draft(name, form, unit, record, person, answers, at_ms, saved)"
			" VALUES(?, ?, ?, ?, ?, ?, ?, 0) ON CONFLICT DO UPDATE SET"
			" form = excluded.form, unit = excluded.unit, record = excluded.record,"
			" person = excluded.person, answers = excluded.answers,"
			" at_ms = excluded.at_ms WHERE saved = 0",
			"ttiiiti", d->name, d->form, d->unit, d->record, d->person, answers, now);
	return rc;
}

int draft_put(struct store *s, const struct draft *d, const char *answers, size_t len)
{
	struct draft old;
	int rc = check_name(d->name);

	if (!rc)
		rc = check_answers(s, answers, len);
	if (!rc)
		rc = store_begin(s);
	if (rc)
		return rc;
	rc = draft_get(s, d->name, &old, NULL);
	if (!rc && old.saved)
		rc = err(ERR_EXISTS, "this form was saved already");
	if (rc == ERR_NOTFOUND)
		rc = check_room(s, d->name);
	if (!rc)
		rc = put(s, d, answers);
	if (!rc)
		rc = store_commit(s);
	store_end(s);
	return rc;
}

static void read_row(sqlite3_stmt *st, struct draft *out)
{
	*out = (struct draft){.unit = sqlite3_column_int64(st, 2),
	                      .record = sqlite3_column_int64(st, 3),
	                      .person = sqlite3_column_int64(st, 4),
	                      .at_ms = sqlite3_column_int64(st, 5),
	                      .saved = sqlite3_column_int64(st, 6)};
	snprintf(out->name, sizeof out->name, "%s", (const char *)sqlite3_column_text(st, 0));
	snprintf(out->form, sizeof out->form, "%s", (const char *)sqlite3_column_text(st, 1));
}

int draft_get(struct store *s, const char *name, struct draft *out, struct buf *answers)
{
	sqlite3_stmt *st = db_stmt(s, "SELECT name, form, unit, record, person, at_ms, saved,"
	                              " answers FROM draft WHERE name = ?");
	int rc = st ? db_bind(st, "t", name) : err_code();

	*out = (struct draft){0};
	if (!rc)
		rc = db_step(s, st);
	if (rc == 0)
		return err(ERR_NOTFOUND, "there is no draft %.40s here", name);
	if (rc < 0)
		return rc;
	read_row(st, out);
	if (answers) {
		buf_reset(answers);
		buf_str(answers, (const char *)sqlite3_column_text(st, 7));
		buf_cstr(answers);
	}
	sqlite3_reset(st);
	return answers && answers->err ? err(ERR_NOMEM, "out of memory") : 0;
}

int draft_each(struct store *s, int (*fn)(void *arg, const struct draft *d), void *arg)
{
	sqlite3_stmt *st = NULL;
	struct draft d;
	int rc = db_prepare(s,
	                    "SELECT name, form, unit, record, person, at_ms, saved FROM draft"
	                    " WHERE saved = 0 ORDER BY at_ms DESC, name",
	                    &st);

	while (!rc && (rc = db_step(s, st)) == 1) {
		read_row(st, &d);
		rc = fn(arg, &d);
	}
	sqlite3_finalize(st);
	return rc;
}

static int was_there(struct store *s, const char *name, int rc)
{
	if (!rc && !sqlite3_changes(s->db))
		rc = err(ERR_NOTFOUND, "there is no draft %.40s here", name);
	return rc;
}

int draft_drop(struct store *s, const char *name)
{
	return was_there(s, name, db_run(s, "DELETE FROM draft WHERE name = ?", "t", name));
}

int draft_saved(struct store *s, const char *name, int64_t record)
{
	return was_there(
		s, name,
		db_run(s, "UPDATE draft SET saved = ?, answers = '', at_ms = ? WHERE name = ?",
	               "iit", record, clock_now_ms(s), name));
}
