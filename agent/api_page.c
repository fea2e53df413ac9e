/* api_page.c - the status page: what this node is and how its sync goes, without a script. */
#include "agent/api_in.h"

#include "agent/i18n.h"
#include "agent/status.h"

#include <string.h>

int api_page_style(struct call *c)
{
	c->r->type = "text/css; charset=utf-8";
	fputs("body{font:1.1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:0 auto;padding:1rem;"
	      "color:#1b1b1b;background:#fff}\n"
	      "h1{font-size:1.4rem}\n"
	      "table{border-collapse:collapse;width:100%}\n"
	      "th,td{text-align:left;padding:.5rem .25rem;border-bottom:1px solid #ccc;"
	      "vertical-align:top}\n"
	      "th{font-weight:normal;color:#555;width:45%}\n"
	      ".bad{color:#9b1c1c}\n"
	      ".bad{font-weight:bold}\n"
	      "label{display:block;margin-top:1rem}\n"
	      "input,button{font:inherit;box-sizing:border-box;width:100%;min-height:3rem;"
	      "padding:.5rem .75rem;border:1px solid #767676;border-radius:.3rem}\n"
	      "button{margin-top:1.5rem;border:0;color:#fff;background:#1c6b3a}\n"
	      "code{background:#eee;padding:.1rem .3rem}\n"
	      "@media(prefers-color-scheme:dark){body{color:#eee;background:#151515}th{color:#aaa}"
	      ".bad{color:#ff9b9b}code{background:#333}}\n",
	      c->r->out);
	return 0;
}

/* ---- HTML --------------------------------------------------------------------------------------------- */

static void text(FILE *f, const char *s)
{
	for (; *s; s++) {
		const char *as = *s == '<'   ? "&lt;"
		                 : *s == '>' ? "&gt;"
		                 : *s == '&' ? "&amp;"
		                 : *s == '"' ? "&quot;"
		                             : NULL;

		if (as)
			fputs(as, f);
		else
			fputc(*s, f);
	}
}

static void begin(struct call *c, const char *title, const char *head)
{
	FILE *f = c->r->out;

	c->r->type = "text/html; charset=utf-8";
	fprintf(f,
	        "<!doctype html>\n<html lang=\"%s\"><head><meta charset=\"utf-8\">\n"
	        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n%s"
	        "<link rel=\"stylesheet\" href=\"/style.css\"><title>",
	        i18n_lang(), head);
	text(f, title);
	fputs("</title></head>\n<body><main><h1>", f);
	text(f, title);
	fputs("</h1>\n", f);
}

static void end(struct call *c)
{
	fputs("</main></body></html>\n", c->r->out);
}

static void paragraph(struct call *c, const char *line)
{
	fputs("<p>", c->r->out);
	text(c->r->out, line);
	fputs("</p>\n", c->r->out);
}

static void row(struct call *c, const char *label, const char *value)
{
	FILE *f = c->r->out;

	fputs("<tr><th scope=\"row\">", f);
	text(f, label);
	fputs("</th><td>", f);
	text(f, value && *value ? value : "-");
	fputs("</td></tr>\n", f);
}

/* ---- who may not see the pages, and who just may -------------------------------------------------------- */

void api_page_closed(struct call *c)
{
	c->r->status = 401;
	begin(c, "Cây Đa", "");
	paragraph(c, _("Only you may see this, so the pages are opened by the program: type"));
	fputs("<p><code>cayda open</code></p>\n", c->r->out);
	paragraph(c, _("An address is good once and for two minutes."));
	end(c);
}

/* The address with its code does not stay in the bar, and the next request is this page's own. */
void api_page_opened(struct call *c)
{
	begin(c, "Cây Đa", "<meta http-equiv=\"refresh\" content=\"0;url=/\">\n");
	fputs("<p><a href=\"/\">", c->r->out);
	text(c->r->out, _("Go on"));
	fputs("</a></p>\n", c->r->out);
	end(c);
}

void api_page_login(struct call *c, unsigned status, const char *wrong)
{
	FILE *f = c->r->out;

	c->r->status = status;
	begin(c, "Cây Đa", "");
	if (wrong) {
		fputs("<p class=\"bad\" role=\"alert\">", f);
		text(f, wrong);
		fputs("</p>\n", f);
	}
	fputs("<form method=\"post\"><label for=\"name\">", f);
	text(f, _("Account"));
	fputs("</label><input id=\"name\" name=\"name\" autocomplete=\"username\" "
	      "autocapitalize=\"none\" spellcheck=\"false\" maxlength=\"40\" required autofocus>\n"
	      "<label for=\"password\">",
	      f);
	text(f, _("Password"));
	fputs("</label><input id=\"password\" name=\"password\" type=\"password\" "
	      "autocomplete=\"current-password\" required>\n<button>",
	      f);
	text(f, _("Log in"));
	fputs("</button></form>\n", f);
	paragraph(
		c,
		_("No account, or the password is forgotten? Ask whoever looks after this machine."));
	end(c);
}

/* ---- the status page -------------------------------------------------------------------------------------- */

static void sync_rows(struct call *c)
{
	const struct api_sync *y = &c->a->sync;
	char when[FMT], bytes[2][FMT], line[80];

	if (y->busy && y->total) {
		snprintf(line, sizeof line, _("under way: %s of %s"),
		         fmt_bytes((int64_t)y->done, bytes[0]),
		         fmt_bytes((int64_t)y->total, bytes[1]));
		row(c, _("sync"), line);
	} else if (y->busy || y->wanted) {
		row(c, _("sync"), _("under way"));
	} else {
		row(c, _("last sync"), y->ended_ms ? fmt_time(y->ended_ms, when) : _("none yet"));
	}
}

int api_page_status(struct call *c)
{
	const struct self *self = &c->ctx->s->self;
	struct status st;
	char n[FMT], line[512];
	int rc = status_gather(c->ctx, &st);

	if (rc)
		return rc;
	begin(c, "Cây Đa", "");
	if (c->a->sync.rc < 0 && !c->a->sync.busy) {
		fputs("<p class=\"bad\">", c->r->out);
		text(c->r->out, _("The last sync failed:"));
		fputs(" ", c->r->out);
		text(c->r->out, c->a->sync.error);
		fputs("</p>\n", c->r->out);
	}
	fputs("<table>\n", c->r->out);
	snprintf(line, sizeof line, "%s, %s (%s)", st.node, self->name, status_role(self->role));
	row(c, _("node"), line);
	snprintf(line, sizeof line, "%s (%s)", st.unit.name, st.unit.code);
	row(c, _("place"), line);
	row(c, _("records made here"), fmt_int(st.records.made, n));
	if (self->role != ROLE_ROOT) {
		row(c, _("of them only here"), fmt_int(st.records.made - st.records.at_parent, n));
		row(c, _("of them at the root"), fmt_int(st.records.at_root, n));
	}
	row(c, _("saved since the last sync"), fmt_int(st.pending, n));
	if (self->role != ROLE_ROOT)
		sync_rows(c);
	fputs("</table>\n", c->r->out);
	end(c);
	return 0;
}
