/* vault: sealed values and what does not open; wrapped secrets; sealed columns in a store and the sweep over them. */
#include "service/keys_parts.h"
#include "store/personal_store.h"
#include "store/sealed.h"
#include "sys/vault.h"
#include "test.h"

static struct arena *arena;
static struct err err;
static struct vault_key keys[2];
static struct sm3_hash index_key;

static int setup(void **state)
{
    (void)state;
    arena = arena_new();
    err_init(&err, arena);
    for (int i = 0; i < 2; i++) {
        snprintf(keys[i].id, sizeof keys[i].id, "%016d", i + 1);
        random_bytes(keys[i].secret.b, SM3_SIZE);
    }
    random_bytes(index_key.b, SM3_SIZE);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static struct sv seal(const struct vault *v, const char *where, int64_t row, struct sv plain)
{
    struct buf b;
    buf_init(&b, 1 << 20);
    vault_seal(v, where, row, plain, &b);
    struct sv out = arena_sv(arena, buf_sv(&b));
    buf_done(&b);
    return out;
}

static struct sv opened(const struct vault *v, const char *where, int64_t row, struct sv sealed)
{
    struct buf b;
    buf_init(&b, 1 << 20);
    if (vault_open(v, where, row, sealed, &b, &err) != 0)
        fail_msg("%s", err_text(&err));
    struct sv out = arena_sv(arena, buf_sv(&b));
    buf_done(&b);
    return out;
}

static void closed(const struct vault *v, const char *where, int64_t row, struct sv sealed)
{
    struct buf b;
    buf_init(&b, 1 << 20);
    err_clear(&err);
    assert_int_equal(vault_open(v, where, row, sealed, &b, &err), ERR_CORRUPT);
    assert_int_equal(b.n, 0);
    buf_done(&b);
}

static void test_round(void **state)
{
    (void)state;
    struct vault *v = vault_new(keys, 2, 1, &index_key);
    for (size_t n = 0; n < 100; n++) {
        char *text = arena_alloc(arena, n + 1);
        memset(text, 'x', n);
        struct sv s = seal(v, "t.c", (int64_t)n, sv_make(text, n));
        assert_true(vault_is_sealed(s));
        assert_true(vault_is_current(v, s));
        assert_true(sv_eq(opened(v, "t.c", (int64_t)n, s), sv_make(text, n)));
    }
    struct sv one = seal(v, "t.c", 1, SV("13800001234"));
    assert_false(sv_eq(one, seal(v, "t.c", 1, SV("13800001234")))); /* never the same twice */
    assert_null(strstr(one.p, "1380"));
    assert_false(vault_is_sealed(SV("13800001234")));
    assert_false(vault_is_sealed(SV("{\"F\":\"~1:\"}")));
    vault_free(v);
}

static void test_not_opened(void **state)
{
    (void)state;
    struct vault *v = vault_new(keys, 2, 0, &index_key);
    struct sv s = seal(v, "t.c", 7, SV("150302199001011234"));
    closed(v, "t.c", 8, s);
    closed(v, "t.d", 7, s);
    for (size_t i = 20; i < s.n; i++) {
        char *bad = arena_dup(arena, s);
        bad[i] = bad[i] == 'A' ? 'B' : 'A';
        if (i + 1 == s.n || s.p[i] == '=' || s.p[i + 1] == '=')
            continue; /* padding, and bits before it that base64 leaves unused */
        closed(v, "t.c", 7, sv_make(bad, s.n));
    }
    for (size_t n = 0; n < s.n; n++)
        closed(v, "t.c", 7, sv_make(s.p, n));
    struct vault *other = vault_new(&keys[1], 1, 0, &index_key);
    closed(other, "t.c", 7, s); /* a key that is not there */
    vault_free(other);
    vault_free(v);
}

static void test_rotation(void **state)
{
    (void)state;
    struct vault *before = vault_new(keys, 1, 0, &index_key);
    struct vault *after = vault_new(keys, 2, 1, &index_key);
    char a[VAULT_INDEX_TEXT], b[VAULT_INDEX_TEXT];
    struct sv s = seal(before, "t.c", 1, SV("x"));
    assert_sv(opened(after, "t.c", 1, s), "x");
    assert_false(vault_is_current(after, s));
    vault_index(before, "phone", SV("13800001234"), a);
    vault_index(after, "phone", SV("13800001234"), b);
    assert_string_equal(a, b); /* found under whichever data key */
    vault_index(after, "phone", SV("13800001235"), b);
    assert_string_not_equal(a, b);
    vault_index(after, "id", SV("13800001234"), b);
    assert_string_not_equal(a, b);
    vault_free(before);
    vault_free(after);
}

static void test_wrapped(void **state)
{
    (void)state;
    struct buf b;
    struct sm3_hash back;
    buf_init(&b, 1024);
    secret_wrap(SV("口令"), &index_key, &b);
    assert_true(secret_is_wrapped(buf_sv(&b)));
    assert_int_equal(secret_unwrap(SV("口令"), buf_sv(&b), &back, &err), 0);
    assert_memory_equal(back.b, index_key.b, SM3_SIZE);
    assert_int_equal(secret_unwrap(SV("口令 "), buf_sv(&b), &back, &err), ERR_CONFIG);
    b.p[b.n - 8] ^= 1;
    assert_int_equal(secret_unwrap(SV("口令"), buf_sv(&b), &back, &err), ERR_CONFIG);
    buf_done(&b);
}

/* ---- PKCS#8 under a passphrase ---- */

static void test_private_key(void **state)
{
    (void)state;
    struct buf b;
    struct sm2_key *k = sm2_generate(&err);
    buf_init(&b, 8192);
    assert_int_equal(sm2_private_pem(k, SV("口令"), &b, &err), 0);
    assert_true(sv_starts(buf_sv(&b), SV("-----BEGIN ENCRYPTED PRIVATE KEY-----")));
    struct sm2_key *back = sm2_load_pem(buf_sv(&b), SV("口令"), &err);
    assert_non_null(back);
    assert_null(sm2_load_pem(buf_sv(&b), SV("别的"), &err));
    assert_int_equal(err.code, ERR_CONFIG);
    err_clear(&err);
    assert_null(sm2_load_pem(buf_sv(&b), SV(""), &err));
    assert_string_equal(err_text(&err), "密钥文件有口令保护，但没有给出口令");
    sm2_free(back);
    sm2_free(k);
    buf_done(&b);
}

/* ---- the manifest ---- */

static void test_manifest(void **state)
{
    (void)state;
    struct manifest m, back;
    const char *text =
        "{\"format\":1,\"keys\":[{\"purpose\":\"licence\",\"id\":\"0123456789abcdef\",\"created\":5,"
        "\"from\":5,\"until\":9,\"revoked\":7,\"reason\":\"示例\"},{\"purpose\":\"licence\","
        "\"id\":\"1123456789abcdef\",\"created\":6,\"from\":6,\"current\":true}],\"sweep\":true}";
    assert_int_equal(manifest_parse(sv_of(text), arena, &m, &err), 0);
    assert_int_equal(m.n, 2);
    assert_true(m.sweep);
    assert_string_equal(manifest_current(&m, KEY_LICENCE)->id, "1123456789abcdef");
    assert_null(manifest_current(&m, KEY_DATA));
    assert_sv(manifest_find(&m, KEY_LICENCE, SV("0123456789abcdef"))->reason, "示例");
    assert_sv(manifest_text(&m, arena), text);
    struct key_entry next = { .purpose = KEY_LICENCE, .id = "2123456789abcdef", .from_ms = 8,
                              .current = true };
    manifest_add(&m, arena, &next);
    assert_int_equal(manifest_parse(manifest_text(&m, arena), arena, &back, &err), 0);
    assert_string_equal(manifest_current(&back, KEY_LICENCE)->id, "2123456789abcdef");
    assert_int_equal(back.n, 3);
}

static void test_bad_manifests(void **state)
{
    (void)state;
    struct manifest m;
    const char *const bad[] = {
        "", "[]", "{\"format\":1}", "{\"format\":2,\"keys\":[]}",
        "{\"format\":1,\"keys\":[{\"purpose\":\"x\",\"id\":\"0123456789abcdef\",\"from\":1}]}",
        "{\"format\":1,\"keys\":[{\"purpose\":\"ca\",\"id\":\"../../etc/passwd\",\"from\":1}]}",
        "{\"format\":1,\"keys\":[{\"purpose\":\"ca\",\"id\":\"0123456789abcdef\"}]}",
        "{\"format\":1,\"keys\":[{\"purpose\":\"ca\",\"id\":\"0123456789abcdef\",\"from\":5,\"until\":4}]}",
        "{\"format\":1,\"keys\":[{\"purpose\":\"ca\",\"id\":\"0123456789abcdef\",\"from\":5},"
        "{\"purpose\":\"ca\",\"id\":\"0123456789abcdef\",\"from\":5}]}",
        "{\"format\":1,\"keys\":[{\"purpose\":\"ca\",\"id\":\"0123456789abcdef\",\"from\":5,"
        "\"revoked\":6,\"current\":true}]}",
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        err_clear(&err);
        assert_int_equal(manifest_parse(sv_of(bad[i]), arena, &m, &err), ERR_CONFIG);
        assert_non_null(err.detail);
    }
}

/* ---- sealed columns ---- */

enum { USERS = 25 };
struct scene { struct db *db; struct sv phone; struct user_row user; int64_t after, seen, changed;
               int found; };

static int insert_tx(struct db_conn *c, void *ctx, struct err *e)
{
    (void)ctx;
    for (int i = 1; i <= USERS; i++) {
        struct user_row u = { .id = i, .role = SV("applicant"), .name = SV("示例"),
                              .phone = arena_printf_sv(arena, "138000012%02d", i) };
        int rc = user_insert(c, &u, e);
        if (rc != 0)
            return rc;
    }
    return 0;
}

static int find_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct scene *s = ctx;
    s->found = user_find_phone(c, s->phone, arena, &s->user, e);
    return s->found < 0 ? s->found : 0;
}

static int step_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct scene *s = ctx;
    return sealed_step(c, 0, 10, &s->after, &s->seen, &s->changed, e);
}

static void find_all(struct scene *s)
{
    for (int i = 1; i <= USERS; i++) {
        s->phone = arena_printf_sv(arena, "138000012%02d", i);
        assert_int_equal(db_read(s->db, find_tx, s, &err), 0);
        assert_int_equal(s->found, 1);
        assert_int_equal(s->user.id, i);
        assert_true(sv_eq(s->user.phone, s->phone));
    }
}

/* A sweep that is cut off after any batch leaves everything readable, and the next one finishes it. */
static void test_sweep(void **state)
{
    (void)state;
    char *folder = test_folder(arena);
    struct sv url = arena_printf_sv(arena, "%s/t.db", folder);
    struct vault *before = vault_new(keys, 1, 0, &index_key);
    struct vault *after = vault_new(keys, 2, 1, &index_key);
    struct scene s = { 0 };
    assert_int_equal(db_migrate(url, &err), 0);
    s.db = db_open(url, STORE_SETS, STORE_N_SETS, 1, &err);
    db_set_vault(s.db, before);
    assert_int_equal(db_write(s.db, insert_tx, NULL, &err), 0);
    find_all(&s);
    db_set_vault(s.db, after);
    find_all(&s);
    assert_int_equal(db_write(s.db, step_tx, &s, &err), 0);
    assert_int_equal(s.changed, 10);
    find_all(&s); /* half of it done */
    s.after = s.seen = s.changed = 0;
    for (int i = 0; i < 3; i++)
        assert_int_equal(db_write(s.db, step_tx, &s, &err), 0);
    assert_int_equal(s.seen, USERS);
    assert_int_equal(s.changed, USERS - 10);
    /* The old key is not needed any more. */
    struct vault *only = vault_new(&keys[1], 1, 0, &index_key);
    db_set_vault(s.db, only);
    find_all(&s);
    db_close(s.db);
    vault_free(before);
    vault_free(after);
    vault_free(only);
    test_folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_round, setup, teardown),
        cmocka_unit_test_setup_teardown(test_not_opened, setup, teardown),
        cmocka_unit_test_setup_teardown(test_rotation, setup, teardown),
        cmocka_unit_test_setup_teardown(test_wrapped, setup, teardown),
        cmocka_unit_test_setup_teardown(test_private_key, setup, teardown),
        cmocka_unit_test_setup_teardown(test_manifest, setup, teardown),
        cmocka_unit_test_setup_teardown(test_bad_manifests, setup, teardown),
        cmocka_unit_test_setup_teardown(test_sweep, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
