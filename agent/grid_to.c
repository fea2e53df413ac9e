/* grid_to.c - where a report goes: which format, and a file that is there whole or not at all. */
#include "agent/file.h"
#include "agent/grid_writer.h"
#include "storage/durable.h"
#include "storage/err.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct grid_writer *const writers[] = {
	[GRID_TERMINAL] = &grid_terminal, [GRID_JSON] = &grid_json,       [GRID_CSV] = &grid_csv,
	[GRID_XLSX] = &grid_xlsx,         [GRID_GEOJSON] = &grid_geojson, [GRID_HTML] = &grid_html,
};
#define WRITERS (sizeof writers / sizeof *writers)

const struct grid_writer *grid_writer(enum grid_format format)
{
	return writers[format];
}

/* ---- which format ---------------------------------------------------------------------------- */

static bool find_format(const char *name, enum grid_format *out)
{
	size_t i;

	for (i = 0; i < WRITERS; i++)
		if (!strcasecmp(name, writers[i]->name)) {
			*out = (enum grid_format)i;
			return true;
		}
	return false;
}

static int unknown_format(const char *name)
{
	char known[80] = "";
	size_t i, n = 0;

	for (i = 0; i < WRITERS; i++)
		n += (size_t)snprintf(known + n, sizeof known - n, " %s", writers[i]->name);
	return err(ERR_BAD, "%s says no format; there are:%s", name, known);
}

int grid_to_set(struct grid_to *to, const char *format, const char *output, const char *boundaries,
                bool json)
{
	const char *name = output ? strrchr(output, '/') : NULL;
	const char *dot = output ? strrchr(name ? name : output, '.') : NULL;

	*to = (struct grid_to){.path = output, .boundaries = boundaries};
	if (json)
		to->format = GRID_JSON;
	if (format && !find_format(format, &to->format))
		return unknown_format(format);
	if (!format && output && !json && (!dot || !find_format(dot + 1, &to->format)))
		return unknown_format(output);
	if (json && to->format != GRID_JSON)
		return err(ERR_BAD, "--json and --format %s: which of them?", format);
	return 0;
}

/* ---- the file ---------------------------------------------------------------------------------- */

static int open_failed(const char *path)
{
	return err(ERR_IO, "%s: cannot be written: %s", path, file_reason(errno));
}

/* A new file beside the one that it replaces; a pipe or a device is written itself, and where a
 * link leads to is replaced, not the link. */
int grid_file_open(struct grid *g, const char *path)
{
	mode_t mask = umask(0);
	struct stat st;
	int fd;

	umask(mask);
	g->path = realpath(path, NULL);
	if (!g->path)
		g->path = strdup(path);
	if (!g->path)
		return err(ERR_NOMEM, "out of memory");
	if (stat(g->path, &st) == 0 && !S_ISREG(st.st_mode)) {
		g->f = fopen(g->path, "we");
		return g->f ? 0 : open_failed(path);
	}
	if (asprintf(&g->temp, "%s.XXXXXX", g->path) < 0) {
		g->temp = NULL;
		return err(ERR_NOMEM, "out of memory");
	}
	fd = mkostemp(g->temp, O_CLOEXEC);
	if (fd >= 0 && fchmod(fd, 0666 & ~mask) == 0)
		g->f = fdopen(fd, "w");
	if (g->f)
		return 0;
	open_failed(path);
	if (fd >= 0) {
		close(fd);
		unlink(g->temp);
	}
	free(g->temp);
	g->temp = NULL;
	return ERR_IO;
}

int grid_file_close(struct grid *g, int rc)
{
	int closed = 0;

	if (!g->path)
		return rc ? rc : out_flush();
	if (g->f && (fflush(g->f) != 0 || ferror(g->f)))
		closed = ERR_IO;
	if (g->f && fclose(g->f) != 0)
		closed = ERR_IO;
	if (!rc && closed)
		rc = err(ERR_IO, "the output could not be written: is the disk full?");
	if (!rc && g->temp)
		rc = durable_rename(g->temp, g->path);
	if (rc && g->temp)
		unlink(g->temp);
	return rc;
}
