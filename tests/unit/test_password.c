/* Passwords into hashes: PBKDF2-HMAC-SHA256 as others compute it (Python's hashlib), in one go and in slices. */
#include "protocol/identity_password.h"
#include "tests/unit/fixture.h"

struct vector {
	const char *password;
	uint8_t salt[PASSWORD_SALT_LEN + 1];
	uint32_t rounds;
	const char *hex;
};

static const struct vector vectors[] = {
	{"passwd", "saltsaltsaltsalt", 1,
         "731b468a30a3ce7f2a23e6c859c9bfd574121bd99279c8ea84aabd70a5efcb29"},
	{"Mật khẩu của tổ", "\0\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17", 4096,
         "05f23d7590edc8b18f4fc9b64fc316e90509c5f59d28df96d476c6ebfd2f0b1a"},
	/* longer than a block of the hash */
	{"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
         "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
         "\377\377\377\377\377\377\377\377\377\377\377\377\377\377\377\377", 3,
         "22655b45f50a98f27d562240e0132449cbf42f49f9a8376ecb1f3921ec0f0b45"},
};

static void same_as(const uint8_t hash[PASSWORD_HASH_LEN], const char *hex)
{
	char text[2 * PASSWORD_HASH_LEN + 1];
	size_t i;

	for (i = 0; i < PASSWORD_HASH_LEN; i++)
		snprintf(text + 2 * i, 3, "%02x", hash[i]);
	assert_string_equal(text, hex);
}

static void a_password_hashes_as_others_hash_it(void **state)
{
	uint8_t hash[PASSWORD_HASH_LEN];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof vectors / sizeof *vectors; i++) {
		assert_ok(password_hash(vectors[i].password, vectors[i].salt, vectors[i].rounds,
		                        hash));
		same_as(hash, vectors[i].hex);
	}
}

static void slices_come_to_the_same(void **state)
{
	const struct vector *v = &vectors[1];
	uint8_t hash[PASSWORD_HASH_LEN] = {0};
	struct password_work *w;
	uint32_t slices = 0;

	(void)state;
	assert_ok(password_begin(v->password, v->salt, v->rounds, &w));
	while (!password_step(w, 1000, hash)) {
		slices++;
		assert_int_equal(hash[0] | hash[31], 0); /* nothing is told before the end */
	}
	password_end(w);
	assert_int_equal(slices, 4);
	same_as(hash, v->hex);
}

static void one_bit_is_another_password(void **state)
{
	uint8_t hash[2][PASSWORD_HASH_LEN];
	size_t i;

	(void)state;
	assert_ok(password_hash("abcdefghij", vectors[0].salt, 2, hash[0]));
	assert_ok(password_hash("abcdefghik", vectors[0].salt, 2, hash[1]));
	assert_false(password_same(hash[0], hash[1]));
	for (i = 0; i < PASSWORD_HASH_LEN; i++) {
		memcpy(hash[1], hash[0], PASSWORD_HASH_LEN);
		assert_true(password_same(hash[0], hash[1]));
		hash[1][i] ^= 0x80;
		assert_false(password_same(hash[0], hash[1]));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_password_hashes_as_others_hash_it),
		cmocka_unit_test(slices_come_to_the_same),
		cmocka_unit_test(one_bit_is_another_password),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
