/* i18n.h - the user's language: English msgids, catalogues compiled into the program.
 *
 * A catalogue is GNU gettext's .mo (gettext manual, "The Format of GNU MO Files"), found in
 * embed_po as LANG.mo.gz, unpacked once. There is no locale to install, so one static file speaks both.
 */
#ifndef AGENT_I18N_H
#define AGENT_I18N_H

#include <stddef.h>
#include <stdint.h>

/* Chooses the language: "vi", "en", or NULL for what LC_ALL, LC_MESSAGES or LANG says (vi* is
 * Vietnamese, everything else English). Sets err_translate too. ERR_BAD for another name. */
int i18n_set(const char *lang);
const char *i18n_lang(void); /* "vi" or "en" */

/* The text for msgid in the chosen language, or msgid itself. */
const char *i18n_text(const char *msgid) __attribute__((format_arg(1)));
#define _(msgid) i18n_text(msgid)
#define N_(msgid) msgid /* marks a text that is translated where it is used */

/* Looks msgid up in a catalogue, whatever its bytes; NULL when it is not there. */
const char *i18n_lookup(const void *mo, size_t len, const char *msgid);

#endif
