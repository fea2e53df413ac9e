/* boundaries.c - maps that this node is given, kept and listed. */
#include "agent/boundaries.h"
#include "agent/file.h"
#include "agent/i18n.h"
#include "agent/out.h"
#include "storage/boundary.h"
#include "storage/err.h"
#include "storage/topology.h"

#include <string.h>

static int json_row(void *arg, const char *valid_from, int64_t size)
{
	struct json *j = arg;

	json_object(j);
	json_kstr(j, "valid_from", valid_from);
	json_kint(j, "bytes", size);
	return json_end(j);
}

static int table_row(void *arg, const char *valid_from, int64_t size)
{
	struct table *t = arg;
	char bytes[FMT];

	table_cell(t, strcmp(valid_from, UNIT_ALWAYS) ? valid_from : _("always"));
	table_cell(t, fmt_bytes(size, bytes));
	return 0;
}

static int list(struct ctx *ctx)
{
	struct table t;
	struct json j;
	int rc, end;

	if (ctx->json) {
		json_begin(&j, stdout);
		json_array(&j);
		rc = boundary_each(ctx->s, json_row, &j);
		end = json_end(&j);
		return rc ? rc : end;
	}
	table_begin(&t, stdout);
	table_column(&t, _("valid from"), false);
	table_column(&t, _("size"), true);
	rc = boundary_each(ctx->s, table_row, &t);
	if (!rc && !t.ncell && !t.titled)
		fprintf(stderr, "%s\n", _("no boundaries are kept here: maps are grids of tiles"));
	end = table_end(&t);
	return rc ? rc : end;
}

static int keep(struct ctx *ctx, const char *path, const char *valid_from)
{
	struct buf text = {0};
	int rc = file_read(path, TOPOLOGY_FILE_MAX, &text);

	if (!rc)
		rc = boundary_put(ctx->s, valid_from, buf_cstr(&text));
	if (rc == ERR_BAD)
		rc = err(rc, "%s: %s", path, err_text());
	buf_release(&text);
	return rc;
}

int boundaries_run(struct ctx *ctx, const char *path, const char *valid_from, bool drop)
{
	const char *day = valid_from ? valid_from : UNIT_ALWAYS;
	int rc = 0;

	if (path && drop)
		return cmd_usage(ctx, _("a file of boundaries, or --drop: which of them?"));
	if (drop)
		rc = boundary_drop(ctx->s, day);
	else if (path)
		rc = keep(ctx, path, day);
	return rc ? rc : list(ctx);
}
