/* export_open_tables.c - the tables of open data and their columns, said in both languages. */
#include "agent/export_open.h"

#define COLUMN_UNIT                                                                    \
	{"unit", "text", {"Mã đơn vị", "Code of the unit"}, NULL},                     \
		{"name", "text", {"Tên đơn vị", "Name of the unit"}, NULL},            \
	{                                                                              \
		"level", "text",                                                       \
			{"Cấp; rest: phần ghi ở đơn vị mà không thuộc đơn vị con nào", \
		         "Level; rest: recorded in the unit and in none below it"},    \
			"province district commune village rest"                       \
	}
#define COLUMN_STATE                                                                            \
	{                                                                                       \
		"state", "text",                                                                \
			{"shown: có số liệu; closed: không công bố vì quá ít hộ " \
		         "(dưới 5), hoặc để không tính ngược ra được; empty: " \
		         "chưa có phiếu nào",                                                   \
		         "shown: published; closed: not published, because it "                 \
		         "counts fewer than 5 households or would let such a "                  \
		         "figure be computed; empty: no records yet"},                          \
			"shown closed empty"                                                    \
	}

static const struct open_column unit_columns[] =
	{{"unit", "text", {"Mã đơn vị", "Code of the unit"}, NULL},
         {"name", "text", {"Tên đơn vị", "Name of the unit"}, NULL},
         {"level", "text", {"Cấp", "Level"}, "province district commune village"},
         {"parent", "text", {"Mã đơn vị cấp trên", "Code of the unit above"}, NULL},
         {"valid_from", "date", {"Có hiệu lực từ ngày", "In force since"}, NULL},
         {"households", "integer", {"Số hộ theo danh sách", "Households expected"}, NULL},
         {NULL, NULL, {NULL, NULL}, NULL}};
static const struct open_column record_columns[] =
	{COLUMN_UNIT,
         {"form", "text", {"Mã phiếu", "Code of the form"}, NULL},
         {"counted_by",
          "text",
          {"Tính phiếu mới nhất theo (_id: mọi phiếu; _unit: của đơn vị)",
           "The latest record of each is counted (_id: all records; _unit: of the unit)"},
          NULL},
         COLUMN_STATE,
         {"count", "integer", {"Số lượng", "How many"}, NULL},
         {NULL, NULL, {NULL, NULL}, NULL}};
static const struct open_column indicator_columns[] =
	{COLUMN_UNIT,
         {"indicator",
          "text",
          {"Mã chỉ tiêu (xem dictionary)", "Indicator (see dictionary)"},
          NULL},
         COLUMN_STATE,
         {"numerator", "integer", {"Tử số", "Numerator"}, NULL},
         {"denominator", "integer", {"Mẫu số", "Denominator"}, NULL},
         {"share", "number", {"Tỷ lệ: tử số trên mẫu số", "Numerator over denominator"}, NULL},
         {NULL, NULL, {NULL, NULL}, NULL}};
static const struct open_column answer_columns[] =
	{COLUMN_UNIT,
         {"form", "text", {"Mã phiếu", "Code of the form"}, NULL},
         {"question", "text", {"Câu hỏi (xem dictionary)", "Question (see dictionary)"}, NULL},
         {"choice",
          "text",
          {"Lựa chọn; nhiều lựa chọn quá ít hộ gộp lại bằng dấu +; để trống: không trả lời",
           "Choice; several that too few gave are joined by +; empty: no answer"},
          NULL},
         {"choice_vi", "text", {"Lựa chọn, tiếng Việt", "Choice in Vietnamese"}, NULL},
         {"choice_en", "text", {"Lựa chọn, tiếng Anh", "Choice in English"}, NULL},
         COLUMN_STATE,
         {"count", "integer", {"Số phiếu chọn", "Records with that answer"}, NULL},
         {"of", "integer", {"Trên tổng số phiếu", "Of how many records"}, NULL},
         {NULL, NULL, {NULL, NULL}, NULL}};
static const struct open_column dictionary_columns[] =
	{{"dataset", "text", {"Bảng", "Dataset"}, NULL},
         {"kind", "text", {"Loại", "Kind"}, "column indicator question"},
         {"name", "text", {"Tên", "Name"}, NULL},
         {"label_vi", "text", {"Nghĩa, tiếng Việt", "Meaning in Vietnamese"}, NULL},
         {"label_en", "text", {"Nghĩa, tiếng Anh", "Meaning in English"}, NULL},
         {"type", "text", {"Kiểu", "Type"}, NULL},
         {"unit", "text", {"Đơn vị tính", "What is counted"}, NULL},
         {"choices", "text", {"Các giá trị", "Values"}, NULL},
         {"form", "text", {"Mã phiếu", "Form"}, NULL},
         {"form_version", "integer", {"Phiên bản phiếu", "Version of the form"}, NULL},
         {"source", "text", {"Lấy từ", "What it is made of"}, NULL},
         {"published",
          "text",
          {"Công bố đến cấp nào; withheld: không công bố vì quá ít",
           "Down to which level; withheld: not at all, as it counts too few"},
          "province district commune village withheld"},
         {NULL, NULL, {NULL, NULL}, NULL}};

const struct open_file open_files[OPEN_FILES] = {
	[OPEN_FILE_UNITS] = {.name = "units",
                             .title = {"Đơn vị hành chính", "Administrative units"},
                             .about = {"Các đơn vị mà số liệu được tính theo",
                                       "The units by which figures are given"},
                             .column = unit_columns},
	[OPEN_FILE_RECORDS] = {.name = "records",
                               .title = {"Số phiếu, số hộ", "Records and households"},
                               .about = {"Đã khảo sát bao nhiêu ở mỗi đơn vị",
                                         "How many were surveyed in each unit"},
                               .column = record_columns},
	[OPEN_FILE_INDICATORS] =
		{.name = "indicators",
                 .title = {"Chỉ tiêu", "Indicators"},
                 .about = {"Tử số, mẫu số và tỷ lệ của từng chỉ tiêu theo đơn vị",
                           "Numerator, denominator and share of each indicator by unit"},
                 .column = indicator_columns},
	[OPEN_FILE_ANSWERS] = {.name = "answers",
                               .title = {"Câu trả lời", "Answers"},
                               .about = {"Số phiếu theo từng lựa chọn của mỗi câu hỏi, theo đơn vị",
                                         "Records by the choices of each question, by unit"},
                               .column = answer_columns},
	[OPEN_FILE_DICTIONARY] = {.name = "dictionary",
                                  .title = {"Từ điển dữ liệu", "Data dictionary"},
                                  .about = {"Nghĩa của từng cột, chỉ tiêu và câu hỏi",
                                            "What each column, indicator and question means"},
                                  .column = dictionary_columns},
};
