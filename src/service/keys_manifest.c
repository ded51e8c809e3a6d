/* keys_manifest: the manifest of a key directory as text and as structs; pure. */
#include "base/json.h"
#include "service/keys_parts.h"

enum { FORMAT = 1 };

static const struct { const char *key, *text; } PURPOSES[KEY_PURPOSES] = {
    [KEY_CA] = { "ca", "证书签发" },
    [KEY_LICENCE] = { "licence", "证照签发" },
    [KEY_SEAL] = { "seal", "印章制作" },
    [KEY_DATA] = { "data", "数据加密" },
};

const char *key_purpose_key(enum key_purpose p)
{
    return PURPOSES[p].key;
}

const char *key_purpose_text(enum key_purpose p)
{
    return PURPOSES[p].text;
}

static bool purpose_of(struct sv key, enum key_purpose *out)
{
    for (int p = 0; p < KEY_PURPOSES; p++)
        if (sv_is(key, PURPOSES[p].key)) {
            *out = (enum key_purpose)p;
            return true;
        }
    return false;
}

static bool id_ok(struct sv id)
{
    bool ok = id.n == 16;
    for (size_t i = 0; ok && i < id.n; i++)
        ok = (id.p[i] >= '0' && id.p[i] <= '9') || (id.p[i] >= 'a' && id.p[i] <= 'f');
    return ok;
}

struct key_entry *manifest_find(const struct manifest *m, enum key_purpose p, struct sv id)
{
    for (size_t i = 0; i < m->n; i++)
        if (m->keys[i].purpose == p && sv_is(id, m->keys[i].id))
            return &m->keys[i];
    return NULL;
}

struct key_entry *manifest_current(const struct manifest *m, enum key_purpose p)
{
    for (size_t i = 0; i < m->n; i++)
        if (m->keys[i].purpose == p && m->keys[i].current)
            return &m->keys[i];
    return NULL;
}

struct key_entry *manifest_add(struct manifest *m, struct arena *a, const struct key_entry *entry)
{
    struct key_entry *before = entry->current ? manifest_current(m, entry->purpose) : NULL;
    if (before)
        before->current = false;
    if (m->n == m->cap) {
        m->cap = m->cap ? 2 * m->cap : 16;
        struct key_entry *more = arena_array(a, m->cap, sizeof *more);
        if (m->n)
            memcpy(more, m->keys, m->n * sizeof *more);
        m->keys = more;
    }
    m->keys[m->n] = *entry;
    return &m->keys[m->n++];
}

static int read_entry(const json_t *o, struct manifest *m, struct arena *a, struct err *e)
{
    struct sv id = json_sv(o, "id");
    struct key_entry k = {
        .created_ms = json_i64(o, "created", 0), .from_ms = json_i64(o, "from", 0),
        .until_ms = json_i64(o, "until", 0), .revoked_ms = json_i64(o, "revoked", 0),
        .reason = arena_sv(a, json_sv(o, "reason")), .current = json_bool(o, "current", false),
    };
    if (!purpose_of(json_sv(o, "purpose"), &k.purpose) || !id_ok(id) || k.from_ms <= 0 ||
        (k.until_ms && k.until_ms < k.from_ms))
        return err_set(e, ERR_CONFIG, "密钥清单 manifest.json 的第 %zu 项有误", m->n + 1);
    if (manifest_find(m, k.purpose, id))
        return err_set(e, ERR_CONFIG, "密钥清单 manifest.json 中 %.*s 重复", (int)id.n, id.p);
    if (k.current && (manifest_current(m, k.purpose) || k.revoked_ms))
        return err_set(e, ERR_CONFIG, "密钥清单 manifest.json 中现行的%s密钥有误",
                       key_purpose_text(k.purpose));
    memcpy(k.id, id.p, 16);
    manifest_add(m, a, &k);
    return 0;
}

int manifest_parse(struct sv text, struct arena *a, struct manifest *out, struct err *e)
{
    struct err why;
    size_t i;
    json_t *entry;
    int rc = 0;
    *out = (struct manifest){ 0 };
    err_init(&why, a);
    json_t *o = json_parse(text, &why);
    json_t *list = json_object_get(o, "keys");
    if (!json_is_array(list))
        rc = err_set(e, ERR_CONFIG, "密钥清单 manifest.json 无法识别");
    else if (json_i64(o, "format", 0) != FORMAT)
        rc = err_set(e, ERR_CONFIG, "密钥清单 manifest.json 的格式比本程序新");
    json_array_foreach(list, i, entry)
        if (rc == 0)
            rc = read_entry(entry, out, a, e);
    out->sweep = json_bool(o, "sweep", false);
    json_decref(o);
    return rc;
}

static void put_ms(json_t *o, const char *name, int64_t ms)
{
    if (ms)
        json_put_i64(o, name, ms);
}

struct sv manifest_text(const struct manifest *m, struct arena *a)
{
    json_t *o = json_object();
    json_t *list = json_array();
    json_put_i64(o, "format", FORMAT);
    for (size_t i = 0; i < m->n; i++) {
        const struct key_entry *k = &m->keys[i];
        json_t *x = json_object();
        json_put_sv(x, "purpose", sv_of(PURPOSES[k->purpose].key));
        json_put_sv(x, "id", sv_of(k->id));
        put_ms(x, "created", k->created_ms);
        put_ms(x, "from", k->from_ms);
        put_ms(x, "until", k->until_ms);
        put_ms(x, "revoked", k->revoked_ms);
        if (k->reason.n)
            json_put_sv(x, "reason", k->reason);
        if (k->current)
            json_put_bool(x, "current", true);
        json_push(list, x);
    }
    json_put(o, "keys", list);
    json_put_bool(o, "sweep", m->sweep);
    struct sv text = json_dump(a, o, false);
    json_decref(o);
    return text;
}
