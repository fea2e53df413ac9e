/* fuzz_pages.c - any request, of whoever is let in and of whoever is not, to a province's pages. Nothing may crash, and what
 * is answered as JSON has no control bytes in it.
 *
 * Input: a byte that says the method and the headers, a line with the path, a line with the arguments, the body. The
 * home is what FUZZ_HOME names. */
#include "agent/api_in.h"
#include "protocol/identity.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
int LLVMFuzzerInitialize(int *argc, char ***argv);

static struct ctx ctx;
static struct api api;

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
	return 0;
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

	if (len < 2)
		return 0;
	text = calloc(1, len);
	memcpy(text, data + 1, len - 1);
	at = text;
	q.method = methods[how & 7];
	q.path = line(&at);
	if (!strcmp(q.path, "/api/form-file"))
		q.type = "application/octet-stream";
	split(line(&at), &q);
	q.body = at;
	q.len = len - 1 - (size_t)(at - text);
	snprintf(cookie, sizeof cookie, "cayda_8484=%s", api.door.cookie);
	q.cookie = how & 8 ? q.path : cookie;
	q.origin = how & 16 ? at : q.origin;
	q.language = how & 32 ? at : NULL;
	q.host = how & 64 ? at : q.host;
	q.site = how & 128 ? at : NULL;
	if (http_reply_open(&r))
		abort();
	if (api_admit(&api, &q, &r))
		api_answer(&api, &q, &r);
	if (http_reply_close(&r) || r.status < 200 || r.status > 599)
		abort();
	check(&r);
	http_reply_release(&r);
	free(text);
	return 0;
}
