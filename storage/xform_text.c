/* xform_text.c - an XForm's paths and texts in the words of an XLSForm. */
#include "storage/csv.h"
#include "storage/xform_in.h"

#include <string.h>

static bool in_path(char c)
{
	return c && (strchr("/_.-", c) || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	             (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80);
}

static char last_of(const struct buf *out, size_t from)
{
	size_t i = out->len;

	while (i > from && out->data[i - 1] == ' ')
		i--;
	return i > from ? (char)out->data[i - 1] : 0;
}

/* Does a path to a question begin here? Not behind a name, a call or a condition. */
static size_t path_at(const char *p, const struct buf *out, size_t from)
{
	static const char here[] = "current()";
	char before = out->len > from ? (char)out->data[out->len - 1] : 0;
	char last = last_of(out, from);
	size_t n = 0;

	if (in_path(before))
		return 0;
	if (!strncmp(p, here, sizeof here - 1))
		n = sizeof here - 1;
	else if (*p == '/' ? last == ')' || last == ']' : *p != '.')
		return 0;
	while (in_path(p[n]))
		n++;
	return n;
}

/* The last step of a path: a question's name, which is the form's only one; 0 when it has none. */
static size_t step_len(const char *path, size_t n)
{
	size_t len = 0;

	while (len < n && path[n - len - 1] != '/')
		len++;
	if (len == n || !len || path[n - len] == '.' ||
	    (path[n - len] >= '0' && path[n - len] <= '9'))
		return 0;
	return len;
}

void xform_expression(const char *expr, struct buf *out)
{
	size_t from = out->len, n, len;
	const char *p = expr + strspn(expr, " \t\r\n"), *end;

	while (*p) {
		if (*p == '\'' || *p == '"') {
			end = strchr(p + 1, *p);
			n = end ? (size_t)(end - p) + 1 : strlen(p);
			buf_add(out, p, n);
			p += n;
			continue;
		}
		n = path_at(p, out, from);
		len = n ? step_len(p, n) : 0;
		if (len) { /* with a blank on either side, by whoever wrote the XForm */
			if (out->len > from && out->data[out->len - 1] == ' ')
				out->len--;
			buf_str(out, "${");
			buf_add(out, p + n - len, len);
			buf_str(out, "}");
			p += n + (p[n] == ' ');
			continue;
		}
		n = n ? n : 1;
		buf_add(out, p, n);
		p += n;
	}
	while (out->len > from && out->data[out->len - 1] == ' ')
		out->len--;
}

/* Text in which <output value="path"/> stands for an answer. */
static const char *mixed(struct xform *x, const struct xml_node *n)
{
	const struct xml_node *in = n->first;
	const char *p;

	buf_reset(&x->more);
	for (p = n->text; *p; p++) {
		if (*p != XML_MARK) {
			buf_u8(&x->more, (unsigned char)*p);
			continue;
		}
		if (in && !strcmp(in->name, "output"))
			xform_expression(*xml_get(in, "value") ? xml_get(in, "value")
			                                       : xml_get(in, "ref"),
			                 &x->more);
		in = in ? in->next : NULL;
	}
	return buf_cstr(&x->more);
}

/* The id in jr:itext('id'); false when it is another thing. */
static bool itext_id(const char *value, struct buf *out)
{
	size_t n;

	value += strspn(value, " ");
	if (strncmp(value, "jr:itext(", 9))
		return false;
	value += 9;
	value += strspn(value, " ");
	if (*value != '\'' && *value != '"')
		return false;
	n = strcspn(value + 1, "'\"");
	buf_reset(out);
	buf_add(out, value + 1, n);
	return true;
}

static const char *translated(struct xform *x, const char *id, size_t lang)
{
	const struct xform_entry *e = lang ? xform_find(x, XFORM_TEXT, id, lang) : NULL;
	const char *text = e ? mixed(x, e->node) : "";

	return strcmp(text, "-") != 0 ? text : ""; /* as pyxform writes what is not translated */
}

const char *xform_attr_text(struct xform *x, const char *value, size_t lang)
{
	struct buf id = {0};
	const char *text = lang ? "" : value;

	if (itext_id(value, &id))
		text = translated(x, buf_cstr(&id), lang);
	buf_release(&id);
	return text;
}

const char *xform_text(struct xform *x, const struct xml_node *n, size_t lang)
{
	if (!n)
		return "";
	if (*xml_get(n, "ref"))
		return xform_attr_text(x, xml_get(n, "ref"), lang);
	return lang ? "" : mixed(x, n);
}

void xform_header(struct xform *x, const char *base, struct buf *out)
{
	size_t i;

	for (i = 0; i < x->nlang; i++) {
		buf_reset(&x->more);
		buf_printf(&x->more, "%s%s%s", base, *x->lang[i] ? "::" : "", x->lang[i]);
		buf_str(out, ",");
		csv_put(out, buf_cstr(&x->more));
	}
}
