/* form_name.c - names of types, forms, columns and tables; what may stand in SQL. */
#include "storage/err.h"
#include "storage/form_draft.h"
#include "storage/text.h"
#include "storage/value.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static const struct {
	const char *name;   /* as stored */
	const char *column; /* SQL type, NULL: takes no answer */
} types[] = {
	[Q_INTEGER] = {"integer", "INTEGER"},
	[Q_DECIMAL] = {"decimal", "REAL"},
	[Q_TEXT] = {"text", "TEXT"},
	[Q_SELECT_ONE] = {"select_one", "TEXT"},
	[Q_SELECT_MULTIPLE] = {"select_multiple", "TEXT"},
	[Q_DATE] = {"date", "TEXT"},
	[Q_TIME] = {"time", "TEXT"},
	[Q_DATETIME] = {"datetime", "TEXT"},
	[Q_GEOPOINT] = {"geopoint", "TEXT"},
	[Q_NOTE] = {"note", NULL},
	[Q_CALCULATE] = {"calculate", "ANY"},
	[Q_GROUP] = {"begin_group", NULL},
	[Q_REPEAT] = {"begin_repeat", NULL},
	[Q_END] = {"end", NULL},
	[Q_RECORD] = {"select_one_from_file", "INTEGER"},
};
#define TYPES (sizeof types / sizeof *types)

/* Types that are answered as one of the above, and keep their name: what a device fills in by itself
 * is asked nobody, and what it takes up with a camera or a microphone is not answered here. */
static const struct {
	const char *name;
	enum qtype type;
	const char *preset; /* filled in without asking; "" for nothing */
} kinds[] = {
	{"barcode", Q_TEXT, NULL},
	{"acknowledge", Q_TEXT, NULL},
	{"trigger", Q_TEXT, NULL},
	{"range", Q_DECIMAL, NULL},
	{"rank", Q_SELECT_MULTIPLE, NULL},
	{"geotrace", Q_TEXT, NULL},
	{"geoshape", Q_TEXT, NULL},
	{"hidden", Q_TEXT, ""},
	{"start", Q_DATETIME, "now()"},
	{"end", Q_DATETIME, "now()"},
	{"today", Q_DATE, "today()"},
	{"deviceid", Q_TEXT, ""},
	{"username", Q_TEXT, ""},
	{"phonenumber", Q_TEXT, ""},
	{"email", Q_TEXT, ""},
	{"simserial", Q_TEXT, ""},
	{"subscriberid", Q_TEXT, ""},
	{"image", Q_NOTE, NULL},
	{"audio", Q_NOTE, NULL},
	{"video", Q_NOTE, NULL},
	{"file", Q_NOTE, NULL},
	{"background-audio", Q_NOTE, NULL},
	{"audit", Q_NOTE, NULL},
	{"start-geopoint", Q_GEOPOINT, ""},
};
#define KINDS (sizeof kinds / sizeof *kinds)

/* Other ways in which sheets write a type. */
static const struct {
	const char *cell;
	enum qtype type;
} also[] = {
	{"int", Q_INTEGER},
	{"string", Q_TEXT},
	{"gps", Q_GEOPOINT},
	{"location", Q_GEOPOINT},
	{"end_group", Q_END},
	{"end_repeat", Q_END},
	{"select", Q_SELECT_MULTIPLE},
};

const char *form_type_name(enum qtype type)
{
	return types[type].name;
}

bool form_type_of(const char *name, enum qtype *type, const char **kind)
{
	const char *found = NULL;
	size_t i;

	for (i = 0; !found && i < TYPES; i++) {
		if (i != Q_END && !strcasecmp(name, types[i].name)) {
			*type = (enum qtype)i;
			found = types[i].name;
		}
	}
	for (i = 0; !found && i < KINDS; i++) {
		if (!strcasecmp(name, kinds[i].name)) {
			*type = kinds[i].type;
			found = kinds[i].name;
		}
	}
	if (kind)
		*kind = found;
	return found != NULL;
}

const char *form_type_preset(const char *kind)
{
	size_t i;

	for (i = 0; i < KINDS; i++)
		if (!strcmp(kind, kinds[i].name))
			return kinds[i].preset;
	return NULL;
}

bool form_type_answers(enum qtype type)
{
	return types[type].column != NULL;
}

const char *form_type_column(enum qtype type)
{
	return types[type].column;
}

/* Words that sheets write apart: "begin group", "select one LIST". */
static void join_words(const char *cell, struct buf *out)
{
	static const char *const apart[] = {"begin ",
	                                    "end ",
	                                    "select one ",
	                                    "select1 ",
	                                    "select multiple ",
	                                    "select one from file ",
	                                    "select all that apply from "};
	static const char *const joined[] = {"begin_",           "end_",
	                                     "select_one ",      "select_one ",
	                                     "select_multiple ", "select_one_from_file ",
	                                     "select_multiple "};
	size_t i, best = sizeof apart / sizeof *apart, len = 0;

	for (i = 0; i < sizeof apart / sizeof *apart; i++) {
		if (!strncasecmp(cell, apart[i], strlen(apart[i])) && strlen(apart[i]) > len) {
			best = i;
			len = strlen(apart[i]);
		}
	}
	if (len)
		buf_str(out, joined[best]);
	buf_str(out, cell + len);
}

static bool plain_type(const char *word, enum qtype *type, const char **kind)
{
	size_t i;

	if (form_type_of(word, type, kind))
		return true;
	for (i = 0; i < sizeof also / sizeof *also; i++) {
		if (!strcasecmp(word, also[i].cell)) {
			*type = also[i].type;
			*kind = types[*type].name;
			return true;
		}
	}
	return false;
}

static bool wants_list(enum qtype type)
{
	return type == Q_SELECT_ONE || type == Q_SELECT_MULTIPLE || type == Q_RECORD;
}

/* What follows the type: nothing, a list's name, or a file's name without .csv. */
static int read_list(enum qtype type, const char *rest, struct buf *list, bool *other)
{
	size_t len = strcspn(rest, " ");
	char shown[SHOWN_LEN];

	if (!wants_list(type) && *rest)
		return err(ERR_BAD, "'%s' is more than a type", value_shown(rest, shown));
	if (!wants_list(type))
		return 0;
	if (!len)
		return err(ERR_BAD, "%s wants the name of a list after it", form_type_name(type));
	*other = type != Q_RECORD &&
	         (!strcasecmp(rest + len, " or_other") || !strcasecmp(rest + len, " or other"));
	if (rest[len] && !*other)
		return err(ERR_BAD, "'%s' after the list is not supported",
		           value_shown(rest + len + 1, shown));
	if (type == Q_RECORD && (len < 5 || strcasecmp(rest + len - 4, ".csv")))
		return err(ERR_BAD, "select_one_from_file wants a form as FORM.csv, not '%s'",
		           value_shown(rest, shown));
	buf_add(list, rest, type == Q_RECORD ? len - 4 : len);
	return list->err;
}

int form_type_read(const char *cell, enum qtype *type, const char **kind, struct buf *list,
                   bool *other)
{
	struct buf text = {0}, words = {0};
	char shown[SHOWN_LEN], *rest;
	const char *p;
	int rc;

	for (p = cell + strspn(cell, " "); *p; p++)
		if (*p != ' ' || (p[1] != ' ' && p[1]))
			buf_u8(&text, (unsigned char)*p);
	join_words(buf_cstr(&text), &words);
	buf_cstr(&words);
	rc = words.err;
	if (rc)
		goto out;
	rest = strchr((char *)words.data, ' ');
	if (rest)
		*rest++ = 0;
	if (!plain_type((char *)words.data, type, kind))
		rc = err(
			ERR_BAD,
			"unknown type '%s': this version has integer, decimal, text, select_one, "
			"select_multiple, select_one_from_file, rank, range, date, time, datetime, "
			"geopoint, barcode, acknowledge, calculate, hidden, note, image, audio, video, "
			"file, start, end, today, begin and end of group and repeat",
			value_shown(cell, shown));
	else
		rc = read_list(*type, rest ? rest : "", list, other);
out:
	buf_release(&text);
	buf_release(&words);
	return rc;
}

/* ---- names ----------------------------------------------------------------------------------- */

bool form_ident_ok(const char *ident, size_t max)
{
	size_t n = strspn(ident, "abcdefghijklmnopqrstuvwxyz0123456789_");

	return n && n <= max && !ident[n] && islower((unsigned char)*ident);
}

bool form_code_ok(const char *code)
{
	return form_ident_ok(code, FORM_CODE_MAX) && !strstr(code, "__") &&
	       code[strlen(code) - 1] != '_';
}

bool form_name_ok(const char *name)
{
	const unsigned char *p = (const unsigned char *)name;

	if (!isalpha(*p) && *p != '_' && *p < 0x80)
		return false;
	for (; *p; p++)
		if (!isalnum(*p) && !strchr("_-.", *p) && *p < 0x80)
			return false;
	return strlen(name) <= FORM_NAME_MAX;
}

/* name in [a-z0-9_], '_' for each run of anything else. */
static int squeeze(const char *name, size_t max, char *out)
{
	struct buf folded = {0};
	size_t n = 0;
	const char *p;
	int rc = text_fold(name, &folded);

	out[0] = 0;
	for (p = buf_cstr(&folded); !rc && *p && n < max; p++) {
		if (isalnum((unsigned char)*p))
			out[n++] = *p;
		else if (n && out[n - 1] != '_')
			out[n++] = '_';
	}
	while (n && out[n - 1] == '_')
		n--;
	out[n] = 0;
	buf_release(&folded);
	return rc;
}

bool form_code_make(const char *form_id, char out[FORM_CODE_MAX + 1])
{
	return !squeeze(form_id, FORM_CODE_MAX, out) && form_code_ok(out);
}

int form_ident_make(const char *name, char out[FORM_COL_MAX + 1])
{
	char part[FORM_COL_MAX - 1];
	int rc = squeeze(name, sizeof part - 1, part);

	snprintf(out, FORM_COL_MAX + 1, "%s%s", islower((unsigned char)part[0]) ? "" : "q_", part);
	return rc;
}

bool form_table_ok(const char *code, const char *tbl, bool *personal, bool *repeat)
{
	size_t len = strlen(code);

	*personal = tbl[0] == 'p';
	*repeat = false;
	if ((tbl[0] != 'f' && tbl[0] != 'p') || tbl[1] != '_' || strncmp(tbl + 2, code, len))
		return false;
	tbl += 2 + len;
	*repeat = *tbl != 0;
	return !*tbl || (!strncmp(tbl, "__", 2) && form_ident_ok(tbl + 2, FORM_COL_MAX));
}

/* FNV-1a over the parts, mixed, cut to the ids of node number 0. */
int64_t form_builtin_id(const char *kind, const char *form, const char *part, const char *name)
{
	const char *const parts[] = {kind, form, part, name};
	uint64_t h = UINT64_C(14695981039346656037);
	const char *p;
	size_t i;

	for (i = 0; i < 4; i++) {
		for (p = parts[i]; *p; p++)
			h = (h ^ (unsigned char)*p) * UINT64_C(1099511628211);
		h = (h ^ '/') * UINT64_C(1099511628211);
	}
	h = (h ^ h >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	h = (h ^ h >> 27) * UINT64_C(0x94d049bb133111eb);
	return (int64_t)((h >> 29) % ((UINT64_C(1) << 35) - 1)) + 1;
}
