/* test_qr.c - a drawn code has its quiet zone and finder patterns, in every style. */
#include "agent/qr.h"
#include "storage/err.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define URI "CAYDA:ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
#define SIDE (25 + 8) /* version 2 holds these 38 letters in alphanumeric mode; quiet zone 4 */

/* Dark modules of a picture, read back from its characters. */
static void read_blocks(const char *p, int rows, int side, bool drawn_dark, char *out)
{
	int x, y;

	for (y = 0; y < rows; y++) {
		for (x = 0; x < side; x++) {
			bool top = false, bottom = false;
			size_t n = 3;

			if (strncmp(p, "█", 3) == 0)
				top = bottom = true;
			else if (strncmp(p, "▀", 3) == 0)
				top = true;
			else if (strncmp(p, "▄", 3) == 0)
				bottom = true;
			else
				n = 1;
			p += n;
			out[2 * y * side + x] = top == drawn_dark;
			if (2 * y + 1 < side)
				out[(2 * y + 1) * side + x] = bottom == drawn_dark;
		}
		assert_int_equal(*p, '\n');
		p++;
	}
	assert_int_equal(*p, '\0');
}

static void check_finder(const char *m, int side, int left, int top)
{
	static const char *const pattern[] = {"#######", "#     #", "# ### #", "# ### #",
	                                      "# ### #", "#     #", "#######"};
	int x, y;

	for (y = 0; y < 7; y++) {
		for (x = 0; x < 7; x++)
			assert_int_equal(m[(top + y) * side + left + x], pattern[y][x] == '#');
	}
}

static void check_code(const char *m, int side)
{
	int x, y;

	for (y = 0; y < side; y++) {
		for (x = 0; x < side; x++) {
			if (x < 4 || y < 4 || x >= side - 4 || y >= side - 4)
				assert_false(m[y * side + x]); /* the quiet zone is light */
		}
	}
	check_finder(m, side, 4, 4);
	check_finder(m, side, side - 11, 4);
	check_finder(m, side, 4, side - 11);
}

static void half_blocks_draw_a_code(void **state)
{
	struct buf b = {0};
	char m[SIDE * SIDE];

	(void)state;
	assert_int_equal(qr_draw(URI, QR_BLOCKS, &b), 0);
	read_blocks(buf_cstr(&b), (SIDE + 1) / 2, SIDE, false, m);
	check_code(m, SIDE);
	buf_release(&b);
}

static void ascii_draws_the_same_code(void **state)
{
	struct buf a = {0}, b = {0};
	char m[SIDE * SIDE];
	const char *p;
	int x, y;

	(void)state;
	assert_int_equal(qr_draw(URI, QR_BLOCKS, &b), 0);
	read_blocks(buf_cstr(&b), (SIDE + 1) / 2, SIDE, false, m);
	assert_int_equal(qr_draw(URI, QR_ASCII, &a), 0);
	p = buf_cstr(&a);
	for (y = 0; y < SIDE; y++) {
		for (x = 0; x < SIDE; x++, p += 2)
			assert_memory_equal(p, m[y * SIDE + x] ? "##" : "  ", 2);
		assert_int_equal(*p++, '\n');
	}
	buf_release(&a);
	buf_release(&b);
}

static void colour_sets_both_sides_and_resets_at_each_line_end(void **state)
{
	struct buf b = {0};
	const char *line, *end;
	size_t lines = 0;

	(void)state;
	assert_int_equal(qr_draw(URI, QR_BLOCKS | QR_COLOUR, &b), 0);
	for (line = buf_cstr(&b); *line; line = end + 1) {
		end = strchr(line, '\n');
		assert_memory_equal(line, "\033[30;47m", 8);
		assert_memory_equal(end - 4, "\033[0m", 4);
		lines++;
	}
	assert_int_equal(lines, (SIDE + 1) / 2);
	/* the quiet zone is the light background, so spaces */
	assert_memory_equal(b.data + 8, "    ", 4);
	buf_release(&b);
}

static void lower_case_needs_a_larger_code(void **state)
{
	struct buf upper = {0}, lower = {0};

	(void)state;
	assert_int_equal(qr_draw(URI, QR_ASCII, &upper), 0);
	assert_int_equal(qr_draw("cayda:abcdefghijklmnopqrstuvwxyz234567", QR_ASCII, &lower), 0);
	assert_true(lower.len > upper.len);
	buf_release(&upper);
	buf_release(&lower);
}

static void too_long_a_text_is_refused(void **state)
{
	struct buf b = {0};
	char *text = malloc(5001);

	(void)state;
	memset(text, 'A', 5000);
	text[5000] = '\0';
	assert_int_equal(qr_draw(text, QR_BLOCKS, &b), ERR_TOOBIG);
	assert_int_equal(b.len, 0);
	free(text);
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(half_blocks_draw_a_code),
		cmocka_unit_test(ascii_draws_the_same_code),
		cmocka_unit_test(colour_sets_both_sides_and_resets_at_each_line_end),
		cmocka_unit_test(lower_case_needs_a_larger_code),
		cmocka_unit_test(too_long_a_text_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
