/* verify.c - is what is here what was written, and the same as elsewhere? */
#include "storage/db.h"
#include "storage/err.h"
#include "storage/feed.h"
#include "storage/node.h"
#include "storage/pack.h"
#include "storage/rowcodec.h"
#include "storage/synced.h"
#include "storage/verify.h"

#include <stdlib.h>
#include <string.h>

#define CHUNK (64 * 1024) /* bytes hashed at a time */

/* ---- content ------------------------------------------------------------------------------------ */

struct content {
	struct store *s;
	struct verify_result *out;
	struct buf chunk; /* rows not hashed yet, after the hash so far */
	int64_t *unit;    /* scopes that count, sorted; NULL: all */
	size_t nunit;
	enum class class; /* being hashed */
};

static int compare_ids(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static int load_units(struct content *c, int64_t root)
{
	struct buf ids = {0};
	sqlite3_stmt *st;
	int64_t id;
	int rc = db_prepare(c->s,
	                    "WITH RECURSIVE below(id) AS (VALUES(?1) UNION"
	                    " SELECT unit.id FROM unit JOIN below ON unit.parent = below.id)"
	                    " SELECT id FROM below ORDER BY id",
	                    &st);

	if (!rc)
		rc = db_bind(st, "i", root);
	while (!rc && (rc = db_step(c->s, st)) == 1) {
		id = sqlite3_column_int64(st, 0);
		buf_add(&ids, &id, sizeof id);
		rc = ids.err;
	}
	sqlite3_finalize(st);
	c->unit = (int64_t *)(void *)ids.data; /* malloc's alignment holds an int64_t */
	c->nunit = ids.len / sizeof id;
	return rc;
}

static void digest(struct content *c, enum class class)
{
	uint8_t *hash = c->out->hash[class];

	c->s->env->sha256(c->chunk.data, c->chunk.len, hash);
	buf_reset(&c->chunk);
	buf_add(&c->chunk, hash, HASH_LEN);
}

static int hash_table(void *arg, const char *table, enum class class)
{
	struct content *c = arg;
	sqlite3_stmt *st = NULL;
	char *sql = sqlite3_mprintf("SELECT * FROM \"%w\" ORDER BY 1", table);
	int64_t scope;
	int rc, named = 0;

	if (class != c->class) {
		sqlite3_free(sql);
		return 0;
	}
	rc = sql ? db_prepare(c->s, sql, &st) : err(ERR_NOMEM, "out of memory");
	sqlite3_free(sql);
	while (!rc && (rc = db_step(c->s, st)) == 1) {
		rc = 0;
		scope = sqlite3_column_int64(st, 1);
		if (c->unit && !bsearch(&scope, c->unit, c->nunit, sizeof scope, compare_ids))
			continue;
		if (!named++)
			buf_add(&c->chunk, table, strlen(table) + 1);
		buf_varint(&c->chunk, (uint64_t)sqlite3_column_int64(st, 0));
		row_put_stmt(&c->chunk, st);
		buf_u8(&c->chunk, 0xff); /* no type byte: the row ends */
		c->out->rows[class]++;
		if (c->chunk.len >= CHUNK)
			digest(c, class);
		rc = c->chunk.err;
	}
	sqlite3_finalize(st);
	return rc;
}

int verify_content(struct store *s, int64_t unit, struct verify_result *out)
{
	struct content c = {.s = s, .out = out};
	int rc = unit ? load_units(&c, unit) : 0, class;

	for (class = 0; !rc && class < CLASS_COUNT; class ++) {
		c.class = (enum class) class;
		buf_reset(&c.chunk);
		buf_u8(&c.chunk, (unsigned)class);
		rc = synced_each(s, hash_table, &c);
		digest(&c, c.class);
	}
	buf_release(&c.chunk);
	free(c.unit);
	return rc;
}

/* ---- the log ------------------------------------------------------------------------------------- */

struct chain {
	struct store *s;
	struct verify_result *out;
	const struct feed *f;
	struct node author;
	uint8_t hash[HASH_LEN];
	uint32_t seq;
};

static int damaged(const struct chain *c, uint32_t seq, const char *what)
{
	return err(
		ERR_CORRUPT,
		"pack %u of node %s is not what its author wrote (%s): restore a backup, or join "
		"anew and sync",
		(unsigned)seq, node_text(c->f->key.author, (char[ID_TEXT]){0}), what);
}

static int check_pack(void *arg, const struct pack *p)
{
	struct chain *c = arg;
	uint8_t hash[HASH_LEN];
	int rc;

	if (p->seq != ++c->seq)
		return damaged(c, c->seq, "missing");
	pack_hash(c->s, &c->f->key, p->seq, c->hash, p->body, p->len, hash);
	rc = c->s->env->verify(c->s->env->arg, c->author.pubkey, hash, p->sig);
	if (rc && rc != ERR_DENIED)
		return rc;
	if (rc)
		return damaged(c, p->seq, "signature");
	memcpy(c->hash, hash, HASH_LEN);
	c->out->packs++;
	return 0;
}

static int check_feed(void *arg, const struct feed *f)
{
	struct chain *c = arg;
	int rc = node_get(c->s, f->key.author, &c->author);

	if (rc == ERR_NOTFOUND)
		return err(ERR_CORRUPT,
		           "a feed of node %s, which nobody here has enrolled: restore a backup",
		           node_text(f->key.author, (char[ID_TEXT]){0}));
	c->f = f;
	c->seq = 0;
	memset(c->hash, 0, sizeof c->hash);
	c->out->feeds++;
	if (!rc)
		rc = feed_packs(c->s, f, 0, check_pack, c);
	if (!rc && (c->seq != f->head || memcmp(c->hash, f->hash, HASH_LEN)))
		rc = damaged(c, f->head, "head");
	return rc;
}

static int check_file(struct store *s)
{
	unsigned mark = err_mark();
	sqlite3_stmt *st;
	const char *text;
	int rc = db_prepare(s, "PRAGMA integrity_check(1)", &st);

	if (!rc && (rc = db_step(s, st)) == 1) {
		text = (const char *)sqlite3_column_text(st, 0);
		rc = err_since(mark); /* no memory looks like damage to it */
		if (!rc && (!text || strcmp(text, "ok")))
			rc = err(ERR_CORRUPT, "%s/cayda.db is damaged (%s): restore a backup",
			         s->home, text ? text : "?");
	}
	sqlite3_finalize(st);
	return rc;
}

int verify_store(struct store *s, int64_t unit, struct verify_result *out)
{
	struct chain c = {.s = s, .out = out};
	int rc;

	memset(out, 0, sizeof *out);
	rc = check_file(s);
	if (!rc)
		rc = feed_each(s, check_feed, &c);
	if (!rc)
		rc = db_int(s, &out->waiting, "SELECT count(*) FROM pack WHERE state = 1", "");
	if (!rc)
		rc = db_int(s, &out->quarantined, "SELECT count(*) FROM pack WHERE state = 2", "");
	if (!rc)
		rc = db_int(s, &out->pending, "SELECT count(*) FROM entry", "");
	return rc ? rc : verify_content(s, unit, out);
}
