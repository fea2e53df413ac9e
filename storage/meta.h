/* meta.h - small facts about this node, by key, in its database.
 *
 * Keys: number role scope epoch office_first office_count name  (store.h struct self)
 *       counter            last row id counter given in this epoch, as of the last seal
 *       clock              highest final clock seen (clock.h)
 *       offset_ms          parent's clock less ours, as last learnt
 *       learnt_ms          the parent's time then
 *       key pubkey         this node's key pair: scalar (32 bytes), compressed point (33)
 *       cert parent_cert root_cert   DER; absent until enrolled
 *       root_print         SHA-256 of the root certificate
 *       root_pubkey        its key, once the certificate is here
 *       secret             one-time secret of the invite; deleted once enrolled
 *       parents            "host:port host:port", addresses to sync to
 *       parent_number parent_scope   whom we sync to
 *       birth              when the database's file was made, in ns: a copy has another (backup.h)
 *       instance           tells this node's change numbers from its restored self's (feed.h)
 *       parent_instance parent_change   up to where the parent's heads are known here
 *       program_told       that number, and the version of the program that the parent was told
 *       difference         digests of ours and of the parent's that differ for good
 *       asking             a long request to the parent that is under way, with its nonce
 *       clock_anchor       which boot, and our clock against it, when the offset was learnt
 *       listen             "host:port" to listen on
 */
#ifndef STORAGE_META_H
#define STORAGE_META_H

#include "storage/buf.h"
#include "storage/store.h"

/* Getting: ERR_NOTFOUND (no text recorded) and a zeroed output when there is none. */
int meta_int(struct store *s, const char *key, int64_t *out);
int meta_bytes(struct store *s, const char *key, struct buf *out);      /* replaces out */
int meta_text(struct store *s, const char *key, char *out, size_t cap); /* ERR_TOOBIG */

/* Setting: outside a transaction each is one of its own. data NULL removes the key. */
int meta_set_int(struct store *s, const char *key, int64_t v);
int meta_set_bytes(struct store *s, const char *key, const void *data, size_t len);
int meta_set_text(struct store *s, const char *key, const char *text);

#endif
