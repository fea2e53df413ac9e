/* export_dcat.c - the catalogue of open data: W3C DCAT version 3 as JSON-LD 1.1, with what DCAT-AP asks for. */
#include "agent/export_open.h"

#include <string.h>

static const char *const format_name[] = {"csv", "json"};
static const char *const media_type[] =
	{"https://www.iana.org/assignments/media-types/text/csv",
         "https://www.iana.org/assignments/media-types/application/json"};

static void reference(struct json *j, const char *key, const char *iri)
{
	json_key(j, key);
	json_object(j);
	json_kstr(j, "@id", iri);
	json_end(j);
}

static void typed(struct json *j, const char *key, const char *type, const char *value)
{
	json_key(j, key);
	json_object(j);
	json_kstr(j, "@type", type);
	json_kstr(j, "@value", value);
	json_end(j);
}

static void in_language(struct json *j, const char *lang, const char *text, const char *more)
{
	char all[512];

	snprintf(all, sizeof all, "%s%s%s", text, *more ? ": " : "", more);
	json_object(j);
	json_kstr(j, "@language", lang);
	json_kstr(j, "@value", all);
	json_end(j);
}

static void texts(struct json *j, const char *key, const struct both *b, const char *more)
{
	json_key(j, key);
	json_array(j);
	in_language(j, "vi", b->vi, more);
	in_language(j, "en", b->en, more);
	json_end(j);
}

static void context(struct json *j)
{
	static const char *const prefix[][2] = {{"dcat", "http://www.w3.org/ns/dcat#"},
	                                        {"dct", "http://purl.org/dc/terms/"},
	                                        {"foaf", "http://xmlns.com/foaf/0.1/"},
	                                        {"skos", "http://www.w3.org/2004/02/skos/core#"},
	                                        {"spdx", "http://spdx.org/rdf/terms#"},
	                                        {"xsd", "http://www.w3.org/2001/XMLSchema#"}};
	size_t i;

	json_key(j, "@context");
	json_object(j);
	for (i = 0; i < sizeof prefix / sizeof *prefix; i++)
		json_kstr(j, prefix[i][0], prefix[i][1]);
	json_end(j);
}

static void checksum(struct json *j, const uint8_t hash[HASH_LEN])
{
	char hex[2 * HASH_LEN + 1];
	size_t i;

	for (i = 0; i < HASH_LEN; i++)
		snprintf(hex + 2 * i, 3, "%02x", hash[i]);
	json_key(j, "spdx:checksum");
	json_object(j);
	json_kstr(j, "@type", "spdx:Checksum");
	reference(j, "spdx:algorithm", "spdx:checksumAlgorithm_sha256");
	typed(j, "spdx:checksumValue", "xsd:hexBinary", hex);
	json_end(j);
}

static const char *license(const struct open_export *e)
{
	return e->x->license ? e->x->license : OPEN_LICENSE;
}

static void distribution(struct json *j, const struct open_export *e, const struct open_file *f,
                         size_t format)
{
	char name[64], bytes[24];

	snprintf(name, sizeof name, "%s.%s", f->name, format_name[format]);
	snprintf(bytes, sizeof bytes, "%lld", (long long)f->bytes[format]);
	json_object(j);
	json_kstr(j, "@type", "dcat:Distribution");
	json_kstr(j, "dct:title", name);
	reference(j, "dcat:accessURL", name);
	reference(j, "dcat:downloadURL", name);
	reference(j, "dcat:mediaType", media_type[format]);
	typed(j, "dcat:byteSize", "xsd:nonNegativeInteger", bytes);
	typed(j, "dct:issued", "xsd:date", e->day);
	reference(j, "dct:license", license(e));
	checksum(j, f->hash[format]);
	json_end(j);
}

static void publisher(struct json *j, const struct open_export *e)
{
	json_key(j, "dct:publisher");
	json_object(j);
	json_kstr(j, "@type", "foaf:Organization");
	json_kstr(j, "foaf:name", e->unit.name);
	json_end(j);
}

static void place_and_time(struct json *j, const struct open_export *e)
{
	json_key(j, "dct:spatial");
	json_object(j);
	json_kstr(j, "@type", "dct:Location");
	json_kstr(j, "dct:identifier", e->unit.code);
	json_kstr(j, "skos:prefLabel", e->unit.name);
	json_end(j);
	json_key(j, "dct:temporal");
	json_object(j);
	json_kstr(j, "@type", "dct:PeriodOfTime");
	typed(j, "dcat:endDate", "xsd:date", e->day);
	json_end(j);
}

static void languages(struct json *j)
{
	static const char *const lang[] =
		{"http://publications.europa.eu/resource/authority/language/VIE",
	         "http://publications.europa.eu/resource/authority/language/ENG"};
	size_t i;

	json_key(j, "dct:language");
	json_array(j);
	for (i = 0; i < sizeof lang / sizeof *lang; i++) {
		json_object(j);
		json_kstr(j, "@id", lang[i]);
		json_end(j);
	}
	json_end(j);
}

static void dataset(struct json *j, const struct open_export *e, const struct open_file *f)
{
	char id[64];
	size_t i;

	snprintf(id, sizeof id, "#%s", f->name);
	json_object(j);
	json_kstr(j, "@id", id);
	json_kstr(j, "@type", "dcat:Dataset");
	json_kstr(j, "dct:identifier", f->name);
	texts(j, "dct:title", &f->title, e->unit.name);
	texts(j, "dct:description", &f->about, "");
	typed(j, "dct:issued", "xsd:date", e->day);
	publisher(j, e);
	reference(j, "dct:license", license(e));
	reference(j, "dct:accessRights",
	          "http://publications.europa.eu/resource/authority/access-right/PUBLIC");
	languages(j);
	place_and_time(j, e);
	if (strcmp(f->name, "dictionary") != 0)
		reference(j, "dct:conformsTo", "#dictionary");
	json_key(j, "dcat:distribution");
	json_array(j);
	for (i = 0; i < sizeof format_name / sizeof *format_name; i++)
		distribution(j, e, f, i);
	json_end(j);
	json_end(j);
}

int open_catalogue(struct open_export *e, FILE *f)
{
	static const struct both title = {"Dữ liệu mở về chuyển đổi số cộng đồng",
	                                  "Open data on community digital transformation"};
	static const struct both about =
		{"Số liệu tổng hợp theo đơn vị hành chính từ khảo sát của các tổ công nghệ số cộng "
	         "đồng. Không có dữ liệu cá nhân; số liệu của dưới 5 hộ không được công bố.",
	         "Figures by administrative unit from the surveys of community digital technology "
	         "teams. No personal data; figures of fewer than 5 households are not published."};
	struct json json, *j = &json;
	size_t i;

	json_begin(j, f);
	json_object(j);
	context(j);
	json_kstr(j, "@id", "");
	json_kstr(j, "@type", "dcat:Catalog");
	texts(j, "dct:title", &title, e->unit.name);
	texts(j, "dct:description", &about, "");
	typed(j, "dct:issued", "xsd:date", e->day);
	publisher(j, e);
	reference(j, "dct:license", license(e));
	languages(j);
	json_key(j, "dcat:dataset");
	json_array(j);
	for (i = 0; i < OPEN_FILES; i++)
		dataset(j, e, &e->file[i]);
	json_end(j);
	return json_end(j);
}
