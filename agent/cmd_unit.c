/* cmd_unit.c - the tree of places. */
#include "agent/boundaries.h"
#include "agent/cmd.h"
#include "agent/file.h"
#include "agent/i18n.h"
#include "agent/out.h"
#include "agent/tree.h"
#include "storage/err.h"

#include <string.h>

#define UNIT_FILE_MAX (16u * 1024 * 1024) /* bytes; Viet Nam's 10,600 communes are 500 kB */
#define VILLAGES_MAX 999                  /* codes COMMUNE-01 to COMMUNE-999 */

const char usage_unit[] = N_(
	"list [PARENT] | show CODE | import FILE.csv | change FILE.csv | add ... | villages ... |"
	" boundaries ...");
const char help_unit[] = N_(
	"  list [PARENT] [--level LEVEL]  the units below PARENT (else below this node's own);\n"
	"                                 with LEVEL (district, commune, village) all of that level\n"
	"  show CODE                      one unit\n"
	"  import FILE.csv [--valid-from DATE]\n"
	"                                 columns code,name,level,parent_code; also valid_from,\n"
	"                                 valid_to, households, population. DATE is the day of the\n"
	"                                 list: a code with another name or parent than until then\n"
	"                                 is another unit, which takes over\n"
	"  change FILE.csv                renames, merges, splits and abolished levels, after the\n"
	"                                 lists: old_code,new_code,effective_date; also kind,\n"
	"                                 new_name, new_parent\n"
	"  add --parent CODE --code CODE --name NAME [--level LEVEL] [--households N]\n"
	"      [--population N] [--valid-from DATE]\n"
	"  villages COMMUNE N [--households TOTAL]\n"
	"                                 add N numbered villages, the households shared out\n"
	"  boundaries [FILE] [--valid-from DATE] [--drop]\n"
	"                                 keep a TopoJSON file for this node's maps, with units by\n"
	"                                 their code, as of DATE (else since ever); forget that of\n"
	"                                 DATE; or list what is kept\n"
	"\n"
	"CODE is a unit's code, or its name.\n"
	"\n"
	"Example:\n"
	"  cayda unit villages 07210 8 --households 1200\n");

struct options {
	const char *parent, *code, *name, *valid_from;
	enum level level;
	int64_t households, population;
	bool drop;
};

/* ---- printing ---------------------------------------------------------------------------- */

struct walk {
	struct ctx *ctx;
	struct table table;
	struct json json;
};

static void json_count(struct json *j, const char *key, int64_t v)
{
	json_key(j, key);
	if (v < 0)
		json_null(j);
	else
		json_int(j, v);
}

static int json_unit(void *arg, const struct unit *u)
{
	struct walk *w = arg;
	struct json *j = &w->json;
	struct unit parent;

	json_object(j);
	json_kstr(j, "code", u->code);
	json_kstr(j, "name", u->name);
	json_kstr(j, "level", level_name(u->level));
	json_key(j, "parent");
	json_str(j, u->parent && unit_get(w->ctx->s, u->parent, &parent) == 0 ? parent.code : NULL);
	json_kstr(j, "valid_from", u->valid_from);
	json_kstr(j, "valid_to", *u->valid_to ? u->valid_to : NULL);
	json_count(j, "households", u->households);
	json_count(j, "population", u->population);
	return json_end(j);
}

static void count_cell(struct table *t, int64_t v)
{
	if (v < 0)
		table_cell(t, "-");
	else
		table_int(t, v);
}

static int table_unit(void *arg, const struct unit *u)
{
	struct walk *w = arg;

	table_cell(&w->table, u->code);
	table_cell(&w->table, u->name);
	table_cell(&w->table, tree_level_title(u->level));
	count_cell(&w->table, u->households);
	count_cell(&w->table, u->population);
	return 0;
}

static int each(struct walk *w, const struct unit *top, enum level level,
                int (*fn)(void *arg, const struct unit *u))
{
	if (level)
		return tree_level(w->ctx->s, top, level, fn, w);
	return unit_each(w->ctx->s, top->id, fn, w);
}

static int list(struct ctx *ctx, const struct unit *top, enum level level)
{
	struct walk w = {.ctx = ctx};
	int rc, end;

	if (ctx->json) {
		json_begin(&w.json, stdout);
		json_array(&w.json);
		rc = each(&w, top, level, json_unit);
		end = json_end(&w.json);
		return rc ? rc : end;
	}
	table_begin(&w.table, stdout);
	table_column(&w.table, _("code"), false);
	table_column(&w.table, _("name"), false);
	table_column(&w.table, _("level"), false);
	table_column(&w.table, _("households"), true);
	table_column(&w.table, _("people"), true);
	rc = each(&w, top, level, table_unit);
	if (!rc && !w.table.ncell && !w.table.titled)
		fprintf(stderr, _("there are no units below %s (%s)\n"), top->name, top->code);
	end = table_end(&w.table);
	return rc ? rc : end;
}

static int show(struct ctx *ctx, const struct unit *u)
{
	struct walk w = {.ctx = ctx};
	struct unit parent;

	if (ctx->json) {
		json_begin(&w.json, stdout);
		return json_unit(&w, u);
	}
	table_begin(&w.table, stdout);
	table_column(&w.table, NULL, false);
	table_column(&w.table, NULL, false);
	table_cell(&w.table, _("code"));
	table_cell(&w.table, u->code);
	table_cell(&w.table, _("name"));
	table_cell(&w.table, u->name);
	table_cell(&w.table, _("level"));
	table_cell(&w.table, tree_level_title(u->level));
	if (u->parent && unit_get(ctx->s, u->parent, &parent) == 0) {
		table_cell(&w.table, _("in"));
		table_cellf(&w.table, "%s (%s)", parent.name, parent.code);
	}
	table_cell(&w.table, _("valid from"));
	table_cell(&w.table, strcmp(u->valid_from, UNIT_ALWAYS) ? u->valid_from : _("always"));
	if (*u->valid_to) {
		table_cell(&w.table, _("valid to"));
		table_cell(&w.table, u->valid_to);
	}
	table_cell(&w.table, _("households"));
	count_cell(&w.table, u->households);
	table_cell(&w.table, _("people"));
	count_cell(&w.table, u->population);
	return table_end(&w.table);
}

/* ---- writing ----------------------------------------------------------------------------- */

static void bad_row(void *arg, unsigned line, const char *why)
{
	(void)arg;
	fprintf(stderr, _("row %u: %s"), line, why);
	fputc('\n', stderr);
}

static int import_list(struct ctx *ctx, const struct buf *text, const char *valid_from)
{
	struct unit_import_result n = {0};
	struct json j;
	int rc = unit_import(ctx->s, (const char *)text->data, text->len, valid_from, bad_row, NULL,
	                     &n);

	if (rc)
		return rc;
	if (ctx->json) {
		json_begin(&j, stdout);
		json_object(&j);
		json_kint(&j, "added", (int64_t)n.added);
		json_kint(&j, "known", (int64_t)n.known);
		json_kint(&j, "rejected", (int64_t)n.bad);
		rc = json_end(&j);
	} else {
		printf(_("units added: %zu, known before: %zu, rejected: %zu\n"), n.added, n.known,
		       n.bad);
	}
	return rc ? rc : n.bad ? STATUS_FAILED : 0;
}

static int import_changes(struct ctx *ctx, const struct buf *text)
{
	struct unit_change_result n = {0};
	struct json j;
	int rc = unit_change(ctx->s, (const char *)text->data, text->len, bad_row, NULL, &n);

	if (rc)
		return rc;
	if (ctx->json) {
		json_begin(&j, stdout);
		json_object(&j);
		json_kint(&j, "changed", (int64_t)n.changed);
		json_kint(&j, "known", (int64_t)n.known);
		json_kint(&j, "elsewhere", (int64_t)n.elsewhere);
		json_kint(&j, "rejected", (int64_t)n.bad);
		rc = json_end(&j);
	} else {
		printf(_("changes: %zu, known before: %zu, of units not here: %zu, rejected: %zu\n"),
		       n.changed, n.known, n.elsewhere, n.bad);
	}
	return rc ? rc : n.bad ? STATUS_FAILED : 0;
}

static int import(struct ctx *ctx, const char *path, const char *valid_from, bool changes)
{
	struct buf text = {0};
	int rc = file_read(path, UNIT_FILE_MAX, &text);

	if (!rc)
		rc = changes ? import_changes(ctx, &text) : import_list(ctx, &text, valid_from);
	buf_release(&text);
	return rc;
}

static int copy(char *out, size_t cap, const char *what, const char *text)
{
	if ((size_t)snprintf(out, cap, "%s", text) >= cap)
		return err(ERR_TOOBIG, "the %s is longer than %zu bytes", what, cap - 1);
	return 0;
}

static int add(struct ctx *ctx, const struct options *o)
{
	struct unit u = {.households = o->households, .population = o->population}, parent;
	int64_t id;
	int rc;

	if (!o->parent || !o->code || !o->name)
		return cmd_usage(ctx, _("--parent, --code and --name are wanted"));
	rc = ctx_unit(ctx, o->parent, &parent);
	if (!rc)
		rc = copy(u.code, sizeof u.code, _("code"), o->code);
	if (!rc)
		rc = copy(u.name, sizeof u.name, _("name"), o->name);
	if (!rc && o->valid_from)
		rc = copy(u.valid_from, sizeof u.valid_from, _("date"), o->valid_from);
	if (rc)
		return rc;
	if (!o->level && parent.level == LEVEL_VILLAGE)
		return err(ERR_BAD, "%s is a village: nothing is below it", parent.code);
	u.parent = parent.id;
	u.level = o->level ? o->level : parent.level + 1;
	rc = unit_add(ctx->s, &u, &id);
	if (!rc)
		rc = unit_get(ctx->s, id, &u);
	return rc ? rc : show(ctx, &u);
}

static int villages(struct ctx *ctx, const char *ref, const char *count, const struct options *o)
{
	struct unit commune, u;
	int64_t n, i, id, added = 0;
	int rc = cmd_number(ctx, "N", count, 1, VILLAGES_MAX, &n);

	if (!rc)
		rc = ctx_unit(ctx, ref, &commune);
	if (!rc && commune.level != LEVEL_COMMUNE)
		return err(ERR_BAD, "%s (%s) is not a commune", commune.name, commune.code);
	for (i = 0; i < n && !rc; i++) {
		memset(&u, 0, sizeof u);
		u.parent = commune.id;
		u.level = LEVEL_VILLAGE;
		u.population = u.households = -1;
		if (o->households >= 0)
			u.households = o->households / n + (i < o->households % n);
		if (snprintf(u.code, sizeof u.code, "%s-%02d", commune.code, (int)i + 1) >=
		    (int)sizeof u.code)
			return err(ERR_TOOBIG, "the code %s is too long", commune.code);
		snprintf(u.name, sizeof u.name, "Thôn %d", (int)i + 1);
		progress(_("villages:"), (uint64_t)i, (uint64_t)n);
		rc = unit_add(ctx->s, &u, &id);
		added += !rc;
		if (rc == ERR_EXISTS)
			rc = 0;
	}
	progress_end();
	if (rc)
		return rc;
	if (ctx->json)
		return list(ctx, &commune, LEVEL_NONE);
	printf(_("villages added below %s (%s): %d\n"), commune.name, commune.code, (int)added);
	return 0;
}

/* ---- the command ------------------------------------------------------------------------- */

static int options(struct ctx *ctx, int argc, char **argv, struct options *o)
{
	static const struct option longs[] = {{"parent", required_argument, NULL, 'p'},
	                                      {"code", required_argument, NULL, 'c'},
	                                      {"name", required_argument, NULL, 'n'},
	                                      {"level", required_argument, NULL, 'l'},
	                                      {"households", required_argument, NULL, 'H'},
	                                      {"population", required_argument, NULL, 'P'},
	                                      {"valid-from", required_argument, NULL, 'f'},
	                                      {"drop", no_argument, NULL, 'd'},
	                                      {NULL, 0, NULL, 0}};
	int c, rc = 0;

	while ((c = cmd_getopt(ctx, argc, argv, "p:c:n:l:f:", longs)) != -1 && !rc) {
		if (c == '?')
			return STATUS_USAGE;
		if (c == 'p')
			o->parent = optarg;
		else if (c == 'c')
			o->code = optarg;
		else if (c == 'n')
			o->name = optarg;
		else if (c == 'f')
			o->valid_from = optarg;
		else if (c == 'd')
			o->drop = true;
		else if (c == 'l' && !(o->level = level_of(optarg)))
			rc = cmd_usage(ctx,
			               _("there is no level %s: province, district, commune or "
			                 "village"),
			               optarg);
		else if (c == 'H')
			rc = cmd_number(ctx, "--households", optarg, 0, INT32_MAX, &o->households);
		else if (c == 'P')
			rc = cmd_number(ctx, "--population", optarg, 0, INT32_MAX, &o->population);
	}
	return rc;
}

/* What to do, by how many arguments it takes: 0 when there is no such thing. */
static int verb(const char *name, int n)
{
	static const struct {
		const char *name;
		int least, most;
	} verbs[] = {{"list", 0, 1}, {"show", 1, 1},     {"import", 1, 1},    {"change", 1, 1},
	             {"add", 0, 0},  {"villages", 2, 2}, {"boundaries", 0, 1}};
	size_t i;

	for (i = 0; i < sizeof verbs / sizeof *verbs; i++) {
		if (strcmp(verbs[i].name, name) == 0 && n >= verbs[i].least && n <= verbs[i].most)
			return *name;
	}
	return 0;
}

int cmd_unit(struct ctx *ctx, int argc, char **argv)
{
	struct options o = {.households = -1, .population = -1};
	struct unit u;
	int rc = options(ctx, argc, argv, &o), what;

	if (rc)
		return rc;
	argv += optind;
	argc -= optind;
	what = argc ? verb(argv[0], argc - 1) : 0;
	if (!what)
		return cmd_usage(
			ctx, _("list, show, import, change, add, villages or boundaries, with what "
		               "it needs"));
	rc = ctx_open(ctx, 0);
	if (!rc && (what == 's' || what == 'l'))
		rc = ctx_unit(ctx, argv[1], &u);
	if (rc)
		return rc;
	switch (what) {
	case 'l':
		return list(ctx, &u, o.level);
	case 's':
		return show(ctx, &u);
	case 'i':
		return import(ctx, argv[1], o.valid_from, false);
	case 'c':
		return import(ctx, argv[1], NULL, true);
	case 'a':
		return add(ctx, &o);
	case 'b':
		return boundaries_run(ctx, argv[1], o.valid_from, o.drop);
	default:
		return villages(ctx, argv[1], argv[2], &o);
	}
}
