/* origin.c - instanceIDs of records. */
#include "storage/origin.h"
#include "storage/db.h"
#include "storage/err.h"
#include "storage/meta.h"
#include "storage/record_cell.h"
#include "storage/value.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define UUID_LEN 36
#define TREE_BYTES 6 /* of the root's print: what is left in a UUID beside 63 bits of row id */

/* ---- ids ---------------------------------------------------------------------------------- */

static bool is_uuid(const char *text)
{
	size_t i;

	for (i = 0; i < UUID_LEN; i++)
		if (i == 8 || i == 13 || i == 18 || i == 23 ? text[i] != '-'
		                                            : !isxdigit((unsigned char)text[i]))
			return false;
	return !text[UUID_LEN];
}

/* As it is stored: KoboToolbox leaves out the "uuid:" that an instance has. */
static int normal(const char *text, size_t len, char out[ORIGIN_MAX + 1])
{
	char shown[SHOWN_LEN];
	size_t i;

	if (len > 5 && !strncmp(text, "uuid:", 5)) {
		text += 5;
		len -= 5;
	}
	for (i = 0; i < len && i < ORIGIN_MAX && (unsigned char)text[i] > ' '; i++)
		out[i] = text[i];
	out[i] = 0;
	if (!i || i < len)
		return err(ERR_BAD, "'%s' is no instanceID", value_shown(text, shown));
	for (i = 0; is_uuid(out) && i < UUID_LEN; i++)
		out[i] = (char)tolower((unsigned char)out[i]);
	return 0;
}

struct origins {
	char id[ORIGINS_MAX][ORIGIN_MAX + 1];
	size_t n;
};

static int add_id(struct origins *o, const char *text, size_t len)
{
	size_t i;
	int rc;

	if (o->n == ORIGINS_MAX)
		return err(ERR_BAD, "a submission has more than %d instanceIDs", ORIGINS_MAX);
	rc = normal(text, len, o->id[o->n]);
	for (i = 0; !rc && i < o->n && strcmp(o->id[i], o->id[o->n]); i++)
		;
	o->n += !rc && i == o->n;
	return rc;
}

static int read_ids(const char *instance, const char *was, struct origins *o)
{
	size_t len;
	int rc;

	o->n = 0;
	rc = add_id(o, instance, strlen(instance));
	for (; !rc && *(was += strspn(was, " ")); was += len) {
		len = strcspn(was, " ");
		rc = add_id(o, was, len);
	}
	return rc;
}

/* 48 bits that tell one tree from another: of its root's certificate. */
static uint64_t tree(struct store *s)
{
	struct buf print = {0};
	uint64_t tag = 0;
	size_t i;

	if (meta_bytes(s, "root_print", &print) == 0)
		for (i = 0; i < TREE_BYTES && i < print.len; i++)
			tag = tag << 8 | print.data[i];
	buf_release(&print);
	return tag;
}

/* custom_a: the tree; custom_b and custom_c: the row id's highest bit, and its others. */
static void derive(uint64_t tag, uint64_t id, char out[UUID_LEN + 1])
{
	uint64_t high = UINT64_C(8) << 12 | (id >> 62 & 1);
	uint64_t low = UINT64_C(2) << 62 | (id & ((UINT64_C(1) << 62) - 1));

	snprintf(out, UUID_LEN + 1,
	         "%08" PRIx64 "-%04" PRIx64 "-%04" PRIx64 "-%04" PRIx64 "-%012" PRIx64,
	         tag >> 16 & UINT32_MAX, tag & 0xffff, high & 0xffff, low >> 48 & 0xffff,
	         low & UINT64_C(0xffffffffffff));
}

/* The row id that was made into that; false: it is of another tree, or none of ours. */
static bool derived(uint64_t tag, const char *instance, int64_t *id)
{
	char again[UUID_LEN + 1];
	uint64_t c, d, e;

	if (!is_uuid(instance) ||
	    sscanf(instance + 14, "%4" SCNx64 "-%4" SCNx64 "-%12" SCNx64, &c, &d, &e) != 3)
		return false;
	*id = (int64_t)((c & 1) << 62 | ((d << 48 | e) & ((UINT64_C(1) << 62) - 1)));
	derive(tag, (uint64_t)*id, again);
	return !strcmp(again, instance);
}

/* ---- finding ------------------------------------------------------------------------------- */

/* The oldest record that was made from it, which is the one that stands for all (same.h). */
static int find_one(struct store *s, const struct form *f, const char *id, int64_t *record)
{
	char text[ID_TEXT];
	int rc;

	*record = 0;
	if (derived(tree(s), id, record)) {
		rc = record_here(s, f->code, *record);
		if (rc != ERR_NOTFOUND)
			return rc;
		id_text(*record, text);
		*record = 0;
		return err(
			ERR_DENIED,
			"this is record %s of this province, which is not here: it comes by a sync",
			text);
	}
	rc = db_int(s, record,
	            "SELECT record FROM f__origin WHERE instance = ? ORDER BY record LIMIT 1", "t",
	            id);
	return rc == ERR_NOTFOUND ? 0 : rc;
}

static int unit_of(struct store *s, const struct form *f, int64_t record, int64_t *unit)
{
	char *sql = sqlite3_mprintf("SELECT _unit FROM \"f_%w\" WHERE _id = ?", f->code);
	sqlite3_stmt *st = NULL;
	int rc = sql ? db_prepare(s, sql, &st) : err(ERR_NOMEM, "out of memory");

	sqlite3_free(sql);
	if (!rc)
		rc = db_bind(st, "i", record);
	if (!rc && (rc = db_step(s, st)) == 1)
		*unit = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return rc < 0 ? rc : 0;
}

int origin_find(struct store *s, const struct form *f, const char *instance, const char *was,
                struct origin_match *out)
{
	bool all = true, itself = false;
	struct origins o;
	int64_t one;
	size_t i;
	int rc = read_ids(instance, was, &o);

	*out = (struct origin_match){.what = ORIGIN_NEW};
	for (i = 0; !rc && i < o.n; i++) {
		rc = find_one(s, f, o.id[i], &one);
		itself |= one && !i;
		all &= one != 0;
		out->record = out->record ? out->record : one;
	}
	if (rc || !out->record)
		return rc;
	out->what = all ? ORIGIN_KNOWN : itself ? ORIGIN_RELATED : ORIGIN_EDITED;
	return unit_of(s, f, out->record, &out->unit);
}

int origin_add(struct tx *tx, int64_t record, const char *instance, const char *was)
{
	struct store *s = tx_store(tx);
	struct origins o;
	int64_t id, there;
	size_t i;
	int rc = read_ids(instance, was, &o);

	for (i = 0; !rc && i < o.n; i++) {
		rc = db_int(s, &there, "SELECT 1 FROM f__origin WHERE record = ? AND instance = ?",
		            "it", record, o.id[i]);
		if (rc != ERR_NOTFOUND || derived(tree(s), o.id[i], &id)) {
			rc = rc == ERR_NOTFOUND ? 0 : rc;
			continue;
		}
		id = tx_new_id(tx);
		rc = id ? db_run(s,
		                 "INSERT INTO f__origin(_id, _unit, record, instance, earlier)"
		                 " VALUES(?, ?, ?, ?, ?)",
		                 "iiiti", id, tx_scope(tx), record, o.id[i], (int64_t)(i > 0))
		        : err_code();
	}
	return rc;
}

int origin_of(struct store *s, int64_t record, struct buf *out)
{
	char own[UUID_LEN + 1];
	const char *id = own;
	sqlite3_stmt *st;
	int rc = db_prepare(s,
	                    "SELECT instance FROM f__origin WHERE record = ? AND earlier = 0"
	                    " ORDER BY _id DESC LIMIT 1",
	                    &st);

	if (!rc)
		rc = db_bind(st, "i", record);
	if (!rc)
		rc = db_step(s, st);
	derive(tree(s), (uint64_t)record, own);
	if (rc == 1)
		id = (const char *)sqlite3_column_text(st, 0);
	if (rc >= 0)
		buf_printf(out, "%s%s", id && is_uuid(id) ? "uuid:" : "", id ? id : own);
	sqlite3_finalize(st);
	return rc < 0 ? rc : out->err;
}
