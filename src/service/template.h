/* template: what people are told, as data (catalog/notices.json), and filling it in.
 *
 * A notice has a title and a text with {placeholders}. Each placeholder is declared under "vars"
 * with a sample value, so that everything can be checked when the program starts: nothing in
 * braces that is not declared, nothing declared that is not used, and an SMS that fits even with
 * its samples filled in. Filling in is all or nothing: a variable that the caller forgot is an
 * error (found by tests), never "{x}" in somebody's hand. Pure: no database, no clock.
 */
#ifndef YZ_SERVICE_TEMPLATE_H
#define YZ_SERVICE_TEMPLATE_H

#include "base/err.h"

enum { NOTICE_SMS_MAX = 350, NOTICE_TITLE_MAX = 40 }; /* code points */

struct notify_var { const char *name; struct sv value; };

struct notice {
    struct sv key, title, text, audience;
    bool sms, email;       /* besides the person's list */
    bool important;        /* shown first and marked */
    int64_t valid_minutes; /* no use in sending it later; 0 = always */
    struct notify_var *samples;
    size_t n_samples;
};

struct notices { struct notice *list; size_t n; };

/* Read and check the file; text lives on a. ERR_CONFIG with every problem by JSON pointer. */
int notices_load(struct sv json, struct arena *a, struct notices *out, struct err *e);
/* NULL when there is none of this key. */
const struct notice *notices_find(const struct notices *all, struct sv key);

/* pattern (the notice's title or text) with its placeholders filled in, on a. ERR_INTERNAL with the
 * name of the variable that vars does not have. Variables that it does not use are fine. */
int notice_fill(const struct notice *n, struct sv pattern, const struct notify_var *vars,
                size_t n_vars, struct arena *a, struct sv *out, struct err *e);

/* "title：text" as an SMS carries it; what is longer than NOTICE_SMS_MAX (a long reason) is cut and
 * says where the rest is. */
struct sv notice_sms(struct sv title, struct sv text, struct arena *a);

#endif
