/* verdict: the cases of tests/data/verify-cases.json, which the verifier page's tests run as well
 * (web/test/verify.test.ts): both must answer the same.
 *
 * The file is written by this program when YZ_WRITE_CASES is set (keys are made anew then); without
 * it, it is only read. */
#include "test_verify_fixture.h"

#define CASES "tests/data/verify-cases.json"

static int set_up(void **state)
{
    (void)state;
    arena = arena_new();
    err_init(&err, arena);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

/* ---- writing ---- */

enum { FRESH = 1, OLD = 2, ENDED = 4, THEIRS = 8, PARTLY = 16, ALL = 32, THEIRS_FULL = 64 }; /* at hand */

struct maker { struct city here, there, nobody; json_t *cases; };

static void add(struct maker *m, const char *name, struct sv text, int lists, int64_t now)
{
    json_t *o = json_object();
    json_t *names = json_array();
    static const char *const list_names[] = { "fresh", "old", "ended", "theirs", "partly", "all",
                                             "theirs_full" };
    json_put_sv(o, "name", sv_of(name));
    json_put_sv(o, "text", text);
    json_put_i64(o, "now_ms", now);
    for (size_t i = 0; i < COUNT_OF(list_names); i++)
        if (lists & 1 << i)
            json_push_sv(names, sv_of(list_names[i]));
    json_put(o, "lists", names);
    json_push(m->cases, o);
}

static struct sv signed_text(const struct payload *p, const struct sm2_key *key)
{
    struct payload_carried c = sign(p, key);
    return text_of(&c);
}

static void add_standing(struct maker *m, const struct payload *p, struct sv text)
{
    struct payload_permit list[3];
    struct payload old = licence_of(&m->here, "150302", list);
    old.format = 1, old.status_index = -1;
    for (size_t i = 0; i < 3; i++)
        list[i].status_index = -1;
    add(m, "in force", text, FRESH, NOW);
    add(m, "in force, as a whole URL", url_of(p->short_id.p, text), FRESH, NOW);
    add(m, "in force, the freshest of several lists counts", text, FRESH | OLD | THEIRS_FULL, NOW);
    add(m, "no list at hand", text, 0, NOW);
    add(m, "the list is too old", text, OLD, NOW);
    add(m, "only another city's list", text, THEIRS_FULL, NOW);
    add(m, "superseded", text, ENDED, NOW);
    add(m, "superseded by a list that is old now", text, ENDED, NOW + 90 * HOUR);
    add(m, "one permit ended", text, PARTLY, NOW);
    add(m, "all permits ended", text, ALL, NOW);
    add(m, "one permit past its date", text, FRESH, NOW + 24 * HOUR * 45);
    add(m, "format 1 has no bits", signed_text(&old, m->here.keys[KEY_NOW]), FRESH, NOW);
    old.permits[2].valid_until = date_of(2026, 6, 30);
    old.permits[0].valid_until = old.permits[1].valid_until = date_of(2026, 11, 23);
    add(m, "all permits past their dates", signed_text(&old, m->here.keys[KEY_NOW]), FRESH, NOW);
    old.permits[0].valid_until = date_of(2026, 11, 24);
    add(m, "the last day still counts", signed_text(&old, m->here.keys[KEY_NOW]), FRESH, NOW);
    add(m, "issued in the future", text, FRESH, p->issued_at - 24 * HOUR);
    add(m, "issued five minutes from now", text, 0, p->issued_at - 5 * HOUR / 60);
}

static void add_keys(struct maker *m, struct payload p)
{
    struct city *h = &m->here;
    p.key_id = h->trusted[KEY_STOLEN].id;
    add(m, "key lost", signed_text(&p, h->keys[KEY_STOLEN]), FRESH, NOW);
    p.key_id = h->trusted[KEY_REPLACED].id;
    add(m, "key replaced later", signed_text(&p, h->keys[KEY_REPLACED]), FRESH, NOW);
    p.issued = date_of(2026, 11, 24), p.issued_at = NOW - 2 * HOUR;
    add(m, "key replaced before", signed_text(&p, h->keys[KEY_REPLACED]), FRESH, NOW);
    p.key_id = h->trusted[KEY_LATER].id;
    add(m, "new key", signed_text(&p, h->keys[KEY_LATER]), FRESH, NOW);
    p.issued = date_of(2026, 1, 7), p.issued_at = date_start_ms(p.issued);
    add(m, "key not yet in use then", signed_text(&p, h->keys[KEY_LATER]), FRESH, NOW);
    p.key_id = m->nobody.trusted[KEY_NOW].id;
    add(m, "key of nobody", signed_text(&p, m->nobody.keys[KEY_NOW]), FRESH, NOW);
    p.key_id = h->trusted[KEY_NOW].id;
    add(m, "another's key under our id", signed_text(&p, m->nobody.keys[KEY_NOW]), FRESH, NOW);
    p.region = SV("150402");
    add(m, "our key for another city", signed_text(&p, h->keys[KEY_NOW]), FRESH, NOW);
    p.key_id = m->there.trusted[KEY_NOW].id;
    add(m, "imported city", signed_text(&p, m->there.keys[KEY_NOW]), FRESH | THEIRS, NOW);
    add(m, "imported city without its list", signed_text(&p, m->there.keys[KEY_NOW]), FRESH, NOW);
    p.region = SV("150302");
    add(m, "imported city for our region", signed_text(&p, m->there.keys[KEY_NOW]), FRESH, NOW);
}

static void add_forged(struct maker *m, const struct payload *p, const struct payload_carried *c)
{
    static const unsigned char order_low[4] = { 0x39, 0xd5, 0x41, 0x23 };
    struct payload other = *p;
    struct payload_carried bad;
    struct sv text = text_of(c);
    other.holder = SV("别家便利店");
    bad = sign(&other, m->nobody.keys[KEY_NOW]);
    memcpy(bad.sig, c->sig, sizeof bad.sig);
    add(m, "holder changed", text_of(&bad), FRESH, NOW);
    bad = *c, bad.sig[63] ^= 1;
    add(m, "signature with a bit turned", text_of(&bad), FRESH, NOW);
    bad = *c, memset(bad.sig, 0, 32);
    add(m, "signature with r = 0", text_of(&bad), FRESH, NOW);
    bad = *c, memset(bad.sig + 32, 0xff, 32), memcpy(bad.sig + 60, order_low, 4);
    add(m, "signature with s above n", text_of(&bad), FRESH, NOW);
    bad = *c, bad.format = 1;
    add(m, "format 2 called format 1", text_of(&bad), FRESH, NOW);
    add(m, "in another's address", url_of("OTHER00000", text), FRESH, NOW);
    add(m, "cut off", sv_make(text.p, text.n - 3), FRESH, NOW);
    add(m, "cut to half", sv_make(text.p, text.n / 2), FRESH, NOW);
    add(m, "stretched", arena_printf_sv(arena, "%s000", text.p), FRESH, NOW);
    add(m, "in lower case", arena_printf_sv(arena, "2%.*s", 40, "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqr"), 0, NOW);
    add(m, "empty", SV(""), FRESH, NOW);
    add(m, "some other code", SV("https://example.com/#/about"), FRESH, NOW);
    add(m, "a version that does not exist", arena_printf_sv(arena, "3%s", text.p + 1), FRESH, NOW);
}

/* Documents that must be refused: {name, kind, doc}. */
static json_t *bad_documents(struct maker *m)
{
    static const int none[] = { -1 };
    json_t *list = json_array();
    struct { const char *name, *kind; json_t *doc; } bad[] = {
        { "status list of nobody", "status", status_json(&m->nobody, KEY_NOW, NOW, none) },
        { "status list under a lost key", "status", status_json(&m->here, KEY_STOLEN, NOW - 48 * HOUR, none) },
        { "status list with another date", "status", status_json(&m->here, KEY_NOW, NOW - HOUR, none) },
        { "status list for another region", "status", status_json(&m->here, KEY_NOW, NOW - HOUR, none) },
        { "trust list signed by another", "trust", trust_json(&m->here, NULL, m->there.keys[KEY_NOW]) },
        { "trust list signed by a neighbour in it", "trust", trust_json(&m->here, &m->there, m->there.keys[KEY_NOW]) },
        { "trust list with a changed name", "trust", trust_json(&m->here, NULL, m->here.keys[KEY_NOW]) },
        { "trust list with regions that overlap", "trust", NULL },
    };
    json_put_i64(bad[2].doc, "validUntil_ms", NOW + 99 * HOUR);
    json_put_sv(json_object_get(bad[3].doc, "issuer"), "region", SV("1504"));
    json_put_sv(json_array_get(json_object_get(bad[6].doc, "issuers"), 0), "name", SV("别市"));
    struct sv region = m->there.issuer.region;
    m->there.issuer.region = SV("150302");
    bad[7].doc = trust_json(&m->here, &m->there, m->here.keys[KEY_NOW]);
    m->there.issuer.region = region;
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        json_t *o = json_object();
        json_put_sv(o, "name", sv_of(bad[i].name));
        json_put_sv(o, "kind", sv_of(bad[i].kind));
        json_put(o, "doc", bad[i].doc);
        json_push(list, o);
    }
    return list;
}

static json_t *lists_json(struct maker *m)
{
    static const int none[] = { -1 }, others[] = { 9, 14, 500, -1 }, version[] = { 10, -1 },
                     one[] = { 12, -1 }, all[] = { 11, 12, 13, -1 },
                     ours[] = { 10, 11, 12, 13, -1 };
    json_t *o = json_object();
    json_put(o, "fresh", status_json(&m->here, KEY_NOW, NOW - HOUR, others));
    json_put(o, "old", status_json(&m->here, KEY_NOW, NOW - 72 * HOUR, others));
    json_put(o, "ended", status_json(&m->here, KEY_LATER, NOW - HOUR, version));
    json_put(o, "theirs", status_json(&m->there, KEY_NOW, NOW - HOUR, none));
    json_put(o, "theirs_full", status_json(&m->there, KEY_NOW, NOW - HOUR, ours));
    json_put(o, "partly", status_json(&m->here, KEY_NOW, NOW - HOUR, one));
    json_put(o, "all", status_json(&m->here, KEY_NOW, NOW - HOUR, all));
    return o;
}

static const json_t *expectation(json_t *file, const json_t *one);

static void write_cases(void)
{
    struct maker m = { .cases = json_array() };
    struct payload_permit list[3];
    city_make(&m.here, "乌海市", "1503", "https://zwfw.example/api/v1/status");
    city_make(&m.there, "赤峰市", "1504", "https://other.example/api/v1/status");
    city_make(&m.nobody, "无名市", "1505", "");
    struct payload p = licence_of(&m.here, "150302", list);
    struct payload_carried c = sign(&p, m.here.keys[KEY_NOW]);
    add_standing(&m, &p, text_of(&c));
    add_keys(&m, p);
    add_forged(&m, &p, &c);
    json_t *file = json_object();
    json_put_sv(file, "note", SV("Written by tests/unit/test_verdict.c (YZ_WRITE_CASES=1); read by it and by web/test/verify.test.ts"));
    json_put(file, "trust", trust_json(&m.here, &m.there, m.here.keys[KEY_NOW]));
    json_put(file, "other_trust", trust_json(&m.there, NULL, m.there.keys[KEY_NOW]));
    json_put(file, "lists", lists_json(&m));
    json_put(file, "cases", m.cases);
    json_put(file, "refused", bad_documents(&m));
    for (size_t i = 0; i < json_array_size(m.cases); i++) {
        json_t *one = json_array_get(m.cases, i);
        json_put(one, "expect", (json_t *)(uintptr_t)expectation(file, one));
    }
    char *path = arena_printf(arena, "%s/" CASES, getenv("YZ_SOURCE"));
    assert_int_equal(json_dump_file(file, path, JSON_INDENT(1)), 0);
    json_decref(file);
    city_free(&m.here);
    city_free(&m.there);
    city_free(&m.nobody);
}

/* ---- running ---- */

static void run(json_t *file, const json_t *one, struct verified *v)
{
    static struct status_list lists[8];
    struct trust_doc doc;
    const json_t *names = json_object_get(one, "lists");
    assert_int_equal(trust_doc_read(json_dump(arena, json_object_get(file, "trust"), true), arena,
                                    &doc, &err), 0);
    struct verify_in in = { .text = arena_sv(arena, json_sv(one, "text")), .lists = lists,
                            .n_lists = json_array_size(names), .now = json_i64(one, "now_ms", 0),
                            .signed_by = sm2_signed_by };
    struct trust *t = arena_alloc(arena, sizeof *t);
    *t = doc.trust;
    in.trust = t;
    for (size_t i = 0; i < in.n_lists; i++) {
        const json_t *list = json_object_get(json_object_get(file, "lists"),
                                             json_string_value(json_array_get(names, i)));
        assert_int_equal(status_doc_read(json_dump(arena, list, true), t, arena, &lists[i], &err), 0);
    }
    verify_offline(&in, arena, v);
}

/* {verdict, list, as_of_ms, number, issuer, permits: [state]} */
static const json_t *expectation(json_t *file, const json_t *one)
{
    static const char *const list[] = { "none", "old", "fresh" };
    struct verified v;
    json_t *o = json_object();
    json_t *permits = json_array();
    run(file, one, &v);
    json_put_sv(o, "verdict", sv_of(verdict_key(v.verdict)));
    json_put_sv(o, "number", v.payload.number);
    if (verdict_genuine(v.verdict)) {
        json_put_sv(o, "list", sv_of(list[v.list]));
        json_put_i64(o, "as_of_ms", v.as_of_ms);
        json_put_sv(o, "issuer", v.issuer->name);
    }
    for (size_t i = 0; i < v.payload.n_permits; i++)
        json_push_sv(permits, sv_of(permit_status_key(v.permits[i])));
    json_put(o, "permits", permits);
    return o;
}

static json_t *read_cases(void)
{
    json_t *file = json_parse(test_file(arena, CASES), &err);
    assert_non_null(file);
    return file;
}

static void test_cases(void **state)
{
    (void)state;
    json_t *file = read_cases();
    const json_t *one;
    size_t i;
    json_array_foreach(json_object_get(file, "cases"), i, one) {
        json_t *is = (json_t *)(uintptr_t)expectation(file, one);
        if (!json_equal(is, json_object_get(one, "expect")))
            fail_msg("%s: %s", json_string_value(json_object_get(one, "name")),
                     json_dump(arena, is, true).p);
        json_decref(is);
    }
    assert_true(i > 30);
    json_decref(file);
}

/* What each case of the file says by its name, so that a new file cannot say something else. */
static void test_names_of_the_cases(void **state)
{
    (void)state;
    static const struct { const char *name, *verdict; } must[] = {
        { "in force", "valid" }, { "in force, as a whole URL", "valid" },
        { "in force, the freshest of several lists counts", "valid" },
        { "no list at hand", "unconfirmed" }, { "the list is too old", "unconfirmed" },
        { "only another city's list", "unconfirmed" }, { "superseded", "superseded" },
        { "superseded by a list that is old now", "superseded" },
        { "one permit ended", "partly_revoked" }, { "all permits ended", "revoked" },
        { "format 1 has no bits", "unconfirmed" }, { "all permits past their dates", "expired" },
        { "the last day still counts", "unconfirmed" }, { "issued in the future", "future" },
        { "issued five minutes from now", "unconfirmed" }, { "key lost", "key_revoked" },
        { "key replaced later", "valid" }, { "key replaced before", "key_revoked" },
        { "new key", "valid" }, { "key not yet in use then", "key_revoked" },
        { "key of nobody", "unknown_key" }, { "another's key under our id", "forged" },
        { "our key for another city", "other_region" }, { "imported city", "valid" },
        { "imported city without its list", "unconfirmed" },
        { "imported city for our region", "other_region" }, { "holder changed", "forged" },
        { "signature with a bit turned", "forged" }, { "signature with r = 0", "forged" },
        { "signature with s above n", "forged" }, { "format 2 called format 1", "malformed" },
        { "in another's address", "replayed" }, { "cut off", "malformed" },
        { "cut to half", "malformed" }, { "stretched", "malformed" },
        { "in lower case", "malformed" }, { "empty", "malformed" },
        { "some other code", "malformed" }, { "a version that does not exist", "malformed" },
    };
    json_t *file = read_cases();
    const json_t *cases = json_object_get(file, "cases");
    for (size_t k = 0; k < COUNT_OF(must); k++) {
        const json_t *one;
        size_t i;
        bool found = false;
        json_array_foreach(cases, i, one)
            if (sv_is(json_sv(one, "name"), must[k].name)) {
                found = true;
                if (!sv_is(json_sv(json_object_get(one, "expect"), "verdict"), must[k].verdict))
                    fail_msg("%s: not %s", must[k].name, must[k].verdict);
            }
        if (!found)
            fail_msg("no case “%s”", must[k].name);
    }
    json_decref(file);
}

static void test_refused_documents(void **state)
{
    (void)state;
    json_t *file = read_cases();
    struct trust_doc trust, doc;
    struct status_list list;
    const json_t *one;
    size_t i;
    assert_int_equal(trust_doc_read(json_dump(arena, json_object_get(file, "trust"), true), arena,
                                    &trust, &err), 0);
    json_array_foreach(json_object_get(file, "refused"), i, one) {
        struct sv text = json_dump(arena, json_object_get(one, "doc"), true);
        int rc = sv_is(json_sv(one, "kind"), "trust")
                     ? trust_doc_read(text, arena, &doc, &err)
                     : status_doc_read(text, &trust.trust, arena, &list, &err);
        if (rc != ERR_INVALID)
            fail_msg("%s was taken", json_string_value(json_object_get(one, "name")));
    }
    assert_true(i >= 8);
    json_decref(file);
}

/* Every single character of a signed document that is changed is noticed. */
static void test_changed_documents(void **state)
{
    (void)state;
    struct city c;
    struct trust_doc doc;
    struct trust_doc good;
    struct status_list list;
    static const int some[] = { 5, -1 };
    city_make(&c, "乌海市", "1503", "");
    struct sv trust = dump(trust_json(&c, NULL, c.keys[KEY_NOW]));
    struct sv status = dump(status_json(&c, KEY_NOW, NOW, some));
    assert_int_equal(trust_doc_read(trust, arena, &good, &err), 0);
    assert_int_equal(status_doc_read(status, &good.trust, arena, &list, &err), 0);
    assert_true(status_bit(list.bits, 5));
    struct sv both[] = { trust, status };
    for (size_t d = 0; d < 2; d++)
        for (size_t i = 0; i < both[d].n; i += 3) {
            struct arena *a = arena_new();
            struct err e;
            err_init(&e, a);
            char *p = arena_dup(a, both[d]);
            p[i] = p[i] == '1' ? '2' : '1';
            struct sv text = sv_make(p, both[d].n);
            int rc = d ? status_doc_read(text, &good.trust, a, &list, &e)
                       : trust_doc_read(text, a, &doc, &e);
            /* "created" tells people when; the signed time is another member. */
            bool in_proof = memmem(p, i, "\"proof\"", 7) != NULL;
            if (rc == 0 && !in_proof)
                fail_msg("a change at %zu of %s was not noticed: %.40s", i, d ? "status" : "trust",
                         p + (i < 20 ? 0 : i - 20));
            arena_free(a);
        }
    city_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_names_of_the_cases),
        cmocka_unit_test(test_refused_documents),
        cmocka_unit_test(test_changed_documents),
    };
    if (getenv("YZ_WRITE_CASES")) {
        void *none = NULL;
        set_up(&none);
        write_cases();
        tear_down(&none);
        return 0;
    }
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
