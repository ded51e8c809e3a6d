/* form: ONE form and ONE set of materials for a set of permits (R3.1), and its checking.
 *
 * Merging loses nothing: every field and material of every permit is in the form exactly
 * once, with the permits that ask for it. The same rules run in the browser
 * (web/src/shared/form.ts); what is here decides. Pure: today is given.
 */
#ifndef YZ_DOMAIN_FORM_H
#define YZ_DOMAIN_FORM_H

#include "domain/catalog/guide.h"

struct form_field {
    const struct field *field;
    const struct permit_type *owner;                       /* NULL: shared */
    const struct permit_type **permits; size_t n_permits;  /* who asks */
};

struct form_material {
    const struct material *material;
    const struct material_use **uses;    /* parallel to permits */
    const struct permit_type **permits; size_t n_permits;
};

struct form {
    const struct catalog *catalog;
    const json_t *context;                            /* NULL: the catalogue's */
    /* What sharing gave of the exempt materials: {code: true}, or false where it was asked for in
     * vain, so that it must be handed in after all. NULL, or not named: presumed to be given. */
    const json_t *shared;
    const struct permit_type **permits; size_t n_permits;
    struct form_field *fields; size_t n_fields;       /* shared first, by group, then by permit */
    struct form_material *materials; size_t n_materials;
};

void form_build(const struct catalog *c, const struct permit_type **permits, size_t n,
                struct arena *a, struct form *out);

/* What the values and answers make of a material now. */
enum material_need { NEED_NONE, NEED_OPTIONAL, NEED_ON_SITE, NEED_TOLERABLE, NEED_REQUIRED,
                     NEED_EXEMPT /* by sharing */, NEED_GENERATED /* made by the platform */ };
enum material_need form_material_need(const struct form *f, const struct form_material *m,
                                      const json_t *values, const json_t *answers);
/* "none", "optional", ... as in JSON; and in Chinese. */
const char *material_need_code(enum material_need v);
const char *material_need_text(enum material_need v);

/* What the permits that ask for a material make of it before anything is filled in: the strictest
 * necessity; tolerable when every permit that must have it tolerates that; conditional when nobody
 * always asks for it; on_site when everybody only looks at it there. */
struct form_demand { enum necessity strictest; bool tolerable, conditional, on_site; };
struct form_demand form_material_demand(const struct form_material *m);

/* Must p be inspected on site before its decision, under these values? */
bool form_inspection_needed(const struct form *f, const struct permit_type *p,
                            const json_t *values, const json_t *answers);

/* May p be handled with tolerated materials under these values (R3.4)? */
bool form_tolerance_allowed(const struct form *f, const struct permit_type *p,
                            const json_t *values, const json_t *answers);

/* Is the field shown under these values? */
bool form_field_shown(const struct form *f, const struct form_field *ff, const json_t *values,
                      const json_t *answers);

/* Check values: {"F_USCC":"9115…","SPJY_XM":["XS1"],"SPJY_AQY":[{"name":"…"}]}. Numbers are
 * decimal strings or integers. complete=false (a draft) reports only what is wrong, not what
 * is missing. Every problem has pointer "/values/<code>[/row/column]". today in Shanghai.
 * Values of hidden fields are ignored. 0 or ERR_INVALID. */
int form_check(const struct form *f, const json_t *values, const json_t *answers, int32_t today,
               bool complete, struct err *e);

/* What is unusual but not wrong (organisation code inside the USCC): reported like problems
 * in *e, for officers; e->code stays 0. */
void form_warn(const struct form *f, const json_t *values, const json_t *answers, struct err *e);

/* Check that each required material has at least one file: have is an object
 * {"M-CSZM": 2, …} of file counts. commitments {"M-CSZM": true}: tolerated, promised later
 * (refused where not allowed). Problems at "/materials/<code>". */
int form_check_materials(const struct form *f, const json_t *have, const json_t *commitments,
                         const json_t *values, const json_t *answers, struct err *e);

/* Values as the permit sees them (its shared and own fields only): least privilege. New ref. */
json_t *form_values_for(const struct form *f, const struct permit_type *p, const json_t *values);
/* Does permit p ask for this material? */
bool form_asks(const struct permit_type *p, struct sv material);

/* The definition for clients: groups, fields, materials, conditions, rules. New reference. */
json_t *form_to_json(const struct form *f);

/* The merged one-time notice 一次告知书 (R2.2): scope, bases, conditions (once), materials
 * (once), fields, limits, fee (none), windows, remedies, each with why and certainty, and
 * what would make it drop out. New reference. */
json_t *notice_to_json(const struct catalog *c, const struct guide_result *g, struct sv region);

#endif
