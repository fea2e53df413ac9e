/* record.c - adding and changing records. */
#include "storage/record.h"
#include "storage/err.h"
#include "storage/paper.h"

/* Fills the paper in, looks at it and saves it. */
static int finish(struct tx *tx, struct paper *p, int64_t person, const struct answer *a, size_t n,
                  int64_t *id)
{
	int rc = paper_fill(p, a, n);

	if (!rc)
		rc = paper_work_out(p);
	if (!rc)
		rc = paper_check(p);
	return rc ? rc : paper_save(tx, p, person, id);
}

int record_add(struct tx *tx, const struct form *f, int64_t person, const struct answer *a,
               size_t n, int64_t *id)
{
	unsigned mark = err_mark();
	struct paper *p;
	int rc = paper_new(tx_store(tx), f, tx_scope(tx), &p);

	*id = 0;
	if (!rc)
		rc = finish(tx, p, person, a, n, id);
	paper_free(p);
	return err_cause(mark, rc);
}

int record_edit(struct tx *tx, const struct form *f, int64_t id, const struct answer *a, size_t n)
{
	unsigned mark = err_mark();
	struct paper *p;
	int rc = paper_load(tx_store(tx), f, id, &p);

	if (!rc)
		rc = finish(tx, p, 0, a, n, &id);
	paper_free(p);
	return err_cause(mark, rc);
}
