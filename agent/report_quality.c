/* report_quality.c - records that somebody should look at again, and why. */
#include "agent/file.h"
#include "agent/i18n.h"
#include "agent/out.h"
#include "agent/report.h"
#include "storage/err.h"
#include "storage/form.h"
#include "storage/quality.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FINDINGS_MAX 20000 /* listed; more than anybody looks at, and about 8 MB */
#define CELLS 8

/* For programs the check's name; what people read is why. */
static const struct check {
	const char *name, *title; /* title: msgid, with how many were found and looked at */
} checks[QUALITY_KINDS] = {
	[QUALITY_OUTLIER] = {"outlier",
                             N_("Numbers far from the others of their commune: %s of %s")},
	[QUALITY_IMPOSSIBLE] = {"impossible",
                                N_("Records against the form's rules of today: %s of %s")},
	[QUALITY_UNVISITED] = {"unvisited",
                               N_("Households that nobody visited for a year: %s of %s")},
	[QUALITY_UNVARYING] = {"unvarying",
                               N_("Answers that one enumerator never varies: %s of %s")},
	[QUALITY_FAST] = {"fast", N_("Visits less than a minute after the one before: %s of %s")},
	[QUALITY_PLACE] = {"place", N_("Places that are not in their unit: %s of %s")},
};

struct report_quality {
	struct report *r;
	struct buf cells; /* CELLS texts a finding, a NUL after each */
	int64_t found[QUALITY_KINDS], looked[QUALITY_KINDS];
	size_t listed;
	struct form *form; /* the last finding's; owned */
};

/* ---- what it says ----------------------------------------------------------------------------------- */

static void put(struct report_quality *w, const char *text)
{
	buf_str(&w->cells, text ? text : "");
	buf_u8(&w->cells, 0);
}

static int load_form(struct report_quality *w, const char *code)
{
	if (w->form && !strcmp(w->form->code, code))
		return 0;
	form_free(w->form);
	w->form = NULL;
	return form_load(w->r->ctx->s, code, &w->form);
}

static void put_question(struct report_quality *w, const struct question *q)
{
	if (q)
		form_label(q->label, i18n_lang(), &w->cells);
	buf_u8(&w->cells, 0);
}

static void put_value(struct report_quality *w, const struct question *q, const char *value)
{
	struct buf label = {0};

	if (q && q->type == Q_SELECT_ONE && value)
		form_choice_label(w->r->ctx->s, w->form, q->list, value, i18n_lang(), &label);
	put(w, label.len ? buf_cstr(&label) : value);
	buf_release(&label);
}

static void put_chance(char *out, size_t cap, double chance)
{
	if (chance < 1e-9)
		snprintf(out, cap, "10^-9");
	else
		snprintf(out, cap, "%.1g", chance);
}

static void put_why(struct report_quality *w, const struct finding *f)
{
	char a[FMT], b[FMT], text[256] = "";

	switch (f->kind) {
	case QUALITY_OUTLIER:
		snprintf(text, sizeof text,
		         _("the middle one of the commune is %s; this is %s spreads off"),
		         fmt_decimal(f->a, f->a == floor(f->a) ? 0 : 1, a),
		         fmt_decimal(f->b, 1, b));
		break;
	case QUALITY_IMPOSSIBLE:
		put(w, f->why);
		return;
	case QUALITY_UNVISITED:
		snprintf(text, sizeof text, "%s",
		         f->value ? _("the last visit is more than a year ago")
		                  : _("never visited"));
		break;
	case QUALITY_UNVARYING:
		put_chance(b, sizeof b, f->b);
		snprintf(
			text, sizeof text,
			_("all %lld answers are the same, which %s of the others give: by chance below %s"),
			(long long)f->n, fmt_percent(f->a, a), b);
		break;
	case QUALITY_FAST:
		snprintf(text, sizeof text, _("saved %s seconds after the record before"),
		         fmt_decimal(f->a, 0, a));
		break;
	default:
		if (isnan(f->a))
			snprintf(text, sizeof text, "%s", _("outside the unit's boundary"));
		else
			snprintf(text, sizeof text,
			         _("%s km from the middle of the unit's records"),
			         fmt_decimal(f->a, 1, a));
	}
	put(w, text);
}

static int note(void *arg, const struct finding *f)
{
	struct report_quality *w = arg;
	const struct question *q;
	char id[ID_TEXT];
	struct unit u = {0};
	uint32_t by;
	int rc;

	w->found[f->kind]++;
	progress(_("looking at records, found:"), (uint64_t)w->found[f->kind], 0);
	if (w->listed == FINDINGS_MAX)
		return 0;
	rc = load_form(w, f->form);
	if (!rc)
		rc = unit_get(w->r->ctx->s, f->unit, &u);
	if (rc && rc != ERR_NOTFOUND)
		return rc;
	q = w->form && f->question ? form_question(w->form, f->question) : NULL;
	w->listed++;
	put(w, checks[f->kind].name);
	put(w, f->record ? id_text(f->record, id) : "");
	put(w, u.code);
	put(w, u.name);
	by = f->node ? f->node : id_node(f->record);
	put(w, f->person ? id_text(f->person, id) : node_text(by, id));
	put_question(w, q);
	put_value(w, q, f->value);
	put_why(w, f);
	return w->cells.err;
}

/* ---- how it is shown ----------------------------------------------------------------------------------- */

static void notes(struct report_quality *w, struct grid *g)
{
	char line[512], a[FMT], b[FMT];
	int64_t all = 0;
	size_t i;

	for (i = 0; i < QUALITY_KINDS; i++) {
		snprintf(line, sizeof line, _(checks[i].title), fmt_int(w->found[i], a),
		         fmt_int(w->looked[i], b));
		grid_note(g, line);
		all += w->found[i];
	}
	if (all > (int64_t)w->listed) {
		snprintf(line, sizeof line, _("Listed are the first %s"),
		         fmt_int((int64_t)w->listed, a));
		grid_note(g, line);
	}
	grid_note(g,
	          _("To look at again: none of it is wrong for certain, and nothing was changed"));
}

static int print(struct report_quality *w)
{
	const char *cell = buf_cstr(&w->cells);
	struct grid *g;
	size_t i, k;
	int rc = report_begin(w->r, _("Quality"), &g);

	if (rc)
		return rc;
	notes(w, g);
	grid_empty(g, _("nothing to look at again"));
	grid_column(g, "check", _("check"), GRID_TEXT);
	grid_column(g, "record", _("record"), GRID_TEXT);
	grid_column(g, "code", _("code"), GRID_TEXT);
	grid_column(g, "name", _("name"), GRID_TEXT);
	grid_column(g, "by", _("recorded by"), GRID_TEXT);
	grid_column(g, "question", _("question"), GRID_TEXT);
	grid_column(g, "value", _("value"), GRID_TEXT);
	grid_column(g, "why", _("why"), GRID_TEXT);
	for (i = 0; i < w->listed && !grid_error(g); i++) {
		for (k = 0; k < CELLS; k++) {
			if (k == 2)
				grid_unit(g, cell);
			grid_text(g, cell);
			cell += strlen(cell) + 1;
		}
	}
	return grid_end(g, 0);
}

static int read_boundaries(struct report *r, struct topology **out)
{
	struct buf text = {0};
	int rc = r->boundaries ? file_read(r->boundaries, TOPOLOGY_FILE_MAX, &text) : 0;

	*out = NULL;
	if (!rc && r->boundaries)
		rc = topology_read(buf_cstr(&text), out);
	if (rc == ERR_BAD)
		rc = err(rc, "%s: %s", r->boundaries, err_text());
	buf_release(&text);
	return rc;
}

int report_quality(struct report *r)
{
	struct report_quality w = {.r = r};
	struct quality_of of = {.lang = i18n_lang()};
	struct topology *at = NULL;
	int rc = report_no_arguments(r);

	if (!rc)
		rc = report_open(r);
	if (!rc)
		rc = read_boundaries(r, &at);
	of.unit = r->unit.id;
	of.day = r->day;
	of.at = at;
	if (!rc)
		rc = quality_check(r->ctx->s, &of, note, &w, w.looked);
	progress_end();
	if (!rc)
		rc = print(&w);
	buf_release(&w.cells);
	form_free(w.form);
	topology_free(at);
	return rc;
}
