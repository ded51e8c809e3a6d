/* keys: see keys.h. From the files to a snapshot, and from one snapshot to the next. */
#include <stdatomic.h>
#include <stdlib.h>

#include "service/keys_parts.h"
#include "sys/cert.h"
#include "sys/clock.h"

const struct key_info *key_ring_find(const struct key_ring *ring, struct sv id)
{
    for (size_t i = 0; i < ring->n_keys; i++)
        if (sv_is(id, ring->keys[i].id))
            return &ring->keys[i];
    return NULL;
}

void key_ring_free(struct key_ring *ring)
{
    if (!ring)
        return;
    for (size_t i = 0; i < ring->n_keys; i++)
        sm2_free(ring->keys[i].public);
    sm2_free(ring->signer);
    sm2_free(ring->seal.maker);
    vault_free(ring->vault);
    arena_free(ring->arena);
    free(ring);
}

const struct key_ring *app_keys(const struct app *app)
{
    return atomic_load_explicit(&app->keys, memory_order_acquire);
}

/* ---- public halves ---- */

/* "" when there is none yet. */
static int read_cert(const struct key_dir *d, const struct key_entry *k, struct sv *der,
                     struct err *e)
{
    struct sv pem;
    struct buf b;
    const char *path = key_file(d, k, "crt");
    if (!file_exists(path))
        return 0;
    int rc = key_read(d, path, &pem, e);
    buf_init(&b, CERT_DER_MAX);
    if (rc == 0)
        rc = cert_from_pem(pem, &b, e);
    if (rc == 0)
        *der = arena_sv(d->arena, buf_sv(&b));
    buf_done(&b);
    return rc;
}

static int read_public(const struct key_dir *d, const struct key_entry *k, struct key_info *out,
                       struct err *e)
{
    char id[17];
    *out = (struct key_info){ .from_ms = k->from_ms, .until_ms = k->until_ms,
                              .revoked_ms = k->revoked_ms, .reason = k->reason,
                              .current = k->current };
    memcpy(out->id, k->id, sizeof out->id);
    int rc = key_read(d, key_file(d, k, "pub"), &out->pem, e);
    if (rc != 0)
        return rc;
    out->public = sm2_load_pem(out->pem, SV(""), e);
    if (!out->public)
        return ERR_CONFIG;
    sm2_public_raw(out->public, out->raw, e);
    sm2_key_id(out->public, id, e);
    if (strcmp(id, k->id) != 0)
        return err_set(e, ERR_CONFIG, "公钥文件 licence-%s.pub 与文件名不符", k->id);
    return read_cert(d, k, &out->cert_der, e);
}

static int load_public(const struct key_dir *d, struct key_ring *ring, struct err *e)
{
    int rc = 0;
    ring->keys = arena_array(ring->arena, d->m.n + 1, sizeof *ring->keys);
    for (size_t i = 0; rc == 0 && i < d->m.n; i++) {
        if (d->m.keys[i].purpose != KEY_LICENCE)
            continue;
        struct key_info *k = &ring->keys[ring->n_keys++];
        rc = read_public(d, &d->m.keys[i], k, e);
        if (k->current)
            ring->current = k;
    }
    if (rc == 0 && !ring->current)
        rc = err_set(e, ERR_CONFIG, "数据目录 %.*s 还没有初始化，请先运行 yizheng init",
                     (int)d->data_dir.n, d->data_dir.p);
    return rc;
}

struct key_ring *keys_public(struct sv data_dir, struct err *e)
{
    struct key_dir d;
    struct key_ring *ring = mem_new(sizeof *ring);
    ring->arena = arena_new();
    int rc = key_dir_open(data_dir, ring->arena, false, &d, e);
    if (rc == 0)
        rc = load_public(&d, ring, e);
    const struct key_entry *ca = rc == 0 ? manifest_current(&d.m, KEY_CA) : NULL;
    if (ca)
        rc = read_cert(&d, ca, &ring->seal.ca_cert, e);
    if (rc == 0)
        return ring;
    key_ring_free(ring);
    return NULL;
}

/* ---- private halves and secrets ---- */

/* The private half of a purpose's current key; it must be the one that the manifest names. */
static int load_private(const struct key_dir *d, enum key_purpose p, struct sm2_key **out,
                        struct err *e)
{
    const struct key_entry *k = manifest_current(&d->m, p);
    struct sv pem;
    char id[17] = "";
    int rc = key_read(d, key_file(d, k, "pem"), &pem, e);
    if (rc != 0)
        return rc;
    *out = sm2_load_pem(pem, d->passphrase, e);
    crypto_wipe((char *)(uintptr_t)pem.p, pem.n);
    if (!*out)
        return ERR_CONFIG;
    sm2_key_id(*out, id, e);
    return strcmp(id, k->id) == 0
               ? 0 : err_set(e, ERR_CONFIG, "密钥文件 %s 与文件名不符", key_file(d, k, "pem"));
}

static int load_vault(const struct key_dir *d, struct key_ring *ring, struct err *e)
{
    struct vault_key *keys = arena_array(ring->arena, d->m.n + 1, sizeof *keys);
    struct sm3_hash index;
    size_t n = 0, current = 0;
    int rc = key_read_secret(d, key_path(d, "index.key"), &index, e);
    for (size_t i = 0; rc == 0 && i < d->m.n; i++) {
        const struct key_entry *k = &d->m.keys[i];
        if (k->purpose != KEY_DATA)
            continue;
        memcpy(keys[n].id, k->id, sizeof keys[n].id);
        rc = key_read_secret(d, key_file(d, k, "key"), &keys[n].secret, e);
        current = k->current ? n : current;
        n++;
    }
    if (rc == 0)
        ring->vault = vault_new(keys, n, current, &index);
    crypto_wipe(keys, n * sizeof *keys);
    crypto_wipe(&index, sizeof index);
    return rc;
}

static int load_all(const struct key_dir *d, struct key_ring *ring, struct err *e)
{
    int rc = load_public(d, ring, e);
    if (rc == 0)
        rc = load_private(d, KEY_LICENCE, &ring->signer, e);
    if (rc == 0)
        rc = load_private(d, KEY_SEAL, &ring->seal.maker, e);
    if (rc == 0)
        rc = read_cert(d, manifest_current(&d->m, KEY_SEAL), &ring->seal.maker_cert, e);
    if (rc == 0)
        rc = read_cert(d, manifest_current(&d->m, KEY_CA), &ring->seal.ca_cert, e);
    if (rc == 0)
        rc = load_vault(d, ring, e);
    ring->seal.signer = ring->signer;
    if (ring->current)
        ring->seal.signer_cert = ring->current->cert_der;
    return rc;
}

/* The directory, completed when asked, as a snapshot. */
static struct key_ring *ring_load(struct sv data_dir, struct sm3_hash *mac, struct err *e)
{
    struct key_dir d;
    struct key_ring *ring = mem_new(sizeof *ring);
    ring->arena = arena_new();
    int rc = key_dir_open(data_dir, ring->arena, true, &d, e);
    if (rc == 0 && d.m.n == 0) {
        rc = err_set(e, ERR_CONFIG, "数据目录 %.*s 还没有初始化，请先运行 yizheng init",
                     (int)data_dir.n, data_dir.p);
        key_dir_close(&d);
    } else if (rc == 0) {
        if (mac)
            rc = keys_complete(&d, clock_now_ms(), e);
        ring->stamp = file_stamp_of(key_path(&d, "manifest.json"));
        if (rc == 0)
            rc = load_all(&d, ring, e);
        if (rc == 0 && mac)
            rc = key_read_secret(&d, key_path(&d, "ledger.mac"), mac, e);
        key_dir_close(&d);
    }
    if (rc == 0)
        return ring;
    key_ring_free(ring);
    return NULL;
}

static void use(struct app *app, struct key_ring *ring)
{
    ring->older = atomic_load_explicit(&app->keys, memory_order_relaxed);
    atomic_store_explicit(&app->keys, ring, memory_order_release);
    if (app->db)
        db_set_vault(app->db, ring->vault);
}

int keys_open(struct app *app, struct err *e)
{
    const char *folder = arena_printf(app->arena, "%.*s/keys", (int)app->data_dir.n,
                                      app->data_dir.p);
    if (!file_exists(folder))
        return err_set(e, ERR_CONFIG, "数据目录 %.*s 还没有初始化，请先运行 yizheng init",
                       (int)app->data_dir.n, app->data_dir.p);
    struct key_ring *ring = ring_load(app->data_dir, &app->mac_key, e);
    if (!ring)
        return e->code ? e->code : ERR_CONFIG;
    use(app, ring);
    return 0;
}

int keys_refresh(struct app *app, int64_t now, struct err *e)
{
    (void)now;
    struct arena *a = arena_new();
    struct file_stamp is = file_stamp_of(arena_printf(a, "%.*s/keys/manifest.json",
                                                      (int)app->data_dir.n, app->data_dir.p));
    const struct file_stamp *was = &app_keys(app)->stamp;
    struct key_ring *ring = NULL;
    bool changed = is.inode != was->inode || is.mtime_ns != was->mtime_ns || is.size != was->size;
    arena_free(a);
    if (changed)
        ring = ring_load(app->data_dir, NULL, e);
    if (ring)
        use(app, ring);
    return changed && !ring ? e->code : 0;
}

void keys_close(struct app *app)
{
    struct key_ring *ring = atomic_load(&app->keys);
    while (ring) {
        struct key_ring *older = ring->older;
        key_ring_free(ring);
        ring = older;
    }
    crypto_wipe(&app->mac_key, sizeof app->mac_key);
}
