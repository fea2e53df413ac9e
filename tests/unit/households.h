/* households.h - a village with the built-in forms, and households in it. */
#ifndef TESTS_UNIT_HOUSEHOLDS_H
#define TESTS_UNIT_HOUSEHOLDS_H

#include "tests/unit/village.h"
#include "storage/record.h"

/* Everything gets everywhere that it may, and everybody is told that it did. */
static inline void sync_all(struct village *v)
{
	int i;

	settle_down(v);
	rig_sync(&v->office, &v->root);
	rig_sync(&v->office, &v->root);
	for (i = 0; i < AUTHORS; i++)
		rig_sync(&v->dev[i], &v->office);
}

static inline void start_with_forms(struct village *v)
{
	start(v);
	ok(form_add_builtin(v->root.s));
	sync_all(v);
}

static inline int64_t add_record(struct rig_node *n, int64_t unit, const char *code,
                                 const struct answer *a, size_t count)
{
	struct form *f;
	struct tx *tx;
	int64_t id;

	ok(form_load(n->s, code, &f));
	ok(tx_begin(n->s, unit, &tx));
	ok(record_add(tx, f, 0, a, count, &id));
	ok(tx_commit(tx));
	tx_end(tx);
	form_free(f);
	return id;
}

static inline int64_t add_household(struct rig_node *n, int64_t unit, const char *number,
                                    const char *head, const char *phone, const char *address)
{
	const struct answer a[] = {{"number", number},
	                           {"head", head},
	                           {"phone", phone},
	                           {"address", address}};

	return add_record(n, unit, "household", a, 4);
}

/* Changes one answer of a household. */
static inline void answer(struct rig_node *n, int64_t unit, int64_t id, const char *question,
                          const char *value)
{
	const struct answer a = {question, value};
	struct form *f;
	struct tx *tx;

	ok(form_load(n->s, "household", &f));
	ok(tx_begin(n->s, unit, &tx));
	ok(record_edit(tx, f, id, &a, 1));
	ok(tx_commit(tx));
	tx_end(tx);
	form_free(f);
}

static inline void expect_answer(struct rig_node *n, int64_t id, const char *question,
                                 const char *value)
{
	struct form *f;
	struct record *r;

	ok(form_load(n->s, "household", &f));
	ok(record_get(n->s, f, id, &r));
	assert_string_equal(r->value[form_question(f, question) - f->q], value);
	record_free(r);
	form_free(f);
}

#endif
