/* clock: the one source of "now".
 *
 * Production reads CLOCK_REALTIME. For tests and training a shared 8-byte file may hold an
 * offset in milliseconds (little-endian), so that a test moves days without sleeping; the
 * program refuses it outside demonstration data directories, since nobody may back-date.
 */
#ifndef YZ_SYS_CLOCK_H
#define YZ_SYS_CLOCK_H

#include "base/date.h"
#include "base/err.h"

int64_t clock_now_ms(void);    /* milliseconds UTC */
int32_t clock_today(void);     /* Asia/Shanghai calendar date */
int64_t clock_monotonic_us(void);

/* From now on add the offset kept in this file (created when missing). */
int clock_use_file(const char *path, struct err *e);
bool clock_is_shifted(void);

#endif
