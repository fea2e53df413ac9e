/* cmd_verify.c - is what is here what was written, and the same as elsewhere? */
#include "agent/i18n.h"
#include "agent/shown.h"
#include "storage/err.h"
#include "storage/rebuild.h"
#include "storage/verify.h"

#include <string.h>

const char usage_verify[] = N_("[--unit CODE] [--rebuild]");
const char help_verify[] = N_(
	"Checks the database, every chain of packs and every signature, and prints what is\n"
	"here as short codes: two nodes that hold the same rows print the same code, so\n"
	"that it can be compared by telephone.\n"
	"\n"
	"  --unit CODE  only rows of this place and those below it\n"
	"  --rebuild    first make every table anew from the packs; the codes stay the same\n"
	"\n"
	"Example:\n"
	"  cayda verify --unit 07213\n");

#define CODE_TEXT 9 /* eight characters and a NUL: 40 bits */
#define HEX_TEXT (2 * HASH_LEN + 1)

/* Crockford's base32: no I, L, O, U, so that it can be read out. */
static const char *code_text(const uint8_t hash[HASH_LEN], char out[CODE_TEXT])
{
	static const char digit[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	uint64_t v = 0;
	int i;

	for (i = 0; i < 5; i++)
		v = v << 8 | hash[i];
	for (i = 0; i < 8; i++)
		out[i] = digit[v >> (35 - 5 * i) & 31];
	out[8] = 0;
	return out;
}

static const char *hex_text(const uint8_t hash[HASH_LEN], char out[HEX_TEXT])
{
	int i;

	for (i = 0; i < HASH_LEN; i++)
		snprintf(out + 2 * i, 3, "%02x", hash[i]);
	return out;
}

static int print_json(const struct verify_result *r, const char *unit)
{
	char text[HEX_TEXT];
	struct json j;
	int c;

	json_begin(&j, stdout);
	json_object(&j);
	json_kbool(&j, "ok", true);
	json_kstr(&j, "unit", unit);
	json_key(&j, "classes");
	json_array(&j);
	for (c = 0; c < CLASS_COUNT; c++) {
		json_object(&j);
		json_kstr(&j, "class", shown_class((enum class)c));
		json_kint(&j, "rows", r->rows[c]);
		json_kstr(&j, "code", code_text(r->hash[c], text));
		json_kstr(&j, "hash", hex_text(r->hash[c], text));
		json_end(&j);
	}
	json_end(&j);
	json_kint(&j, "feeds", r->feeds);
	json_kint(&j, "packs", r->packs);
	json_kint(&j, "waiting", r->waiting);
	json_kint(&j, "quarantined", r->quarantined);
	json_kint(&j, "pending", r->pending);
	return json_end(&j);
}

static int print_text(const struct verify_result *r, const char *where)
{
	static const char *const label[CLASS_COUNT] = {N_("common tables"), N_("records"),
	                                               N_("personal data")};
	char text[HEX_TEXT], packs[FMT], feeds[FMT];
	struct table t;
	int c, rc;

	table_begin(&t, stdout);
	table_column(&t, where, false);
	table_column(&t, _("rows"), true);
	table_column(&t, _("code"), false);
	for (c = 0; c < CLASS_COUNT; c++) {
		table_cell(&t, _(label[c]));
		table_int(&t, r->rows[c]);
		table_cell(&t, code_text(r->hash[c], text));
	}
	rc = table_end(&t);
	printf(_("Good: %s packs in %s feeds, every one as its author signed it.\n"),
	       fmt_int(r->packs, packs), fmt_int(r->feeds, feeds));
	if (r->waiting || r->quarantined)
		printf(_("Set aside: %d wait for a form or unit, %d were refused.\n"),
		       (int)r->waiting, (int)r->quarantined);
	return rc ? rc : out_flush();
}

int cmd_verify(struct ctx *ctx, int argc, char **argv)
{
	static const struct option longs[] = {{"unit", required_argument, NULL, 'u'},
	                                      {"rebuild", no_argument, NULL, 'r'},
	                                      {NULL, 0, NULL, 0}};
	const char *ref = NULL;
	bool again = false;
	struct verify_result r;
	struct unit u = {0};
	int c, rc;

	while ((c = cmd_getopt(ctx, argc, argv, "u:r", longs)) != -1) {
		if (c == '?')
			return STATUS_USAGE;
		if (c == 'u')
			ref = optarg;
		else
			again = true;
	}
	if (optind < argc)
		return cmd_usage(ctx, _("what is '%s'?"), argv[optind]);
	rc = ctx_open(ctx, 0);
	if (!rc && ref)
		rc = unit_find(ctx->s, ref, &u);
	if (!rc && again)
		rc = rebuild(ctx->s);
	if (!rc)
		rc = verify_store(ctx->s, u.id, &r);
	if (rc)
		return rc;
	return ctx->json ? print_json(&r, ref ? u.code : NULL)
	                 : print_text(&r, ref ? u.name : _("everything here"));
}
