/* api.c - the pages' side of the agent: opening, who is let in, errors as JSON. */
#include "agent/api_account.h"
#include "agent/api_form.h"
#include "agent/api_office.h"

#include "agent/i18n.h"
#include "protocol/identity.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- arguments ------------------------------------------------------------------------------------ */

int api_number(const struct call *c, const char *name, int64_t min, int64_t max, int64_t otherwise,
               int64_t *out)
{
	const char *text = http_arg(c->q, name);
	char *end;
	long long v;

	*out = otherwise;
	if (!text)
		return 0;
	v = strtoll(text, &end, 10);
	if (end == text || *end || v < min || v > max)
		return err(ERR_BAD, "%s wants a whole number from %lld to %lld, not \"%.40s\"",
		           name, (long long)min, (long long)max, text);
	*out = v;
	return 0;
}

int api_limit(const struct call *c, int64_t *out)
{
	return api_number(c, "limit", 1, API_PAGE_MAX, API_PAGE, out);
}

int api_unit(struct call *c, const char *name, struct unit *out)
{
	const char *ref = http_arg(c->q, name);

	return ctx_unit(c->ctx, ref && *ref ? ref : NULL, out);
}

/* ---- requests --------------------------------------------------------------------------------------- */

static unsigned status_of(int rc)
{
	switch (rc) {
	case ERR_BAD:
		return 400;
	case ERR_DENIED:
		return 403;
	case ERR_NOTFOUND:
		return 404;
	case ERR_EXISTS:
		return 409;
	case ERR_TOOBIG:
		return 413;
	case ERR_BUSY:
	case ERR_NOMEM:
		return 503;
	default:
		return 500;
	}
}

static void refuse(struct http_reply *r, unsigned status, const char *why)
{
	struct json j;

	r->status = status;
	r->type = NULL;
	r->file = NULL;
	json_begin(&j, r->out);
	json_object(&j);
	json_kstr(&j, "error", why);
	json_end(&j);
}

/* The page's own choice, else the browser's first that we speak, else the agent's. */
static const char *language(const struct api *a, const struct http_request *q)
{
	const char *said = http_arg(q, "lang"), *p = q->language;

	if (said && (!strcmp(said, "vi") || !strcmp(said, "en")))
		return said;
	while (p && *p) {
		p += strspn(p, " ,");
		if (!strncasecmp(p, "vi", 2))
			return "vi";
		if (!strncasecmp(p, "en", 2))
			return "en";
		p += strcspn(p, ",");
	}
	return a->ctx->lang;
}

static bool is_opening(const struct http_request *q)
{
	return !strcmp(q->path, "/open");
}

static bool has_body(const struct http_request *q)
{
	return !strcmp(q->method, "POST") || !strcmp(q->method, "PUT") ||
	       !strcmp(q->method, "PATCH");
}

/* A form of another site can send a body without asking first, but not one of these types. */
#define JSON_TYPE "application/json"
#define FILE_TYPE "application/octet-stream"
#define FORM_TYPE "application/x-www-form-urlencoded"
static bool is_type(const char *type, const char *wanted)
{
	size_t n = strlen(wanted);

	return type && !strncasecmp(type, wanted, n) &&
	       (!type[n] || type[n] == ';' || type[n] == ' ');
}

/* Its body is a file as it is. */
static bool takes_file(const struct route *t)
{
	return t->fn == api_form_file;
}

/* What the body must be; NULL: there is none. */
static const char *body_type(struct call *c)
{
	const struct route *t;
	bool other;

	if (!has_body(c->q))
		return NULL;
	if (c->net && api_account_posts(c->q))
		return FORM_TYPE;
	t = api_route(c, &other);
	return t && takes_file(t) ? FILE_TYPE : JSON_TYPE;
}

static void shut(struct call *c, enum door_says says)
{
	bool page = strncmp(c->q->path, "/api/", 5) != 0;

	if (says == DOOR_HOST)
		refuse(c->r, 421,
		       c->net ? _("these pages have another address")
		              : _("these pages are at 127.0.0.1 only"));
	else if (says == DOOR_FOREIGN)
		refuse(c->r, 403, _("another site's page asks for this: refused"));
	else if (says == DOOR_PLAIN)
		refuse(c->r, 403, _("these pages come by https only"));
	else if (says == DOOR_LOGIN && page)
		api_page_login(c, 401, NULL);
	else if (says == DOOR_LOGIN)
		refuse(c->r, 401, _("log in again"));
	else if (page)
		api_page_closed(c);
	else
		refuse(c->r, 401, _("open the pages anew: cayda open"));
}

static void refuse_type(struct http_reply *r, const char *type)
{
	char why[128];

	snprintf(why, sizeof why, _("a body must be %s"), type);
	refuse(r, 415, why);
}

/* What is in every copy of the program. */
static bool is_public(const struct http_request *q)
{
	return !strcmp(q->path, "/style.css") || api_web_public(q->path);
}

static enum door_says who_asks(struct call *c)
{
	enum door_says says = door_admits(&c->a->door, c->q, is_opening(c->q));

	if (c->net && says == DOOR_OPEN)
		says = c->a->login ? api_account_admits(c) : DOOR_HOST;
	return (says == DOOR_TOKEN || says == DOOR_LOGIN) && is_public(c->q) ? DOOR_OPEN : says;
}

static struct call call_of(struct api *a, const struct http_request *q, struct http_reply *r)
{
	return (struct call){.a = a,
	                     .ctx = a->ctx,
	                     .q = q,
	                     .r = r,
	                     .net = door_is_net(&a->door, q)};
}

bool api_admit(void *arg, const struct http_request *q, struct http_reply *r)
{
	struct api *a = arg;
	struct call c = call_of(a, q, r);
	const char *type = body_type(&c);
	enum door_says says;

	i18n_set(language(a, q));
	says = who_asks(&c);
	if (says != DOOR_OPEN)
		shut(&c, says);
	else if (type && !is_type(q->type, type))
		refuse_type(r, type);
	else
		return true;
	i18n_set(a->ctx->lang);
	return false;
}

static void open_door(struct call *c)
{
	const char *code = http_arg(c->q, "code");

	if (code && door_takes(&c->a->door, code, door_now_ms())) {
		door_set_cookie(&c->a->door, c->r->cookie);
		api_page_opened(c);
	} else {
		api_page_closed(c);
	}
}

static void run_route(struct call *c)
{
	bool other;
	const struct route *t = api_route(c, &other);
	int rc;

	if (!t) {
		refuse(c->r, other ? 405 : 404, _("there is nothing here"));
		return;
	}
	json_begin(&c->j, c->r->out);
	rc = api_account_allows(c, t);
	if (!rc && !takes_file(t) && strlen(c->q->body) != c->q->len)
		rc = err(ERR_BAD, "the body holds a NUL byte");
	if (!rc)
		rc = t->fn(c);
	if (!rc) {
		api_account_did(c, t);
		return;
	}
	if (http_reply_again(c->r))
		return; /* which its sending notices */
	refuse(c->r, status_of(rc), err_text());
}

void api_answer(void *arg, const struct http_request *q, struct http_reply *r)
{
	struct api *a = arg;
	struct call c = call_of(a, q, r);
	enum door_says says = DOOR_OPEN;

	i18n_set(language(a, q));
	a->ctx->lang = i18n_lang();
	if (c.net) /* again: it may have ended while the body came */
		says = who_asks(&c);
	if (says != DOOR_OPEN)
		shut(&c, says);
	else if (!c.net && is_opening(q))
		open_door(&c);
	else if (!c.net || !api_account_answers(&c))
		run_route(&c);
	a->ctx->lang = a->lang;
	i18n_set(a->lang);
}

/* ---- life ------------------------------------------------------------------------------------------- */

/* With the port and token of an agent that was killed, if they are still to be had. */
static int go_on(struct api *a, int port, const struct http_handler *handler)
{
	int rc = door_read(a->ctx->home, &a->door);

	if (!rc && port && a->door.port != port)
		rc = ERR_NOTFOUND;
	return rc ? rc : http_open(a->door.port, handler, &a->http);
}

static int begin(struct api *a, int port, const struct http_handler *handler)
{
	const struct store_env *env = &identity_env;
	int rc = http_open(port ? port : API_PORT, handler, &a->http);

	if (rc == ERR_BUSY && !port)
		rc = http_open(0, handler, &a->http);
	if (!rc)
		rc = env->random(env->arg, a->door.token, sizeof a->door.token);
	if (rc)
		return rc;
	a->door.port = http_port(a->http);
	return door_write(a->ctx->home, &a->door);
}

/* Whoever is on the network, or behind a proxy of this machine, comes by an account. */
static int open_network(struct api *a, const struct api_conf *conf)
{
	int rc;

	if (!conf->address && !conf->name)
		return 0;
	rc = accounts_load(a->ctx->home, &a->accounts);
	if (!rc && !a->accounts.n)
		rc = err(ERR_NOTFOUND,
		         "nobody could log in, so the pages are for this machine only: add an "
		         "account by `cayda account add`, then start again");
	if (rc)
		return rc;
	a->login = calloc(1, sizeof *a->login);
	if (!a->login)
		return err(ERR_NOMEM, "out of memory");
	a->login->env = &identity_env;
	a->login->rounds = PASSWORD_ROUNDS;
	a->door.name = conf->name;
	return conf->address ? http_listen(a->http, conf->address) : 0;
}

int api_open(struct ctx *ctx, const struct api_conf *conf, struct api **out)
{
	struct api *a = calloc(1, sizeof *a);
	const struct http_handler handler = {.arg = a,
	                                     .admit = api_admit,
	                                     .answer = api_answer,
	                                     .stream = api_stream};
	int rc;

	*out = NULL;
	if (!a)
		return err(ERR_NOMEM, "out of memory");
	a->ctx = ctx;
	a->lang = ctx->lang;
	a->news[NEWS_SYNC] = a->news[NEWS_RECORDS] = 1; /* a stream begins with both */
	rc = go_on(a, conf->port, &handler);
	if (rc)
		rc = begin(a, conf->port, &handler);
	if (rc) {
		http_close(a->http);
		free(a);
		return rc;
	}
	a->routes = ctx->s ? api_routes : api_join_routes;
	door_init(&a->door, &identity_env);
	*out = a;
	return open_network(a, conf);
}

void api_close(struct api *a)
{
	if (!a)
		return;
	door_remove(a->ctx->home);
	child_end_all(&a->children);
	http_close(a->http);
	if (a->login)
		login_release(a->login);
	free(a->login);
	accounts_release(&a->accounts);
	free(a);
}

int api_port(const struct api *a)
{
	return http_port(a->http);
}

int api_fds(const struct api *a, struct pollfd *out)
{
	int n = a ? http_fds(a->http, out) : 0;

	return a ? n + child_fds(&a->children, out + n) : 0;
}

static int sooner(int a, int b)
{
	return a < 0 || (b >= 0 && b < a) ? b : a;
}

int api_timeout_ms(struct api *a)
{
	int ms = a ? http_timeout_ms(a->http) : -1;

	return a ? sooner(sooner(ms, api_events_timeout_ms(a)), api_account_timeout_ms(a)) : ms;
}

void api_process(struct api *a)
{
	if (!a)
		return;
	api_events_process(a);
	api_account_process(a);
	if (child_process(&a->children))
		http_again(a->http);
	http_process(a->http);
}
