/* exchange_due.c - incoming frames, kept before anybody is told that they came. */
#include "protocol/exchange_due.h"
#include "storage/err.h"

#include <string.h>

void exchange_id(struct store *s, const void *a, size_t na, const void *b, size_t nb,
                 uint8_t out[FRAME_ID])
{
	struct buf all = {0};
	uint8_t hash[HASH_LEN] = {0};

	buf_add(&all, a, na);
	buf_add(&all, b, nb);
	if (!all.err)
		s->env->sha256(all.data, all.len, hash);
	memcpy(out, hash, FRAME_ID);
	buf_release(&all);
}

void due_release(struct exchange_due *d)
{
	buf_release(&d->bytes);
}

/* ---- taking ------------------------------------------------------------------------------------ */

struct restoring {
	struct frame_table *t;
	uint32_t peer;
	const uint8_t *id;
};

static int restore(void *arg, const uint8_t *bytes, size_t len)
{
	struct restoring *r = arg;
	int rc = frame_table_restore(r->t, r->peer, r->id, bytes, len);

	return rc == ERR_NOMEM ? rc : 0; /* one that is damaged will be sent again */
}

static void keep(struct exchange_due *d, uint32_t peer, const struct frame_got *got)
{
	struct kept *k = &d->kept[d->nkept];

	if (got->complete || got->name.len <= (uint32_t)DUE_SYMBOLS * got->name.size)
		return;
	d->at[d->nkept++] = d->bytes.len;
	*k = (struct kept){.peer = peer, .len = got->kept.len};
	memcpy(k->id, got->name.id, FRAME_ID);
	buf_add(&d->bytes, got->kept.bytes, got->kept.len);
}

void due_owe(struct exchange_due *d, uint64_t way, const struct frame_got *got)
{
	unsigned i;

	for (i = 0; i < d->nstate; i++)
		if (d->state[i].peer == got->peer &&
		    !memcmp(d->state[i].name.id, got->name.id, FRAME_ID))
			break;
	if (i == DUE_STATES)
		return;
	d->state[i] = *got;
	d->way[i] = way;
	d->nstate += i == d->nstate;
}

int due_take(struct exchange_due *d, struct store *s, struct frame_table *t, uint64_t way,
             uint32_t peer, const uint8_t *data, size_t len, int64_t now, struct frame_got *got)
{
	struct restoring r = {t, peer, got->name.id};
	int rc;

	if (d->nkept == DUE_KEPT) /* as if lost */
		return err(ERR_BUSY, "too many frames at once");
	rc = frame_table_take(t, peer, data, len, now, got);
	if (!rc && got->what == FRAME_OPENED) {
		rc = kept_each(s, peer, got->name.id, restore, &r);
		if (!rc)
			rc = frame_table_take(t, peer, data, len, now, got);
	}
	if (rc || got->what == FRAME_OPENED)
		return rc ? rc : ERR_BAD;
	if (got->what == FRAME_NEW)
		keep(d, peer, got);
	if (got->ask)
		due_owe(d, way, got);
	return d->bytes.err;
}

void due_forget(struct exchange_due *d, uint32_t peer, const uint8_t id[FRAME_ID])
{
	unsigned i, n = 0;

	for (i = 0; i < d->nkept; i++) {
		if (d->kept[i].peer == peer && !memcmp(d->kept[i].id, id, FRAME_ID))
			continue;
		d->kept[n] = d->kept[i];
		d->at[n++] = d->at[i];
	}
	d->nkept = n;
	for (i = n = 0; i < d->nstate; i++) {
		if (d->state[i].peer == peer && !memcmp(d->state[i].name.id, id, FRAME_ID))
			continue;
		d->state[n] = d->state[i];
		d->way[n++] = d->way[i];
	}
	d->nstate = n;
}

/* ---- telling -------------------------------------------------------------------------------------- */

static int make_durable(struct exchange_due *d, struct store *s)
{
	unsigned i;
	int rc;

	for (i = 0; i < d->nkept; i++)
		d->kept[i].bytes = d->bytes.data + d->at[i];
	rc = kept_add(s, d->kept, d->nkept);
	if (rc)
		return rc;
	d->nkept = 0;
	buf_reset(&d->bytes);
	return 0;
}

int due_next(struct exchange_due *d, struct store *s, struct frame_table *t, int64_t now,
             uint64_t *way, struct frame_out *out)
{
	const struct frame_got *got;
	unsigned copies;
	int rc;

	out->len = 0;
	if (d->again) {
		d->again--;
		*out = d->last;
		*way = d->last_way;
		return 0;
	}
	if (!d->nstate)
		return 0;
	rc = d->nkept ? make_durable(d, s) : 0;
	if (rc)
		return rc;
	got = &d->state[--d->nstate];
	*way = d->last_way = d->way[d->nstate];
	out->ask = false;
	out->len = frame_table_state(t, got, now, out->bytes, &copies);
	if (copies > 1) {
		d->last = *out;
		d->again = copies - 1;
	}
	return 0;
}
