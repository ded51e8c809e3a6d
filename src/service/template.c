/* template: see template.h. */
#include "service/template.h"

#include <stdlib.h>

#include "base/json.h"
#include "base/utf8.h"

#define SMS_JOIN "："
#define SMS_REST "……（全文请登录平台查看）"

static bool name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

/* The next piece of a pattern: plain text, or a placeholder's name. False when a brace has no
 * partner or what it holds is no name. Moves *rest behind the piece. */
struct piece { struct sv text; bool is_name; };
static bool next_piece(struct sv *rest, struct piece *out)
{
    size_t n = 0;
    if (rest->p[0] != '{') {
        while (n < rest->n && rest->p[n] != '{' && rest->p[n] != '}')
            n++;
        *out = (struct piece){ sv_make(rest->p, n), false };
        *rest = sv_skip(*rest, n);
        return n > 0;
    }
    n = 1;
    while (n < rest->n && name_char(rest->p[n]))
        n++;
    *out = (struct piece){ sv_make(rest->p + 1, n - 1), true };
    bool closed = n > 1 && n < rest->n && rest->p[n] == '}';
    *rest = sv_skip(*rest, n + 1);
    return closed;
}

static const struct notify_var *find_var(const struct notify_var *vars, size_t n, struct sv name)
{
    for (size_t i = 0; i < n; i++)
        if (sv_is(name, vars[i].name))
            return &vars[i];
    return NULL;
}

int notice_fill(const struct notice *n, struct sv pattern, const struct notify_var *vars,
                size_t n_vars, struct arena *a, struct sv *out, struct err *e)
{
    struct buf b;
    struct piece piece;
    int rc = 0;
    buf_init(&b, (size_t)1 << 20);
    while (rc == 0 && pattern.n > 0) {
        const struct notify_var *v = NULL;
        if (!next_piece(&pattern, &piece))
            rc = err_set(e, ERR_INTERNAL, "通知 %.*s 的占位符写法不对", (int)n->key.n, n->key.p);
        else if (piece.is_name && !(v = find_var(vars, n_vars, piece.text)))
            rc = err_set(e, ERR_INTERNAL, "通知 %.*s 缺少变量 %.*s", (int)n->key.n, n->key.p,
                         (int)piece.text.n, piece.text.p);
        else
            buf_sv_add(&b, v ? v->value : piece.text);
    }
    if (rc == 0 && !buf_ok(&b))
        rc = err_set(e, ERR_TOO_LARGE, "通知 %.*s 太长", (int)n->key.n, n->key.p);
    *out = arena_sv(a, buf_sv(&b));
    buf_done(&b);
    return rc;
}

/* The first n code points of s. */
static struct sv utf8_head(struct sv s, size_t n)
{
    struct sv rest = s;
    while (n-- > 0 && rest.n > 0)
        utf8_next(&rest);
    return sv_make(s.p, s.n - rest.n);
}

struct sv notice_sms(struct sv title, struct sv text, struct arena *a)
{
    struct sv all = arena_printf_sv(a, "%.*s" SMS_JOIN "%.*s", (int)title.n, title.p, (int)text.n,
                                    text.p);
    if (utf8_count(all) <= NOTICE_SMS_MAX)
        return all;
    struct sv head = utf8_head(all, NOTICE_SMS_MAX - utf8_count(SV(SMS_REST)));
    return arena_printf_sv(a, "%.*s" SMS_REST, (int)head.n, head.p);
}

/* ---- loading ---- */

struct loader { struct arena *arena; struct err *e; struct sv at; /* pointer of the notice */ };

static struct sv under(const struct loader *l, const char *member)
{
    return json_pointer(l->arena, l->at, sv_of(member));
}

static void load_vars(struct loader *l, const json_t *vars, struct notice *n)
{
    const char *name;
    json_t *value;
    n->samples = arena_array(l->arena, json_object_size(vars) + 1, sizeof *n->samples);
    json_object_foreach((json_t *)(uintptr_t)vars, name, value) {
        struct sv sample = arena_sv(l->arena, json_text(value));
        if (sample.n == 0)
            err_problem(l->e, json_pointer(l->arena, under(l, "vars"), sv_of(name)), "no_sample",
                        "变量要给一个示例值");
        n->samples[n->n_samples++] = (struct notify_var){ arena_dup(l->arena, sv_of(name)),
                                                          sample };
    }
}

/* Every placeholder of one pattern is well written and declared; used[] notes which. */
static void check_pattern(struct loader *l, const struct notice *n, const char *member,
                          struct sv pattern, bool *used)
{
    struct piece piece;
    while (pattern.n > 0) {
        if (!next_piece(&pattern, &piece)) {
            err_problem(l->e, under(l, member), "bad_placeholder",
                        "占位符应写成 {name}：小写字母、数字或下划线，花括号成对");
            return;
        }
        if (!piece.is_name)
            continue;
        const struct notify_var *v = find_var(n->samples, n->n_samples, piece.text);
        if (v)
            used[v - n->samples] = true;
        else
            err_problem(l->e, under(l, member), "unknown_placeholder",
                        "占位符 {%.*s} 没有在 vars 里说明", (int)piece.text.n, piece.text.p);
    }
}

static void check_length(struct loader *l, const struct notice *n)
{
    struct sv title, text;
    struct err ignored;
    err_init(&ignored, l->arena);
    if (notice_fill(n, n->title, n->samples, n->n_samples, l->arena, &title, &ignored) != 0 ||
        notice_fill(n, n->text, n->samples, n->n_samples, l->arena, &text, &ignored) != 0)
        return; /* reported already */
    if (utf8_count(title) > NOTICE_TITLE_MAX)
        err_problem(l->e, under(l, "title"), "too_long", "标题超过%d个字", NOTICE_TITLE_MAX);
    size_t all = utf8_count(title) + utf8_count(SV(SMS_JOIN)) + utf8_count(text);
    if (n->sms && all > NOTICE_SMS_MAX)
        err_problem(l->e, under(l, "text"), "too_long", "作为短信有%zu个字，最多%d个字", all,
                    NOTICE_SMS_MAX);
}

static void load_channels(struct loader *l, const json_t *list, struct notice *n)
{
    json_t *one;
    size_t i;
    if (!json_is_array(list))
        err_problem(l->e, under(l, "channels"), "required", "channels 应为数组，可以为空");
    json_array_foreach(list, i, one) {
        struct sv name = json_text(one);
        n->sms |= sv_is(name, "sms");
        n->email |= sv_is(name, "email");
        if (!sv_is(name, "sms") && !sv_is(name, "email"))
            err_problem(l->e, json_pointer_at(l->arena, under(l, "channels"), i),
                        "unknown_channel", "渠道只有 sms 和 email");
    }
}

static void check_members(struct loader *l, const json_t *o)
{
    static const char *const known[] = { "title", "text", "channels", "audience", "vars",
                                         "important", "valid_minutes" };
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)o, name, value) {
        bool found = false;
        for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
            found |= strcmp(known[i], name) == 0;
        if (!found)
            err_problem(l->e, under(l, name), "unknown_member", "没有这个成员");
    }
}

static void load_one(struct loader *l, const json_t *o, struct notice *n)
{
    static const char *const texts[] = { "title", "text", "audience" };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (json_sv(o, texts[i]).n == 0)
            err_problem(l->e, under(l, texts[i]), "required", "缺少 %s", texts[i]);
    check_members(l, o);
    n->title = arena_sv(l->arena, json_sv(o, "title"));
    n->text = arena_sv(l->arena, json_sv(o, "text"));
    n->audience = arena_sv(l->arena, json_sv(o, "audience"));
    n->important = json_bool(o, "important", false);
    n->valid_minutes = json_i64(o, "valid_minutes", 0);
    load_channels(l, json_object_get(o, "channels"), n);
    load_vars(l, json_object_get(o, "vars"), n);
    bool *used = arena_array(l->arena, n->n_samples + 1, sizeof *used);
    check_pattern(l, n, "title", n->title, used);
    check_pattern(l, n, "text", n->text, used);
    for (size_t i = 0; i < n->n_samples; i++)
        if (!used[i])
            err_problem(l->e, json_pointer(l->arena, under(l, "vars"),
                                           sv_of(n->samples[i].name)),
                        "unused", "标题和正文都没有用到这个变量");
    check_length(l, n);
}

static int by_key(const void *a, const void *b)
{
    const struct notice *x = a, *y = b;
    return sv_cmp(x->key, y->key);
}

int notices_load(struct sv json, struct arena *a, struct notices *out, struct err *e)
{
    struct loader l = { .arena = a, .e = e };
    json_t *doc = json_parse(json, e);
    json_t *all = json_object_get(doc, "notices");
    const char *key;
    json_t *one;
    *out = (struct notices){ 0 };
    if (!doc)
        return e->code = ERR_CONFIG;
    if (json_object_size(all) == 0)
        err_problem(e, SV("/notices"), "required", "没有一条通知");
    out->list = arena_array(a, json_object_size(all) + 1, sizeof *out->list);
    json_object_foreach(all, key, one) {
        struct notice *n = &out->list[out->n++];
        n->key = arena_sv(a, sv_of(key));
        l.at = json_pointer(a, SV("/notices"), n->key);
        load_one(&l, one, n);
    }
    json_decref(doc);
    qsort(out->list, out->n, sizeof *out->list, by_key);
    return e->code ? (e->code = ERR_CONFIG) : 0;
}

const struct notice *notices_find(const struct notices *all, struct sv key)
{
    const struct notice wanted = { .key = key };
    return all->n ? bsearch(&wanted, all->list, all->n, sizeof wanted, by_key) : NULL;
}
