/* utf8: just enough to keep text well-formed. No tables: length is counted in code points. */
#ifndef YZ_BASE_UTF8_H
#define YZ_BASE_UTF8_H

#include "base/sv.h"

/* Well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms, at most U+10FFFF). */
bool utf8_valid(struct sv s);

/* Code points in well-formed s. */
size_t utf8_count(struct sv s);

/* Next code point of well-formed s; moves *s behind it. 0 at the end. */
uint32_t utf8_next(struct sv *s);

/* Well-formed, without C0/C1 control characters except \n and \t: what a person may type. */
bool utf8_clean(struct sv s);

#endif
