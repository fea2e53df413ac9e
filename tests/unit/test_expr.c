/* test_expr.c - expressions of XLSForms evaluate to what XPath 1.0 and ODK say. */
#include "tests/unit/expr_rig.h"

struct case_ {
	const char *text, *want;
};

static int failures;

/* self: the question in whose row the expressions stand. */
static void each(const struct case_ *c, size_t n, size_t self, enum expr_want want)
{
	char out[1024];
	size_t i;

	failures = 0;
	for (i = 0; i < n; i++) {
		rig_eval(c[i].text, self, want, out, sizeof out);
		if (strcmp(out, c[i].want)) {
			print_error("%s gives %s, not %s\n", c[i].text, out, c[i].want);
			failures++;
		}
	}
	assert_int_equal(failures, 0);
}
#define all(c, self, want) each(c, sizeof(c) / sizeof *(c), self, want)

static void numbers_and_operators(void **state)
{
	static const struct case_ c[] = {
		{"1+2*3", "7"},
		{"(1 + 2) * 3", "9"},
		{"7 div 2", "3.5"},
		{"7 mod 4", "3"},
		{"-7 mod 4", "-3"},
		{"5.5 mod 2", "1.5"},
		{"--3", "3"},
		{"- - -3", "-3"},
		{"2 - -2", "4"},
		{"${a}-1", "4"},
		{"${ a } * 2", "10"},
		{"${a}*${b}", "12.5"},
		{"${a} div 0 > 1000000", "true"},
		{"0 div 0", "NULL"},
		{"1 - 1 - 1", "-1"},
		{"100 div 10 div 5", "2"},
		{".5 + 1.", "1.5"},
		{"${ga}", "-3"},
		{"9007199254740993 + 0", "9007199254740993"},
		{"${calc-n.1} + 1", "13"},
		{"${none} + 1", "NULL"},
		{"1 div 3", "0.33333333333333332"},
	};

	(void)state;
	all(c, OUT, EXPR_ANSWER);
}

/* Whether a missing answer is nothing, zero or a text decides what a form asks. */
static void comparing_with_what_is_missing(void **state)
{
	static const struct case_ c[] = {
		{"${none} = ''", "1"},
		{"${none} != ''", "0"},
		{"${a} = ''", "0"},
		{"${a} != ''", "1"},
		{"${none} = 0", "0"},
		{"${none} != 0", "1"},
		{"${none} < 5", "0"},
		{"${none} >= 0", "0"},
		{"not(${none} < 5)", "1"},
		{"${none} = ${empty}", "1"},
		{"${none} = ${none}", "1"},
		{"${none} = ${a}", "0"},
		{"${none} != ${a}", "1"},
		{"${empty} = ''", "1"},
		{"${empty}", "0"},
		{"${none}", "0"},
		{"${t}", "1"},
		{"'0'", "1"},
		{"0", "0"},
		{"${empty} = ${t}", "0"},
		{"string-length(${none}) = 0", "1"},
		{"number(${empty}) = number(${empty})", "0"},
		{"number(${empty}) != 1", "1"},
		{"${empty} = 'NaN'", "0"},
		{"string(number('x')) = 'NaN'", "1"},
	};

	(void)state;
	all(c, OUT, EXPR_TRUTH);
}

static void comparing(void **state)
{
	static const struct case_ c[] = {
		{"${a} = 5", "1"},
		{"${a} = '5'", "1"},
		{"${a} = '05'", "1"},
		{"'05' = '5'", "0"},
		{"5 = '05'", "1"},
		{"${s} = 'red'", "1"},
		{"${s} != 'red'", "0"},
		{"${s} = 1", "0"},
		{"${calc-n.1} = '12'", "1"},
		{"${calc} = '5 quả'", "1"},
		{"${calc} = 5", "0"},
		{"true() = 'x'", "1"},
		{"true() = ''", "0"},
		{"true() = ${a}", "1"},
		{"if(${a} > 3, true(), '') = true()", "1"},
		{"if(${a} < 3, true(), '') = true()", "0"},
		{"if(${a} > 3, false(), '') = true()", "0"},
		{"if(${a} > 3, false(), 'x')", "0"},
		{"1 < 2 < 3", "1"},
		{"3 > 2 > 1", "0"},
		{"1 = 1 and 2 = 2 or 0", "1"},
		{"0 or 0 or 0 or 1", "1"},
		{"1 and 1 and 0 and 1", "0"},
		{"1 or 1 and 0", "1"},
		{"(1 or 1) and 0", "0"},
		{"${d} = '2026-11-21'", "1"},
		{"${d} < today()", "1"},
		{"${d} <= today() - 1", "1"},
		{"${d} < today() - 1", "0"},
		{"${d} > date('2026-11-20')", "1"},
		{"${d} > '2026-11-20'", "1"},
		{"${dt} > ${d}", "1"},
		{"${dt} < ${d} + 0.5", "1"},
		{"now() > today()", "1"},
		{"${none} < today()", "0"},
	};

	(void)state;
	all(c, OUT, EXPR_TRUTH);
}

static void functions_of_texts(void **state)
{
	static const struct case_ c[] = {
		{"string-length(${t})", "7"},
		{"string-length('')", "0"},
		{"contains(${t}, 'Đồ')", "true"},
		{"contains(${t}, '')", "true"},
		{"contains(${t}, 'đồ')", "false"},
		{"starts-with(${t}, 'Bản ')", "true"},
		{"starts-with('', 'a')", "false"},
		{"ends-with(${t}, 'ồn')", "true"},
		{"ends-with('a', 'ba')", "false"},
		{"substr(${t}, 4)", "Đồn"},
		{"substr(${t}, 0, 3)", "Bản"},
		{"substr(${t}, -3, -1)", "Đồ"},
		{"substr(${t}, 5, 2)", "NULL"},
		{"substr(${t}, 50)", "NULL"},
		{"substring-before('2026-11', '-')", "2026"},
		{"substring-after('2026-11', '-')", "11"},
		{"substring-after('2026', '-')", "NULL"},
		{"normalize-space('  a  b ')", "a b"},
		{"translate('bảng', 'bnả', 'BN')", "BNg"},
		{"concat('a', ${a}, ${none}, ${b}, true())", "a52.5true"},
		{"join(', ', ${s}, ${t})", "red, Bản Đồn"},
		{"concat(1 div 0, '')", "Infinity"},
		{"concat(0.1 + 0.2, '')", "0.3"},
		{"concat(100000000000000000000, '')", "100000000000000000000"},
		{"concat(0.00001, '')", "0.00001"},
		{"concat(${a}, ' ', \"it's\")", "5 it's"},
		{"\u2018rounded\u2019", "rounded"},
		{"\u201crounded\u201d", "rounded"},
		{"'it\u2019s'", "it\u2019s"},
		{"selected(${m}, 'blue')", "true"},
		{"selected(${m}, 'blu')", "false"},
		{"selected(${m}, ' blue ')", "true"},
		{"selected(${s}, 'red')", "true"},
		{"selected(${empty}, 'red')", "false"},
		{"selected-at(${m}, 1)", "blue"},
		{"selected-at(${m}, 2)", "NULL"},
		{"count-selected(${m})", "2"},
		{"count-selected(${empty})", "0"},
		{"boolean-from-string('true')", "true"},
		{"boolean-from-string('1')", "true"},
		{"boolean-from-string('yes')", "false"},
		{"string(${a})", "5"},
		{"number('12 ')", "12"},
		{"number('abc')", "NULL"},
		{"uuid()", "2.1-15"},
	};

	(void)state;
	all(c, OUT, EXPR_ANSWER);
}

static void functions_of_numbers(void **state)
{
	static const struct case_ c[] = {
		{"int(3.9)", "3"},
		{"int(-3.9)", "-3"},
		{"int('x')", "NULL"},
		{"round(2.5)", "3"},
		{"round(-2.5)", "-2"},
		{"round(3.14159, 2)", "3.14"},
		{"round(1234, -2)", "1200"},
		{"pow(2, 10)", "1024"},
		{"pow(9, 0.5)", "3"},
		{"abs(-5)", "5"},
		{"sqrt(16)", "4"},
		{"sqrt(-1)", "NULL"},
		{"min(3, ${a}, 4)", "3"},
		{"max(3, ${a}, ${none})", "5"},
		{"floor(1.5) + ceiling(1.5)", "3"},
		{"if(${a} > 3, 'big', 'small')", "big"},
		{"if(${none} > 3, 'big', 'small')", "small"},
		{"if(${a} = 5, 1, '')", "1"},
		{"if(${a} != 5, 1, '')", "NULL"},
		{"coalesce(${none}, ${a})", "5"},
		{"coalesce(${empty}, 'x')", "x"},
		{"coalesce(${t}, 'x')", "Bản Đồn"},
		{"coalesce(${none}, ${empty})", "NULL"},
		{"boolean(1)", "true"},
		{"not(${a} = 5)", "false"},
		{"true()", "true"},
		{"random() >= 0 and random() < 1", "true"},
		{"round(pi(), 3)", "3.142"},
	};

	(void)state;
	all(c, OUT, EXPR_ANSWER);
}

static void functions_of_dates(void **state)
{
	static const struct case_ c[] = {
		{"today()", "2026-11-22"},
		{"now()", "2026-11-22T12:00:00"},
		{"today() - ${d}", "1"},
		{"date(today() + 30)", "2026-12-22"},
		{"date('2024-02-29')", "2024-02-29"},
		{"date('2023-02-29')", "NULL"},
		{"date(0)", "1970-01-01"},
		{"date(${dt})", "2026-11-21"},
		{"date(${empty})", "NULL"},
		{"date-time(1.5)", "1970-01-02T12:00:00"},
		{"date-time('2026-11-21T06:30:00.000+07:00')", "2026-11-21T06:30:00"},
		{"decimal-date-time('1970-01-02')", "1"},
		{"decimal-date-time('1970-01-02T12:00:00.000+07:00')", "1.5"},
		{"decimal-time('06:00:00.000+07:00')", "0.25"},
		{"decimal-time(${dt})", "0.25"},
		{"format-date(${d}, '%d/%m/%Y')", "21/11/2026"},
		{"format-date(${d}, '%e.%n.%y %a %b %%')", "21.11.26 Sat Nov %"},
		{"format-date-time(${dt}, '%H:%M:%S %h %3')", "06:00:00 6 000"},
		{"format-date(${empty}, '%Y')", "NULL"},
		{"int((today() - date('1980-11-23')) div 365.25)", "45"},
		{"number('1969-12-31')", "-1"},
	};

	(void)state;
	all(c, OUT, EXPR_ANSWER);
}

static void rows_of_a_repeat_from_outside(void **state)
{
	static const struct case_ c[] = {
		{"count(${rep})", "4"},
		{"count(${x})", "4"},
		{"count-non-empty(${x})", "3"},
		{"count-non-empty(${y})", "3"},
		{"sum(${x})", "42"},
		{"min(${x})", "10"},
		{"max(${x})", "20"},
		{"max(${x}, 100)", "100"},
		{"sum(${z})", "7"},
		{"join('-', ${y})", "một-hai--ba"},
		{"concat('<', ${y}, '>')", "<mộthaiba>"},
		{"${x}", "10"},
		{"${y} = 'một'", "true"},
		{"indexed-repeat(${y}, ${rep}, 2)", "hai"},
		{"indexed-repeat(${x}, ${rep}, 9)", "NULL"},
		{"sum(${x}) div count(${rep})", "10.5"},
		{"sum(${a})", "5"},
		{"count(${a})", "1"},
		{"count-non-empty(${empty})", "0"},
	};

	(void)state;
	all(c, OUT, EXPR_ANSWER);
}

static void rows_of_a_repeat_from_inside(void **state)
{
	static const struct case_ x[] = {
		{"${x}", "20"},
		{".", "20"},
		{"${x} + ${a}", "25"},
		{"position(..)", "2"},
		{"count(${rep})", "4"},
		{"count(${inner})", "3"},
		{"sum(${z})", "7"},
		{"indexed-repeat(${x}, ${rep}, position(..) - 1)", "10"},
		{"sum(${x})", "20"},
		{"../y", "hai"},
		{"current()/../y", "hai"},
		{"/data/rep/y", "hai"},
		{"once(7)", "20"},
	};
	static const struct case_ z[] = {
		{"position(..)", "2"},
		{"position(../..)", "2"},
		{"${x} + .", "24"},
		{"../../x", "20"},
	};

	(void)state;
	all(x, X, EXPR_ANSWER);
	all(z, Z, EXPR_ANSWER);
}

static void choices_are_looked_up(void **state)
{
	static const struct case_ c[] = {
		{"jr:choice-name(${s}, '${s}')", "Đỏ"},
		{"jr:choice-name('blue', ' ${m} ')", "Xanh"},
		{"jr:choice-name(selected-at(${m}, 1), '/data/m')", "Xanh"},
		{"jr:choice-name('none', '${m}')", "NULL"},
		{"instance('colour')/root/item[name = ${s}]/label", "Đỏ"},
		{"jr:itext(instance('colour')/root/item[name = ${s}]/itextId)", "Đỏ"},
		{"instance('colour')/root/item[warm = 1 and name != ${s}]/name", "pink"},
		{"instance('colour')/root/item[Warm = '1'][name != ${s}]/name", "pink"},
		{"count(instance('colour')/root/item[warm = '1'])", "2"},
		{"join(' ', instance('colour')/root/item[warm = '1']/label)", "Đỏ Hồng"},
		{"instance('colour')/root/item[name = 'x']/label", "NULL"},
		{"instance('x\"')/root/item[name = 'x']/label", "NULL"},
	};
	static const struct case_ filter[] = {
		{"warm = 1", "red pink"},
		{"warm = '1' and name != ${s}", "pink"},
		{"selected(${m}, name)", "red blue"},
		{"contains(label, 'n')", "blue pink"},
		{"name = instance('colour')/root/item[warm = '1' and name != 'red']/name", "pink"},
		{"true()", "red blue pink"},
		{"nothing = 1", "NULL"},
	};

	(void)state;
	all(c, OUT, EXPR_ANSWER);
	all(filter, S, EXPR_FILTER);
}

static void patterns(void **state)
{
	static const struct case_ c[] = {
		{"regex(., '^[A-ZĐ].*$')", "1"},
		{"regex(., 'Bản')", "0"},
		{"regex('0912345678', '0\\d{9}')", "1"},
		{"regex('091234567', '0\\d{9}')", "0"},
		{"regex('', '\\d*')", "1"},
		{"regex('a-b', '[\\w-]+')", "1"},
		{"regex('a@b.vn', '[^@\\s]+@[^@\\s]+\\.[a-z]{2,}')", "1"},
		{"regex('ab12', '(?:[a-z]{2}|[A-Z])\\d+')", "1"},
		{"regex('abc', 'a|b|abc')", "1"},
		{"regex('aaa', '(a?){3}a{3}')", "1"},
		{"regex('aab', '(a*)*b')", "1"},
		{"regex('\u0110', '\\u0110')", "1"},
		{"regex('x y', 'x\\by')", "0"},
		{"regex('x y', 'x\\b y')", "1"},
		{"regex('a]', '[]a]+')", "1"},
		{"regex('a', '\\D')", "1"},
		{"regex('1', '[^\\W]')", "1"},
		{"regex('xé', 'x.')", "1"},
		{"regex(${none}, '')", "1"},
		{"regex('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab', '(a|a)*(a*)*c')", "0"},
	};

	(void)state;
	all(c, T, EXPR_TRUTH);
}

static void what_is_not_understood_is_refused_with_its_place(void **state)
{
	static const struct case_ c[] = {
		{"", "a value is missing (at the end)"},
		{"1 +", "a value is missing (at the end)"},
		{"(1", "')' is missing (at the end)"},
		{"1)", "goes on where it should end (character 2: ))"},
		{"${nobody}", "no question is named nobody (character 1"},
		{"${A} = 1", "did you mean a? (character 1"},
		{"1 + ${t", "a question is written ${name} (character 5: ${t)"},
		{"${last-saved#a}", "a question is written ${name}"},
		{"pulldata('f', 'a', 'b', 'c')",
	         "the function pulldata() is not supported (character 1"},
		{"countSelected(${m})", "did you mean count-selected()?"},
		{"if(1, 2)", "if() takes 3 arguments"},
		{"concat()", "concat() takes 1 arguments or more"},
		{"round(1, 2, 3)", "round() takes 1 to 2 arguments"},
		{"'open", "a quotation mark is not closed"},
		{"red = 1", "'red' is not understood: a question is written ${red}, a text 'red'"},
		{"${group} = 1", "group takes no answer"},
		{"${rep} = 1", "rep is a repeat"},
		{"position(${a})", "a is not a repeat"},
		{"position(..)", "there are not that many groups"},
		{"..", "'..' may stand in position()"},
		{"${a} | ${b}", "'|' may stand only after instance"},
		{"${rep}[1]/x", "'[' may stand only after instance"},
		{"instance('colour')", "choices are looked up by instance('LIST')/root/item"},
		{"instance('colour')/root/item[1]/name", "not by its place"},
		{"instance(${s})/root/item[name = 1]/name", "choices are looked up by"},
		{"jr:itext('x')", "jr:itext() wants instance"},
		{"jr:choice-name(${a}, '${a}')", "one that has choices"},
		{"indexed-repeat(${a}, ${rep}, 1)", "the repeat that it is in"},
		{"regex(., '(')", "a ( in the pattern is not closed (character 10"},
		{"regex(., '(?=a)')", "(?= in a pattern is not supported"},
		{"regex(., '(a)\\1')", "\\1 in a pattern is not supported"},
		{"regex(., 'a{2000}')", "in the pattern is too much"},
		{"regex(., '((a{99}){99}){9}')", "more than 4000 steps"},
		{"a'; DROP TABLE choice; --", "is not understood"},
		{"1 == 1", "a value is missing (character 4: = 1)"},
	};
	char out[1024];
	size_t i;

	(void)state;
	failures = 0;
	for (i = 0; i < sizeof c / sizeof *c; i++) {
		if (rig_eval(c[i].text, OUT, EXPR_ANSWER, out, sizeof out) != ERR_BAD ||
		    !strstr(out, c[i].want)) {
			print_error("%s says %s, not %s\n", c[i].text, out, c[i].want);
			failures++;
		}
	}
	assert_int_equal(failures, 0);
}

/* n times before, the middle, n times after. */
static char *repeated(const char *before, const char *middle, const char *after, size_t n)
{
	size_t len = n * (strlen(before) + strlen(after)) + strlen(middle) + 1, i;
	char *text = malloc(len);

	assert_non_null(text);
	*text = 0;
	for (i = 0; i < n; i++)
		strcat(text, before);
	strcat(text, middle);
	for (i = 0; i < n; i++)
		strcat(text, after);
	return text;
}

static void long_and_deep_ones_work_or_are_refused(void **state)
{
	static const struct {
		const char *before, *middle, *after;
		size_t n;
		const char *want;
	} c[] = {
		{"${a} = 1 or ", "${a} = 5", "", 500, "true"},
		{"${a} + ", "0", "", 1000, "5000"},
		{"if(${a} = 1, 'x', ", "'end'", ")", 95, "end"},
		{"(", "1", ")", 95, "1"},
		{"(", "1", ")", 200, "brackets and calls are more than"},
		{"1 - ", "1", "", 1000, "too deep"},
		{"not(", "1", ")", 3000, "more than"},
		{"-", "1", "", 5000, "1"},
		{"concat('a', ", "'b'", ")", 60,
	         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab"},
	};
	char out[1024], *text;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof c / sizeof *c; i++) {
		text = repeated(c[i].before, c[i].middle, c[i].after, c[i].n);
		rig_eval(text, OUT, EXPR_ANSWER, out, sizeof out);
		if (!strstr(out, c[i].want))
			fail_msg("%.40s... gives %s, not %s", text, out, c[i].want);
		free(text);
	}
	text = repeated("(", "1", "", EXPR_TEXT_MAX);
	assert_int_equal(rig_eval(text, OUT, EXPR_ANSWER, out, sizeof out), ERR_BAD);
	assert_non_null(strstr(out, "longer than"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_and_operators),
		cmocka_unit_test(comparing_with_what_is_missing),
		cmocka_unit_test(comparing),
		cmocka_unit_test(functions_of_texts),
		cmocka_unit_test(functions_of_numbers),
		cmocka_unit_test(functions_of_dates),
		cmocka_unit_test(rows_of_a_repeat_from_outside),
		cmocka_unit_test(rows_of_a_repeat_from_inside),
		cmocka_unit_test(choices_are_looked_up),
		cmocka_unit_test(patterns),
		cmocka_unit_test(what_is_not_understood_is_refused_with_its_place),
		cmocka_unit_test(long_and_deep_ones_work_or_are_refused),
	};

	return cmocka_run_group_tests(tests, rig_open, rig_close);
}
