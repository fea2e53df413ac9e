/* world.c - the tree of a history: places, nodes, and the root's database from a template. */
#include "protocol/enrol.h"
#include "storage/form.h"
#include "storage/meta.h"
#include "storage/node.h"
#include "tests/sim/model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The tree of places of a history; made once in a process, then copied. */
struct shape {
	unsigned districts, communes, villages; /* villages in each commune */
	bool true_keys;
	bool made;
	struct image root;
	struct place place[UNITS_MAX];
	int nplace;
};

#define SHAPES (2 * 3 * 3 * 2)
static struct shape shapes[SHAPES];
static struct image blank; /* a home that is not a node yet */
static char folder[HOME_LEN];

/* ---- the folder ----------------------------------------------------------------------------------- */

static void names(struct sim_node *n)
{
	snprintf(n->home, sizeof n->home, "%.40s/%d", folder, n->index);
	snprintf(n->file, sizeof n->file, "%s/cayda.db", n->home);
}

int world_folder_make(char out[HOME_LEN])
{
	struct sim_node n = {0};
	FILE *f;

	strcpy(folder, "sim-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	strcpy(out, folder);
	for (n.index = 0; n.index < NODES_MAX; n.index++) {
		names(&n);
		if (mkdir(n.home, 0700) || !(f = fopen(n.file, "w")) || fclose(f))
			return -1;
	}
	return 0;
}

void world_folder_remove(void)
{
	struct sim_node n = {0};

	for (n.index = 0; n.index < NODES_MAX; n.index++) {
		names(&n);
		unlink(n.file);
		rmdir(n.home);
	}
	rmdir(folder);
}

/* ---- places ---------------------------------------------------------------------------------------- */

bool place_within(const struct world *w, int place, int ancestor)
{
	for (; place >= 0; place = w->place[place].parent)
		if (place == ancestor)
			return true;
	return false;
}

int place_of(const struct world *w, int64_t id)
{
	int i;

	for (i = 0; i < w->nplace; i++)
		if (w->place[i].id == id)
			return i;
	return -1;
}

static bool in_commune(const struct world *w, int place)
{
	for (; place >= 0; place = w->place[place].parent)
		if (w->place[place].level == LEVEL_COMMUNE)
			return true;
	return false;
}

bool may_hold(const struct world *w, const struct feed_key *key, int place)
{
	int scope = place_of(w, key->scope);

	if (scope < 0)
		return false;
	if (key->class == CLASS_REF)
		return place_within(w, scope, place) || place_within(w, place, scope);
	if (!place_within(w, scope, place))
		return false;
	return key->class == CLASS_OPEN || in_commune(w, place);
}

static int add_place(struct sim_node *root, struct shape *sh, int parent, enum level level)
{
	struct unit u = {.level = level,
	                 .valid_from = "2022-01-01",
	                 .households = -1,
	                 .population = -1};
	struct place *p = &sh->place[sh->nplace];

	u.parent = parent < 0 ? 0 : sh->place[parent].id;
	snprintf(u.code, sizeof u.code, "U%d", sh->nplace);
	snprintf(u.name, sizeof u.name, "Place %d", sh->nplace);
	must(root->w, unit_add(root->s, &u, &p->id), "add a unit");
	p->parent = parent;
	p->level = level;
	return sh->nplace++;
}

/* ---- the root -------------------------------------------------------------------------------------- */

static int become_root(struct sim_node *n)
{
	struct self self = {.number = ROOT_NUMBER,
	                    .role = ROLE_ROOT,
	                    .scope = (int64_t)ROOT_NUMBER << 35 | 1,
	                    .office_first = 1,
	                    .office_count = 0x3fff,
	                    .name = "root"};
	uint8_t key[KEY_LEN], pubkey[PUBKEY_LEN];
	int rc;

	if (n->w->true_keys)
		return enrol_root(n->s, &self);
	env_keys(n->w, key, pubkey);
	rc = store_become(n->s, &self, key, pubkey);
	return rc ? rc : meta_set_bytes(n->s, "root_pubkey", pubkey, sizeof pubkey);
}

static void make_shape(struct sim_node *root, struct shape *sh)
{
	unsigned d, c, v;
	int province, district, commune;

	memvfs_load(root->file, &blank);
	node_open(root);
	must(root->w, become_root(root), "make a root");
	province = add_place(root, sh, -1, LEVEL_PROVINCE);
	district = province;
	for (d = 0; d < sh->districts; d++)
		district = add_place(root, sh, province, LEVEL_DISTRICT);
	for (c = 0; c < sh->communes; c++) {
		commune = add_place(root, sh, c ? province : district, LEVEL_COMMUNE);
		for (v = 0; v < sh->villages; v++)
			add_place(root, sh, commune, LEVEL_VILLAGE);
	}
	if (sh->true_keys)
		must(root->w, form_add_builtin(root->s), "add built-in forms");
	must(root->w, form_write(root, 0, 1), "add a form");
	store_close(root->s);
	root->s = NULL;
	memvfs_save(root->file, &sh->root);
	sh->made = true;
}

static void make_blank(struct sim_node *n)
{
	must(n->w, store_open(n->home, 0, &n->env, &n->s), "open a new home");
	store_close(n->s);
	n->s = NULL;
	memvfs_save(n->file, &blank);
}

void world_blank(struct sim_node *n)
{
	memvfs_load(n->file, &blank);
}

static void start_root(struct world *w, const struct shape *like)
{
	struct sim_node *root = &w->node[0];
	struct prng kept = w->p;
	struct shape *sh = shapes;
	int64_t none = 0;

	root->role = ROLE_ROOT;
	root->number = ROOT_NUMBER;
	root->parent = -1;
	root->enrolled = root->right = true;
	env_fill(root);
	while (sh->made && (sh->districts != like->districts || sh->communes != like->communes ||
	                    sh->villages != like->villages || sh->true_keys != like->true_keys))
		sh++;
	if (!sh->made) { /* what chance it takes is no part of the history */
		*sh = *like;
		w->p.state = 4711;
		if (!blank.db)
			make_blank(root);
		make_shape(root, sh);
		w->p = kept;
	}
	w->form_version[0] = 1;
	w->nplace = sh->nplace;
	memcpy(w->place, sh->place, sizeof w->place);
	memvfs_load(root->file, &sh->root);
	node_open(root);
	model_capture(root, none);
}

/* ---- the nodes ------------------------------------------------------------------------------------- */

static int add_node(struct world *w, int parent, int place, enum role role)
{
	struct sim_node *n = &w->node[w->nnode];

	n->parent = parent;
	n->place = place;
	n->role = role;
	return w->nnode++;
}

static int random_place(struct world *w, int in, enum level level)
{
	int i, found = -1;
	unsigned seen = 0;

	for (i = 0; i < w->nplace; i++)
		if (w->place[i].level == level && place_within(w, i, in) &&
		    below(&w->p, ++seen) == 0)
			found = i;
	return found;
}

/* An office for the district, if there is one and chance will have it, then some for communes. */
static void add_offices(struct world *w)
{
	int i, district = -1, under;

	for (i = 0; i < w->nplace; i++)
		if (w->place[i].level == LEVEL_DISTRICT && chance(&w->p, 60))
			district = add_node(w, 0, i, ROLE_OFFICE);
	for (i = 0; i < w->nplace && w->nnode < 5; i++) {
		if (w->place[i].level != LEVEL_COMMUNE || chance(&w->p, 25))
			continue;
		under = district > 0 && place_within(w, i, w->node[district].place) ? district : 0;
		add_node(w, under, i, ROLE_OFFICE);
	}
}

static void add_devices(struct world *w, unsigned count)
{
	int offices = w->nnode, parent, place;
	unsigned i;

	for (i = 0; i < count; i++) {
		parent = (int)below(&w->p, (unsigned)offices);
		if (!parent && offices > 1 && chance(&w->p, 70))
			parent = 1 + (int)below(&w->p, (unsigned)offices - 1);
		place = random_place(w, w->node[parent].place,
		                     chance(&w->p, 80) ? LEVEL_VILLAGE : LEVEL_COMMUNE);
		add_node(w, parent, place, ROLE_DEVICE);
	}
}

static void start_nodes(struct world *w)
{
	struct sim_node *n;
	int i;

	for (i = 0; i < w->nnode; i++) {
		n = &w->node[i];
		n->offset_ms = w->still || chance(&w->p, 50)
		                       ? 0
		                       : (int64_t)below(&w->p, 7200000) - 3600000;
		n->drift_ppm = (int64_t)below(&w->p, 200) - 100;
	}
	w->node[0].offset_ms = w->node[0].drift_ppm = 0; /* the root's time is the true one */
	for (i = 1; i < w->nnode; i++) {
		n = &w->node[i];
		if (n->role == ROLE_DEVICE && chance(&w->p, 20))
			continue; /* it comes later */
		node_birth(w, i);
		if (n->role == ROLE_DEVICE && chance(&w->p, 30))
			continue;
		while (!n->enrolled)
			node_enrol(n);
		if (n->role == ROLE_OFFICE || chance(&w->p, 70))
			net_sync(n);
	}
}

void world_start(struct world *w, uint64_t seed)
{
	struct shape like = {0};
	int i;

	w->seed = seed;
	w->p.state = mix64(seed) ^ seed;
	w->now_ms = START_MS;
	w->true_keys = seed % 64 == 63;
	w->still = chance(&w->p, 10);
	w->loss = chance(&w->p, 30) ? 0 : skewed(&w->p, 60);
	like.true_keys = w->true_keys;
	like.districts = chance(&w->p, 25);
	like.communes = 1 + skewed(&w->p, 3);
	like.villages = 1 + skewed(&w->p, 3);
	for (i = 0; i < NODES_MAX; i++) {
		w->node[i].w = w;
		w->node[i].index = i;
		names(&w->node[i]);
	}
	w->nnode = 1;
	model_start(w);
	start_root(w, &like);
	add_offices(w);
	add_devices(w, w->true_keys ? 2 : chance(&w->p, 5) ? 12 : 1 + skewed(&w->p, 6));
	act_weights(w);
	start_nodes(w);
}

void world_stop(struct world *w)
{
	int i;

	net_end(w);
	for (i = 0; i < w->nnode; i++) {
		if (w->node[i].s)
			node_close(&w->node[i]);
		image_release(&w->node[i].copy);
		buf_release(&w->node[i].ask);
	}
	model_stop(w);
	memvfs_clear();
}

void pass(struct world *w, unsigned most_ms)
{
	unsigned ms = below(&w->p, most_ms + 1);

	w->now_ms += w->still ? ms % 2 : ms;
}
