/* bench_pack.c - payload_vs_xz: what packs weigh, signatures included.
 *
 * The visits of a sheet are recorded as an import records them, those of VISITS (a CSV file of 1,000)
 * or drawn ones, and sealed: 1, 10, 100 and all of them, each on a device of its own; then ten are
 * corrected one by one. Weighed against `xz -9e` of the sheet.
 */
#include "tests/unit/rig.h"
#include "storage/csv.h"
#include "storage/form.h"
#include "storage/pack.h"
#include "storage/record.h"

#define COLUMNS_MAX 40
#define BATCH 256 /* rows of one transaction, as in an import */
#define EDITS 10

static struct buf sheet;

static void read_sheet(const char *path)
{
	uint8_t block[4096];
	FILE *f = fopen(path, "r");
	size_t n;

	assert_non_null(f);
	while ((n = fread(block, 1, sizeof block, f)) > 0)
		buf_add(&sheet, block, n);
	fclose(f);
}

static double xz_bytes(const char *path)
{
	char command[512];
	int bytes = 0;
	FILE *p;

	snprintf(command, sizeof command, "xz -9e -c '%s' | wc -c", path);
	p = popen(command, "r");
	assert_non_null(p);
	assert_int_equal(fscanf(p, "%d", &bytes), 1);
	assert_int_equal(pclose(p), 0);
	return bytes;
}

static int add_bytes(void *arg, const struct pack *p)
{
	*(size_t *)arg += p->len + SIG_LEN;
	return 0;
}

struct walk {
	struct rig_node *n;
	size_t bytes;
};

static int add_feed(void *arg, const struct feed *f)
{
	struct walk *w = arg;

	return f->key.author == w->n->s->self.number
	               ? feed_packs(w->n->s, f, 0, add_bytes, &w->bytes)
	               : 0;
}

/* Bytes of all packs that the node wrote. */
static size_t sealed_bytes(struct rig_node *n)
{
	struct walk w = {n, 0};

	ok(pack_seal(n->s));
	ok(feed_each(n->s, add_feed, &w));
	return w.bytes;
}

static void add_household(struct tx *tx, const struct form *f, const char *number)
{
	struct answer a[2] = {{"number", number}, {"registered_on", "2022-10-01"}};
	int64_t id;

	ok(record_add(tx, f, 0, a, 2, &id));
}

/* Adds `most` rows of the sheet: all as visits, or of each the household that was visited. */
static size_t add_rows(struct rig_node *n, const char *code, size_t most, int64_t *id)
{
	char *name[COLUMNS_MAX];
	struct answer a[COLUMNS_MAX];
	struct tx *tx = NULL;
	struct form *f;
	struct csv c;
	size_t ncol, row, i;

	ok(form_load(n->s, code, &f));
	csv_open(&c, (const char *)sheet.data, sheet.len);
	assert_int_equal(csv_read(&c), 1);
	ncol = c.nfield;
	assert_true(ncol <= COLUMNS_MAX);
	for (i = 0; i < ncol; i++)
		name[i] = strdup(c.field[i]);
	for (row = 0; row < most && csv_read(&c) == 1; row++) {
		if (row % BATCH == 0)
			ok(tx_begin(n->s, n->s->self.scope, &tx));
		for (i = 0; i < ncol; i++)
			a[i] = (struct answer){name[i], c.field[i]};
		if (id)
			ok(record_add(tx, f, 0, a, ncol, &id[row]));
		else
			add_household(tx, f, c.field[0]);
		if (row % BATCH == BATCH - 1 || row + 1 == most) {
			ok(tx_commit(tx));
			tx_end(tx);
			tx = NULL;
		}
	}
	if (tx)
		ok(tx_commit(tx));
	tx_end(tx);
	for (i = 0; i < ncol; i++)
		free(name[i]);
	csv_close(&c);
	form_free(f);
	return row;
}

static void edit_some(struct rig_node *n, const int64_t *id, size_t rows)
{
	static const char *const value[] = {"1", "1", "0", "0"}; /* each home has an adult */
	struct form *f;
	struct tx *tx;
	size_t i;

	ok(form_load(n->s, "visit", &f));
	for (i = 0; i < EDITS; i++) {
		struct answer a = {i % 2 ? "eid" : "bank", value[i % 4]};

		n->now_ms += 90 * 1000;
		ok(tx_begin(n->s, n->s->self.scope, &tx));
		ok(record_edit(tx, f, id[i * 37 % rows], &a, 1));
		ok(tx_commit(tx));
		tx_end(tx);
	}
	form_free(f);
}

static void weigh(struct rig_node *root, size_t most, double xz)
{
	static int64_t id[4096];
	struct rig_node dev;
	size_t before, after, rows;

	rig_join(&dev, root, "C-1", ROLE_DEVICE);
	add_rows(&dev, "household", most, NULL);
	before = sealed_bytes(&dev);
	dev.now_ms += 1000 * 1000;
	rows = add_rows(&dev, "visit", most, id);
	after = sealed_bytes(&dev);
	if (most < sizeof id / sizeof *id) {
		printf("bench packs_%zu %zu bytes\n", rows, after - before);
	} else {
		printf("bench packs_per_visit %.2f bytes\n",
		       (double)(after - before) / (double)rows);
		printf("bench payload_vs_xz %.3f ratio\n", (double)(after - before) / xz);
		edit_some(&dev, id, rows);
		printf("bench pack_%d_updates %zu bytes\n", EDITS, sealed_bytes(&dev) - after);
	}
	rig_stop(&dev);
}

int main(void)
{
	const char *path = getenv("VISITS");
	struct rig_node root;
	size_t most;

	if (!path)
		return 1;
	read_sheet(path);
	rig_root(&root);
	ok(form_add_builtin(root.s));
	for (most = 1; most < 4096; most *= most < 100 ? 10 : 4096)
		weigh(&root, most, 0);
	weigh(&root, 4096, xz_bytes(path));
	rig_stop(&root);
	buf_release(&sheet);
	return 0;
}
