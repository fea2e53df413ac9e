/* expr_call.c - the functions that an expression may call. */
#include "storage/err.h"
#include "storage/expr_tree.h"
#include "storage/value.h"

#include <stdio.h>
#include <string.h>

/* ODK XForms 1.0 section "XPath functions"; in SQL each argument stands once, so that calls within
 * calls do not grow. */
static const struct expr_function functions[] = {
	{"abs", 1, 1, false, CALL_PLAIN, TYPE_NUMBER, "n", "x_math('abs', %1)"},
	{"acos", 1, 1, false, CALL_PLAIN, TYPE_NUMBER, "n", "x_math('acos', %1)"},
	{"asin", 1, 1, false, CALL_PLAIN, TYPE_NUMBER, "n", "x_math('asin', %1)"},
	{"atan", 1, 1, false, CALL_PLAIN, TYPE_NUMBER, "n", "x_math('atan', %1)"},
	{"atan2", 2, 2, false, CALL_PLAIN, TYPE_NUMBER, "nn", "x_math('atan2', %1, %2)"},
	{"boolean", 1, 1, false, CALL_PLAIN, TYPE_TRUTH, "b", "(%1)"},
	{"boolean-from-string", 1, 1, false, CALL_PLAIN, TYPE_TRUTH, "s", "(%1 IN ('true', '1'))"},
	{"ceiling", 1, 1, false, CALL_PLAIN, TYPE_NUMBER, "n", "x_math('ceil', %1)"},
	{"coalesce", 2, 2, false, CALL_COALESCE, TYPE_ANY, "aa", "ifnull(nullif(%1, ''), %2)"},
	{"concat", 1, EXPR_ARGS_ANY, false, CALL_JOIN, TYPE_TEXT, "s", NULL},
	{"contains", 2, 2, false, CALL_PLAIN, TYPE_TRUTH, "ss", "(instr(%1, %2) > 0)"},
	{"cos", 1, 1, false, CALL_PLAIN, TYPE_NUMBER, "n", "x_math('cos', %1)"},
	{"count", 1, 1, false, CALL_COUNT, TYPE_NUMBER, "a", NULL},
	{"count-non-empty", 1, 1, false, CALL_COUNT_ANSWERS, TYPE_NUMBER, "a", NULL},
	{"count-selected", 1, 1, false, CALL_PLAIN, TYPE_NUMBER, "s", "x_words(%1)"},
	{"date", 1, 1, false, CALL_PLAIN, TYPE_TEXT, "a", "x_date(%1)"},
	{"date-time", 1, 1, false, CALL_PLAIN, TYPE_TEXT, "a", "x_datetime(%1)"},
	{"decimal-date-time", 1, 1, false, CALL_PLAIN, TYPE_NUMBER, "n", "(%1)"},
	{"decimal-time", 1, 1, false, CALL_PLAIN, TYPE_NUMBER, "s", "x_time(%1)"},
	{"ends-with", 2, 2, false, CALL_PLAIN, TYPE_TRUTH, "ss", "x_ends(%1, %2)"},
	{"exp", 1, 1, false, CALL_PLAIN, TYPE_NUMBER, "n", "x_math('exp', %1)"},
	{"exp10", 1, 1, false, CALL_PLAIN, TYPE_NUMBER, "n", "x_math('exp10', %1)"},
	{"false", 0, 0, false, CALL_PLAIN, TYPE_TRUTH, "", "0"},
	{"floor", 1, 1, false, CALL_PLAIN, TYPE_NUMBER, "n", "x_math('floor', %1)"},
	{"format-date", 2, 2, false, CALL_PLAIN, TYPE_TEXT, "as", "x_format(%1, %2)"},
	{"format-date-time", 2, 2, false, CALL_PLAIN, TYPE_TEXT, "as", "x_format(%1, %2)"},
	{"if", 3, 3, false, CALL_IF, TYPE_ANY, "baa", "iif(%1, %2, %3)"},
	{"indexed-repeat", 3, 3, false, CALL_INDEXED, TYPE_ANY, "aan", NULL},
	{"int", 1, 1, false, CALL_PLAIN, TYPE_NUMBER, "n", "x_math('trunc', %1)"},
	{"join", 2, EXPR_ARGS_ANY, false, CALL_JOIN, TYPE_TEXT, "s", NULL},
	{"jr:choice-name", 2, 2, false, CALL_CHOICE_NAME, TYPE_TEXT, "ss", NULL},
	{"jr:itext", 1, 1, false, CALL_ITEXT, TYPE_TEXT, "s", "%1"},
	{"log", 1, 1, false, CALL_PLAIN, TYPE_NUMBER, "n", "x_math('log', %1)"},
	{"log10", 1, 1, false, CALL_PLAIN, TYPE_NUMBER, "n", "x_math('log10', %1)"},
	{"max", 1, EXPR_ARGS_ANY, false, CALL_MAX, TYPE_NUMBER, "n", NULL},
	{"min", 1, EXPR_ARGS_ANY, false, CALL_MIN, TYPE_NUMBER, "n", NULL},
	{"normalize-space", 0, 1, true, CALL_PLAIN, TYPE_TEXT, "s", "x_squeeze(%1)"},
	{"not", 1, 1, false, CALL_PLAIN, TYPE_TRUTH, "b", "(NOT %1)"},
	{"now", 0, 0, false, CALL_NOW, TYPE_TEXT, "", NULL},
	{"number", 0, 1, true, CALL_PLAIN, TYPE_NUMBER, "n", "(%1)"},
	{"once", 1, 1, false, CALL_ONCE, TYPE_ANY, "a", NULL},
	{"pi", 0, 0, false, CALL_PLAIN, TYPE_NUMBER, "", "3.141592653589793"},
	{"position", 1, 1, false, CALL_PLACE, TYPE_NUMBER, "a", NULL},
	{"pow", 2, 2, false, CALL_PLAIN, TYPE_NUMBER, "nn", "x_math('pow', %1, %2)"},
	{"random", 0, 0, false, CALL_PLAIN, TYPE_NUMBER, "", "(abs(random() % 1000000000) / 1e9)"},
	{"regex", 2, 2, false, CALL_REGEX, TYPE_TRUTH, "ss", "x_regex(%1, %2)"},
	{"round", 1, 2, false, CALL_PLAIN, TYPE_NUMBER, "nn", "x_round(%1, %2)"},
	{"selected", 2, 2, false, CALL_PLAIN, TYPE_TRUTH, "ss",
         "(instr(' ' || %1 || ' ', ' ' || trim(%2) || ' ') > 0)"},
	{"selected-at", 2, 2, false, CALL_PLAIN, TYPE_TEXT, "sn", "x_word(%1, %2)"},
	{"sin", 1, 1, false, CALL_PLAIN, TYPE_NUMBER, "n", "x_math('sin', %1)"},
	{"sqrt", 1, 1, false, CALL_PLAIN, TYPE_NUMBER, "n", "x_math('sqrt', %1)"},
	{"starts-with", 2, 2, false, CALL_PLAIN, TYPE_TRUTH, "ss", "x_starts(%1, %2)"},
	{"string", 0, 1, true, CALL_PLAIN, TYPE_TEXT, "s", "%1"},
	{"string-length", 0, 1, true, CALL_PLAIN, TYPE_NUMBER, "s", "length(%1)"},
	{"substr", 2, 3, false, CALL_PLAIN, TYPE_TEXT, "snn", "x_substr(%1, %2, %3)"},
	{"substring-after", 2, 2, false, CALL_PLAIN, TYPE_TEXT, "ss", "x_after(%1, %2)"},
	{"substring-before", 2, 2, false, CALL_PLAIN, TYPE_TEXT, "ss", "x_before(%1, %2)"},
	{"sum", 1, 1, false, CALL_SUM, TYPE_NUMBER, "n", NULL},
	{"tan", 1, 1, false, CALL_PLAIN, TYPE_NUMBER, "n", "x_math('tan', %1)"},
	{"today", 0, 0, false, CALL_TODAY, TYPE_TEXT, "", NULL},
	{"translate", 3, 3, false, CALL_PLAIN, TYPE_TEXT, "sss", "x_translate(%1, %2, %3)"},
	{"true", 0, 0, false, CALL_PLAIN, TYPE_TRUTH, "", "1"},
	{"uuid", 0, 1, false, CALL_ID, TYPE_TEXT, "a", NULL},
};
#define FUNCTIONS (sizeof functions / sizeof *functions)

static const struct expr_function *find(const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < FUNCTIONS; i++)
		if (strlen(functions[i].name) == len && !strncmp(functions[i].name, name, len))
			return functions + i;
	return NULL;
}

/* The same letters without '-' and '_', in whatever case: countSelected is count-selected. */
static bool alike(const char *known, const char *name, size_t len)
{
	const char *end = name + len;

	for (;;) {
		known += strspn(known, "-_:");
		while (name < end && strchr("-_:", *name))
			name++;
		if (name == end || !*known)
			return name == end && !*known;
		if ((*known++ | 0x20) != (*name++ | 0x20))
			return false;
	}
}

/* The name nearest to one that is none, or NULL. */
static const char *near(const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < FUNCTIONS; i++)
		if (alike(functions[i].name, name, len))
			return functions[i].name;
	return NULL;
}

int expr_function_of(struct expr_node *n)
{
	const struct expr_function *fn = find(n->text, n->text_len);
	const char *meant = near(n->text, n->text_len);
	char name[SHOWN_LEN];

	snprintf(name, sizeof name, "%.*s", (int)(n->text_len < 40 ? n->text_len : 40), n->text);
	n->fn = fn;
	if (!fn && meant)
		return err(ERR_BAD, "the function %s() is not supported; did you mean %s()?", name,
		           meant);
	if (!fn)
		return err(ERR_BAD, "the function %s() is not supported", name);
	if (n->n >= fn->min && n->n <= fn->max)
		return 0;
	if (fn->max == EXPR_ARGS_ANY)
		return err(ERR_BAD, "%s() takes %d arguments or more", name, fn->min);
	if (fn->min == fn->max)
		return err(ERR_BAD, "%s() takes %d arguments", name, fn->min);
	return err(ERR_BAD, "%s() takes %d to %d arguments", name, fn->min, fn->max);
}
