/* session.c - syncing with the parent over a link. */
#include "protocol/enrol.h"
#include "protocol/session.h"
#include "protocol/session_identity.h"
#include "storage/err.h"
#include "storage/meta.h"

#include <string.h>
#include <time.h>

#define CONNECT_MS 20000 /* two handshakes' worth of lost flights at 1.5 s round trips */
#define ANSWER_MS 120000 /* without any progress */

static int64_t monotonic_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void add_counts(const struct link *l, struct session_result *out)
{
	struct link_count c;

	link_counts(l, &c);
	out->bytes_sent += c.sent;
	out->bytes_received += c.received;
}

/* ---- first contact ------------------------------------------------------------------------------ */

static int enrol_over(struct link *l, struct store *s)
{
	struct buf ask = {0}, answer = {0};
	int rc = enrol_ask(s, &ask);

	if (!rc)
		rc = link_exchange(l, "e", ask.data, ask.len, &answer, ANSWER_MS, NULL, NULL);
	if (!rc)
		rc = enrol_answer(s, answer.data, answer.len);
	buf_release(&ask);
	buf_release(&answer);
	return rc;
}

static int first_contact(struct store *s, const char *addr, struct session_result *out)
{
	struct session_identity me;
	struct link *l = NULL;
	int rc = session_identity_psk(s, &me);

	if (!rc)
		rc = link_connect(addr, &me.id, CONNECT_MS, &l);
	if (!rc) {
		rc = enrol_over(l, s);
		add_counts(l, out);
		out->enrolled = !rc;
	}
	link_close(l);
	session_identity_release(&me);
	return rc;
}

/* ---- sync ------------------------------------------------------------------------------------------ */

struct sending {
	const struct session_progress *progress;
	uint64_t before; /* bytes of earlier requests */
};

static int on_progress(void *arg, size_t done, size_t total)
{
	struct sending *g = arg;

	return g->progress ? g->progress->fn(g->progress->arg, g->before + done, g->before + total)
	                   : 0;
}

static int exchange_all(struct link *l, struct sync_client *c,
                        const struct session_progress *progress)
{
	struct sending g = {.progress = progress};
	struct buf ask = {0}, answer = {0};
	int64_t sent_ms;
	int rc;

	while ((rc = sync_next(c, &ask)) == 1) {
		sent_ms = monotonic_ms();
		rc = link_exchange(l, "s", ask.data, ask.len, &answer, ANSWER_MS, on_progress, &g);
		if (!rc)
			rc = sync_answer(c, answer.data, answer.len, monotonic_ms() - sent_ms);
		if (rc)
			break;
		g.before += ask.len;
	}
	buf_release(&ask);
	buf_release(&answer);
	return rc;
}

static int check_parent(struct store *s, const struct link *l, const char *addr)
{
	struct link_peer peer;
	int64_t number;
	int rc = meta_int(s, "parent_number", &number);

	link_remote(l, &peer);
	if (!rc && peer.number != (uint32_t)number)
		rc = err(ERR_DENIED, "%s is node %s, not this node's parent: check the address",
		         addr, node_text(peer.number, (char[ID_TEXT]){0}));
	return rc;
}

static int sync_with(struct store *s, const char *addr, const struct session_progress *progress,
                     struct session_result *out)
{
	struct session_identity me;
	struct sync_client c;
	struct link *l = NULL;
	int64_t parent_scope;
	int rc = session_identity_cert(s, &me);

	if (!rc)
		rc = meta_int(s, "parent_scope", &parent_scope);
	if (!rc)
		rc = link_connect(addr, &me.id, CONNECT_MS, &l);
	if (!rc)
		rc = check_parent(s, l, addr);
	if (!rc) {
		sync_init(&c, s, parent_scope);
		rc = exchange_all(l, &c, progress);
		out->packs_sent = c.packs_sent;
		out->packs_received = c.packs_received;
		out->refused = c.refused;
		out->rounds = c.rounds;
		out->up_to_date = c.up_to_date;
		sync_release(&c);
	}
	if (l)
		add_counts(l, out);
	link_close(l);
	session_identity_release(&me);
	return rc;
}

/* The next address of the list into addr; false at its end. */
static bool next_addr(const char **list, char addr[LINK_ADDR_MAX])
{
	size_t n;

	*list += strspn(*list, " ");
	n = strcspn(*list, " ");
	if (!n)
		return false;
	if (n >= LINK_ADDR_MAX)
		n = LINK_ADDR_MAX - 1;
	memcpy(addr, *list, n);
	addr[n] = 0;
	*list += n;
	return true;
}

int session_sync(struct store *s, const char *addrs, const struct session_progress *progress,
                 struct session_result *out)
{
	int64_t start = monotonic_ms();
	int rc = ERR_NET;

	memset(out, 0, sizeof *out);
	if (!addrs[strspn(addrs, " ")])
		return err(ERR_NOTFOUND,
		           "this node has no address to sync to: give one with --parent");
	while (next_addr(&addrs, out->addr)) {
		rc = enrol_done(s) ? 0 : first_contact(s, out->addr, out);
		if (!rc)
			rc = sync_with(s, out->addr, progress, out);
		if (rc != ERR_NET)
			break;
	}
	out->seconds = (double)(monotonic_ms() - start) / 1000;
	return rc;
}
