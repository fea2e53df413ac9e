/* test_xform.c - ODK XForms as XLSForm sheets. */
#include "tests/unit/fixture.h"

#include "storage/form.h"
#include "storage/xform.h"

#include <time.h>

static const char head[] =
	"<?xml version='1.0'?><h:html xmlns='http://www.w3.org/2002/xforms' "
	"xmlns:h='http://www.w3.org/1999/xhtml' xmlns:jr='http://openrosa.org/javarosa'>"
	"<h:head><h:title>Census &amp; more</h:title><model>";
static const char model[] =
	"<itext><translation lang='Tiếng Việt (vi)' default='true()'>"
	"<text id='/data/m/age:label'><value form='image'>a.png</value><value>Tuổi của "
	"<output value=' /data/m/name '/> là?</value></text>"
	"<text id='r-0'><value>Bắc</value></text><text id='hi'><value>Chào</value></text></translation>"
	"<translation lang='English (en)'><text id='/data/m/age:label'><value>-</value></text>"
	"<text id='r-0'><value>North</value></text></translation></itext>"
	"<instance><data id='my-census' version='3'><start/><n>2</n><m_count/><m jr:template=''><name/>"
	"<age/></m><m><name/><age/></m><g><region/><town/><note/><double/></g><who/><when/>"
	"<meta><instanceID/></meta></data></instance>"
	"<instance id='region'><root><item><itextId>r-0</itextId><name>n</name></item></root></instance>"
	"<instance id='town'><root><item><name>n1</name><label>N, 1</label><region>n</region></item>"
	"</root></instance>"
	"<bind nodeset='/data/start' type='dateTime' jr:preload='timestamp' jr:preloadParams='start'/>"
	"<bind nodeset='/data/n' type='int' required='true()' constraint='. &lt; 9 and . != 3' "
	"jr:constraintMsg='Too many'/>"
	"<bind nodeset='/data/m_count' type='string' readonly='true()' calculate=' /data/n  + 1'/>"
	"<bind nodeset='/data/m/name' type='string'/>"
	"<bind nodeset='/data/m/age' type='int' relevant=' ../name  != \"/data/n\"'/>"
	"<bind nodeset='/data/g' relevant=' /data/n  &gt; 0'/>"
	"<bind nodeset='/data/g/region' type='string'/><bind nodeset='/data/g/town' type='string'/>"
	"<bind nodeset='/data/g/note' type='string' readonly='true()'/>"
	"<bind nodeset='/data/g/double' type='string' calculate='instance(\"town\")/root/item[name =  "
	"current()/../town ]/region'/>"
	"<bind nodeset='/data/who' type='select'/><bind id='w' nodeset='/data/when' type='xsd:date'/>"
	"<setvalue event='odk-instance-first-load' ref='/data/when' value='today()'/>"
	"<bind nodeset='/data/meta/instanceID' type='string' jr:preload='uid'/></model></h:head>";
static const char body[] =
	"<h:body><input ref='/data/n'><label>How many?</label><hint ref=\"jr:itext('hi')\"/></input>"
	"<group ref='/data/m'><label>Members</label><repeat nodeset='/data/m' jr:count=' /data/m_count '>"
	"<input ref='/data/m/name'><label>Name</label></input>"
	"<input ref='/data/m/age'><label ref=\"jr:itext('/data/m/age:label')\"/></input></repeat></group>"
	"<group ref='/data/g' appearance='field-list'><label>G</label>"
	"<select1 ref='/data/g/region'><label>R</label><itemset nodeset=\"instance('region')/root/item\">"
	"<value ref='name'/><label ref='jr:itext(itextId)'/></itemset></select1>"
	"<select1 ref='/data/g/town'><label>T</label><itemset nodeset=\"randomize(instance('town')"
	"/root/item[region= /data/g/region ])\"><value ref='name'/><label ref='label'/></itemset></select1>"
	"<input ref='/data/g/note'><label>Note</label></input></group>"
	"<select ref='/data/who'><label>Who</label><item><label>A</label><value>a</value></item>"
	"<item><label>B</label><value>b</value></item></select>"
	"<input bind='w'><label>When</label></input></h:body></h:html>";

static int sheets(const char *a, const char *b, const char *c, struct buf out[3])
{
	struct buf text = {0};
	int rc;

	memset(out, 0, 3 * sizeof *out);
	buf_str(&text, a);
	buf_str(&text, b);
	buf_str(&text, c);
	rc = xform_sheets(text.data, text.len, &out[0], &out[1], &out[2]);
	buf_release(&text);
	return rc;
}

static void release(struct buf out[3])
{
	size_t i;

	for (i = 0; i < 3; i++)
		buf_release(&out[i]);
}

static void row_is(const char *sheet, const char *row)
{
	if (!strstr(sheet, row))
		fail_msg("no row \"%s\" in:\n%s", row, sheet);
}

static void an_xform_gives_the_sheets_it_was_made_from(void **state)
{
	struct buf out[3];
	const char *s;

	(void)state;
	assert_ok(sheets(head, model, body, out));
	s = buf_cstr(&out[0]);
	row_is(s, "\nstart,start,,,,,,,,,,");
	row_is(s, "\ninteger,n,yes,,2,,,. < 9 and . != 3,,,,How many?,,,,Chào,,Too many,,");
	row_is(s, "\nbegin_repeat,m,,,,,,,,,${n} + 1,Members,");
	row_is(s, "\ninteger,age,,,,,\"${name} != \"\"/data/n\"\"\",,,,,,Tuổi của ${name} là?,,");
	row_is(s, "\nbegin_group,g,,,,field-list,${n} > 0,");
	row_is(s, "\nselect_one town,town,,,,,,,,region=${region},,T,");
	row_is(s, "\nnote,note,,yes,");
	row_is(s,
	       "\ncalculate,double,,,,,,,\"instance(\"\"town\"\")/root/item[name = ${town}]/region\",");
	row_is(s, "\nselect_multiple who,who,");
	row_is(s, "\ndate,when,,,today(),");
	assert_null(strstr(s, "m_count"));
	assert_null(strstr(s, "instanceID"));
	assert_string_equal(
		buf_cstr(&out[1]),
		"list_name,name,label,label::Tiếng Việt (vi),label::English (en),region\n"
		"who,a,A,,,\nwho,b,B,,,\nregion,n,,Bắc,North,\ntown,n1,\"N, 1\",,,n\n");
	assert_string_equal(buf_cstr(&out[2]), "form_id,form_title,default_language\n"
	                                       "my-census,Census & more,Tiếng Việt (vi)\n");
	release(out);
}

static void its_sheets_are_a_form(void **state)
{
	struct store *s = fixture_root();
	struct xlsform x = {.code = "x"};
	struct buf out[3];
	int version;

	(void)state;
	assert_ok(sheets(head, model, body, out));
	x.survey = (struct sheet){(const char *)out[0].data, out[0].len};
	x.choices = (struct sheet){(const char *)out[1].data, out[1].len};
	x.settings = (struct sheet){(const char *)out[2].data, out[2].len};
	if (form_add(s, &x, &version))
		fail_msg("%s", err_text());
	assert_int_equal(count(s, "SELECT count(*) FROM pragma_table_info('f_my_census__m')"), 5);
	release(out);
	store_close(s);
}

static void refused(const char *a, const char *b, const char *c, const char *text)
{
	struct buf out[3];
	int rc = sheets(a, b, c, out);

	assert_true(rc == ERR_BAD || rc == ERR_TOOBIG);
	if (!strstr(err_text(), text))
		fail_msg("\"%s\" does not say \"%s\"", err_text(), text);
	release(out);
}

static void what_is_no_xform_is_refused(void **state)
{
	(void)state;
	refused("<html/>", "", "", "no XForm");
	refused("<html><head><model/></head><body/></html>", "", "", "no instance");
	refused("<html><head><model><instance/></model></head><body/></html>", "", "", "is empty");
	refused(head, model, "", "line 1: this is not XML");
	refused("<html><head><model><instance><d/></instance></model></head><body><input ref='/d/x'/>"
	        "</body></html>",
	        "", "", "/d/x, which the instance does not have");
	refused("<html><head><model><instance><d><x/></d></instance></model></head><body>"
	        "<input ref='x'/></body></html>",
	        "", "", "no absolute path");
	refused("<html><head><model><instance><d><x/></d></instance></model></head><body>"
	        "<select1 ref='/d/x'><itemset nodeset='/d/y'/></select1></body></html>",
	        "", "", "the choices of x");
}

/* A long text that very many choices name would fill the memory. */
static void a_text_named_too_often_is_refused(void **state)
{
	struct buf text = {0}, out[3] = {{0}};
	int i;

	(void)state;
	buf_str(&text, "<html><head><model><itext><translation lang='a'><text id='t'><value>");
	for (i = 0; i < 100000; i++)
		buf_str(&text, "0123456789");
	buf_str(&text, "</value></text></translation></itext><instance><d><x/></d></instance>"
	               "<instance id='l'><root>");
	for (i = 0; i < 200; i++)
		buf_str(&text, "<item><name>n</name><itextId>t</itextId></item>");
	buf_str(&text, "</root></instance></model></head><body/></html>");
	assert_int_equal(xform_sheets(text.data, text.len, &out[0], &out[1], &out[2]), ERR_TOOBIG);
	assert_true(out[1].len < XFORM_SHEET_MAX + 2000000);
	release(out);
	buf_release(&text);
}

static void damage_is_refused_or_harmless(void **state)
{
	unsigned seed = (unsigned)time(NULL), round, n;
	struct buf text = {0}, out[3];
	uint8_t *copy;

	(void)state;
	print_message("# seed %u\n", seed);
	srandom(seed);
	buf_str(&text, head);
	buf_str(&text, model);
	buf_str(&text, body);
	for (round = 0; round < 3000; round++) {
		memset(out, 0, sizeof out);
		copy = malloc(text.len);
		memcpy(copy, text.data, text.len);
		for (n = 1 + (unsigned)random() % 3; n; n--)
			copy[(size_t)random() % text.len] =
				(uint8_t) " /<>'\"[]()=an:."[random() % 15];
		xform_sheets(copy, text.len, &out[0], &out[1], &out[2]);
		release(out);
		free(copy);
	}
	buf_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_xform_gives_the_sheets_it_was_made_from),
		cmocka_unit_test(its_sheets_are_a_form),
		cmocka_unit_test(what_is_no_xform_is_refused),
		cmocka_unit_test(a_text_named_too_often_is_refused),
		cmocka_unit_test(damage_is_refused_or_harmless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
