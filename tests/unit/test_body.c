/* test_body.c - whatever is put into a pack's body comes out of it, and whatever bytes come are borne. */
#include "tests/unit/changes.h"

#include "storage/coder.h"
#include "storage/dictionary.h"
#include "storage/embed.h"
#include "storage/pack.h"
#include "protocol/identity.h"

#define SECOND INT64_C(65536000)

static const struct feed_key key = {.author = 2u << 14 | 3,
                                    .epoch = 1,
                                    .scope = SCOPE,
                                    .class = CLASS_OPEN};

/* Entries of one pack and the clock of the last. */
struct of_pack {
	struct buf entries;
	int64_t clock;
};

static void add(struct of_pack *p, int64_t step, const void *set, size_t len)
{
	body_entry(&p->entries, step, set, len);
	p->clock += step;
	assert_int_equal(p->entries.err, 0);
}

static void write_body(const struct of_pack *p, unsigned dictionary, struct buf *body)
{
	struct buf again = {0};
	int64_t clock;

	assert_int_equal(body_write(&key, dictionary, &p->entries, body), 0);
	assert_int_equal(body_read(&key, body->data, body->len, &again), 0);
	assert_int_equal(again.len, p->entries.len);
	assert_memory_equal(again.data, p->entries.data, again.len);
	assert_int_equal(body_clock(body->data, body->len, &clock), 0);
	assert_true(clock == p->clock);
	buf_release(&again);
}

static uint64_t first_seed(void)
{
	const char *given = getenv("SEED");

	return given ? strtoull(given, NULL, 10) : 1;
}

/* ---- what sessions make -------------------------------------------------------------------------- */

static void put_value(struct buf *out, sqlite3_value *v)
{
	int n = v ? sqlite3_value_bytes(v) : 0;

	buf_printf(out, " %d:", v ? sqlite3_value_type(v) : 0);
	if (v && sqlite3_value_type(v) == SQLITE_FLOAT)
		buf_printf(out, "%a", sqlite3_value_double(v));
	else if (n)
		buf_add(out, sqlite3_value_blob(v), (size_t)n);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* A changeset as SQLite understands it, its changes in the order of their texts. */
static void understood(const void *set, size_t len, struct buf *out)
{
	sqlite3_changeset_iter *it;
	struct buf one = {0};
	static char *line[4096];
	size_t n = 0, i;
	int ncol, op, indirect, k;
	sqlite3_value *old, *new;
	const char *table;

	assert_int_equal(sqlite3changeset_start(&it, (int)len, (void *)(uintptr_t)set), SQLITE_OK);
	while (sqlite3changeset_next(it) == SQLITE_ROW) {
		sqlite3changeset_op(it, &table, &ncol, &op, &indirect);
		buf_reset(&one);
		buf_printf(&one, "%s %d %d %d", table, ncol, op, indirect);
		for (k = 0; k < ncol; k++) {
			old = new = NULL;
			if (op != SQLITE_INSERT)
				sqlite3changeset_old(it, k, &old);
			if (op != SQLITE_DELETE)
				sqlite3changeset_new(it, k, &new);
			put_value(&one, old);
			put_value(&one, new);
		}
		assert_true(n < sizeof line / sizeof *line);
		line[n++] = strdup(buf_cstr(&one));
	}
	assert_int_equal(sqlite3changeset_finalize(it), SQLITE_OK);
	qsort(line, n, sizeof *line, by_text);
	for (i = 0; i < n; i++) {
		buf_printf(out, "%s\n", line[i]);
		free(line[i]);
	}
	buf_release(&one);
}

static void check_last(const struct of_pack *p, size_t from, const void *set, size_t len)
{
	struct cursor c = cursor_of(p->entries.data + from, p->entries.len - from), got;
	struct buf want = {0}, have = {0};
	int64_t clock = 0;

	body_next(&c, &clock, &got);
	assert_false(c.bad);
	understood(set, len, &want);
	understood(got.p, cursor_left(&got), &have);
	assert_string_equal(buf_cstr(&have), buf_cstr(&want));
	buf_release(&want);
	buf_release(&have);
}

static void random_pack(uint64_t *seed, struct of_pack *p)
{
	unsigned n = 1 + draw(seed) % 12;
	int64_t step = draw(seed) % 3 ? (int64_t)draw(seed) * SECOND : 0;
	struct changes c;
	void *set;
	size_t from;
	int len;

	*p = (struct of_pack){0};
	changes_start(&c, seed);
	while (n--) {
		changes_make(&c, &set, &len);
		from = p->entries.len;
		add(p, step, set, (size_t)len);
		check_last(p, from, set, (size_t)len);
		sqlite3_free(set);
		step = draw(seed) % 2 ? (int64_t)(draw(seed) % 3000) * SECOND
		                      : (int64_t)(draw(seed) % 3);
	}
	changes_stop(&c);
}

static void random_changesets_come_back_whatever_their_tables(void **state)
{
	uint64_t first = first_seed(), i, seed;
	unsigned dictionary, columns = 0;
	struct of_pack p;

	(void)state;
	for (i = first; i < first + 100; i++) {
		seed = i;
		print_message("# SEED=%" PRIu64 "\n", i);
		random_pack(&seed, &p);
		for (dictionary = 0; dictionary < DICTIONARIES; dictionary++) {
			struct buf body = {0};

			write_body(&p, dictionary, &body);
			columns += body.data[0] == BODY_COLUMNS;
			buf_release(&body);
		}
		buf_release(&p.entries);
	}
	assert_true(columns > 160); /* the others have keys that no synced table has */
}

/* ---- what no session makes ---------------------------------------------------------------------------- */

static void bytes_that_are_no_changeset_come_back_too(void **state)
{
	static const char set[][16] = {"",
	                               "T",
	                               "no changeset",
	                               "P\2\1\0x\0\22\0\1",
	                               "T\2\1\0x\0\22\2\5\5",
	                               "T\0x\0",
	                               "T\1\1x\0\27\0\5\5",
	                               "T\2\1\0x\0\22\0\1"};
	struct of_pack p = {0};
	struct buf body = {0};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof set / sizeof *set; i++) {
		add(&p, SECOND, set[i], i < 3 ? strlen(set[i]) : 10);
		buf_reset(&body);
		write_body(&p, DICTIONARY, &body);
	}
	assert_int_equal(body.data[0], BODY_PLAIN);
	buf_release(&body);
	buf_release(&p.entries);
}

static void put_big(struct buf *set, uint64_t v)
{
	int i;

	for (i = 56; i >= 0; i -= 8)
		buf_u8(set, (unsigned)(v >> i) & 0xff);
}

/* An insert into x(id, scope, a text of len bytes). */
static void put_text_row(struct buf *set, unsigned id, size_t len, uint64_t *seed)
{
	size_t i;

	buf_add(set, "\22\0\1", 3);
	put_big(set, id);
	buf_u8(set, 1);
	put_big(set, 7);
	buf_u8(set, 3);
	for (i = len > 0x1fffff ? 4 : len > 0x3fff ? 3 : len > 0x7f ? 2 : 1; i--;)
		buf_u8(set, (unsigned)(len >> 7 * i & 0x7f) | (i ? 0x80 : 0));
	while (len--)
		buf_u8(set, seed ? draw(seed) & 0xff : 'x');
}

static void what_does_not_compress_still_fits_a_pack(void **state)
{
	struct of_pack p = {0};
	struct buf set = {0}, body = {0};
	uint64_t seed = 1;

	(void)state;
	buf_add(&set, "T\3\1\0\0x", 7);
	put_text_row(&set, 1, ENTRY_MAX - 64, &seed);
	add(&p, SECOND, set.data, set.len);
	write_body(&p, DICTIONARY, &body);
	assert_true(body.len <= p.entries.len + 1);
	assert_true(PACK_RAW_MAX + 1 <= PACK_MAX);
	buf_release(&set);
	buf_release(&body);
	buf_release(&p.entries);
}

/* A body that its maker did not read back. */
static void unread_body(const struct buf *entries, struct buf *body)
{
	struct learnt *l = malloc(sizeof *l);

	dictionary_none(l);
	buf_u8(body, BODY_COLUMNS);
	buf_u8(body, 0);
	body_teach(&key, entries, l, body);
	free(l);
}

static void a_small_body_of_much_is_refused(void **state)
{
	struct buf set = {0}, body = {0}, back = {0};
	struct of_pack p = {0};
	unsigned i;

	(void)state;
	buf_add(&set, "T\3\1\0\0x", 7);
	for (i = 0; i < 40000; i++)
		put_text_row(&set, i, 4, NULL);
	add(&p, SECOND, set.data, set.len);
	unread_body(&p.entries, &body);
	assert_true(body.len < 1000 && p.entries.len > 2 * PACK_RAW_MAX);
	assert_int_equal(body_read(&key, body.data, body.len, &back), ERR_BAD);
	assert_true(back.len < PACK_RAW_MAX + 1000);

	buf_reset(&set); /* one row, with a long text in each of its columns */
	buf_reset(&body);
	buf_reset(&back);
	buf_reset(&p.entries);
	buf_add(&set, "T\12\1", 3);
	for (i = 1; i < 10; i++)
		buf_u8(&set, 0);
	buf_add(&set, "x", 2);
	put_text_row(&set, 1, 200000, NULL);
	assert_non_null(buf_grow(&set, 10 * 200004));
	for (i = 3; i < 10; i++)
		buf_add(&set, set.data + set.len - 200004, 200004);
	add(&p, SECOND, set.data, set.len);
	unread_body(&p.entries, &body);
	assert_int_equal(body_read(&key, body.data, body.len, &back), ERR_BAD);
	assert_true(back.len < 2 * PACK_RAW_MAX);
	buf_release(&set);
	buf_release(&body);
	buf_release(&back);
	buf_release(&p.entries);
}

/* A few of its bytes changed, or its end cut off. */
static void mutilate(struct buf *body, uint64_t *seed)
{
	unsigned n = draw(seed) % 4;

	if (!n)
		body->len = draw(seed) % (body->len + 1);
	while (n--)
		body->data[draw(seed) % body->len] = (uint8_t)draw(seed);
}

static void mutilated_bodies_are_refused_or_bounded(void **state)
{
	uint64_t first = first_seed(), seed, i, k;
	struct buf whole = {0}, body = {0}, back = {0};
	unsigned refused = 0, n = 0;
	struct of_pack p;
	int rc;

	(void)state;
	for (i = first; i < first + 30; i++) {
		seed = i;
		print_message("# SEED=%" PRIu64 "\n", i);
		random_pack(&seed, &p);
		buf_reset(&whole);
		assert_int_equal(body_write(&key, i % DICTIONARIES, &p.entries, &whole), 0);
		for (k = 0; k < 100; k++, n++) {
			buf_reset(&body);
			buf_add(&body, whole.data, whole.len);
			mutilate(&body, &seed);
			buf_reset(&back);
			rc = body_read(&key, body.data, body.len, &back);
			refused += rc != 0;
			assert_true(!rc || rc == ERR_BAD || rc == ERR_NOTFOUND);
			assert_true(back.len < 2 * PACK_RAW_MAX);
		}
		buf_release(&p.entries);
	}
	assert_true(refused > n / 2);
	buf_release(&whole);
	buf_release(&body);
	buf_release(&back);
}

static void bytes_after_the_last_are_refused(void **state)
{
	struct of_pack p = {0};
	struct buf set = {0}, body = {0}, back = {0};

	(void)state;
	buf_add(&set, "T\3\1\0\0x", 7);
	put_text_row(&set, 1, 9, NULL);
	add(&p, SECOND, set.data, set.len);
	write_body(&p, DICTIONARY, &body);
	assert_int_equal(body.data[0], BODY_COLUMNS);
	buf_add(&body, "12345", 5);
	assert_int_equal(body_read(&key, body.data, body.len, &back), ERR_BAD);
	buf_release(&set);
	buf_release(&body);
	buf_release(&back);
	buf_release(&p.entries);
}

static void a_body_of_a_newer_program_waits(void **state)
{
	struct buf back = {0};
	int64_t clock;

	(void)state;
	assert_int_equal(body_read(&key, "\3abc", 4, &back), ERR_NOTFOUND);
	assert_int_equal(body_clock("\3abc", 4, &clock), ERR_NOTFOUND);
	assert_int_equal(body_read(&key, "\2\2\0", 3, &back), ERR_NOTFOUND);
	assert_int_equal(body_read(&key, "", 0, &back), ERR_NOTFOUND);
	assert_int_equal(body_read(&key, "\2", 1, &back), ERR_BAD);
	buf_release(&back);
}

/* ---- test vectors: those of protocol/PROTOCOL.md ---------------------------------------------------- */

static void put_hex(struct buf *out, const char *hex)
{
	unsigned byte;

	for (; *hex; hex += hex[2] == ' ' ? 3 : 2) {
		assert_int_equal(sscanf(hex, "%2x", &byte), 1);
		buf_u8(out, byte);
	}
}

static void assert_hex(const struct buf *got, const char *want)
{
	struct buf text = {0};
	size_t i;

	for (i = 0; i < got->len; i++)
		buf_printf(&text, "%02x", got->data[i]);
	assert_string_equal(buf_cstr(&text), want);
	buf_release(&text);
}

static void the_coder_does_as_the_protocol_says(void **state)
{
	static const uint64_t number[] = {0, 1, 5, 5, 1000, UINT64_MAX};
	static const char text[] = "Thôn 1, thôn 2";
	struct model *m = malloc(sizeof *m);
	uint8_t back[sizeof text] = {0};
	struct buf out = {0};
	struct coder c;
	size_t i;

	(void)state;
	model_init(m);
	coder_write(&c, m, &out);
	for (i = 0; i < sizeof number / sizeof *number; i++)
		coder_number(&c, 7, number[i]);
	coder_text(&c, 8, (const uint8_t *)text, NULL, strlen(text));
	assert_true(coder_end(&c));
	assert_hex(&out, "ea3a0ac1ef41bfe8000000000004129b724d273cab6712d5539af4");
	model_init(m);
	coder_read(&c, m, out.data, out.len);
	for (i = 0; i < sizeof number / sizeof *number; i++)
		assert_true(coder_number(&c, 7, 0) == number[i]);
	coder_text(&c, 8, NULL, back, strlen(text));
	assert_string_equal((char *)back, text);
	assert_true(coder_end(&c));
	buf_release(&out);
	free(m);
}

/* f_x(_id, _unit, name, count, at): a row and, ten minutes later, its correction. */
#define X_ROW                                                                                          \
	"54 05 01 00 00 00 00 66 5f 78 00 12 00 01 00 04 00 18 01 00 00 01 01 00 02 00 00 00 00 00 1e" \
	" 03 05 54 68 c3 b4 6e 01 00 00 00 00 00 00 00 05 03 0a 32 30 32 36 2d 31 31 2d 32 32"
#define X_EDIT                                                                                            \
	"54 05 01 00 00 00 00 66 5f 78 00 17 00 01 00 04 00 18 01 00 00 01 00 00 01 00 00 00 00 00 00 00" \
	" 05 00 00 00 00 01 00 00 00 00 00 00 00 06 00"

static void bodies_are_those_of_the_protocol(void **state)
{
	static const char *const want[] =
		{"0200b0cb91b00dc3cd37d382f470e75309994c28f898489e1cf69d5de874d883",
	         "0201b0cb91b00d87146927db8340480fad3d9f9427baac3bd54a"};
	struct buf row = {0}, change = {0}, body = {0};
	struct of_pack p = {0};
	unsigned i;

	(void)state;
	put_hex(&row, X_ROW);
	put_hex(&change, X_EDIT);
	add(&p, 1795305600 * SECOND, row.data, row.len); /* 2026-11-22 */
	add(&p, 600 * SECOND, change.data, change.len);
	for (i = 0; i < DICTIONARIES; i++) {
		buf_reset(&body);
		write_body(&p, i, &body);
		assert_hex(&body, want[i]);
	}
	buf_release(&row);
	buf_release(&change);
	buf_release(&body);
	buf_release(&p.entries);
}

/* Packs that are out in the world name it: it never changes again. */
static void dictionary_1_is_what_it_was(void **state)
{
	uint8_t hash[HASH_LEN];
	struct buf got = {.data = hash, .len = sizeof hash};

	(void)state;
	identity_env.sha256(embed_dictionary->data, embed_dictionary->len, hash);
	assert_hex(&got, "a92ec1b1975d3d5eeff0bbd386d48edf52f77e103058cca8f83a384276588eeb");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_changesets_come_back_whatever_their_tables),
		cmocka_unit_test(bytes_that_are_no_changeset_come_back_too),
		cmocka_unit_test(what_does_not_compress_still_fits_a_pack),
		cmocka_unit_test(a_small_body_of_much_is_refused),
		cmocka_unit_test(mutilated_bodies_are_refused_or_bounded),
		cmocka_unit_test(bytes_after_the_last_are_refused),
		cmocka_unit_test(a_body_of_a_newer_program_waits),
		cmocka_unit_test(the_coder_does_as_the_protocol_says),
		cmocka_unit_test(bodies_are_those_of_the_protocol),
		cmocka_unit_test(dictionary_1_is_what_it_was),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
