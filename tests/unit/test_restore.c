/* test_restore.c - revocation, backups, rebuilding, pack files. */
#include "tests/unit/pair.h"
#include "protocol/packfile.h"
#include "storage/backup.h"
#include "storage/form.h"
#include "storage/meta.h"
#include "storage/pack.h"
#include "storage/rebuild.h"

static const struct feed *offered;

static int offer(void *arg, const struct pack *p)
{
	struct feed f = {.key = offered->key};

	return feed_receive(arg, &f, p);
}

static void what_a_revoked_node_writes_later_goes_nowhere(void **state)
{
	struct rig_node other;
	struct pair p;
	struct feed f;
	int64_t before, after;
	char a[64];

	(void)state;
	start(&p);
	rig_enrol(&p.dev, &p.office);
	rig_join(&other, &p.office, "C-1", ROLE_DEVICE);
	rig_enrol(&other, &p.office);
	before = rig_insert(&p.dev, p.unit, "before", 1);
	rig_sync(&p.dev, &p.office);
	rig_sync(&other, &p.office);
	ok(node_revoke(p.office.s, p.dev.s->self.number));
	p.dev.now_ms = p.office.now_ms = other.now_ms += 60000;
	after = rig_insert(&p.dev, p.unit, "after", 2);
	rig_sync_from(&other, &p.dev); /* by a file, before it hears of the revocation */
	assert_true(rig_a(&other, after, a));
	f = (struct feed){.key = {p.dev.s->self.number, 0, p.unit, CLASS_OPEN}};
	ok(pack_seal(p.dev.s));
	ok(feed_find(p.dev.s, &f.key, false, &f));
	offered = &f;
	assert_int_equal(feed_packs(p.dev.s, &f, 1, offer, p.office.s), ERR_DENIED);
	rig_sync(&other, &p.office);
	assert_int_equal(rig_sync(&other, &p.office), 1);
	assert_false(rig_a(&other, after, a));
	assert_false(rig_a(&p.office, after, a));
	rig_expect(&other, before, "before");
	rig_same(&other, &p.office, p.unit);
	rig_stop(&other);
	stop(&p);
}

static void a_restored_device_gives_no_number_twice(void **state)
{
	struct pair p;
	int64_t kept, lost, again;

	(void)state;
	start(&p);
	rig_enrol(&p.dev, &p.office);
	kept = rig_insert(&p.dev, p.unit, "kept", 1);
	ok(backup_write(p.dev.s, "copy", NULL, NULL));
	rig_sync(&p.dev, &p.office);
	lost = rig_insert(&p.dev, p.unit, "after the copy", 2);
	rig_sync(&p.dev, &p.office);
	rig_restore(&p.dev, "copy");
	again = rig_insert(&p.dev, p.unit, "offline, restored", 3);
	assert_true(again != lost && again != kept);
	rig_sync(&p.dev, &p.office);
	rig_expect(&p.dev, lost, "after the copy");
	rig_expect(&p.office, again, "offline, restored");
	rig_same(&p.dev, &p.office, p.unit);
	rig_restore(&p.dev, "copy");
	assert_true(rig_insert(&p.dev, p.unit, "restored once more", 4) != again);
	rig_sync(&p.dev, &p.office);
	rig_same(&p.dev, &p.office, p.unit);
	unlink("copy");
	stop(&p);
}

/* The whole disk as it was, which no program can tell from itself. */
static void put_back(struct rig_node *n, const char *copy)
{
	rig_restore(n, copy);
	ok(meta_set_bytes(n->s, "restored", NULL, 0));
	ok(meta_set_bytes(n->s, "next_epoch", NULL, 0));
}

/* A record that the office has and the device, put back, does not. */
static int64_t lose_one(struct pair *p)
{
	int64_t lost;

	rig_enrol(&p->dev, &p->office);
	rig_insert(&p->dev, p->unit, "kept", 1);
	rig_sync(&p->dev, &p->office);
	ok(backup_write(p->dev.s, "copy", NULL, NULL));
	lost = rig_insert(&p->dev, p->unit, "after the copy", 2);
	rig_sync(&p->dev, &p->office);
	put_back(&p->dev, "copy");
	return lost;
}

static void a_disk_put_back_is_noticed_by_what_comes_back(void **state)
{
	struct pair p;
	int64_t lost, again;

	(void)state;
	start(&p);
	lost = lose_one(&p);
	rig_sync(&p.dev, &p.office);
	rig_expect(&p.dev, lost, "after the copy");
	assert_true(p.dev.s->self.epoch > 0);
	again = rig_insert(&p.dev, p.unit, "put back", 3);
	rig_sync(&p.dev, &p.office);
	rig_expect(&p.office, lost, "after the copy");
	rig_expect(&p.office, again, "put back");
	rig_same(&p.dev, &p.office, p.unit);
	unlink("copy");
	stop(&p);
}

/* It writes before it has heard: what cannot be sent is not said to be there, and what comes later can. */
static void a_disk_put_back_that_goes_on_says_what_is_not_sent(void **state)
{
	struct pair p;
	struct feed f;
	int64_t lost, stuck, later;
	uint64_t refused, all = 0;
	int i;

	(void)state;
	start(&p);
	f = (struct feed){.key = {p.dev.s->self.number, 0, p.unit, CLASS_OPEN}};
	lost = lose_one(&p);
	stuck = rig_insert(&p.dev, p.unit, "of the same number", 3);
	assert_true(stuck == lost);
	for (i = 0; i < 3; i++, all += refused)
		rig_sync_try(&p.dev, &p.office, 100, &refused);
	assert_true(all > 0);
	rig_expect(&p.office, lost, "after the copy");
	rig_expect(&p.dev, stuck, "of the same number");
	ok(feed_find(p.dev.s, &f.key, false, &f));
	assert_int_equal(f.head, 2);
	assert_int_equal(f.parent_head, 1);
	later = rig_insert(&p.dev, p.unit, "later", 4);
	rig_sync_try(&p.dev, &p.office, 100, &refused);
	rig_expect(&p.office, later, "later");
	unlink("copy");
	stop(&p);
}

static void a_restored_device_that_asks_first_starts_anew_too(void **state)
{
	struct pair p;
	int64_t lost;

	(void)state;
	start(&p);
	rig_enrol(&p.dev, &p.office);
	rig_sync(&p.dev, &p.office);
	ok(backup_write(p.dev.s, "copy", NULL, NULL));
	lost = rig_insert(&p.dev, p.unit, "after the copy", 2);
	rig_sync(&p.dev, &p.office);
	rig_restore(&p.dev, "copy");
	rig_sync(&p.dev, &p.office);
	assert_false(backup_restored(p.dev.s));
	rig_expect(&p.dev, lost, "after the copy");
	assert_int_equal(p.dev.s->self.epoch,
	                 1); /* packs may have gone elsewhere than to the parent */
	assert_true(rig_insert(&p.dev, p.unit, "next", 3) > lost);
	rig_sync(&p.dev, &p.office);
	rig_same(&p.dev, &p.office, p.unit);
	unlink("copy");
	stop(&p);
}

static void an_office_restored_from_an_old_copy_is_filled_up_again(void **state)
{
	struct pair p;
	int64_t id[3];

	(void)state;
	start(&p);
	rig_enrol(&p.dev, &p.office);
	id[0] = rig_insert(&p.dev, p.unit, "one", 1);
	rig_sync(&p.dev, &p.office);
	ok(backup_write(p.office.s, "copy", NULL, NULL));
	id[1] = rig_insert(&p.dev, p.unit, "two", 2);
	rig_sync(&p.dev, &p.office);
	rig_restore(&p.office, "copy");
	id[2] = rig_insert(&p.dev, p.unit, "three", 3);
	rig_sync(&p.dev, &p.office);
	rig_expect(&p.office, id[0], "one");
	rig_expect(&p.office, id[1], "two");
	rig_expect(&p.office, id[2], "three");
	unlink("copy");
	stop(&p);
}

static void a_restored_root_adds_no_form_before_it_is_told_to(void **state)
{
	static const char survey[] = "type,name,label\ntext,a,A\n";
	struct xlsform x = {.code = "extra", .survey = {survey, sizeof survey - 1}};
	struct rig_node root;
	int version;

	(void)state;
	rig_root(&root);
	ok(backup_write(root.s, "copy", NULL, NULL));
	rig_restore(&root, "copy");
	assert_int_equal(form_add(root.s, &x, &version), ERR_DENIED);
	x.anyway = true;
	ok(form_add(root.s, &x, &version));
	x.code = "other"; /* once is enough */
	x.anyway = false;
	ok(form_add(root.s, &x, &version));
	unlink("copy");
	rig_stop(&root);
}

static void rebuilding_gives_the_same_rows(void **state)
{
	struct verify_result before, after;
	struct pair p;
	int64_t id;

	(void)state;
	start(&p);
	rig_enrol(&p.dev, &p.office);
	id = rig_insert(&p.dev, p.unit, "x", 1);
	rig_sync(&p.dev, &p.office);
	rig_update(&p.office, p.unit, id, "by the office");
	rig_update(&p.dev, p.unit, id, "by the device");
	rig_delete(&p.dev, p.unit, rig_insert(&p.dev, p.unit, "gone", 2));
	rig_sync(&p.dev, &p.office);
	ok(verify_store(p.office.s, 0, &before));
	ok(rebuild(p.office.s));
	ok(verify_store(p.office.s, 0, &after));
	assert_memory_equal(before.hash, after.hash, sizeof before.hash);
	assert_true(after.rows[CLASS_OPEN] > 0);
	stop(&p);
}

/* ---- pack files --------------------------------------------------------------------------- */

static void a_file_does_what_a_sync_does_and_twice_changes_nothing(void **state)
{
	struct packfile_result r;
	struct pair p;
	int64_t id;

	(void)state;
	start(&p);
	rig_enrol(&p.dev, &p.office);
	rig_sync(&p.dev, &p.office);
	id = rig_insert(&p.dev, p.unit, "by hand", 1);
	ok(packfile_write(p.dev.s, "file", p.office.s->self.scope, true, &r));
	ok(packfile_read(p.office.s, "file", &r));
	assert_int_equal(r.packs, 1);
	rig_expect(&p.office, id, "by hand");
	ok(packfile_read(p.office.s, "file", &r));
	assert_int_equal(r.packs, 0);
	assert_int_equal(r.refused, 0);
	ok(packfile_write(p.dev.s, "file", p.office.s->self.scope, true, &r));
	assert_int_equal(r.packs, 0);
	unlink("file");
	stop(&p);
}

static void a_cut_or_altered_file_gives_what_stands_before_the_damage(void **state)
{
	struct packfile_result r;
	uint8_t bytes[65536];
	struct pair p;
	size_t len, cut;
	FILE *f;

	(void)state;
	start(&p);
	rig_enrol(&p.dev, &p.office);
	rig_sync(&p.dev, &p.office);
	rig_insert(&p.dev, p.unit, "one", 1);
	ok(packfile_write(p.dev.s, "file", p.office.s->self.scope, false, &r));
	f = fopen("file", "rb");
	len = fread(bytes, 1, sizeof bytes, f);
	fclose(f);
	for (cut = 0; cut < len; cut += 7) {
		f = fopen("file", "wb");
		fwrite(bytes, 1, cut, f);
		fclose(f);
		assert_int_equal(packfile_read(p.office.s, "file", &r),
		                 cut < 8 ? ERR_BAD : ERR_CORRUPT);
	}
	for (cut = 8; cut < len; cut += 5) {
		bytes[cut] ^= 4;
		f = fopen("file", "wb");
		fwrite(bytes, 1, len, f);
		fclose(f);
		assert_true(packfile_read(p.office.s, "file", &r) != 0);
		bytes[cut] ^= 4;
	}
	unlink("file");
	rig_sync(&p.dev, &p.office);
	rig_same(&p.dev, &p.office, p.unit);
	stop(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_revoked_node_writes_later_goes_nowhere),
		cmocka_unit_test(a_restored_device_gives_no_number_twice),
		cmocka_unit_test(a_disk_put_back_is_noticed_by_what_comes_back),
		cmocka_unit_test(a_disk_put_back_that_goes_on_says_what_is_not_sent),
		cmocka_unit_test(a_restored_device_that_asks_first_starts_anew_too),
		cmocka_unit_test(an_office_restored_from_an_old_copy_is_filled_up_again),
		cmocka_unit_test(a_restored_root_adds_no_form_before_it_is_told_to),
		cmocka_unit_test(rebuilding_gives_the_same_rows),
		cmocka_unit_test(a_file_does_what_a_sync_does_and_twice_changes_nothing),
		cmocka_unit_test(a_cut_or_altered_file_gives_what_stands_before_the_damage),
	};

	return cmocka_run_group_tests_name("restore", tests, NULL, NULL);
}
