/* test_damage.c - pages of the database with bytes that nobody wrote: verify says so and what to do, nothing crashes, and
 * a backup, the parent or a rebuild brings everything back.
 *
 * FAULTS=N damages N pages of each kind, FAULTS=all every one; SEED=n chooses where.
 */
#include "tests/crash/bed.h"
#include "tests/crash/draw.h"
#include "storage/feed.h"
#include "storage/rebuild.h"

#include <fcntl.h>

#define PAGE 4096
#define PAGES_MAX 2048

static struct bed bed;
static uint64_t seed;
static unsigned points;

/* ---- which page holds what --------------------------------------------------------------------------------- */

static unsigned root_page(const char *name)
{
	sqlite3_stmt *st;
	unsigned page;

	ok(db_prepare(bed.n[DEVICE].s, "SELECT rootpage FROM sqlite_schema WHERE name = ?", &st));
	ok(db_bind(st, "t", name));
	assert_int_equal(db_step(bed.n[DEVICE].s, st), 1);
	page = (unsigned)sqlite3_column_int(st, 0);
	sqlite3_finalize(st);
	return page;
}

static unsigned be32(const uint8_t *p)
{
	return (unsigned)p[0] << 24 | (unsigned)p[1] << 16 | (unsigned)p[2] << 8 | p[3];
}

/* The pages of a b-tree, sqlite.org/fileformat2 section 1.6; not its overflow pages. */
static size_t tree_pages(unsigned page, unsigned *out, size_t n)
{
	const uint8_t *p = bed.image[DEVICE].data + (size_t)(page - 1) * PAGE, *h = p;
	unsigned i, cells;

	assert_true(n < PAGES_MAX);
	out[n++] = page;
	if (page == 1)
		h += 100;
	cells = (unsigned)h[3] << 8 | h[4];
	if (h[0] != 2 && h[0] != 5)
		return n;
	for (i = 0; i < cells; i++)
		n = tree_pages(be32(p + ((unsigned)h[12 + 2 * i] << 8 | h[13 + 2 * i])), out, n);
	return tree_pages(be32(h + 8), out, n);
}

/* Where a run of a stored value begins in the file: 0 when it is nowhere. */
static size_t find(const void *data, size_t len)
{
	const uint8_t *at = memmem(bed.image[DEVICE].data, bed.image[DEVICE].len, data, len);

	return at ? (size_t)(at - bed.image[DEVICE].data) : 0;
}

/* ---- damage ---------------------------------------------------------------------------------------------------- */

static void flip(size_t at, size_t n)
{
	char path[96];
	uint8_t byte;
	int fd;

	snprintf(path, sizeof path, "%s/cayda.db", bed.n[DEVICE].home);
	fd = open(path, O_RDWR);
	assert_true(fd >= 0);
	while (n--) {
		assert_int_equal(pread(fd, &byte, 1, (off_t)at), 1);
		byte = (uint8_t)(byte ^ (1 + draw(&seed, 255)));
		assert_int_equal(pwrite(fd, &byte, 1, (off_t)at), 1);
		at++;
	}
	close(fd);
}

static int verify(struct rig_node *n)
{
	struct verify_result v;
	int rc = n->s ? 0 : store_open(n->home, 0, &n->env, &n->s);

	return rc ? rc : verify_store(n->s, 0, &v);
}

/* Everything that a user does, on whatever is left of the database: no crash, and an error has a text. */
static void use(struct rig_node *dev)
{
	struct packfile_result r;
	struct record *rec;
	struct form *f;
	int64_t id;
	int i, rc[7] = {0};

	if (!dev->s)
		return;
	for (i = 0; i < 6; i++)
		if (!form_load(dev->s, "household", &f)) {
			if (!record_get(dev->s, f, bed.household[i], &rec))
				record_free(rec);
			form_free(f);
		}
	err(0, "%s", "");
	rc[0] = bed_household(dev, bed.unit, 300, "Bùi Thị Hồng", &id);
	rc[1] = bed_edit(dev, bed.unit, bed.household[1], "8", NULL);
	rc[2] = packfile_write(dev->s, "packs", bed.n[OFFICE].s->self.scope, false, &r);
	rc[3] = packfile_read(dev->s, "given", &r);
	rc[4] = backup_write(dev->s, "copy", NULL, NULL);
	for (i = 0; i < 5; i++)
		need(!rc[i] || err_text()[0], "call %d ends with %d and no text", i, rc[i]);
	unlink("packs");
	unlink("copy");
}

static void check_told(int rc)
{
	need(rc == ERR_CORRUPT, "verify ends with %d (%s)", rc, err_text());
	need(strstr(err_text(), "backup") || strstr(err_text(), "anew") ||
	             strstr(err_text(), "rebuild"),
	     "no instruction: %s", err_text());
}

/* By the backup of before; what came after it comes from the parent. */
static void restore(void)
{
	struct rig_node *dev = bed.n + DEVICE;

	store_close(dev->s);
	dev->s = NULL;
	need(!backup_restore(dev->home, "given.copy", &dev->env), "restore: %s", err_text());
	need(!store_open(dev->home, 0, &dev->env, &dev->s), "open: %s", err_text());
	rig_sync(dev, bed.n + OFFICE);
	need(!verify(dev), "verify after a restore: %s", err_text());
	rig_sync(dev, bed.n + OFFICE);
	rig_same(dev, bed.n + OFFICE, bed.unit);
}

/* Damages n bytes of the device's database at a place, and back. */
static void trial(size_t at, size_t n, bool sure)
{
	struct rig_node *dev = bed.n + DEVICE;
	int rc;

	bed_reset(&bed);
	flip(at, n);
	ok(store_open(bed.n[OFFICE].home, 0, &bed.n[OFFICE].env, &bed.n[OFFICE].s));
	rc = verify(dev);
	if (rc || sure)
		check_told(rc);
	use(dev);
	if (rc)
		restore();
}

static void damage_tree(const char *name)
{
	unsigned page[PAGES_MAX];
	size_t n, i, step;

	bed_reset(&bed);
	bed_open(&bed);
	n = tree_pages(root_page(name), page, 0);
	bed_close(&bed);
	step = points && n > points ? n / points : 1;
	for (i = draw(&seed, step); i < n; i += step) {
		snprintf(bed_where, sizeof bed_where, "%s, head of page %u", name, page[i]);
		trial((size_t)(page[i] - 1) * PAGE + (page[i] == 1 ? 100 : 0), 12, true);
		snprintf(bed_where, sizeof bed_where, "%s, anywhere on page %u", name, page[i]);
		trial((size_t)(page[i] - 1) * PAGE + draw(&seed, PAGE - 64), 1 + draw(&seed, 64),
		      false);
	}
}

/* ---- claims ------------------------------------------------------------------------------------------------------- */

static void a_damaged_table_is_told_and_a_backup_brings_it_back(void **state)
{
	static const char *const trees[] = {"sqlite_schema", "f_household", "p_household",
	                                    "f_visit",       "unit",        "question",
	                                    "choice",        "node"};
	size_t i;

	(void)state;
	for (i = 1; i < sizeof trees / sizeof *trees; i++)
		damage_tree(trees[i]);
	snprintf(bed_where, sizeof bed_where, "the schema's page");
	trial(100, 12, true);
	snprintf(bed_where, sizeof bed_where, "the file's head");
	trial(0, 16, true);
}

static void a_damaged_index_is_told_and_a_backup_brings_it_back(void **state)
{
	(void)state;
	damage_tree("unit_code");
	damage_tree("question_form");
	damage_tree("choice_list");
	damage_tree("node_number");
}

static void damaged_logs_are_told_and_a_backup_brings_them_back(void **state)
{
	(void)state;
	damage_tree("feed");
	damage_tree("pack");
	damage_tree("entry");
	damage_tree("cell_write");
	damage_tree("meta");
}

static int flip_pack(void *arg, const struct pack *p)
{
	size_t at = p->len > 64 ? find(p->body + 16, 32) : 0;

	(void)arg;
	if (!at)
		return 0;
	snprintf(bed_where, sizeof bed_where, "body of pack %u", p->seq);
	return (int)at;
}

static int find_packs(void *arg, const struct feed *f)
{
	size_t *place = arg;
	int at = feed_packs(bed.n[DEVICE].s, f, 0, flip_pack, NULL);

	while (*place)
		place++;
	if (at > 0)
		*place = (size_t)at;
	return 0;
}

/* One bit of what somebody signed. */
static void an_altered_pack_is_told(void **state)
{
	size_t place[64] = {0}, *p;

	(void)state;
	bed_reset(&bed);
	bed_open(&bed);
	ok(feed_each(bed.n[DEVICE].s, find_packs, place));
	bed_close(&bed);
	assert_true(place[0] != 0);
	for (p = place; *p; p++) {
		snprintf(bed_where, sizeof bed_where, "body of a pack at byte %zu", *p);
		trial(*p, 1, true);
	}
}

/* A byte of a text in the leaves of a table. */
static size_t find_in_tree(const char *name, const char *text)
{
	unsigned page[PAGES_MAX];
	const uint8_t *p, *at;
	size_t n = tree_pages(root_page(name), page, 0), i;

	for (i = 0; i < n; i++) {
		p = bed.image[DEVICE].data + (size_t)(page[i] - 1) * PAGE;
		at = memmem(p, PAGE, text, strlen(text));
		if (at)
			return (size_t)(at - bed.image[DEVICE].data);
	}
	return 0;
}

/* A value that is a good value but not what its author wrote: the code that verify prints is another than the
 * parent's, and only the log can tell which is right. */
static void an_altered_answer_changes_the_code_and_a_rebuild_brings_it_back(void **state)
{
	static const char text[] = "Trần Văn Cam";
	struct rig_node *dev = bed.n + DEVICE;
	struct verify_result before, damaged, after;
	size_t at;

	(void)state;
	bed_reset(&bed);
	bed_open(&bed);
	ok(verify_store(dev->s, 0, &before));
	at = find_in_tree("p_household", text);
	bed_reset(&bed);
	assert_true(at != 0);
	snprintf(bed_where, sizeof bed_where, "an answer at byte %zu", at);
	flip(at + sizeof text - 2, 1);
	bed_open(&bed);
	ok(verify_store(dev->s, 0, &damaged));
	need(memcmp(before.hash, damaged.hash, sizeof before.hash) != 0, "the code is the same");
	need(!rebuild(dev->s), "rebuild: %s", err_text());
	ok(verify_store(dev->s, 0, &after));
	need(!memcmp(before.hash, after.hash, sizeof before.hash), "not what it was");
}

/* A table of answers goes whole and is made again, where SQLite can still drop it. */
static void a_rebuild_mends_a_damaged_table_or_says_that_it_cannot(void **state)
{
	struct rig_node *dev = bed.n + DEVICE;
	unsigned page[PAGES_MAX], mended = 0, tried = 0;
	size_t n, i;
	int rc;

	(void)state;
	bed_reset(&bed);
	bed_open(&bed);
	n = tree_pages(root_page("f_visit"), page, 0);
	n = tree_pages(root_page("p_visit"), page, n);
	for (i = 0; i < 40; i++) {
		bed_reset(&bed);
		flip((size_t)(page[i % n] - 1) * PAGE + 8 + draw(&seed, PAGE - 16), 8);
		snprintf(bed_where, sizeof bed_where, "page %u", page[i % n]);
		rc = verify(dev);
		if (!rc || !dev->s)
			continue;
		tried++;
		rc = rebuild(dev->s);
		need(!rc || rc == ERR_CORRUPT, "rebuild ends with %d (%s)", rc, err_text());
		if (!rc)
			need(!verify(dev), "verify after a rebuild: %s", err_text());
		mended += !rc;
	}
	print_message("# %u tables damaged, %u mended by a rebuild\n", tried, mended);
}

/* A home that nothing can save: the parent has what was synced. */
static void who_joins_anew_has_what_the_parent_has(void **state)
{
	struct rig_node fresh;

	(void)state;
	bed_reset(&bed);
	bed_open(&bed);
	rig_join(&fresh, bed.n + OFFICE, "C-1", ROLE_DEVICE);
	rig_enrol(&fresh, bed.n + OFFICE);
	rig_sync(&fresh, bed.n + OFFICE);
	snprintf(bed_where, sizeof bed_where, "joined anew");
	need(!verify(&fresh), "verify: %s", err_text());
	rig_same(&fresh, bed.n + OFFICE, bed.unit);
	rig_stop(&fresh);
}

static int start(void **state)
{
	struct packfile_result r;

	(void)state;
	bed_start(&bed);
	bed_open(&bed);
	ok(packfile_write(bed.n[OFFICE].s, "given", bed.n[DEVICE].s->self.scope, false, &r));
	bed_reset(&bed);
	bed_open(&bed);
	ok(backup_write(bed.n[DEVICE].s, "given.copy", NULL, NULL));
	bed_close(&bed);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	unlink("given");
	unlink("given.copy");
	bed_stop(&bed);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_damaged_table_is_told_and_a_backup_brings_it_back),
		cmocka_unit_test(a_damaged_index_is_told_and_a_backup_brings_it_back),
		cmocka_unit_test(damaged_logs_are_told_and_a_backup_brings_them_back),
		cmocka_unit_test(an_altered_pack_is_told),
		cmocka_unit_test(an_altered_answer_changes_the_code_and_a_rebuild_brings_it_back),
		cmocka_unit_test(a_rebuild_mends_a_damaged_table_or_says_that_it_cannot),
		cmocka_unit_test(who_joins_anew_has_what_the_parent_has),
	};
	const char *count = getenv("FAULTS");

	points = count ? (unsigned)atoi(count) : 30;
	seed = bed_seed();
	return cmocka_run_group_tests_name("damage", tests, start, stop);
}
