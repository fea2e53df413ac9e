/* grid_rig.h - a small report with everything in it, written in a form and read back. */
#ifndef TESTS_UNIT_GRID_RIG_H
#define TESTS_UNIT_GRID_RIG_H

#include "agent/file.h"
#include "agent/grid.h"
#include "agent/i18n.h"
#include "storage/err.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#define RIG_MAX (64u * 1024 * 1024)
#define RIG_HOSTILE "<b>&\"=1+1',;\n]]>\x01\xff"

static inline void rig_columns(struct grid *g)
{
	grid_note(g, "Tính đến 2026-11-22");
	grid_note(g, "1 < 2 & 3");
	grid_column(g, "code", "Mã", GRID_TEXT);
	grid_column(g, "name", "Tên", GRID_TEXT);
	grid_column(g, "households", "Hộ", GRID_INT);
	grid_column(g, "fibre", "Cáp quang", GRID_SHARE);
	grid_column(g, "target", "Mục tiêu", GRID_PERCENT);
	grid_column(g, "change", "Thay đổi", GRID_NUMBER);
	grid_column(g, "since", "Từ ngày", GRID_DATE);
}

static inline void rig_rows(struct grid *g)
{
	grid_unit(g, "07201");
	grid_text(g, "07201");
	grid_text(g, "Phường Thọ Xương");
	grid_int(g, 12345);
	grid_share(g, 814, 1000);
	grid_percent(g, 0.85);
	grid_number(g, -1.25);
	grid_date(g, "2022-10-01");

	grid_unit(g, "no such unit");
	grid_point(g, 21.273456, 106.2);
	grid_text(g, "07204");
	grid_text(g, RIG_HOSTILE);
	grid_int(g, -7);
	grid_share(g, 0, 0);
	grid_percent(g, NAN);
	grid_number(g, 1.0 / 3);
	grid_date(g, NULL);

	for (int i = 0; i < 7; i++)
		grid_none(g);
}

/* The report as a file of that format: its bytes, NUL-terminated; to be released. */
static inline void rig_write(const struct grid_to *to, struct buf *out)
{
	struct grid *g;

	assert_int_equal(grid_begin(&g, to, "Độ phủ <xã> & \"thôn\""), 0);
	rig_columns(g);
	grid_chart(g, "Cáp quang so với mục tiêu", 1, 3, 4);
	rig_rows(g);
	assert_int_equal(grid_end(g, 0), 0);
	buf_reset(out);
	assert_int_equal(file_read(to->path, RIG_MAX, out), 0);
}

#endif
