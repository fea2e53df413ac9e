/* http_door.h - who may look: pure, told the time.
 *
 * Every program of a machine reaches its loopback, and so does every page of a browser. So a request needs
 * the session's token, which stands in a file that only the home's owner reads; it must name this server
 * as its host, or another site's name was pointed at it (DNS rebinding); and it must come from a page of
 * this server, or another site makes the browser ask.
 *
 * `cayda open` makes a code of the token and the time, good once and for DOOR_CODE_MS; the browser changes it for
 * a cookie. A session lasts from the agent's start to its orderly end: after a kill it goes on.
 *
 * What comes over the network, or by a proxy of this machine under its public name, goes another way: the token
 * opens nothing there, accounts do (login.h).
 */
#ifndef AGENT_HTTP_DOOR_H
#define AGENT_HTTP_DOOR_H

#include "agent/http.h"
#include "storage/store.h"

#define DOOR_CODE_MS (2 * 60000)
#define DOOR_TOKEN_LEN 32
#define DOOR_TEXT (2 * HASH_LEN + 1) /* a hash in hexadecimal */
#define DOOR_CODE_TEXT (DOOR_TEXT + 20)
#define DOOR_FILE "web.session" /* in the home, mode 0600: "PORT TOKEN" */

struct door {
	int port;
	uint8_t token[DOOR_TOKEN_LEN];
	char cookie[DOOR_TEXT]; /* its value */
	int64_t opened;         /* the time of the last code that was taken */
	const char *
		name; /* a proxy's public name, with its port unless that is 443; NULL: there is none */
	void (*sha256)(const void *data, size_t len, uint8_t out[HASH_LEN]);
};

/* With port and token set: makes the cookie's value. */
void door_init(struct door *d, const struct store_env *env);

enum door_says {
	DOOR_OPEN,
	DOOR_HOST,    /* it asks for another host than this one: 421 */
	DOOR_FOREIGN, /* another site's page asks: 403 */
	DOOR_TOKEN,   /* it does not have the cookie: 401 */
	DOOR_PLAIN,   /* it came to the public name, but not by https: 403 */
	DOOR_LOGIN    /* nobody is logged in: 401 */
};
/* Does it come over the network, itself or by the proxy? Nothing that it says makes it less. */
bool door_is_net(const struct door *d, const struct http_request *q);
/* May this request be answered? opening: it brings a code, and may come from anywhere. Over the network DOOR_OPEN says
 * nothing of who asks; pages, unlike what they ask for, may be linked to there. */
enum door_says door_admits(const struct door *d, const struct http_request *q, bool opening);
/* A code of now_ms (CLOCK_BOOTTIME: one clock for all of a machine's programs). */
void door_code(const struct door *d, int64_t now_ms, char out[DOOR_CODE_TEXT]);
/* True once for each code, and for none that is older than one taken before. */
bool door_takes(struct door *d, const char *code, int64_t now_ms);
/* The header that hands the cookie out. */
void door_set_cookie(const struct door *d, char out[HTTP_COOKIE_MAX]);
/* Over the network: the cookie's value, false without one; and the header that hands it out, token NULL takes it back. */
bool door_token(const struct door *d, const struct http_request *q, char token[DOOR_TEXT]);
void door_set_login(const struct door *d, const struct http_request *q, const char *token,
                    char out[HTTP_COOKIE_MAX]);
int64_t door_now_ms(void);

/* The file of a home. ERR_NOTFOUND without text: none, or not one of ours. */
int door_read(const char *home, struct door *out);
int door_write(const char *home, const struct door *d);
void door_remove(const char *home);

#endif
