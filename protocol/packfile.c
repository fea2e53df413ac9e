/* packfile.c - packs in a file. */
#include "protocol/cbor.h"
#include "protocol/enrol.h"
#include "protocol/packfile.h"
#include "protocol/sync_message.h"
#include "storage/clock.h"
#include "storage/durable.h"
#include "storage/err.h"
#include "storage/merge.h"
#include "storage/meta.h"
#include "storage/pack.h"
#include "storage/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MAGIC "CAYDAPK1"
#define MAGIC_LEN 8
#define ITEM_MAX (PACK_MAX + 1024) /* bytes of one item: a pack with its key and signature */
#define PATH_LEN 4096

enum { ITEM_HEAD, ITEM_PACK, ITEM_END };

/* A file being written or read; every item goes into the running hash that its end states. */
struct packfile {
	struct store *s;
	FILE *f;
	const char *path;
	int64_t audience;
	bool since_last, to_parent;
	uint8_t hash[HASH_LEN];
	struct buf item;
	const struct feed *feed;
	struct packfile_result *out;
};

static void add_to_hash(struct packfile *p, const void *item, size_t len)
{
	uint8_t both[2 * HASH_LEN];

	memcpy(both, p->hash, HASH_LEN);
	p->s->env->sha256(item, len, both + HASH_LEN);
	p->s->env->sha256(both, sizeof both, p->hash);
}

/* ---- writing ------------------------------------------------------------------------------------- */

static int write_item(struct packfile *p)
{
	uint8_t len[4] = {(uint8_t)(p->item.len >> 24), (uint8_t)(p->item.len >> 16),
	                  (uint8_t)(p->item.len >> 8), (uint8_t)p->item.len};

	if (p->item.err)
		return p->item.err;
	add_to_hash(p, p->item.data, p->item.len);
	p->out->bytes += sizeof len + p->item.len;
	if (fwrite(len, 1, sizeof len, p->f) == sizeof len &&
	    fwrite(p->item.data, 1, p->item.len, p->f) == p->item.len)
		return 0;
	return err(ERR_IO, "%s cannot be written: %s", p->path, strerror(errno));
}

static int write_pack(void *arg, const struct pack *pack)
{
	struct packfile *p = arg;

	buf_reset(&p->item);
	put_array(&p->item, 8);
	put_uint(&p->item, ITEM_PACK);
	put_key(&p->item, &p->feed->key);
	put_uint(&p->item, pack->seq);
	put_bytes(&p->item, pack->body, pack->len);
	put_bytes(&p->item, pack->sig, SIG_LEN);
	p->out->packs++;
	return write_item(p);
}

static int write_feed(void *arg, const struct feed *f)
{
	struct packfile *p = arg;
	uint32_t after = 0;
	int rc = 0;

	if (!f->head || !feed_entitled(p->s, &f->key, p->audience))
		return 0;
	if (p->since_last)
		rc = feed_carried(p->s, p->audience, f, &after);
	if (p->since_last && p->to_parent && f->parent_head > after)
		after = f->parent_head < f->head ? f->parent_head : f->head;
	p->feed = f;
	return rc ? rc : feed_packs(p->s, f, after, write_pack, p);
}

static int note_carried(void *arg, const struct feed *f)
{
	struct packfile *p = arg;

	return f->head && feed_entitled(p->s, &f->key, p->audience)
	               ? feed_set_carried(p->s, p->audience, f, f->head)
	               : 0;
}

static int write_head(struct packfile *p)
{
	struct buf cert = {0};
	int rc = meta_bytes(p->s, "root_cert", &cert);

	buf_reset(&p->item);
	put_array(&p->item, 3);
	put_uint(&p->item, ITEM_HEAD);
	put_int(&p->item, clock_now_ms(p->s));
	put_bytes(&p->item, cert.data, cert.len); /* empty from a node that is not enrolled yet */
	buf_release(&cert);
	return rc && rc != ERR_NOTFOUND ? rc : write_item(p);
}

static int write_end(struct packfile *p)
{
	uint8_t hash[HASH_LEN];

	memcpy(hash, p->hash, HASH_LEN);
	buf_reset(&p->item);
	put_array(&p->item, 2);
	put_uint(&p->item, ITEM_END);
	put_bytes(&p->item, hash, HASH_LEN);
	return write_item(p);
}

static int write_all(struct packfile *p)
{
	int rc;

	if (fwrite(MAGIC, 1, MAGIC_LEN, p->f) != MAGIC_LEN)
		return err(ERR_IO, "%s cannot be written: %s", p->path, strerror(errno));
	p->out->bytes = MAGIC_LEN;
	rc = write_head(p);
	if (!rc)
		rc = feed_each(p->s, write_feed, p);
	if (!rc)
		rc = write_end(p);
	if (!rc && (fflush(p->f) || fsync(fileno(p->f))))
		rc = err(ERR_IO, "%s cannot be written: %s", p->path, strerror(errno));
	return rc;
}

int packfile_write(struct store *s, const char *path, int64_t audience, bool since_last,
                   struct packfile_result *out)
{
	struct packfile p = {.s = s,
	                     .path = path,
	                     .audience = audience,
	                     .since_last = since_last,
	                     .out = out};
	char part[PATH_LEN];
	int64_t parent;
	int rc;

	memset(out, 0, sizeof *out);
	p.to_parent = meta_int(s, "parent_scope", &parent) == 0 && parent == audience;
	if (snprintf(part, sizeof part, "%s.part", path) >= (int)sizeof part)
		return err(ERR_TOOBIG, "the file's name is too long");
	rc = pack_seal(s);
	if (rc)
		return rc;
	p.f = fopen(part, "wbe");
	if (!p.f && errno == ENOMEM)
		return err(ERR_NOMEM, "out of memory");
	if (!p.f)
		return err(ERR_IO, "%s cannot be written: %s", path, strerror(errno));
	rc = write_all(&p);
	if (fclose(p.f) && !rc)
		rc = err(ERR_IO, "%s cannot be written: %s", path, strerror(errno));
	buf_release(&p.item);
	if (!rc) /* what is noted as carried must not be lost with the power */
		rc = durable_rename(part, path);
	if (rc) {
		unlink(part);
		return rc;
	}
	rc = store_begin(s);
	if (!rc)
		rc = feed_each(s, note_carried, &p);
	if (!rc)
		rc = store_commit(s);
	store_end(s);
	return rc;
}

/* ---- reading -------------------------------------------------------------------------------------- */

static int cut(const struct packfile *p)
{
	return err(
		ERR_CORRUPT,
		"%s is cut off or altered after %llu packs: what came before was taken; copy the file "
		"again",
		p->path, (unsigned long long)(p->out->packs + p->out->known + p->out->refused));
}

static int unreadable(const struct packfile *p)
{
	return err(ERR_IO, "%s cannot be read: %s", p->path, strerror(errno));
}

/* The next item into p->item. */
static int read_item(struct packfile *p)
{
	uint8_t head[4], *data;
	size_t len;

	if (fread(head, 1, sizeof head, p->f) != sizeof head)
		return ferror(p->f) ? unreadable(p) : cut(p);
	len = (size_t)head[0] << 24 | (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];
	if (!len || len > ITEM_MAX)
		return cut(p);
	buf_reset(&p->item);
	data = buf_grow(&p->item, len);
	if (!data)
		return ERR_NOMEM;
	if (fread(data, 1, len, p->f) != len)
		return ferror(p->f) ? unreadable(p) : cut(p);
	p->item.len = len;
	p->out->bytes += sizeof head + len;
	return 0;
}

/* Who the root is, and what time it is, for a node that no parent has told yet. */
static int take_head(struct packfile *p, struct reader *r)
{
	int64_t now_ms = get_int(r);
	size_t len;
	const uint8_t *cert = get_bytes(r, &len);
	int rc;

	if (reader_end(r, "the file"))
		return cut(p);
	rc = len ? enrol_know_root(p->s, cert, len) : 0;
	if (!rc && clock_is_behind(p->s))
		rc = clock_learn(p->s, now_ms, 0);
	return rc;
}

/* Whoever wrote the file, it may hold what is not for this node. Common tables of a unit that is not
 * known yet may bring the tree by which it will be. */
static bool is_ours(struct store *s, const struct feed_key *key)
{
	struct unit u;

	return key->author == s->self.number || feed_entitled(s, key, s->self.scope) ||
	       (key->class == CLASS_REF && unit_get(s, key->scope, &u));
}

static int take_pack(struct packfile *p, struct reader *r)
{
	struct feed_key key = {0};
	struct pack pack = {0};
	struct feed f;
	unsigned mark;
	int rc;

	get_key(r, &key);
	pack.seq = (uint32_t)get_uint(r);
	pack.body = get_bytes(r, &pack.len);
	get_fixed(r, pack.sig, SIG_LEN);
	if (reader_end(r, "the file"))
		return cut(p);
	rc = feed_find(p->s, &key, false, &f);
	if (!rc && pack.seq <= f.head) {
		p->out->known++;
		return 0;
	}
	if (rc && rc != ERR_NOTFOUND)
		return rc;
	mark = err_mark();
	if (!is_ours(p->s, &key)) {
		if (err_since(mark)) /* a disk that cannot be read is no answer */
			return err_since(mark);
		err(ERR_DENIED, "packs of a unit that this node does not serve");
		p->out->refused++;
		return 0;
	}
	f.key = key;
	rc = feed_receive(p->s, &f, &pack);
	if (rc == ERR_DENIED || rc == ERR_BAD || rc == ERR_NOTFOUND || rc == ERR_TOOBIG) {
		p->out->refused++;
		return 0;
	}
	p->out->packs += !rc;
	return rc;
}

/* One item; 1 at the file's end. */
static int take_item(struct packfile *p, bool first)
{
	struct reader r = reader_of(p->item.data, p->item.len);
	size_t n = get_array(&r);
	uint64_t kind = get_uint(&r);
	uint8_t hash[HASH_LEN];

	if (r.bad || first != (kind == ITEM_HEAD))
		return cut(p);
	if (kind == ITEM_END && n == 2) {
		get_fixed(&r, hash, HASH_LEN);
		return reader_end(&r, "the file") || memcmp(hash, p->hash, HASH_LEN) ? cut(p) : 1;
	}
	add_to_hash(p, p->item.data, p->item.len);
	if (kind == ITEM_HEAD && n == 3)
		return take_head(p, &r);
	if (kind == ITEM_PACK && n == 8)
		return take_pack(p, &r);
	return cut(p);
}

int packfile_read(struct store *s, const char *path, struct packfile_result *out)
{
	struct packfile p = {.s = s, .path = path, .out = out};
	char magic[MAGIC_LEN] = {0};
	bool first = true;
	int rc = 0;

	memset(out, 0, sizeof *out);
	p.f = fopen(path, "rbe");
	if (!p.f && errno == ENOMEM)
		return err(ERR_NOMEM, "out of memory");
	if (!p.f)
		return err(errno == ENOENT ? ERR_NOTFOUND : ERR_IO, "%s: %s", path,
		           strerror(errno));
	if (fread(magic, 1, MAGIC_LEN, p.f) != MAGIC_LEN && ferror(p.f))
		rc = unreadable(&p);
	else if (memcmp(magic, MAGIC, MAGIC_LEN))
		rc = err(ERR_BAD, "%s is not a file of packs", path);
	out->bytes = MAGIC_LEN;
	while (!rc) {
		rc = read_item(&p);
		if (!rc)
			rc = take_item(&p, first);
		first = false;
	}
	fclose(p.f);
	buf_release(&p.item);
	return rc < 0 ? rc : 0;
}
