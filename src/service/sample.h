/* sample: made-up but valid contents for demonstration data and load tests, all marked 示例. */
#ifndef YZ_SERVICE_SAMPLE_H
#define YZ_SERVICE_SAMPLE_H

#include "service/bundle.h"

struct sample_holder { struct sv name, uscc, person, id_number, phone, address, street, region; };

/* The n-th sample enterprise of a region, always the same one. */
void sample_holder(int64_t n, struct sv region, struct sv industry, struct arena *a,
                   struct sample_holder *out);
/* Values that pass form_check for this form; prefill is kept. New reference. */
json_t *sample_values(const struct form *f, const struct sample_holder *h, const json_t *prefill,
                      const json_t *answers);
/* Complete guide answers that need a permit (variant picks among options); NULL if none found in
 * a few tries. New reference. */
json_t *sample_answers(const struct catalog *c, const struct industry *ind, int64_t variant);

#endif
