/* special: the procedures whose time the law does not count (行政许可法 art. 45). Pure. */
#ifndef YZ_DOMAIN_LAW_SPECIAL_H
#define YZ_DOMAIN_LAW_SPECIAL_H

#include "base/sv.h"

enum special_kind {
    SPECIAL_HEARING, SPECIAL_TENDER, SPECIAL_AUCTION, SPECIAL_EXAMINATION, SPECIAL_TESTING,
    SPECIAL_QUARANTINE, SPECIAL_APPRAISAL, SPECIAL_EXPERT_REVIEW,
    SPECIAL_EXCLUDED, /* what the permit's own law leaves out, as its catalogue entry lists */
    SPECIAL_KINDS
};

const char *special_key(enum special_kind k);
const char *special_text(enum special_kind k); /* 听证, 检测, … */
bool special_of(struct sv key, enum special_kind *out);

#endif
