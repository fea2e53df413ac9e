/* HTTP as strangers speak it: too much, too slowly, too many of them. Sockets of the loopback, one thread. */
#include "agent/http.h"
#include "tests/unit/fixture.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>

#define CROWD 200

/* A server whose answers say what they were asked. */
struct rig {
	struct http *h;
	int admitted, answered;
	uint64_t news;
	char body[64];
	size_t body_len;
	bool stream, refuse;
	int later; /* answers that are put off */
	uint64_t ticket;
	struct http_request last; /* only its own members are good afterwards */
};

static bool admit(void *arg, const struct http_request *q, struct http_reply *r)
{
	struct rig *g = arg;

	(void)q;
	g->admitted++;
	if (g->refuse) {
		r->status = 401;
		fputs("who are you?", r->out);
	}
	return !g->refuse;
}

static void answer(void *arg, const struct http_request *q, struct http_reply *r)
{
	struct rig *g = arg;
	const char *a = http_arg(q, "a");

	g->answered++;
	g->last = *q;
	g->ticket = *q->ticket;
	*q->ticket = 7;
	r->later = g->later && g->later--;
	g->body_len = q->len;
	snprintf(g->body, sizeof g->body, "%s", q->body);
	r->stream = g->stream;
	r->type = g->stream ? "text/event-stream" : "text/plain";
	fprintf(r->out, "%s %s a=%s", q->method, q->path, a ? a : "-");
}

static size_t stream(void *arg, uint64_t who, uint64_t *seen, char *out, size_t cap)
{
	struct rig *g = arg;

	(void)who;
	if (*seen == g->news)
		return 0;
	*seen = g->news;
	return (size_t)snprintf(out, cap, "data: %d\n\n", (int)g->news);
}

static void begin(struct rig *g)
{
	const struct http_handler handler = {.arg = g,
	                                     .admit = admit,
	                                     .answer = answer,
	                                     .stream = stream};

	memset(g, 0, sizeof *g);
	assert_ok(http_open(0, &handler, &g->h));
}

static int dial_at(const struct rig *g, const char *address)
{
	struct sockaddr_in a = {.sin_family = AF_INET,
	                        .sin_addr.s_addr = inet_addr(address),
	                        .sin_port = htons((uint16_t)http_port(g->h))};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_true(fd >= 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof a), 0);
	return fd;
}

static int dial(const struct rig *g)
{
	return dial_at(g, "127.0.0.1");
}

/* One turn of the loop; it waits as long as the server would, 10 ms at most. */
static void turn(struct rig *g)
{
	struct pollfd fds[HTTP_FDS];
	int n = http_fds(g->h, fds), ms = http_timeout_ms(g->h);

	poll(fds, (nfds_t)n, ms < 0 || ms > 10 ? 10 : ms);
	http_process(g->h);
}

static void say(int fd, const char *text)
{
	send(fd, text, strlen(text), MSG_NOSIGNAL);
}

/* Turns until wanted stands in what came, or the other side has ended (then wanted may be NULL). */
static const char *hear(struct rig *g, int fd, const char *wanted)
{
	static char text[8192];
	size_t len = 0;
	int i;

	text[0] = 0;
	for (i = 0; i < 2000; i++) {
		ssize_t n = recv(fd, text + len, sizeof text - 1 - len, MSG_DONTWAIT);

		if (n > 0)
			text[len += (size_t)n] = 0;
		if (wanted && strstr(text, wanted))
			return text;
		if (n == 0 || (n < 0 && errno != EAGAIN)) {
			if (wanted)
				fail_msg("it ended with \"%s\", without \"%s\"", text, wanted);
			return text;
		}
		turn(g);
	}
	fail_msg("nothing like \"%s\" came, but \"%s\"", wanted ? wanted : "an end", text);
	return NULL;
}

#define HEAD "Host: 127.0.0.1\r\n"

static void a_request_is_answered(void **state)
{
	struct rig g;
	const char *text;
	int fd;

	(void)state;
	begin(&g);
	assert_int_equal(http_timeout_ms(g.h), -1);
	fd = dial(&g);
	say(fd, "GET /api/x%20y?a=%C4%91&b HTTP/1.1\r\n" HEAD "\r\n");
	text = hear(&g, fd, "GET /api/x y a=đ");
	assert_non_null(strstr(text, "HTTP/1.1 200 "));
	assert_non_null(strstr(text, "Content-Security-Policy: default-src 'self'"));
	assert_non_null(strstr(text, "X-Content-Type-Options: nosniff"));
	assert_non_null(strstr(text, "Cache-Control: no-store"));
	assert_null(strstr(text, "Access-Control"));
	say(fd, "POST /b HTTP/1.1\r\n" HEAD "Content-Length: 5\r\n\r\nhel");
	turn(&g);
	say(fd, "lo");
	hear(&g, fd, "POST /b a=-");
	assert_string_equal(g.body, "hello");
	close(fd);
	while (http_timeout_ms(g.h) != -1)
		turn(&g);
	http_close(g.h);
}

static void who_is_refused_sends_no_body(void **state)
{
	struct rig g;
	int fd;

	(void)state;
	begin(&g);
	g.refuse = true;
	fd = dial(&g);
	say(fd, "POST / HTTP/1.1\r\n" HEAD "Content-Length: 100000\r\n\r\n");
	hear(&g, fd, "who are you?");
	assert_int_equal(g.answered, 0);
	close(fd);
	http_close(g.h);
}

static void what_is_too_much_is_refused(void **state)
{
	static const struct {
		const char *request, *answer;
	} cases[] = {
		{"POST / HTTP/1.1\r\n" HEAD "Content-Length: 1048577\r\n\r\n", " 413 "},
		{"POST / HTTP/1.1\r\n" HEAD "Content-Length: 99999999999999999999\r\n\r\n",
	         " 400 "},
		{"POST / HTTP/1.1\r\n" HEAD "Transfer-Encoding: chunked\r\n\r\n", " 411 "},
		{"GET / HTTP/1.1\r\n" HEAD "Content-Length: 5\r\n\r\nhello", " 413 "},
		{"DELETE / HTTP/1.1\r\n" HEAD "Content-Length: 5\r\n\r\nhello", " 413 "},
		{"POST / HTTP/1.1\r\n" HEAD "Content-Length: -1\r\n\r\n", " 400 "},
		{"POST / HTTP/1.1\r\n" HEAD "Content-Length: 5\r\nContent-Length: 6\r\n\r\n",
	         " 400 "},
		{"GET / HTTP/1.1\r\n" HEAD "Host: evil\r\n\r\n", " 400 "},
		{"GET / HTTP/1.1\r\n\r\n", " 400 "},
		{"GET / HTTP/9.9\r\n" HEAD "\r\n", " 505 "},
	};
	struct rig g;
	size_t i;
	int fd;

	(void)state;
	begin(&g);
	for (i = 0; i < sizeof cases / sizeof *cases; i++) {
		fd = dial(&g);
		say(fd, cases[i].request);
		hear(&g, fd, cases[i].answer);
		close(fd);
	}
	assert_int_equal(g.answered, 0);
	http_close(g.h);
}

static void a_head_without_end_ends(void **state)
{
	char line[1024];
	struct rig g;
	int fd, i;

	(void)state;
	begin(&g);
	fd = dial(&g);
	memset(line, 'x', sizeof line - 1);
	memcpy(line, "X-Long: ", 8);
	memcpy(line + sizeof line - 3, "\r\n", 3);
	say(fd, "GET / HTTP/1.1\r\n" HEAD);
	for (i = 0; i < 2 * HTTP_HEAD_MAX / 1024; i++) {
		say(fd, line);
		turn(&g);
	}
	hear(&g, fd, NULL);
	assert_int_equal(g.admitted, 0);
	close(fd);
	http_close(g.h);
}

static void bodies_are_bounded_together(void **state)
{
	char head[128];
	struct rig g;
	int fd[HTTP_BODIES_MAX / HTTP_BODY_MAX + 1], i, n = HTTP_BODIES_MAX / HTTP_BODY_MAX;

	(void)state;
	begin(&g);
	snprintf(head, sizeof head, "POST / HTTP/1.1\r\n" HEAD "Content-Length: %d\r\n\r\n",
	         HTTP_BODY_MAX);
	for (i = 0; i < n; i++) {
		fd[i] = dial(&g);
		say(fd[i], head);
		while (g.admitted <= i)
			turn(&g);
	}
	fd[n] = dial(&g);
	say(fd[n], "POST / HTTP/1.1\r\n" HEAD "Content-Length: 1\r\n\r\nx");
	hear(&g, fd[n], " 503 ");
	close(fd[n]);
	close(fd[0]); /* whose promise is void, */
	do {
		fd[n] = dial(&g); /* as is seen in time */
		say(fd[n], "POST / HTTP/1.1\r\n" HEAD "Content-Length: 1\r\n\r\nx");
	} while (strstr(hear(&g, fd[n], "\r\n\r\n"), " 503 ") && !close(fd[n]));
	assert_int_equal(g.answered, 1);
	for (i = 1; i <= n; i++)
		close(fd[i]);
	http_close(g.h);
}

/* Half of them silent, half of them slow; who comes after them is answered at once, and whoever was told off
 * notices. Nobody is held beyond the limit. */
static void a_crowd_makes_room(void **state)
{
	int crowd[CROWD], fd, i, open = 0;
	struct rig g;
	char c;

	(void)state;
	begin(&g);
	for (i = 0; i < CROWD; i++) {
		crowd[i] = dial(&g);
		if (i % 2)
			say(crowd[i], "GET / HTTP/1.1\r\nX: ");
		turn(&g);
	}
	for (i = 0; i < CROWD; i += 2) {
		say(crowd[i], "x");
		turn(&g);
	}
	fd = dial(&g);
	say(fd, "GET /me HTTP/1.1\r\n" HEAD "\r\n");
	hear(&g, fd, "GET /me");
	for (i = 0; i < 20; i++)
		turn(&g);
	for (i = 0; i < CROWD; i++)
		open += recv(crowd[i], &c, 1, MSG_DONTWAIT) < 0 && errno == EAGAIN;
	assert_true(open > 0);
	assert_true(open <= HTTP_CONNECTIONS);
	say(fd, "GET /again HTTP/1.1\r\n" HEAD "\r\n");
	hear(&g, fd, "GET /again");
	for (i = 0; i < CROWD; i++)
		close(crowd[i]);
	close(fd);
	http_close(g.h);
}

static void a_stream_sleeps_until_there_is_news(void **state)
{
	struct rig g;
	int fd, i, ms;

	(void)state;
	begin(&g);
	g.stream = true;
	fd = dial(&g);
	say(fd, "GET /events HTTP/1.1\r\n" HEAD "\r\n");
	hear(&g, fd, "text/event-stream");
	assert_true(http_streams(g.h));
	for (i = 0; i < 5; i++)
		turn(&g);
	ms = http_timeout_ms(g.h); /* it waits for its sign of life, not for nothing at all */
	assert_true(ms > 0);
	g.news++;
	http_news(g.h);
	hear(&g, fd, "data: 1\n\n");
	g.news++;
	http_news(g.h);
	hear(&g, fd, "data: 2\n\n");
	close(fd);
	http_close(g.h); /* with a stream that sleeps */
}

static void streams_are_counted(void **state)
{
	int fd[HTTP_STREAMS + 1], i;
	struct rig g;

	(void)state;
	begin(&g);
	g.stream = true;
	for (i = 0; i < HTTP_STREAMS; i++) {
		fd[i] = dial(&g);
		say(fd[i], "GET /events HTTP/1.1\r\n" HEAD "\r\n");
		hear(&g, fd[i], " 200 ");
	}
	fd[i] = dial(&g);
	say(fd[i], "GET /events HTTP/1.1\r\n" HEAD "\r\n");
	hear(&g, fd[i], " 503 ");
	for (i = 0; i <= HTTP_STREAMS; i++)
		close(fd[i]);
	g.news++;
	http_news(g.h); /* who has left is noticed by telling him */
	for (i = 0; i < 50 && http_streams(g.h); i++) {
		turn(&g);
		g.news++;
		http_news(g.h);
	}
	assert_false(http_streams(g.h));
	http_close(g.h);
}

static void a_port_is_taken_once(void **state)
{
	const struct http_handler none = {0};
	struct http *second;
	struct rig g;

	(void)state;
	begin(&g);
	assert_err(http_open(http_port(g.h), &none, &second), ERR_BUSY, "port");
	assert_null(second);
	http_close(g.h);
}

static void until_answered(struct rig *g, int n)
{
	int i;

	for (i = 0; g->answered < n && i < 1000; i++)
		turn(g);
	assert_int_equal(g->answered, n);
}

static void an_answer_takes_its_time(void **state)
{
	struct rig g;
	int fd;

	(void)state;
	begin(&g);
	fd = dial(&g);
	g.later = 2;
	say(fd, "POST /login HTTP/1.1\r\n" HEAD "Content-Length: 5\r\n\r\nhello");
	until_answered(&g, 1);
	assert_int_equal(g.ticket, 0);
	turn(&g);
	assert_int_equal(g.answered, 1); /* it sleeps */
	http_again(g.h);
	until_answered(&g, 2);
	assert_int_equal(g.ticket, 7); /* it is the same request, body and all */
	assert_string_equal(g.body, "hello");
	http_again(g.h);
	hear(&g, fd, "POST /login");
	close(fd);
	http_close(g.h);
}

/* A crowd throws out who idles, not whose answer is worked at; and few are worked at. */
static void a_crowd_leaves_what_is_worked_at(void **state)
{
	int fd[HTTP_WAITING + 1], crowd[CROWD], i;
	struct rig g;

	(void)state;
	begin(&g);
	g.later = HTTP_WAITING + 1;
	for (i = 0; i < HTTP_WAITING; i++) {
		fd[i] = dial(&g);
		say(fd[i], "GET /a HTTP/1.1\r\n" HEAD "\r\n");
		until_answered(&g, i + 1);
	}
	fd[i] = dial(&g);
	say(fd[i], "GET /a HTTP/1.1\r\n" HEAD "\r\n");
	hear(&g, fd[i], "HTTP/1.1 503 ");
	for (i = 0; i < CROWD; i++) {
		crowd[i] = dial(&g);
		turn(&g);
	}
	http_again(g.h);
	for (i = 0; i < HTTP_WAITING; i++)
		hear(&g, fd[i], "HTTP/1.1 200 ");
	for (i = 0; i < CROWD; i++)
		close(crowd[i]);
	for (i = 0; i <= HTTP_WAITING; i++)
		close(fd[i]);
	http_close(g.h);
}

static void an_end_does_not_wait(void **state)
{
	struct rig g;
	int fd;

	(void)state;
	begin(&g);
	fd = dial(&g);
	g.later = 2;
	say(fd, "GET /a HTTP/1.1\r\n" HEAD "\r\n");
	until_answered(&g, 1);
	http_close(g.h);
	close(fd);
}

/* What decides is where a connection came to, not what it says. */
static void the_network_is_not_the_loopback(void **state)
{
	static const char *const at[][2] = {{"127.0.0.1", "127.0.0.2"},
	                                    {"127.0.0.2", "127.0.0.2"},
	                                    {"127.9.9.9", "0.0.0.0"},
	                                    {"127.0.0.1", "::"}};
	char here[HTTP_ADDR_TEXT];
	struct rig g;
	int fd, i;

	(void)state;
	for (i = 0; i < 4; i++) {
		begin(&g);
		assert_ok(http_listen(g.h, at[i][1]));
		fd = dial_at(&g, at[i][0]);
		say(fd, "GET /a HTTP/1.1\r\n" HEAD "X-Forwarded-For: 127.0.0.1\r\n\r\n");
		hear(&g, fd, "GET /a");
		assert_int_equal(g.last.loopback, !strcmp(at[i][0], "127.0.0.1"));
		assert_string_equal(g.last.peer, "127.0.0.1");
		snprintf(here, sizeof here, "%s:%d", at[i][0], http_port(g.h));
		assert_string_equal(g.last.here, here);
		assert_err(http_listen(g.h, "office"), ERR_BAD, "office");
		close(fd);
		http_close(g.h);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_is_answered),
		cmocka_unit_test(who_is_refused_sends_no_body),
		cmocka_unit_test(what_is_too_much_is_refused),
		cmocka_unit_test(a_head_without_end_ends),
		cmocka_unit_test(bodies_are_bounded_together),
		cmocka_unit_test(a_crowd_makes_room),
		cmocka_unit_test(a_stream_sleeps_until_there_is_news),
		cmocka_unit_test(streams_are_counted),
		cmocka_unit_test(a_port_is_taken_once),
		cmocka_unit_test(an_answer_takes_its_time),
		cmocka_unit_test(a_crowd_leaves_what_is_worked_at),
		cmocka_unit_test(an_end_does_not_wait),
		cmocka_unit_test(the_network_is_not_the_loopback),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
