/* test_text.c - Vietnamese text in one form. */
#include "tests/unit/fixture.h"

#include "storage/text.h"

static void both_ways_of_writing_an_accent_become_one(void **state)
{
	struct buf a = {0}, b = {0};
	const char *composed = "B\u1eafc Giang", *apart = "Ba\u0306\u0301c Giang";

	(void)state;
	assert_ok(text_nfc(composed, strlen(composed), &a));
	assert_ok(text_nfc(apart, strlen(apart), &b));
	assert_string_equal(buf_cstr(&a), buf_cstr(&b));
	assert_string_equal(buf_cstr(&a), "Bắc Giang");
	buf_release(&a);
	buf_release(&b);
}

static void what_is_not_utf8_is_refused(void **state)
{
	static const char *const bad[] = {"\xff", "a\xc3", "\xed\xa0\x80", "\xc0\x80"};
	struct buf b = {0};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_err(text_nfc(bad[i], strlen(bad[i]), &b), ERR_BAD, "UTF-8");
	assert_err(text_nfc("a\0b", 3, &b), ERR_BAD, "zero byte");
	assert_err(text_fold("\xff", &b), ERR_BAD, "UTF-8");
	assert_int_equal(b.len, 0);
	buf_release(&b);
}

static void empty_text_stays_empty(void **state)
{
	struct buf b = {0};

	(void)state;
	assert_ok(text_nfc("", 0, &b));
	assert_ok(text_fold("", &b));
	assert_int_equal(b.len, 0);
	buf_release(&b);
}

static void width_counts_what_is_seen(void **state)
{
	(void)state;
	assert_int_equal(text_width("Tỉnh Bắc Giang"), 14);
	assert_int_equal(text_width("Ba\u0306\u0301c"), 3);
	assert_int_equal(text_width("漢"), 2);
	assert_int_equal(text_width("\xff\xfe"), 2);
	assert_int_equal(text_width(""), 0);
}

static void folding_finds_what_is_typed_without_accents(void **state)
{
	static const struct {
		const char *text, *folded;
	} cases[] = {
		{"Xã  Đồng\tHưu ", "xa dong huu"},
		{"PHƯỜNG Hoàng Văn Thụ", "phuong hoang van thu"},
		{"Hoà Bình", "hoa binh"},
		{"Hòa Bình", "hoa binh"},
		{"đ", "d"},
	};
	struct buf b = {0};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof *cases; i++) {
		buf_reset(&b);
		assert_ok(text_fold(cases[i].text, &b));
		assert_string_equal(buf_cstr(&b), cases[i].folded);
	}
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_ways_of_writing_an_accent_become_one),
		cmocka_unit_test(what_is_not_utf8_is_refused),
		cmocka_unit_test(empty_text_stays_empty),
		cmocka_unit_test(width_counts_what_is_seen),
		cmocka_unit_test(folding_finds_what_is_typed_without_accents),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
