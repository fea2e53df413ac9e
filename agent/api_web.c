/* api_web.c - the files that the pages are made of: embedded, gzipped, known to a browser by their hash. */
#include "agent/api_in.h"

#include "storage/embed.h"

#include <string.h>
#include <strings.h>

#define INDEX "index.html"

static const struct embed_file *find(const char *name)
{
	const struct embed_file *f;

	for (f = embed_web; f->name; f++)
		if (!strcmp(f->name, name))
			return f;
	return NULL;
}

bool api_web_public(const char *path)
{
	return *path == '/' && strcmp(path + 1, INDEX) != 0 && find(path + 1);
}

static const char *type_of(const char *name)
{
	static const char *const types[][2] = {
		{".html", "text/html; charset=utf-8"},
		{".js", "text/javascript; charset=utf-8"},
		{".css", "text/css; charset=utf-8"},
		{".svg", "image/svg+xml"},
		{".png", "image/png"},
		{".webmanifest", "application/manifest+json"},
	};
	const char *dot = strrchr(name, '.');
	size_t i;

	for (i = 0; dot && i < sizeof types / sizeof *types; i++)
		if (!strcmp(dot, types[i][0]))
			return types[i][1];
	return "text/plain; charset=utf-8";
}

/* RFC 9110 section 12.5.3: whoever says nothing takes anything. */
static bool takes_gzip(const char *encoding)
{
	const char *p = encoding ? strcasestr(encoding, "gzip") : NULL;

	if (encoding && !p)
		p = strchr(encoding, '*');
	if (!p)
		return !encoding;
	p += strcspn(p, ",;");
	return strncasecmp(p, ";q=0", 4) != 0 || strcspn(p + 4, "123456789") < strcspn(p + 4, ",");
}

bool api_known(struct call *c, const void *data, size_t len)
{
	uint8_t hash[HASH_LEN];
	struct http_reply *r = c->r;
	int i;

	c->a->door.sha256(data, len, hash);
	strcpy(r->tag, "\"");
	for (i = 0; i < 16; i++)
		snprintf(r->tag + 1 + 2 * i, 4, "%02x\"", hash[i]);
	if (!c->q->known || !strstr(c->q->known, r->tag))
		return false;
	r->status = 304;
	return true;
}

int api_web(struct call *c)
{
	const char *path = c->q->path + 1;
	const struct embed_file *f = find(*path ? path : INDEX);
	struct http_reply *r = c->r;

	if (!f)
		return err(ERR_NOTFOUND, "there is nothing here");
	if (!takes_gzip(c->q->encoding)) {
		r->status = 406;
		r->type = "text/plain; charset=utf-8";
		fputs("These files are kept gzipped: ask with Accept-Encoding: gzip\n", r->out);
		return 0;
	}
	api_known(c, f->data, f->len);
	r->type = type_of(f->name);
	r->asset = f;
	return 0;
}
