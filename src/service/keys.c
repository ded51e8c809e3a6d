/* keys: see keys.h. */
#include "service/keys.h"

#include "sys/files.h"

static const char *key_path(struct arena *a, struct sv data_dir, const char *name)
{
    return arena_printf(a, "%.*s/keys/%s", (int)data_dir.n, data_dir.p, name);
}

static int create_pair(struct sv data_dir, struct arena *a, struct err *e)
{
    struct buf pem;
    struct buf pub;
    char id[17];
    struct sm2_key *k = sm2_generate(e);
    if (!k)
        return ERR_INTERNAL;
    buf_init(&pem, 8192);
    buf_init(&pub, 8192);
    int rc = sm2_key_id(k, id, e);
    if (rc == 0)
        rc = sm2_private_pem(k, &pem, e);
    if (rc == 0)
        rc = sm2_public_pem(k, &pub, e);
    if (rc == 0)
        rc = file_write_durable(key_path(a, data_dir, arena_printf(a, "licence-%s.pem", id)),
                                buf_sv(&pem), 0600, e);
    if (rc == 0)
        rc = file_write_durable(key_path(a, data_dir, arena_printf(a, "licence-%s.pub", id)),
                                buf_sv(&pub), 0644, e);
    if (rc == 0)
        rc = file_write_durable(key_path(a, data_dir, "current"), sv_of(id), 0600, e);
    if (pem.p)
        memset(pem.p, 0, pem.n);
    buf_done(&pem);
    buf_done(&pub);
    sm2_free(k);
    return rc;
}

int keys_create(struct sv data_dir, struct err *e)
{
    struct arena *a = arena_new();
    struct sm3_hash secret;
    char hex[65];
    int rc = dir_make(arena_printf(a, "%.*s/keys", (int)data_dir.n, data_dir.p), e);
    if (rc == 0 && !file_exists(key_path(a, data_dir, "ledger.mac"))) {
        random_bytes(secret.b, sizeof secret.b);
        sm3_hex(&secret, hex);
        rc = file_write_durable(key_path(a, data_dir, "ledger.mac"), sv_of(hex), 0600, e);
    }
    if (rc == 0 && !file_exists(key_path(a, data_dir, "current")))
        rc = create_pair(data_dir, a, e);
    arena_free(a);
    return rc;
}

/* Contents of a key file on the app's arena. */
static int slurp(struct app *app, const char *name, struct sv *out, struct err *e)
{
    struct buf b;
    buf_init(&b, 16384);
    int rc = file_read(key_path(app->arena, app->data_dir, name), &b, e);
    if (rc == 0)
        *out = sv_trim(arena_sv(app->arena, buf_sv(&b)));
    buf_done(&b);
    return rc;
}

int keys_load(struct app *app, struct err *e)
{
    struct sv id, pem, mac;
    if (slurp(app, "current", &id, e) != 0 || slurp(app, "ledger.mac", &mac, e) != 0)
        return err_set(e, ERR_CONFIG, "数据目录 %.*s 还没有初始化，请先运行 yizheng init",
                       (int)app->data_dir.n, app->data_dir.p);
    const char *name = arena_printf(app->arena, "licence-%.*s", (int)id.n, id.p);
    int rc = slurp(app, arena_printf(app->arena, "%s.pem", name), &pem, e);
    if (rc == 0)
        rc = slurp(app, arena_printf(app->arena, "%s.pub", name), &app->key_pem, e);
    if (rc != 0)
        return rc;
    app->key = sm2_load_pem(pem, e);
    if (!app->key)
        return ERR_CONFIG;
    if (!sm3_from_hex(mac, &app->mac_key))
        return err_set(e, ERR_CONFIG, "密钥文件 keys/ledger.mac 已损坏");
    rc = sm2_key_id(app->key, app->key_id, e);
    if (rc == 0)
        rc = sm2_public_raw(app->key, app->key_raw, e);
    if (rc == 0 && !sv_is(id, app->key_id))
        rc = err_set(e, ERR_CONFIG, "密钥文件与 keys/current 不一致");
    return rc;
}
