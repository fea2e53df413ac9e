/* fuzz_pages.c - any request, of whoever is let in and of whoever is not, to a province's pages. Nothing may crash, and what
 * is answered as JSON has no control bytes in it.
 *
 * Input: a byte that says the method and the headers, one that says whence it comes and who is logged in, a line with the
 * path, a line with the arguments, the body. The home is what FUZZ_HOME names. */
#include "agent/api_account.h"
#include "protocol/identity.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
int LLVMFuzzerInitialize(int *argc, char ***argv);

static struct ctx ctx;
static struct api api;
static struct login login;
static char logged_in[2][DOOR_TEXT];                  /* a viewer of all, an editor of a commune */
static struct login_session sessions[LOGIN_SESSIONS]; /* theirs, before somebody logs out */

static void fail(void)
{
	fprintf(stderr, "%s\n", err_text());
	exit(1);
}

/* Their passwords are hashed once, or nothing else would be fuzzed. */
static void let_in(struct account *a, char token[DOOR_TEXT])
{
	uint64_t ticket;
	int wait_s;

	if (account_set_password(&identity_env, a, "correct horse"))
		fail();
	a->rounds = 1;
	if (password_hash("correct horse", a->salt, 1, a->hash) ||
	    accounts_put(ctx.home, a, true) ||
	    login_begin(&login, a, a->name, "correct horse", "fuzz", 1, &ticket, &wait_s))
		fail();
	while (!login_step(&login, 1, 1))
		;
	if (login_end(&login, ticket, door_now_ms(), token))
		fail();
}

static void open_network(void)
{
	struct account xem = {.name = "xem", .role = ACCOUNT_VIEWER},
		       lan = {.name = "lan", .role = ACCOUNT_EDITOR, .person = 1};
	const struct http_handler none = {0};
	struct unit u;

	login.env = &identity_env;
	login.rounds = 1;
	xem.unit = ctx.s->self.scope;
	if (unit_find(ctx.s, "90006", &u) || http_open(0, &none, &api.http))
		fail();
	lan.unit = u.id;
	let_in(&xem, logged_in[0]);
	let_in(&lan, logged_in[1]);
	memcpy(sessions, login.session, sizeof sessions);
	api.login = &login;
	api.door.name = "cayda.example.vn";
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	ctx = (struct ctx){.home = getenv("FUZZ_HOME"), .lang = "vi"};
	if (!ctx.home || ctx_open(&ctx, 0)) {
		fprintf(stderr, "FUZZ_HOME: %s\n", err_text());
		exit(1);
	}
	api = (struct api){.ctx = &ctx, .lang = "vi", .door.port = 8484};
	door_init(&api.door, &identity_env);
	open_network();
	return 0;
}

/* Bits: 1 at an address, 2 by the proxy; 4 with a login, 8 which; 16 as a form; 32 what the proxy says is text. */
static void over_network(struct http_request *q, unsigned how, char *text,
                         char cookie[HTTP_COOKIE_MAX])
{
	bool proxied = how & 2;

	strcpy(q->here, "10.0.0.5:8484");
	strcpy(q->peer, "10.0.0.9");
	q->loopback = proxied;
	q->host = proxied ? api.door.name : q->here;
	q->origin = proxied ? "https://cayda.example.vn" : "http://10.0.0.5:8484";
	q->proto = "https";
	q->forwarded = how & 32 ? text : NULL;
	q->type = how & 16 ? "application/x-www-form-urlencoded" : q->type;
	if (how & 4)
		snprintf(cookie, HTTP_COOKIE_MAX, "%s=%s",
		         proxied ? "__Host-cayda" : "cayda_login_8484", logged_in[how >> 3 & 1]);
}

/* As http.c asks again for what takes its time. */
static void answer(struct http_request *q, struct http_reply *r)
{
	uint64_t ticket = 0;

	q->ticket = &ticket;
	do {
		r->later = false;
		api_answer(&api, q, r);
		api_account_process(&api);
	} while (r->later);
}

static char *line(char **at)
{
	char *from = *at, *end = strchr(from, '\n');

	*at = end ? end + 1 : from + strlen(from);
	if (end)
		*end = 0;
	return from;
}

static void split(char *text, struct http_request *q)
{
	char *save = NULL, *p;

	for (p = strtok_r(text, "&", &save); p && q->nargs < HTTP_ARGS_MAX;
	     p = strtok_r(NULL, "&", &save)) {
		char *value = strchr(p, '=');

		if (value)
			*value++ = 0;
		q->arg[q->nargs++] = (struct http_arg){p, value ? value : ""};
	}
}

static void check(const struct http_reply *r)
{
	size_t i;

	for (i = 0; !r->type && i < r->len; i++)
		if ((unsigned char)r->text[i] < ' ' && r->text[i] != '\n')
			abort();
}

/* Nobody is told anything without a login, and who only reads writes nothing. */
static void check_rights(const struct http_request *q, unsigned how, const struct http_reply *r)
{
	bool in = how & 4, viewer = in && !(how & 8);
	bool reads = !strcmp(q->method, "GET") || !strcmp(q->method, "HEAD");

	if (strncmp(q->path, "/api/", 5) || r->status >= 400)
		return;
	if (!in || (viewer && !reads))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const char *const methods[] = {"GET",    "POST", "PUT", "PATCH",
	                                      "DELETE", "HEAD", "GET", "POST"};
	char *text, *at, cookie[HTTP_COOKIE_MAX];
	struct http_reply r = {.status = 200};
	struct http_request q = {.loopback = true,
	                         .host = "127.0.0.1:8484",
	                         .origin = "http://127.0.0.1:8484",
	                         .type = "application/json"};
	unsigned how = len ? data[0] : 0;

	if (len < 3)
		return 0;
	text = calloc(1, len - 1);
	memcpy(text, data + 2, len - 2);
	at = text;
	q.method = methods[how & 7];
	q.path = line(&at);
	if (!strcmp(q.path, "/api/form-file"))
		q.type = "application/octet-stream";
	split(line(&at), &q);
	q.body = at;
	q.len = len - 2 - (size_t)(at - text);
	snprintf(cookie, sizeof cookie, "cayda_8484=%s", api.door.cookie);
	q.cookie = how & 8 ? q.path : cookie;
	q.origin = how & 16 ? at : q.origin;
	q.language = how & 32 ? at : NULL;
	q.host = how & 64 ? at : q.host;
	q.site = how & 128 ? at : NULL;
	if (data[1] & 3)
		over_network(&q, data[1], at, cookie);
	if (http_reply_open(&r))
		abort();
	if (api_admit(&api, &q, &r))
		answer(&q, &r);
	if (http_reply_close(&r) || r.status < 200 || r.status > 599)
		abort();
	check(&r);
	if (data[1] & 3) {
		check_rights(&q, data[1], &r);
		memcpy(login.session, sessions, sizeof sessions);
	}
	http_reply_release(&r);
	free(text);
	return 0;
}
