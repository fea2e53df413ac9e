/* grid_xlsx_book.c - the parts of a workbook around its rows: formats, the list of sheets, the second sheet
 * with title, notes and chart (ECMA-376 part 1; elements must stand in its order). */
#include "agent/grid_xlsx.h"
#include "agent/i18n.h"
#include "storage/err.h"
#include "storage/xml.h"

#include <string.h>

#define XML_HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
#define MAIN "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
#define OFFICE "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define PACKAGE "http://schemas.openxmlformats.org/package/2006"
#define TYPE "application/vnd.openxmlformats-officedocument."
#define DRAWING "http://schemas.openxmlformats.org/drawingml/2006/"

#define CHART_COLUMNS \
	12 /* of the sheet that a chart is wide, at least; three bars more are one more */
#define CHART_ROWS 24

void xlsx_flush(struct book *b)
{
	if (b->xml.err && !zip_out_error(b->zip))
		zip_out_fail(b->zip, err(ERR_NOMEM, "out of memory"));
	zip_out_add(b->zip, b->xml.data, b->xml.len);
	buf_reset(&b->xml);
}

static void part(struct book *b, const char *name, const char *xml)
{
	zip_out_entry(b->zip, name);
	buf_str(&b->xml, XML_HEAD);
	buf_str(&b->xml, xml);
	xlsx_flush(b);
}

static const char styles[] =
	"<styleSheet xmlns=\"" MAIN "\">"
	"<numFmts count=\"1\"><numFmt numFmtId=\"164\" formatCode=\"0.0%\"/></numFmts>"
	"<fonts count=\"3\"><font><sz val=\"11\"/><name val=\"Calibri\"/><family val=\"2\"/></font>"
	"<font><b/><sz val=\"11\"/><name val=\"Calibri\"/><family val=\"2\"/></font>"
	"<font><b/><sz val=\"14\"/><name val=\"Calibri\"/><family val=\"2\"/></font></fonts>"
	"<fills count=\"3\"><fill><patternFill patternType=\"none\"/></fill>"
	"<fill><patternFill patternType=\"gray125\"/></fill>"
	"<fill><patternFill patternType=\"solid\"><fgColor rgb=\"FFE3EEE8\"/>"
	"<bgColor indexed=\"64\"/></patternFill></fill></fills>"
	"<borders count=\"2\"><border><left/><right/><top/><bottom/><diagonal/></border>"
	"<border><left/><right/><top/><bottom style=\"thin\"><color auto=\"1\"/></bottom><diagonal/>"
	"</border></borders>"
	"<cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/>"
	"</cellStyleXfs><cellXfs count=\"7\">"
	"<xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\"/>"
	"<xf numFmtId=\"0\" fontId=\"1\" fillId=\"2\" borderId=\"1\" xfId=\"0\" applyFont=\"1\" "
	"applyFill=\"1\" applyBorder=\"1\" applyAlignment=\"1\">"
	"<alignment vertical=\"center\" wrapText=\"1\"/></xf>"
	"<xf numFmtId=\"49\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" "
	"applyNumberFormat=\"1\"/>"
	"<xf numFmtId=\"3\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" "
	"applyNumberFormat=\"1\"/>"
	"<xf numFmtId=\"164\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" "
	"applyNumberFormat=\"1\"/>"
	"<xf numFmtId=\"14\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" "
	"applyNumberFormat=\"1\"/>"
	"<xf numFmtId=\"0\" fontId=\"2\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyFont=\"1\"/>"
	"</cellXfs><cellStyles count=\"1\">"
	"<cellStyle name=\"Normal\" xfId=\"0\" builtinId=\"0\"/></cellStyles></styleSheet>";

static void content_types(struct grid *g, struct book *b)
{
	part(b, "[Content_Types].xml",
	     "<Types xmlns=\"" PACKAGE "/content-types\">"
	     "<Default Extension=\"rels\" "
	     "ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
	     "<Default Extension=\"xml\" ContentType=\"application/xml\"/>"
	     "<Override PartName=\"/docProps/core.xml\" "
	     "ContentType=\"application/vnd.openxmlformats-package.core-properties+xml\"/>"
	     "<Override PartName=\"/xl/workbook.xml\" "
	     "ContentType=\"" TYPE "spreadsheetml.sheet.main+xml\"/>"
	     "<Override PartName=\"/xl/styles.xml\" "
	     "ContentType=\"" TYPE "spreadsheetml.styles+xml\"/>"
	     "<Override PartName=\"/xl/worksheets/sheet1.xml\" "
	     "ContentType=\"" TYPE "spreadsheetml.worksheet+xml\"/>"
	     "<Override PartName=\"/xl/worksheets/sheet2.xml\" "
	     "ContentType=\"" TYPE "spreadsheetml.worksheet+xml\"/>");
	if (g->chart.title)
		buf_str(&b->xml, "<Override PartName=\"/xl/drawings/drawing1.xml\" "
		                 "ContentType=\"" TYPE "drawing+xml\"/>"
		                 "<Override PartName=\"/xl/charts/chart1.xml\" "
		                 "ContentType=\"" TYPE "drawingml.chart+xml\"/>");
	buf_str(&b->xml, "</Types>");
	xlsx_flush(b);
}

void xlsx_begin(struct grid *g, struct book *b)
{
	content_types(g, b);
	part(b, "_rels/.rels",
	     "<Relationships xmlns=\"" PACKAGE "/relationships\">"
	     "<Relationship Id=\"rId1\" Type=\"" OFFICE "/officeDocument\" "
	     "Target=\"xl/workbook.xml\"/>"
	     "<Relationship Id=\"rId2\" Type=\"" PACKAGE
	     "/relationships/metadata/core-properties\" "
	     "Target=\"docProps/core.xml\"/></Relationships>");
	part(b, "docProps/core.xml",
	     "<cp:coreProperties xmlns:cp=\"" PACKAGE "/metadata/core-properties\" "
	     "xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><dc:title>");
	xml_put(&b->xml, g->title);
	buf_str(&b->xml, "</dc:title></cp:coreProperties>");
	xlsx_flush(b);
	part(b, "xl/_rels/workbook.xml.rels",
	     "<Relationships xmlns=\"" PACKAGE "/relationships\">"
	     "<Relationship Id=\"rId1\" Type=\"" OFFICE "/worksheet\" "
	     "Target=\"worksheets/sheet1.xml\"/>"
	     "<Relationship Id=\"rId2\" Type=\"" OFFICE "/worksheet\" "
	     "Target=\"worksheets/sheet2.xml\"/>"
	     "<Relationship Id=\"rId3\" Type=\"" OFFICE "/styles\" Target=\"styles.xml\"/>"
	     "</Relationships>");
	part(b, "xl/styles.xml", styles);
	zip_out_entry(b->zip, "xl/worksheets/sheet1.xml");
}

/* ---- behind the rows ---------------------------------------------------------------------------- */

static const char *sheet_name(void)
{
	return _("Figures"); /* of at most 31 characters, without '[]:*?/\ */
}

static void workbook(struct book *b)
{
	char last[XLSX_LETTERS];

	part(b, "xl/workbook.xml",
	     "<workbook xmlns=\"" MAIN "\" xmlns:r=\"" OFFICE
	     "\"><bookViews><workbookView/></bookViews>"
	     "<sheets><sheet name=\"");
	xml_put(&b->xml, sheet_name());
	buf_str(&b->xml, "\" sheetId=\"1\" r:id=\"rId1\"/><sheet name=\"");
	xml_put(&b->xml, _("Notes"));
	buf_printf(&b->xml,
	           "\" sheetId=\"2\" r:id=\"rId2\"/></sheets><definedNames>"
	           "<definedName name=\"_xlnm._FilterDatabase\" localSheetId=\"0\" hidden=\"1\">"
	           "'%s'!$A$1:$%s$%u</definedName>"
	           "<definedName name=\"_xlnm.Print_Titles\" localSheetId=\"0\">'%s'!$1:$1"
	           "</definedName></definedNames></workbook>",
	           sheet_name(), xlsx_letters(b->columns - 1, last), b->row, sheet_name());
	xlsx_flush(b);
}

static int notes(struct grid *g, struct book *b)
{
	size_t i;
	int rc;

	part(b, "xl/worksheets/sheet2.xml",
	     "<worksheet xmlns=\"" MAIN "\" xmlns:r=\"" OFFICE "\">"
	     "<sheetPr><pageSetUpPr fitToPage=\"1\"/></sheetPr>"
	     "<sheetFormatPr defaultRowHeight=\"15\"/><sheetData><row r=\"1\">");
	rc = xlsx_text(b, 1, 0, STYLE_TITLE, g->title);
	buf_str(&b->xml, "</row>");
	for (i = 0; !rc && i < g->nnote; i++) {
		buf_printf(&b->xml, "<row r=\"%zu\">", i + 2);
		rc = xlsx_text(b, (unsigned)i + 2, 0, STYLE_PLAIN, g->note[i]);
		buf_str(&b->xml, "</row>");
	}
	buf_str(&b->xml,
	        "</sheetData><pageMargins left=\"0.5\" right=\"0.5\" top=\"0.7\" "
	        "bottom=\"0.7\" header=\"0.3\" footer=\"0.3\"/>"
	        "<pageSetup paperSize=\"9\" orientation=\"landscape\" fitToHeight=\"0\"/>");
	if (g->chart.title)
		buf_str(&b->xml, "<drawing r:id=\"rId1\"/>");
	buf_str(&b->xml, "</worksheet>");
	xlsx_flush(b);
	return rc;
}

/* ---- the chart ------------------------------------------------------------------------------------- */

/* The rows that it shows: the last one's number. */
static unsigned chart_end(const struct book *b)
{
	if (b->row > GRID_CHART_ROWS + 1)
		return GRID_CHART_ROWS + 1;
	return b->row > 1 ? b->row : 2;
}

static void placed(struct grid *g, struct book *b)
{
	unsigned bars = chart_end(b) - 1, top = (unsigned)g->nnote + 2;

	part(b, "xl/worksheets/_rels/sheet2.xml.rels",
	     "<Relationships xmlns=\"" PACKAGE "/relationships\"><Relationship Id=\"rId1\" "
	     "Type=\"" OFFICE "/drawing\" Target=\"../drawings/drawing1.xml\"/></Relationships>");
	part(b, "xl/drawings/_rels/drawing1.xml.rels",
	     "<Relationships xmlns=\"" PACKAGE "/relationships\"><Relationship Id=\"rId1\" "
	     "Type=\"" OFFICE "/chart\" Target=\"../charts/chart1.xml\"/></Relationships>");
	part(b, "xl/drawings/drawing1.xml",
	     "<xdr:wsDr xmlns:xdr=\"" DRAWING "spreadsheetDrawing\" xmlns:a=\"" DRAWING "main\">");
	buf_printf(&b->xml,
	           "<xdr:twoCellAnchor><xdr:from><xdr:col>0</xdr:col><xdr:colOff>0</xdr:colOff>"
	           "<xdr:row>%u</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:from><xdr:to>"
	           "<xdr:col>%u</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>%u</xdr:row>"
	           "<xdr:rowOff>0</xdr:rowOff></xdr:to>",
	           top, bars / 3 > CHART_COLUMNS ? bars / 3 : CHART_COLUMNS, top + CHART_ROWS);
	buf_str(&b->xml, "<xdr:graphicFrame macro=\"\"><xdr:nvGraphicFramePr>"
	                 "<xdr:cNvPr id=\"2\" name=\"Chart 1\" descr=\"");
	xml_put(&b->xml, g->chart.title);
	buf_str(&b->xml,
	        "\"/><xdr:cNvGraphicFramePr/></xdr:nvGraphicFramePr><xdr:xfrm>"
	        "<a:off x=\"0\" y=\"0\"/><a:ext cx=\"0\" cy=\"0\"/></xdr:xfrm><a:graphic>"
	        "<a:graphicData uri=\"" DRAWING "chart\"><c:chart xmlns:c=\"" DRAWING "chart\" "
	        "xmlns:r=\"" OFFICE "\" r:id=\"rId1\"/></a:graphicData></a:graphic>"
	        "</xdr:graphicFrame><xdr:clientData/></xdr:twoCellAnchor></xdr:wsDr>");
	xlsx_flush(b);
}

/* What a series is of: its name, and how it is painted. */
static void series(struct grid *g, struct book *b, unsigned n, size_t column, const char *painted)
{
	char at[XLSX_LETTERS], label[XLSX_LETTERS];
	unsigned end = chart_end(b);

	xlsx_letters(xlsx_column(g, column), at);
	xlsx_letters(xlsx_column(g, g->chart.label), label);
	buf_printf(&b->xml,
	           "<c:ser><c:idx val=\"%u\"/><c:order val=\"%u\"/><c:tx><c:strRef>"
	           "<c:f>'%s'!$%s$1</c:f></c:strRef></c:tx>%s<c:cat><c:strRef>"
	           "<c:f>'%s'!$%s$2:$%s$%u</c:f></c:strRef></c:cat><c:val><c:numRef>"
	           "<c:f>'%s'!$%s$2:$%s$%u</c:f></c:numRef></c:val>",
	           n, n, sheet_name(), at, painted, sheet_name(), label, label, end, sheet_name(),
	           at, at, end);
}

#define AXES "<c:axId val=\"1\"/><c:axId val=\"2\"/>"
#define PAINT(colour) "<a:solidFill><a:srgbClr val=\"" colour "\"/></a:solidFill>"

static void axes(struct grid *g, struct book *b)
{
	enum grid_type type = g->column[g->chart.value].type;
	bool percent = type == GRID_SHARE || type == GRID_PERCENT;

	buf_str(&b->xml,
	        "<c:catAx><c:axId val=\"1\"/><c:scaling><c:orientation val=\"minMax\"/></c:scaling>"
	        "<c:delete val=\"0\"/><c:axPos val=\"b\"/><c:tickLblPos val=\"low\"/>"
	        "<c:crossAx val=\"2\"/><c:crosses val=\"autoZero\"/></c:catAx>"
	        "<c:valAx><c:axId val=\"2\"/><c:scaling><c:orientation val=\"minMax\"/></c:scaling>"
	        "<c:delete val=\"0\"/><c:axPos val=\"l\"/><c:majorGridlines><c:spPr><a:ln>" PAINT(
			"D9D9D9") "</a:ln></c:spPr></c:majorGridlines>");
	buf_printf(&b->xml, "<c:numFmt formatCode=\"%s\" sourceLinked=\"0\"/>",
	           percent ? "0%" : "General");
	buf_str(&b->xml,
	        "<c:tickLblPos val=\"nextTo\"/><c:crossAx val=\"1\"/>"
	        "<c:crosses val=\"autoZero\"/><c:crossBetween val=\"between\"/></c:valAx>");
}

static void chart(struct grid *g, struct book *b)
{
	part(b, "xl/charts/chart1.xml",
	     "<c:chartSpace xmlns:c=\"" DRAWING "chart\" xmlns:a=\"" DRAWING "main\" "
	     "xmlns:r=\"" OFFICE "\"><c:roundedCorners val=\"0\"/><c:chart><c:title><c:tx><c:rich>"
	     "<a:bodyPr/><a:p><a:pPr><a:defRPr sz=\"1400\" b=\"1\"/></a:pPr><a:r>"
	     "<a:rPr lang=\"vi\" sz=\"1400\" b=\"1\"/><a:t>");
	xml_put(&b->xml, g->chart.title);
	buf_str(&b->xml, "</a:t></a:r></a:p></c:rich></c:tx><c:overlay val=\"0\"/></c:title>"
	                 "<c:autoTitleDeleted val=\"0\"/><c:plotArea><c:layout/><c:barChart>"
	                 "<c:barDir val=\"col\"/><c:grouping val=\"clustered\"/>"
	                 "<c:varyColors val=\"0\"/>");
	series(g, b, 0, g->chart.value,
	       "<c:spPr>" PAINT("2E7D5B") "</c:spPr><c:invertIfNegative val=\"0\"/>");
	buf_str(&b->xml, "</c:ser><c:gapWidth val=\"50\"/>" AXES "</c:barChart>");
	if (g->chart.target != GRID_NONE) {
		buf_str(&b->xml, "<c:lineChart><c:grouping val=\"standard\"/>"
		                 "<c:varyColors val=\"0\"/>");
		series(g, b, 1, g->chart.target,
		       "<c:spPr><a:ln w=\"25400\">" PAINT(
			       "B3261E") "</a:ln></c:spPr>"
		                         "<c:marker><c:symbol val=\"none\"/></c:marker>");
		buf_str(&b->xml,
		        "<c:smooth val=\"0\"/></c:ser><c:marker val=\"1\"/>" AXES "</c:lineChart>");
	}
	axes(g, b);
	buf_str(&b->xml, "</c:plotArea><c:legend><c:legendPos val=\"b\"/><c:overlay val=\"0\"/>"
	                 "</c:legend><c:plotVisOnly val=\"1\"/><c:dispBlanksAs val=\"gap\"/>"
	                 "</c:chart></c:chartSpace>");
	xlsx_flush(b);
}

int xlsx_finish(struct grid *g, struct book *b)
{
	int rc = notes(g, b);

	workbook(b);
	if (g->chart.title) {
		placed(g, b);
		chart(g, b);
	}
	return rc ? rc : zip_out_error(b->zip);
}
