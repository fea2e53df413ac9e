/* form_builtin.c - the forms that come with the program. */
#include "storage/db.h"
#include "storage/embed.h"
#include "storage/err.h"
#include "storage/form_draft.h"
#include "storage/unit.h"

#include <stdio.h>
#include <string.h>

static struct sheet sheet_of(const char *code, const char *name)
{
	const struct embed_file *f;
	char path[FORM_CODE_MAX + 32];
	struct sheet none = {0};

	snprintf(path, sizeof path, "%s/%s.csv", code, name);
	for (f = embed_forms; f->name; f++)
		if (!strcmp(f->name, path))
			return (struct sheet){(const char *)f->data, f->len};
	return none;
}

static int write_builtin(struct store *s, const char *code, int64_t scope, bool captured)
{
	struct xlsform x = {.code = code,
	                    .survey = sheet_of(code, "survey"),
	                    .choices = sheet_of(code, "choices"),
	                    .settings = sheet_of(code, "settings")};
	struct draft d;
	int rc = draft_read(&x, &d), version;

	if (!rc)
		rc = draft_check(s, &d);
	if (rc)
		return err(rc, "built-in form %s: %s", code, err_text());
	d.builtin = true;
	rc = draft_write(s, &d, scope, captured, &version);
	draft_release(&d);
	return rc;
}

static int write_builtins(struct store *s, int64_t scope, bool captured)
{
	const struct embed_file *f;
	char code[FORM_CODE_MAX + 1];
	const char *slash;
	int rc = 0;

	for (f = embed_forms; !rc && f->name; f++) {
		slash = strchr(f->name, '/');
		if (!slash || strcmp(slash, "/survey.csv") || slash - f->name > FORM_CODE_MAX)
			continue;
		snprintf(code, sizeof code, "%.*s", (int)(slash - f->name), f->name);
		rc = write_builtin(s, code, scope, captured);
	}
	return rc;
}

int form_add_builtin(struct store *s)
{
	if (s->self.role != ROLE_ROOT)
		return err(ERR_DENIED, "the built-in forms are added at the root of the tree");
	return write_builtins(s, s->self.scope, true);
}

int form_seed_builtin(struct store *s)
{
	bool own = sqlite3_get_autocommit(s->db);
	int64_t scope;
	int rc = unit_root(s, &scope);

	if (rc == ERR_NOTFOUND)
		scope = s->self.scope;
	else if (rc)
		return rc;
	if (own && (rc = store_begin(s)))
		return rc;
	rc = write_builtins(s, scope, false);
	if (own && !rc)
		rc = store_commit(s);
	if (own)
		store_end(s);
	return rc;
}
