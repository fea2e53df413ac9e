/* test_i18n.c - texts are found in a catalogue, and a damaged catalogue finds nothing. */
#include "agent/i18n.h"
#include "storage/embed.h"
#include "storage/err.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* Three texts: "", "no conflicts", "reached"; as msgfmt writes them, without its hash table. */
#define CATALOGUE                                                              \
	"\xde\x12\x04\x95\0\0\0\0\3\0\0\0\x1c\0\0\0\x34\0\0\0\0\0\0\0\0\0\0\0" \
	"\0\0\0\0\x4c\0\0\0\x0c\0\0\0\x4d\0\0\0\7\0\0\0\x5a\0\0\0"             \
	"\4\0\0\0\x62\0\0\0\5\0\0\0\x67\0\0\0\3\0\0\0\x6d\0\0\0"               \
	"\0no conflicts\0reached\0head\0khong\0dat\0"
#define CATALOGUE_LEN (sizeof CATALOGUE - 1)

static void a_text_is_found(void **state)
{
	(void)state;
	assert_string_equal(i18n_lookup(CATALOGUE, CATALOGUE_LEN, "no conflicts"), "khong");
	assert_string_equal(i18n_lookup(CATALOGUE, CATALOGUE_LEN, "reached"), "dat");
	assert_string_equal(i18n_lookup(CATALOGUE, CATALOGUE_LEN, ""), "head");
	assert_null(i18n_lookup(CATALOGUE, CATALOGUE_LEN, "zebra"));
	assert_null(i18n_lookup(CATALOGUE, CATALOGUE_LEN, "a"));
}

static void a_big_endian_catalogue_is_read(void **state)
{
	uint8_t big[CATALOGUE_LEN];
	size_t i;

	(void)state;
	memcpy(big, CATALOGUE, sizeof big);
	for (i = 0; i < 0x4c; i += 4) {
		uint8_t a = big[i], b = big[i + 1];

		big[i] = big[i + 3];
		big[i + 1] = big[i + 2];
		big[i + 2] = b;
		big[i + 3] = a;
	}
	assert_string_equal(i18n_lookup(big, sizeof big, "reached"), "dat");
}

static void every_cut_and_every_changed_byte_is_survived(void **state)
{
	size_t n, i;

	(void)state;
	for (n = 0; n < CATALOGUE_LEN; n++) {
		uint8_t *cut = malloc(n ? n : 1); /* so that a sanitizer sees a read beyond it */

		memcpy(cut, CATALOGUE, n);
		i18n_lookup(cut, n, "reached");
		free(cut);
	}
	for (i = 0; i < CATALOGUE_LEN; i++) {
		for (n = 0; n < 256; n += 15) {
			uint8_t *bad = malloc(CATALOGUE_LEN);

			memcpy(bad, CATALOGUE, CATALOGUE_LEN);
			bad[i] = (uint8_t)n;
			i18n_lookup(bad, CATALOGUE_LEN, "reached");
			free(bad);
		}
	}
}

static void the_locale_chooses_the_language(void **state)
{
	(void)state;
	setenv("LANG", "vi_VN.UTF-8", 1);
	unsetenv("LC_ALL");
	unsetenv("LC_MESSAGES");
	assert_int_equal(i18n_set(NULL), 0);
	assert_string_equal(i18n_lang(), "vi");
	setenv("LC_MESSAGES", "de_DE", 1);
	assert_int_equal(i18n_set(NULL), 0);
	assert_string_equal(i18n_lang(), "en");
	setenv("LC_ALL", "vi", 1);
	assert_int_equal(i18n_set(NULL), 0);
	assert_string_equal(i18n_lang(), "vi");
	assert_int_equal(i18n_set("fr"), ERR_BAD);
	assert_int_equal(i18n_set("en"), 0);
	assert_string_equal(i18n_lang(), "en");
}

static void errors_speak_the_language(void **state)
{
	const struct embed_file *f = embed_po;

	(void)state;
	while (f->name && strcmp(f->name, "vi.mo.gz") != 0)
		f++;
	assert_non_null(f->name);
	i18n_set("en");
	err(ERR_NOMEM, "out of memory");
	assert_string_equal(err_text(), "out of memory");
	i18n_set("vi");
	err(ERR_NOMEM, "out of memory");
	assert_string_equal(err_text(), "hết bộ nhớ");
	assert_string_equal(_("a text that nobody translated"), "a text that nobody translated");
	assert_string_equal(i18n_text(""), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_text_is_found),
		cmocka_unit_test(a_big_endian_catalogue_is_read),
		cmocka_unit_test(every_cut_and_every_changed_byte_is_survived),
		cmocka_unit_test(the_locale_chooses_the_language),
		cmocka_unit_test(errors_speak_the_language),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
