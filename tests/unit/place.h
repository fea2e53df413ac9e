/* place.h - a commune of three villages with the built-in forms and indicators, for tests of figures. */
#ifndef UNIT_PLACE_H
#define UNIT_PLACE_H

#include "tests/unit/fixture.h"

#include "storage/indicator.h"
#include "storage/record.h"

#define ANSWERS_MAX 24 /* of a record in these tests */

struct place {
	struct store *s;
	int64_t commune, village[3];
	struct form *household, *visit;
};

/* A commune of three villages, with the built-in forms and indicators. */
static inline int setup(void **state)
{
	static struct place p;
	struct store *s = fixture_root();
	char code[16];
	int i;

	p.s = s;
	p.commune = fixture_unit(s, FIXTURE_ROOT_UNIT, LEVEL_COMMUNE, "c", "Xã");
	for (i = 0; i < 3; i++) {
		snprintf(code, sizeof code, "v%d", i);
		p.village[i] = fixture_unit(s, p.commune, LEVEL_VILLAGE, code, code);
	}
	assert_ok(form_add_builtin(s));
	assert_ok(indicator_add_builtin(s));
	assert_ok(form_load(s, "household", &p.household));
	assert_ok(form_load(s, "visit", &p.visit));
	*state = &p;
	return 0;
}

static inline int teardown(void **state)
{
	struct place *p = *state;

	form_free(p->household);
	form_free(p->visit);
	fixture_remove(p->s);
	return 0;
}

static inline int64_t add(struct store *s, int64_t unit, const struct form *f,
                          const struct answer *a, size_t n)
{
	struct tx *tx;
	int64_t id;

	assert_ok(tx_begin(s, unit, &tx));
	assert_ok(record_add(tx, f, 0, a, n, &id));
	assert_ok(tx_commit(tx));
	tx_end(tx);
	return id;
}

static inline int64_t household(struct place *p, int64_t unit, const char *number)
{
	const struct answer a[] = {{"number", number}};

	return add(p->s, unit, p->household, a, 1);
}

static inline int64_t visit(struct place *p, int64_t unit, const char *number, const char *day,
                            const char *persons, const char *smartphones, const char *fibre)
{
	const struct answer a[] = {{"household", number},
	                           {"surveyed_on", day},
	                           {"persons", persons},
	                           {"adults", "2"},
	                           {"smartphones", smartphones},
	                           {"fibre", fibre},
	                           {"eid", "1"},
	                           {"bank", "1"}};

	return add(p->s, unit, p->visit, a, sizeof a / sizeof *a);
}

/* A record of a built-in form: its answers are pairs of texts, NULL at the end. */
static inline void record(struct place *p, int64_t unit, const char *code, ...)
{
	struct answer a[ANSWERS_MAX];
	struct form *f;
	const char *name;
	va_list ap;
	size_t n = 0;

	va_start(ap, code);
	while ((name = va_arg(ap, const char *))) {
		assert_true(n < ANSWERS_MAX);
		a[n].name = name;
		a[n++].value = va_arg(ap, const char *);
	}
	va_end(ap);
	assert_ok(form_load(p->s, code, &f));
	add(p->s, unit, f, a, n);
	form_free(f);
}

static inline void figure(struct place *p, const char *code, int64_t unit, const char *day,
                          int64_t numerator, int64_t denominator)
{
	struct figure f;

	assert_ok(indicator_eval(p->s, code, unit, day, &f));
	if (f.numerator != numerator || f.denominator != denominator)
		fail_msg("%s: %d of %d, not %d of %d", code, (int)f.numerator, (int)f.denominator,
		         (int)numerator, (int)denominator);
}

#endif
