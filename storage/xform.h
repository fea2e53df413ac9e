/* xform.h - an ODK XForm as the sheets of the XLSForm that it would be made from.
 *
 * ODK XForms specification, https://getodk.github.io/xforms-spec. The primary instance gives the order of
 * the questions, binds their rules, the body how they are asked, itext their languages, secondary
 * instances and items their choices. Paths in expressions become ${name}. What XForms cannot say is not
 * there: no question is personal.
 */
#ifndef STORAGE_XFORM_H
#define STORAGE_XFORM_H

#include "storage/buf.h"

#define XFORM_SHEET_MAX \
	(64u * 1024 * 1024) /* bytes of a sheet: a text may be named by many choices */
#define XFORM_LANGUAGES_MAX 32

/* CSV text appended to each. ERR_BAD names the line. */
int xform_sheets(const void *data, size_t len, struct buf *survey, struct buf *choices,
                 struct buf *settings);

#endif
