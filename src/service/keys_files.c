/* keys_files: the files of a key directory: reading, making, completing. See keys.h. */
#include <dirent.h>
#include <stdlib.h>

#include "service/keys_parts.h"
#include "sys/cert.h"
#include "sys/clock.h"

enum { FILE_MAX = 64 * 1024, PASSPHRASE_MAX = 1000 };
#define YEAR_MS (INT64_C(365) * MS_PER_DAY)

/* Who the certificates are made out to. A year count: how long. */
static const struct { const char *o, *cn; int64_t years; } SUBJECTS[KEY_PURPOSES] = {
    [KEY_CA] = { "一业一证审批服务平台", "一业一证平台示例根证书", 30 },
    [KEY_LICENCE] = { "乌海市审批服务管理局", "综合许可证签发", 10 },
    [KEY_SEAL] = { "一业一证审批服务平台", "电子印章制作", 10 },
};

const char *key_path(const struct key_dir *d, const char *name)
{
    return arena_printf(d->arena, "%.*s/keys/%s", (int)d->data_dir.n, d->data_dir.p, name);
}

const char *key_file(const struct key_dir *d, const struct key_entry *k, const char *ending)
{
    return key_path(d, arena_printf(d->arena, "%s-%s.%s", key_purpose_key(k->purpose), k->id,
                                    ending));
}

int key_read(const struct key_dir *d, const char *path, struct sv *out, struct err *e)
{
    struct buf b;
    buf_init(&b, FILE_MAX);
    int rc = file_read(path, &b, e);
    if (rc == 0)
        *out = sv_trim(arena_sv(d->arena, buf_sv(&b)));
    crypto_wipe(b.p, b.n);
    buf_done(&b);
    return rc;
}

int key_read_secret(const struct key_dir *d, const char *path, struct sm3_hash *out,
                    struct err *e)
{
    struct sv text;
    int rc = key_read(d, path, &text, e);
    if (rc != 0)
        return rc;
    if (secret_is_wrapped(text))
        return d->passphrase.n ? secret_unwrap(d->passphrase, text, out, e)
                               : err_set(e, ERR_CONFIG, "密钥文件有口令保护，但没有给出口令");
    return sm3_from_hex(text, out) ? 0 : err_set(e, ERR_CONFIG, "密钥文件 %s 已损坏", path);
}

void key_secret_text(struct sv passphrase, const struct sm3_hash *secret, struct buf *out)
{
    char hex[65];
    sm3_hex(secret, hex);
    if (passphrase.n)
        secret_wrap(passphrase, secret, out);
    else
        buf_str(out, hex);
    crypto_wipe(hex, sizeof hex);
}

static int write_secret(const struct key_dir *d, const char *path, const struct sm3_hash *secret,
                        struct err *e)
{
    struct buf b;
    buf_init(&b, 1024);
    key_secret_text(d->passphrase, secret, &b);
    int rc = file_write_durable(path, buf_sv(&b), 0600, e);
    crypto_wipe(b.p, b.n);
    buf_done(&b);
    return rc;
}

/* ---- the passphrase ---- */

static const char *passphrase_file(struct arena *a)
{
    const char *file = getenv("YIZHENG_KEY_PASSPHRASE_FILE");
    const char *credentials = getenv("CREDENTIALS_DIRECTORY");
    if (file && *file)
        return file;
    file = credentials ? arena_printf(a, "%s/key-passphrase", credentials) : NULL;
    return file && file_exists(file) ? file : NULL;
}

int passphrase_check(struct sv passphrase, struct err *e)
{
    return passphrase.n <= PASSPHRASE_MAX
               ? 0 : err_set(e, ERR_CONFIG, "密钥口令太长，最多 %d 个字节", PASSPHRASE_MAX);
}

static int read_passphrase(struct key_dir *d, struct err *e)
{
    const char *given = getenv("YIZHENG_KEY_PASSPHRASE");
    const char *file = given && *given ? NULL : passphrase_file(d->arena);
    int rc = 0;
    d->passphrase = sv_of(given);
    if (file && key_read(d, file, &d->passphrase, e) != 0)
        rc = err_set(e, ERR_CONFIG, "读不到密钥口令文件 %s", file);
    return rc ? rc : passphrase_check(d->passphrase, e);
}

/* ---- the manifest ---- */

static int64_t file_ms(const char *path)
{
    int64_t ns = file_stamp_of(path).mtime_ns;
    return ns ? ns / 1000000 : clock_now_ms();
}

/* A directory from before the manifest: licence-<id>.pub, and which of them is current. */
static int adopt(struct key_dir *d, struct err *e)
{
    struct sv current;
    int rc = key_read(d, key_path(d, "current"), &current, e);
    if (rc != 0)
        return rc;
    DIR *dir = opendir(key_path(d, "."));
    for (const struct dirent *x; dir && (x = readdir(dir));) {
        struct sv name = sv_of(x->d_name);
        if (!sv_starts(name, SV("licence-")) || name.n != 8 + 16 + 4 ||
            !sv_is(sv_skip(name, 24), ".pub"))
            continue;
        struct key_entry k = { .purpose = KEY_LICENCE };
        memcpy(k.id, name.p + 8, 16);
        k.created_ms = k.from_ms = file_ms(key_path(d, x->d_name));
        k.current = sv_is(current, k.id);
        k.until_ms = k.current ? 0 : k.from_ms;
        manifest_add(&d->m, d->arena, &k);
    }
    if (dir)
        closedir(dir);
    return manifest_current(&d->m, KEY_LICENCE)
               ? 0 : err_set(e, ERR_CONFIG, "密钥文件与 keys/current 不一致");
}

static int read_manifest(struct key_dir *d, struct err *e)
{
    struct sv text;
    if (file_exists(key_path(d, "manifest.json"))) {
        int rc = key_read(d, key_path(d, "manifest.json"), &text, e);
        return rc ? rc : manifest_parse(text, d->arena, &d->m, e);
    }
    return file_exists(key_path(d, "current")) ? adopt(d, e) : 0;
}

int key_dir_open(struct sv data_dir, struct arena *a, bool write, struct key_dir *out,
                 struct err *e)
{
    static const char *const public_endings[] = { ".pub", ".crt", NULL };
    *out = (struct key_dir){ .arena = a, .data_dir = data_dir, .lock = -1 };
    int rc = 0;
    if (write) {
        rc = read_passphrase(out, e);
        if (rc == 0)
            rc = dir_check_private(arena_printf(a, "%.*s/keys", (int)data_dir.n, data_dir.p),
                                   public_endings, e);
        if (rc == 0)
            out->lock = file_lock(key_path(out, "lock"), e);
        if (out->lock < 0)
            return rc ? rc : ERR_IO;
    }
    rc = read_manifest(out, e);
    if (rc != 0)
        key_dir_close(out);
    return rc;
}

int key_dir_save(struct key_dir *d, struct err *e)
{
    const struct key_entry *k = manifest_current(&d->m, KEY_LICENCE);
    int rc = file_write_durable(key_path(d, "manifest.json"), manifest_text(&d->m, d->arena), 0600,
                                e);
    return rc == 0 && k ? file_write_durable(key_path(d, "current"), sv_of(k->id), 0600, e) : rc;
}

void key_dir_close(struct key_dir *d)
{
    file_unlock(d->lock);
    d->lock = -1;
}

/* ---- making ---- */

/* A fresh pair's files; its id into k. */
static int write_pair(struct key_dir *d, struct key_entry *k, struct err *e)
{
    struct buf pem, pub;
    struct sm2_key *pair = sm2_generate(e);
    if (!pair)
        return ERR_INTERNAL;
    buf_init(&pem, 8192);
    buf_init(&pub, 8192);
    int rc = sm2_key_id(pair, k->id, e);
    if (rc == 0)
        rc = sm2_private_pem(pair, d->passphrase, &pem, e);
    if (rc == 0)
        rc = sm2_public_pem(pair, &pub, e);
    if (rc == 0)
        rc = file_write_durable(key_file(d, k, "pem"), buf_sv(&pem), 0600, e);
    if (rc == 0)
        rc = file_write_durable(key_file(d, k, "pub"), buf_sv(&pub), 0644, e);
    crypto_wipe(pem.p, pem.n);
    buf_done(&pem);
    buf_done(&pub);
    sm2_free(pair);
    return rc;
}

static int write_data_key(struct key_dir *d, struct key_entry *k, struct err *e)
{
    struct sm3_hash secret, named;
    char hex[65];
    random_bytes(secret.b, sizeof secret.b);
    random_bytes(named.b, sizeof named.b); /* the id must not say anything about the key */
    sm3_hex(&named, hex);
    memcpy(k->id, hex, 16);
    int rc = write_secret(d, key_file(d, k, "key"), &secret, e);
    crypto_wipe(&secret, sizeof secret);
    return rc;
}

static struct sm2_key *load_pair(struct key_dir *d, const struct key_entry *k, const char *ending,
                                 struct err *e)
{
    struct sv pem;
    return key_read(d, key_file(d, k, ending), &pem, e) == 0
               ? sm2_load_pem(pem, d->passphrase, e) : NULL;
}

/* DER of a key's certificate file. */
static int load_cert(struct key_dir *d, const struct key_entry *k, struct buf *der, struct err *e)
{
    struct sv pem;
    int rc = key_read(d, key_file(d, k, "crt"), &pem, e);
    return rc ? rc : cert_from_pem(pem, der, e);
}

/* Signed by the directory's authority; its own by itself. A root is as old as the oldest key below it. */
static int write_cert(struct key_dir *d, const struct key_entry *k, struct err *e)
{
    const struct key_entry *ca = manifest_current(&d->m, KEY_CA);
    struct buf der, issuer, pem;
    buf_init(&der, CERT_DER_MAX);
    buf_init(&issuer, CERT_DER_MAX);
    buf_init(&pem, FILE_MAX);
    struct sm2_key *signer = load_pair(d, k->purpose == KEY_CA ? k : ca, "pem", e);
    struct sm2_key *subject = signer ? load_pair(d, k, "pub", e) : NULL;
    int rc = !subject ? ERR_CONFIG : k->purpose == KEY_CA ? 0 : load_cert(d, ca, &issuer, e);
    struct cert_request r = {
        .o = sv_of(SUBJECTS[k->purpose].o),
        .cn = arena_printf_sv(d->arena, "%s %s", SUBJECTS[k->purpose].cn, k->id),
        .subject = subject, .issuer = signer, .issuer_cert = buf_sv(&issuer),
        .from_ms = k->from_ms, .until_ms = k->from_ms + SUBJECTS[k->purpose].years * YEAR_MS,
        .is_ca = k->purpose == KEY_CA,
    };
    if (rc == 0)
        rc = cert_make(&r, &der, e);
    if (rc == 0)
        rc = cert_to_pem(buf_sv(&der), &pem, e);
    if (rc == 0)
        rc = file_write_durable(key_file(d, k, "crt"), buf_sv(&pem), 0644, e);
    sm2_free(signer);
    sm2_free(subject);
    buf_done(&der);
    buf_done(&issuer);
    buf_done(&pem);
    return rc;
}

int key_make(struct key_dir *d, enum key_purpose p, bool current, int64_t now, struct err *e)
{
    struct key_entry k = { .purpose = p, .created_ms = now, .from_ms = now, .current = current };
    int rc = p == KEY_DATA ? write_data_key(d, &k, e) : write_pair(d, &k, e);
    if (rc == 0 && p != KEY_DATA)
        rc = write_cert(d, &k, e);
    if (rc == 0)
        manifest_add(&d->m, d->arena, &k);
    return rc;
}

static int64_t oldest(const struct manifest *m, int64_t now)
{
    for (size_t i = 0; i < m->n; i++)
        if (m->keys[i].from_ms < now)
            now = m->keys[i].from_ms;
    return now;
}

static int complete_certs(struct key_dir *d, struct err *e)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < d->m.n; i++) {
        const struct key_entry *k = &d->m.keys[i];
        if (k->purpose != KEY_DATA && !file_exists(key_file(d, k, "crt")))
            rc = write_cert(d, k, e);
    }
    return rc;
}

int keys_complete(struct key_dir *d, int64_t now, struct err *e)
{
    static const char *const secrets[] = { "ledger.mac", "index.key" };
    struct sm3_hash secret;
    bool made = !file_exists(key_path(d, "manifest.json"));
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < 2; i++) {
        if (file_exists(key_path(d, secrets[i])))
            continue;
        random_bytes(secret.b, sizeof secret.b);
        rc = write_secret(d, key_path(d, secrets[i]), &secret, e);
    }
    for (int p = 0; rc == 0 && p < KEY_PURPOSES; p++) {
        if (manifest_current(&d->m, (enum key_purpose)p))
            continue;
        rc = key_make(d, (enum key_purpose)p, true, p == KEY_CA ? oldest(&d->m, now) : now, e);
        made = true;
    }
    if (rc == 0)
        rc = complete_certs(d, e);
    return rc == 0 && made ? key_dir_save(d, e) : rc;
}

int keys_create(struct sv data_dir, struct err *e)
{
    struct arena *a = arena_new();
    struct key_dir d;
    int rc = dir_make(arena_printf(a, "%.*s/keys", (int)data_dir.n, data_dir.p), e);
    if (rc == 0)
        rc = key_dir_open(data_dir, a, true, &d, e);
    if (rc == 0) {
        rc = keys_complete(&d, clock_now_ms(), e);
        key_dir_close(&d);
    }
    arena_free(a);
    return rc;
}
