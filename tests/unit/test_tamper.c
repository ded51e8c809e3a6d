/* tamper: a hundred thousand changed licences, none accepted (YZ_TAMPERED sets how many; `make soak`
 * has all of them). What is accepted must be exactly what was issued; genuine texts in between show
 * that the verifier was not simply refusing everything. */
#include "test_verify_fixture.h"

enum { DEFAULT_COUNT = 20000, LICENCES = 8 };

static const unsigned char ORDER[32] = { /* n of the curve */
    0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0x72, 0x03, 0xdf, 0x6b, 0x21, 0xc6, 0x05, 0x2b, 0x53, 0xbb, 0xf4, 0x09, 0x39, 0xd5, 0x41, 0x23,
};

static struct city here, there, nobody;
static struct trust trust;
static struct trust_issuer issuers[2];
static struct payload good[LICENCES];
static struct payload_permit permits[LICENCES][3];
static struct payload_carried carried[LICENCES];
static struct sv texts[LICENCES];
static uint64_t seed = 20261124;

static size_t pick(size_t n)
{
    return (size_t)(test_random(&seed) >> 17) % n;
}

static int set_up(void **state)
{
    (void)state;
    arena = arena_new();
    err_init(&err, arena);
    city_make(&here, "乌海市", "1503", "");
    city_make(&there, "赤峰市", "1504", "");
    city_make(&nobody, "无名市", "1505", "");
    issuers[0] = here.issuer;
    issuers[1] = there.issuer;
    trust = (struct trust){ issuers, 2 };
    for (size_t i = 0; i < LICENCES; i++) {
        good[i] = licence_of(i % 2 ? &there : &here, i % 2 ? "150402" : "150302", permits[i]);
        good[i].version = 1 + (int64_t)i;
        good[i].number = arena_printf_sv(arena, "WHZH15030202202600%04zu", i);
        good[i].short_id = arena_printf_sv(arena, "7K3QD9XM%02zu", i);
        if (i >= LICENCES - 2)
            good[i].format = 1, good[i].status_index = -1;
        carried[i] = sign(&good[i], (i % 2 ? there : here).keys[KEY_NOW]);
        texts[i] = text_of(&carried[i]);
    }
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    city_free(&here);
    city_free(&there);
    city_free(&nobody);
    arena_free(arena);
    return 0;
}

static enum verdict verdict_of(struct sv text, struct arena *a)
{
    struct verified v;
    struct verify_in in = { .text = text, .trust = &trust, .now = NOW, .signed_by = sm2_signed_by };
    verify_offline(&in, a, &v);
    return v.verdict;
}

/* ---- ways to change a licence: each gives another text ---- */

static struct sv bits_turned(size_t i)
{
    struct payload_carried c = carried[i];
    size_t n = c.bytes.n + sizeof c.sig;
    c.bytes = arena_sv(arena, c.bytes);
    for (size_t k = 1 + pick(3); k > 0; k--) {
        size_t at = pick(n);
        unsigned char bit = (unsigned char)(1u << pick(8));
        unsigned char *p = at < c.bytes.n ? (unsigned char *)(uintptr_t)c.bytes.p + at
                                          : &c.sig[at - c.bytes.n];
        *p ^= bit;
    }
    return text_of(&c);
}

static struct sv characters_changed(size_t i)
{
    static const char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ$*-./";
    char *p = arena_dup(arena, texts[i]);
    for (size_t k = 1 + pick(4); k > 0; k--)
        p[pick(texts[i].n)] = alphabet[pick(41)];
    return sv_make(p, texts[i].n);
}

static struct sv cut_or_stretched(size_t i)
{
    if (pick(2))
        return sv_make(texts[i].p, pick(texts[i].n));
    return arena_printf_sv(arena, "%s%.*s", texts[i].p, 1 + (int)pick(6), "00000000");
}

/* The content of one licence altered, or swapped with another's, under the old signature. */
static struct sv fields_swapped(size_t i)
{
    size_t k = pick(LICENCES);
    struct payload p = good[i];
    struct payload_permit list[3];
    memcpy(list, permits[i], sizeof list);
    p.permits = list;
    switch (pick(9)) {
    case 0: p.holder = SV("别家便利店"); break;
    case 1: p.number = good[k].number; p.version++; break;
    case 2: p.version += 1 + (int64_t)pick(5); break;
    case 3: list[pick(3)].valid_until = date_of(2050, 1, 1 + (int)pick(28)); break;
    case 4: list[pick(3)].status_index = 100 + (int64_t)pick(100000); break;
    case 5: p.short_id = SV("ZZZZZZZZZZ"); break;
    case 6: p.n_permits = 1 + pick(2); break;
    case 7: p.region = SV("150303"); break;
    default: p.issued_at += 1 + (int64_t)pick(1000); break;
    }
    struct payload_carried c = sign(&p, nobody.keys[KEY_NOW]);
    memcpy(c.sig, carried[i].sig, sizeof c.sig);
    return text_of(&c);
}

static void negate(unsigned char v[32])
{
    int borrow = 0;
    for (int b = 31; b >= 0; b--) {
        int d = ORDER[b] - v[b] - borrow;
        borrow = d < 0;
        v[b] = (unsigned char)(d + (borrow ? 256 : 0));
    }
}

static struct sv signature_bent(size_t i)
{
    struct payload_carried c = carried[i];
    unsigned char half[32];
    switch (pick(7)) {
    case 0: negate(c.sig + 32); break;                        /* (r, n - s) */
    case 1: negate(c.sig); break;                             /* (n - r, s) */
    case 2: negate(c.sig); negate(c.sig + 32); break;
    case 3:
        memcpy(half, c.sig, 32);
        memcpy(c.sig, c.sig + 32, 32);
        memcpy(c.sig + 32, half, 32);
        break;
    case 4: memset(c.sig + (pick(2) ? 32 : 0), 0, 32); break;
    case 5: memcpy(c.sig + (pick(2) ? 32 : 0), ORDER, 32); break;
    default: memcpy(c.sig, carried[(i + 1) % LICENCES].sig, sizeof c.sig); break;
    }
    return text_of(&c);
}

/* Signed well, by somebody who may not sign this. */
static struct sv other_key(size_t i)
{
    struct payload p = good[i];
    const struct city *own = i % 2 ? &there : &here;
    const struct city *neighbour = i % 2 ? &here : &there;
    const struct sm2_key *key = nobody.keys[pick(CITY_KEYS)]; /* under the bureau's own key id */
    switch (pick(5)) {
    case 0: p.key_id = nobody.trusted[KEY_NOW].id; key = nobody.keys[KEY_NOW]; break;
    case 1: p.key_id = neighbour->trusted[KEY_NOW].id; key = neighbour->keys[KEY_NOW]; break;
    case 2: p.key_id = own->trusted[KEY_STOLEN].id; key = own->keys[KEY_STOLEN]; break;
    case 3: p.key_id = own->trusted[KEY_LATER].id; key = own->keys[KEY_LATER]; break;
    default: break;
    }
    struct payload_carried c = sign(&p, key);
    return text_of(&c);
}

/* A region that is not the signer's, signed by the signer's true key. */
static struct sv other_city(size_t i)
{
    static const char *const regions[] = { "110101", "150402", "150302", "153002", "150502" };
    struct payload p = good[i];
    do
        p.region = sv_of(regions[pick(COUNT_OF(regions))]);
    while (sv_starts(p.region, (i % 2 ? there : here).issuer.region));
    struct payload_carried c = sign(&p, (i % 2 ? there : here).keys[KEY_NOW]);
    return text_of(&c);
}

/* The same content carried in another way, or called another format, under its good signature. */
static struct sv carried_otherwise(size_t i)
{
    struct payload_carried c = carried[i];
    if (pick(2)) {
        c.format = 3 - c.format;
        return text_of(&c);
    }
    c.bytes = arena_sv(arena, c.bytes);
    char *flag = (char *)(uintptr_t)c.bytes.p;
    *flag = (char)((*flag + 1 + (int)pick(2)) % 3);
    return text_of(&c);
}

/* A genuine text in the address of another licence. */
static struct sv moved(size_t i)
{
    return url_of(good[(i + 1 + pick(LICENCES - 1)) % LICENCES].short_id.p, texts[i]);
}

static const struct { const char *name; struct sv (*change)(size_t i); } WAYS[] = {
    { "bits turned", bits_turned },           { "characters changed", characters_changed },
    { "cut or stretched", cut_or_stretched }, { "fields swapped", fields_swapped },
    { "signature bent", signature_bent },     { "another key", other_key },
    { "another city", other_city },           { "carried otherwise", carried_otherwise },
    { "in another address", moved },
};

/* Bits turned twice, or a character for itself, may give the text again. */
static bool is_genuine(struct sv text)
{
    for (size_t i = 0; i < LICENCES; i++)
        if (sv_eq(text, texts[i]))
            return true;
    return false;
}

static void test_none_is_accepted(void **state)
{
    (void)state;
    const char *wanted = getenv("YZ_TAMPERED");
    int64_t count = DEFAULT_COUNT;
    size_t tried[COUNT_OF(WAYS)] = { 0 };
    size_t verdicts[VERDICTS] = { 0 };
    struct arena *group = arena;
    if (wanted && !sv_to_i64(sv_of(wanted), &count))
        fail_msg("YZ_TAMPERED is not a number: %s", wanted);
    double begin = test_seconds();
    for (int64_t n = 0; n < count;) {
        arena = arena_new();
        err_init(&err, arena);
        size_t way = (size_t)n % COUNT_OF(WAYS);
        size_t i = pick(LICENCES);
        struct sv text = WAYS[way].change(i);
        if (n % 1000 == 0)
            assert_true(verdict_genuine(verdict_of(texts[i], arena)));
        if (!is_genuine(text)) {
            enum verdict v = verdict_of(text, arena);
            if (verdict_genuine(v))
                fail_msg("accepted as %s (%s): %.*s", verdict_key(v), WAYS[way].name, (int)text.n,
                         text.p);
            tried[way]++;
            verdicts[v]++;
            n++;
        }
        arena_free(arena);
    }
    arena = group;
    err_init(&err, arena);
    for (size_t w = 0; w < COUNT_OF(WAYS); w++)
        print_message("%-20s %zu\n", WAYS[w].name, tried[w]);
    for (size_t v = 0; v < VERDICTS; v++)
        if (verdicts[v])
            print_message("refused as %-14s %zu\n", verdict_key((enum verdict)v), verdicts[v]);
    print_message("%lld tampered payloads, 0 accepted, %.1f s\n", (long long)count,
                  test_seconds() - begin);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_none_is_accepted) };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
