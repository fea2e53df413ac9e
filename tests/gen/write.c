#include "tests/gen/write.h"

#include "tests/gen/prng.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define VISITS_A_DAY 12
#define DAYS 28

#define PICK(stream, list) ((list)[draw_below(stream, (unsigned)(sizeof(list) / sizeof *(list)))])

static int chance(uint64_t *stream, double p)
{
	return draw_unit(stream) < p;
}

static unsigned times(uint64_t *stream, unsigned n, double p)
{
	unsigned k = 0;
	while (n--)
		k += (unsigned)chance(stream, p);
	return k;
}

/* About normal, standard deviation 1: the sum of twelve. */
static double bell(uint64_t *stream)
{
	double sum = -6;
	for (int i = 0; i < 12; i++)
		sum += draw_unit(stream);
	return sum;
}

static FILE *create(const struct job *j, const char *name, const char *header)
{
	char path[4096];
	snprintf(path, sizeof path, "%s/%s", j->out, name);
	FILE *f = fopen(path, "w");
	if (!f)
		perror(path);
	else
		fputs(header, f);
	return f;
}

static int finish(FILE *f)
{
	int bad = ferror(f);
	if (fclose(f) || bad) {
		perror("gen: writing");
		return 1;
	}
	return 0;
}

/* ---- people ---------------------------------------------------------------------------------- */

static void put_person(FILE *f, uint64_t *stream)
{
	static const char *const family[] = {"Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ",
	                                     "Đặng",   "Bùi",  "Đỗ", "Giáp", "Thân",  "Nông"};
	static const char *const middle[] = {"Văn", "Thị", "Đức", "Thị Thu", "Quang", "Hữu"};
	static const char *const given[] = {"An",   "Bình",  "Cường", "Dung", "Hà",
	                                    "Hùng", "Hường", "Khánh", "Lan",  "Mai",
	                                    "Nam",  "Phúc",  "Thủy",  "Tuyết"};
	fprintf(f, "%s %s %s", PICK(stream, family), PICK(stream, middle), PICK(stream, given));
}

/* ---- households and visits --------------------------------------------------------------------- */

static void put_household(FILE *f, const struct job *j, uint32_t n, struct household h,
                          uint64_t stream)
{
	fprintf(f, "%u,", n);
	put_person(f, &stream);
	/* 010 is nobody's prefix: no such number rings */
	fprintf(f, ",010%07u,Thôn %u,%u,2022-10-%02u\n", draw_below(&stream, 10000000), j->village,
	        h.persons, 1 + (n - 1) / VISITS_A_DAY % DAYS);
}

static void put_place(FILE *f, const struct job *j, uint64_t *stream)
{
	uint64_t there = mix2(j->commune->seed, 3000);
	double lat = 21.15 + 0.4 * draw_unit(&there), lon = 106.0 + 0.8 * draw_unit(&there);
	there = mix2(j->commune->seed, 3000 + j->village);
	lat += 0.02 * bell(&there) + 0.003 * bell(stream);
	lon += 0.02 * bell(&there) + 0.003 * bell(stream);
	fprintf(f, "%.5f,%.5f", lat, lon);
}

static unsigned signal_bars(const struct job *j, uint64_t *stream)
{
	double u = draw_unit(stream);
	if (!village_covered(j->province, j->commune, j->village))
		return u < 0.3;
	return u < 0.01 ? 0 : u < 0.05 ? 1 : u < 0.15 ? 2 : u < 0.39 ? 3 : 4;
}

static const char *provider(uint64_t *stream)
{
	double u = draw_unit(stream);
	return u < 0.45 ? "vnpt" : u < 0.89 ? "viettel" : "fpt";
}

static void put_visit(FILE *f, const struct job *j, uint32_t n, struct household h, uint64_t s)
{
	static const char *const platforms[] = {"voso", "postmart", "shopee"};
	static const char *const barriers[] = {"no_need", "cost", "no_skill", "not_available"};
	static const char *const notes[] = {"cần hỗ trợ cài VNeID", "hẹn lại cuối tuần",
	                                    "nhà đi vắng buổi sáng", "sóng yếu sau nhà"};
	unsigned slot = (n - 1) % VISITS_A_DAY;
	unsigned minute = 460 + 32 * slot + (slot < 7 ? 0 : 80) + draw_below(&s, 25);
	fprintf(f, "%u,2022-10-%02u,%02u:%02u,%u,%u,%u,%u,%u,", n,
	        1 + (n - 1) / VISITS_A_DAY % DAYS, minute / 60, minute % 60, h.persons, h.adults,
	        h.smartphones, times(&s, h.persons - h.smartphones, 0.36), h.fibre);
	fprintf(f, "%s,%d,%u,%u,%u,%d,", h.fibre ? provider(&s) : "", chance(&s, 0.89),
	        signal_bars(j, &s), h.eid, h.bank, chance(&s, 0.69));
	int sells = chance(&s, 0.09);
	fprintf(f, "%d,%s,", sells, sells ? PICK(&s, platforms) : "");
	fprintf(f, "%d,", chance(&s, 0.30));
	fprintf(f, "%d,", chance(&s, 0.19));
	fprintf(f, "%d,%s,", chance(&s, 0.27), h.fibre ? "" : PICK(&s, barriers));
	put_place(f, j, &s);
	fprintf(f, ",%s\n", chance(&s, 0.04) ? PICK(&s, notes) : "");
}

static int write_visits(const struct job *j, FILE *counts)
{
	FILE *households = create(j, "households.csv",
	                          "number,head,phone,address,persons,registered_on\n");
	FILE *visits =
		create(j, "visits.csv",
	               "household,surveyed_on,time,persons,adults,smartphones,featurephones,fibre,"
	               "provider,mobile_bb,signal,eid,bank,digital_address,sells_online,platform,"
	               "services_account,paid_online,computer,barrier,lat,lon,note\n");
	struct household sum = {0};
	if (!households || !visits)
		return 1;
	for (uint32_t n = j->first; n < j->first + j->visits; n++) {
		struct household h = household_draw(j->commune, j->village, n);
		uint64_t stream = household_stream(j->commune, j->village, n);
		put_household(households, j, n, h, mix(stream));
		put_visit(visits, j, n, h, stream);
		sum.persons += h.persons;
		sum.adults += h.adults;
		sum.smartphones += h.smartphones;
		sum.fibre += h.fibre;
		sum.eid += h.eid;
		sum.bank += h.bank;
	}
	fprintf(counts, "smartphone\t%u\t%u\nfibre\t%u\t%u\neid\t%u\t%u\nbank\t%u\t%u\n",
	        sum.smartphones, sum.persons, sum.fibre, j->visits, sum.eid, sum.adults, sum.bank,
	        sum.adults);
	return finish(households) | finish(visits);
}

static int write_training(const struct job *j)
{
	static const char *const topics[] = {"smartphone", "services", "eid",
	                                     "payment",    "safety",   "selling"};
	FILE *f = create(j, "training.csv", "held_on,topic,place,hours,attendees,women,trainer\n");
	if (!f)
		return 1;
	for (unsigned i = 0; i < 2; i++) {
		uint64_t s = mix2(household_stream(j->commune, j->village, 0), 2 * j->device + i);
		unsigned attendees = 12 + draw_below(&s, 25);
		fprintf(f, "2022-10-%02u,%s,Nhà văn hóa thôn %u,%s,%u,%u,",
		        8 + 14 * i + j->device % 7, PICK(&s, topics), j->village,
		        chance(&s, 0.5) ? "2" : "1.5", attendees, times(&s, attendees, 0.55));
		put_person(f, &s);
		fputc('\n', f);
	}
	return finish(f);
}

/* ---- signal and teams ---------------------------------------------------------------------------- */

#define SIGNAL_COLUMNS \
	"checked_on,covered,technology,operators,dead_spots,dead_spot_place,lat,lon\n"
#define TEAM_COLUMNS "reported_on,kind,formed_on,members,members_trained,trained\n"

/* Returns whether the village is covered. */
static unsigned put_signal(FILE *f, const struct job *j)
{
	uint64_t s = household_stream(j->commune, j->village, 0);
	unsigned covered = (unsigned)village_covered(j->province, j->commune, j->village);
	unsigned dead = covered ? draw_below(&s, 3) : 1 + draw_below(&s, 4);
	fprintf(f, "2022-10-05,%u,%s,%s,%u,%s,", covered, covered ? "3g 4g" : "",
	        covered ? "viettel vnpt" : "", dead, dead ? "cuối thôn" : "");
	put_place(f, j, &s);
	fputc('\n', f);
	return covered;
}

static void put_team(FILE *f, const struct job *j, const char *kind)
{
	uint64_t s = mix(household_stream(j->commune, j->village, 0));
	unsigned members = 5 + draw_below(&s, 4);
	fprintf(f, "2022-10-05,%s,2022-04-%02u,%u,%u,1\n", kind, 1 + draw_below(&s, 28), members,
	        members - draw_below(&s, 3));
}

int write_village(const struct job *j)
{
	FILE *counts = create(j, "counts.tsv", "");
	FILE *signal = create(j, "signal.csv", SIGNAL_COLUMNS),
	     *team = create(j, "team.csv", TEAM_COLUMNS);
	if (!counts || !signal || !team || write_visits(j, counts) || write_training(j))
		return 1;
	if (j->device == 1) {
		fprintf(counts, "coverage\t%u\t1\nteams_village\t1\t1\n", put_signal(signal, j));
		put_team(team, j, "village");
	}
	return finish(counts) | finish(signal) | finish(team);
}

int write_office(const struct job *j)
{
	FILE *counts = create(j, "counts.tsv", ""),
	     *signal = create(j, "signal.csv", "unit," SIGNAL_COLUMNS);
	FILE *team = create(j, "team.csv", "unit," TEAM_COLUMNS);
	unsigned covered = 0, villages = 0;
	if (!counts || !signal || !team)
		return 1;
	fprintf(team, "%s,", j->commune->code);
	put_team(team, j, "commune");
	for (uint32_t v = j->skip + 1; v <= j->commune->villages; v++, villages++) {
		struct job there = *j;
		there.village = v;
		fprintf(signal, "%s-%02u,", j->commune->code, v);
		covered += put_signal(signal, &there);
		fprintf(team, "%s-%02u,", j->commune->code, v);
		put_team(team, &there, "village");
	}
	fprintf(counts, "coverage\t%u\t%u\nteams_commune\t1\t1\nteams_village\t%u\t%u\n", covered,
	        villages, villages, villages);
	return finish(counts) | finish(signal) | finish(team);
}
