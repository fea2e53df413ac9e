/* store.c - opening a home, its schema, and who the node is. */
#include "storage/backup.h"
#include "storage/db.h"
#include "storage/durable.h"
#include "storage/embed.h"
#include "storage/err.h"
#include "storage/expr.h"
#include "storage/merge.h"
#include "storage/meta.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define APPLICATION_ID 0x63617964 /* "cayd", so that no other SQLite file is taken for ours */

static const char *const role_names[] = {"", "root", "office", "device"};

const char *role_name(enum role r)
{
	return role_names[r];
}

enum role role_of(const char *name)
{
	enum role r;

	for (r = ROLE_ROOT; r <= ROLE_DEVICE; r++)
		if (!strcmp(name, role_names[r]))
			return r;
	return ROLE_NONE;
}

/* Makes folder and file beforehand, so that only their owner can read them. */
static int make_home(const char *home, const char *path)
{
	int fd, rc = 0;

	if (!mkdir(home, 0700))
		rc = durable_name(home);
	else if (errno != EEXIST)
		rc = err(ERR_IO, "the folder %s cannot be made: %s", home, strerror(errno));
	if (rc || !access(path, F_OK))
		return rc;
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return err(ERR_IO,
		           "%s cannot be written: %s; check the disk and the folder's owner", path,
		           strerror(errno));
	close(fd);
	return durable_name(path);
}

static int pragma_int(struct store *s, const char *sql, int64_t *out)
{
	sqlite3_stmt *st;
	int rc = db_prepare(s, sql, &st);

	*out = 0;
	if (!rc)
		rc = db_step(s, st);
	if (rc == 1)
		*out = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return rc < 0 ? rc : 0;
}

static int apply_schema(struct store *s)
{
	char mark[96];
	int rc;

	snprintf(mark, sizeof mark, "PRAGMA application_id = %d; PRAGMA user_version = %d",
	         APPLICATION_ID, STORE_SCHEMA);
	rc = db_exec(s, (const char *)embed_schema[0].data);
	return rc ? rc : db_exec(s, mark);
}

/* What a table that is there lacks: "CREATE TABLE IF NOT EXISTS" leaves it as it is. */
static int add_columns(struct store *s)
{
	int64_t has;
	int rc = pragma_int(s,
	                    "SELECT count(*) FROM pragma_table_info('f__same')"
	                    " WHERE name = 'person'",
	                    &has);

	return rc || has ? rc : db_exec(s, "ALTER TABLE f__same ADD COLUMN person INTEGER");
}

/* Brings the schema to STORE_SCHEMA: every version only adds to the one before. */
static int migrate(struct store *s)
{
	int64_t version, app, tables;
	int rc = pragma_int(s, "PRAGMA user_version", &version);

	if (!rc)
		rc = pragma_int(s, "PRAGMA application_id", &app);
	if (!rc)
		rc = pragma_int(s, "SELECT count(*) FROM sqlite_schema", &tables);
	if (rc)
		return rc;
	if (tables && app != APPLICATION_ID)
		return err(ERR_CORRUPT,
		           "%s/cayda.db is not a cayda database: choose another folder", s->home);
	if (version > STORE_SCHEMA)
		return err(
			ERR_NEWER,
			"%s was made by a newer cayda (format %d; this one knows %d): update the program",
			s->home, (int)version, STORE_SCHEMA);
	if (version == STORE_SCHEMA)
		return 0;
	rc = db_exec(s, "BEGIN IMMEDIATE");
	if (rc)
		return rc;
	rc = pragma_int(s, "PRAGMA user_version",
	                &version); /* another process may have been first */
	if (!rc && version < STORE_SCHEMA)
		rc = apply_schema(s);
	if (!rc)
		rc = add_columns(s);
	if (!rc)
		rc = db_exec(s, "COMMIT");
	if (rc)
		sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	return rc;
}

static int configure(struct store *s)
{
	int rc = db_err(s, sqlite3_busy_timeout(s->db, BUSY_MS));

	/* FULL: a commit is on the disk before it returns. cell_size_check: damage is noticed. */
	if (!rc)
		rc = db_exec(s, "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;"
		                "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
	return rc;
}

static int get_u32(struct store *s, const char *key, uint32_t *out)
{
	int64_t v;
	int rc = meta_int(s, key, &v);

	*out = (uint32_t)v;
	return rc == ERR_NOTFOUND ? 0 : rc;
}

/* A home that has joined has all of these facts, another none: what else there is, is damage. */
static int load_self(struct store *s)
{
	char role[16];
	int64_t number;
	int rc = meta_text(s, "role", role, sizeof role), named = meta_int(s, "number", &number);

	if (rc == ERR_NOTFOUND && named == ERR_NOTFOUND)
		return 0;
	if (!rc)
		rc = named;
	if (!rc)
		rc = meta_int(s, "scope", &s->self.scope);
	if (!rc)
		rc = meta_text(s, "name", s->self.name, sizeof s->self.name);
	if (!rc)
		rc = get_u32(s, "epoch", &s->self.epoch);
	if (!rc)
		rc = get_u32(s, "office_first", &s->self.office_first);
	if (!rc)
		rc = get_u32(s, "office_count", &s->self.office_count);
	if (rc == ERR_NOTFOUND || rc == ERR_TOOBIG || (!rc && role_of(role) == ROLE_NONE))
		rc = db_err(s, SQLITE_CORRUPT);
	if (rc)
		return rc;
	s->self.number = (uint32_t)number;
	s->self.role = role_of(role);
	return 0;
}

int store_open(const char *home, int flags, const struct store_env *env, struct store **out)
{
	struct store *s;
	char path[4096];
	int rc;

	*out = NULL;
	db_start();
	s = calloc(1, sizeof *s);
	if (!s || !(s->home = strdup(home))) {
		free(s);
		return err(ERR_NOMEM, "out of memory");
	}
	s->env = env;
	snprintf(path, sizeof path, "%s/cayda.db", home);
	if (flags & STORE_CREATE)
		rc = make_home(home, path);
	else if (access(path, F_OK))
		rc = err(ERR_NOTFOUND,
		         "%s is not a cayda home: start with 'cayda join' or 'cayda init'", home);
	else
		rc = 0;
	if (rc)
		goto out;
	rc = db_err(s, sqlite3_open_v2(path, &s->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_EXRESCODE,
	                               NULL));
	if (!rc)
		rc = configure(s);
	if (!rc)
		rc = expr_functions(s->db);
	if (!rc)
		rc = migrate(s);
	if (!rc)
		rc = load_self(s);
	if (!rc)
		rc = backup_notice_copy(s);
out:
	if (rc)
		store_close(s);
	else
		*out = s;
	return rc;
}

void store_close(struct store *s)
{
	if (!s)
		return;
	tx_end(s->tx);
	merge_forget(s);
	db_forget(s);
	sqlite3_close(s->db);
	free(s->home);
	free(s);
}

int store_become(struct store *s, const struct self *self, const uint8_t key[KEY_LEN],
                 const uint8_t pubkey[PUBKEY_LEN])
{
	int rc;

	if (s->self.number)
		return err(ERR_EXISTS,
		           "%s is already the home of node %s (%s): choose another folder", s->home,
		           node_text(s->self.number, (char[ID_TEXT]){0}), s->self.name);
	rc = meta_set_int(s, "number", self->number);
	if (!rc)
		rc = meta_set_text(s, "role", role_name(self->role));
	if (!rc)
		rc = meta_set_int(s, "scope", self->scope);
	if (!rc)
		rc = meta_set_int(s, "epoch", self->epoch);
	if (!rc)
		rc = meta_set_int(s, "office_first", self->office_first);
	if (!rc)
		rc = meta_set_int(s, "office_count", self->office_count);
	if (!rc)
		rc = meta_set_text(s, "name", self->name);
	if (!rc)
		rc = meta_set_bytes(s, "key", key, KEY_LEN);
	if (!rc)
		rc = meta_set_bytes(s, "pubkey", pubkey, PUBKEY_LEN);
	if (!rc && id_node(self->scope) == self->number) /* a root's own unit has its first id */
		rc = meta_set_int(s, "counter", self->scope & ID_COUNTER_MASK);
	if (!rc) {
		s->self = *self;
		rc = backup_notice_copy(s);
	}
	return rc;
}

int store_begin(struct store *s)
{
	unsigned mark = err_mark();
	int rc = db_exec(s, "BEGIN IMMEDIATE");

	if (rc)
		return rc;
	s->begun = 1;
	s->begun_mark = mark;
	s->begun_epoch = s->self.epoch;
	return 0;
}

int store_commit(struct store *s)
{
	int rc = err_since(s->begun_mark);

	if (!rc)
		rc = db_exec(s, "COMMIT");
	s->begun = rc != 0;
	return rc;
}

void store_end(struct store *s)
{
	if (!sqlite3_get_autocommit(s->db))
		sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	if (!s->begun)
		return;
	s->begun = 0;
	s->self.epoch = s->begun_epoch;
	merge_forget(s); /* numbers of tables that are gone again */
}

/* ---- ids ---------------------------------------------------------------------------------- */

uint32_t id_node(int64_t id)
{
	return (uint32_t)(id >> 35);
}

const char *node_text(uint32_t number, char out[ID_TEXT])
{
	snprintf(out, ID_TEXT, "%" PRIu32 ".%" PRIu32, number >> 14, number & 0x3fff);
	return out;
}

const char *id_text(int64_t id, char out[ID_TEXT])
{
	char node[ID_TEXT];

	snprintf(out, ID_TEXT, "%.20s-%" PRId64, node_text(id_node(id), node),
	         id & ((INT64_C(1) << 35) - 1));
	return out;
}

int node_parse(const char *text, uint32_t *number)
{
	unsigned office, device;
	char end;

	*number = 0;
	if (sscanf(text, "%5u.%5u%c", &office, &device, &end) != 2 || office > 0x3fff ||
	    device > 0x3fff)
		return err(ERR_BAD, "'%s' is not a node: write it as it is listed, like 2.1", text);
	*number = office << 14 | device;
	return 0;
}

int id_parse(const char *text, int64_t *id)
{
	uint64_t office, device, counter;
	char end;

	*id = 0;
	if (sscanf(text, "%" SCNu64 ".%" SCNu64 "-%" SCNu64 "%c", &office, &device, &counter,
	           &end) != 3 ||
	    office > 0x3fff || device > 0x3fff || counter >> 35)
		return err(ERR_BAD,
		           "'%s' is not a record id: write it as it is listed, like 2.1-15", text);
	*id = (int64_t)(office << 49 | device << 35 | counter);
	return 0;
}
