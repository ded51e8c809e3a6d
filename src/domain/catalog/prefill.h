/* prefill: which known value goes into which empty field of a form (R3.2).
 *
 * Sources say what they know; the form's own definition and checks decide what may be taken. What
 * somebody typed is never replaced, a field gets the value of the most trusted source that has a
 * usable one, and taking a value never adds a problem to the form: a prefilled field is right or
 * stays empty. Tables and persons are taken whole or not at all. Declarations are never prefilled,
 * each is made anew. Pure: today is given, nothing is fetched here.
 */
#ifndef YZ_DOMAIN_PREFILL_H
#define YZ_DOMAIN_PREFILL_H

#include "domain/catalog/form.h"

/* In order of precedence. */
enum prefill_kind { PREFILL_REGISTER, PREFILL_LIBRARY, PREFILL_PERMIT, PREFILL_CASE,
                    PREFILL_KINDS };
/* "register", "library", "permit", "case"; what people read: "企业登记信息", … */
const char *prefill_kind_key(enum prefill_kind k);
const char *prefill_kind_text(enum prefill_kind k);

/* What one source knows. values: field code -> value, borrowed; choices by value or by label.
 * label: as shown beside the field; reference: number of the licence or case, "" none; on: the day
 * for which the source says so. */
struct prefill_source {
    enum prefill_kind kind;
    struct sv label, reference;
    int32_t on;
    const json_t *values;
    size_t filled; /* out: fields that this source gave */
};

/* Fill empty shown fields of values (changed in place) from the sources; of one kind the first
 * listed comes first. For every field filled, marks gets {kind, source, reference?, on}, instead of
 * an older mark. Returns how many fields were filled. */
size_t prefill_fill(const struct form *f, json_t *values, const json_t *answers,
                    struct prefill_source *sources, size_t n, int32_t today, json_t *marks);

#endif
