/* cmd_account.c - who may use the pages from the office's network. */
#include "agent/accounts.h"
#include "agent/cmd.h"
#include "agent/i18n.h"
#include "agent/out.h"
#include "storage/err.h"
#include "storage/paper.h"

#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

const char usage_account[] = N_(
	"list | add NAME [--role ROLE] [--unit CODE] | password NAME | remove NAME");
const char help_account[] = N_(
	"Accounts of people who use the pages of this machine's agent from the office's network\n"
	"(`cayda run --web-name`, `--web`). They are of this node alone. Nobody needs one on this\n"
	"machine itself: there is `cayda open`.\n"
	"\n"
	"  add NAME         asks for a password, of 10 characters at least, or reads it as a line;\n"
	"                   an empty one: one is made, and shown once\n"
	"  password NAME    another one; whoever is logged in by the old one is out\n"
	"  remove NAME      and whoever is logged in is out\n"
	"  --role ROLE      viewer: only reads; editor: records too; admin: all that pages can do.\n"
	"                   Else viewer\n"
	"  --unit CODE      sees and records what is of this unit; else of all this node has\n"
	"  --person ID      the member whose name stands in what this account records\n"
	"  --full-name TEXT such a member is made, with that name; else with the account's\n"
	"\n"
	"Example:\n"
	"  cayda account add lan --role editor --full-name 'Nguyen Thi Lan'\n");

struct asked {
	const char *role, *unit, *person, *full_name;
};

/* ---- passwords ---------------------------------------------------------------------------------------- */

/* Without showing what is typed; a line that does not fit is too long, which account_set_password() says. */
static int read_line(const char *prompt, char out[PASSWORD_MAX + 2])
{
	struct termios was, quiet;
	bool tty = isatty(STDIN_FILENO) && !tcgetattr(STDIN_FILENO, &was);
	bool got;

	if (tty) {
		quiet = was;
		quiet.c_lflag &= ~(tcflag_t)ECHO;
		fprintf(stderr, "%s ", prompt);
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
	}
	got = fgets(out, PASSWORD_MAX + 2, stdin) != NULL;
	if (tty) {
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &was);
		fputc('\n', stderr);
	}
	out[got ? strcspn(out, "\r\n") : 0] = 0;
	return got ? 0 : err(ERR_BAD, "no password was given");
}

/* Of letters that are not taken for each other: 16 of 32 are 80 bits. */
static int make(const struct store_env *env, char out[PASSWORD_MAX + 2])
{
	static const char letters[] = "abcdefghijkmnpqrstuvwxyz23456789";
	uint8_t raw[16];
	size_t i, n = 0;
	int rc = env->random(env->arg, raw, sizeof raw);

	for (i = 0; !rc && i < sizeof raw; i++) {
		if (i && i % 4 == 0)
			out[n++] = '-';
		out[n++] = letters[raw[i] % 32];
	}
	out[n] = 0;
	return rc;
}

/* *made: out is to be shown. */
static int ask_password(const struct store_env *env, char out[PASSWORD_MAX + 2], bool *made)
{
	char again[PASSWORD_MAX + 2] = "";
	int rc = read_line(_("Password (empty: one is made):"), out);

	*made = !rc && !*out;
	if (*made)
		return make(env, out);
	if (!rc && isatty(STDIN_FILENO)) {
		rc = read_line(_("Again:"), again);
		if (!rc && strcmp(out, again) != 0)
			rc = err(ERR_BAD, "those are two different passwords: nothing was saved");
	}
	password_wipe(again, sizeof again);
	return rc;
}

static int said(struct ctx *ctx, const char *name, const char *what, const char *password)
{
	struct json j;

	if (!ctx->json) {
		printf(_("account %s: %s\n"), name, what);
		if (password)
			printf(_("password: %s\n"), password);
		return out_flush();
	}
	json_begin(&j, stdout);
	json_object(&j);
	json_kstr(&j, "name", name);
	json_kstr(&j, "password", password);
	return json_end(&j);
}

/* Asks for one and hashes it into a. shown: what is to be told once, or ""; the caller wipes it. */
static int take_password(struct ctx *ctx, struct account *a, char shown[PASSWORD_MAX + 2])
{
	bool made = false;
	int rc = ask_password(ctx->s->env, shown, &made);

	if (!rc)
		rc = account_set_password(ctx->s->env, a, shown);
	if (!made)
		password_wipe(shown, PASSWORD_MAX + 2);
	return rc;
}

static int keep(struct ctx *ctx, const struct account *a, bool fresh, const char *shown)
{
	int rc = accounts_put(ctx->home, a, fresh);

	return rc ? rc
	          : said(ctx, a->name, fresh ? _("added") : _("has another password"),
	                 *shown ? shown : NULL);
}

/* ---- who it is ------------------------------------------------------------------------------------------ */

static int check_member(struct ctx *ctx, const char *text, int64_t *person)
{
	char code[64];
	int rc = id_parse(text, person);

	if (!rc)
		rc = record_form(ctx->s, *person, code, sizeof code);
	if (!rc && strcmp(code, "member") != 0)
		rc = err(ERR_BAD, "%s is no member: `cayda list member` shows them", text);
	return rc;
}

static int make_member(struct ctx *ctx, const char *name, int64_t unit, int64_t *person)
{
	struct answer given = {"name", name};
	struct form *f = NULL;
	struct tx *tx = NULL;
	int rc = form_load(ctx->s, "member", &f);

	if (!rc)
		rc = tx_begin(ctx->s, unit, &tx);
	if (!rc)
		rc = record_add(tx, f, 0, &given, 1, person);
	if (!rc)
		rc = tx_commit(tx);
	tx_end(tx);
	form_free(f);
	return rc;
}

static int add(struct ctx *ctx, const char *name, const struct asked *o)
{
	struct account a = {.role = account_role_of(o->role ? o->role : "viewer")};
	struct accounts there = {0};
	char shown[PASSWORD_MAX + 2] = "";
	struct unit u;
	int rc = account_check_name(name);

	if (!a.role)
		return cmd_usage(ctx, _("there is no role %s: viewer, editor or admin"), o->role);
	if (!rc)
		rc = accounts_load(ctx->home, &there);
	if (!rc && accounts_find(&there, name))
		rc = err(ERR_EXISTS, "there is an account %s already", name);
	accounts_release(&there);
	if (!rc)
		rc = ctx_unit(ctx, o->unit, &u);
	if (rc)
		return rc;
	snprintf(a.name, sizeof a.name, "%s", name);
	a.unit = u.id;
	if (o->person)
		rc = check_member(ctx, o->person, &a.person);
	if (!rc)
		rc = take_password(ctx, &a, shown);
	if (!rc && !o->person && a.role != ACCOUNT_VIEWER)
		rc = make_member(ctx, o->full_name ? o->full_name : name, u.id, &a.person);
	if (!rc)
		rc = keep(ctx, &a, true, shown);
	password_wipe(shown, sizeof shown);
	return rc;
}

/* ---- the others -------------------------------------------------------------------------------------------- */

static int password(struct ctx *ctx, const char *name)
{
	struct accounts all = {0};
	char shown[PASSWORD_MAX + 2] = "";
	struct account a, *old;
	int rc = accounts_load(ctx->home, &all);

	old = rc ? NULL : accounts_find(&all, name);
	if (!rc && !old)
		rc = err(ERR_NOTFOUND, "there is no account %s", name);
	if (!rc) {
		a = *old;
		rc = take_password(ctx, &a, shown);
	}
	if (!rc)
		rc = keep(ctx, &a, false, shown);
	password_wipe(shown, sizeof shown);
	accounts_release(&all);
	return rc;
}

static int drop(struct ctx *ctx, const char *name)
{
	int rc = accounts_drop(ctx->home, name);

	return rc ? rc : said(ctx, name, _("removed"), NULL);
}

static void row(struct ctx *ctx, const struct account *a, struct table *t, struct json *j)
{
	char id[ID_TEXT];
	struct unit u;
	bool known = unit_get(ctx->s, a->unit, &u) == 0;

	if (ctx->json) {
		json_object(j);
		json_kstr(j, "name", a->name);
		json_kstr(j, "role", account_role_name(a->role));
		json_kstr(j, "unit", known ? u.code : NULL);
		json_kstr(j, "person", a->person ? id_text(a->person, id) : NULL);
		json_end(j);
		return;
	}
	table_cell(t, a->name);
	table_cell(t, account_role_name(a->role));
	table_cell(t, known ? u.name : "-");
	table_cell(t, a->person ? id_text(a->person, id) : "");
}

static int list(struct ctx *ctx)
{
	struct accounts all = {0};
	struct table t;
	struct json j;
	size_t i;
	int rc = accounts_load(ctx->home, &all);

	if (rc)
		return rc;
	json_begin(&j, stdout);
	if (ctx->json)
		json_array(&j);
	table_begin(&t, stdout);
	table_column(&t, _("name"), false);
	table_column(&t, _("role"), false);
	table_column(&t, _("place"), false);
	table_column(&t, _("member"), false);
	for (i = 0; i < all.n; i++)
		row(ctx, &all.list[i], &t, &j);
	rc = ctx->json ? json_end(&j) : table_end(&t);
	if (!all.n && !ctx->json)
		printf(_("There is no account yet: `cayda account add NAME`.\n"));
	accounts_release(&all);
	return rc ? rc : out_flush();
}

int cmd_account(struct ctx *ctx, int argc, char **argv)
{
	static const struct option longs[] = {{"role", required_argument, NULL, 'r'},
	                                      {"unit", required_argument, NULL, 'u'},
	                                      {"person", required_argument, NULL, 'p'},
	                                      {"full-name", required_argument, NULL, 'f'},
	                                      {NULL, 0, NULL, 0}};
	const char *verb, *name;
	struct asked o = {0};
	int c, rc;

	while ((c = cmd_getopt(ctx, argc, argv, "r:u:p:", longs)) != -1) {
		if (c == '?')
			return STATUS_USAGE;
		*(c == 'r'   ? &o.role
		  : c == 'u' ? &o.unit
		  : c == 'p' ? &o.person
		             : &o.full_name) = optarg;
	}
	verb = optind < argc ? argv[optind] : "list";
	name = optind + 1 < argc ? argv[optind + 1] : NULL;
	if (optind + 2 < argc)
		return cmd_usage(ctx, _("what is '%s'?"), argv[optind + 2]);
	if (strcmp(verb, "list") && !name)
		return cmd_usage(ctx, _("which account?"));
	rc = ctx_open(ctx, 0);
	if (rc)
		return rc;
	if (!strcmp(verb, "list"))
		return list(ctx);
	if (!strcmp(verb, "add"))
		return add(ctx, name, &o);
	if (!strcmp(verb, "password"))
		return password(ctx, name);
	if (!strcmp(verb, "remove"))
		return drop(ctx, name);
	return cmd_usage(ctx, _("what is '%s'?"), verb);
}
