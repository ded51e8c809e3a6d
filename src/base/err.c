/* err: see err.h. */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/utf8.h"

struct fact {
    const char *key;
    int status;
    const char *title;
};

static const struct fact FACTS[ERR_COUNT_] = {
    [0] = { "ok", 200, "成功" },
#define FACT_(name, key, status, title) [ERR_N_##name] = { key, status, title },
    ERR_LIST(FACT_)
#undef FACT_
};

static const struct fact *fact_of(int code)
{
    int n = -code;
    return &FACTS[n >= 0 && n < ERR_COUNT_ ? n : ERR_N_INTERNAL];
}

const char *err_key(int code)
{
    return fact_of(code)->key;
}

int err_status(int code)
{
    return fact_of(code)->status;
}

const char *err_title(int code)
{
    return fact_of(code)->title;
}

const char *err_text(const struct err *e)
{
    return e->detail ? e->detail : err_title(e->code);
}

void err_init(struct err *e, struct arena *a)
{
    *e = (struct err){ .arena = a };
}

void err_clear(struct err *e)
{
    err_init(e, e->arena);
}

/* At most 1023 bytes, cut between characters: half a character would not be text any more. */
static char *format(struct arena *a, const char *fmt, va_list ap)
{
    char text[1024];
    int n = vsnprintf(text, sizeof text, fmt, ap);
    if (n >= (int)sizeof text) {
        size_t last = sizeof text - 2;
        while (last > 0 && ((unsigned char)text[last] & 0xc0) == 0x80)
            last--;
        if (!utf8_valid(sv_make(text + last, sizeof text - 1 - last)))
            text[last] = 0;
    }
    return arena_dup(a, sv_of(text));
}

int err_set(struct err *e, int code, const char *fmt, ...)
{
    if (!e)
        return code;
    va_list ap;
    va_start(ap, fmt);
    e->code = code;
    e->detail = format(e->arena, fmt, ap);
    va_end(ap);
    return code;
}

int err_refuse(struct err *e, const char *rule, const char *fmt, ...)
{
    if (!e)
        return ERR_REFUSED;
    va_list ap;
    va_start(ap, fmt);
    e->code = ERR_REFUSED;
    e->rule = rule;
    e->detail = format(e->arena, fmt, ap);
    va_end(ap);
    return ERR_REFUSED;
}

static void grow(struct err *e)
{
    size_t cap = e->cap_problems ? e->cap_problems * 2 : 8;
    struct problem *p = arena_array(e->arena, cap, sizeof *p);
    if (e->n_problems)
        memcpy(p, e->problems, e->n_problems * sizeof *p);
    e->problems = p;
    e->cap_problems = cap;
}

void err_problem(struct err *e, struct sv pointer, const char *code, const char *fmt, ...)
{
    e->code = ERR_INVALID;
    if (e->n_problems >= ERR_MAX_PROBLEMS)
        return;
    if (e->n_problems == e->cap_problems)
        grow(e);
    va_list ap;
    va_start(ap, fmt);
    e->problems[e->n_problems++] = (struct problem){
        .pointer = arena_sv(e->arena, pointer),
        .code = sv_of(code),
        .message = sv_of(format(e->arena, fmt, ap)),
    };
    va_end(ap);
}
