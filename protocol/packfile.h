/* packfile.h - packs in a file: on a USB stick, by a chat app, from a neighbour.
 *
 * The same packs that a sync carries, checked the same way, so a file need not be trusted and
 * reading one twice changes nothing. Format: PROTOCOL.md, "Pack files".
 */
#ifndef PROTOCOL_PACKFILE_H
#define PROTOCOL_PACKFILE_H

#include "storage/feed.h"

struct packfile_result {
	uint64_t packs;   /* written, or new here */
	uint64_t known;   /* here already */
	uint64_t refused; /* not taken; the last reason is in err_text() */
	uint64_t bytes;   /* of the file */
};

/* Writes what a node for the unit audience may have, after sealing; since_last: only what did
 * not go into a file for that audience before, and is not known to be at the parent. The file is replaced once it is whole and on the
 * disk. */
int packfile_write(struct store *s, const char *path, int64_t audience, bool since_last,
                   struct packfile_result *out);
/* Takes every whole pack up to the end or to where the file is damaged: then ERR_CORRUPT, and
 * *out tells what was taken. ERR_BAD: not a pack file. */
int packfile_read(struct store *s, const char *path, struct packfile_result *out);

#endif
