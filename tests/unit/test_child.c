/* test_child.c - commands that run beside the agent: what they print, how they fail, and that none is left. */
#include "tests/unit/fixture.h"

#include "agent/child.h"

#include <errno.h>
#include <signal.h>

static struct children kids;

static int start(const char *script, uint64_t *ticket)
{
	char *argv[] = {"sh", "-c", (char *)(uintptr_t)script, NULL};

	return child_start(&kids, "/bin/sh", argv, ticket);
}

/* As the loop does, until one ends. */
static void wait_one(void)
{
	struct pollfd fds[CHILDREN];

	do {
		assert_true(poll(fds, (nfds_t)child_fds(&kids, fds), -1) > 0);
	} while (!child_process(&kids));
}

static int run(const char *script, struct buf *out)
{
	uint64_t ticket;

	assert_ok(start(script, &ticket));
	assert_int_not_equal(ticket, 0);
	wait_one();
	return child_take(&kids, ticket, out);
}

static void what_it_prints_is_taken_whole(void **state)
{
	struct buf out = {0};

	(void)state;
	assert_ok(run("printf abc; head -c 300000 /dev/zero; printf xyz", &out));
	assert_int_equal(out.len, 300006);
	assert_memory_equal(out.data, "abc", 3);
	assert_memory_equal(out.data + 300003, "xyz", 3);
	buf_release(&out);
}

static void why_it_fails_is_told_in_its_own_words(void **state)
{
	struct buf out = {0};

	(void)state;
	assert_err(run("echo some; echo 'cayda: no such unit' >&2; echo usage >&2; exit 2", &out),
	           ERR_BAD, "no such unit");
	assert_err(run("kill -9 $$", &out), ERR_IO, "try again");
	assert_int_equal(out.len, 0);
	buf_release(&out);
}

static void a_program_that_is_not_there_is_an_error(void **state)
{
	char *argv[] = {"none", NULL};
	struct buf out = {0};
	uint64_t ticket;

	(void)state;
	assert_ok(child_start(&kids, "/nowhere/none", argv, &ticket));
	wait_one();
	assert_int_equal(child_take(&kids, ticket, &out), ERR_IO);
	buf_release(&out);
}

static void it_has_its_own_descriptors_and_signals(void **state)
{
	struct buf out = {0};
	sigset_t block, before;
	int fd[2];

	(void)state;
	assert_int_equal(pipe(fd), 0);
	sigemptyset(&block);
	sigaddset(&block, SIGTERM);
	sigprocmask(SIG_BLOCK, &block, &before);
	assert_ok(run("ls /proc/$$/fd; grep SigBlk /proc/self/status | cut -f2", &out));
	sigprocmask(SIG_SETMASK, &before, NULL);
	assert_string_equal(buf_cstr(&out), "0\n1\n2\n3\n0000000000000000\n");
	close(fd[0]);
	close(fd[1]);
	buf_release(&out);
}

static void no_more_run_than_may(void **state)
{
	uint64_t ticket[CHILDREN + 1];
	struct buf out = {0};
	int i;

	(void)state;
	for (i = 0; i < CHILDREN; i++)
		assert_ok(start("exec sleep 1000", &ticket[i]));
	assert_err(start("true", &ticket[CHILDREN]), ERR_BUSY, "try again");
	assert_int_equal(child_take(&kids, ticket[0], &out), 1);
	kill(kids.child[0].pid, SIGTERM);
	wait_one();
	assert_ok(start("exec sleep 1000", &ticket[CHILDREN])); /* what ended waits in its place */
	assert_int_equal(child_take(&kids, ticket[0], &out), ERR_IO);
	assert_int_equal(child_take(&kids, ticket[0], &out), ERR_NOTFOUND);
	child_end_all(&kids);
	buf_release(&out);
}

/* Who asked may have left; the newest answer is the last to make room. */
static void what_nobody_takes_makes_room(void **state)
{
	uint64_t ticket[CHILD_PLACES + 1];
	struct buf out = {0};
	int i;

	(void)state;
	for (i = 0; i <= CHILD_PLACES; i++) {
		assert_ok(start("printf kept", &ticket[i]));
		wait_one();
	}
	assert_int_equal(child_take(&kids, ticket[0], &out), ERR_NOTFOUND);
	for (i = 1; i <= CHILD_PLACES; i++)
		assert_ok(child_take(&kids, ticket[i], &out));
	assert_int_equal(out.len, 4 * CHILD_PLACES);
	buf_release(&out);
}

static void none_is_left_at_the_end(void **state)
{
	uint64_t ticket;
	pid_t pid;

	(void)state;
	child_end_all(&kids);
	assert_ok(start("exec sleep 1000", &ticket));
	pid = kids.child[0].pid;
	child_end_all(&kids);
	assert_int_equal(kill(pid, 0), -1);
	assert_int_equal(errno, ESRCH);
	assert_int_equal(child_fds(&kids, NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_it_prints_is_taken_whole),
		cmocka_unit_test(why_it_fails_is_told_in_its_own_words),
		cmocka_unit_test(a_program_that_is_not_there_is_an_error),
		cmocka_unit_test(it_has_its_own_descriptors_and_signals),
		cmocka_unit_test(no_more_run_than_may),
		cmocka_unit_test(what_nobody_takes_makes_room),
		cmocka_unit_test(none_is_left_at_the_end),
	};

	return cmocka_run_group_tests_name("child", tests, NULL, NULL);
}
