/* frame_table.c - which transfer a frame is of, and whether there is room for another. */
#include "protocol/frame_wire.h"
#include "protocol/frame_table.h"
#include "storage/err.h"

#include <string.h>

#define OPEN_A_PEER 4     /* up, down, and what was given up for something more urgent */
#define MEMORY (8u << 20) /* bytes */
#define IDLE (INT64_C(60) * 1000000)
#define WAIT 5 /* seconds */

void frame_table_init(struct frame_table *t, const struct frame_limits *limits, uint16_t run)
{
	struct frame_limits *l = &t->limits;

	*t = (struct frame_table){.limits = limits ? *limits : (struct frame_limits){0},
	                          .run = run};
	if (!l->open || l->open > FRAME_TABLE_MAX)
		l->open = FRAME_TABLE_MAX;
	l->open_a_peer = l->open_a_peer ? l->open_a_peer : OPEN_A_PEER;
	l->memory = l->memory ? l->memory : MEMORY;
	if (!l->len || l->len > FRAME_LEN_MAX)
		l->len = FRAME_LEN_MAX;
	l->idle = l->idle ? l->idle : IDLE;
	l->wait = l->wait ? l->wait : WAIT;
}

static void drop(struct frame_table *t, struct frame_entry *e)
{
	t->memory -= e->reserved;
	frame_recv_release(&e->recv);
	*e = (struct frame_entry){0};
}

void frame_table_release(struct frame_table *t)
{
	unsigned i;

	for (i = 0; i < FRAME_TABLE_MAX; i++)
		if (t->entry[i].used)
			drop(t, &t->entry[i]);
}

/* ---- finding --------------------------------------------------------------------------------- */

static bool same_id(const struct frame_name *a, const uint8_t *id, bool brief)
{
	return memcmp(a->id, id, brief ? FRAME_TAG : FRAME_ID) == 0;
}

static struct frame_entry *find(struct frame_table *t, uint64_t peer, const uint8_t *id)
{
	struct frame_entry *e;

	for (e = t->entry; e < t->entry + FRAME_TABLE_MAX; e++)
		if (e->used && e->peer == peer && same_id(&e->recv.name, id, false))
			return e;
	return NULL;
}

/* What a frame is of: an open transfer, or one that was closed, or none, or (tags are short) one
 * cannot tell. */
static void look_up(struct frame_table *t, uint64_t peer, const struct frame_head *h,
                    struct frame_entry **open, struct frame_closed **closed)
{
	struct frame_entry *e;
	struct frame_closed *c;
	unsigned found = 0;

	*open = NULL;
	*closed = NULL;
	for (e = t->entry; e < t->entry + FRAME_TABLE_MAX; e++)
		if (e->used && e->peer == peer && same_id(&e->recv.name, h->name.id, h->brief)) {
			*open = e;
			found++;
		}
	for (c = t->closed; c < t->closed + FRAME_CLOSED_MAX; c++)
		if (c->used && c->peer == peer && same_id(&c->name, h->name.id, h->brief)) {
			*closed = c;
			found++;
		}
	if (found > 1) {
		*open = NULL;
		*closed = NULL;
	}
}

/* ---- room ------------------------------------------------------------------------------------ */

/* The transfer that has waited longest for a frame: of that peer, or (peer NULL) of all. */
static struct frame_entry *idlest(struct frame_table *t, const uint64_t *peer, unsigned *open)
{
	struct frame_entry *found = NULL, *e;

	*open = 0;
	for (e = t->entry; e < t->entry + FRAME_TABLE_MAX; e++) {
		if (!e->used || (peer && e->peer != *peer))
			continue;
		++*open;
		if (!found || e->last < found->last)
			found = e;
	}
	return found;
}

/* Drops idle transfers until there is room for another of that many bytes. */
static bool make_room(struct frame_table *t, uint64_t peer, size_t bytes, int64_t now)
{
	const struct frame_limits *l = &t->limits;
	struct frame_entry *e;
	unsigned open;

	if (bytes > l->memory)
		return false;
	for (;;) {
		e = idlest(t, &peer, &open);
		if (open < l->open_a_peer) {
			e = idlest(t, NULL, &open);
			if (open < l->open && t->memory + bytes <= l->memory)
				return true;
		}
		if (!e || now - e->last < l->idle)
			return false;
		drop(t, e);
	}
}

static int open_entry(struct frame_table *t, uint64_t peer, const struct frame_name *name,
                      int64_t now, struct frame_got *out)
{
	size_t bytes = frame_recv_memory(name);
	struct frame_entry *e = t->entry;
	int rc;

	out->what = name->len > t->limits.len ? FRAME_REFUSED : FRAME_BUSY;
	if (out->what == FRAME_REFUSED || !make_room(t, peer, bytes, now))
		return 0;
	while (e->used)
		e++;
	rc = frame_recv_init(&e->recv, name, t->run);
	if (rc)
		return rc;
	e->used = true;
	e->peer = peer;
	e->last = now;
	e->reserved = bytes;
	t->memory += bytes;
	out->what = FRAME_OPENED;
	out->ask = false; /* it will be taken again */
	return 0;
}

/* ---- frames ---------------------------------------------------------------------------------- */

/* A transfer of which nothing is here yet may change its layout. */
static int change_layout(struct frame_table *t, struct frame_entry *e,
                         const struct frame_name *name)
{
	size_t bytes = frame_recv_memory(name);
	struct frame_recv old = e->recv;
	int rc;

	if (t->memory - e->reserved + bytes > t->limits.memory)
		return err(ERR_BAD, "not a frame");
	rc = frame_recv_init(&e->recv, name, t->run);
	if (rc) {
		e->recv = old;
		return rc;
	}
	e->recv.received = old.received;
	frame_recv_release(&old);
	t->memory += bytes - e->reserved;
	e->reserved = bytes;
	return 0;
}

/* 0 and the frame is taken, unless it is of another layout than what is here. */
static int take_into(struct frame_table *t, struct frame_entry *e, const struct frame_head *h,
                     int64_t now, struct frame_kept *kept)
{
	const struct frame_name *name = &e->recv.name;
	int rc;

	*kept = (struct frame_kept){0};
	if (!h->brief && h->name.len != name->len)
		return err(ERR_BAD, "two transfers with one name");
	if (!h->brief && h->name.size != name->size) {
		if (e->recv.rank_all)
			return 0;
		rc = change_layout(t, e, &h->name);
		if (rc)
			return rc;
	}
	return frame_recv_take(&e->recv, h, now, kept);
}

int frame_table_take(struct frame_table *t, uint64_t peer, const uint8_t *bytes, size_t len,
                     int64_t now, struct frame_got *out)
{
	struct frame_closed *c;
	struct frame_entry *e;
	struct frame_head h;
	int rc;

	*out = (struct frame_got){.peer = peer, .what = FRAME_UNKNOWN};
	rc = frame_head_read(&h, bytes, len);
	if (!rc && !h.brief)
		rc = frame_name_check(&h.name);
	if (rc)
		return rc;
	out->name = h.name;
	out->ask = h.ask;
	out->brief = h.brief;
	look_up(t, peer, &h, &e, &c);
	if (c) {
		out->what = FRAME_COMPLETE;
		out->name = c->name; /* of which a brief frame has the tag only */
	}
	if (!e)
		return c || h.brief ? 0 : open_entry(t, peer, &h.name, now, out);
	rc = take_into(t, e, &h, now, &out->kept);
	if (rc)
		return rc;
	e->last = now;
	out->name = e->recv.name;
	out->what = out->kept.len ? FRAME_NEW : FRAME_DUPLICATE;
	out->complete = frame_recv_complete(&e->recv);
	out->data = out->complete ? e->recv.data : NULL;
	out->data_len = out->complete ? e->recv.name.len : 0;
	return 0;
}

int frame_table_restore(struct frame_table *t, uint64_t peer, const uint8_t id[FRAME_ID],
                        const uint8_t *bytes, size_t len)
{
	struct frame_entry *e = find(t, peer, id);
	struct frame_kept kept;
	struct frame_head h;
	int rc = frame_head_read(&h, bytes, len);

	if (!e)
		return err(ERR_NOTFOUND, "no such transfer is open");
	if (!rc && !h.brief)
		rc = frame_name_check(&h.name);
	if (!rc && !same_id(&h.name, id, h.brief))
		rc = err(ERR_BAD, "not a frame");
	return rc ? rc : take_into(t, e, &h, FRAME_RESTORED, &kept);
}

/* ---- answers --------------------------------------------------------------------------------- */

size_t frame_table_state(struct frame_table *t, const struct frame_got *got, int64_t now,
                         uint8_t out[FRAME_STATE_MAX], unsigned *copies)
{
	struct frame_state s = {.brief = got->brief, .name = got->name, .wait = t->limits.wait};
	struct frame_entry *e = find(t, got->peer, got->name.id);

	*copies = 1;
	if (e && got->what <= FRAME_DUPLICATE)
		return frame_recv_state(&e->recv, got->brief, now, out, copies);
	s.run = t->run;
	s.status = got->what == FRAME_COMPLETE  ? FRAME_ALL
	           : got->what == FRAME_REFUSED ? FRAME_NEVER
	           : got->what == FRAME_UNKNOWN ? FRAME_WHAT
	                                        : FRAME_WAIT;
	return frame_state_write(&s, 0, out);
}

void frame_table_close(struct frame_table *t, uint64_t peer, const uint8_t id[FRAME_ID], bool done)
{
	struct frame_entry *e = find(t, peer, id);
	struct frame_closed *c = &t->closed[t->next_closed % FRAME_CLOSED_MAX];

	if (!e)
		return;
	if (done) {
		*c = (struct frame_closed){.peer = peer, .name = e->recv.name, .used = true};
		t->next_closed++;
	}
	drop(t, e);
}

void frame_table_forget(struct frame_table *t, uint64_t peer)
{
	unsigned i;

	for (i = 0; i < FRAME_TABLE_MAX; i++)
		if (t->entry[i].used && t->entry[i].peer == peer)
			drop(t, &t->entry[i]);
	for (i = 0; i < FRAME_CLOSED_MAX; i++)
		if (t->closed[i].peer == peer)
			t->closed[i].used = false;
}
