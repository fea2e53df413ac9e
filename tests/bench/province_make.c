/* province_make.c - a province's database, through the packs of its village teams.
 *
 * One writer plays every team: under the team's number it records, seals, hands its packs over and
 * forgets. A team syncs once a week.
 */
#include "tests/bench/province.h"
#include "tests/gen/model.h"
#include "tests/gen/prng.h"
#include "tests/unit/rig.h"
#include "storage/form.h"
#include "storage/indicator.h"
#include "storage/meta.h"
#include "storage/pack.h"

#define BEGIN_MS INT64_C(1664582400000) /* 2022-10-01 */
#define DAY_MS (24 * 3600 * INT64_C(1000))
#define WEEK 7
#define DATE_SIZE 40     /* what the compiler can be sure of */
#define SECOND_SHARE 0.2 /* of households that are visited twice */
#define ASSIST_SHARE 0.1 /* of those helped with an online service */

struct team {
	struct rig_node *root, *writer;
	const struct province *province;
	const struct commune *commune;
	uint32_t village, households;
	int64_t unit;
	struct feed_key key;
	struct tx *tx;
};

enum insert { HOUSEHOLD, VISIT, ASSIST, TRAINING, SIGNAL, TEAM, FACILITY, INSERTS };
static const char *const insert_sql[INSERTS] = {
	[HOUSEHOLD] =
		"INSERT INTO f_household(_id, _unit, _version, number, persons, registered_on)"
		" VALUES(?1, ?2, 1, ?3, ?4, ?5)",
	[VISIT] =
		"INSERT INTO f_visit(_id, _unit, _version, household, surveyed_on, time, persons,"
		" adults, persons_14, smartphones, featurephones, fibre, provider, mobile_bb, signal,"
		" eid, bank, digital_address, sells_online, platform, services_account, paid_online,"
		" computer, barrier) VALUES(?1, ?2, 1, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13,"
		" ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23)",
	[ASSIST] =
		"INSERT INTO f_assist(_id, _unit, _version, done_on, household, service, step,"
		" filed_online, paid_online, minutes) VALUES(?1, ?2, 1, ?3, ?4, 'khai sinh', ?5, ?6,"
		" ?7, ?8)",
	[TRAINING] =
		"INSERT INTO f_training(_id, _unit, _version, held_on, topic, hours, attendees,"
		" women) VALUES(?1, ?2, 1, ?3, 'eid', 2, ?4, ?5)",
	[SIGNAL] = "INSERT INTO f_signal(_id, _unit, _version, checked_on, covered, technology,"
		   " operators, dead_spots) VALUES(?1, ?2, 1, ?3, ?4, ?5, 'viettel vnpt', ?6)",
	[TEAM] = "INSERT INTO f_team(_id, _unit, _version, reported_on, kind, members,"
		 " members_trained, trained) VALUES(?1, ?2, 1, ?3, ?4, ?5, ?6, '1')",
	[FACILITY] =
		"INSERT INTO f_facility(_id, _unit, _version, checked_on, kind, name, computer,"
		" internet, scanner, desk, broadband)"
		" VALUES(?1, ?2, 1, ?3, ?4, ?5, '1', '1', ?6, '1', ?7)",
};
static sqlite3_stmt *insert[INSERTS];

static int yes(uint64_t *stream, double p)
{
	return draw_unit(stream) < p;
}

static const char *bit(int set)
{
	return set ? "1" : "0";
}

/* A new row with its id and unit bound. */
static sqlite3_stmt *row(struct team *t, enum insert what, int64_t *id)
{
	sqlite3_stmt *st = insert[what];

	sqlite3_reset(st);
	sqlite3_clear_bindings(st);
	*id = tx_new_id(t->tx);
	sqlite3_bind_int64(st, 1, *id);
	sqlite3_bind_int64(st, 2, t->unit);
	return st;
}

static void text(sqlite3_stmt *st, int at, const char *value)
{
	if (*value)
		sqlite3_bind_text(st, at, value, -1, SQLITE_TRANSIENT);
}

static void put(struct team *t, sqlite3_stmt *st)
{
	ok(db_step(t->writer->s, st));
}

/* Day 0 is the first of October 2022. */
static const char *date(int day, char out[DATE_SIZE])
{
	snprintf(out, DATE_SIZE, "2022-%02d-%02d", day < 31 ? 10 : 11,
	         1 + (day < 31 ? day : day - 31));
	return out;
}

/* ---- what a team records ------------------------------------------------------------------ */

static void put_visit(struct team *t, int64_t household, uint32_t n, int day, int again)
{
	static const char *const providers[] = {"vnpt", "viettel", "fpt"};
	static const char *const barriers[] = {"no_need", "cost", "no_skill", "not_available"};
	struct household h = household_draw(t->commune, t->village, n);
	uint64_t s = household_stream(t->commune, t->village, n) + (uint64_t)again;
	sqlite3_stmt *st;
	char day_text[DATE_SIZE], time[16];
	int64_t id;
	int sells = yes(&s, 0.09), i;

	h.fibre |= (uint32_t)again;
	snprintf(time, sizeof time, "%02u:%02u", 8 + draw_below(&s, 9), draw_below(&s, 60));
	st = row(t, VISIT, &id);
	sqlite3_bind_int64(st, 3, household);
	text(st, 4, date(day, day_text));
	text(st, 5, time);
	const uint32_t count[] = {h.persons, h.adults, h.adults, h.smartphones,
	                          draw_below(&s, h.persons - h.smartphones + 1)};
	for (i = 0; i < 5; i++)
		sqlite3_bind_int64(st, 6 + i, count[i]);
	text(st, 11, bit((int)h.fibre));
	text(st, 12, h.fibre ? providers[draw_below(&s, 3)] : "");
	text(st, 13, bit(yes(&s, 0.89)));
	sqlite3_bind_int64(st, 14, 4 - draw_below(&s, 3));
	sqlite3_bind_int64(st, 15, h.eid);
	sqlite3_bind_int64(st, 16, h.bank);
	text(st, 17, bit(yes(&s, 0.69)));
	text(st, 18, bit(sells));
	text(st, 19, sells ? "shopee" : "");
	text(st, 20, bit(yes(&s, 0.30)));
	text(st, 21, bit(yes(&s, 0.19)));
	text(st, 22, bit(yes(&s, 0.27)));
	text(st, 23, h.fibre ? "" : barriers[draw_below(&s, 4)]);
	put(t, st);
}

static void put_assist(struct team *t, int64_t household, int day, uint64_t *s)
{
	static const char *const steps[] = {"account", "sign_in", "fill_in", "submit", "pay"};
	unsigned step = draw_below(s, 5);
	char day_text[DATE_SIZE];
	int64_t id;
	sqlite3_stmt *st = row(t, ASSIST, &id);

	text(st, 3, date(day, day_text));
	sqlite3_bind_int64(st, 4, household);
	text(st, 5, steps[step]);
	text(st, 6, bit(step > 2));
	text(st, 7, bit(step > 3));
	sqlite3_bind_int64(st, 8, 5 + draw_below(s, 40));
	put(t, st);
}

static int64_t put_household(struct team *t, uint32_t n, int day)
{
	struct household h = household_draw(t->commune, t->village, n);
	char day_text[DATE_SIZE];
	int64_t id;
	sqlite3_stmt *st = row(t, HOUSEHOLD, &id);

	sqlite3_bind_int64(st, 3, n);
	sqlite3_bind_int64(st, 4, h.persons);
	text(st, 5, date(day, day_text));
	put(t, st);
	return id;
}

static void put_village(struct team *t)
{
	uint64_t s = household_stream(t->commune, t->village, 0);
	int covered = village_covered(t->province, t->commune, t->village), i;
	char day_text[DATE_SIZE];
	int64_t id;
	sqlite3_stmt *st = row(t, SIGNAL, &id);

	text(st, 3, date(4, day_text));
	text(st, 4, bit(covered));
	text(st, 5, covered ? "3g 4g" : "");
	sqlite3_bind_int64(st, 6, draw_below(&s, 3));
	put(t, st);
	st = row(t, TEAM, &id);
	text(st, 3, date(4, day_text));
	text(st, 4, "village");
	sqlite3_bind_int64(st, 5, 7);
	sqlite3_bind_int64(st, 6, 5 + draw_below(&s, 3));
	put(t, st);
	for (i = 0; i < 2; i++) {
		unsigned people = 12 + draw_below(&s, 25);

		st = row(t, TRAINING, &id);
		text(st, 3, date(8 + 14 * i, day_text));
		sqlite3_bind_int64(st, 4, people);
		sqlite3_bind_int64(st, 5, draw_below(&s, people));
		put(t, st);
	}
}

/* The first village's team records for its commune too. */
static void put_commune(struct team *t, int64_t commune)
{
	static const char *const kinds[] = {"one_stop", "post"};
	int64_t id, village = t->unit;
	char day_text[DATE_SIZE];
	sqlite3_stmt *st;
	int i;

	t->unit = commune;
	ok(tx_begin(t->writer->s, commune, &t->tx));
	st = row(t, TEAM, &id);
	text(st, 3, date(4, day_text));
	text(st, 4, "commune");
	sqlite3_bind_int64(st, 5, 9);
	sqlite3_bind_int64(st, 6, 9);
	put(t, st);
	for (i = 0; i < 2; i++) {
		st = row(t, FACILITY, &id);
		text(st, 3, date(5, day_text));
		text(st, 4, kinds[i]);
		text(st, 5, kinds[i]);
		text(st, 6, bit(t->commune->seed & 1));
		text(st, 7, bit(t->commune->seed & 2 ? 1 : 0));
		put(t, st);
	}
	ok(tx_commit(t->tx));
	tx_end(t->tx);
	t->unit = village;
}

/* ---- its packs ---------------------------------------------------------------------------- */

static int hand_over(void *arg, const struct pack *p)
{
	struct team *t = arg;
	struct feed f = {.key = t->key};

	ok(feed_receive(t->root->s, &f, p));
	return 0;
}

static void seal(struct team *t, uint32_t *sent)
{
	struct feed f;

	ok(pack_seal(t->writer->s));
	ok(feed_find(t->writer->s, &t->key, false, &f));
	ok(feed_packs(t->writer->s, &f, *sent, hand_over, t));
	*sent = f.head;
}

/* From day `first` on, a seventh of the households of the four weeks a day; then some a second time. */
static void record_days(struct team *t, int64_t *household, int first)
{
	uint32_t n;
	int day, end = first + WEEK;

	for (day = first; day < end; day++) {
		t->writer->now_ms = BEGIN_MS + day * DAY_MS + DAY_MS / 2;
		ok(tx_begin(t->writer->s, t->unit, &t->tx));
		for (n = 1; n <= t->households; n++) {
			uint64_t s = mix(household_stream(t->commune, t->village, n));
			int visit = (int)((n - 1) * 28 / t->households);

			if (day == visit) {
				household[n] = put_household(t, n, day);
				put_visit(t, household[n], n, day, 0);
				if (yes(&s, ASSIST_SHARE))
					put_assist(t, household[n], day, &s);
			} else if (day == visit / 2 + 28 && yes(&s, SECOND_SHARE)) {
				put_visit(t, household[n], n, day, 1);
			}
		}
		if (day == 0)
			put_village(t);
		ok(tx_commit(t->tx));
		tx_end(t->tx);
	}
}

/* The writer becomes the team's device, with nothing recorded. */
static void become(struct team *t, uint32_t number)
{
	struct store *s = t->writer->s;

	ok(db_exec(s, "DELETE FROM f_household; DELETE FROM f_visit; DELETE FROM f_assist;"
	              "DELETE FROM f_training; DELETE FROM f_signal; DELETE FROM f_team;"
	              "DELETE FROM f_facility; DELETE FROM pack; DELETE FROM pack_row;"
	              "DELETE FROM feed; DELETE FROM entry"));
	ok(meta_set_int(s, "counter", 0));
	ok(meta_set_int(s, "clock", 0));
	s->self.number = number;
	s->self.scope = t->unit;
}

static void record_village(struct team *t, uint32_t number, int64_t commune)
{
	int64_t *household = calloc(t->households + 1, sizeof *household);
	uint32_t sent = 0;
	int week;

	become(t, number);
	t->key = (struct feed_key){number, 0, t->unit, CLASS_OPEN};
	for (week = 0; week < 6; week++) {
		record_days(t, household, week * WEEK);
		seal(t, &sent);
	}
	if (t->village == 1) {
		put_commune(t, commune);
		t->key.scope = commune;
		sent = 0;
		seal(t, &sent);
	}
	free(household);
}

/* ---- the tree ------------------------------------------------------------------------------- */

static int64_t add_unit(struct store *s, int64_t parent, enum level level, const char *code,
                        const char *name, int64_t households)
{
	struct unit u = {.parent = parent,
	                 .level = level,
	                 .households = households,
	                 .population = -1};
	int64_t id;

	snprintf(u.code, sizeof u.code, "%s", code);
	snprintf(u.name, sizeof u.name, "%s", name);
	ok(unit_add(s, &u, &id));
	return id;
}

/* The team's device, with the one key that they all have here, so that no time goes into certificates. */
static void enrol(struct team *t, uint32_t number, int64_t unit, const struct buf *pubkey)
{
	struct node n = {.number = number, .role = ROLE_DEVICE, .unit = unit, .name = "team"};

	memcpy(n.pubkey, pubkey->data, PUBKEY_LEN);
	ok(node_add(t->root->s, &n));
}

static void record_commune(struct team *t, size_t i, int64_t province, const struct buf *pubkey)
{
	uint32_t office = 2 + (uint32_t)i, v;
	int64_t commune;
	char code[32];

	t->commune = &t->province->commune[i];
	commune = add_unit(t->root->s, province, LEVEL_COMMUNE, t->commune->code, t->commune->name,
	                   -1);
	for (v = 1; v <= t->commune->villages; v++) {
		t->village = v;
		t->households = village_households(t->commune, v);
		snprintf(code, sizeof code, "%s-%02u", t->commune->code, v);
		t->unit = add_unit(t->root->s, commune, LEVEL_VILLAGE, code, code, t->households);
		/* the first records for its commune, so that it works for that */
		enrol(t, office << 14 | v, v == 1 ? commune : t->unit, pubkey);
		record_village(t, office << 14 | v, commune);
	}
	fprintf(stderr, "%sprovince: %zu of %zu communes%s", i ? "\r" : "", i + 1,
	        t->province->count, i + 1 < t->province->count ? "" : "\n");
}

static void start_root(struct rig_node *root, const char *home)
{
	struct self self = {.number = ROOT_NUMBER,
	                    .role = ROLE_ROOT,
	                    .scope = (int64_t)ROOT_NUMBER << 35 | 1,
	                    .office_first = 1,
	                    .office_count = 0x3fff,
	                    .name = "province"};

	memset(root, 0, sizeof *root);
	root->now_ms = BEGIN_MS - DAY_MS;
	root->env = identity_env;
	root->env.arg = &root->now_ms;
	root->env.now_ms = rig_now;
	root->env.random = rig_random;
	ok(store_open(home, STORE_CREATE, &root->env, &root->s));
	ok(db_exec(root->s, "PRAGMA synchronous = OFF"));
	ok(enrol_root(root->s, &self));
	add_unit(root->s, 0, LEVEL_PROVINCE, "24", "Province", -1);
	ok(form_add_builtin(root->s));
	ok(indicator_add_builtin(root->s));
}

void province_make(const char *home, const char *population)
{
	struct rig_node root, writer;
	struct province p;
	struct team t = {.root = &root, .writer = &writer, .province = &p};
	struct buf pubkey = {0};
	size_t i;

	province_load(&p, population, 1);
	start_root(&root, home);
	rig_join(&writer, &root, "24", ROLE_OFFICE);
	ok(meta_bytes(writer.s, "pubkey", &pubkey));
	for (i = 0; i < INSERTS; i++)
		ok(db_prepare(writer.s, insert_sql[i], &insert[i]));
	root.now_ms = BEGIN_MS + 50 * DAY_MS;
	for (i = 0; i < p.count; i++)
		record_commune(&t, i, root.s->self.scope, &pubkey);
	for (i = 0; i < INSERTS; i++)
		sqlite3_finalize(insert[i]);
	buf_release(&pubkey);
	rig_stop(&writer);
	store_close(root.s);
	province_release(&p);
}
