/* traffic.c - bytes that went over the network, and those that will. */
#include "storage/traffic.h"
#include "storage/db.h"
#include "storage/err.h"
#include "storage/feed.h"

#define PACK_OVERHEAD 80  /* bytes of a pack besides its body: signature, key, numbers */
#define WIRE_PERCENT 108  /* of a transfer, headers and acknowledgements included */
#define SEALED_PERCENT 12 /* of a changeset once it is packed, as measured on visits */

int traffic_add(struct store *s, const char *month, uint64_t sent, uint64_t received)
{
	return db_run(s,
	              "INSERT INTO traffic(month, sent, received) VALUES(?, ?, ?)"
	              " ON CONFLICT DO UPDATE SET sent = sent + excluded.sent,"
	              " received = received + excluded.received",
	              "tii", month, (int64_t)sent, (int64_t)received);
}

int traffic_get(struct store *s, const char *month, uint64_t *bytes)
{
	int64_t v;
	int rc = db_int(s, &v, "SELECT sent + received FROM traffic WHERE month = ?", "t", month);

	*bytes = (uint64_t)v;
	return rc == ERR_NOTFOUND ? 0 : rc;
}

struct estimate {
	struct store *s;
	int64_t parent_scope;
	int64_t bytes;
};

static int add_feed(void *arg, const struct feed *f)
{
	struct estimate *e = arg;
	int64_t bytes;
	int rc;

	if (f->parent_head >= f->head || !feed_entitled(e->s, &f->key, e->parent_scope))
		return 0;
	rc = db_int(e->s, &bytes,
	            "SELECT ifnull(sum(length(body) + ?), 0) FROM pack WHERE id > ? AND id <= ?",
	            "iii", (int64_t)PACK_OVERHEAD, f->id << 32 | f->parent_head,
	            f->id << 32 | f->head);
	e->bytes += bytes;
	return rc;
}

int traffic_estimate(struct store *s, int64_t parent_scope, uint64_t *bytes)
{
	struct estimate e = {s, parent_scope, 0};
	int64_t pending;
	int rc = feed_each(s, add_feed, &e);

	*bytes = 0;
	if (!rc)
		rc = db_int(s, &pending, "SELECT ifnull(sum(length(changeset)), 0) FROM entry", "");
	if (!rc)
		*bytes = (uint64_t)((e.bytes + pending * SEALED_PERCENT / 100) * WIRE_PERCENT /
		                    100);
	return rc;
}
