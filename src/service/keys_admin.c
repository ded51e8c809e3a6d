/* keys_admin: rotating and revoking by command. The files are changed under the directory's lock; running nodes see the
 * manifest change and load it anew (keys_refresh). Private files of retired keys stay: backups of the
 * database need old data keys, and what becomes of an old licence key is the operator's decision. */
#include "service/keys_parts.h"
#include "sys/cert.h"
#include "sys/clock.h"

/* fn on the completed directory, saved when it succeeds with 0. */
static int with_dir(struct sv data_dir, int (*fn)(struct key_dir *, void *, struct err *),
                    void *ctx, struct err *e)
{
    struct arena *a = arena_new();
    struct key_dir d;
    int rc = key_dir_open(data_dir, a, true, &d, e);
    if (rc == 0) {
        if (d.m.n == 0)
            rc = err_set(e, ERR_CONFIG, "数据目录 %.*s 还没有初始化，请先运行 yizheng init",
                         (int)data_dir.n, data_dir.p);
        if (rc == 0)
            rc = keys_complete(&d, clock_now_ms(), e);
        if (rc == 0)
            rc = fn(&d, ctx, e);
        if (rc == 0)
            rc = key_dir_save(&d, e);
        key_dir_close(&d);
    }
    arena_free(a);
    return rc;
}

struct admin { int64_t now, overlap_ms; struct sv id, reason; struct keys_rotated *out; };

static int replace(struct key_dir *d, const struct admin *x, int64_t until, struct err *e)
{
    struct key_entry *old = manifest_current(&d->m, KEY_LICENCE);
    memcpy(x->out->old_id, old->id, sizeof x->out->old_id);
    x->out->until_ms = old->until_ms = until > old->from_ms ? until : old->from_ms;
    int rc = key_make(d, KEY_LICENCE, true, x->now, e); /* old may have moved: not used any more */
    if (rc == 0)
        memcpy(x->out->new_id, manifest_current(&d->m, KEY_LICENCE)->id, sizeof x->out->new_id);
    return rc;
}

static int rotate(struct key_dir *d, void *ctx, struct err *e)
{
    const struct admin *x = ctx;
    return replace(d, x, x->now + x->overlap_ms, e);
}

int keys_rotate(struct sv data_dir, int64_t now, int64_t overlap_ms, struct keys_rotated *out,
                struct err *e)
{
    struct admin x = { .now = now, .overlap_ms = overlap_ms, .out = out };
    *out = (struct keys_rotated){ 0 };
    return with_dir(data_dir, rotate, &x, e);
}

static int revoke(struct key_dir *d, void *ctx, struct err *e)
{
    const struct admin *x = ctx;
    struct key_entry *k = manifest_find(&d->m, KEY_LICENCE, x->id);
    if (!k)
        return err_set(e, ERR_NOT_FOUND, "没有编号为 %.*s 的证照签发密钥", (int)x->id.n, x->id.p);
    if (k->revoked_ms)
        return err_set(e, ERR_CONFLICT, "密钥 %s 已经作废", k->id);
    int rc = k->current ? replace(d, x, x->now, e) : 0;
    k = manifest_find(&d->m, KEY_LICENCE, x->id);
    memcpy(x->out->old_id, k->id, sizeof x->out->old_id);
    k->revoked_ms = x->now;
    k->reason = x->reason;
    return rc;
}

int keys_revoke(struct sv data_dir, struct sv id, struct sv reason, int64_t now,
                struct keys_rotated *out, struct err *e)
{
    struct admin x = { .now = now, .id = id, .reason = reason, .out = out };
    *out = (struct keys_rotated){ 0 };
    return with_dir(data_dir, revoke, &x, e);
}

/* ---- data keys ---- */

/* The newest data key when it is not in use yet: published by a run that was cut off. */
static struct key_entry *published(const struct manifest *m)
{
    struct key_entry *last = NULL;
    for (size_t i = 0; i < m->n; i++)
        if (m->keys[i].purpose == KEY_DATA)
            last = &m->keys[i];
    return last && !last->current ? last : NULL;
}

static int publish(struct key_dir *d, void *ctx, struct err *e)
{
    const struct admin *x = ctx;
    return published(&d->m) || d->m.sweep ? 1 : key_make(d, KEY_DATA, false, x->now, e);
}

int keys_data_publish(struct sv data_dir, int64_t now, struct err *e)
{
    struct admin x = { .now = now };
    return with_dir(data_dir, publish, &x, e);
}

static int use_published(struct key_dir *d, void *ctx, struct err *e)
{
    const struct admin *x = ctx;
    struct key_entry *k = published(&d->m);
    (void)e;
    if (!k)
        return 1;
    struct key_entry *old = manifest_current(&d->m, KEY_DATA);
    old->current = false;
    old->until_ms = x->now > old->from_ms ? x->now : old->from_ms;
    k->current = true;
    d->m.sweep = true;
    return 0;
}

int keys_data_use(struct sv data_dir, int64_t now, struct err *e)
{
    struct admin x = { .now = now };
    return with_dir(data_dir, use_published, &x, e);
}

static int settle(struct key_dir *d, void *ctx, struct err *e)
{
    (void)ctx;
    (void)e;
    d->m.sweep = false;
    return 0;
}

int keys_data_settled(struct sv data_dir, struct err *e)
{
    return with_dir(data_dir, settle, NULL, e);
}

/* ---- listing ---- */

int keys_list(struct sv data_dir, struct arena *a, struct key_line **out, size_t *n, struct err *e)
{
    struct key_dir d;
    int rc = key_dir_open(data_dir, a, false, &d, e);
    *n = 0;
    if (rc != 0)
        return rc;
    *out = arena_array(a, d.m.n + 1, sizeof **out);
    for (size_t i = 0; i < d.m.n; i++) {
        const struct key_entry *k = &d.m.keys[i];
        struct key_line *x = &(*out)[(*n)++];
        *x = (struct key_line){ .purpose = key_purpose_text(k->purpose), .from_ms = k->from_ms,
                                .until_ms = k->until_ms, .revoked_ms = k->revoked_ms,
                                .reason = k->reason, .current = k->current };
        memcpy(x->id, k->id, sizeof x->id);
    }
    return d.m.n ? 0 : err_set(e, ERR_CONFIG, "数据目录 %.*s 还没有初始化，请先运行 yizheng init",
                               (int)data_dir.n, data_dir.p);
}
