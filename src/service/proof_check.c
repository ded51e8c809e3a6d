/* proof_check: saved proofs against published heads and keys: no database, no network. See register_proof.h. */
#include "service/register_proof.h"

enum { PATH_MOST = MERKLE_LEVELS * 2, ENTRY_MOST = 1 << 20 };

struct path { struct merkle_hash hash[PATH_MOST]; size_t n; };

static bool no(struct arena *a, struct sv *said, const char *text)
{
    *said = arena_sv(a, sv_of(text));
    return false;
}

static bool hash_in(const json_t *o, const char *key, struct merkle_hash *out)
{
    struct sm3_hash h;
    if (!sm3_from_hex(json_sv(o, key), &h))
        return false;
    memcpy(out->b, h.b, MERKLE_HASH);
    return true;
}

static bool path_in(const json_t *o, struct path *out)
{
    size_t i;
    json_t *x;
    json_t *list = json_object_get(o, "path");
    out->n = json_array_size(list);
    if (!json_is_array(list) || out->n > PATH_MOST)
        return false;
    json_array_foreach(list, i, x) {
        struct sm3_hash h;
        if (!sm3_from_hex(json_text(x), &h))
            return false;
        memcpy(out->hash[i].b, h.b, MERKLE_HASH);
    }
    return true;
}

static int digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Bytes of lower-case hex, on a; false when it is none. */
static bool bytes_in(struct sv hex, struct arena *a, struct sv *out)
{
    if (hex.n % 2 || hex.n > 2 * (size_t)ENTRY_MOST)
        return false;
    char *p = arena_alloc(a, hex.n / 2 + 1);
    for (size_t i = 0; i < hex.n / 2; i++) {
        int hi = digit(hex.p[2 * i]), lo = digit(hex.p[2 * i + 1]);
        if (hi < 0 || lo < 0)
            return false;
        p[i] = (char)(hi << 4 | lo);
    }
    *out = sv_make(p, hex.n / 2);
    return true;
}

/* Is it signed by a key that is trusted, and was then? */
static bool head_signed(const json_t *o, const struct trust *trust, struct arena *a, struct sv *said)
{
    struct tree_head_row h = { .size = json_i64(o, "size", -1), .at = json_i64(o, "signed_at_ms", 0) };
    struct sv sig;
    struct buf b;
    const struct trust_issuer *issuer;
    const struct trust_key *k = trust_key_find(trust, json_sv(o, "key_id"), &issuer);
    if (!sm3_from_hex(json_sv(o, "root"), &h.root) || h.size < 0 ||
        !bytes_in(json_sv(o, "signature"), a, &sig) || sig.n != SM2_SIG_SIZE)
        return no(a, said, "树头的内容不完整");
    if (!k)
        return no(a, said, "树头的签名公钥不在信任之列");
    if (h.at < k->from_ms || (k->until_ms && h.at > k->until_ms) ||
        (k->revoked_ms && (!k->good_before || h.at >= k->revoked_ms)))
        return no(a, said, "树头的签名公钥当时不可用或已作废");
    buf_init(&b, 256);
    ledger_head_to_sign(&h, &b);
    bool good = sm2_signed_by(k->pub, buf_sv(&b), (const unsigned char *)sig.p);
    buf_done(&b);
    return good || no(a, said, "树头的签名无效");
}

static bool same_head(const json_t *x, const json_t *y)
{
    return json_i64(x, "size", -1) == json_i64(y, "size", -2) &&
           sv_eq(json_sv(x, "root"), json_sv(y, "root"));
}

static bool check_inclusion(const json_t *p, struct arena *a, struct sv *said)
{
    struct merkle_hash leaf, root, made;
    struct path path;
    struct sv bytes;
    const json_t *head = json_object_get(p, "head");
    int64_t seq = json_i64(p, "seq", -1), size = json_i64(head, "size", -1);
    if (!hash_in(p, "leaf", &leaf) || !hash_in(head, "root", &root) || !path_in(p, &path) ||
        seq < 0 || size < 1 || size != json_i64(p, "size", 0))
        return no(a, said, "证明的内容不完整");
    struct sv entry = json_sv(p, "entry");
    if (entry.n) {
        if (!bytes_in(entry, a, &bytes))
            return no(a, said, "证明的内容不完整");
        merkle_leaf(ledger_hash, bytes, &made);
        if (memcmp(made.b, leaf.b, MERKLE_HASH) != 0)
            return no(a, said, "这一条的内容与其摘要不符");
    }
    if (!merkle_check_inclusion(ledger_hash, (uint64_t)seq, (uint64_t)size, &leaf, path.hash, path.n,
                                &root))
        return no(a, said, "路径到不了树头：这一条不在日志里，或内容被改动");
    *said = arena_printf_sv(a, "第 %lld 条在 %lld 条的日志里", (long long)seq, (long long)size);
    return true;
}

static bool check_growth(const json_t *p, struct arena *a, struct sv *said)
{
    struct merkle_hash from_root, to_root;
    struct path path;
    const json_t *from = json_object_get(p, "from_head"), *to = json_object_get(p, "to_head");
    int64_t m = json_i64(from, "size", -1), n = json_i64(to, "size", -1);
    if (!hash_in(from, "root", &from_root) || !hash_in(to, "root", &to_root) || !path_in(p, &path) ||
        m < 1 || m > n)
        return no(a, said, "证明的内容不完整");
    if (!merkle_check_consistency(ledger_hash, (uint64_t)m, (uint64_t)n, path.hash, path.n, &from_root,
                                  &to_root))
        return no(a, said, "两个树头不一致：早先的日志被改动过");
    *said = arena_printf_sv(a, "%lld 条的日志是 %lld 条的日志的开头，早先的记录没有被改动",
                            (long long)m, (long long)n);
    return true;
}

bool proof_check(const json_t *proof, const json_t *published, const struct trust *trust,
                 struct arena *a, struct sv *said)
{
    bool growth = sv_is(json_sv(proof, "kind"), "consistency");
    const json_t *heads[] = { json_object_get(proof, growth ? "from_head" : "head"),
                              json_object_get(proof, growth ? "to_head" : "head"), published };
    for (size_t i = 0; i < 3; i++) {
        if (i < 2 && !json_is_object(heads[i]))
            return no(a, said, "证明里没有签名的树头");
        if (heads[i] && !head_signed(heads[i], trust, a, said))
            return false;
    }
    if (published && !same_head(published, heads[0]) && !same_head(published, heads[1]))
        return no(a, said, "证明用的不是所给的树头");
    return growth ? check_growth(proof, a, said) : check_inclusion(proof, a, said);
}
