/* fuzz_pack.c - bodies of packs that nobody wrote, and changesets that no session made.
 *
 * For libFuzzer (make fuzz-pack). The first byte of the input says what the rest is: a body to read, a body
 * in columns whose front is as it should be, or a changeset to put into one. What is read is written and read again.
 */
#include "storage/body.h"
#include "storage/dictionary.h"
#include "storage/pack.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t len);

static const struct feed_key key = {.author = 32771, .scope = 562949953421342, .class = CLASS_OPEN};

static void expect(bool is)
{
	if (!is)
		abort();
}

static void there_and_back(const struct buf *entries)
{
	struct buf body = {0}, again = {0};

	expect(!body_write(&key, DICTIONARY, entries, &body));
	expect(body.len <= entries->len + 1);
	expect(!body_read(&key, body.data, body.len, &again));
	expect(again.len == entries->len &&
	       (!again.len || !memcmp(again.data, entries->data, again.len)));
	buf_release(&body);
	buf_release(&again);
}

/* As sealing would write them: a body that was read may tell the same otherwise. */
static void write_again(struct buf *read)
{
	struct cursor c = cursor_of(read->data, read->len), set;
	struct buf entries = {0};
	int64_t clock = 0, before = 0;

	while (cursor_left(&c) && !c.bad) {
		body_next(&c, &clock, &set);
		if (!c.bad)
			body_entry(&entries, clock - before, set.p, cursor_left(&set));
		before = clock;
	}
	there_and_back(&entries);
	buf_release(&entries);
}

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t len)
{
	struct buf body = {0}, entries = {0};
	unsigned what = len ? in[0] % 4 : 0;
	int64_t clock;

	if (len > 1 && what == 3) {
		body_entry(&entries, 65536000, in + 1, len - 1);
		there_and_back(&entries);
	} else if (len) {
		if (what) /* in columns, with either dictionary, at some time */
			buf_add(&body, what == 1 ? "\2\0\2" : "\2\1\2", 3);
		buf_add(&body, in + 1, len - 1);
		body_clock(body.data, body.len, &clock);
		if (!body_read(&key, body.data, body.len, &entries))
			write_again(&entries);
		expect(entries.len < 2 * PACK_RAW_MAX);
	}
	buf_release(&body);
	buf_release(&entries);
	return 0;
}
