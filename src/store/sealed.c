/* sealed: see sealed.h. */
#include "store/sealed.h"

enum { ROOM = 1 << 24 };

struct sv seal_sv(const struct db_conn *c, struct arena *a, const char *where, int64_t row,
                  struct sv plain)
{
    const struct vault *v = db_vault(c);
    struct buf b;
    if (!v || plain.n == 0)
        return plain;
    buf_init(&b, ROOM);
    vault_seal(v, where, row, plain, &b);
    struct sv out = arena_sv(a, buf_sv(&b));
    buf_done(&b);
    return out;
}

struct sv col_sealed(struct db_rows *r, int col, struct arena *a, const char *where, int64_t row)
{
    const struct vault *v = db_vault(r->conn);
    struct sv text = db_text(r, col);
    struct sv out = SV("");
    struct buf b;
    if (!vault_is_sealed(text))
        return arena_sv(a, text);
    buf_init(&b, ROOM);
    int rc = v ? vault_open(v, where, row, text, &b, r->err)
               : err_set(r->err, ERR_CORRUPT, "%s 已加密，但没有数据密钥", where);
    if (rc == 0)
        out = arena_sv(a, buf_sv(&b));
    else if (r->rc == 0)
        r->rc = rc;
    buf_done(&b);
    return out;
}

struct sv phone_index(const struct db_conn *c, struct arena *a, struct sv phone)
{
    const struct vault *v = db_vault(c);
    char *out = arena_alloc(a, VAULT_INDEX_TEXT);
    if (!v || phone.n == 0)
        return phone;
    vault_index(v, INDEX_PHONE, phone, out);
    return sv_of(out);
}
