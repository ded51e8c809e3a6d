/* fold: the licence as a function of permit events (P23, P25), by cases, and against a reference that
 * looks at each permit for itself. */
#include "domain/licence/fold.h"
#include "test.h"

static struct arena *arena;
static struct err err;

static int setup(void **state)
{
    (void)state;
    arena = arena_new();
    err_init(&err, arena);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

#define NO_DATES .valid_from = DATE_NONE, .valid_until = DATE_NONE
#define GRANT(id, day, num, until_, who)                                                          \
    { .act = ACT_GRANT, .permit = id, .on = day, .number = SV(num), .valid_from = day,            \
      .valid_until = until_, .no_end = (until_) == DATE_NONE, .holder = SV(who),                  \
      .person = SV("张三"), .address = SV("甲路1号") }
#define FOLD(events) licence_fold(events, sizeof(events) / sizeof(events)[0], arena, &f, &err)

static void test_P23_life(void **state)
{
    (void)state;
    struct licence_fold f;
    const struct permit_event life[] = {
        GRANT(1, 100, "A1", 1000, "甲店"), GRANT(2, 101, "B1", DATE_NONE, "甲店"),
        { .act = ACT_AMEND_PERMIT, .permit = 1, .on = 200, NO_DATES, .holder = SV("甲店"),
          .address = SV("乙路2号") },
        { .act = ACT_AMEND_PERMIT, .permit = 2, .on = 201, NO_DATES, .address = SV("乙路2号") },
        { .act = ACT_RENEW_PERMIT, .permit = 1, .on = 900, .valid_from = 1001, .valid_until = 3000 },
        { .act = ACT_REVOKE_PERMIT, .permit = 2, .on = 950, NO_DATES },
        { .act = ACT_EXPIRE_PERMIT, .permit = 1, .on = 3001, NO_DATES },
    };
    static const struct { size_t n, valid; int32_t expires; const char *address; } after[] = {
        { 1, 1, 1000, "甲路1号" }, { 2, 2, DATE_NONE, "甲路1号" }, { 3, 2, DATE_NONE, "乙路2号" },
        { 4, 2, DATE_NONE, "乙路2号" }, { 5, 2, DATE_NONE, "乙路2号" }, { 6, 1, 3000, "乙路2号" },
        { 7, 0, DATE_NONE, "" },
    };
    for (size_t i = 0; i < sizeof after / sizeof after[0]; i++) {
        assert_int_equal(licence_fold(life, after[i].n, arena, &f, &err), 0);
        assert_int_equal(f.n_valid, after[i].valid);
        assert_int_equal(f.expires_on, after[i].expires);
        assert_true(sv_is(f.address, after[i].address));
        /* Moved on the licence, and not yet for the second permit: it is behind. */
        assert_true(f.n_permits < 2 || f.permits[1].behind == (after[i].n == 3));
    }
    assert_int_equal(f.permits[0].state, PERMIT_EXPIRED);
    assert_int_equal(f.permits[0].valid_until, 3000);
    assert_int_equal(f.permits[1].state, PERMIT_REVOKED);
}

/* When the permit that spoke last is gone, the licence says what the remaining ones say. */
static void test_P23_holder_of_what_is_left(void **state)
{
    (void)state;
    struct licence_fold f;
    const struct permit_event moved[] = {
        GRANT(1, 100, "A1", 1000, "甲店"), GRANT(2, 100, "B1", 1000, "甲店"),
        { .act = ACT_AMEND_PERMIT, .permit = 2, .on = 200, NO_DATES, .holder = SV("新甲店") },
        { .act = ACT_FORFEIT_PERMIT, .permit = 2, .on = 300, NO_DATES },
    };
    assert_int_equal(licence_fold(moved, 3, arena, &f, &err), 0);
    assert_true(sv_is(f.holder, "新甲店") && f.permits[0].behind && !f.permits[1].behind);
    assert_int_equal(licence_fold(moved, 4, arena, &f, &err), 0);
    assert_true(sv_is(f.holder, "甲店") && !f.permits[0].behind);
}

static void test_refused(void **state)
{
    (void)state;
    struct licence_fold f;
    const struct permit_event twice[] = { GRANT(1, 1, "A", 9, "x"), GRANT(1, 1, "A", 9, "x") };
    const struct permit_event unknown[] = { GRANT(1, 1, "A", 9, "x"),
        { .act = ACT_REVOKE_PERMIT, .permit = 2, .on = 2, NO_DATES } };
    const struct permit_event gone[] = { GRANT(1, 1, "A", 9, "x"),
        { .act = ACT_REVOKE_PERMIT, .permit = 1, .on = 2, NO_DATES },
        { .act = ACT_AMEND_PERMIT, .permit = 1, .on = 3, NO_DATES } };
    const struct permit_event back[] = { GRANT(1, 5, "A", 9, "x"),
        { .act = ACT_AMEND_PERMIT, .permit = 1, .on = 4, NO_DATES } };
    const struct permit_event strange[] = { GRANT(1, 5, "A", 9, "x"),
        { .act = ACT_SUBMIT, .permit = 1, .on = 6, NO_DATES } };
    assert_int_equal(FOLD(twice), ERR_REFUSED);
    assert_non_null(strstr(err.detail, "第 2 项"));
    assert_int_equal(FOLD(unknown), ERR_REFUSED);
    assert_int_equal(FOLD(gone), ERR_REFUSED);
    assert_non_null(strstr(err.detail, "已撤销的许可不能变更许可"));
    assert_int_equal(FOLD(back), ERR_REFUSED);
    assert_int_equal(FOLD(strange), ERR_REFUSED);
    assert_int_equal(licence_fold(NULL, 0, arena, &f, &err), 0);
    assert_int_equal(f.n_valid, 0);
}

/* ---- random lives against a reference ---- */

static uint64_t seed = 20261124;
static unsigned dice(unsigned sides)
{
    seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
    return (unsigned)(seed >> 33) % sides;
}

enum { LIFE = 40, KINDS = 5 };
static const char *const NAMES[] = { "甲店", "乙店", "丙店" };
static const enum act CHANGES[] = { ACT_AMEND_PERMIT, ACT_RENEW_PERMIT, ACT_REPLACE_PERMIT,
                                    ACT_EXPIRE_PERMIT, ACT_WITHDRAW_PERMIT, ACT_REVOKE_PERMIT,
                                    ACT_CANCEL_PERMIT, ACT_FORFEIT_PERMIT };

static size_t random_life(struct permit_event *v)
{
    size_t n = 0;
    bool granted[KINDS] = { false }, alive[KINDS] = { false };
    int32_t day = 1000;
    while (n < LIFE) {
        unsigned k = dice(KINDS);
        day += (int32_t)dice(3);
        if (!granted[k]) {
            v[n++] = (struct permit_event)GRANT(k + 1, day, "N", DATE_NONE, "甲店");
            v[n - 1].holder = sv_of(NAMES[dice(3)]);
            granted[k] = alive[k] = true;
        } else if (alive[k]) {
            enum act act = CHANGES[dice(10) < 8 ? dice(3) : dice(8)];
            v[n] = (struct permit_event){ .act = act, .permit = k + 1, .on = day, NO_DATES };
            if (act == ACT_AMEND_PERMIT)
                v[n].holder = sv_of(NAMES[dice(3)]);
            if (act == ACT_RENEW_PERMIT)
                v[n].valid_until = day + 1000 + (int32_t)dice(100);
            alive[k] = act == ACT_AMEND_PERMIT || act == ACT_RENEW_PERMIT || act == ACT_REPLACE_PERMIT;
            n++;
        } else {
            bool any = false;
            for (unsigned i = 0; i < KINDS; i++)
                any |= alive[i] || !granted[i];
            if (!any)
                break;
        }
    }
    return n;
}

/* What one permit says, by looking backwards for each fact. */
static void check_permit(const struct permit_event *v, size_t n, const struct licence_permit *p,
                         const struct licence_fold *f)
{
    struct sv holder = SV("");
    int32_t until = DATE_NONE;
    enum act last = ACT_GRANT;
    for (size_t i = 0; i < n; i++)
        if (v[i].permit == p->id) {
            last = v[i].act;
            holder = v[i].holder.n ? v[i].holder : holder;
            until = v[i].valid_until != DATE_NONE ? v[i].valid_until : until;
        }
    bool valid = last == ACT_GRANT || last == ACT_AMEND_PERMIT || last == ACT_RENEW_PERMIT ||
                 last == ACT_REPLACE_PERMIT;
    assert_int_equal(p->state == PERMIT_VALID, valid);
    assert_true(sv_eq(p->holder, holder));
    assert_int_equal(p->valid_until, until);
    assert_int_equal(p->behind, valid && !sv_eq(holder, f->holder));
}

static void test_P25_random_lives(void **state)
{
    (void)state;
    struct permit_event v[LIFE];
    struct licence_fold f;
    size_t voids = 0;
    for (int round = 0; round < 5000; round++) {
        size_t n = random_life(v);
        struct arena *a = arena_new();
        for (size_t k = 1; k <= n; k++) {
            size_t valid = 0;
            assert_int_equal(licence_fold(v, k, a, &f, &err), 0);
            for (size_t i = 0; i < f.n_permits; i++) {
                check_permit(v, k, &f.permits[i], &f);
                valid += f.permits[i].state == PERMIT_VALID;
            }
            assert_int_equal(f.n_valid, valid);
            assert_int_equal(valid == 0, f.holder.n == 0);
            voids += valid == 0;
        }
        arena_free(a);
    }
    assert_true(voids > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_P23_life),
        cmocka_unit_test(test_P23_holder_of_what_is_left),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_P25_random_lives),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
