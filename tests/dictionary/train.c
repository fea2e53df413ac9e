/* train.c - makes a dictionary (storage/dictionary.h): packs as a province, a village and its devices would
 * write them, of drawn records.
 *
 * train FOLDER OUT
 *
 * FOLDER holds what tests/gen drew. Everything else is fixed here, clock and chance too, so that the
 * same forms and the same draw make the same dictionary.
 */
#include "storage/body.h"
#include "storage/csv.h"
#include "storage/db.h"
#include "storage/dictionary.h"
#include "storage/err.h"
#include "storage/form.h"
#include "storage/indicator.h"
#include "storage/meta.h"
#include "storage/node.h"
#include "storage/pack.h"
#include "storage/record.h"
#include "storage/unit.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ROOT_UNIT ((int64_t)ROOT_NUMBER << 35 | 1)
#define ROWS_MAX 400
#define PACKS_MAX 64
#define MINUTE INT64_C(60000)
#define DAY (24 * 60 * MINUTE)

static int64_t now = INT64_C(1664586000000); /* 2022-10-01, 08:00 in Vietnam */
static uint64_t chance = 1;

static void must(int rc, const char *what)
{
	if (!rc)
		return;
	fprintf(stderr, "train: %s: %s\n", what, err_text());
	exit(1);
}

/* ---- a store without a world -------------------------------------------------------------------- */

static int64_t env_now(void *arg)
{
	(void)arg;
	return now;
}

static uint32_t draw(uint32_t below)
{
	chance = chance * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(chance >> 33) % below;
}

static int env_random(void *arg, void *out, size_t len)
{
	uint8_t *p = out;

	(void)arg;
	while (len--)
		*p++ = (uint8_t)draw(256);
	return 0;
}

static void env_sha256(const void *data, size_t len, uint8_t out[HASH_LEN])
{
	(void)data;
	(void)len;
	memset(out, 0, HASH_LEN);
}

static int env_sign(void *arg, const uint8_t key[KEY_LEN], const uint8_t hash[HASH_LEN],
                    uint8_t sig[SIG_LEN])
{
	(void)arg;
	(void)key;
	(void)hash;
	memset(sig, 0, SIG_LEN);
	return 0;
}

static int env_verify(void *arg, const uint8_t pubkey[PUBKEY_LEN], const uint8_t hash[HASH_LEN],
                      const uint8_t sig[SIG_LEN])
{
	(void)arg;
	(void)pubkey;
	(void)hash;
	(void)sig;
	return 0;
}

static const struct store_env env = {NULL, env_now, env_random, env_sha256, env_sign, env_verify};

/* ---- packs become the dictionary -------------------------------------------------------------------- */

struct training {
	struct store *s;
	int64_t village;
	struct learnt l;
	struct buf out;
	struct buf entries[PACKS_MAX]; /* what was learnt points into them */
	unsigned npack;
	uint32_t taken[1000]; /* by feed: packs that are in the dictionary */
	int64_t id[ROWS_MAX]; /* households that were recorded */
	int64_t clock;        /* of the entry before */
};

static int take_entry(void *arg, int64_t clock, const uint8_t *set, size_t len)
{
	struct training *t = arg;
	struct buf *entries = &t->entries[t->npack];

	body_entry(entries, clock - t->clock, set, len);
	t->clock = clock;
	return entries->err;
}

struct walk {
	struct training *t;
	const struct feed *f;
};

static int take_pack(void *arg, const struct pack *p)
{
	struct walk *w = arg;
	struct training *t = w->t;
	struct buf part = {0};
	int rc;

	t->clock = 0;
	if (t->npack == PACKS_MAX)
		return err(ERR_TOOBIG, "more than %d packs", PACKS_MAX);
	rc = pack_entries(&w->f->key, p->body, p->len, take_entry, t);
	if (!rc)
		rc = body_teach(&w->f->key, &t->entries[t->npack++], &t->l, &part);
	buf_varint(&t->out, (uint64_t)w->f->key.scope);
	buf_varint(&t->out, part.len);
	buf_add(&t->out, part.data, part.len);
	printf("class %d, pack %" PRIu32 ": %zu bytes of %zu\n", w->f->key.class, p->seq, part.len,
	       t->entries[t->npack - 1].len);
	buf_release(&part);
	return rc;
}

static int take_feed(void *arg, const struct feed *f)
{
	struct walk w = {arg, f};
	int rc = feed_packs(w.t->s, f, w.t->taken[f->id], take_pack, &w);

	w.t->taken[f->id] = f->head;
	return rc;
}

static void sealed(struct training *t)
{
	must(pack_seal(t->s), "seal");
	must(feed_each(t->s, take_feed, t), "take packs");
}

/* ---- what a province writes --------------------------------------------------------------------------- */

static int64_t add_unit(struct store *s, int64_t parent, enum level level, const char *code,
                        const char *name, int64_t households)
{
	struct unit u = {.parent = parent,
	                 .level = level,
	                 .households = households,
	                 .population = -1};
	int64_t id;

	snprintf(u.code, sizeof u.code, "%s", code);
	snprintf(u.name, sizeof u.name, "%s", name);
	must(unit_add(s, &u, &id), name);
	return id;
}

static void add_node(struct training *t, uint32_t number, enum role role, int64_t unit,
                     const char *name)
{
	struct node n = {.number = number,
	                 .role = role,
	                 .unit = unit,
	                 .office_count = role == ROLE_OFFICE};

	n.office_first = role == ROLE_OFFICE ? number >> 14 : 0;
	snprintf(n.name, sizeof n.name, "%s", name);
	env_random(NULL, n.pubkey, sizeof n.pubkey);
	now += 5 * MINUTE;
	must(node_add(t->s, &n), name);
}

static void province(struct training *t)
{
	struct self self = {ROOT_NUMBER, ROLE_ROOT, ROOT_UNIT, 0, 1, 0x3fff, "Tỉnh"};
	uint8_t key[KEY_LEN] = {0}, pubkey[PUBKEY_LEN] = {0};
	int64_t root, commune, id;
	char code[16], name[32];
	int i;

	must(store_begin(t->s), "begin");
	must(store_become(t->s, &self, key, pubkey), "become a root");
	must(store_commit(t->s), "commit");
	store_end(t->s);
	root = add_unit(t->s, 0, LEVEL_PROVINCE, "24", "Tỉnh", -1);
	must(form_add_builtin(t->s), "add forms");
	must(indicator_add_builtin(t->s), "add indicators");
	sealed(t);
	memset(t->taken, 0, sizeof t->taken); /* again: nearly every root begins with just these */
	sealed(t);
	commune = add_unit(t->s, add_unit(t->s, root, LEVEL_DISTRICT, "213", "Huyện Yên Thế", -1),
	                   LEVEL_COMMUNE, "07234", "Xã Đồng Tiến", -1);
	for (i = 1; i <= 8; i++) {
		snprintf(code, sizeof code, "07234-%02d", i);
		snprintf(name, sizeof name, i % 4 ? "Thôn %d" : "Tổ dân phố số %d", i);
		id = add_unit(t->s, commune, LEVEL_VILLAGE, code, name, 180 + draw(200));
		if (i == 1)
			t->village = id;
	}
	sealed(t);
	add_node(t, 2u << 14, ROLE_OFFICE, commune, "Văn phòng xã");
	sealed(t);
	for (i = 1; i <= 3; i++) {
		snprintf(name, sizeof name, "Thôn %d", i);
		add_node(t, 2u << 14 | (uint32_t)i, ROLE_DEVICE, t->village, name);
	}
	sealed(t);
}

/* ---- what a village writes ------------------------------------------------------------------------------ */

static void read_file(const char *folder, const char *name, struct buf *out)
{
	char path[4096], block[4096];
	size_t n;
	FILE *f;

	snprintf(path, sizeof path, "%s/%s.csv", folder, name);
	f = fopen(path, "r");
	if (!f) {
		perror(path);
		exit(1);
	}
	while ((n = fread(block, 1, sizeof block, f)) > 0)
		buf_add(out, block, n);
	fclose(f);
}

/* Rows of a sheet, each with the answers of its record. */
struct sheet_rows {
	struct form *form;
	char *cell[ROWS_MAX][40];
	char *name[40];
	size_t ncol, nrow, next;
};

static void load(struct training *t, struct sheet_rows *r, const char *form, const char *folder,
                 const char *file)
{
	struct buf text = {0};
	struct csv c;
	size_t i;

	memset(r, 0, sizeof *r);
	must(form_load(t->s, form, &r->form), form);
	read_file(folder, file, &text);
	csv_open(&c, (const char *)text.data, text.len);
	if (csv_read(&c) != 1)
		exit(1);
	r->ncol = c.nfield;
	for (i = 0; i < c.nfield; i++)
		r->name[i] = strdup(c.field[i]);
	for (; r->nrow < ROWS_MAX && csv_read(&c) == 1; r->nrow++)
		for (i = 0; i < c.nfield; i++)
			r->cell[r->nrow][i] = strdup(c.field[i]);
	csv_close(&c);
	buf_release(&text);
}

static int64_t add_next(struct tx *tx, struct sheet_rows *r)
{
	struct answer a[40];
	size_t i;
	int64_t id;

	if (r->next == r->nrow) {
		fprintf(stderr, "train: more rows are wanted\n");
		exit(1);
	}
	for (i = 0; i < r->ncol; i++)
		a[i] = (struct answer){r->name[i], r->cell[r->next][i]};
	must(record_add(tx, r->form, 0, a, r->ncol, &id), r->form->code);
	r->next++;
	return id;
}

static void add_rows(struct training *t, struct sheet_rows *r, size_t n, int64_t *id)
{
	struct tx *tx;
	size_t i;

	must(tx_begin(t->s, t->village, &tx), "begin");
	for (i = 0; i < n; i++) {
		int64_t one = add_next(tx, r);

		if (id)
			id[i] = one;
	}
	must(tx_commit(tx), "commit");
	tx_end(tx);
	now += MINUTE + draw(60) * 1000;
}

static void add_one(struct training *t, const char *code, const struct answer *a, size_t n)
{
	struct form *f;
	struct tx *tx;
	int64_t id;

	must(form_load(t->s, code, &f), code);
	must(tx_begin(t->s, t->village, &tx), "begin");
	must(record_add(tx, f, 0, a, n, &id), code);
	must(tx_commit(tx), "commit");
	tx_end(tx);
	form_free(f);
	now += 20 * MINUTE + draw(600) * 1000;
}

static void edit(struct training *t, struct form *f, int64_t id, const char *question,
                 const char *value)
{
	struct answer a = {question, value};
	struct tx *tx;

	must(tx_begin(t->s, t->village, &tx), "begin");
	must(record_edit(tx, f, id, &a, 1), question);
	must(tx_commit(tx), "commit");
	tx_end(tx);
	now += MINUTE + draw(300) * 1000;
}

static void edits(struct training *t, struct form *household)
{
	static const char *const digit[] = {"1", "2", "3", "4", "5", "6", "7", "8"};
	static const char *const address[] = {"Thôn 1", "Xóm Đình, thôn 1", "Số 12, thôn 1"};
	int i;

	for (i = 0; i < 8; i++)
		edit(t, household, t->id[draw(200)], "persons", digit[draw(8)]);
	for (i = 0; i < 2; i++) {
		edit(t, household, t->id[draw(200)], "phone", i ? "0987654321" : "0365214789");
		edit(t, household, t->id[draw(200)], "address", address[draw(3)]);
	}
	sealed(t);
}

/* Twelve households a day, one after the other; sent in the evening. */
static void days(struct training *t, struct sheet_rows *household, struct sheet_rows *visit, int n)
{
	int i;

	for (; n--; now += DAY - 12 * 32 * MINUTE) {
		for (i = 0; i < 12; i++) {
			now += 22 * MINUTE + draw(900) * 1000;
			add_rows(t, household, 1, NULL);
			now += 6 * MINUTE + draw(200) * 1000;
			add_rows(t, visit, 1, NULL);
		}
		sealed(t);
	}
}

static void others(struct training *t, const char *folder)
{
	static const struct answer assist[] = {{"done_on", "2022-10-12"},
	                                       {"service", "VNeID"},
	                                       {"step", "sign_in"},
	                                       {"minutes", "20"}};
	static const struct answer member[] = {{"name", "Nguyễn Văn An"},
	                                       {"sex", "m"},
	                                       {"phone", "0912345678"},
	                                       {"trained", "1"},
	                                       {"joined_on", "2022-04-10"}};
	static struct sheet_rows r;
	static const char *const sheet[] = {"training", "signal", "team"};
	size_t i, n;

	for (i = 0; i < 3; i++) {
		load(t, &r, sheet[i], folder, sheet[i]);
		for (n = r.nrow; n--; now += DAY)
			add_rows(t, &r, 1, NULL);
	}
	sealed(t);
	add_one(t, "assist", assist, sizeof assist / sizeof *assist);
	add_one(t, "member", member, sizeof member / sizeof *member);
	sealed(t);
}

static void village(struct training *t, const char *folder)
{
	static struct sheet_rows household, visit;

	load(t, &household, "household", folder, "households");
	load(t, &visit, "visit", folder, "visits");
	now += 30 * DAY;
	add_rows(t, &household, 200, t->id);
	add_rows(t, &visit, 200, NULL);
	sealed(t);
	now += 7 * DAY;
	days(t, &household, &visit, 3);
	edits(t, household.form);
	others(t, folder);
	now += DAY;
	edits(t, household.form);
	days(t, &household, &visit, 1);
}

int main(int argc, char **argv)
{
	static struct training t;
	char home[] = "build/train-XXXXXX", command[64];
	FILE *f;

	if (argc != 3 || !mkdtemp(home)) {
		fprintf(stderr, "usage: train FOLDER OUT\n");
		return 1;
	}
	must(store_open(home, STORE_CREATE, &env, &t.s), "open");
	must(db_exec(t.s, "PRAGMA synchronous = OFF"), "pragma");
	dictionary_none(&t.l);
	province(&t);
	village(&t, argv[1]);
	store_close(t.s);
	f = fopen(argv[2], "w");
	if (!f || fwrite(t.out.data, 1, t.out.len, f) != t.out.len || fclose(f)) {
		perror(argv[2]);
		return 1;
	}
	printf("%zu bytes: %u tables, %u columns, %u of %d lists of values, %u of %d texts\n",
	       t.out.len, t.l.columns.ntable, t.l.columns.ncolumn, t.l.columns.nchunk, CHUNKS_MAX,
	       t.l.columns.nbook, BOOK_MAX);
	snprintf(command, sizeof command, "rm -rf %s", home);
	return system(command) != 0;
}
