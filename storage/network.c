/* network.c - what is remembered of the networks that this node was in. */
#include "storage/network.h"
#include "storage/clock.h"
#include "storage/db.h"

#include <string.h>

void network_get(struct store *s, const char *name, struct network *out)
{
	sqlite3_stmt *st;

	memset(out, 0, sizeof *out);
	if (db_prepare(s, "SELECT transport, rate, rtt_us, loss, room FROM network WHERE name = ?",
	               &st))
		return;
	if (!db_bind(st, "t", name) && db_step(s, st) == 1) {
		out->transport = sqlite3_column_int64(st, 0);
		out->rate = sqlite3_column_int64(st, 1);
		out->rtt_us = sqlite3_column_int64(st, 2);
		out->loss = sqlite3_column_int64(st, 3);
		out->room = sqlite3_column_int64(st, 4);
	}
	sqlite3_finalize(st);
}

int network_set(struct store *s, const char *name, const struct network *n)
{
	int rc = db_run(s,
	                "REPLACE INTO network(name, transport, rate, rtt_us, loss, room, at_ms)"
	                " VALUES(?, ?, ?, ?, ?, ?, ?)",
	                "tiiiiii", name, n->transport, n->rate, n->rtt_us, n->loss, n->room,
	                clock_now_ms(s));

	return rc ? rc
	          : db_run(s,
	                   "DELETE FROM network WHERE name NOT IN (SELECT name FROM network"
	                   " ORDER BY at_ms DESC LIMIT ?)",
	                   "i", (int64_t)NETWORKS_KEPT);
}
