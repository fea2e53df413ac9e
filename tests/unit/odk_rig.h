/* odk_rig.h - a form with everything in it, a store that answers it, and submissions taken in as an import does. */
#ifndef UNIT_ODK_RIG_H
#define UNIT_ODK_RIG_H

#include "tests/unit/fixture.h"

#include "storage/meta.h"
#include "storage/odk.h"
#include "storage/origin.h"

static const char odk_survey[] =
	"type,name,label::Vietnamese (vi),label::English (en),relevant,calculation,default,personal\n"
	"begin_group,house,Nhà ở,House,,,,\n"
	"integer,number,Số nhà,Number,,,,\n"
	"text,head,Chủ hộ,Head,,,,yes\n"
	"select_one region,region,Vùng,Region,,,,\n"
	"select_multiple uses,uses,Dùng để,Used for,,,,\n"
	"begin_group,net,Mạng,Network,,,,\n"
	"text,other,\"Khác, ghi rõ\",\"Other, specify\",,,,\n"
	"end_group,,,,,,,\n"
	"end_group,,,,,,,\n"
	"text,other2,\"Khác, ghi rõ\",\"Other, specify\",,,,\n"
	"text,market,Chợ,Market,,,,\n"
	"text,spot,Chỗ,Spot,,,,\n"
	"decimal,speed,Tốc độ,Speed,${number} > 0,,,\n"
	"geopoint,place,Nơi,Place,,,,\n"
	"date,day,Ngày,Day,,,2026-01-01,\n"
	"time,at,Giờ,Time,,,,\n"
	"datetime,seen,Lúc,Seen,,,,\n"
	"note,thanks,Cảm ơn,Thanks,,,,\n"
	"begin_repeat,member,Người,Member,,,,\n"
	"text,name,Tên,Name,,,,yes\n"
	"integer,age,Tuổi,Age,,,,\n"
	"begin_repeat,phone,Máy,Phone,,,,\n"
	"text,make,Hiệu,Make,,,,\n"
	"end_repeat,,,,,,,\n"
	"end_repeat,,,,,,,\n"
	"calculate,ages,,,,sum(${age}),,\n"
	"calculate,stamp,,,,today(),,\n";
static const char odk_choices[] =
	"list_name,name,label::Vietnamese (vi),label::English (en)\n"
	"region,n,Bắc Đông,North\nregion,s,Bắc Đồng,South\nregion,Thatta&ShahBunder,T,T & S\n"
	"uses,web,Đọc báo,Reading the news\nuses,tv,Xem phim,Reading\nuses,3,Ba,The news\n";
static const char odk_settings[] = "form_id,form_title\ncensus,Census\n";

struct odk_home {
	struct store *s;
	struct form *f;
	int64_t village;
};

/* tree tells one province from another. */
static inline void odk_start(struct odk_home *h, const char *tree)
{
	struct xlsform x = {.code = "g",
	                    .survey = {odk_survey, sizeof odk_survey - 1},
	                    .choices = {odk_choices, sizeof odk_choices - 1},
	                    .settings = {odk_settings, sizeof odk_settings - 1}};
	int version;

	h->s = fixture_root();
	assert_ok(meta_set_bytes(h->s, "root_print", tree, strlen(tree)));
	h->village = fixture_unit(h->s, FIXTURE_ROOT_UNIT, LEVEL_VILLAGE, "v1", "Thôn 1");
	assert_ok(form_add(h->s, &x, &version));
	assert_ok(form_load(h->s, "census", &h->f));
}

static inline void odk_stop(struct odk_home *h)
{
	form_free(h->f);
	fixture_remove(h->s);
}

/* ---- taking in ----------------------------------------------------------------------------------- */

struct odk_taking {
	struct odk_home *h;
	struct odk *odk;
	size_t lines, bad, strange;
	enum origin what;       /* of the last one */
	int64_t id;             /* the same */
	char why[ERR_TEXT_MAX]; /* of the last bad one */
	unsigned row;           /* the same */
	char json[8192];        /* the last line */
};

static inline void odk_say(char *out, size_t cap, const char *text)
{
	snprintf(out, cap, "%s", text);
}

/* As agent/import_json.c does it. */
static inline int odk_save(struct odk_taking *t, const char *line)
{
	struct odk_home *h = t->h;
	struct buf instance = {0}, was = {0};
	struct origin_match m;
	struct paper *p = NULL;
	struct tx *tx = NULL;
	int rc = paper_json_text(line, "_instance", &instance);

	if (!rc)
		rc = paper_json_text(line, "_was", &was);
	if (!rc)
		rc = origin_find(h->s, h->f, buf_cstr(&instance), buf_cstr(&was), &m);
	t->what = rc ? ORIGIN_NEW : m.what;
	t->id = rc ? 0 : m.record;
	if (!rc && m.what < ORIGIN_RELATED) {
		rc = m.record ? paper_load(h->s, h->f, m.record, &p)
		              : paper_new(h->s, h->f, h->village, &p);
		if (!rc)
			paper_submitted(p);
		if (!rc)
			rc = paper_fill_json(p, line);
		if (!rc)
			rc = paper_work_out(p);
		if (!rc)
			rc = paper_check(p);
	}
	if (!rc)
		rc = tx_begin(h->s, h->village, &tx);
	if (!rc && p)
		rc = paper_save(tx, p, 0, &t->id);
	if (!rc)
		rc = origin_add(tx, t->id, buf_cstr(&instance), buf_cstr(&was));
	if (!rc)
		rc = tx_commit(tx);
	tx_end(tx);
	paper_free(p);
	buf_release(&instance);
	buf_release(&was);
	return rc;
}

static inline int odk_line_in(void *arg, const struct odk_place *at, const struct buf *json)
{
	struct odk_taking *t = arg;
	const char *why = at->why;

	t->lines++;
	odk_say(t->json, sizeof t->json, (const char *)json->data);
	if (!why && odk_save(t, (const char *)json->data))
		why = err_text();
	if (!why)
		return 0;
	t->bad++;
	t->row = at->row;
	odk_say(t->why, sizeof t->why, why);
	return 0;
}

static inline int odk_strange_in(void *arg, const char *file, const char *name)
{
	struct odk_taking *t = arg;

	(void)file;
	t->strange++;
	odk_say(t->why, sizeof t->why, name);
	return 0;
}

static inline void odk_begin_taking(struct odk_taking *t, struct odk_home *h)
{
	struct odk_sink sink = {odk_line_in, odk_strange_in, t};

	memset(t, 0, sizeof *t);
	t->h = h;
	assert_ok(odk_open(h->s, h->f, &sink, &t->odk));
}

/* One instance; what came of it is in t. */
static inline int odk_take(struct odk_taking *t, struct odk_home *h, const char *xml)
{
	int rc;

	odk_begin_taking(t, h);
	rc = odk_instance(t->odk, "a.xml", xml, strlen(xml), false);
	odk_close(t->odk);
	return rc;
}

/* Tables, each its file's name and its text. */
static inline int odk_take_tables(struct odk_taking *t, struct odk_home *h,
                                  const char *const (*table)[2], size_t n)
{
	size_t i;
	int rc = 0;

	odk_begin_taking(t, h);
	for (i = 0; !rc && i < n; i++)
		rc = odk_table(t->odk, table[i][0], table[i][1], strlen(table[i][1]), n > 1);
	if (!rc)
		rc = odk_join(t->odk);
	odk_close(t->odk);
	return rc;
}

/* ---- what is stored ------------------------------------------------------------------------------ */

/* "name=value;" of every answer, with the rows of repeats in brackets. */
static inline void odk_show(const struct form *f, const struct paper *p, size_t row,
                            struct buf *out)
{
	size_t q, at;

	for (q = 0; q < f->nq; q++) {
		if (!paper_asks(p, row, q))
			continue;
		if (f->q[q].type == Q_REPEAT)
			for (at = paper_next_row(p, row, q, 0); at;
			     at = paper_next_row(p, row, q, at)) {
				buf_printf(out, "%s[", f->q[q].name);
				odk_show(f, p, at, out);
				buf_str(out, "]");
			}
		else if (f->q[q].col && paper_stored(p, row, q))
			buf_printf(out, "%s=%s;", f->q[q].name, paper_stored(p, row, q));
	}
}

static inline void odk_stored(struct odk_home *h, int64_t id, struct buf *out)
{
	struct paper *p;

	assert_ok(paper_load(h->s, h->f, id, &p));
	odk_show(h->f, p, 0, out);
	buf_cstr(out);
	paper_free(p);
}

static inline void odk_expect(struct odk_home *h, int64_t id, const char *wanted)
{
	struct buf got = {0};

	odk_stored(h, id, &got);
	assert_string_equal(buf_cstr(&got), wanted);
	buf_release(&got);
}

static inline int odk_no_link(void *arg, const struct question *q, const char *id, struct buf *out)
{
	(void)arg;
	(void)q;
	buf_str(out, id);
	return out->err;
}

/* A stored record as it goes out; appended. */
static inline void odk_out_of(struct odk_home *h, int64_t id, bool without_personal,
                              struct buf *out)
{
	struct odk_out o = {h->s, h->f, without_personal, odk_no_link, NULL};
	struct record *r;
	struct paper *p;

	assert_ok(record_get(h->s, h->f, id, &r));
	assert_ok(paper_load(h->s, h->f, id, &p));
	assert_ok(odk_put(&o, p, r, "v1", out));
	buf_cstr(out);
	record_free(r);
	paper_free(p);
}

#endif
