/* login.c - sessions, tries and waits. */
#include "agent/login.h"

#include "storage/err.h"

#include <stdio.h>
#include <string.h>

#define JOB_KEPT_MS 10000 /* that is done: whoever began it may have left */

static uint64_t key_of(const struct login *l, const char *text)
{
	uint8_t hash[HASH_LEN];
	uint64_t key;

	l->env->sha256(text, strlen(text), hash);
	memcpy(&key, hash, sizeof key);
	return key ? key : 1;
}

/* ---- waits ------------------------------------------------------------------------------------------------ */

/* Its gate, or the one that was tried the longest ago. */
static struct login_gate *gate_of(struct login_gate *g, uint64_t key, int64_t now_ms)
{
	struct login_gate *oldest = g, *end = g + LOGIN_GATES;

	for (; g < end; g++) {
		if (g->key == key) {
			if (now_ms - g->tried_ms > LOGIN_FORGET_MS)
				g->wrong = 0;
			return g;
		}
		if (!g->key || (oldest->key && g->tried_ms < oldest->tried_ms))
			oldest = g;
	}
	*oldest = (struct login_gate){.key = key};
	return oldest;
}

/* A try counts as a failure until it is none. */
static void gate_try(struct login_gate *g, unsigned allowed, int64_t now_ms)
{
	unsigned over = ++g->wrong > allowed ? g->wrong - allowed : 0;
	int64_t wait = over ? (int64_t)LOGIN_WAIT_MS << (over < 16 ? over - 1 : 15) : 0;

	g->tried_ms = now_ms;
	g->until_ms = now_ms + (wait < LOGIN_WAIT_MAX_MS ? wait : LOGIN_WAIT_MAX_MS);
}

static void gate_right(struct login_gate *gates, uint64_t key, bool all)
{
	struct login_gate *g, *end = gates + LOGIN_GATES;

	for (g = gates; g < end; g++)
		if (g->key == key && g->wrong) {
			g->wrong = all ? 0 : g->wrong - 1;
			g->until_ms = 0;
		}
}

/* ---- tries ------------------------------------------------------------------------------------------------- */

static struct login_job *job_place(struct login *l, int64_t now_ms)
{
	struct login_job *j, *end = l->job + LOGIN_JOBS;

	for (j = l->job; j < end; j++)
		if (!j->ticket || (j->done && now_ms - j->done_ms > JOB_KEPT_MS))
			return j;
	return NULL;
}

int login_begin(struct login *l, const struct account *a, const char *name, const char *password,
                const char *peer, int64_t now_ms, uint64_t *ticket, int *wait_s)
{
	static const uint8_t nobody[PASSWORD_SALT_LEN];
	struct login_gate *by_name = gate_of(l->name, key_of(l, name), now_ms),
			  *by_peer = gate_of(l->peer, key_of(l, peer), now_ms);
	int64_t until = by_name->until_ms > by_peer->until_ms ? by_name->until_ms
	                                                      : by_peer->until_ms;
	struct login_job *j = job_place(l, now_ms);
	char text[PASSWORD_MAX + 1];
	int rc;

	*ticket = 0;
	*wait_s = 0;
	if (now_ms < until) {
		*wait_s = (int)((until - now_ms + 999) / 1000);
		return err(ERR_DENIED,
		           "too many wrong passwords: wait %d seconds before the next try",
		           *wait_s);
	}
	if (!j)
		return err(ERR_BUSY, "there is too much to do at once: try again");
	rc = account_password(password, text);
	if (!rc) {
		*j = (struct login_job){.name = by_name->key, .peer = by_peer->key};
		if (a)
			j->account = *a;
		rc = password_begin(text, a ? a->salt : nobody, a ? a->rounds : l->rounds,
		                    &j->work);
	}
	password_wipe(text, sizeof text);
	if (rc)
		return rc;
	gate_try(by_name, LOGIN_NAME_FREE, now_ms);
	gate_try(by_peer, LOGIN_PEER_FREE, now_ms);
	*ticket = j->ticket = ++l->last;
	return 0;
}

/* The one that came first. */
static struct login_job *job_next(const struct login *l)
{
	const struct login_job *j, *next = NULL;

	for (j = l->job; j < l->job + LOGIN_JOBS; j++)
		if (j->ticket && !j->done && (!next || j->ticket < next->ticket))
			next = j;
	return (struct login_job *)next;
}

bool login_works(const struct login *l)
{
	return job_next(l) != NULL;
}

bool login_step(struct login *l, uint32_t rounds, int64_t now_ms)
{
	struct login_job *j = job_next(l);
	uint8_t hash[PASSWORD_HASH_LEN];

	if (!j || !password_step(j->work, rounds, hash))
		return false;
	password_end(j->work);
	j->work = NULL;
	j->done = true;
	j->done_ms = now_ms;
	j->right = password_same(hash, j->account.hash) && j->account.role != ACCOUNT_NONE;
	password_wipe(hash, sizeof hash);
	return true;
}

/* ---- sessions ------------------------------------------------------------------------------------------------ */

static bool ended(const struct login_session *x, int64_t now_ms)
{
	return !x->number || now_ms - x->used_ms > LOGIN_IDLE_MS ||
	       now_ms - x->began_ms > LOGIN_LIFE_MS;
}

static int session_new(struct login *l, const struct account *a, int64_t now_ms,
                       char token[LOGIN_TOKEN_TEXT])
{
	struct login_session *x, *oldest = l->session;
	uint8_t raw[LOGIN_TOKEN_LEN];
	int rc = l->env->random(l->env->arg, raw, sizeof raw);
	size_t i;

	if (rc)
		return rc;
	for (x = l->session; x < l->session + LOGIN_SESSIONS; x++) {
		if (ended(x, now_ms))
			*x = (struct login_session){0};
		if (x->used_ms < oldest->used_ms)
			oldest = x;
	}
	for (i = 0; i < sizeof raw; i++)
		snprintf(token + 2 * i, 3, "%02x", raw[i]);
	*oldest = (struct login_session){.number = ++l->last,
	                                 .began_ms = now_ms,
	                                 .used_ms = now_ms};
	l->env->sha256(token, LOGIN_TOKEN_TEXT - 1, oldest->token);
	memcpy(oldest->name, a->name, sizeof oldest->name);
	memcpy(oldest->salt, a->salt, sizeof oldest->salt);
	return 0;
}

int login_end(struct login *l, uint64_t ticket, int64_t now_ms, char token[LOGIN_TOKEN_TEXT])
{
	struct login_job *j = l->job, *end = l->job + LOGIN_JOBS;
	int rc;

	while (j < end && j->ticket != ticket)
		j++;
	if (j == end || !ticket)
		return err(ERR_NOTFOUND, "there is too much to do at once: try again");
	if (!j->done)
		return ERR_BUSY;
	rc = j->right ? session_new(l, &j->account, now_ms, token)
	              : err(ERR_DENIED, "name or password is wrong");
	if (!rc) {
		gate_right(l->name, j->name, true);
		gate_right(l->peer, j->peer, false);
	}
	password_wipe(j, sizeof *j);
	return rc;
}

/* By hashes, which nobody can steer towards another's. NULL: none. */
static struct login_session *find(const struct login *l, const char *token)
{
	uint8_t hash[HASH_LEN];
	size_t i;

	if (strlen(token) != LOGIN_TOKEN_TEXT - 1)
		return NULL;
	l->env->sha256(token, LOGIN_TOKEN_TEXT - 1, hash);
	for (i = 0; i < LOGIN_SESSIONS; i++)
		if (l->session[i].number && !memcmp(l->session[i].token, hash, HASH_LEN))
			return (struct login_session *)&l->session[i];
	return NULL;
}

static const struct account *account_of(const struct login_session *x, const struct accounts *a)
{
	const struct account *found = accounts_find(a, x->name);

	return found && !memcmp(found->salt, x->salt, sizeof x->salt) ? found : NULL;
}

const struct account *login_who(struct login *l, const struct accounts *a, const char *token,
                                int64_t now_ms)
{
	struct login_session *x = find(l, token);
	const struct account *who = x && !ended(x, now_ms) ? account_of(x, a) : NULL;

	if (x && !who)
		*x = (struct login_session){0};
	else if (x)
		x->used_ms = now_ms;
	return who;
}

uint64_t login_number(const struct login *l, const char *token)
{
	const struct login_session *x = find(l, token);

	return x ? x->number : 0;
}

bool login_lasts(const struct login *l, const struct accounts *a, uint64_t number, int64_t now_ms)
{
	const struct login_session *x = l->session, *end = x + LOGIN_SESSIONS;

	while (x < end && x->number != number)
		x++;
	return x < end && !ended(x, now_ms) && account_of(x, a);
}

void login_out(struct login *l, const char *token)
{
	struct login_session *x = find(l, token);

	if (x)
		*x = (struct login_session){0};
}

void login_release(struct login *l)
{
	size_t i;

	for (i = 0; i < LOGIN_JOBS; i++)
		password_end(l->job[i].work);
	password_wipe(l, sizeof *l);
}
