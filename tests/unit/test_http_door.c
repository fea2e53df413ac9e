/* Who may look: codes that are good once, cookies, and other sites' pages. */
#include "agent/http_door.h"
#include "tests/unit/fixture.h"

#include <fcntl.h>
#include <sys/stat.h>

static void begin(struct door *d)
{
	memset(d, 0, sizeof *d);
	d->port = 8484;
	memset(d->token, 9, sizeof d->token);
	door_init(d, &fixture_env);
}

static struct http_request with_cookie(const struct door *d, const char *method)
{
	static char cookie[HTTP_COOKIE_MAX];

	snprintf(cookie, sizeof cookie, "a=b; cayda_8484=%s; c=d", d->cookie);
	return (struct http_request){.method = method,
	                             .path = "/",
	                             .loopback = true,
	                             .host = "127.0.0.1:8484",
	                             .cookie = cookie,
	                             .body = ""};
}

static void a_code_is_good_once(void **state)
{
	char code[DOOR_CODE_TEXT], later[DOOR_CODE_TEXT];
	struct door d;

	(void)state;
	begin(&d);
	door_code(&d, 5000, code);
	door_code(&d, 6000, later);
	assert_true(door_takes(&d, code, 5500));
	assert_false(door_takes(&d, code, 5600));
	assert_true(door_takes(&d, later, 6500));
	assert_false(door_takes(&d, code, 6600));
}

static void a_code_ends_and_is_not_of_tomorrow(void **state)
{
	char code[DOOR_CODE_TEXT];
	struct door d;

	(void)state;
	begin(&d);
	door_code(&d, 5000, code);
	assert_false(door_takes(&d, code, 5000 + DOOR_CODE_MS + 1));
	assert_false(door_takes(&d, code, 4999));
	assert_true(door_takes(&d, code, 5000 + DOOR_CODE_MS));
}

static void no_other_code_is_taken(void **state)
{
	static const char *const wrong[] = {"",         "-",
	                                    "1388",     "1388-",
	                                    "zz-1",     "0x1388-00",
	                                    "-1388-00", "ffffffffffffffffffffffff-00"};
	char code[DOOR_CODE_TEXT], bent[DOOR_CODE_TEXT + 4];
	struct door d, other;
	size_t i;

	(void)state;
	begin(&d);
	door_code(&d, 5000, code);
	for (i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_false(door_takes(&d, wrong[i], 5000));
	for (i = 0; code[i]; i++) {
		strcpy(bent, code);
		bent[i] = bent[i] == '1' ? '2' : '1';
		assert_false(door_takes(&d, bent, 5000));
	}
	snprintf(bent, sizeof bent, "%s0", code);
	assert_false(door_takes(&d, bent, 5000));
	snprintf(bent, sizeof bent, "0%s", code);
	assert_false(door_takes(&d, bent, 5000));
	other = d;
	other.token[0] ^= 1;
	assert_false(door_takes(&other, code, 5000));
	assert_true(door_takes(&d, code, 5000));
}

static void the_cookie_opens(void **state)
{
	struct door d;
	struct http_request q;
	char set[HTTP_COOKIE_MAX], bent[HTTP_COOKIE_MAX];

	(void)state;
	begin(&d);
	q = with_cookie(&d, "GET");
	assert_int_equal(door_admits(&d, &q, false), DOOR_OPEN);
	door_set_cookie(&d, set);
	assert_non_null(strstr(set, "; HttpOnly"));
	assert_non_null(strstr(set, "; SameSite=Strict"));
	snprintf(bent, sizeof bent, "%s", q.cookie);
	bent[strlen("a=b; cayda_8484=")] ^= 1;
	q.cookie = bent;
	assert_int_equal(door_admits(&d, &q, false), DOOR_TOKEN);
	q.cookie = "cayda_8484=";
	assert_int_equal(door_admits(&d, &q, false), DOOR_TOKEN);
	q.cookie = NULL;
	assert_int_equal(door_admits(&d, &q, false), DOOR_TOKEN);
	assert_int_equal(door_admits(&d, &q, true), DOOR_OPEN);
}

/* Cookies are shared by all ports of a host. */
static void another_ports_cookie_opens_nothing(void **state)
{
	struct door d, other;
	struct http_request q;

	(void)state;
	begin(&d);
	other = d;
	other.port = 8485;
	door_init(&other, &fixture_env);
	assert_string_not_equal(d.cookie, other.cookie);
	q = with_cookie(&d, "GET");
	q.host = "127.0.0.1:8485";
	assert_int_equal(door_admits(&other, &q, false), DOOR_TOKEN);
}

static void another_hosts_name_is_refused(void **state)
{
	static const char *const hosts[] = {NULL,
	                                    "",
	                                    "evil.example:8484",
	                                    "127.0.0.1",
	                                    "127.0.0.1:80",
	                                    "127.0.0.1:8484.evil.example",
	                                    "127.0.0.1:84840",
	                                    "localhost"};
	static const char *const ours[] = {"127.0.0.1:8484", "localhost:8484", "LOCALHOST:8484",
	                                   "[::1]:8484"};
	struct http_request q;
	struct door d;
	size_t i;

	(void)state;
	begin(&d);
	q = with_cookie(&d, "GET");
	for (i = 0; i < sizeof hosts / sizeof *hosts; i++) {
		q.host = hosts[i];
		assert_int_equal(door_admits(&d, &q, false), DOOR_HOST);
		assert_int_equal(door_admits(&d, &q, true), DOOR_HOST);
	}
	for (i = 0; i < sizeof ours / sizeof *ours; i++) {
		q.host = ours[i];
		assert_int_equal(door_admits(&d, &q, false), DOOR_OPEN);
	}
}

static void another_sites_page_is_refused(void **state)
{
	static const struct {
		const char *method, *origin, *site;
		enum door_says says;
	} cases[] = {
		{"GET", NULL, NULL, DOOR_OPEN},
		{"GET", NULL, "none", DOOR_OPEN},
		{"GET", NULL, "same-origin", DOOR_OPEN},
		{"GET", NULL, "cross-site", DOOR_FOREIGN},
		{"GET", NULL, "same-site", DOOR_FOREIGN},
		{"GET", "http://evil.example", NULL, DOOR_FOREIGN},
		{"GET", "null", NULL, DOOR_FOREIGN},
		{"POST", NULL, NULL, DOOR_FOREIGN},
		{"POST", "", NULL, DOOR_FOREIGN},
		{"POST", "null", "same-origin", DOOR_FOREIGN},
		{"POST", "http://127.0.0.1:8484", NULL, DOOR_OPEN},
		{"POST", "http://127.0.0.1:8484", "same-origin", DOOR_OPEN},
		{"POST", "http://127.0.0.1:8484", "cross-site", DOOR_FOREIGN},
		{"POST", "https://127.0.0.1:8484", NULL, DOOR_FOREIGN},
		{"POST", "http://localhost:8484", NULL, DOOR_FOREIGN},
		{"POST", "http://127.0.0.1:8485", NULL, DOOR_FOREIGN},
		{"POST", NULL, "same-origin", DOOR_OPEN},
		{"POST", NULL, "none", DOOR_FOREIGN},
		{"DELETE", NULL, NULL, DOOR_FOREIGN},
		{"PATCH", "http://evil.example", NULL, DOOR_FOREIGN},
	};
	struct http_request q;
	struct door d;
	size_t i;

	(void)state;
	begin(&d);
	for (i = 0; i < sizeof cases / sizeof *cases; i++) {
		q = with_cookie(&d, cases[i].method);
		q.origin = cases[i].origin;
		q.site = cases[i].site;
		if (door_admits(&d, &q, false) != cases[i].says)
			fail_msg("case %zu: %s %s %s", i, q.method, q.origin ? q.origin : "-",
			         q.site ? q.site : "-");
	}
}

static void the_file_is_its_owners_alone(void **state)
{
	struct door d, back;
	struct stat st;
	mode_t mask = umask(0);
	int fd;

	(void)state;
	begin(&d);
	door_remove(".");
	assert_int_equal(door_read(".", &back), ERR_NOTFOUND);
	fd = open(DOOR_FILE, O_CREAT | O_WRONLY, 0666); /* what stands there does not stay */
	assert_true(fd >= 0);
	close(fd);
	assert_ok(door_write(".", &d));
	umask(mask);
	assert_int_equal(stat(DOOR_FILE, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_ok(door_read(".", &back));
	assert_int_equal(back.port, 8484);
	assert_memory_equal(back.token, d.token, sizeof d.token);
	door_remove(".");
	assert_int_equal(stat(DOOR_FILE, &st), -1);
}

static void a_file_that_is_none_of_ours_is_none(void **state)
{
	static const char *const texts[] =
		{"",         "8484",
	         "8484 00",  "0 ",
	         "99999 00", "8484 zz0909090909090909090909090909090909090909090909090909090909\n"};
	struct door back;
	size_t i;
	FILE *f;

	(void)state;
	for (i = 0; i < sizeof texts / sizeof *texts; i++) {
		f = fopen(DOOR_FILE, "w");
		assert_non_null(f);
		fputs(texts[i], f);
		fclose(f);
		assert_int_equal(door_read(".", &back), ERR_NOTFOUND);
	}
	door_remove(".");
}

static struct http_request from_network(const char *method, const char *path)
{
	struct http_request q = {.method = method,
	                         .path = path,
	                         .host = "10.0.0.5:8484",
	                         .body = ""};

	strcpy(q.here, "10.0.0.5:8484");
	strcpy(q.peer, "10.0.0.9");
	return q;
}

/* The token opens nothing there, whatever else the request claims. */
static void over_the_network_the_token_is_nothing(void **state)
{
	char token[DOOR_TEXT];
	struct http_request q;
	struct door d;

	(void)state;
	begin(&d);
	q = with_cookie(&d, "GET");
	q.loopback = false;
	assert_true(door_is_net(&d, &q));
	strcpy(q.here, "10.0.0.5:8484");
	q.forwarded = "127.0.0.1";
	q.proto = "https";
	assert_int_equal(door_admits(&d, &q, false), DOOR_HOST); /* 127.0.0.1, it says */
	assert_int_equal(door_admits(&d, &q, true), DOOR_HOST);
	q.host = "10.0.0.5:8484";
	assert_int_equal(door_admits(&d, &q, true),
	                 DOOR_OPEN); /* which says nothing of who it is */
	assert_true(door_is_net(&d, &q));
	assert_false(door_token(&d, &q, token));
}

static void over_the_network_only_the_address_is_a_name(void **state)
{
	static const char *const bad[] =
		{"10.0.0.5", "10.0.0.5:80", "office:8484", "10.0.0.5:8484.evil.example", "", NULL};
	struct http_request q = from_network("GET", "/api/status");
	struct door d;
	size_t i;

	(void)state;
	begin(&d);
	d.name = "cayda.example.vn";
	assert_int_equal(door_admits(&d, &q, false), DOOR_OPEN);
	for (i = 0; i < sizeof bad / sizeof *bad; i++) {
		q.host = bad[i];
		assert_int_equal(door_admits(&d, &q, false), DOOR_HOST);
	}
	q.host = d.name; /* of the proxy, which is on the loopback */
	q.proto = "https";
	assert_int_equal(door_admits(&d, &q, false), DOOR_HOST);
	d.port = 80;
	strcpy(q.here, "10.0.0.5:80");
	q.host = "10.0.0.5";
	assert_int_equal(door_admits(&d, &q, false), DOOR_OPEN);
	q.host = "10.0.0.50";
	assert_int_equal(door_admits(&d, &q, false), DOOR_HOST);
}

static void the_proxy_comes_by_https_and_its_name(void **state)
{
	struct http_request q = from_network("POST", "/api/record");
	struct door d;

	(void)state;
	begin(&d);
	d.name = "cayda.example.vn";
	q.loopback = true;
	q.host = "Cayda.example.vn";
	q.origin = "https://cayda.example.vn";
	assert_true(door_is_net(&d, &q));
	assert_int_equal(door_admits(&d, &q, false), DOOR_PLAIN);
	q.proto = "http";
	assert_int_equal(door_admits(&d, &q, false), DOOR_PLAIN);
	q.proto = "https";
	assert_int_equal(door_admits(&d, &q, false), DOOR_OPEN);
	q.origin = "http://cayda.example.vn";
	assert_int_equal(door_admits(&d, &q, false), DOOR_FOREIGN);
	q.origin = "https://cayda.example.vn.evil.example";
	assert_int_equal(door_admits(&d, &q, false), DOOR_FOREIGN);
	q.origin = NULL;
	assert_int_equal(door_admits(&d, &q, false), DOOR_FOREIGN);
	d.name = NULL;
	assert_false(door_is_net(&d, &q));
	assert_int_equal(door_admits(&d, &q, false), DOOR_HOST);
}

static void pages_may_be_linked_to_and_data_not(void **state)
{
	struct http_request q = from_network("GET", "/");
	struct door d;

	(void)state;
	begin(&d);
	q.site = "cross-site";
	assert_int_equal(door_admits(&d, &q, false), DOOR_OPEN);
	q.path = "/api/status";
	assert_int_equal(door_admits(&d, &q, false), DOOR_FOREIGN);
	q.path = "/";
	q.method = "POST";
	assert_int_equal(door_admits(&d, &q, false), DOOR_FOREIGN);
	q.site = NULL;
	q.origin = "null";
	assert_int_equal(door_admits(&d, &q, false), DOOR_FOREIGN);
	q.origin = "http://10.0.0.5:8484";
	assert_int_equal(door_admits(&d, &q, false), DOOR_OPEN);
}

static void a_login_is_a_cookie_of_its_own(void **state)
{
	struct http_request q = from_network("GET", "/");
	char set[HTTP_COOKIE_MAX], token[DOOR_TEXT], got[DOOR_TEXT], cookie[HTTP_COOKIE_MAX];
	struct door d;

	(void)state;
	begin(&d);
	memset(token, 'a', sizeof token - 1);
	token[sizeof token - 1] = 0;
	door_set_login(&d, &q, token, set);
	assert_non_null(strstr(set, "cayda_login_8484=aaa"));
	assert_non_null(strstr(set, "; HttpOnly; SameSite=Lax"));
	assert_null(strstr(set, "Secure"));
	set[strcspn(set, ";")] = 0;
	snprintf(cookie, sizeof cookie, "x=y; %.140s", set);
	q.cookie = cookie;
	assert_true(door_token(&d, &q, got));
	assert_string_equal(got, token);
	q.cookie = "cayda_login_8484=aa; cayda_login_84840=b";
	assert_false(door_token(&d, &q, got));
	d.name = "cayda.example.vn";
	q.loopback = true;
	q.host = d.name;
	door_set_login(&d, &q, token, set);
	assert_non_null(strstr(set, "__Host-cayda=aaa"));
	assert_non_null(strstr(set, "; Secure"));
	assert_non_null(strstr(set, "Path=/;"));
	door_set_login(&d, &q, NULL, set);
	assert_non_null(strstr(set, "__Host-cayda=; "));
	assert_non_null(strstr(set, "; Max-Age=0"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_code_is_good_once),
		cmocka_unit_test(a_code_ends_and_is_not_of_tomorrow),
		cmocka_unit_test(no_other_code_is_taken),
		cmocka_unit_test(the_cookie_opens),
		cmocka_unit_test(another_ports_cookie_opens_nothing),
		cmocka_unit_test(another_hosts_name_is_refused),
		cmocka_unit_test(another_sites_page_is_refused),
		cmocka_unit_test(the_file_is_its_owners_alone),
		cmocka_unit_test(a_file_that_is_none_of_ours_is_none),
		cmocka_unit_test(over_the_network_the_token_is_nothing),
		cmocka_unit_test(over_the_network_only_the_address_is_a_name),
		cmocka_unit_test(the_proxy_comes_by_https_and_its_name),
		cmocka_unit_test(pages_may_be_linked_to_and_data_not),
		cmocka_unit_test(a_login_is_a_cookie_of_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
