/* test_expr_random.c - random expressions: none harms the reader, and those that are well formed
 * give what a small evaluator of XPath, written apart, gives. EXPR_SEED=n replays one run. */
#include "tests/unit/expr_rig.h"

#include <locale.h>
#include <math.h>

#define TEXTS 20000 /* random bytes */
#define TREES 20000
#define DEPTH 5

static uint64_t state_;
static uint64_t seed_;

static unsigned pick(unsigned n)
{
	state_ ^= state_ << 13;
	state_ ^= state_ >> 7;
	state_ ^= state_ << 17;
	return (unsigned)((state_ >> 11) % n);
}

static void start(const char *name)
{
	const char *given = getenv("EXPR_SEED");

	seed_ = given ? strtoull(given, NULL, 10) : 20261122;
	state_ = seed_ * 2654435761u + 88172645463325252u;
	print_message("%s: EXPR_SEED=%llu\n", name, (unsigned long long)seed_);
}

/* ---- bytes ------------------------------------------------------------------------------------------------ */

static void random_bytes_harm_nothing(void **state)
{
	static const char *const pieces[] = {
		"${a}",      "${",     "}",       "(",          ")",
		"[",         "]",      "'",       "\"",         "/",
		"..",        ".",      "and ",    "or",         "div ",
		"mod",       "=",      "!=",      "<",          "-",
		"*",         "|",      "1",       "0.5",        ",",
		"if(",       "sum(",   "x",       "concat(",    "instance('colour')/root/item",
		"\xe2",      "\x80",   "\x9c",    "\xc2\xa0",   "\n",
		"${x}",      "${rep}", "name",    "regex(., '", "jr:choice-name(",
		"position(", "@",      "::",      "\\",         "#",
		"\xff",      "not(",   "today()", "once(",      "coalesce(",
	};
	char text[256], out[2048];
	unsigned i, n;
	int good = 0;

	(void)state;
	start("bytes");
	for (i = 0; i < TEXTS; i++) {
		text[0] = 0;
		for (n = pick(12) + 1; n; n--)
			strcat(text, pieces[pick(sizeof pieces / sizeof *pieces)]);
		/* SQLite must take whatever SQL comes of it */
		if (!rig_eval(text, pick(2) ? X : OUT, (enum expr_want)pick(4), out, sizeof out)) {
			good++;
			if (strstr(out, "error:"))
				fail_msg("seed %llu: %s: %s", (unsigned long long)seed_, text, out);
		}
	}
	assert_true(good > 100);
}

/* ---- a second evaluator ------------------------------------------------------------------------------------- */

enum kind { NUM, STR, BOOL };
struct val {
	enum kind kind;
	int known; /* what it is known to be before it is evaluated: enum known */
	double n;
	bool b;
	char s[512];
};

enum known { KNOWN_NUM, KNOWN_STR, KNOWN_BOOL, NUM_ANSWER, STR_ANSWER, ANYTHING };

/* Of a tree in which a number is divided by a zero, whose sign XPath lets be seen and SQLite does not,
 * or in which one is written that C writes with an exponent. */
static bool unsure;

static struct val num(double n)
{
	return (struct val){.kind = NUM, .known = KNOWN_NUM, .n = n + 0.0};
}

static struct val truth(bool b)
{
	return (struct val){.kind = BOOL, .known = KNOWN_BOOL, .b = b};
}

static struct val str(const char *s)
{
	struct val v = {.kind = STR, .known = KNOWN_STR};

	snprintf(v.s, sizeof v.s, "%s", s);
	return v;
}

static double as_num(const struct val *v)
{
	char *end;
	double n;

	if (v->kind != STR)
		return v->kind == NUM ? v->n : v->b;
	if (strspn(v->s, " -.0123456789") < 1 || strpbrk(v->s, "IN"))
		return NAN; /* strtod() knows words */
	n = strtod(v->s, &end);
	return end > v->s && !end[strspn(end, " ")] ? n : NAN;
}

static void as_str(const struct val *v, char out[512])
{
	if (v->kind == STR)
		strcpy(out, v->s);
	else if (v->kind == BOOL)
		strcpy(out, v->b ? "true" : "false");
	else if (isnan(v->n))
		strcpy(out, "NaN");
	else if (isinf(v->n))
		strcpy(out, v->n > 0 ? "Infinity" : "-Infinity");
	else if (snprintf(out, 512, "%.15g", v->n) && strchr(out, 'e'))
		unsure = true;
}

static bool as_bool(const struct val *v)
{
	return v->kind == STR ? *v->s : v->kind == BOOL ? v->b : v->n != 0 && !isnan(v->n);
}

static bool equal(const struct val *a, const struct val *b)
{
	if (a->kind == BOOL || b->kind == BOOL)
		return as_bool(a) == as_bool(b);
	if (a->kind == NUM || b->kind == NUM)
		return as_num(a) == as_num(b);
	return !strcmp(a->s, b->s);
}

/* Answers are numbers where their question is one, and the empty string where there is none. */
static struct val leaf(char *text)
{
	static const struct {
		const char *text;
		size_t q;
	} names[] = {{"${a}", A},       {"${b}", B},         {"${none}", NONE},
	             {"${s}", S},       {"${empty}", EMPTY}, {"${calc-n.1}", CALCN},
	             {"${calc}", CALC}, {"${ga}", GA}};
	static const char *const texts[] = {"", "0", "5", "red", "abc", "-1", "2.5", " "};
	unsigned i = pick(16);

	if (i < 8) {
		size_t q = names[i].q;
		enum qtype t = rig_q[q].type;
		bool number = t == Q_INTEGER || t == Q_DECIMAL || q == CALCN;
		struct val v = !rig_value[q] ? str("")
		               : number      ? num(strtod(rig_value[q], NULL))
		                             : str(rig_value[q]);

		strcpy(text, names[i].text);
		v.known = t == Q_CALCULATE                   ? ANYTHING
		          : t == Q_INTEGER || t == Q_DECIMAL ? NUM_ANSWER
		                                             : STR_ANSWER;
		return v;
	}
	if (i < 12) {
		i = pick(8);
		sprintf(text, "'%s'", texts[i]);
		return str(texts[i]);
	}
	i = pick(7);
	sprintf(text, "%g", i / 2.0);
	return num(i / 2.0);
}

static struct val tree(char *text, size_t cap, int depth);

static struct val operation(char *text, size_t cap, int depth)
{
	static const char *const sign[] = {"+", "-",  "*", " div ", " mod ", "=",   "!=",
	                                   "<", "<=", ">", ">=",    " and ", " or "};
	unsigned op = pick(sizeof sign / sizeof *sign);
	char *left = malloc(cap), *right = malloc(cap);
	struct val a, b;
	double x, y;

	assert_non_null(left);
	assert_non_null(right);
	a = tree(left, cap, depth - 1);
	b = tree(right, cap, depth - 1);
	x = as_num(&a);
	y = as_num(&b);
	snprintf(text, cap, "(%s %s %s)", left, sign[op], right);
	free(left);
	free(right);
	switch (op) {
	case 0:
		return num(x + y);
	case 1:
		return num(x - y);
	case 2:
		return num(x * y);
	case 3:
		unsure |= y == 0;
		return num(x / y);
	case 4:
		return num(fmod(x, y));
	case 5:
		return truth(equal(&a, &b));
	case 6:
		return truth(!equal(&a, &b));
	case 7:
		return truth(x < y);
	case 8:
		return truth(x <= y);
	case 9:
		return truth(x > y);
	case 10:
		return truth(x >= y);
	case 11:
		return truth(as_bool(&a) && as_bool(&b));
	default:
		return truth(as_bool(&a) || as_bool(&b));
	}
}

/* One of two, of which only what both are is known; a number that is none is then nothing. */
static struct val either(struct val v, const struct val *a, const struct val *b)
{
	int x = a->known % 3, y = b->known % 3;

	v.known = a->known == b->known                                            ? a->known
	          : x == y && x < 2 && a->known < ANYTHING && b->known < ANYTHING ? NUM_ANSWER + x
	                                                                          : ANYTHING;
	if (v.known == KNOWN_NUM || v.kind != NUM || !isnan(v.n))
		return v;
	x = v.known;
	v = str("");
	v.known = x;
	return v;
}

static struct val call(char *text, size_t cap, int depth)
{
	static const char *const name[] = {"not", "number",   "string", "boolean", "string-length",
	                                   "if",  "coalesce", "concat", "contains"};
	static const unsigned args[] = {1, 1, 1, 1, 1, 3, 2, 2, 2};
	unsigned fn = pick(sizeof name / sizeof *name), i;
	char *part = malloc(cap), s[512], t[512];
	struct val v[3] = {{0}};
	bool empty;

	assert_non_null(part);
	snprintf(text, cap, "%s(", name[fn]);
	for (i = 0; i < args[fn]; i++) {
		v[i] = tree(part, cap, depth - 1);
		snprintf(text + strlen(text), cap - strlen(text), "%s%s", i ? ", " : "", part);
	}
	snprintf(text + strlen(text), cap - strlen(text), ")");
	free(part);
	as_str(&v[0], s);
	as_str(&v[1], t);
	switch (fn) {
	case 0:
		return truth(!as_bool(&v[0]));
	case 1:
		return num(as_num(&v[0]));
	case 2:
		return str(s);
	case 3:
		return truth(as_bool(&v[0]));
	case 4:
		return num((double)mbstowcs(NULL, s, 0));
	case 5:
		return either(as_bool(&v[0]) ? v[1] : v[2], &v[1], &v[2]);
	case 6:
		empty = (v[0].kind == STR && !*v[0].s) || (v[0].kind == NUM && isnan(v[0].n));
		return either(empty ? v[1] : v[0], &v[0], &v[1]);
	case 7:
		s[250] = t[250] = 0;
		strcat(s, t);
		return str(s);
	default:
		return truth(strstr(s, t) != NULL);
	}
}

static struct val tree(char *text, size_t cap, int depth)
{
	if (!depth || !pick(4))
		return leaf(text);
	return pick(3) ? operation(text, cap, depth) : call(text, cap, depth);
}

static void well_formed_ones_give_what_xpath_says(void **state)
{
	static char text[1 << 16], whole[1 << 17];
	char out[2048], want[512], said[600];
	struct val v;
	int i, seen = 0;

	(void)state;
	start("trees");
	assert_non_null(setlocale(LC_CTYPE, "C.UTF-8"));
	for (i = 0; i < TREES; i++) {
		unsure = false;
		v = tree(text, sizeof text, 1 + (int)pick(DEPTH));
		as_str(&v, want);
		snprintf(whole, sizeof whole, "concat('<', %s, '>')", text);
		if (strlen(whole) > EXPR_TEXT_MAX || strlen(want) > 200 || unsure)
			continue;
		assert_int_equal(rig_eval(whole, OUT, EXPR_ANSWER, out, sizeof out), 0);
		snprintf(said, sizeof said, "<%s>", want);
		if (strcmp(out, said))
			fail_msg("seed %llu, tree %d: %s gives %s, not %s",
			         (unsigned long long)seed_, i, whole, out, said);
		seen++;
	}
	assert_true(seen > TREES / 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_bytes_harm_nothing),
		cmocka_unit_test(well_formed_ones_give_what_xpath_says),
	};

	return cmocka_run_group_tests(tests, rig_open, rig_close);
}
