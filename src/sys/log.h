/* log: one JSON object per line on standard error.
 *
 * Called by api, job and cli only. Never given personal data, passwords, tokens or bodies:
 * ids and stable codes are enough to find the rest in the database.
 */
#ifndef YZ_SYS_LOG_H
#define YZ_SYS_LOG_H

#include "base/sv.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

void log_set_level(enum log_level least);
bool log_enabled(enum log_level level);

struct log_pair { const char *key; struct sv text; int64_t number; };
#define LOG_T(k, v) ((struct log_pair){ (k), (v), 0 })
#define LOG_N(k, v) ((struct log_pair){ (k), { NULL, 0 }, (v) })

/* event: short snake_case name. Pairs in order. One write(2), so lines never mix. */
void log_write(enum log_level level, const char *event, const struct log_pair *pairs, size_t n);
#define LOG(level, event, ...)                                                              \
    log_write((level), (event), (struct log_pair[]){ __VA_ARGS__ },                         \
              sizeof((struct log_pair[]){ __VA_ARGS__ }) / sizeof(struct log_pair))

#endif
