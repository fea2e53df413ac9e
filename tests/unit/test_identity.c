/* test_identity.c - keys, signatures and certificates. */
#include "protocol/identity.h"
#include "storage/err.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct node {
	uint8_t key[KEY_LEN];
	struct cert_info info;
	struct buf cert;
};

/* A root, an office and a device under it, and a root that is none of theirs. */
static struct node root, office, device, stranger;

static void make(struct node *n, struct node *issuer, uint32_t number, enum role role,
                 int64_t scope)
{
	n->info.number = number;
	n->info.role = role;
	n->info.scope = scope;
	assert_int_equal(identity_keygen(n->key, n->info.pubkey), 0);
	assert_int_equal(identity_cert_make(&issuer->info, issuer->key, &n->info, &n->cert), 0);
}

static int set_up(void **state)
{
	(void)state;
	make(&root, &root, 1, ROLE_ROOT, 34359738369);
	make(&office, &root, 2 << 14, ROLE_OFFICE, 34359738999);
	make(&device, &office, 2 << 14 | 1, ROLE_DEVICE, (int64_t)2 << 49 | 7);
	make(&stranger, &stranger, 1, ROLE_ROOT, 34359738369);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	buf_release(&root.cert);
	buf_release(&office.cert);
	buf_release(&device.cert);
	buf_release(&stranger.cert);
	return 0;
}

static void from_hex(const char *hex, uint8_t *out)
{
	unsigned byte;

	for (; sscanf(hex, "%2x", &byte) == 1; hex += 2)
		*out++ = (uint8_t)byte;
}

/* ---- hashes and signatures ------------------------------------------------------------------ */

static void sha256_matches_its_published_vectors(void **state)
{
	uint8_t want[HASH_LEN], got[HASH_LEN];

	(void)state;
	from_hex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", want);
	identity_sha256("abc", 3, got);
	assert_memory_equal(got, want, HASH_LEN);
	from_hex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", want);
	identity_sha256(NULL, 0, got);
	assert_memory_equal(got, want, HASH_LEN);
}

static void signing_matches_rfc_6979_a_2_5(void **state)
{
	uint8_t key[KEY_LEN], hash[HASH_LEN], want[SIG_LEN], sig[SIG_LEN], pubkey[PUBKEY_LEN];

	(void)state;
	from_hex("c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721", key);
	from_hex("0360fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6", pubkey);
	from_hex("efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
	         "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8",
	         want);
	identity_sha256("sample", 6, hash);
	assert_int_equal(identity_sign(NULL, key, hash, sig), 0);
	assert_memory_equal(sig, want, SIG_LEN);
	assert_int_equal(identity_verify(NULL, pubkey, hash, sig), 0);
}

static void a_signature_holds_for_its_key_and_text_alone(void **state)
{
	uint8_t hash[HASH_LEN], sig[SIG_LEN], bad[SIG_LEN], pubkey[PUBKEY_LEN];
	int i;

	(void)state;
	identity_sha256("twelve households", 17, hash);
	assert_int_equal(identity_sign(NULL, device.key, hash, sig), 0);
	assert_int_equal(identity_verify(NULL, device.info.pubkey, hash, sig), 0);
	assert_int_equal(identity_verify(NULL, office.info.pubkey, hash, sig), ERR_DENIED);
	for (i = 0; i < SIG_LEN * 8; i++) {
		memcpy(bad, sig, SIG_LEN);
		bad[i / 8] ^= (uint8_t)(1 << i % 8);
		assert_int_equal(identity_verify(NULL, device.info.pubkey, hash, bad), ERR_DENIED);
	}
	for (i = 0; i < PUBKEY_LEN * 8; i++) {
		memcpy(pubkey, device.info.pubkey, PUBKEY_LEN);
		pubkey[i / 8] ^= (uint8_t)(1 << i % 8);
		assert_int_equal(identity_verify(NULL, pubkey, hash, sig), ERR_DENIED);
	}
	hash[31] ^= 1;
	assert_int_equal(identity_verify(NULL, device.info.pubkey, hash, sig), ERR_DENIED);
}

static void a_key_out_of_range_is_refused(void **state)
{
	uint8_t key[KEY_LEN] = {0}, hash[HASH_LEN] = {0}, sig[SIG_LEN];

	(void)state;
	assert_int_equal(identity_sign(NULL, key, hash, sig), ERR_CORRUPT);
	memset(key, 0xff, sizeof key);
	assert_int_equal(identity_sign(NULL, key, hash, sig), ERR_CORRUPT);
}

static void key_pairs_and_random_numbers_differ(void **state)
{
	uint8_t a[64] = {0}, b[64] = {0};

	(void)state;
	assert_memory_not_equal(root.key, stranger.key, KEY_LEN);
	assert_int_equal(identity_random(NULL, a, sizeof a), 0);
	assert_int_equal(identity_random(NULL, b, sizeof b), 0);
	assert_memory_not_equal(a, b, sizeof a);
}

/* ---- certificates --------------------------------------------------------------------------- */

static void same_info(const struct cert_info *a, const struct cert_info *b)
{
	assert_int_equal(a->number, b->number);
	assert_int_equal(a->role, b->role);
	assert_int_equal(a->scope, b->scope);
	assert_memory_equal(a->pubkey, b->pubkey, PUBKEY_LEN);
}

static void a_certificate_says_what_was_put_in(void **state)
{
	struct node *all[] = {&root, &office, &device}, big = {0};
	struct cert_info info;
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		assert_int_equal(identity_cert_read(all[i]->cert.data, all[i]->cert.len, &info), 0);
		same_info(&info, &all[i]->info);
		print_message("certificate of a %s: %zu bytes\n", role_name(info.role),
		              all[i]->cert.len);
		assert_in_range(all[i]->cert.len, 1, 400);
	}
	make(&big, &office, (1 << 28) - 1, ROLE_DEVICE, INT64_MAX);
	assert_int_equal(identity_cert_read(big.cert.data, big.cert.len, &info), 0);
	same_info(&info, &big.info);
	buf_release(&big.cert);
}

static int check(struct node *n, struct node *issuer)
{
	return identity_cert_check(n->cert.data, n->cert.len, issuer->cert.data, issuer->cert.len);
}

static void a_certificate_holds_under_its_issuer_alone(void **state)
{
	(void)state;
	assert_int_equal(check(&root, &root), 0);
	assert_int_equal(check(&office, &root), 0);
	assert_int_equal(check(&device, &office), 0);
	assert_int_equal(check(&device, &root), ERR_DENIED);
	assert_int_equal(check(&office, &office), ERR_DENIED);
	assert_int_equal(check(&root, &stranger), ERR_DENIED);
	assert_int_equal(check(&office, &stranger), ERR_DENIED);
}

static void a_device_signs_nothing(void **state)
{
	struct buf der = {0};
	struct node fake = device;

	(void)state;
	assert_int_equal(identity_cert_make(&device.info, device.key, &stranger.info, &der),
	                 ERR_DENIED);
	/* It says it is an office, with the device's own key: the real certificate is no CA. */
	fake.info.role = ROLE_OFFICE;
	assert_int_equal(identity_cert_make(&fake.info, device.key, &stranger.info, &der),
	                 ERR_DENIED);
	fake.cert = (struct buf){0};
	fake.info.number++;
	assert_int_equal(identity_cert_make(&fake.info, device.key, &fake.info, &fake.cert), 0);
	assert_int_equal(identity_cert_check(fake.cert.data, fake.cert.len, device.cert.data,
	                                     device.cert.len),
	                 ERR_DENIED);
	buf_release(&fake.cert);
	buf_release(&der);
}

static void an_office_makes_no_root(void **state)
{
	struct buf der = {0};

	(void)state;
	assert_int_equal(identity_cert_make(&office.info, office.key, &root.info, &der),
	                 ERR_DENIED);
	assert_int_equal(der.len, 0);
	buf_release(&der);
}

/* Anyone's bytes: whatever they are, a clean answer; and no changed certificate still holds. */
static void a_changed_certificate_never_holds(void **state)
{
	const char *given = getenv("SEED");
	unsigned seed = given ? (unsigned)strtoul(given, NULL, 10)
	                      : (unsigned)identity_now_ms(NULL);
	uint8_t copy[CERT_MAX + 50], *exact;
	struct cert_info info;
	size_t len, i;
	int round;

	(void)state;
	print_message("SEED=%u\n", seed);
	srandom(seed);
	for (round = 0; round < 4000; round++) {
		len = device.cert.len;
		memcpy(copy, device.cert.data, len);
		for (i = 0; i < 1 + (size_t)random() % 3; i++)
			copy[(size_t)random() % len] ^= (uint8_t)(1 + random() % 255);
		if (random() % 8 == 0)
			len = (size_t)random() % len;
		exact = malloc(len ? len : 1); /* so that a sanitizer sees the first byte beyond */
		assert_non_null(exact);
		memcpy(exact, copy, len);
		identity_cert_read(exact, len, &info);
		if (len != device.cert.len || memcmp(exact, device.cert.data, len))
			assert_int_equal(identity_cert_check(exact, len, office.cert.data,
			                                     office.cert.len),
			                 ERR_DENIED);
		free(exact);
	}
}

static void what_is_no_certificate_of_ours_is_refused(void **state)
{
	struct buf longer = {0};
	struct cert_info info;
	uint8_t zero[CERT_MAX + 1] = {0};

	(void)state;
	assert_int_equal(identity_cert_read(NULL, 0, &info), ERR_BAD);
	assert_int_equal(identity_cert_read(zero, sizeof zero, &info), ERR_BAD);
	assert_int_equal(identity_cert_read(zero, 100, &info), ERR_BAD);
	buf_add(&longer, device.cert.data, device.cert.len);
	buf_u8(&longer, 0);
	assert_int_equal(identity_cert_read(longer.data, longer.len, &info), ERR_BAD);
	assert_int_equal(info.number, 0);
	buf_release(&longer);
}

static void a_subject_is_read_strictly(void **state)
{
	static const uint8_t was[] = "32769";
	struct cert_info info;
	uint8_t *at;

	(void)state;
	at = memmem(device.cert.data, device.cert.len, was, 5);
	assert_non_null(at);
	memcpy(at, "03276", 5); /* a leading zero */
	assert_int_equal(identity_cert_read(device.cert.data, device.cert.len, &info), ERR_BAD);
	memcpy(at, "+3276", 5);
	assert_int_equal(identity_cert_read(device.cert.data, device.cert.len, &info), ERR_BAD);
	memcpy(at, "3276 ", 5);
	assert_int_equal(identity_cert_read(device.cert.data, device.cert.len, &info), ERR_BAD);
	memcpy(at, "3276\0", 5);
	assert_int_equal(identity_cert_read(device.cert.data, device.cert.len, &info), ERR_BAD);
	memcpy(at, was, 5);
	assert_int_equal(identity_cert_read(device.cert.data, device.cert.len, &info), 0);
}

static void pem_and_der_are_what_a_tls_library_reads(void **state)
{
	struct buf pem = {0};
	uint8_t der[IDENTITY_KEY_DER_MAX];
	size_t len;

	(void)state;
	assert_int_equal(identity_key_der(device.key, der, &len), 0);
	assert_in_range(len, 100, IDENTITY_KEY_DER_MAX);
	assert_memory_equal(der + 7, device.key, KEY_LEN); /* SEQUENCE, version 1, OCTET STRING */
	identity_cert_pem(root.cert.data, root.cert.len, &pem);
	identity_cert_pem(office.cert.data, office.cert.len, &pem);
	assert_int_equal(strncmp(buf_cstr(&pem), "-----BEGIN CERTIFICATE-----\n", 28), 0);
	assert_non_null(strstr(buf_cstr(&pem), "-----END CERTIFICATE-----\n-----BEGIN"));
	buf_release(&pem);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sha256_matches_its_published_vectors),
		cmocka_unit_test(signing_matches_rfc_6979_a_2_5),
		cmocka_unit_test(a_signature_holds_for_its_key_and_text_alone),
		cmocka_unit_test(a_key_out_of_range_is_refused),
		cmocka_unit_test(key_pairs_and_random_numbers_differ),
		cmocka_unit_test(a_certificate_says_what_was_put_in),
		cmocka_unit_test(a_certificate_holds_under_its_issuer_alone),
		cmocka_unit_test(a_device_signs_nothing),
		cmocka_unit_test(an_office_makes_no_root),
		cmocka_unit_test(a_changed_certificate_never_holds),
		cmocka_unit_test(what_is_no_certificate_of_ours_is_refused),
		cmocka_unit_test(a_subject_is_read_strictly),
		cmocka_unit_test(pem_and_der_are_what_a_tls_library_reads),
	};

	return cmocka_run_group_tests_name("identity", tests, set_up, tear_down);
}
