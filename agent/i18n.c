/* i18n.c - finds a text in the catalogue of the user's language. */
#include "agent/i18n.h"

#include "storage/embed.h"
#include "storage/err.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define MO_MAGIC 0x950412deU
#define MO_HEADER 20 /* bytes up to the offset of the translations' table */

#define UNPACKED_MAX (1024 * 1024) /* bytes of a catalogue: several times ours */
#define GZIP_WINDOW (15 + 16)      /* zlib.h, inflateInit2(): a gzip header is expected */

static struct catalogue {
	unsigned char *mo; /* NULL: msgids as they are */
	size_t len;
} vietnamese;
static const struct catalogue *catalogue; /* NULL: msgids as they are */
static const char *language = "en";

static uint32_t word(const uint8_t *mo, size_t at, bool big)
{
	const uint8_t *p = mo + at;

	if (big)
		return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
	return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

/* The i-th string of the table at `table`, or NULL when it does not lie inside mo. */
static const char *string_at(const uint8_t *mo, size_t len, size_t table, size_t i, bool big)
{
	size_t at = table + i * 8;
	size_t n, from;

	if (table > len || i > (len - table) / 8 || len - at < 8)
		return NULL;
	n = word(mo, at, big);
	from = word(mo, at + 4, big);
	if (from >= len || n >= len - from || mo[from + n] != 0)
		return NULL;
	return (const char *)mo + from;
}

const char *i18n_lookup(const void *data, size_t len, const char *msgid)
{
	const uint8_t *mo = data;
	size_t lo = 0, hi, ids, texts;
	bool big;

	if (len < MO_HEADER)
		return NULL;
	big = word(mo, 0, false) != MO_MAGIC;
	if (word(mo, 0, big) != MO_MAGIC)
		return NULL;
	hi = word(mo, 8, big);
	ids = word(mo, 12, big);
	texts = word(mo, 16, big);
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		const char *id = string_at(mo, len, ids, mid, big);
		int order = id ? strcmp(msgid, id) : 0;

		if (!id)
			return NULL;
		if (order == 0)
			return string_at(mo, len, texts, mid, big);
		if (order < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return NULL;
}

const char *i18n_text(const char *msgid)
{
	const char *text = NULL;

	/* the empty msgid is the catalogue's own header */
	if (catalogue && *msgid)
		text = i18n_lookup(catalogue->mo, catalogue->len, msgid);
	return text && *text ? text : msgid;
}

/* Once for the life of the process. Without memory the msgids stand, which are English. */
static void unpack(const char *name, struct catalogue *out)
{
	const struct embed_file *f = embed_po;
	z_stream z = {0};
	void *fit;

	while (f->name && strcmp(f->name, name) != 0)
		f++;
	out->mo = f->name ? malloc(UNPACKED_MAX) : NULL;
	if (!out->mo)
		return;
	z.next_in = (Bytef *)(uintptr_t)f->data; /* zlib only reads it */
	z.avail_in = (uInt)f->len;
	z.next_out = out->mo;
	z.avail_out = UNPACKED_MAX;
	if (inflateInit2(&z, GZIP_WINDOW) == Z_OK && inflate(&z, Z_FINISH) == Z_STREAM_END)
		out->len = z.total_out;
	inflateEnd(&z);
	if (out->len && (fit = realloc(out->mo, out->len)))
		out->mo = fit;
}

static const char *from_environment(void)
{
	static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
	size_t i;

	for (i = 0; i < sizeof names / sizeof *names; i++) {
		const char *v = getenv(names[i]);

		if (v && *v)
			return strncmp(v, "vi", 2) == 0 ? "vi" : "en";
	}
	return "en";
}

int i18n_set(const char *lang)
{
	if (!lang)
		lang = from_environment();
	if (strcmp(lang, "vi") != 0 && strcmp(lang, "en") != 0)
		return err(ERR_BAD, "language %s is not known: vi or en", lang);
	language = *lang == 'v' ? "vi" : "en";
	if (*language == 'v' && !vietnamese.mo)
		unpack("vi.mo.gz", &vietnamese);
	catalogue = *language == 'v' && vietnamese.mo ? &vietnamese : NULL;
	err_translate = i18n_text;
	return 0;
}

const char *i18n_lang(void)
{
	return language;
}
