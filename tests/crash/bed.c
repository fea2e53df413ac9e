/* bed.c - three nodes with real forms and records. */
#include "tests/crash/bed.h"
#include "storage/feed.h"
#include "storage/pack.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>

char bed_where[160];
uint64_t bed_first_seed;

uint64_t bed_seed(void)
{
	const char *from = getenv("SEED");

	bed_first_seed = from ? strtoull(from, NULL, 10) : (uint64_t)time(NULL);
	print_message("# SEED=%llu\n", (unsigned long long)bed_first_seed);
	return bed_first_seed;
}

int bed_trust(void *arg, const uint8_t pubkey[PUBKEY_LEN], const uint8_t hash[HASH_LEN],
              const uint8_t sig[SIG_LEN])
{
	(void)arg;
	(void)pubkey;
	(void)hash;
	(void)sig;
	return 0;
}

/* ---- recording -------------------------------------------------------------------------------------- */

static int save(struct rig_node *n, int64_t unit, const char *code, int64_t edited,
                const struct answer *a, size_t count, int64_t *id)
{
	struct form *f = NULL;
	struct tx *tx = NULL;
	int rc = form_load(n->s, code, &f);

	if (!rc)
		rc = tx_begin(n->s, unit, &tx);
	if (!rc)
		rc = edited ? record_edit(tx, f, edited, a, count)
		            : record_add(tx, f, 0, a, count, id);
	if (!rc)
		rc = tx_commit(tx);
	tx_end(tx);
	form_free(f);
	return rc;
}

int bed_household(struct rig_node *n, int64_t unit, int number, const char *head, int64_t *id)
{
	char text[16];
	struct answer a[] = {{"number", text},
	                     {"head", head},
	                     {"phone", "0900 000 001"},
	                     {"persons", "4"},
	                     {"registered_on", "2022-11-21"}};

	snprintf(text, sizeof text, "%d", number);
	return save(n, unit, "household", 0, a, sizeof a / sizeof *a, id);
}

int bed_visit(struct rig_node *n, int64_t unit, int household, int smartphones, int64_t *id)
{
	char number[16], phones[16];
	struct answer a[] = {{"household", number},
	                     {"surveyed_on", "2022-11-20"},
	                     {"persons", "4"},
	                     {"adults", "3"},
	                     {"smartphones", phones},
	                     {"fibre", "1"},
	                     {"eid", "2"},
	                     {"bank", "1"},
	                     {"lat", "21.32404"},
	                     {"lon", "106.59293"},
	                     {"note", "ở cuối thôn"}};

	snprintf(number, sizeof number, "%d", household);
	snprintf(phones, sizeof phones, "%d", smartphones);
	return save(n, unit, "visit", 0, a, sizeof a / sizeof *a, id);
}

int bed_edit(struct rig_node *n, int64_t unit, int64_t household, const char *persons,
             const char *phone)
{
	struct answer a[] = {{"persons", persons}, {"phone", phone}};

	return save(n, unit, "household", household, a, 2, NULL);
}

int bed_delete(struct rig_node *n, int64_t unit, int64_t household)
{
	struct tx *tx;
	int rc = tx_begin(n->s, unit, &tx);

	if (!rc)
		rc = db_run(n->s, "DELETE FROM f_household WHERE _id = ?", "i", household);
	if (!rc)
		rc = tx_commit(tx);
	tx_end(tx);
	return rc;
}

/* ---- the state -------------------------------------------------------------------------------------- */

static int keep_pack(void *arg, const struct pack *p)
{
	struct bed *b = arg;
	struct bed_pack *k = b->pack + b->npack++;

	assert_true(b->npack <= PACKS);
	k->p = *p;
	k->body = malloc(p->len);
	memcpy(k->body, p->body, p->len);
	k->p.body = k->body;
	return 0;
}

static int keep_feed(void *arg, const struct feed *f)
{
	struct bed *b = arg;
	struct feed there;
	size_t from = b->npack;
	int rc = feed_find(b->n[OFFICE].s, &f->key, false, &there);

	if (f->key.author != b->n[DEVICE].s->self.number)
		return 0;
	rc = feed_packs(b->n[DEVICE].s, f, rc ? 0 : there.head, keep_pack, b);
	for (; from < b->npack; from++)
		b->pack[from].key = f->key;
	return rc;
}

static void take_image(struct rig_node *n, struct bed_image *image)
{
	char path[96];
	struct stat st;
	int fd;

	snprintf(path, sizeof path, "%s/cayda.db", n->home);
	fd = open(path, O_RDONLY);
	assert_true(fd >= 0 && fstat(fd, &st) == 0);
	image->len = (size_t)st.st_size;
	image->data = malloc(image->len);
	assert_int_equal(read(fd, image->data, image->len), image->len);
	close(fd);
}

static void put_image(struct rig_node *n, const struct bed_image *image)
{
	static const char *const tails[] = {"-wal", "-shm", ".before-restore"};
	char path[96];
	size_t i;
	int fd;

	for (i = 0; i < 3; i++) {
		snprintf(path, sizeof path, "%s/cayda.db%s", n->home, tails[i]);
		unlink(path);
	}
	mkdir(n->home, 0700);
	snprintf(path, sizeof path, "%s/cayda.db", n->home);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, image->data, image->len), image->len);
	close(fd);
}

void bed_open(struct bed *b)
{
	int i;

	for (i = 0; i < NODES; i++)
		ok(store_open(b->n[i].home, 0, &b->n[i].env, &b->n[i].s));
}

void bed_close(struct bed *b)
{
	int i;

	for (i = 0; i < NODES; i++) {
		store_close(b->n[i].s);
		b->n[i].s = NULL;
	}
}

void bed_reset(struct bed *b)
{
	int i;

	bed_close(b);
	for (i = 0; i < NODES; i++) {
		b->n[i].now_ms = RIG_NOW + 60000;
		put_image(b->n + i, b->image + i);
	}
}

/* What the device adds that the office has not: by itself and against what the office does meanwhile. */
static void diverge(struct bed *b)
{
	struct rig_node *dev = b->n + DEVICE, *office = b->n + OFFICE;
	int64_t id;

	ok(bed_edit(office, b->unit, b->household[0], "5", "0911 111 111"));
	ok(bed_edit(dev, b->unit, b->household[0], "6", "0922 222 222"));
	ok(bed_edit(dev, b->unit, b->household[2], "7", NULL));
	ok(bed_delete(office, b->unit, b->household[2]));
	ok(bed_delete(dev, b->unit, b->household[3]));
	ok(bed_household(dev, b->unit, 100, "Nguyễn Thị Bưởi", &id));
	ok(bed_visit(dev, b->unit, 100, 3, &id));
	ok(bed_visit(dev, b->unit, 2, 2, &id));
}

void bed_start(struct bed *b)
{
	static const char *const heads[] = {"Trần Văn Cam", "Lê Thị Dứa", "Phạm Văn Ổi", NULL};
	struct rig_node *root = b->n + ROOT, *office = b->n + OFFICE, *dev = b->n + DEVICE;
	int64_t id;
	int i;

	memset(b, 0, sizeof *b);
	rig_root(root);
	ok(form_add_builtin(root->s));
	rig_join(office, root, "C", ROLE_OFFICE);
	rig_enrol(office, root);
	rig_sync(office, root);
	b->unit = rig_unit(office, "C-1");
	rig_join(dev, office, "C-1", ROLE_DEVICE);
	rig_enrol(dev, office);
	for (i = 0; i < 6; i++) {
		ok(bed_household(dev, b->unit, i + 1, heads[i % 4], b->household + i));
		ok(bed_visit(dev, b->unit, i + 1, i % 3, &id));
	}
	rig_sync(dev, office);
	rig_sync(office, root);
	diverge(b);
	bed_close(b);
	for (i = 0; i < NODES; i++)
		take_image(b->n + i, b->image + i);
	bed_open(b);
	ok(pack_seal(dev->s));
	ok(feed_each(dev->s, keep_feed, b));
	bed_reset(b);
}

void bed_stop(struct bed *b)
{
	size_t i;

	bed_close(b);
	for (i = 0; i < b->npack; i++)
		free(b->pack[i].body);
	for (i = 0; i < NODES; i++) {
		free(b->image[i].data);
		rig_stop(b->n + i);
	}
}

/* ---- what a node holds ------------------------------------------------------------------------------- */

static int add_head(void *arg, const struct feed *f)
{
	buf_printf(arg, "%u.%u.%lld.%d:%u ", f->key.author, f->key.epoch, (long long)f->key.scope,
	           (int)f->key.class, f->head);
	return 0;
}

void bed_digest(struct rig_node *n, uint8_t out[HASH_LEN])
{
	static const char *const counts[] = {"SELECT count(*) FROM entry",
	                                     "SELECT count(*) FROM grave",
	                                     "SELECT count(*) FROM cell_write",
	                                     "SELECT count(*) FROM pack WHERE state <> 0"};
	struct verify_result v;
	struct buf b = {0};
	int64_t count;
	size_t i;

	ok(verify_content(n->s, 0, &v));
	buf_add(&b, v.hash, sizeof v.hash);
	ok(feed_each(n->s, add_head, &b));
	for (i = 0; i < sizeof counts / sizeof *counts; i++) {
		sqlite3_stmt *st;

		ok(db_prepare(n->s, counts[i], &st));
		assert_int_equal(db_step(n->s, st), 1);
		count = sqlite3_column_int64(st, 0);
		sqlite3_finalize(st);
		buf_printf(&b, "%lld ", (long long)count);
	}
	ok(b.err);
	identity_sha256(b.data, b.len, out);
	buf_release(&b);
}
