/* json_parts: pieces of JSON that the guide, the form and the notice share. Private to this
 * folder. All return new references. */
#ifndef YZ_DOMAIN_CATALOG_JSON_PARTS_H
#define YZ_DOMAIN_CATALOG_JSON_PARTS_H

#include "domain/catalog/form.h"

json_t *code_name_json(struct sv code, struct sv name);
json_t *department_ref_json(const struct department *d); /* null when NULL */
json_t *reason_to_json(const struct guide_reason *r);
json_t *reasons_to_json(const struct guide_reason *list, size_t n);
json_t *note_to_json(const struct guide_reason *r);
json_t *related_to_json(const struct catalog *c, const struct guide_related *gr, struct sv region);
json_t *window_json(const struct window *w);
json_t *texts_json(const struct sv *list, size_t n);
void put_certainty(json_t *o, const char *key, enum certainty v); /* its Chinese word */
json_t *basis_json(const struct basis *b);
json_t *notice_permit_json(const struct guide_permit *gp, struct sv region);
json_t *form_material_json(const struct form_material *m);

#endif
