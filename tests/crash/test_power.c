/* test_power.c - power cuts at any write: what was reported saved is there, nothing is damaged, and nodes that sync
 * afterwards hold the same.
 *
 * CUTS=n of them; SEED=n the same ones again.
 */
#include "tests/crash/bed.h"
#include "tests/crash/disk.h"
#include "tests/crash/draw.h"
#include "tests/crash/wrap.h"
#include "storage/pack.h"
#include "storage/rebuild.h"

#define RECORDS 4096
#define ROUNDS_A_TREE 120 /* then it starts again, so that it stays small */
#define ROUNDS_A_SYNC 15

/* A household, made and edited by one node. */
struct said {
	int64_t id;
	int maker, persons;
	int next; /* an edit that may have been saved, or 0 */
	bool gone, maybe_gone;
};

static struct bed bed;
static struct said said[RECORDS];
static size_t nsaid;
static int number; /* of the last household */
static int victim;
static bool copy_said, file_said;
static uint64_t seed;
static unsigned rounds, cuts, in_operation;

/* ---- what is done; each returns 0 or ERR_* ------------------------------------------------------------- */

static int add(struct rig_node *n)
{
	struct said *r = said + nsaid;
	int rc;

	need(nsaid < RECORDS, "too many records");
	rc = bed_household(n, bed.unit, ++number, "Ngô Thị Mận", &r->id);
	if (!rc) {
		*r = (struct said){.id = r->id, .maker = victim, .persons = 4};
		nsaid++;
	}
	return rc;
}

static struct said *own_record(void)
{
	size_t tries;
	struct said *r;

	for (tries = 0; nsaid && tries < 20; tries++) {
		r = said + draw(&seed, nsaid);
		if (r->maker == victim && !r->gone && !r->maybe_gone)
			return r;
	}
	return NULL;
}

static int edit(struct rig_node *n)
{
	struct said *r = own_record();
	char persons[16];
	int rc;

	if (!r)
		return 0;
	r->next = 1 + (int)draw(&seed, 60);
	snprintf(persons, sizeof persons, "%d", r->next);
	rc = bed_edit(n, bed.unit, r->id, persons, "0944 444 444");
	if (!rc) {
		r->persons = r->next;
		r->next = 0;
	}
	return rc;
}

static int strike(struct rig_node *n)
{
	struct said *r = own_record();
	int rc;

	if (!r)
		return 0;
	r->maybe_gone = true;
	rc = bed_delete(n, bed.unit, r->id);
	r->gone = !rc;
	return rc;
}

/* A sync, cut off after a few round trips or not. */
static int sync_with(struct rig_node *n, struct rig_node *parent, uint64_t trips)
{
	struct buf ask = {0}, answer = {0};
	struct sync_client c;
	int rc;

	sync_init(&c, n->s, parent->s->self.scope);
	while (c.rounds < trips && (rc = sync_next(&c, &ask)) == 1) {
		rc = sync_serve(parent->s, n->s->self.scope, ask.data, ask.len, &answer, NULL);
		if (!rc)
			rc = sync_answer(&c, answer.data, answer.len, 0);
		if (rc)
			break;
	}
	need(!c.refused, "refused: %s", err_text());
	rc = c.rounds < trips ? rc : 0;
	sync_release(&c);
	buf_release(&ask);
	buf_release(&answer);
	return rc;
}

static int sync_up(struct rig_node *n)
{
	uint64_t trips = draw(&seed, 3) ? UINT64_MAX : 1 + draw(&seed, 4);

	(void)n;
	return draw(&seed, 4) ? sync_with(bed.n + DEVICE, bed.n + OFFICE, trips)
	                      : sync_with(bed.n + OFFICE, bed.n + ROOT, trips);
}

static int seal(struct rig_node *n)
{
	return pack_seal(n->s);
}

static int build_again(struct rig_node *n)
{
	return rebuild(n->s);
}

static int open_again(struct rig_node *n)
{
	store_close(n->s);
	n->s = NULL;
	return store_open(n->home, 0, &n->env, &n->s);
}

static int copy_out(struct rig_node *n)
{
	char path[96];
	int rc;

	snprintf(path, sizeof path, "%s.copy", n->home);
	rc = backup_write(n->s, path, NULL, NULL);
	copy_said |= !rc;
	return rc;
}

/* From a copy of just now, so that nothing is missing. */
static int copy_in(struct rig_node *n)
{
	char path[96];
	int rc = copy_out(n);

	if (rc)
		return rc;
	snprintf(path, sizeof path, "%s.copy", n->home);
	store_close(n->s);
	n->s = NULL;
	rc = backup_restore(n->home, path, &n->env);
	return rc ? rc : store_open(n->home, 0, &n->env, &n->s);
}

static int write_file(struct rig_node *n)
{
	struct packfile_result r;
	char path[96];
	int rc;

	snprintf(path, sizeof path, "%s.packs", n->home);
	rc = packfile_write(n->s, path, bed.n[ROOT].s->self.scope, false, &r);
	file_said |= !rc;
	return rc;
}

static int act(struct rig_node *n)
{
	static const struct {
		unsigned share;
		int (*fn)(struct rig_node *n);
	} acts[] = {{34, add},    {14, edit},       {4, strike},     {24, sync_up},
	            {6, seal},    {3, build_again}, {6, open_again}, {3, copy_out},
	            {3, copy_in}, {3, write_file}};
	unsigned at = (unsigned)draw(&seed, 100);
	size_t i;

	for (i = 0; at >= acts[i].share; i++)
		at -= acts[i].share;
	return acts[i].fn(n);
}

/* ---- what must hold afterwards ------------------------------------------------------------------------- */

static int persons_of(struct rig_node *n, int64_t id)
{
	int64_t persons;
	int rc = db_int(n->s, &persons, "SELECT persons FROM f_household WHERE _id = ?", "i", id);

	need(!rc || rc == ERR_NOTFOUND, "%s", err_text());
	return rc ? -1 : (int)persons;
}

/* maker: what this node made; -1: all. */
static void check_records(struct rig_node *n, int maker)
{
	struct said *r;
	char id[ID_TEXT];
	int persons;

	for (r = said; r < said + nsaid; r++) {
		if (maker >= 0 && r->maker != maker)
			continue;
		persons = persons_of(n, r->id);
		if (persons < 0) {
			need(r->gone || r->maybe_gone, "record %s was saved and is lost",
			     id_text(r->id, id));
			r->gone = true;
			continue;
		}
		need(!r->gone, "record %s was deleted and is there", id_text(r->id, id));
		need(persons == r->persons || (r->next && persons == r->next),
		     "record %s has %d persons, not %d", id_text(r->id, id), persons, r->persons);
		r->persons = persons;
		r->next = 0;
		r->maybe_gone = false;
	}
}

/* What somebody acknowledged, he has. */
static int check_head(void *arg, const struct feed *f)
{
	struct rig_node *parent = arg;
	struct feed there;
	int rc = feed_find(parent->s, &f->key, false, &there);

	need(!rc || rc == ERR_NOTFOUND, "%s", err_text());
	need(f->parent_head <= there.head, "the parent acknowledged pack %u and has %u",
	     f->parent_head, there.head);
	return 0;
}

static void check_nodes(void)
{
	struct verify_result v;
	int i;

	for (i = OFFICE; i <= DEVICE; i++) {
		need(!verify_store(bed.n[i].s, 0, &v), "verify: %s", err_text());
		need(!v.quarantined && !v.waiting, "packs are set aside");
		need(!feed_each(bed.n[i].s, check_head, bed.n + i - 1), "%s", err_text());
	}
	check_records(bed.n + victim, victim);
}

static void check_files(struct rig_node *n)
{
	struct packfile_result r;
	sqlite3_stmt *st;
	sqlite3 *db;
	char path[96];

	snprintf(path, sizeof path, "%s.copy", n->home);
	if (copy_said) {
		need(!sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL), "the copy is lost");
		need(!sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &st, NULL) &&
		             sqlite3_step(st) == SQLITE_ROW &&
		             !strcmp((const char *)sqlite3_column_text(st, 0), "ok"),
		     "the copy is damaged: %s", sqlite3_errmsg(db));
		sqlite3_finalize(st);
		sqlite3_close(db);
	}
	snprintf(path, sizeof path, "%s.packs", n->home);
	if (file_said) {
		need(!packfile_read(bed.n[ROOT].s, path, &r), "the file of packs: %s", err_text());
		need(!r.refused, "packs of the file are refused");
	}
}

static void check_same(void)
{
	struct verify_result v[NODES];
	int i;

	for (i = 0; i < 2; i++) {
		need(!sync_with(bed.n + DEVICE, bed.n + OFFICE, UINT64_MAX), "%s", err_text());
		need(!sync_with(bed.n + OFFICE, bed.n + ROOT, UINT64_MAX), "%s", err_text());
	}
	need(!sync_with(bed.n + DEVICE, bed.n + OFFICE, UINT64_MAX), "%s", err_text());
	for (i = 0; i < NODES; i++) {
		need(!verify_store(bed.n[i].s, bed.unit, v + i), "verify: %s", err_text());
		need(!memcmp(v[i].hash[CLASS_OPEN], v[0].hash[CLASS_OPEN], HASH_LEN),
		     "node %d holds other records than the root", i);
		check_records(bed.n + i, -1);
	}
	need(!memcmp(v[DEVICE].hash[CLASS_PERSONAL], v[OFFICE].hash[CLASS_PERSONAL], HASH_LEN),
	     "device and office hold other personal data");
}

/* ---- rounds ---------------------------------------------------------------------------------------------- */

static void clear(struct rig_node *n)
{
	static const char *const tails[] = {".copy", ".copy.part", ".copy.part-journal", ".packs",
	                                    ".packs.part"};
	char path[96];
	size_t i;

	for (i = 0; i < sizeof tails / sizeof *tails; i++) {
		snprintf(path, sizeof path, "%s%s", n->home, tails[i]);
		unlink(path);
	}
}

static void start_tree(void)
{
	int i;

	bed_reset(&bed);
	bed_open(&bed);
	for (i = 0; i < NODES; i++)
		bed.n[i].env.verify = bed_trust;
	nsaid = 0;
	number = 1000;
}

static void power_comes_back(struct rig_node *n)
{
	if (disk_is_off())
		in_operation++;
	disk_cut_now();
	store_close(n->s);
	n->s = NULL;
	disk_power();
	cuts++;
	need(!store_open(n->home, 0, &n->env, &n->s), "the home cannot be opened: %s", err_text());
}

static void round_of(unsigned round)
{
	struct rig_node *n;
	unsigned acts;
	uint64_t at;
	int rc = 0;

	victim = draw(&seed, 5) < 3 ? DEVICE : OFFICE;
	n = bed.n + victim;
	copy_said = file_said = false;
	clear(n);
	store_close(n->s);
	n->s = NULL;
	disk_watch(n->home);
	at = 1 + draw(&seed, draw(&seed, 2) ? 40 : 500);
	snprintf(bed_where, sizeof bed_where, "round %u, power off at write %llu", round,
	         (unsigned long long)at);
	disk_cut_at(at, draw(&seed, UINT64_MAX));
	rc = store_open(n->home, 0, &n->env, &n->s);
	for (acts = 1 + (unsigned)draw(&seed, 10); !rc && acts && !disk_is_off(); acts--) {
		n->now_ms += 1000;
		rc = act(n);
	}
	need(!rc || disk_is_off(), "%s", err_text());
	power_comes_back(n);
	check_nodes();
	check_files(n);
	disk_leave();
}

static void a_power_cut_at_any_write_loses_nothing_that_was_saved(void **state)
{
	unsigned i;

	(void)state;
	for (i = 0; i < rounds; i++) {
		if (i % ROUNDS_A_TREE == 0)
			start_tree();
		round_of(i + 1);
		if (i % ROUNDS_A_SYNC == ROUNDS_A_SYNC - 1)
			check_same();
	}
	check_same();
	print_message("# %u power cuts, %u of them in an operation\n", cuts, in_operation);
}

/* ---- a new home ------------------------------------------------------------------------------------------ */

static void invite(struct invite_text *out)
{
	struct node want = {.role = ROLE_DEVICE, .unit = bed.unit, .name = "node"};
	struct invite_text inv;
	char text[INVITE_TEXT_MAX];

	ok(enrol_invite(bed.n[OFFICE].s, &want, "127.0.0.1:1", &inv));
	ok(invite_write(&inv, text));
	ok(invite_read(text, out));
}

static int join_and_record(struct rig_node *n, const struct invite_text *inv, int64_t *id)
{
	int rc = store_open(n->home, STORE_CREATE, &n->env, &n->s);

	*id = 0;
	if (!rc)
		rc = enrol_join(n->s, inv, NULL);
	return rc ? rc : bed_household(n, bed.unit, 1, "Vũ Văn Lựu", id);
}

static void a_new_home_is_there_once_a_record_was_saved_in_it(void **state)
{
	struct invite_text inv;
	struct rig_node n;
	uint64_t at, writes = 200;
	unsigned i, kept = 0;
	int64_t id;
	int rc;

	(void)state;
	start_tree();
	invite(&inv);
	for (i = 0; i < 20 + rounds / 20; i++) {
		n = bed.n[DEVICE];
		n.s = NULL;
		strcpy(n.home, "rig-new");
		disk_watch(n.home);
		at = 1 + draw(&seed, writes + writes / 4);
		snprintf(bed_where, sizeof bed_where, "new home %u, power off at write %llu", i,
		         (unsigned long long)at);
		disk_cut_at(at, draw(&seed, UINT64_MAX));
		rc = join_and_record(&n, &inv, &id);
		need(!rc || disk_is_off(), "%s", err_text());
		writes = rc ? writes : disk_ops();
		disk_cut_now();
		store_close(n.s);
		n.s = NULL;
		disk_power();
		if (!rc) {
			need(!store_open(n.home, 0, &n.env, &n.s), "lost: %s", err_text());
			need(persons_of(&n, id) == 4, "the record is lost");
			kept++;
		} else if (!store_open(n.home, STORE_CREATE, &n.env, &n.s) && !n.s->self.number) {
			need(!enrol_join(n.s, &inv, NULL), "cannot join again: %s", err_text());
		} else {
			need(n.s, "cannot be opened again: %s", err_text());
		}
		rig_stop(&n);
		disk_leave();
	}
	print_message("# %u new homes, %u of them with a record\n", i, kept);
}

static int start(void **state)
{
	(void)state;
	bed_start(&bed);
	return 0;
}

static int stop(void **state)
{
	int i;

	(void)state;
	disk_leave();
	for (i = 0; i < NODES; i++)
		clear(bed.n + i);
	bed_stop(&bed);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_power_cut_at_any_write_loses_nothing_that_was_saved),
		cmocka_unit_test(a_new_home_is_there_once_a_record_was_saved_in_it),
	};
	const char *count = getenv("CUTS");

	rounds = count ? (unsigned)atoi(count) : 200;
	seed = bed_seed();
	wrap_seed(seed);
	return cmocka_run_group_tests_name("power", tests, start, stop);
}
