/* cond: a condition over form values, guide answers and context, as data.
 *
 * Meaning (the same in web/src/shared/cond.ts and docs/catalog-format.md):
 * - a missing condition is true;
 * - a field that is hidden by its own show_if counts as empty, so does an answer to a
 *   question that is not visible;
 * - `ne` is true only for a filled field; lt, le, gt, ge are false for an empty one.
 * Fields and questions are resolved when the catalogue is loaded: evaluating looks up
 * only what the user filled in. Conditions on show_if form no cycle (checked on load).
 */
#ifndef YZ_DOMAIN_COND_H
#define YZ_DOMAIN_COND_H

#include "domain/catalog/catalog.h"

enum cond_kind { COND_ALL, COND_ANY, COND_NOT, COND_FIELD, COND_ANSWER, COND_CONTEXT };
enum cond_op { COND_EQ, COND_NE, COND_IN, COND_CONTAINS, COND_FILLED, COND_EMPTY, COND_LT,
               COND_LE, COND_GT, COND_GE, COND_HAS };

struct cond {
    enum cond_kind kind;
    enum cond_op op;
    const struct cond **kids; size_t n_kids;
    const struct field *field;
    const struct question *question; unsigned option; /* index of the option */
    struct sv name;  /* NUL-terminated: field, question or context member */
    json_t *value;   /* borrowed from the catalogue */
    json_t *source;  /* the condition as read, for clients */
};

struct cond_env {
    const json_t *values, *answers; /* objects or NULL */
    const json_t *context;          /* object or NULL */
    /* Inside the guide: answers as one mask per question of the industry, instead of JSON. */
    const struct industry *industry;
    const uint64_t *selected;
};

bool cond_true(const struct cond *c, const struct cond_env *env);

/* Has the user filled in this value? false and 0 are values; blank text, [] and an object
 * with nothing filled in are not. */
bool cond_filled(const json_t *value);

/* A number or integer value in hundredths: integers and decimal strings. */
bool cond_number(const json_t *value, int64_t *out);

/* New reference to the condition as read; JSON null for NULL. */
json_t *cond_to_json(const struct cond *c);

#endif
