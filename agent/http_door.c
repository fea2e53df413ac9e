/* http_door.c - who may look: hosts, origins, tokens, cookies. */
#include "agent/http_door.h"

#include "agent/file.h"
#include "storage/err.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#define HMAC_BLOCK 64 /* of SHA-256, RFC 2104 */
#define FILE_MAX 128  /* bytes of the session's file */

int64_t door_now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_BOOTTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- secrets ------------------------------------------------------------------------------------ */

/* HMAC-SHA256 (RFC 2104) of a short text by the token, in hexadecimal. */
static void mac(const struct door *d, const char *text, char out[DOOR_TEXT])
{
	uint8_t inner[HMAC_BLOCK + 64], outer[HMAC_BLOCK + HASH_LEN], hash[HASH_LEN];
	size_t n = strnlen(text, 64), i;

	memset(inner, 0x36, HMAC_BLOCK);
	memset(outer, 0x5c, HMAC_BLOCK);
	for (i = 0; i < DOOR_TOKEN_LEN; i++) {
		inner[i] ^= d->token[i];
		outer[i] ^= d->token[i];
	}
	memcpy(inner + HMAC_BLOCK, text, n);
	d->sha256(inner, HMAC_BLOCK + n, outer + HMAC_BLOCK);
	d->sha256(outer, sizeof outer, hash);
	for (i = 0; i < HASH_LEN; i++)
		snprintf(out + 2 * i, 3, "%02x", hash[i]);
}

/* Takes as long whatever differs. given may be of any length. */
static bool same(const char *given, size_t len, const char *wanted)
{
	size_t n = strlen(wanted), i;
	unsigned char diff = len != n;

	for (i = 0; i < n; i++)
		diff |= (unsigned char)(wanted[i] ^ (i < len ? given[i] : 0));
	return !diff;
}

void door_init(struct door *d, const struct store_env *env)
{
	char text[32];

	d->sha256 = env->sha256;
	snprintf(text, sizeof text, "cookie %d", d->port);
	mac(d, text, d->cookie);
}

void door_code(const struct door *d, int64_t now_ms, char out[DOOR_CODE_TEXT])
{
	char text[32], hex[DOOR_TEXT];

	snprintf(text, sizeof text, "open %" PRIx64, (uint64_t)now_ms);
	mac(d, text, hex);
	snprintf(out, DOOR_CODE_TEXT, "%" PRIx64 "-%s", (uint64_t)now_ms, hex);
}

bool door_takes(struct door *d, const char *code, int64_t now_ms)
{
	char wanted[DOOR_CODE_TEXT];
	size_t n = strspn(code, "0123456789abcdef");
	int64_t at;

	if (n == 0 || n > 15) /* what fits into 60 bits */
		return false;
	at = strtoll(code, NULL, 16);
	door_code(d, at, wanted);
	if (!same(code, strlen(code), wanted))
		return false;
	if (at <= d->opened || at > now_ms || now_ms - at > DOOR_CODE_MS)
		return false;
	d->opened = at;
	return true;
}

void door_set_cookie(const struct door *d, char out[HTTP_COOKIE_MAX])
{
	snprintf(out, HTTP_COOKIE_MAX, "cayda_%d=%s; Path=/; HttpOnly; SameSite=Strict", d->port,
	         d->cookie);
}

/* ---- requests ------------------------------------------------------------------------------------- */

static bool is_ours(const struct door *d, const char *host)
{
	static const char *const names[] = {"127.0.0.1", "localhost", "[::1]"};
	char text[32];
	size_t i;

	for (i = 0; host && i < sizeof names / sizeof *names; i++) {
		snprintf(text, sizeof text, "%s:%d", names[i], d->port);
		if (!strcasecmp(host, text))
			return true;
		if (d->port == 80 && !strcasecmp(host, names[i]))
			return true;
	}
	return false;
}

/* By the proxy, on this machine: only then is what it says of its client looked at. */
static bool is_proxied(const struct door *d, const struct http_request *q)
{
	return q->loopback && d->name && q->host && !strcasecmp(q->host, d->name);
}

bool door_is_net(const struct door *d, const struct http_request *q)
{
	return !q->loopback || is_proxied(d, q);
}

/* Over the network without a proxy only the address itself is a name that nobody can point elsewhere. */
static bool is_here(const struct door *d, const struct http_request *q)
{
	size_t n = strlen(q->here);

	if (!q->host || !n)
		return false;
	if (d->port == 80 && strlen(q->host) == n - 3 && !strncasecmp(q->host, q->here, n - 3))
		return true;
	return !strcasecmp(q->host, q->here);
}

static bool is_read(const char *method)
{
	return !strcmp(method, "GET") || !strcmp(method, "HEAD");
}

/* Which page makes the browser ask. Browsers say Origin with whatever writes, newer ones Sec-Fetch-Site always. */
static bool from_here(const struct http_request *q, const char *scheme)
{
	size_t n = strlen(scheme);
	bool told = false;

	if (q->origin) {
		if (strncmp(q->origin, scheme, n) != 0 || strcasecmp(q->origin + n, q->host))
			return false;
		told = true;
	}
	if (q->site) {
		if (!strcmp(q->site, "none"))
			return is_read(q->method);
		if (strcmp(q->site, "same-origin") != 0)
			return false;
		told = true;
	}
	return told || is_read(q->method);
}

/* RFC 6265 section 4.2.1: calls fn with the values of cookies of that name until it returns true. */
static bool each_cookie(const char *cookies, const char *name,
                        bool (*fn)(void *arg, const char *value, size_t len), void *arg)
{
	size_t n = strlen(name), len;

	for (; cookies && *cookies; cookies += strspn(cookies, "; ")) {
		len = strcspn(cookies, ";");
		if (len > n && !memcmp(cookies, name, n) && cookies[n] == '=' &&
		    fn(arg, cookies + n + 1, len - n - 1))
			return true;
		cookies += len;
	}
	return false;
}

static bool is_right(void *arg, const char *value, size_t len)
{
	const struct door *d = arg;

	return same(value, len, d->cookie);
}

static bool has_cookie(const struct door *d, const char *cookies)
{
	char name[32];

	snprintf(name, sizeof name, "cayda_%d", d->port);
	return each_cookie(cookies, name, is_right, (void *)d);
}

enum door_says door_admits(const struct door *d, const struct http_request *q, bool opening)
{
	bool net = door_is_net(d, q), proxied = is_proxied(d, q);

	if (net ? !proxied && !is_here(d, q) : !is_ours(d, q->host))
		return DOOR_HOST;
	if (proxied && (!q->proto || strcmp(q->proto, "https") != 0))
		return DOOR_PLAIN;
	if (!net && opening && is_read(q->method))
		return DOOR_OPEN;
	if (net && is_read(q->method) && strncmp(q->path, "/api/", 5) != 0)
		return DOOR_OPEN;
	if (!from_here(q, proxied ? "https://" : "http://"))
		return DOOR_FOREIGN;
	return net || has_cookie(d, q->cookie) ? DOOR_OPEN : DOOR_TOKEN;
}

/* ---- over the network --------------------------------------------------------------------------------- */

/* "__Host-" keeps other names of the domain, and plain http, from setting it. */
static const char *login_name(const struct door *d, const struct http_request *q, char out[32])
{
	if (is_proxied(d, q))
		return "__Host-cayda";
	snprintf(out, 32, "cayda_login_%d", d->port);
	return out;
}

static bool take(void *arg, const char *value, size_t len)
{
	if (len != DOOR_TEXT - 1)
		return false;
	memcpy(arg, value, len);
	return true;
}

bool door_token(const struct door *d, const struct http_request *q, char token[DOOR_TEXT])
{
	char name[32];

	memset(token, 0, DOOR_TEXT);
	return each_cookie(q->cookie, login_name(d, q, name), take, token);
}

/* Lax: a view that was sent as a link finds its reader logged in. */
void door_set_login(const struct door *d, const struct http_request *q, const char *token,
                    char out[HTTP_COOKIE_MAX])
{
	char name[32];

	snprintf(out, HTTP_COOKIE_MAX, "%s=%s; Path=/; HttpOnly; SameSite=Lax%s%s",
	         login_name(d, q, name), token ? token : "", is_proxied(d, q) ? "; Secure" : "",
	         token ? "" : "; Max-Age=0");
}

/* ---- the file --------------------------------------------------------------------------------------- */

static int read_hex(const char *text, struct door *out)
{
	size_t i;
	unsigned v;

	for (i = 0; i < DOOR_TOKEN_LEN; i++) {
		if (strspn(text + 2 * i, "0123456789abcdef") < 2)
			return ERR_NOTFOUND;
		sscanf(text + 2 * i, "%2x", &v);
		out->token[i] = (uint8_t)v;
	}
	return strcmp(text + 2 * i, "\n") ? ERR_NOTFOUND : 0;
}

int door_read(const char *home, struct door *out)
{
	char path[4096], text[FILE_MAX] = "";
	int fd, at = 0;
	ssize_t n;

	memset(out, 0, sizeof *out);
	snprintf(path, sizeof path, "%s/" DOOR_FILE, home);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return ERR_NOTFOUND;
	n = read(fd, text, sizeof text - 1);
	close(fd);
	text[n > 0 ? n : 0] = 0;
	if (sscanf(text, "%5d %n", &out->port, &at) != 1 || !at || out->port < 1 ||
	    out->port > 65535)
		return ERR_NOTFOUND;
	return read_hex(text + at, out);
}

/* A new file, never one that somebody may have open. */
int door_write(const char *home, const struct door *d)
{
	char path[4096], text[FILE_MAX];
	int n = snprintf(text, sizeof text, "%d ", d->port), fd;
	bool bad;
	size_t i;

	for (i = 0; i < DOOR_TOKEN_LEN; i++)
		n += snprintf(text + n, sizeof text - (size_t)n, "%02x", d->token[i]);
	n += snprintf(text + n, sizeof text - (size_t)n, "\n");
	snprintf(path, sizeof path, "%s/" DOOR_FILE, home);
	unlink(path);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	bad = fd < 0 || write(fd, text, (size_t)n) != n;
	if (bad)
		err(ERR_IO, "%s: cannot be written: %s", path, file_reason(errno));
	if (fd >= 0)
		close(fd);
	return bad ? ERR_IO : 0;
}

void door_remove(const char *home)
{
	char path[4096];

	snprintf(path, sizeof path, "%s/" DOOR_FILE, home);
	unlink(path);
}
