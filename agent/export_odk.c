/* export_odk.c - the records of a form as a folder of ODK instances. */
#include "agent/export.h"
#include "agent/file.h"
#include "agent/i18n.h"
#include "agent/out.h"
#include "agent/shown.h"
#include "storage/err.h"
#include "storage/odk.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

struct odk_export {
	const struct exporting *x;
	struct answers a;
	struct odk_out to;
	struct buf out;
	uint64_t n;
};

static int link_key(void *arg, const struct question *q, const char *id, struct buf *out)
{
	struct odk_export *e = arg;

	return shown_value(e->x->ctx, &e->a, q, id, out);
}

static int make_folder(const char *path)
{
	if (mkdir(path, 0777) == 0 || errno == EEXIST)
		return 0;
	return err(ERR_IO, "%s: cannot be written: %s", path, file_reason(errno));
}

/* As ODK Collect has them: instances/NAME/NAME.xml. */
static int write_instance(struct odk_export *e, const struct record *r)
{
	char id[ID_TEXT], *path = NULL, *folder = NULL;
	int rc = 0;

	id_text(r->id, id);
	if (asprintf(&folder, "%s/instances/%s_%s", e->x->path, e->x->form, id) < 0)
		folder = NULL;
	if (!folder || asprintf(&path, "%s/%s_%s.xml", folder, e->x->form, id) < 0)
		path = NULL;
	if (!path)
		rc = err(ERR_NOMEM, "out of memory");
	if (!rc)
		rc = make_folder(folder);
	if (!rc)
		rc = file_write(path, &e->out);
	free(folder);
	free(path);
	return rc;
}

static int put_record(void *arg, const struct record *r)
{
	struct odk_export *e = arg;
	struct paper *p;
	int rc = paper_load(e->x->ctx->s, e->a.form, r->id, &p);

	buf_reset(&e->out);
	if (!rc)
		rc = odk_put(&e->to, p, r, shown_unit(e->x->ctx, r->unit), &e->out);
	if (!rc)
		rc = write_instance(e, r);
	paper_free(p);
	progress(_("exporting, records:"), ++e->n, 0);
	return rc;
}

static int write_all(struct odk_export *e)
{
	char *instances = NULL;
	int rc = make_folder(e->x->path);

	if (!rc && asprintf(&instances, "%s/instances", e->x->path) < 0)
		return err(ERR_NOMEM, "out of memory");
	if (!rc)
		rc = make_folder(instances);
	free(instances);
	if (!rc)
		rc = record_each(e->x->ctx->s, e->a.form, e->x->unit, 0, put_record, e);
	progress_end();
	return rc;
}

static int told(const struct odk_export *e)
{
	struct json j;
	char n[FMT];

	if (e->x->ctx->json) {
		json_begin(&j, stdout);
		json_object(&j);
		json_kstr(&j, "folder", e->x->path);
		json_kint(&j, "records", (int64_t)e->n);
		return json_end(&j);
	}
	fprintf(stderr, _("%s: %s records"), e->x->path, fmt_int((int64_t)e->n, n));
	fputc('\n', stderr);
	return 0;
}

int export_odk(struct exporting *x)
{
	struct odk_export e = {.x = x};
	int rc = answers_open(x->ctx, x->form, &e.a);

	e.to = (struct odk_out){.s = x->ctx->s,
	                        .f = e.a.form,
	                        .without_personal = x->without_personal,
	                        .link = link_key,
	                        .arg = &e};
	if (!rc)
		rc = write_all(&e);
	if (!rc)
		rc = told(&e);
	buf_release(&e.out);
	answers_release(&e.a);
	return rc;
}
