/* log: see log.h. */
#include "sys/log.h"

#include <unistd.h>

#include "base/buf.h"
#include "sys/clock.h"

static enum log_level least_level = LOG_INFO;

void log_set_level(enum log_level least)
{
    least_level = least;
}

bool log_enabled(enum log_level level)
{
    return level >= least_level;
}

void log_write(enum log_level level, const char *event, const struct log_pair *pairs, size_t n)
{
    static const char *const names[] = { "debug", "info", "warn", "error" };
    struct buf b;
    char at[32];
    if (!log_enabled(level))
        return;
    buf_init(&b, 8192);
    buf_fmt(&b, "{\"at\":\"%s\",\"level\":\"%s\",\"event\":\"%s\"",
            time_format(clock_now_ms(), at), names[level], event);
    for (size_t i = 0; i < n; i++) {
        buf_fmt(&b, ",\"%s\":", pairs[i].key);
        if (pairs[i].text.p)
            buf_json(&b, pairs[i].text);
        else
            buf_fmt(&b, "%lld", (long long)pairs[i].number);
    }
    buf_str(&b, "}\n");
    /* A line that cannot be written (closed stderr) must not stop the server. */
    ssize_t put = buf_ok(&b) ? write(STDERR_FILENO, b.p, b.n) : 0;
    (void)put;
    buf_done(&b);
}
