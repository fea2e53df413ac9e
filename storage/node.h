/* node.h - who is enrolled: the registry that travels in the ref feeds, and invites. */
#ifndef STORAGE_NODE_H
#define STORAGE_NODE_H

#include "storage/buf.h"
#include "storage/contact.h"
#include "storage/store.h"

#include <stdbool.h>

#define SECRET_LEN 16          /* bytes of an invite's one-time secret */
#define ROOT_NUMBER (1u << 14) /* node number of a root */
#define DEVICES_MAX 0x3fff     /* devices an office can enrol */

struct node {
	uint32_t number;
	enum role role;
	int64_t unit;                        /* what it works for */
	uint32_t office_first, office_count; /* office numbers it may enrol with */
	uint8_t pubkey[PUBKEY_LEN];
	int64_t revoked; /* clock after which nothing of it is taken; 0: it is not revoked */
	char name[NAME_MAX_LEN];
};

/* This node, the root, or one from the registry; ERR_NOTFOUND without text. */
int node_get(struct store *s, uint32_t number, struct node *out);
/* Puts a node into the registry, through the door. */
int node_add(struct store *s, const struct node *n);

/* What is here of a node's own, and what may be done about it. */
struct node_seen {
	uint64_t packs, records; /* that it made */
	int64_t last_ms;         /* clock of its latest pack; 0: none is here */
	struct contact contact;  /* of a node that syncs to this one, else zero */
	bool ours;               /* this node may rename and revoke it */
};
int node_seen(struct store *s, uint32_t number, struct node_seen *out);

/* Every node of the registry, by number; n lives until fn returns. */
int node_each(struct store *s, int (*fn)(void *arg, const struct node *n), void *arg);
/* Ends a node, or renames it, through the door. ERR_DENIED for this node itself, the root, or one
 * that this node may not speak for. What it wrote and what is held here stays. */
int node_revoke(struct store *s, uint32_t number);
int node_rename(struct store *s, uint32_t number, const char *name);
/* After a pack of class ref: takes what revoked nodes wrote later out of the tables, and ends
 * their feeds before it. */
int node_apply_revoked(struct store *s);

struct invite {
	struct node node;           /* as it will be; pubkey zero until used */
	uint8_t secret[SECRET_LEN]; /* zero once the node has come with its certificate */
	bool used;                  /* a key was certified */
};

/* Leases the next free number for a node of n's role, unit, name and office_count; fills in
 * number, office_first and the secret. ERR_TOOBIG when none is left, ERR_DENIED when this
 * node may not invite such a one. */
int invite_new(struct store *s, const struct node *n, struct invite *out);
/* Those whose nodes have not come yet, oldest first; inv has no secret and lives until fn returns. */
int invite_each(struct store *s, int (*fn)(void *arg, const struct invite *inv, int64_t made_ms),
                void *arg);
/* ERR_NOTFOUND without text. */
int invite_get(struct store *s, uint32_t number, struct invite *out);
/* Spends it: binds pubkey and certificate. The same key again is 0 (its answer was lost);
 * another is ERR_DENIED. */
int invite_use(struct store *s, uint32_t number, const uint8_t pubkey[PUBKEY_LEN], const void *cert,
               size_t len);
/* The certificate that was made for it. */
int invite_cert(struct store *s, uint32_t number, struct buf *cert);
/* The node came with its certificate: forget the secret. */
int invite_close(struct store *s, uint32_t number);

#endif
