/* test_fault.c - memory, disk space and the disk itself fail at each call in turn: the operation says so and does nothing
 * by halves, holds no memory or file, and succeeds once what failed is back.
 *
 * FAULTS=N tries N calls of each kind, FAULTS=all every one; SEED=n chooses which.
 */
#include "tests/crash/bed.h"
#include "tests/crash/draw.h"
#include "tests/crash/wrap.h"
#include "storage/pack.h"
#include "storage/rebuild.h"

struct scene {
	const char *name;
	int (*act)(struct bed *b);
	int changes; /* bits of nodes that it may change */
	bool atomic; /* it leaves all as it was, or is done */
};
#define BIT(node) (1 << (node))

static struct bed bed;
static uint64_t seed;
static unsigned points; /* calls of a kind that are tried; 0: all */

/* ---- operations ----------------------------------------------------------------------------------------- */

static int record(struct bed *b)
{
	struct answer a[] = {{"number", "200"},
	                     {"head", "Đỗ Văn Xoài"},
	                     {"persons", "3"},
	                     {"address", "Đường làng, thôn Một, cạnh đình"}};
	struct answer e[] = {{"persons", "9"}, {"phone", "0933 333 333"}, {"head", "Đỗ Thị Na"}};
	struct store *s = b->n[DEVICE].s;
	struct form *f = NULL;
	struct tx *tx = NULL;
	int64_t id;
	int rc = form_load(s, "household", &f);

	if (!rc)
		rc = tx_begin(s, b->unit, &tx);
	if (!rc)
		rc = record_add(tx, f, 0, a, 4, &id);
	if (!rc)
		rc = record_edit(tx, f, b->household[1], e, 3);
	if (!rc)
		rc = tx_commit(tx);
	tx_end(tx);
	form_free(f);
	return rc;
}

static int seal(struct bed *b)
{
	return pack_seal(b->n[DEVICE].s);
}

static int receive(struct bed *b)
{
	struct feed f;
	size_t i;
	int rc = 0;

	for (i = 0; !rc && i < b->npack; i++) {
		f = (struct feed){.key = b->pack[i].key};
		rc = feed_receive(b->n[OFFICE].s, &f, &b->pack[i].p);
	}
	return rc;
}

static int sync_nodes(struct rig_node *n, struct rig_node *parent)
{
	struct buf ask = {0}, answer = {0};
	struct sync_client c;
	int rc;

	sync_init(&c, n->s, parent->s->self.scope);
	while ((rc = sync_next(&c, &ask)) == 1) {
		rc = sync_serve(parent->s, n->s->self.scope, ask.data, ask.len, &answer, NULL);
		if (!rc)
			rc = sync_answer(&c, answer.data, answer.len, 0);
		if (rc)
			break;
	}
	if (!rc && c.refused)
		rc = ERR_DENIED;
	sync_release(&c);
	buf_release(&ask);
	buf_release(&answer);
	return rc;
}

static int sync_up(struct bed *b)
{
	return sync_nodes(b->n + DEVICE, b->n + OFFICE);
}

static int write_file(struct bed *b)
{
	struct packfile_result r;

	return packfile_write(b->n[DEVICE].s, "packs", b->n[OFFICE].s->self.scope, true, &r);
}

static int read_file(struct bed *b)
{
	struct packfile_result r;
	int rc = packfile_read(b->n[OFFICE].s, "given", &r);

	return rc ? rc : r.refused ? ERR_DENIED : 0;
}

static int build_again(struct bed *b)
{
	return rebuild(b->n[OFFICE].s);
}

static int check_all(struct bed *b)
{
	struct verify_result v;

	return verify_store(b->n[OFFICE].s, 0, &v);
}

static int copy_out(struct bed *b)
{
	return backup_write(b->n[DEVICE].s, "copy", NULL, NULL);
}

static int copy_in(struct bed *b)
{
	struct rig_node *n = b->n + DEVICE;
	int rc;

	store_close(n->s);
	n->s = NULL;
	rc = backup_restore(n->home, "given.copy", &n->env);
	return rc ? rc : store_open(n->home, 0, &n->env, &n->s);
}

static int open_again(struct bed *b)
{
	struct rig_node *n = b->n + DEVICE;

	store_close(n->s);
	n->s = NULL;
	return store_open(n->home, 0, &n->env, &n->s);
}

static const struct scene scenes[] = {
	{"record", record, BIT(DEVICE), true},
	{"seal", seal, BIT(DEVICE), true},
	{"merge", receive, BIT(OFFICE), false},
	{"sync", sync_up, BIT(OFFICE) | BIT(DEVICE), false},
	{"pack write", write_file, BIT(DEVICE), false},
	{"pack read", read_file, BIT(OFFICE), false},
	{"rebuild", build_again, BIT(OFFICE), true},
	{"verify", check_all, 0, true},
	{"backup", copy_out, 0, true},
	{"restore", copy_in, 0, true},
	{"open", open_again, 0, true},
};

/* ---- a trial --------------------------------------------------------------------------------------------- */

static uint8_t before[NODES][HASH_LEN], after[NODES][HASH_LEN];

static bool is(int node, uint8_t digest[NODES][HASH_LEN])
{
	uint8_t now[HASH_LEN];

	bed_digest(bed.n + node, now);
	return !memcmp(now, digest[node], HASH_LEN);
}

/* Nothing is damaged, and what may not have changed has not. */
static void check_state(const struct scene *sc, bool done)
{
	struct verify_result v;
	int i;

	for (i = OFFICE; i < NODES; i++) {
		bed.n[i].env.verify = bed_trust;
		if (!bed.n[i].s) /* it was to be opened */
			ok(store_open(bed.n[i].home, 0, &bed.n[i].env, &bed.n[i].s));
		need(!verify_store(bed.n[i].s, 0, &v), "verify: %s", err_text());
		bed.n[i].env.verify = identity_verify;
		if (done)
			need(is(i, after), "node %d is not as after it was done", i);
		else if (sc->atomic || !(sc->changes & BIT(i)))
			need(is(i, before), "node %d is not as it was before", i);
	}
}

/* What the person is told must be about what failed. */
static void check_told(enum fault kind, int rc)
{
	int wanted = kind == FAULT_MEMORY ? ERR_NOMEM : ERR_IO;

	if (kind == FAULT_READ && rc == ERR_CORRUPT)
		wanted = rc; /* SQLite takes a place that cannot be read for damaged */
	need(rc == wanted, "ended with %d (%s), not %d", rc, err_text(), wanted);
	need(err_text()[0], "%d without a text", rc);
	if (kind == FAULT_FULL)
		need(strstr(err_text(), "disk") || strstr(err_text(), "No space") ||
		             strstr(err_text(), "cannot be made"),
		     "says: %s", err_text());
}

/* Fails the nth call; false when there were fewer. */
static bool trial(const struct scene *sc, enum fault kind, uint64_t nth, bool stays)
{
	long blocks, files;
	uint64_t hits;
	int rc;

	snprintf(bed_where, sizeof bed_where, "%s, %s at call %llu%s", sc->name, fault_name[kind],
	         (unsigned long long)nth, stays ? " and on" : "");
	bed_reset(&bed);
	blocks = wrap_blocks();
	files = wrap_files();
	bed_open(&bed);
	err(0, "%s", "");
	fault_arm(kind, nth, stays);
	rc = sc->act(&bed);
	fault_off(&hits);
	if (rc)
		check_told(kind, rc);
	check_state(sc, !rc);
	if (rc) {
		rc = sc->act(&bed);
		need(!rc, "not done again afterwards: %s", err_text());
		check_state(sc, true);
	}
	bed_close(&bed);
	need(wrap_blocks() <= blocks, "%ld blocks of memory are lost", wrap_blocks() - blocks);
	need(wrap_files() <= files, "%ld files stay open", wrap_files() - files);
	return hits != 0;
}

/* Without a fault: how it is afterwards, and how many calls there are. */
static uint64_t calls_of(const struct scene *sc, enum fault kind)
{
	uint64_t count;
	int i;

	bed_reset(&bed);
	bed_open(&bed);
	for (i = OFFICE; i < NODES; i++)
		bed_digest(bed.n + i, before[i]);
	fault_arm(kind, 0, false);
	ok(sc->act(&bed));
	count = fault_off(NULL);
	for (i = OFFICE; i < NODES; i++)
		bed_digest(bed.n + i, after[i]);
	bed_close(&bed);
	return count;
}

static void fail_in_turn(const struct scene *sc, enum fault kind)
{
	uint64_t count = calls_of(sc, kind), step, nth, tried = 0;

	step = points && count > points ? count / points : 1;
	nth = 1 + draw(&seed, step);
	for (; nth <= count; nth += step) {
		trial(sc, kind, nth, tried++ % 2);
		if (!points)
			trial(sc, kind, nth, tried % 2);
	}
	bed_where[0] = 0;
	print_message("# %-10s %-11s %6llu calls, %5llu tried\n", sc->name, fault_name[kind],
	              (unsigned long long)count, (unsigned long long)tried);
}

static void all_scenes(enum fault kind)
{
	const char *only = getenv("SCENE");
	size_t i;

	for (i = 0; i < sizeof scenes / sizeof *scenes; i++)
		if (!only || !strcmp(only, scenes[i].name))
			fail_in_turn(scenes + i, kind);
}

/* ---- claims ------------------------------------------------------------------------------------------------- */

static void no_memory_anywhere_is_an_error_and_no_more(void **state)
{
	(void)state;
	all_scenes(FAULT_MEMORY);
}

static void a_disk_that_is_full_at_any_write_loses_nothing(void **state)
{
	(void)state;
	all_scenes(FAULT_FULL);
}

static void an_error_of_any_write_loses_nothing(void **state)
{
	(void)state;
	all_scenes(FAULT_WRITE);
}

static void an_error_of_any_read_loses_nothing(void **state)
{
	(void)state;
	all_scenes(FAULT_READ);
}

static void an_error_of_any_sync_loses_nothing(void **state)
{
	(void)state;
	all_scenes(FAULT_SYNC);
}

static void an_error_of_any_opening_loses_nothing(void **state)
{
	(void)state;
	all_scenes(FAULT_OPEN);
}

static int start(void **state)
{
	struct packfile_result r;

	(void)state;
	bed_start(&bed);
	bed_open(&bed);
	ok(packfile_write(bed.n[DEVICE].s, "given", bed.n[OFFICE].s->self.scope, false, &r));
	bed_reset(&bed);
	bed_open(&bed);
	ok(backup_write(bed.n[DEVICE].s, "given.copy", NULL, NULL));
	bed_close(&bed);
	return 0;
}

static int stop(void **state)
{
	static const char *const files[] = {"given", "given.copy", "packs", "copy"};
	size_t i;

	(void)state;
	fault_off(NULL);
	for (i = 0; i < sizeof files / sizeof *files; i++)
		unlink(files[i]);
	bed_stop(&bed);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_memory_anywhere_is_an_error_and_no_more),
		cmocka_unit_test(a_disk_that_is_full_at_any_write_loses_nothing),
		cmocka_unit_test(an_error_of_any_write_loses_nothing),
		cmocka_unit_test(an_error_of_any_read_loses_nothing),
		cmocka_unit_test(an_error_of_any_sync_loses_nothing),
		cmocka_unit_test(an_error_of_any_opening_loses_nothing),
	};
	const char *count = getenv("FAULTS");

	points = count ? (unsigned)atoi(count) : 30;
	seed = bed_seed();
	return cmocka_run_group_tests_name("fault", tests, start, stop);
}
