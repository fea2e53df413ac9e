/* kill.c - the real program, killed with SIGKILL again and again while it records, syncs, backs up and restores.
 *
 * usage: CAYDA=program kill ROUNDS SEED OFFICE-ADDRESS
 *
 * In the current folder are the homes d (a device), o (its office) and p (the province, whose server runs), all
 * enrolled. After each kill: what the program said it saved is there, each under an id of its own, and verify finds
 * nothing wrong. The caller compares the homes' hashes at the end.
 */
#include "tests/crash/draw.h"
#include "tests/crash/kill_check.h"
#include "tests/crash/run.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define IMPORTED 24 /* rows of an import */

enum op { ADD, EDIT, IMPORT, SYNC, SERVE, UPWARD, BACKUP, RESTORE, OPS };
static const char *const op_name[OPS] =
	{"add",         "edit",   "import", "sync, device killed", "sync, office killed",
         "sync upward", "backup", "restore"};
static const unsigned op_share[OPS] = {30, 16, 12, 14, 12, 6, 5, 5}; /* of 100 rounds */

static uint64_t seed;
static bool traceable;
static long usual[OPS]; /* system calls of one that was let run to its end */
static unsigned done[OPS], killed[OPS];
static const char *office;

/* ---- calling the program ---------------------------------------------------------------------------- */

/* Where to kill this time: most often at a system call, sometimes by the clock. */
static long kill_point(enum op op)
{
	long from = usual[op] / 8;

	if (!usual[op])
		return -1; /* the first of its kind shows how long it takes */
	return from + (long)draw(&seed, (uint64_t)(usual[op] - from) * 17 / 16 + 1);
}

static void finish(enum op op, struct run *r)
{
	done[op]++;
	killed[op] += r->killed;
	if (!r->killed && r->traced)
		usual[op] = r->count;
}

/* Runs it and kills it somewhere; its exit status, -1 when it was killed. */
static int call_killed(enum op op, const char *home, ...)
{
	bool by_time = !traceable || draw(&seed, 5) == 0;
	const char *argv[ARGS];
	struct run r;
	va_list ap;

	va_start(ap, home);
	call_words(argv, home, ap);
	va_end(ap);
	if (by_time) {
		run_start(&r, "out.txt", argv, false, -1);
		run_kill_after(&r, (long)draw(&seed, op >= SYNC ? 60000 : 12000));
	} else {
		run_start(&r, "out.txt", argv, true, kill_point(op));
		run_wait(&r);
	}
	finish(op, &r);
	return run_status(&r);
}

/* ---- what is done -------------------------------------------------------------------------------------------- */

static struct household *fresh_household(unsigned *number)
{
	struct household *h = household_new(number);

	h->persons = 1 + (int)draw(&seed, 9);
	return h;
}

static void add(void)
{
	char number[32], persons[32], text[4096];
	struct household *h;
	unsigned n;
	int status;

	h = fresh_household(&n);
	snprintf(number, sizeof number, "number=%u", n);
	snprintf(persons, sizeof persons, "persons=%d", h->persons);
	status = call_killed(ADD, "d", "add", "household", number, persons, NULL);
	if (text_field(run_text("out.txt", text, sizeof text), "id", h->id, sizeof h->id))
		h->said = true;
	else if (status == 0)
		fail("add says nothing");
	else if (status > 0)
		fail("add of household %u", n);
}

static void edit(void)
{
	char persons[32], text[4096], id[ID_TEXT];
	struct household *h;
	unsigned n = households() ? 1 + (unsigned)draw(&seed, households()) : 0;
	int status;

	while (n && !household_get(n)->said)
		n--;
	if (!n)
		return;
	h = household_get(n);
	h->next = 1 + (int)draw(&seed, 99);
	snprintf(persons, sizeof persons, "persons=%d", h->next);
	status = call_killed(EDIT, "d", "edit", h->id, persons, NULL);
	if (text_field(run_text("out.txt", text, sizeof text), "id", id, sizeof id)) {
		h->persons = h->next;
		h->next = 0;
	} else if (status >= 0) {
		fail("edit of household %u", n);
	}
}

static void import(void)
{
	FILE *f = fopen("rows.csv", "w");
	struct household *h;
	char text[4096];
	unsigned n, i, first = households() + 1;
	int status;

	fprintf(f, "number,persons\n");
	for (i = 0; i < IMPORTED; i++) {
		h = fresh_household(&n);
		fprintf(f, "%u,%d\n", n, h->persons);
	}
	fclose(f);
	status = call_killed(IMPORT, "d", "import", "household", "rows.csv", NULL);
	if (number_field(run_text("out.txt", text, sizeof text), "saved") == IMPORTED)
		for (i = first; i <= households(); i++)
			household_get(i)->said = true;
	else if (status >= 0)
		fail("import");
}

/* The office's server; its words are in o.txt. */
static void serve(struct run *r, bool traced)
{
	const char *argv[] = {getenv("CAYDA"), "--home",   "o",    "--json",
	                      "run",           "--listen", office, NULL};

	run_start(r, "o.txt", argv, traced, -1);
	run_wait_text(r, "o.txt", "listening");
	if (r->ended)
		fail("the office does not run");
}

static void stop(struct run *r)
{
	run_kill_after(r, 0);
}

static void sync_device_killed(void)
{
	struct run server;

	serve(&server, false);
	if (call_killed(SYNC, "d", "sync", NULL) > 0)
		fail("sync");
	stop(&server);
}

static void sync_office_killed(void)
{
	const char *argv[] = {getenv("CAYDA"), "--home", "d", "--json", "sync", NULL};
	struct run server, client;
	bool by_time = !traceable || draw(&seed, 5) == 0;
	long at = kill_point(SERVE);

	serve(&server, !by_time);
	run_start(&client, "out.txt", argv, false, -1);
	if (by_time) {
		run_kill_after(&server, (long)draw(&seed, 60000));
	} else if (at < 0) {
		at = server.count;
		run_wait(&client);
		usual[SERVE] = server.count - at;
		stop(&server);
	} else {
		server.left = server.count + at;
		run_wait_either(&server, &client);
		stop(&server);
	}
	finish(SERVE, &server);
	stop(&client);
}

static void sync_upward(void)
{
	if (call_killed(UPWARD, "o", "sync", NULL) > 0)
		fail("sync of the office");
}

/* Both ways to the office; nobody is killed. */
static void sync_all(void)
{
	struct run server;

	serve(&server, false);
	if (call("out.txt", "d", "sync", NULL))
		fail("sync of the device");
	stop(&server);
}

/* A copy that has its name is whole. */
static void backup(void)
{
	int status = call_killed(BACKUP, "d", "backup", "copy", NULL);

	if (status > 0)
		fail("backup");
	if (access("copy", F_OK))
		return;
	if (call("out.txt", "r", "restore", "copy", NULL))
		fail("what backup wrote cannot be restored");
	check_home("r");
	check_records("r", status == 0);
}

/* Killed anywhere, the home is the old one or the restored one: both hold all that is there. */
static void restore(void)
{
	sync_all();
	if (call("out.txt", "d", "backup", "copy", NULL))
		fail("backup");
	if (call_killed(RESTORE, "d", "restore", "copy", NULL) > 0)
		fail("restore");
}

/* ---- rounds ----------------------------------------------------------------------------------------- */

static enum op draw_op(void)
{
	unsigned at = (unsigned)draw(&seed, 100), op;

	for (op = 0; at >= op_share[op]; op++)
		at -= op_share[op];
	return (enum op)op;
}

static void round_of(enum op op)
{
	static void (*const act[OPS])(void) = {
		add,         edit,   import,  sync_device_killed, sync_office_killed,
		sync_upward, backup, restore,
	};
	const char *home = op == SERVE || op == UPWARD ? "o" : "d";

	act[op]();
	check_home(home);
	check_records(home, home[0] == 'd');
	if (op == SYNC)
		check_home("o");
}

static void report(unsigned rounds)
{
	unsigned op, all = 0;

	for (op = 0; op < OPS; op++) {
		printf("%-22s %5u runs, %5u killed\n", op_name[op], done[op], killed[op]);
		all += killed[op];
	}
	printf("%u rounds, %u killed, %u households\n", rounds, all, households());
}

int main(int argc, char **argv)
{
	unsigned rounds, i;
	uint64_t first;

	if (argc != 4 || !getenv("CAYDA"))
		return 2;
	rounds = (unsigned)strtoul(argv[1], NULL, 10);
	first = seed = strtoull(argv[2], NULL, 10);
	office = argv[3];
	traceable = run_can_trace();
	printf("seed %llu%s\n", (unsigned long long)first,
	       traceable ? "" : " (no ptrace here: killed by the clock only)");
	for (i = 0; i < rounds; i++) {
		kill_seed("round %u of %u, seed %llu", i + 1, rounds, (unsigned long long)first);
		round_of(draw_op());
	}
	sync_all();
	if (call("out.txt", "o", "sync", NULL))
		fail("sync of the office");
	sync_all();
	check_records("d", true);
	check_records("o", true);
	check_records("p", true);
	report(rounds);
	return 0;
}
