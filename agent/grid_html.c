/* grid_html.c - a report as one page that stands by itself: no script, nothing from a network.
 *
 * It is read on a screen and printed on A4: column titles on every sheet, no row cut in two, lying when there
 * are many columns. For those who hear it: a language, a caption, cells that say of which row and column they
 * are; the chart is a table too, its bars are only for the eye. HTML that is XML as well.
 */
#include "agent/grid_writer.h"
#include "agent/i18n.h"
#include "storage/err.h"
#include "storage/text.h"
#include "storage/xml.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LYING 7  /* columns beyond which a sheet of A4 lies */
#define CODE 16  /* letters of a code, which is not broken into lines */
#define SMALL 11 /* and beyond which letters are small */

struct bar {
	size_t label, shown; /* in page.text */
	double value, target;
};

struct page {
	struct buf out;
	/* what the chart shows, kept until the table is written */
	struct buf text;
	struct bar bar[GRID_CHART_ROWS];
	size_t n;
};

static const char style[] =
	"body{font:16px/1.4 system-ui,'Segoe UI',Roboto,'Noto Sans',sans-serif;color:#111;background:#fff;"
	"margin:1.5rem auto;padding:0 1rem;max-width:80rem}"
	"h1{font-size:1.4em;margin:0 0 .4em}"
	"p{margin:.1em 0;color:#333}"
	"table{border-collapse:collapse;width:100%;margin-top:1em}"
	"caption{text-align:left;font-weight:bold;padding:.4em 0}"
	".unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}"
	"th,td{padding:.25em .5em;text-align:left;vertical-align:top;border-bottom:1px solid #ccc;"
	"overflow-wrap:break-word}"
	"tbody th{font-weight:normal}.c{white-space:nowrap}"
	"thead th{background:#e3eee8;border-bottom:2px solid #2e7d5b;vertical-align:bottom}"
	".n{text-align:right;font-variant-numeric:tabular-nums}"
	"small{color:#444;white-space:nowrap;font-size:.85em}"
	".bars{margin-top:2em;max-width:60rem}"
	".bars th:first-child{width:30%}.bars .n{width:6em}"
	"svg{display:block;width:100%;height:1.1em}"
	"thead svg{display:inline;width:1em;height:.8em}"
	".bar{fill:#2e7d5b}.target{stroke:#b3261e;stroke-width:3;vector-effect:non-scaling-stroke}"
	"@media print{body{margin:0;padding:0;max-width:none}"
	"thead{display:table-header-group}tr{break-inside:avoid}"
	"h1,caption{break-after:avoid}"
	"*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}";

static int flush(struct grid *g)
{
	struct page *p = g->state;

	if (p->out.err || p->text.err)
		return err(ERR_NOMEM, "out of memory");
	fwrite(p->out.data, 1, p->out.len, g->f);
	buf_reset(&p->out);
	return 0;
}

/* An element with text, and attributes that are ours. */
static void element(struct buf *out, const char *tag, const char *attributes, const char *text)
{
	buf_printf(out, "<%s%s>", tag, attributes);
	xml_put(out, text);
	buf_printf(out, "</%s>", tag);
}

/* ---- the table -------------------------------------------------------------------------------- */

static void put_style(struct grid *g, struct buf *out)
{
	buf_printf(out,
	           "<style>%s@page{size:A4%s;margin:15mm 12mm 16mm;"
	           "@bottom-right{content:counter(page) \" / \" counter(pages);font-size:9pt}}"
	           "@media print{body{font-size:%s}}</style>\n",
	           style, g->ncolumn > LYING ? " landscape" : "",
	           g->ncolumn > SMALL ? "7.5pt" : "9.5pt");
}

static int open_page(struct grid *g)
{
	struct page *p = calloc(1, sizeof *p);
	struct buf *out;
	size_t i;

	g->state = p;
	if (!p)
		return err(ERR_NOMEM, "out of memory");
	out = &p->out;
	buf_printf(out,
	           "<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"%s\">\n"
	           "<head><meta charset=\"utf-8\"/>"
	           "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>"
	           "<meta http-equiv=\"Content-Security-Policy\" "
	           "content=\"default-src 'none'; style-src 'unsafe-inline'\"/>\n",
	           i18n_lang());
	element(out, "title", "", g->title);
	buf_u8(out, '\n');
	put_style(g, out);
	buf_str(out, "</head>\n<body><main>\n");
	element(out, "h1", "", g->title);
	for (i = 0; i < g->nnote; i++) {
		buf_u8(out, '\n');
		element(out, "p", "", g->note[i]);
	}
	buf_str(out, "\n<table>");
	element(out, "caption", " class=\"unseen\"", g->title);
	buf_str(out, "\n<thead><tr>");
	for (i = 0; i < g->ncolumn; i++)
		element(out, "th",
		        grid_numeric(g->column[i].type) ? " scope=\"col\" class=\"n\""
		                                        : " scope=\"col\"",
		        g->column[i].title);
	buf_str(out, "</tr></thead>\n<tbody>\n");
	return flush(g);
}

/* A number as it is shown, which is not to be broken in two: 81,4 %. */
static void put_number(struct buf *out, const char *text)
{
	for (; *text; text++)
		if (*text == ' ')
			buf_str(out, "&#160;");
		else
			buf_u8(out, (unsigned char)*text);
}

static const char *row_header(const char *text)
{
	return text_width(text) > CODE ? " scope=\"row\"" : " scope=\"row\" class=\"c\"";
}

static void put_cell(struct buf *out, const struct grid_cell *c, bool header)
{
	char text[GRID_COUNTS];

	if (c->none) {
		buf_str(out, "<td></td>");
	} else if (!grid_numeric(c->type)) {
		element(out, header ? "th" : "td", header ? row_header(c->text) : "", c->text);
	} else {
		buf_str(out, "<td class=\"n\">");
		put_number(out, grid_cell_text(c, text));
		if (c->type == GRID_SHARE) {
			buf_u8(out, ' ');
			element(out, "small", "", grid_counts_text(c, text));
		}
		buf_str(out, "</td>");
	}
}

static void keep_bar(struct grid *g, struct page *p)
{
	struct bar *bar = &p->bar[p->n++];
	const struct grid_cell *value = &g->cell[g->chart.value];
	char text[FMT];

	bar->label = p->text.len;
	buf_str(&p->text, grid_cell_text(&g->cell[g->chart.label], text));
	buf_u8(&p->text, 0);
	bar->shown = p->text.len;
	buf_str(&p->text, grid_cell_text(value, text));
	buf_u8(&p->text, 0);
	bar->value = grid_cell_value(value);
	bar->target = g->chart.target == GRID_NONE ? NAN
	                                           : grid_cell_value(&g->cell[g->chart.target]);
}

static int put_row(struct grid *g)
{
	struct page *p = g->state;
	size_t i;

	buf_str(&p->out, "<tr>");
	for (i = 0; i < g->ncolumn; i++)
		put_cell(&p->out, &g->cell[i], i == 0);
	buf_str(&p->out, "</tr>\n");
	if (g->chart.title && p->n < GRID_CHART_ROWS)
		keep_bar(g, p);
	return flush(g);
}

/* ---- the chart --------------------------------------------------------------------------------- */

struct scale {
	double low, high;
};

static void widen(struct scale *s, double v)
{
	if (v < s->low)
		s->low = v;
	if (v > s->high)
		s->high = v;
}

/* From 0 to 100, on which the bars of shares end when they are whole. */
static double place(const struct scale *s, double v)
{
	return s->high > s->low ? (v - s->low) / (s->high - s->low) * 100 : 0;
}

static struct scale scale_of(const struct grid *g, const struct page *p)
{
	enum grid_type type = g->column[g->chart.value].type;
	struct scale s = {.high = type == GRID_SHARE || type == GRID_PERCENT};
	size_t i;

	for (i = 0; i < p->n; i++) {
		widen(&s, p->bar[i].value); /* NAN widens nothing */
		widen(&s, p->bar[i].target);
	}
	return s;
}

static void put_bar(struct page *p, const struct bar *bar, const struct scale *s)
{
	const char *text = (const char *)p->text.data;
	double zero = place(s, 0), end = place(s, bar->value), at = place(s, bar->target);
	struct buf *out = &p->out;

	buf_str(out, "<tr>");
	element(out, "th", " scope=\"row\"", text + bar->label);
	buf_str(out, "<td><svg viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\" "
	             "aria-hidden=\"true\">");
	if (isfinite(end))
		buf_printf(out,
		           "<rect class=\"bar\" x=\"%.2f\" y=\"1\" width=\"%.2f\" height=\"8\"/>",
		           fmin(zero, end), fabs(end - zero));
	if (isfinite(at))
		buf_printf(out,
		           "<line class=\"target\" x1=\"%.2f\" y1=\"0\" x2=\"%.2f\" y2=\"10\"/>",
		           at, at);
	buf_str(out, "</svg></td><td class=\"n\">");
	put_number(out, text + bar->shown);
	buf_str(out, "</td></tr>\n");
}

static int put_chart(struct grid *g, struct page *p)
{
	struct scale s = scale_of(g, p);
	struct buf *out = &p->out;
	char a[FMT];
	size_t i;

	buf_str(out, "<table class=\"bars\">");
	element(out, "caption", "", g->chart.title);
	buf_str(out, "\n<thead><tr>");
	element(out, "th", " scope=\"col\"", g->column[g->chart.label].title);
	buf_str(out, "<th scope=\"col\"><svg viewBox=\"0 0 10 8\" aria-hidden=\"true\">"
	             "<rect class=\"bar\" width=\"10\" height=\"8\"/></svg> ");
	xml_put(out, g->column[g->chart.value].title);
	if (g->chart.target != GRID_NONE) {
		buf_str(out, " &#160; <svg viewBox=\"0 0 10 8\" aria-hidden=\"true\"><line "
		             "class=\"target\" x1=\"5\" y1=\"0\" x2=\"5\" y2=\"8\"/></svg> ");
		xml_put(out, g->column[g->chart.target].title);
	}
	buf_str(out, "</th>");
	element(out, "th", " scope=\"col\" class=\"n\"", g->column[g->chart.value].title);
	buf_str(out, "</tr></thead>\n<tbody>\n");
	for (i = 0; i < p->n; i++)
		put_bar(p, &p->bar[i], &s);
	buf_str(out, "</tbody></table>\n");
	if (g->rows > p->n) {
		buf_str(out, "<p>");
		buf_printf(out, _("The chart shows the first %s rows."), fmt_int((int64_t)p->n, a));
		buf_str(out, "</p>\n");
	}
	return flush(g);
}

static int close_page(struct grid *g)
{
	struct page *p = g->state;
	int rc = 0;

	buf_str(&p->out, "</tbody></table>\n");
	if (!g->rows)
		element(&p->out, "p", "", g->empty ? g->empty : _("nothing recorded yet"));
	if (g->chart.title && p->n)
		rc = put_chart(g, p);
	buf_str(&p->out, "</main></body></html>\n");
	return rc ? rc : flush(g);
}

static void drop_page(struct grid *g)
{
	struct page *p = g->state;

	if (!p)
		return;
	buf_release(&p->out);
	buf_release(&p->text);
	free(p);
}

const struct grid_writer grid_html = {.name = "html",
                                      .open = open_page,
                                      .row = put_row,
                                      .close = close_page,
                                      .drop = drop_page};
