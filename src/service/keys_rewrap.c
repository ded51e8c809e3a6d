/* keys_rewrap: the secrets of a key directory under another passphrase, or under none. A second directory is made whole
 * beside the first and put in its place in one step: cut off at any moment, all files are under the one or the other. */
#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "service/keys_parts.h"

/* A file of the directory in its new form, on d's arena. */
static int rewrapped(struct key_dir *d, const char *name, struct sv passphrase, struct buf *out,
                     struct err *e)
{
    const char *path = key_path(d, name);
    struct sv is = sv_of(name), text;
    if (sv_ends(is, SV(".pem"))) {
        if (key_read(d, path, &text, e) != 0)
            return e->code;
        struct sm2_key *pair = sm2_load_pem(text, d->passphrase, e);
        int rc = pair ? sm2_private_pem(pair, passphrase, out, e) : e->code;
        sm2_free(pair);
        return rc;
    }
    if (sv_ends(is, SV(".key")) || sv_ends(is, SV(".mac"))) {
        struct sm3_hash secret;
        int rc = key_read_secret(d, path, &secret, e);
        if (rc == 0)
            key_secret_text(passphrase, &secret, out);
        crypto_wipe(&secret, sizeof secret);
        return rc;
    }
    return file_read(path, out, e); /* public keys, certificates, the manifest, passwords of gateways */
}

static int copy_one(struct key_dir *d, const char *name, const char *to, struct sv passphrase,
                    struct err *e)
{
    struct stat st;
    struct buf b;
    if (stat(key_path(d, name), &st) != 0 || !S_ISREG(st.st_mode))
        return err_set(e, ERR_CONFIG, "密钥目录里的 %s 不是普通文件，请先移走", name);
    buf_init(&b, 1 << 20);
    int rc = rewrapped(d, name, passphrase, &b, e);
    if (rc == 0 && !buf_ok(&b))
        rc = err_set(e, ERR_TOO_LARGE, "密钥目录里的 %s 太大", name);
    if (rc == 0)
        rc = file_write_durable(arena_printf(d->arena, "%s/%s", to, name), buf_sv(&b),
                                st.st_mode & 0777, e);
    crypto_wipe(b.p, b.n);
    buf_done(&b);
    return rc;
}

static int copy_all(struct key_dir *d, const char *to, struct sv passphrase, struct err *e)
{
    DIR *dir = opendir(key_path(d, "."));
    int rc = dir ? dir_make(to, e) : err_set(e, ERR_IO, "打不开密钥目录");
    for (const struct dirent *x; rc == 0 && (x = readdir(dir));)
        if (x->d_name[0] != '.' && !sv_is(sv_of(x->d_name), "lock"))
            rc = copy_one(d, x->d_name, to, passphrase, e);
    if (dir)
        closedir(dir);
    return rc;
}

/* real: where the directory really is; a link to it must go on leading there. */
static int put_in_place(struct key_dir *d, const char *real, struct sv passphrase, struct err *e)
{
    const char *fresh = arena_printf(d->arena, "%s.new", real);
    int rc = dir_remove(fresh, e); /* of a run that was cut off */
    if (rc == 0)
        rc = copy_all(d, fresh, passphrase, e);
    if (rc == 0)
        rc = dir_exchange(real, fresh, e);
    if (rc != 0) {
        dir_remove(fresh, NULL);
        return rc;
    }
    return dir_remove(fresh, e);
}

int keys_rewrap(struct sv data_dir, struct sv passphrase, struct err *e)
{
    struct arena *a = arena_new();
    struct key_dir d;
    int rc = passphrase_check(passphrase, e);
    if (rc == 0)
        rc = key_dir_open(data_dir, a, true, &d, e);
    if (rc == 0) {
        char *real = realpath(key_path(&d, "."), NULL);
        rc = d.m.n && real ? put_in_place(&d, real, passphrase, e)
                           : err_set(e, ERR_CONFIG, "数据目录 %.*s 还没有初始化，请先运行 yizheng init",
                                     (int)data_dir.n, data_dir.p);
        free(real);
        key_dir_close(&d);
    }
    arena_free(a);
    return rc;
}
