/* Who is logged in, and how often somebody may try: told the time, hour by hour. */
#include "agent/login.h"
#include "protocol/identity.h"
#include "tests/unit/fixture.h"

#define NOW INT64_C(1000000)
#define RIGHT "bốn từ là đủ"

struct rig {
	struct login l;
	struct accounts all;
	struct account list[2];
};

/* Few rounds: what is tried here is not how long they take. */
static void make(struct account *a, const char *name)
{
	snprintf(a->name, sizeof a->name, "%s", name);
	a->role = ACCOUNT_EDITOR;
	a->rounds = 10;
	identity_random(NULL, a->salt, sizeof a->salt);
	assert_ok(password_hash(RIGHT, a->salt, a->rounds, a->hash));
}

static struct rig *begin(void)
{
	struct rig *g = calloc(1, sizeof *g);

	g->l.env = &identity_env;
	g->l.rounds = 10;
	make(&g->list[0], "lan");
	make(&g->list[1], "hoa");
	g->all = (struct accounts){.list = g->list, .n = 2};
	return g;
}

static void end(struct rig *g)
{
	login_release(&g->l);
	free(g);
}

static int begin_try(struct rig *g, const char *name, const char *password, const char *peer,
                     int64_t now, uint64_t *ticket)
{
	int wait_s, rc = login_begin(&g->l, accounts_find(&g->all, name), name, password, peer, now,
	                             ticket, &wait_s);

	assert_int_equal(rc == ERR_DENIED, wait_s > 0);
	return rc;
}

static int try(struct rig *g, const char *name, const char *password, const char *peer, int64_t now,
               char token[LOGIN_TOKEN_TEXT])
{
	uint64_t ticket;
	int rc = begin_try(g, name, password, peer, now, &ticket);

	if (rc)
		return rc;
	while (login_works(&g->l))
		login_step(&g->l, 500000, now);
	rc = login_end(&g->l, ticket, now, token);
	if (!rc) /* it is told once */
		assert_int_equal(login_end(&g->l, ticket, now, token), ERR_NOTFOUND);
	return rc;
}

static const char *who(struct rig *g, const char *token, int64_t now)
{
	const struct account *a = login_who(&g->l, &g->all, token, now);

	return a ? a->name : NULL;
}

static void the_right_password_opens_a_session(void **state)
{
	char token[LOGIN_TOKEN_TEXT], other[LOGIN_TOKEN_TEXT], bent[LOGIN_TOKEN_TEXT];
	struct rig *g = begin();
	size_t i;

	(void)state;
	assert_ok(try(g, "lan", RIGHT, "10.0.0.1", NOW, token));
	assert_ok(try(g, "hoa", RIGHT, "10.0.0.1", NOW, other));
	assert_string_equal(who(g, token, NOW), "lan");
	assert_string_equal(who(g, other, NOW), "hoa");
	for (i = 0; i < sizeof bent - 1; i++) {
		memcpy(bent, token, sizeof bent);
		bent[i] = bent[i] == '0' ? '1' : '0';
		assert_null(who(g, bent, NOW));
	}
	assert_null(who(g, "", NOW));
	login_out(&g->l, token);
	assert_null(who(g, token, NOW));
	assert_string_equal(who(g, other, NOW), "hoa");
	end(g);
}

static void nobody_else_comes_in(void **state)
{
	char token[LOGIN_TOKEN_TEXT];
	struct rig *g = begin();

	(void)state;
	assert_err(try(g, "lan", "bốn từ là đ", "10.0.0.1", NOW, token), ERR_DENIED, "wrong");
	assert_err(try(g, "lan", "", "10.0.0.1", NOW, token), ERR_DENIED, "wrong");
	assert_err(try(g, "nobody", RIGHT, "10.0.0.1", NOW, token), ERR_DENIED, "wrong");
	assert_err(try(g, "", RIGHT, "10.0.0.1", NOW, token), ERR_DENIED, "wrong");
	assert_err(try(g, "lan", "\xff", "10.0.0.1", NOW, token), ERR_BAD, "text");
	end(g);
}

static void a_session_ends_by_itself(void **state)
{
	char token[LOGIN_TOKEN_TEXT];
	struct rig *g = begin();
	uint64_t number;
	int64_t now;

	(void)state;
	assert_ok(try(g, "lan", RIGHT, "10.0.0.1", NOW, token));
	number = login_number(&g->l, token);
	assert_true(login_lasts(&g->l, &g->all, number, NOW + LOGIN_IDLE_MS));
	assert_false(login_lasts(&g->l, &g->all, number, NOW + LOGIN_IDLE_MS + 1));
	assert_null(who(g, token, NOW + LOGIN_IDLE_MS + 1));
	assert_null(who(g, token, NOW)); /* it does not come back */

	assert_ok(try(g, "lan", RIGHT, "10.0.0.1", NOW, token));
	for (now = NOW; now <= NOW + LOGIN_LIFE_MS; now += LOGIN_IDLE_MS)
		assert_string_equal(who(g, token, now), "lan");
	assert_null(who(g, token, now));
	end(g);
}

static void an_account_that_is_gone_is_out(void **state)
{
	char lan[LOGIN_TOKEN_TEXT], hoa[LOGIN_TOKEN_TEXT];
	struct rig *g = begin();
	uint64_t number;

	(void)state;
	assert_ok(try(g, "lan", RIGHT, "10.0.0.1", NOW, lan));
	assert_ok(try(g, "hoa", RIGHT, "10.0.0.1", NOW, hoa));
	number = login_number(&g->l, hoa);
	make(&g->list[0], "lan"); /* the same password, put anew */
	g->all.n = 1;
	assert_null(who(g, lan, NOW));
	assert_false(login_lasts(&g->l, &g->all, number, NOW));
	assert_null(who(g, hoa, NOW));
	assert_false(login_lasts(&g->l, &g->all, 0, NOW));
	end(g);
}

/* The right password as well: else it would be found out all the same. */
static void an_account_waits_longer_and_longer(void **state)
{
	char token[LOGIN_TOKEN_TEXT], peer[32];
	struct rig *g = begin();
	int64_t now = NOW, waits[] = {2000, 4000, 8000, 16000};
	int i;

	(void)state;
	for (i = 0; i < LOGIN_NAME_FREE + 1; i++) {
		snprintf(peer, sizeof peer, "10.0.0.%d", i); /* from everywhere */
		assert_err(try(g, "lan", "no", peer, now, token), ERR_DENIED, "wrong");
	}
	for (i = 0; i < 4; i++) {
		assert_err(try(g, "lan", RIGHT, "10.0.1.1", now + waits[i] - 1, token), ERR_DENIED,
		           "wait");
		now += waits[i];
		assert_err(try(g, "lan", "no", "10.0.1.2", now, token), ERR_DENIED, "wrong");
	}
	assert_ok(try(g, "hoa", RIGHT, "10.0.1.1", now, token));
	now += LOGIN_WAIT_MAX_MS;
	assert_ok(try(g, "lan", RIGHT, "10.0.1.1", now, token));
	assert_err(try(g, "lan", "no", "10.0.1.1", now, token), ERR_DENIED, "wrong");
	assert_ok(try(g, "lan", RIGHT, "10.0.1.1", now, token)); /* it is forgotten */
	end(g);
}

static void an_address_waits_whatever_it_tries(void **state)
{
	char token[LOGIN_TOKEN_TEXT], name[32];
	struct rig *g = begin();
	int i;

	(void)state;
	for (i = 0; i < LOGIN_PEER_FREE + 1; i++) {
		snprintf(name, sizeof name, "guess%d", i);
		assert_err(try(g, name, "no", "10.0.0.1", NOW, token), ERR_DENIED, "wrong");
	}
	assert_err(try(g, "lan", RIGHT, "10.0.0.1", NOW, token), ERR_DENIED, "wait");
	assert_ok(try(g, "lan", RIGHT, "10.0.0.2", NOW, token));
	/* its owner's own account does not wash it clean */
	assert_ok(try(g, "lan", RIGHT, "10.0.0.1", NOW + LOGIN_WAIT_MAX_MS, token));
	assert_err(try(g, "x", "no", "10.0.0.1", NOW + LOGIN_WAIT_MAX_MS, token), ERR_DENIED,
	           "wrong");
	assert_err(try(g, "y", "no", "10.0.0.1", NOW + LOGIN_WAIT_MAX_MS, token), ERR_DENIED,
	           "wait");
	end(g);
}

/* However many addresses and names: memory is what it was, and tries at once are counted before they fail. */
static void a_flood_is_bounded(void **state)
{
	struct rig *g = begin();
	uint64_t ticket;
	char name[32];
	int i, began = 0;

	(void)state;
	for (i = 0; i < 5000; i++) {
		snprintf(name, sizeof name, "10.%d.%d.1", i / 250, i % 250);
		if (!begin_try(g, name, "no", name, NOW + i, &ticket))
			began++;
		else
			assert_string_equal(err_text(),
			                    "there is too much to do at once: try again");
	}
	assert_int_equal(began, LOGIN_JOBS);
	while (login_works(&g->l))
		login_step(&g->l, 500000, NOW + 5000);
	/* nobody fetched what came of them */
	assert_int_equal(begin_try(g, "lan", RIGHT, "10.0.0.9", NOW + 5000, &ticket), ERR_BUSY);
	assert_ok(begin_try(g, "lan", RIGHT, "10.0.0.9", NOW + 5000 + 10001, &ticket));
	end(g);
}

static void sessions_make_room(void **state)
{
	char first[LOGIN_TOKEN_TEXT], token[LOGIN_TOKEN_TEXT];
	struct rig *g = begin();
	int i;

	(void)state;
	assert_ok(try(g, "hoa", RIGHT, "10.0.0.1", NOW, first));
	for (i = 0; i < LOGIN_SESSIONS - 1; i++)
		assert_ok(try(g, "lan", RIGHT, "10.0.0.1", NOW + 1, token));
	assert_string_equal(who(g, first, NOW + 2), "hoa");
	assert_ok(try(g, "lan", RIGHT, "10.0.0.1", NOW + 3, token));
	assert_string_equal(who(g, first, NOW + 4), "hoa"); /* another was idle for longer */
	assert_string_equal(who(g, token, NOW + 4), "lan");
	end(g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_right_password_opens_a_session),
		cmocka_unit_test(nobody_else_comes_in),
		cmocka_unit_test(a_session_ends_by_itself),
		cmocka_unit_test(an_account_that_is_gone_is_out),
		cmocka_unit_test(an_account_waits_longer_and_longer),
		cmocka_unit_test(an_address_waits_whatever_it_tries),
		cmocka_unit_test(a_flood_is_bounded),
		cmocka_unit_test(sessions_make_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
