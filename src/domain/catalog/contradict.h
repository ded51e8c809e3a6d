/* contradict: where departments ask an applicant for things that do not go together (R1.3). Pure.
 *
 * Compared are permits of different departments that stand together in some industry: there one
 * person meets both. Data driven: the same material asked for differently, the same check by
 * another method, conditions and checks that are the same but for their numbers, fields of one
 * name and different kinds. None of it is an error of the document; each is for people to settle or
 * to explain. A key says what exactly contradicts what, so that an explanation goes stale when
 * either side changes.
 */
#ifndef YZ_DOMAIN_CATALOG_CONTRADICT_H
#define YZ_DOMAIN_CATALOG_CONTRADICT_H

#include "domain/catalog/catalog.h"

enum { CONTRADICTIONS_MAX = 500 };

struct contradiction {
    const char *kind;        /* material_form, condition_numbers, … */
    struct sv key;           /* stable */
    struct sv pointer[2];    /* both places */
    struct sv place[2];      /* 部门职能·许可 in words */
    struct sv sentence;
};

struct contradictions { struct contradiction *list; size_t n, cap; };

void catalog_contradictions(const struct catalog *c, struct arena *a, struct contradictions *out);
const struct contradiction *contradiction_find(const struct contradictions *s, struct sv key);

#endif
