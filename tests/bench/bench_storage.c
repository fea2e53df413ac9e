/* bench_storage.c - record_ratio and merge_ratio: what the log costs over plain SQLite.
 *
 * Each figure is a ratio of two things measured in turn in one run, because machines drift:
 * saves of one record each, and rows merged, against the same INSERTs and the same changesets
 * in a plain database with the same pragmas. Prints "bench NAME VALUE UNIT" lines: the median of
 * ROUNDS rounds, and the range.
 */
#include "tests/unit/rig.h"
#include "storage/form.h"
#include "storage/pack.h"

#include <time.h>

#define ROUNDS 7
#define SAVES 200        /* records saved one by one in a round */
#define BATCH 256        /* rows of one transaction when importing */
#define MERGE_ROWS 25600 /* rows merged in a round */
#define PLAIN_PRAGMAS \
	"PRAGMA cell_size_check = ON; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL"

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void print_median(const char *name, double *v, const char *unit)
{
	qsort(v, ROUNDS, sizeof *v, by_value);
	printf("bench %s %.3f %s (range %.3f to %.3f)\n", name, v[ROUNDS / 2], unit, v[0],
	       v[ROUNDS - 1]);
}

/* One visit of 22 answers, as a village team records it. */
#define INSERT_VISIT                                                                               \
	"INSERT INTO f_visit(_id, _unit, _version, household, surveyed_on, time, persons, adults," \
	" smartphones, featurephones, fibre, provider, mobile_bb, signal, eid, bank,"              \
	" digital_address, sells_online, services_account, paid_online, computer)"                 \
	" VALUES(?1, ?2, 1, ?1 - 7, '2026-11-' || (10 + ?3 % 20), '07:' || (10 + ?3 % 50),"        \
	" 1 + ?3 % 6, 1 + ?3 % 4, ?3 % 5, ?3 % 2, '1', 'vnpt', '1', ?3 % 5, ?3 % 3, ?3 % 4, '1',"  \
	" '0', '0', '1', '0')"

static void insert_visit(struct store *s, sqlite3_stmt *st, int64_t id, int64_t unit, int64_t i)
{
	sqlite3_reset(st);
	ok(db_bind(st, "iii", id, unit, i));
	ok(db_step(s, st));
}

/* ---- the plain twin ----------------------------------------------------------------------------- */

struct plain {
	struct store view; /* only db and home are used, for db.h */
	char home[64];
	sqlite3_stmt *insert;
};

static int copy_schema(void *arg, int n, char **value, char **name)
{
	(void)n;
	(void)name;
	return sqlite3_exec(arg, value[0], NULL, NULL, NULL);
}

/* The same table with the same indexes, and nothing else. */
static void plain_open(struct plain *p, struct store *like)
{
	memset(p, 0, sizeof *p);
	strcpy(p->home, "plain.db");
	unlink("plain.db");
	unlink("plain.db-wal");
	p->view.home = p->home;
	assert_int_equal(sqlite3_open(p->home, &p->view.db), SQLITE_OK);
	ok(db_exec(&p->view, PLAIN_PRAGMAS));
	assert_int_equal(sqlite3_exec(like->db,
	                              "SELECT sql FROM sqlite_schema WHERE tbl_name = 'f_visit'"
	                              " AND sql IS NOT NULL ORDER BY type DESC",
	                              copy_schema, p->view.db, NULL),
	                 SQLITE_OK);
	ok(db_prepare(&p->view, INSERT_VISIT, &p->insert));
}

static void plain_close(struct plain *p)
{
	sqlite3_finalize(p->insert);
	sqlite3_close(p->view.db);
	unlink("plain.db");
}

/* ---- record_ratio ----------------------------------------------------------------------------------- */

static double save_ours(struct rig_node *n, sqlite3_stmt *st, int64_t unit, int i)
{
	double start = now();
	struct tx *tx;

	ok(tx_begin(n->s, unit, &tx));
	insert_visit(n->s, st, tx_new_id(tx), unit, i);
	ok(tx_commit(tx));
	tx_end(tx);
	return now() - start;
}

static double save_plain(struct plain *p, int64_t unit, int64_t id, int i)
{
	double start = now();

	ok(db_exec(&p->view, "BEGIN IMMEDIATE"));
	insert_visit(&p->view, p->insert, id, unit, i);
	ok(db_exec(&p->view, "COMMIT"));
	return now() - start;
}

static void bench_record(struct rig_node *n)
{
	double ratio[ROUNDS], rate[ROUNDS], ours, plain;
	int64_t unit = rig_unit(n, "C-1"), id = INT64_C(1) << 40;
	sqlite3_stmt *st;
	struct plain p;
	int i, k;

	plain_open(&p, n->s);
	ok(db_prepare(n->s, INSERT_VISIT, &st));
	for (i = 0; i < ROUNDS; i++) {
		ours = plain = 0;
		for (k = 0; k < SAVES; k++) { /* in turn: a disk's mood changes by the second */
			plain += save_plain(&p, unit, ++id, k);
			ours += save_ours(n, st, unit, k);
		}
		ratio[i] = plain / ours;
		rate[i] = SAVES / ours;
	}
	sqlite3_finalize(st);
	plain_close(&p);
	print_median("record_ratio", ratio, "ratio");
	print_median("record_rate", rate, "records/s");
}

/* ---- merge_ratio ---------------------------------------------------------------------------------------- */

/* Packs to merge, and the changesets in them. */
struct load {
	struct {
		struct pack p;
		uint8_t *body;
	} pack[1024];
	size_t n;
	struct feed_key key;
	struct plain *plain;
};

static int keep_pack(void *arg, const struct pack *p)
{
	struct load *l = arg;

	assert_true(l->n < sizeof l->pack / sizeof *l->pack);
	l->pack[l->n].p = *p;
	l->pack[l->n].body = malloc(p->len);
	memcpy(l->pack[l->n].body, p->body, p->len);
	l->pack[l->n].p.body = l->pack[l->n].body;
	l->n++;
	return 0;
}

static int abort_on_conflict(void *arg, int why, sqlite3_changeset_iter *it)
{
	(void)arg;
	(void)why;
	(void)it;
	return SQLITE_CHANGESET_ABORT;
}

static int apply_set(void *arg, int64_t clock, const uint8_t *set, size_t len)
{
	struct load *l = arg;

	(void)clock;
	return sqlite3changeset_apply(l->plain->view.db, (int)len, (void *)(uintptr_t)set, NULL,
	                              abort_on_conflict, NULL);
}

static int no_set(void *arg, int64_t clock, const uint8_t *set, size_t len)
{
	(void)arg;
	(void)clock;
	(void)set;
	(void)len;
	return 0;
}

/* Reading the packs is ours, not plain SQLite's: what it takes is taken off. */
static double merge_plain(struct load *l)
{
	double start = now(), read;
	size_t i;

	for (i = 0; i < l->n; i++)
		ok(pack_entries(&l->key, l->pack[i].p.body, l->pack[i].p.len, no_set, NULL));
	read = now() - start;
	start = now();
	for (i = 0; i < l->n; i++) {
		ok(db_exec(&l->plain->view, "BEGIN IMMEDIATE"));
		ok(pack_entries(&l->key, l->pack[i].p.body, l->pack[i].p.len, apply_set, l));
		ok(db_exec(&l->plain->view, "COMMIT"));
	}
	return MERGE_ROWS / (now() - start - read);
}

static double merge_ours(struct rig_node *hub, struct load *l)
{
	double start = now();
	struct feed f = {.key = l->key};
	size_t i;

	for (i = 0; i < l->n; i++)
		ok(feed_receive(hub->s, &f, &l->pack[i].p));
	return MERGE_ROWS / (now() - start);
}

static void record_rows(struct rig_node *n, int64_t unit)
{
	sqlite3_stmt *st;
	struct tx *tx;
	int i, k;

	ok(db_prepare(n->s, INSERT_VISIT, &st));
	for (i = 0; i < MERGE_ROWS; i += BATCH) {
		ok(tx_begin(n->s, unit, &tx));
		for (k = 0; k < BATCH; k++)
			insert_visit(n->s, st, tx_new_id(tx), unit, i + k);
		ok(tx_commit(tx));
		tx_end(tx);
	}
	sqlite3_finalize(st);
	ok(pack_seal(n->s));
}

static double merge_round(struct rig_node *root, double *rate)
{
	static struct load l;
	struct rig_node office, dev;
	struct plain p;
	struct feed f;
	double plain;
	size_t i;

	rig_join(&office, root, "C", ROLE_OFFICE);
	rig_enrol(&office, root);
	rig_sync(&office, root);
	rig_join(&dev, &office, "C-1", ROLE_DEVICE);
	rig_enrol(&dev, &office);
	rig_sync(&dev, &office);
	record_rows(&dev, dev.s->self.scope);
	ok(db_exec(office.s, "PRAGMA synchronous = FULL"));
	l = (struct load){.key = {dev.s->self.number, 0, dev.s->self.scope, CLASS_OPEN},
	                  .plain = &p};
	ok(feed_find(dev.s, &l.key, false, &f));
	ok(feed_packs(dev.s, &f, 0, keep_pack, &l));
	plain_open(&p, office.s);
	plain = merge_plain(&l);
	*rate = merge_ours(&office, &l);
	rig_same(&dev, &office, dev.s->self.scope);
	plain_close(&p);
	for (i = 0; i < l.n; i++)
		free(l.pack[i].body);
	rig_stop(&dev);
	rig_stop(&office);
	return *rate / plain;
}

static void bench_merge(struct rig_node *root)
{
	double ratio[ROUNDS], rate[ROUNDS];
	int i;

	for (i = 0; i < ROUNDS; i++)
		ratio[i] = merge_round(root, &rate[i]);
	print_median("merge_ratio", ratio, "ratio");
	print_median("merge_rate", rate, "rows/s");
}

int main(void)
{
	struct rig_node root;

	rig_root(&root);
	ok(form_add_builtin(root.s));
	ok(db_exec(root.s, "PRAGMA synchronous = FULL")); /* the rig turns it off */
	bench_record(&root);
	bench_merge(&root);
	rig_stop(&root);
	return 0;
}
