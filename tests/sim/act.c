/* act.c - one event after another, drawn by the history's own weights. */
#include "storage/backup.h"
#include "storage/db.h"
#include "storage/meta.h"
#include "storage/pack.h"
#include "tests/sim/model.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum event {
	E_WRITE,
	E_STEP,    /* one request of a sync */
	E_SYNC,    /* a whole one */
	E_TIME,    /* hours or days go by */
	E_LINE,    /* a line to a parent breaks, or is mended */
	E_RESTART, /* in the middle of whatever it does */
	E_REF,
	E_FORM,
	E_BIRTH,
	E_JUMP, /* of a clock */
	E_POWER,
	E_COPY, /* of a disk, and putting one back */
	E_USB,
	E_LATE,
	E_HOSTILE,
	E_COUNT
};

/* How often when a history has it at all, and in how many histories of a hundred that is. */
static const struct {
	unsigned weight, histories;
} usual[E_COUNT] = {
	[E_WRITE] = {300, 100}, [E_STEP] = {600, 95},   [E_SYNC] = {60, 60},    [E_TIME] = {40, 70},
	[E_LINE] = {20, 40},    [E_RESTART] = {30, 50}, [E_REF] = {30, 50},     [E_FORM] = {12, 60},
	[E_BIRTH] = {20, 80},   [E_JUMP] = {20, 30},    [E_POWER] = {20, 30},   [E_COPY] = {20, 25},
	[E_USB] = {20, 30},     [E_LATE] = {20, 40},    [E_HOSTILE] = {15, 30},
};

void act_weights(struct world *w)
{
	int i;

	for (i = 0; i < E_COUNT; i++)
		w->weight[i] = chance(&w->p, usual[i].histories)
		                       ? usual[i].weight / 2 + below(&w->p, usual[i].weight)
		                       : 0;
	w->office_jumps = chance(&w->p, 30);
}

static enum event draw_event(struct world *w)
{
	unsigned total = 0, at;
	int i;

	for (i = 0; i < E_COUNT; i++)
		total += w->weight[i];
	at = below(&w->p, total);
	for (i = 0; at >= w->weight[i]; i++)
		at -= w->weight[i];
	return (enum event)i;
}

static struct sim_node *draw_node(struct world *w)
{
	struct sim_node *n;

	do
		n = &w->node[below(&w->p, (unsigned)w->nnode)];
	while (!n->s);
	return n;
}

/* ---- clocks ------------------------------------------------------------------------------------------------ */

void clock_jump(struct sim_node *n)
{
	struct world *w = n->w;

	if (n->role == ROLE_ROOT || (n->role == ROLE_OFFICE && !w->office_jumps))
		return;
	n->offset_ms -= node_clock(n) - w->now_ms;
	switch (n->role == ROLE_OFFICE ? 1 + below(&w->p, 3) : below(&w->p, 5)) {
	case 0: /* not an office: what it seals then for those below it waits until 2040 */
		n->offset_ms += INT64_C(2208988800000) - w->now_ms;
		break;
	case 1:
		n->offset_ms += 5000 - w->now_ms; /* 1970: no battery */
		break;
	case 2: /* somebody set it right */
		break;
	case 3:
		n->offset_ms += (int64_t)below(&w->p, 4 * (unsigned)DAY_MS) - 3 * DAY_MS -
		                4 * 3600000;
		break;
	default:
		n->offset_ms += (int64_t)below(&w->p, 4 * (unsigned)DAY_MS);
	}
	n->jumps++;
	n->right = false;
	w->any_jump = true;
	trace(w, "the clock of node %d jumps to %+" PRId64 " h", n->index,
	      (node_clock(n) - w->now_ms) / 3600000);
}

/* ---- disks ------------------------------------------------------------------------------------------------- */

static void restart(struct sim_node *n)
{
	trace(n->w, "node %d restarts", n->index);
	node_close(n);
	node_open(n);
}

void copy_take(struct sim_node *n)
{
	image_release(&n->copy);
	memvfs_save(n->file, &n->copy);
	n->has_copy = true;
	n->copy_born = n->born;
	n->copy_enrolled = n->enrolled;
	trace(n->w, "the disk of node %d is copied", n->index);
}

static void forget_told(struct sim_node *n)
{
	struct world *w = n->w;
	int i;

	n->ntold = 0;
	for (i = 0; i < w->nnode; i++)
		if (w->node[i].parent == n->index) {
			w->node[i].ntold = 0;
			w->node[i].changed = true;
		}
}

static uint32_t last_epoch(struct sim_node *n)
{
	int64_t next;

	meta_int(n->s, "next_epoch", &next);
	return next > n->s->self.epoch ? (uint32_t)next : n->s->self.epoch;
}

void copy_restore(struct sim_node *n)
{
	uint32_t epoch;

	if (!n->has_copy || n->copy_born != n->born)
		return; /* who was enrolled since would be unknown */
	trace(n->w, "node %d gets its old disk back", n->index);
	epoch = last_epoch(n);
	node_close(n);
	memvfs_load(n->file, &n->copy);
	node_open(n);
	if (last_epoch(n) > epoch)
		epoch = last_epoch(n);
	must(n->w, backup_mark(n->s, ++epoch), "mark as restored");
	n->w->count[N_RESTORES]++;
	n->enrolled = n->copy_enrolled;
	n->right = false; /* the offset that it learnt is an old one too */
	forget_told(n);
	model_restored(n, epoch);
}

void power_cut(struct sim_node *n)
{
	struct world *w = n->w;
	struct sim_node *parent = n->parent < 0 ? NULL : &w->node[n->parent];
	int64_t pending = model_pending(n), kept;

	memvfs_cut_after(1 + skewed(&w->p, 40));
	if (n->parent >= 0 && n->enrolled && chance(&w->p, 50))
		net_sync(n);
	else
		write_rows(n);
	if (!memvfs_was_cut()) {
		memvfs_cut_after(0);
		return;
	}
	w->count[N_POWER_CUTS]++;
	trace(w, "the power fails at node %d%s", n->index, parent ? " and its parent" : "");
	node_close(n);
	if (parent)
		node_close(parent);
	memvfs_power(draw(&w->p));
	if (parent)
		node_open(parent);
	node_open(n);
	kept = model_pending(n);
	if (kept > pending) /* it was there, though nobody had been told so */
		model_capture(n, pending);
	forget_told(n);
}

/* ---- the wheel --------------------------------------------------------------------------------------------- */

static void maybe_birth(struct world *w)
{
	struct sim_node *n = &w->node[below(&w->p, (unsigned)w->nnode)];

	if (!n->s && w->node[n->parent].s && w->node[n->parent].enrolled)
		node_birth(w, n->index);
	else if (n->s && !n->enrolled && !n->cut_off)
		node_enrol(n);
}

static void sync_act(struct sim_node *n, bool whole)
{
	if (n->parent < 0)
		return;
	if (!n->enrolled)
		node_enrol(n);
	else if (!whole)
		net_step(n);
	else if (!n->cut_off)
		trace(n->w, "node %d syncs in %u", n->index, net_sync(n));
}

/* Something new, and where it may go besides up. */
static void hand_out(struct sim_node *n)
{
	if (n->parent >= 0 && n->enrolled && !n->cut_off && chance(&n->w->p, 50))
		net_sync(n);
	write_rows(n);
	usb(n, draw_node(n->w));
}

/* One disk in a history, rather an office's: with two, what both had held may be gone. */
static void act_copy(struct sim_node *n)
{
	struct world *w = n->w;

	if (!w->copied && n->role == ROLE_DEVICE && chance(&w->p, 60))
		return;
	if (!w->copied)
		w->copied = n;
	if (!w->copied->has_copy || chance(&w->p, 60)) {
		copy_take(w->copied);
		return;
	}
	if (chance(&w->p, 50)) /* what is lost then is elsewhere already */
		hand_out(w->copied);
	copy_restore(w->copied);
	if (chance(&w->p, 50))
		hand_out(w->copied);
}

static void act_disk(struct sim_node *n, enum event e)
{
	if (e == E_RESTART)
		restart(n);
	else if (e == E_POWER)
		power_cut(n);
	else
		act_copy(n);
}

static void act_node(struct sim_node *n, enum event e)
{
	struct world *w = n->w;

	switch (e) {
	case E_WRITE:
		write_rows(n);
		break;
	case E_STEP:
	case E_SYNC:
		sync_act(n, e == E_SYNC);
		break;
	case E_LINE:
		n->cut_off = !n->cut_off;
		break;
	case E_REF:
		write_ref(n);
		break;
	case E_JUMP:
		clock_jump(n);
		break;
	case E_USB:
		usb(n, draw_node(w));
		break;
	case E_HOSTILE:
		hostile_act(n);
		break;
	default:
		act_disk(n, e);
	}
}

void act(struct world *w)
{
	enum event e = draw_event(w);

	w->events++;
	sums_read(w);
	pass(w, 20000);
	switch (e) {
	case E_TIME:
		w->now_ms += (int64_t)below(&w->p,
		                            chance(&w->p, 20) ? 5 * (unsigned)DAY_MS : 7200000);
		break;
	case E_FORM:
		write_form(&w->node[0]);
		break;
	case E_BIRTH:
		maybe_birth(w);
		break;
	case E_LATE:
		net_late(w);
		break;
	default:
		act_node(draw_node(w), e);
	}
}
