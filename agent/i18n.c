/* i18n.c - finds a text in the catalogue of the user's language. */
#include "agent/i18n.h"

#include "storage/embed.h"
#include "storage/err.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define MO_MAGIC 0x950412deU
#define MO_HEADER 20 /* bytes up to the offset of the translations' table */

static const struct embed_file *catalogue; /* NULL: msgids as they are */
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
		text = i18n_lookup(catalogue->data, catalogue->len, msgid);
	return text && *text ? text : msgid;
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
	const struct embed_file *f;

	if (!lang)
		lang = from_environment();
	if (strcmp(lang, "vi") != 0 && strcmp(lang, "en") != 0)
		return err(ERR_BAD, "language %s is not known: vi or en", lang);
	language = *lang == 'v' ? "vi" : "en";
	catalogue = NULL;
	for (f = embed_po; f->name && *language == 'v'; f++) {
		if (strcmp(f->name, "vi.mo") == 0)
			catalogue = f;
	}
	err_translate = i18n_text;
	return 0;
}

const char *i18n_lang(void)
{
	return language;
}
