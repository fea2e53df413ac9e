/* test_grid_html.c - a report as a page: XML as well as HTML, nothing from outside, everything escaped. */
#include "storage/xml.h"
#include "tests/unit/grid_rig.h"

static int english(void **state)
{
	(void)state;
	return i18n_set("en");
}

/* The page as a tree, without its first line, which says that it is HTML. */
static struct xml_tree *tree_of(const struct buf *page)
{
	const char *text = (const char *)page->data, *rest = strchr(text, '\n');
	struct xml_tree *t = NULL;

	assert_int_equal(strncmp(text, "<!DOCTYPE html>\n", 16), 0);
	if (xml_tree_read(rest, page->len - (size_t)(rest - text), &t))
		fail_msg("%s", err_text());
	return t;
}

static struct xml_node *within(struct xml_node *n, const char *name)
{
	n = xml_child(n, name);
	if (!n)
		fail_msg("there is no <%s>", name);
	return n;
}

static struct xml_node *main_of(const struct xml_tree *t)
{
	return within(within(xml_root(t), "body"), "main");
}

static void a_cell_is(const struct xml_node *c, const char *name, const char *text)
{
	assert_non_null(c);
	assert_string_equal(c->name, name);
	assert_string_equal(c->text, text);
}

static void a_page_is_a_table_with_titles(void **state)
{
	const struct grid_to to = {.format = GRID_HTML, .path = "a.html"};
	struct buf b = {0};
	struct xml_tree *t;
	struct xml_node *table, *n;

	(void)state;
	assert_int_equal(i18n_set("vi"), 0);
	rig_write(&to, &b);
	t = tree_of(&b);
	assert_string_equal(xml_get(xml_root(t), "lang"), "vi");
	a_cell_is(within(within(xml_root(t), "head"), "title"), "title", "Độ phủ <xã> & \"thôn\"");
	n = within(main_of(t), "h1");
	a_cell_is(n, "h1", "Độ phủ <xã> & \"thôn\"");
	a_cell_is(n->next, "p", "Tính đến 2026-11-22");
	a_cell_is(n->next->next, "p", "1 < 2 & 3");
	table = within(main_of(t), "table");
	a_cell_is(within(table, "caption"), "caption", "Độ phủ <xã> & \"thôn\"");
	n = within(within(within(table, "thead"), "tr"), "th");
	a_cell_is(n, "th", "Mã");
	assert_string_equal(xml_get(n, "scope"), "col");
	n = within(within(within(table, "tbody"), "tr"), "th");
	a_cell_is(n, "th", "07201");
	assert_string_equal(xml_get(n, "scope"), "row");
	n = n->next;
	a_cell_is(n, "td", "Phường Thọ Xương");
	n = n->next;
	a_cell_is(n, "td", "12.345");
	assert_string_equal(xml_get(n, "class"), "n");
	n = n->next; /* a hard space, and what it is of in small letters */
	a_cell_is(n, "td", "81,4\u00a0% \1");
	a_cell_is(within(n, "small"), "small", "814/1.000");
	xml_tree_free(t);
	buf_release(&b);
}

static void what_a_cell_says_is_no_markup(void **state)
{
	const struct grid_to to = {.format = GRID_HTML, .path = "a.html"};
	struct buf b = {0};
	struct xml_tree *t;
	struct xml_node *row;

	(void)state;
	rig_write(&to, &b);
	t = tree_of(&b);
	row = xml_sibling(within(within(within(main_of(t), "table"), "tbody"), "tr"), "tr");
	a_cell_is(within(row, "td"), "td", "<b>&\"=1+1',;\n]]>\xef\xbf\xbd");
	row = xml_sibling(row, "tr");
	assert_non_null(row); /* the empty one has as many cells */
	a_cell_is(row->first, "td", "");
	assert_null(xml_sibling(row, "tr"));
	xml_tree_free(t);
	buf_release(&b);
}

static void nothing_comes_from_outside(void **state)
{
	static const char *const none[] = {"<script", " src=",   " href=", "url(",
	                                   "@import", "<iframe", " on",    "javascript:"};
	const struct grid_to to = {.format = GRID_HTML, .path = "a.html"};
	struct buf b = {0};
	size_t i;

	(void)state;
	rig_write(&to, &b);
	for (i = 0; i < sizeof none / sizeof *none; i++)
		if (strstr((const char *)b.data, none[i]))
			fail_msg("the page holds %s", none[i]);
	assert_non_null(strstr((const char *)b.data, "default-src 'none'"));
	assert_non_null(strstr((const char *)b.data, "@page{size:A4;"));
	buf_release(&b);
}

/* The bar and the target of the n-th row of the chart; NULL: there is none. */
static void bar_is(const struct xml_tree *t, int n, const char *label, const char *x,
                   const char *width, const char *target)
{
	struct xml_node *row, *svg, *rect, *line;

	row = within(within(xml_sibling(within(main_of(t), "table"), "table"), "tbody"), "tr");
	while (n--)
		row = xml_sibling(row, "tr");
	a_cell_is(within(row, "th"), "th", label);
	svg = within(within(row, "td"), "svg");
	rect = xml_child(svg, "rect");
	line = xml_child(svg, "line");
	assert_string_equal(rect ? xml_get(rect, "x") : "", x ? x : "");
	assert_string_equal(rect ? xml_get(rect, "width") : "", x ? width : "");
	assert_string_equal(line ? xml_get(line, "x1") : "", target ? target : "");
}

static void bars_are_as_long_as_their_values(void **state)
{
	static const double values[] = {3, -1, NAN, 0};
	const struct grid_to to = {.format = GRID_HTML, .path = "a.html"};
	struct buf b = {0};
	struct xml_tree *t;
	struct grid *g;
	size_t i;

	(void)state;
	rig_write(&to, &b); /* shares: of 100 %, although none is as much */
	t = tree_of(&b);
	bar_is(t, 0, "Phường Thọ Xương", "0.00", "81.40", "85.00");
	bar_is(t, 1, "<b>&\"=1+1',;\n]]>\xef\xbf\xbd", NULL, NULL, NULL);
	xml_tree_free(t);

	assert_int_equal(grid_begin(&g, &to, "T"), 0);
	grid_column(g, "a", "A", GRID_NUMBER);
	grid_chart(g, "C", 0, 0, GRID_NONE);
	for (i = 0; i < 4; i++)
		grid_number(g, values[i]);
	assert_int_equal(grid_end(g, 0), 0);
	buf_reset(&b);
	assert_int_equal(file_read(to.path, RIG_MAX, &b), 0);
	t = tree_of(&b);
	bar_is(t, 0, "3", "25.00", "75.00", NULL);
	bar_is(t, 1, "-1", "0.00", "25.00", NULL);
	bar_is(t, 2, "", NULL, NULL, NULL);
	bar_is(t, 3, "0", "25.00", "0.00", NULL);
	xml_tree_free(t);
	buf_release(&b);
}

static void a_long_chart_says_where_it_ends(void **state)
{
	const struct grid_to to = {.format = GRID_HTML, .path = "a.html"};
	struct buf b = {0};
	struct xml_tree *t;
	struct grid *g;
	int i;

	(void)state;
	assert_int_equal(grid_begin(&g, &to, "T"), 0);
	for (i = 0; i < 12; i++)
		grid_column(g, "a", "A", GRID_INT);
	grid_chart(g, "C", 0, 1, GRID_NONE);
	for (i = 0; i < 12 * 300; i++)
		grid_int(g, i);
	assert_int_equal(grid_end(g, 0), 0);
	assert_int_equal(file_read(to.path, RIG_MAX, &b), 0);
	t = tree_of(&b);
	bar_is(t, 249, "2,988", "0.00", "100.00", NULL);
	assert_non_null(strstr((const char *)b.data, "The chart shows the first 250 rows."));
	assert_non_null(strstr((const char *)b.data, "@page{size:A4 landscape;"));
	xml_tree_free(t);

	assert_int_equal(grid_begin(&g, &to, "T"), 0);
	grid_column(g, "a", "A", GRID_INT);
	grid_chart(g, "C", 0, 0, GRID_NONE);
	assert_int_equal(grid_end(g, 0), 0);
	buf_reset(&b);
	assert_int_equal(file_read(to.path, RIG_MAX, &b), 0);
	t = tree_of(&b);
	assert_null(xml_sibling(within(main_of(t), "table"), "table"));
	assert_non_null(strstr((const char *)b.data, "<p>nothing recorded yet</p>"));
	xml_tree_free(t);
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_page_is_a_table_with_titles, english),
		cmocka_unit_test_setup(what_a_cell_says_is_no_markup, english),
		cmocka_unit_test_setup(nothing_comes_from_outside, english),
		cmocka_unit_test_setup(bars_are_as_long_as_their_values, english),
		cmocka_unit_test_setup(a_long_chart_says_where_it_ends, english),
	};

	return cmocka_run_group_tests_name("grid_html", tests, NULL, NULL);
}
