/* share_read: what the enterprise register and the electronic licence library say, in our terms.
 *
 * Whoever answers (the configured source over HTTP, or the built-in sample source), every answer
 * is checked here before anything of it is used: a source that says something else than it was
 * asked, or something that cannot be, counts as not available. Protocol: docs/data-sharing.md.
 */
#ifndef YZ_SERVICE_SHARE_READ_H
#define YZ_SERVICE_SHARE_READ_H

#include "service/prefill.h"

/* One question; filled in by the asker. */
struct share_question {
    struct app *app;
    struct sv uscc;      /* a valid one */
    int64_t case_id;     /* for the other side's records */
    int32_t today;
    struct arena *arena; /* for what the report says */
};

struct register_answer {
    json_t *values;      /* form code -> value; new reference with SOURCE_OK */
    int32_t on;
    struct sv standing;  /* "存续", "注销", … ; "" not said */
};
/* status, asked, why and us of the report are filled in. */
void share_ask_register(const struct share_question *q, struct register_answer *out,
                        struct source_report *r);

/* names: of certificates, wanted. *items: the valid ones, [{name, number, issuer, issued_on,
 * valid_until?, reference, digest}]; new reference with SOURCE_OK. */
void share_ask_library(const struct share_question *q, const struct sv *names, size_t n,
                       json_t **items, struct source_report *r);

/* ---- the sample source (share_sample.c): enterprises that do not exist, all marked 示例 ---- */

/* The register's answer about a code, NULL: no such enterprise. New reference. */
json_t *sample_enterprise(struct sv uscc);
/* The library's answer: {"items": […]} of the names asked for. New reference. */
json_t *sample_certificates(struct sv uscc, const struct sv *names, size_t n);

#endif
