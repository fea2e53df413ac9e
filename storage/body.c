/* body.c - the entries of a pack as few bytes. */
#include "storage/body.h"
#include "storage/clock.h"
#include "storage/dictionary.h"
#include "storage/err.h"
#include "storage/pack.h"
#include "storage/section.h"

#include <stdlib.h>
#include <string.h>

#define LENGTH_BYTES 3 /* of an entry's length here: PACK_RAW_MAX needs no more */

static int newer(void)
{
	return err(ERR_NOTFOUND, "waits for a newer version of this program");
}

/* ---- entries as they are ------------------------------------------------------------------------ */

static void put_length(uint8_t *p, size_t len)
{
	p[0] = (uint8_t)(len | 0x80);
	p[1] = (uint8_t)(len >> 7 | 0x80);
	p[2] = (uint8_t)(len >> 14 & 0x7f);
}

/* Begins an entry; the changeset follows, then end_entry(). */
static size_t begin_entry(struct buf *entries, int64_t step)
{
	buf_varint(entries, (uint64_t)step);
	buf_add(entries, "\0\0\0", LENGTH_BYTES);
	return entries->len;
}

static void end_entry(struct buf *entries, size_t from)
{
	if (!entries->err)
		put_length(entries->data + from - LENGTH_BYTES, entries->len - from);
}

void body_entry(struct buf *entries, int64_t step, const void *set, size_t len)
{
	size_t from = begin_entry(entries, step);

	changeset_sorted(set, len, entries);
	end_entry(entries, from);
}

void body_next(struct cursor *c, int64_t *clock, struct cursor *set)
{
	uint64_t step = cursor_varint(c), len = cursor_varint(c);
	const uint8_t *p = cursor_bytes(c, len < SIZE_MAX ? (size_t)len : SIZE_MAX);

	if (step > (uint64_t)(INT64_MAX - *clock))
		c->bad = 1;
	*set = cursor_of(p, p ? (size_t)len : 0);
	*clock += c->bad ? 0 : (int64_t)step;
}

/* ---- clocks ---------------------------------------------------------------------------------------- */

/* The last clock stands in front, to be read alone: twice its seconds, and 1 when a rest follows. */
static void put_clock(struct buf *body, int64_t clock)
{
	int64_t rest = clock % CLOCK_SECOND;

	buf_varint(body, (uint64_t)(clock / CLOCK_SECOND) << 1 | (rest != 0));
	if (rest)
		buf_varint(body, (uint64_t)rest);
}

static int64_t read_clock(struct cursor *c)
{
	uint64_t seconds = cursor_varint(c), rest = seconds & 1 ? cursor_varint(c) : 0;

	seconds >>= 1;
	if (seconds >= (uint64_t)(INT64_MAX / CLOCK_SECOND) || rest >= (uint64_t)CLOCK_SECOND)
		c->bad = 1;
	return c->bad ? 0 : (int64_t)seconds * CLOCK_SECOND + (int64_t)rest;
}

/* A clock after from: whole seconds, which is nearly all there is to say, and the rest. */
static int64_t code_after(struct work *w, int64_t from, int64_t clock)
{
	int64_t second = from / CLOCK_SECOND, rest = from % CLOCK_SECOND;
	uint64_t steps = work_number(w, X_STEP, 0, (uint64_t)(clock / CLOCK_SECOND - second));
	uint64_t more = (uint64_t)(clock % CLOCK_SECOND - (steps ? 0 : rest));

	more = work_number(w, X_REST, steps == 0, more);
	if (steps > (uint64_t)(INT64_MAX / CLOCK_SECOND - second - 2) ||
	    more >= (uint64_t)CLOCK_SECOND) {
		work_bad_if(w, true);
		return from;
	}
	return (second + (int64_t)steps) * CLOCK_SECOND + (int64_t)more + (steps ? 0 : rest);
}

/* How many entries, when the first was and when the last. */
struct span {
	uint64_t count;
	int64_t first, last;
};

static void code_span(struct work *w, struct span *s)
{
	uint64_t back, rest;

	s->count = work_number(w, X_ENTRIES, 0, s->count - 1) + 1;
	if (s->count == 1) {
		s->first = s->last;
		return;
	}
	back = work_number(w, X_BACK, 0,
	                   (uint64_t)(s->last / CLOCK_SECOND - s->first / CLOCK_SECOND));
	rest = work_number(w, X_REST, 2, (uint64_t)(s->first % CLOCK_SECOND));
	work_bad_if(w, back > (uint64_t)(s->last / CLOCK_SECOND) || rest >= (uint64_t)CLOCK_SECOND);
	if (!w->l->columns.bad)
		s->first = (s->last / CLOCK_SECOND - (int64_t)back) * CLOCK_SECOND + (int64_t)rest;
	work_bad_if(w, s->first > s->last);
}

static void measure(struct cursor entries, struct span *s)
{
	struct cursor set;
	int64_t clock = 0;

	*s = (struct span){0};
	for (; cursor_left(&entries) && !entries.bad; s->count++) {
		body_next(&entries, &clock, &set);
		if (!s->count)
			s->first = clock;
	}
	s->last = clock;
}

/* ---- all entries --------------------------------------------------------------------------------------- */

static void code_entries(struct work *w, struct span s)
{
	bool reading = coder_reading(&w->c);
	struct cursor c = w->entries;
	int64_t clock = 0, before = 0;
	size_t from = 0;
	uint64_t i;

	code_span(w, &s);
	for (i = 0; i < s.count && !w->l->columns.bad; i++) {
		if (!reading)
			body_next(&c, &clock, &w->in);
		if (i == 0)
			clock = s.first;
		else if (i == s.count - 1)
			clock = s.last;
		else
			clock = code_after(w, before, clock);
		work_bad_if(w, clock < before);
		if (reading && !w->l->columns.bad)
			from = begin_entry(w->out, clock - before);
		before = clock;
		changeset_code(w);
		if (reading && !w->l->columns.bad)
			end_entry(w->out, from);
		work_bad_if(w, reading && w->out->len > PACK_RAW_MAX);
	}
}

static struct work *work_new(const struct feed_key *key, struct learnt *l)
{
	struct work *w = calloc(1, sizeof *w);

	if (!w) {
		err(ERR_NOMEM, "out of memory");
		return NULL;
	}
	w->l = l;
	columns_start(&l->columns,
	              (int64_t)key->author << 35 | (int64_t)key->epoch << ID_EPOCH_SHIFT,
	              key->scope);
	return w;
}

int body_learn(const struct feed_key *key, struct cursor c, struct learnt *l, struct buf *texts,
               struct buf *entries)
{
	struct span s = {.count = 1, .last = read_clock(&c)};
	struct work *w = work_new(key, l);
	int rc = 0;

	if (!w)
		return ERR_NOMEM;
	w->out = entries;
	w->texts = texts;
	l->columns.bad |= c.bad;
	coder_read(&w->c, &l->model, c.p, cursor_left(&c));
	code_entries(w, s);
	if (entries->err)
		rc = entries->err;
	else if (l->columns.bad || !coder_end(&w->c))
		rc = err(ERR_BAD, "a pack that does not unpack");
	free(w);
	return rc;
}

int body_teach(const struct feed_key *key, const struct buf *entries, struct learnt *l,
               struct buf *out)
{
	struct work *w = work_new(key, l);
	struct span s;

	if (!w)
		return ERR_NOMEM;
	w->entries = cursor_of(entries->data, entries->len);
	measure(w->entries, &s);
	put_clock(out, s.last);
	coder_write(&w->c, &l->model, out);
	code_entries(w, s);
	coder_end(&w->c);
	free(w);
	return out->err ? out->err : l->columns.bad ? ERR_BAD : 0;
}

static int begin(unsigned dictionary, struct learnt **l)
{
	*l = malloc(sizeof **l);
	return *l ? dictionary_begin(dictionary, *l) : err(ERR_NOMEM, "out of memory");
}

static int read_columns(const struct feed_key *key, struct cursor c, struct buf *entries)
{
	unsigned dictionary = cursor_u8(&c);
	struct buf texts = {0};
	struct learnt *l;
	int rc;

	if (dictionary >= DICTIONARIES)
		return newer();
	rc = begin(dictionary, &l);
	if (!rc && !buf_grow(&texts, PACK_RAW_MAX))
		rc = ERR_NOMEM;
	if (!rc)
		rc = body_learn(key, c, l, &texts, entries);
	buf_release(&texts);
	free(l);
	return rc;
}

int body_read(const struct feed_key *key, const void *body, size_t len, struct buf *entries)
{
	struct cursor c = cursor_of(body, len);

	switch (cursor_u8(&c)) {
	case BODY_PLAIN:
		buf_add(entries, c.p, cursor_left(&c));
		return entries->err;
	case BODY_COLUMNS:
		return read_columns(key, c, entries);
	default:
		return newer();
	}
}

static int write_columns(const struct feed_key *key, unsigned dictionary, const struct buf *entries,
                         struct buf *body)
{
	struct learnt *l;
	int rc = begin(dictionary, &l);

	buf_u8(body, BODY_COLUMNS);
	buf_u8(body, dictionary);
	if (!rc)
		rc = body_teach(key, entries, l, body);
	free(l);
	return rc;
}

static int same_entries(const struct feed_key *key, const struct buf *entries,
                        const struct buf *body)
{
	struct buf again = {0};
	int rc = body_read(key, body->data, body->len, &again);

	if (!rc && (again.len != entries->len ||
	            (again.len && memcmp(again.data, entries->data, again.len))))
		rc = ERR_BAD;
	buf_release(&again);
	return rc;
}

int body_write(const struct feed_key *key, unsigned dictionary, const struct buf *entries,
               struct buf *body)
{
	int rc = write_columns(key, dictionary, entries, body);

	if (!rc)
		rc = same_entries(key, entries, body);
	if (rc == ERR_NOMEM || (!rc && body->len <= entries->len))
		return rc;
	buf_reset(body);
	buf_u8(body, BODY_PLAIN);
	buf_add(body, entries->data, entries->len);
	return body->err;
}

int body_clock(const void *body, size_t len, int64_t *clock)
{
	struct cursor c = cursor_of(body, len), set;
	unsigned format = cursor_u8(&c);

	*clock = 0;
	if (format == BODY_COLUMNS) {
		cursor_u8(&c);
		*clock = read_clock(&c);
	}
	while (format == BODY_PLAIN && cursor_left(&c) && !c.bad)
		body_next(&c, clock, &set);
	if (format == BODY_PLAIN || format == BODY_COLUMNS)
		return c.bad ? err(ERR_BAD, "a pack that does not unpack") : 0;
	return newer();
}
