/* The file of accounts: its owner's alone, whole or not at all, and nobody comes in by one that is bent. */
#include "agent/accounts.h"
#include "protocol/identity.h"
#include "tests/unit/fixture.h"

#include <fcntl.h>
#include <sys/stat.h>

static struct account made(const char *name, enum account_role role)
{
	struct account a = {.role = role, .unit = 5, .person = 7};

	snprintf(a.name, sizeof a.name, "%s", name);
	assert_ok(account_set_password(&identity_env, &a, "bốn từ là đủ"));
	return a;
}

static void what_is_put_is_found(void **state)
{
	struct account lan = made("lan", ACCOUNT_EDITOR), hoa = made("hoa.2", ACCOUNT_ADMIN);
	struct accounts a = {0};
	struct stat st;

	(void)state;
	unlink(ACCOUNTS_FILE);
	assert_ok(accounts_load(".", &a));
	assert_int_equal(a.n, 0);
	assert_ok(accounts_put(".", &lan, true));
	assert_ok(accounts_put(".", &hoa, true));
	assert_ok(accounts_load(".", &a));
	assert_int_equal(a.n, 2);
	assert_memory_equal(accounts_find(&a, "lan"), &lan, sizeof lan);
	assert_memory_equal(accounts_find(&a, "hoa.2"), &hoa, sizeof hoa);
	assert_null(accounts_find(&a, "hoa"));
	assert_int_equal(stat(ACCOUNTS_FILE, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_err(accounts_put(".", &lan, true), ERR_EXISTS, "lan");
	lan.role = ACCOUNT_VIEWER;
	assert_ok(accounts_put(".", &lan, false));
	assert_ok(accounts_load(".", &a));
	assert_int_equal(accounts_find(&a, "lan")->role, ACCOUNT_VIEWER);
	assert_ok(accounts_drop(".", "lan"));
	assert_err(accounts_drop(".", "lan"), ERR_NOTFOUND, "lan");
	assert_err(accounts_put(".", &lan, false), ERR_NOTFOUND, "lan");
	assert_ok(accounts_load(".", &a));
	assert_int_equal(a.n, 1);
	accounts_release(&a);
}

static void there_is_an_end_to_them(void **state)
{
	struct account x = made("x", ACCOUNT_VIEWER);
	struct accounts a = {0};
	int i;

	(void)state;
	unlink(ACCOUNTS_FILE);
	for (i = 0; i < ACCOUNTS_MAX; i++) {
		snprintf(x.name, sizeof x.name, "%029d.-_", i);
		assert_ok(accounts_put(".", &x, true));
	}
	snprintf(x.name, sizeof x.name, "more");
	assert_err(accounts_put(".", &x, true), ERR_TOOBIG, "200");
	assert_ok(accounts_load(".", &a));
	assert_int_equal(a.n, ACCOUNTS_MAX);
	accounts_release(&a);
}

static void put_file(const char *text, size_t len)
{
	int fd = open(ACCOUNTS_FILE, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_int_equal(write(fd, text, len), (ssize_t)len);
	close(fd);
}

/* Whatever is cut off or bent in it: it is the same list, or none. */
static void a_bent_list_lets_nobody_in(void **state)
{
	struct account lan = made("lan", ACCOUNT_EDITOR);
	struct accounts a = {0};
	char text[512], bent[512];
	size_t len, i;
	FILE *f;

	(void)state;
	unlink(ACCOUNTS_FILE);
	assert_ok(accounts_put(".", &lan, true));
	f = fopen(ACCOUNTS_FILE, "r");
	len = fread(text, 1, sizeof text, f);
	fclose(f);
	for (i = 0; i < len - 1; i++) {
		put_file(text, i);
		accounts_release(&a);
		if (accounts_load(".", &a))
			assert_int_equal(a.n, 0);
		else
			assert_true(i == strlen("cayda accounts 1\n") && a.n == 0);
	}
	for (i = 0; i < len - 1; i++) {
		memcpy(bent, text, len);
		bent[i] = bent[i] == '~' ? '!' : '~';
		put_file(bent, len);
		accounts_release(&a);
		assert_err(accounts_load(".", &a), ERR_CORRUPT, "accounts");
		assert_int_equal(a.n, 0);
	}
	accounts_release(&a);
}

static void names_are_plain(void **state)
{
	static const char *const bad[] = {"",    "a b", "Lan", "a/b",
	                                  "a\n", "é",   "a:b", "abcdefghijklmnopqrstuvwxyz0123456"};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_err(account_check_name(bad[i]), ERR_BAD, "a-z");
	assert_ok(account_check_name("nguyen.thi_lan-2"));
}

static void a_password_is_the_same_however_it_is_typed(void **state)
{
	/* "mật khẩu", composed and as some keyboards send it */
	static const char composed[] = "m\xe1\xba\xadt kh\xe1\xba\xa9u x";
	static const char apart[] = "ma\xcc\xa3\xcc\x82t kha\xcc\x82\xcc\x89u x";
	char text[PASSWORD_MAX + 1], long_one[PASSWORD_MAX + 2];
	uint8_t hash[PASSWORD_HASH_LEN];
	struct account a = {0};

	(void)state;
	assert_ok(account_set_password(&identity_env, &a, composed));
	assert_ok(account_password(apart, text));
	assert_ok(password_hash(text, a.salt, a.rounds, hash));
	assert_true(password_same(hash, a.hash));
	assert_int_equal(a.rounds, PASSWORD_ROUNDS);
	assert_err(account_set_password(&identity_env, &a, "mậtkhẩu"), ERR_BAD, "10");
	memset(long_one, 'x', sizeof long_one);
	long_one[PASSWORD_MAX + 1] = 0;
	assert_err(account_set_password(&identity_env, &a, long_one), ERR_BAD, "256");
	assert_err(account_set_password(&identity_env, &a,
	                                "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"),
	           ERR_BAD, "text");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_put_is_found),
		cmocka_unit_test(there_is_an_end_to_them),
		cmocka_unit_test(a_bent_list_lets_nobody_in),
		cmocka_unit_test(names_are_plain),
		cmocka_unit_test(a_password_is_the_same_however_it_is_typed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
