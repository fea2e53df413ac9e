/* session_network.c - the machine that a session runs on, by what Linux tells of it. */
#include "protocol/session_network.h"
#include "storage/err.h"
#include "storage/meta.h"

#include <inttypes.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ANCHOR_MAX 80
#define JUMP_MS 1000 /* a clock that moves so far against the boot clock was set */

static int64_t clock_us(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t session_now_us(void)
{
	return clock_us(CLOCK_MONOTONIC);
}

/* Interface and gateway of the route to everywhere, if there is one (proc(5), /proc/net/route). */
static bool by_ipv4(char out[NETWORK_NAME])
{
	char line[256], name[IF_NAMESIZE];
	unsigned to, gateway;
	bool found = false;
	FILE *f = fopen("/proc/net/route", "re");

	while (f && !found && fgets(line, sizeof line, f)) {
		found = sscanf(line, "%15s %8x %8x", name, &to, &gateway) == 3 && !to;
		if (found)
			snprintf(out, NETWORK_NAME, "%s %08x", name, gateway);
	}
	if (f)
		fclose(f);
	return found;
}

static bool by_ipv6(char out[NETWORK_NAME])
{
	char line[256], to[33], gateway[33], name[IF_NAMESIZE];
	unsigned len;
	bool found = false;
	FILE *f = fopen("/proc/net/ipv6_route", "re");

	while (f && !found && fgets(line, sizeof line, f)) {
		found = sscanf(line, "%32s %2x %*s %*s %32s %*s %*s %*s %*s %15s", to, &len,
		               gateway, name) == 4 &&
		        !len && strcmp(name, "lo") != 0;
		if (found)
			snprintf(out, NETWORK_NAME, "%s %s", name, gateway);
	}
	if (f)
		fclose(f);
	return found;
}

void session_network(char out[NETWORK_NAME])
{
	if (!by_ipv4(out) && !by_ipv6(out))
		strcpy(out, "local");
}

/* ---- clocks -------------------------------------------------------------------------------------- */

/* Our clock less the time since the boot, which nobody can set; and which boot. */
static bool anchor(struct store *s, char boot[40], int64_t *offset_ms)
{
	FILE *f = fopen("/proc/sys/kernel/random/boot_id", "re");
	bool good = f && fscanf(f, "%36s", boot) == 1;

	if (f)
		fclose(f);
	*offset_ms = s->env->now_ms(s->env->arg) - clock_us(CLOCK_BOOTTIME) / 1000;
	return good;
}

bool session_clock_known(struct store *s)
{
	char kept[ANCHOR_MAX], boot[40], then[40];
	int64_t offset, was;

	return anchor(s, boot, &offset) && !meta_text(s, "clock_anchor", kept, sizeof kept) &&
	       sscanf(kept, "%36s %" SCNd64, then, &was) == 2 && !strcmp(boot, then) &&
	       llabs(offset - was) < JUMP_MS;
}

int session_clock_learnt(struct store *s)
{
	char text[ANCHOR_MAX], boot[40];
	int64_t offset;

	if (session_clock_known(s) || !anchor(s, boot, &offset))
		return 0;
	snprintf(text, sizeof text, "%s %" PRId64, boot, offset);
	return meta_set_text(s, "clock_anchor", text);
}
