/* indicator_export.c - indicators, targets and weights as the CSV files that set them. */
#include "storage/csv.h"
#include "storage/db.h"
#include "storage/err.h"
#include "storage/form_draft.h"
#include "storage/indicator.h"

#include <stdlib.h>
#include <string.h>

struct languages {
	char *lang[INDICATOR_LANGUAGES]; /* owned */
	size_t n;
};

static int add_languages(void *arg, const struct indicator *i)
{
	struct languages *l = arg;
	struct buf lang = {0}, text = {0};
	size_t pos = 0, k;
	int rc = 0;

	while (!rc && form_label_next(i->label, &pos, &lang, &text)) {
		for (k = 0; k < l->n && strcmp(l->lang[k], buf_cstr(&lang)); k++)
			;
		if (k < l->n || k == INDICATOR_LANGUAGES)
			continue;
		l->lang[l->n] = strdup(buf_cstr(&lang));
		if (!l->lang[l->n++])
			rc = err(ERR_NOMEM, "out of memory");
	}
	buf_release(&lang);
	buf_release(&text);
	return rc;
}

static void put_label(struct buf *out, const char *label, const char *lang)
{
	struct buf key = {0}, text = {0};
	size_t pos = 0;

	while (form_label_next(label, &pos, &key, &text)) {
		if (strcmp(buf_cstr(&key), lang) != 0)
			continue;
		csv_put(out, buf_cstr(&text));
		break;
	}
	buf_release(&key);
	buf_release(&text);
}

/* All columns of all rows. label: the column that is an object of l, or -1. */
static int put_rows(struct store *s, const char *sql, int label, const struct languages *l,
                    struct buf *out)
{
	sqlite3_stmt *st;
	const char *cell;
	size_t k;
	int rc = db_prepare(s, sql, &st), i;

	while (!rc && (rc = db_step(s, st)) == 1) {
		for (i = 0; i < sqlite3_column_count(st); i++) {
			cell = (const char *)sqlite3_column_text(st, i);
			if (i)
				buf_u8(out, ',');
			if (i != label)
				csv_put(out, cell ? cell : "");
			for (k = 0; i == label && k < l->n; k++) {
				if (k)
					buf_u8(out, ',');
				put_label(out, cell ? cell : "", l->lang[k]);
			}
		}
		buf_u8(out, '\n');
		rc = out->err;
	}
	sqlite3_finalize(st);
	return rc;
}

/* "label::Vietnamese (vi)", as the forms have it. */
static void put_language(struct buf *out, const char *lang)
{
	const char *name = !strcmp(lang, "vi")   ? "Vietnamese"
	                   : !strcmp(lang, "en") ? "English"
	                                         : "";

	if (*name)
		buf_printf(out, ",label::%s (%s)", name, lang);
	else
		buf_printf(out, *lang ? ",label::%s" : ",label", lang);
}

int indicator_export(struct store *s, struct buf *indicators, struct buf *targets,
                     struct buf *weights)
{
	struct languages l = {.n = 0};
	size_t k;
	int rc = indicator_each(s, add_languages, &l);

	buf_str(indicators, "code,order");
	for (k = 0; k < l.n; k++)
		put_language(indicators, l.lang[k]);
	buf_str(indicators, ",form,latest_by,numerator,denominator,counts,direction\n");
	if (!rc && l.n)
		rc = put_rows(s,
		              "SELECT code, ord, label, form, latest_by, numerator, denominator,"
		              " counts, direction FROM indicator ORDER BY ord, code",
		              2, &l, indicators);
	else if (!rc)
		rc = put_rows(s,
		              "SELECT code, ord, form, latest_by, numerator, denominator, counts,"
		              " direction FROM indicator ORDER BY ord, code",
		              -1, &l, indicators);
	buf_str(targets, "indicator,unit_code,year,share,document\n");
	if (!rc)
		rc = put_rows(s,
		              "SELECT i.code, CASE WHEN u.parent IS NULL THEN '' ELSE u.code END,"
		              " t.year, t.share, t.document FROM target t JOIN indicator i"
		              " ON i.id = t.indicator LEFT JOIN unit u ON u.id = t.unit"
		              " ORDER BY i.ord, i.code, t.year, u.code, t.id",
		              -1, &l, targets);
	buf_str(weights, "indicator,weight\n");
	if (!rc)
		rc = put_rows(s,
		              "SELECT i.code, w.weight FROM weight w JOIN indicator i"
		              " ON i.id = w.indicator ORDER BY i.ord, i.code, w.id",
		              -1, &l, weights);
	for (k = 0; k < l.n; k++)
		free(l.lang[k]);
	return rc;
}
