/* test_exchange.c - requests and answers over bad lines in virtual time, with ends that restart. */
#include "tests/unit/pair.h"
#include "protocol/exchange.h"
#include "protocol/frame_send.h"
#include "tests/link/line.h"
#include "tests/sim/prng.h"

#define FLYING 512
#define WAY 9
#define OVERHEAD 76
#define MINUTE INT64_C(60000000)

struct flying {
	int64_t at; /* us */
	bool up;
	size_t len;
	uint8_t bytes[FRAME_ROOM_MAX];
};

struct scene {
	struct pair p;
	struct exchange asks;
	struct exchange_server *answers;
	struct line up, down;
	struct flying flying[FLYING];
	size_t nflying;
	int64_t now;
	unsigned sent_up, sent_down, served;
	struct buf request, answer; /* what is asked, what is answered */
	int refuse;                 /* ERR_* to answer with */
};

static int on_request(void *arg, uint32_t peer, int64_t scope, const uint8_t *request, size_t len,
                      struct buf *answer)
{
	struct scene *c = arg;

	assert_int_equal(peer, c->p.dev.s->self.number);
	assert_int_equal(scope, c->p.unit);
	assert_int_equal(len, c->request.len);
	assert_memory_equal(request, c->request.data, len);
	c->served++;
	if (c->refuse)
		return err(c->refuse, "not today");
	buf_add(answer, c->answer.data, c->answer.len);
	return answer->err;
}

static void open_ends(struct scene *c)
{
	const struct exchange_service service = {c, on_request};

	ok(exchange_init(&c->asks, c->p.dev.s, c->p.office.s->self.number, NULL, NULL));
	ok(exchange_serve(c->p.office.s, &service, NULL, &c->answers));
}

static void begin(struct scene *c, const struct line_conf *conf, uint64_t seed)
{
	memset(c, 0, sizeof *c);
	start(&c->p);
	rig_enrol(&c->p.dev, &c->p.office);
	line_init(&c->up, conf, seed);
	line_init(&c->down, conf, seed + 1);
	open_ends(c);
}

static void end(struct scene *c)
{
	exchange_release(&c->asks);
	exchange_server_free(c->answers);
	buf_release(&c->request);
	buf_release(&c->answer);
	stop(&c->p);
}

/* Bytes that do not compress, and that no other call makes. */
static void fill(struct buf *b, size_t len, struct prng *p)
{
	buf_reset(b);
	while (b->len < len)
		buf_u8(b, (unsigned)draw(p) & 255);
}

static void put_on_line(struct scene *c, bool up, const struct frame_out *out)
{
	static const uint8_t packet[FRAME_ROOM_MAX + OVERHEAD] = {0x45, [9] = 17};
	int64_t at[LINE_COPIES];
	int i, n = line_take(up ? &c->up : &c->down, c->now * 1000, packet, out->len + OVERHEAD,
	                     at);

	*(up ? &c->sent_up : &c->sent_down) += 1;
	for (i = 0; i < n; i++) {
		struct flying *f = &c->flying[c->nflying++];

		assert_true(c->nflying < FLYING);
		f->at = at[i] / 1000;
		f->up = up;
		f->len = out->len;
		memcpy(f->bytes, out->bytes, out->len);
	}
}

/* All that both have to send now; returns when one has more. */
static int64_t send_due(struct scene *c)
{
	struct frame_out out;
	int64_t up, down;
	uint64_t way;

	while ((up = exchange_next(&c->asks, c->now, &out)), out.len)
		put_on_line(c, true, &out);
	while ((down = exchange_server_next(c->answers, c->now, &way, &out)), out.len) {
		assert_int_equal(way, WAY);
		put_on_line(c, false, &out);
	}
	return up < down ? up : down;
}

static void arrive(struct scene *c, size_t i)
{
	struct flying f = c->flying[i];

	c->flying[i] = c->flying[--c->nflying];
	if (f.up)
		exchange_server_take(c->answers, WAY, c->p.dev.s->self.number, c->p.unit, f.bytes,
		                     f.len, c->now);
	else
		exchange_take(&c->asks, f.bytes, f.len, c->now);
}

/* Until the next thing happens. */
static void step(struct scene *c)
{
	int64_t next = send_due(c);
	size_t i, first = FLYING;

	for (i = 0; i < c->nflying; i++)
		if (first == FLYING || c->flying[i].at < c->flying[first].at)
			first = i;
	if (first < FLYING && c->flying[first].at <= next) {
		c->now = c->flying[first].at > c->now ? c->flying[first].at : c->now;
		arrive(c, first);
	} else {
		assert_true(next < INT64_MAX);
		c->now = next > c->now ? next : c->now;
	}
}

/* 1 and the answer is what it should be, or what exchange_result() says; 0 at the time. */
static int run(struct scene *c, int64_t until)
{
	const uint8_t *answer;
	size_t len;
	int rc = 0;

	while (c->now < until && !(rc = exchange_result(&c->asks, &answer, &len)))
		step(c);
	if (rc == 1) {
		assert_int_equal(len, c->answer.len);
		assert_memory_equal(answer, c->answer.data, len);
	}
	return rc;
}

static void ask(struct scene *c)
{
	ok(exchange_ask(&c->asks, c->request.data, c->request.len, c->now));
}

static const struct line_conf good = {.rate = 64000, .delay = 300000000};

static void a_short_request_and_answer_are_two_datagrams(void **state)
{
	static struct scene c;
	struct prng seed = {1};

	(void)state;
	begin(&c, &good, 1);
	fill(&c.request, 100, &seed);
	fill(&c.answer, 100, &seed);
	ask(&c);
	assert_int_equal(run(&c, MINUTE), 1);
	assert_int_equal(c.sent_up, 1);
	assert_int_equal(c.sent_down, 1);
	ask(&c); /* the same words are another request */
	assert_int_equal(run(&c, MINUTE), 1);
	assert_int_equal(c.served, 2);
	end(&c);
}

static void an_answer_that_is_lost_is_said_again(void **state)
{
	static struct scene c;
	struct prng seed = {2};

	(void)state;
	begin(&c, &good, 2);
	fill(&c.request, 100, &seed);
	fill(&c.answer, 100, &seed);
	ask(&c);
	while (!c.sent_down)
		step(&c);
	c.nflying = 0;
	assert_int_equal(run(&c, MINUTE), 1);
	assert_int_equal(c.served, 1);
	end(&c);
}

/* The asker is brief by then: it is told from the tag alone. */
static void an_answer_to_a_long_request_is_said_again(void **state)
{
	static struct scene c;
	struct prng seed = {3};
	unsigned sent;

	(void)state;
	begin(&c, &good, 3);
	fill(&c.request, 30000, &seed);
	fill(&c.answer, 20, &seed);
	ask(&c);
	while (!c.served)
		step(&c);
	step(&c);
	c.nflying = 0;
	sent = c.sent_up;
	assert_int_equal(run(&c, MINUTE), 1);
	assert_int_equal(c.served, 1);
	assert_true(c.sent_up <= sent + 3);
	end(&c);
}

static void a_refusal_comes_with_its_words(void **state)
{
	static struct scene c;
	struct prng seed = {3};

	(void)state;
	begin(&c, &good, 3);
	fill(&c.request, 3000, &seed);
	c.refuse = ERR_DENIED;
	ask(&c);
	assert_int_equal(run(&c, MINUTE), ERR_DENIED);
	assert_non_null(strstr(err_text(), "not today"));
	end(&c);
}

static void restart_asker(struct scene *c)
{
	const uint8_t *request;
	size_t len;

	exchange_release(&c->asks);
	rig_open(&c->p.dev);
	ok(exchange_init(&c->asks, c->p.dev.s, c->p.office.s->self.number, NULL, NULL));
	ok(exchange_resume(&c->asks, &request, &len, c->now));
	assert_int_equal(len, c->request.len);
	assert_memory_equal(request, c->request.data, len);
}

static void restart_answerer(struct scene *c)
{
	const struct exchange_service service = {c, on_request};

	exchange_server_free(c->answers);
	rig_open(&c->p.office);
	ok(exchange_serve(c->p.office.s, &service, NULL, &c->answers));
}

/* Whatever the line loses and whoever restarts, the request is answered, and what had arrived is
 * not sent again: the frames are bounded by what is lost. */
static void restarts(uint64_t seed)
{
	struct line_conf bad = {.rate = 256000, .delay = 300000000, .duplicate = 0.02};
	static struct scene c;
	struct prng s = {seed};
	size_t all;
	unsigned i, most;
	int64_t until;

	bad.loss = (double)(draw(&s) % 30) / 100;
	bad.burst = 1 + (double)(draw(&s) % 4);
	begin(&c, &bad, seed);
	fill(&c.request, 5000 + draw(&s) % 60000, &s);
	fill(&c.answer, 1 + draw(&s) % 60000, &s);
	all = c.request.len + c.answer.len;
	ask(&c);
	for (i = 0; i < 4; i++) {
		until = c.now + (int64_t)(draw(&s) % 3000000);
		if (run(&c, until))
			break;
		if (draw(&s) & 1)
			restart_asker(&c);
		else
			restart_answerer(&c);
	}
	if (run(&c, c.now + 30 * MINUTE) != 1)
		fail_msg("seed %llu: no answer: %s", (unsigned long long)seed, err_text());
	most = (unsigned)((double)all / 1000 / (1 - bad.loss) / (1 - bad.loss) * 3) + 300;
	if (c.sent_up + c.sent_down > most)
		fail_msg("seed %llu: %u datagrams, at most %u make sense", (unsigned long long)seed,
		         c.sent_up + c.sent_down, most);
	end(&c);
}

static void it_outlasts_losses_and_restarts_of_either_end(void **state)
{
	const char *only = getenv("SEED");
	uint64_t seed;

	(void)state;
	for (seed = 1; !only && seed <= 30; seed++)
		restarts(seed);
	if (only)
		restarts(strtoull(only, NULL, 10));
}

static void whole_transfers_leave_nothing_kept(void **state)
{
	static struct scene c;
	struct prng seed = {4};
	int64_t n;

	(void)state;
	begin(&c, &good, 4);
	fill(&c.request, 30000, &seed);
	fill(&c.answer, 30000, &seed);
	ask(&c);
	assert_int_equal(run(&c, 2 * MINUTE), 1);
	ok(db_int(c.p.dev.s, &n, "SELECT count(*) FROM frame", ""));
	assert_int_equal(n, 0);
	ok(db_int(c.p.office.s, &n, "SELECT count(*) FROM frame", ""));
	assert_int_equal(n, 0);
	ok(db_int(c.p.dev.s, &n, "SELECT count(*) FROM meta WHERE key = 'asking'", ""));
	assert_int_equal(n, 0);
	end(&c);
}

static void no_bytes_hurt_either_end(void **state)
{
	static struct scene c;
	struct prng seed = {5};
	uint8_t noise[200];
	size_t i, k, len;

	(void)state;
	begin(&c, &good, 5);
	fill(&c.request, 3000, &seed);
	fill(&c.answer, 3000, &seed);
	ask(&c);
	for (i = 0; i < 20000; i++) {
		len = draw(&seed) % sizeof noise;
		for (k = 0; k < len; k++)
			noise[k] = (uint8_t)draw(&seed);
		if (i & 1)
			exchange_take(&c.asks, noise, len, c.now);
		else
			exchange_server_take(c.answers, WAY, c.p.dev.s->self.number, c.p.unit,
			                     noise, len, c.now);
	}
	assert_int_equal(c.served, 0);
	end(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_short_request_and_answer_are_two_datagrams),
		cmocka_unit_test(an_answer_that_is_lost_is_said_again),
		cmocka_unit_test(an_answer_to_a_long_request_is_said_again),
		cmocka_unit_test(a_refusal_comes_with_its_words),
		cmocka_unit_test(it_outlasts_losses_and_restarts_of_either_end),
		cmocka_unit_test(whole_transfers_leave_nothing_kept),
		cmocka_unit_test(no_bytes_hurt_either_end),
	};

	return cmocka_run_group_tests_name("exchange", tests, NULL, NULL);
}
