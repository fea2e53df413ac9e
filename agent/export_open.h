/* export_open.h - files of open data while they are written; for export_open*.c, export_dcat.c only. */
#ifndef AGENT_EXPORT_OPEN_H
#define AGENT_EXPORT_OPEN_H

#include "agent/export.h"
#include "agent/out.h"
#include "storage/open_data.h"

#include <stdio.h>

#define OPEN_LICENSE "https://creativecommons.org/licenses/by/4.0/"
#define OPEN_PATH_MAX 4096

/* Texts that are data: in both languages whatever the user's is. */
struct both {
	const char *vi, *en;
};

struct open_column {
	const char *key, *type; /* text, integer, number, date */
	struct both label;
	const char *choices; /* "shown closed empty"; NULL: any */
};

/* One table of the export, as CSV and as JSON, row by row into files beside their names. */
struct open_file {
	const char *name; /* "indicators" */
	struct both title, about;
	const struct open_column *column; /* until one without a key */
	char path[2][OPEN_PATH_MAX];      /* .csv, .json */
	FILE *csv, *out;
	struct json json;
	struct buf line;
	size_t at; /* the next cell's column */
	uint64_t rows;
	int64_t bytes[2];
	uint8_t hash[2][HASH_LEN];
};

enum {
	OPEN_FILE_UNITS,
	OPEN_FILE_RECORDS,
	OPEN_FILE_INDICATORS,
	OPEN_FILE_ANSWERS,
	OPEN_FILE_DICTIONARY,
	OPEN_FILES
};
extern const struct open_file
	open_files[OPEN_FILES]; /* what they are, before anything is written */

struct open_export {
	struct exporting *x;
	struct open_data *data;
	struct unit unit;
	const char *dir;
	char day[11];           /* dct:issued */
	struct open_file *file; /* [OPEN_FILES] */
};

/* catalogue.jsonld: DCAT 3 as JSON-LD, after the other files are whole. */
int open_catalogue(struct open_export *e, FILE *f);

#endif
