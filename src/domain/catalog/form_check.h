/* form_check: private to this folder: one value under its rules. */
#ifndef YZ_DOMAIN_CATALOG_FORM_CHECK_H
#define YZ_DOMAIN_CATALOG_FORM_CHECK_H

#include "domain/catalog/cond.h"
#include "domain/catalog/form.h"

/* One checking of one form. */
struct check {
    const struct form *f;
    struct cond_env env;
    int32_t today;
    bool complete;
    struct err *e;
};

/* A problem at /values/<field>[/row][/column]; row < 0 and column "" leave out that part. */
void check_problem(struct check *k, const struct field *f, int64_t row, struct sv column,
                   const char *code, const char *fmt, ...)
    __attribute__((format(printf, 6, 7)));

/* The field's rules over a filled, well-typed value: form_rule.c. */
void check_rules(struct check *k, const struct field *f, const json_t *value);

#endif
