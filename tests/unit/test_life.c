/* life: random permit events, sensible and senseless, in random order and by several threads at once, against the real
 * service and database (P23-P25, P27). A model that knows none of its code says what must come of them: each licence
 * equals the model, has one current version, and no print but the current one is ever valid.
 *
 * The seed is printed; YZ_SEED repeats a run, YZ_ACTS makes it longer. */
#include <pthread.h>

#include "service/demo.h"
#include "service/ledger.h"
#include "service/licence.h"
#include "service/permits.h"
#include "service/status.h"
#include "service/trust.h"
#include "sys/clock.h"
#include "sys/ids.h"
#include "test.h"

enum { PERMITS_MAX = 600, LICENCES_MAX = 300, TRIES = 2500, TRIES_SLOW = 400, THREADS = 4,
       THREAD_TRIES = 150, THREAD_LICENCES = 3 };

/* What the model knows of a permit. */
struct model {
    int64_t id, version, spoke; /* spoke: when it last said whose it is; 0 never */
    size_t licence;
    char department[32], state[16], number[64], holder[160], person[64], address[240];
    int32_t since, until;
};
struct known { char number[48]; int64_t version, case_id; char region[8]; };

static struct app *app;
static struct arena *keep, *scratch;
static char *folder;
static struct model permits[PERMITS_MAX];
static struct known licences[LICENCES_MAX];
static size_t n_permits, n_licences;
static int64_t now, tried, passed, spoken;
static uint64_t seed;
static struct err quiet;

static uint64_t dice(uint64_t sides)
{
    return (test_random(&seed) >> 11) % sides;
}

static bool chance(unsigned percent)
{
    return dice(100) < percent;
}

static void keep_text(char *to, size_t size, struct sv text)
{
    assert_true(text.n < size);
    memcpy(to, text.p, text.n);
    to[text.n] = '\0';
}
#define KEEP(field, text) keep_text(field, sizeof(field), text)

/* ---- what is there at first ---- */

static int read_permits(struct db_conn *c, void *ctx, struct err *e)
{
    (void)ctx;
    struct permit_row *rows;
    size_t n;
    int rc = permit_scan(c, 0, PERMITS_MAX, scratch, &rows, &n, e);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        size_t at = 0;
        while (at < n_licences && !sv_is(rows[i].licence_number, licences[at].number))
            at++;
        if (at == n_licences) /* granted, its case not issued yet */
            continue;
        struct model *m = &permits[n_permits++];
        *m = (struct model){ .id = rows[i].id, .version = rows[i].version, .licence = at,
                             .since = rows[i].granted_on, .until = rows[i].valid_until };
        KEEP(m->department, rows[i].department);
        KEEP(m->state, rows[i].state);
        KEEP(m->number, rows[i].number);
        KEEP(m->holder, rows[i].holder);
        KEEP(m->person, rows[i].person);
        KEEP(m->address, rows[i].address);
    }
    return rc;
}

static int read_licences(struct db_conn *c, void *ctx, struct err *e)
{
    (void)ctx;
    struct licence_row *rows;
    size_t n;
    int rc = licence_scan(c, SV(""), 0, LICENCES_MAX, scratch, &rows, &n, e);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        struct known *k = &licences[n_licences++];
        *k = (struct known){ .version = rows[i].version, .case_id = rows[i].case_id };
        KEEP(k->number, rows[i].number);
        KEEP(k->region, rows[i].region);
    }
    return rc;
}

/* Grants speak in the order of the log. */
static int read_grants(struct db_conn *c, void *ctx, struct err *e)
{
    (void)ctx;
    struct permit_event_row *rows;
    size_t n;
    int rc = permit_event_scan(c, 0, 10 * PERMITS_MAX, scratch, &rows, &n, e);
    for (size_t i = 0; rc == 0 && i < n; i++)
        for (size_t k = 0; k < n_permits; k++)
            if (permits[k].id == rows[i].permit_id) {
                permits[k].spoke = rows[i].ledger_seq + 1;
                spoken = permits[k].spoke > spoken ? permits[k].spoke : spoken;
            }
    return rc;
}

/* ---- what must be so ---- */

struct seen { size_t at; struct arena *arena; struct licence_row *rows; size_t n;
              struct permit_row *permits; size_t n_permits; };

static int look(struct db_conn *c, void *ctx, struct err *e)
{
    struct seen *s = ctx;
    int rc = licence_versions(c, sv_of(licences[s->at].number), s->arena, &s->rows, &s->n, e);
    return rc == 0 ? permit_list_licence(c, sv_of(licences[s->at].number), s->arena, &s->permits,
                                         &s->n_permits, e) : rc;
}

#define MUST(holds, what)                                                                         \
    do {                                                                                          \
        if (!(holds))                                                                             \
            fail_msg("%s, after %lld tries: %s", licences[at].number, (long long)tried, what);    \
    } while (0)

static void check_permits(size_t at, const struct seen *s)
{
    size_t mine = 0;
    for (size_t k = 0; k < n_permits; k++) {
        const struct model *m = &permits[k];
        if (m->licence != at)
            continue;
        const struct permit_row *p = NULL;
        for (size_t i = 0; i < s->n_permits && !p; i++)
            p = s->permits[i].id == m->id ? &s->permits[i] : NULL;
        mine++;
        MUST(p, "a permit is gone");
        MUST(sv_is(p->state, m->state), "state of a permit");
        MUST(sv_is(p->number, m->number) && p->valid_until == m->until, "facts of a permit");
        MUST(p->version == m->version, "version of a permit");
        MUST(sv_is(p->holder, m->holder) && sv_is(p->address, m->address), "holder of a permit");
    }
    MUST(mine == s->n_permits, "a permit from nowhere");
}

/* The licence as the model has it, against the newest version and what is signed of it. */
static void check_current(size_t at, const struct licence_row *l, const struct payload *signed_)
{
    const struct model *speaks = NULL;
    size_t valid = 0, listed = 0;
    int32_t until = INT32_MIN + 1; /* DATE_NONE: no end */
    for (size_t k = 0; k < n_permits; k++) {
        const struct model *m = &permits[k];
        if (m->licence != at || strcmp(m->state, "valid") != 0)
            continue;
        valid++;
        until = m->until == DATE_NONE || until == DATE_NONE ? DATE_NONE : m->until > until ? m->until : until;
        if (!speaks || m->spoke > speaks->spoke)
            speaks = m;
        for (size_t i = 0; i < signed_->n_permits; i++)
            listed += sv_is(signed_->permits[i].number, m->number) &&
                      signed_->permits[i].valid_until == m->until;
    }
    MUST(l->version == licences[at].version, "a version too many, or none where one was due");
    MUST(sv_is(l->state, valid ? "valid" : "void"), "state of the licence");
    MUST((size_t)l->permits_valid == valid && signed_->n_permits == valid && listed == valid,
         "the permits on the licence");
    MUST(!valid || l->expires_on == until, "until when it holds");
    MUST(!speaks || (sv_is(l->holder, speaks->holder) && sv_is(l->person, speaks->person) &&
                     sv_is(l->address, speaks->address)), "whose licence it is");
    MUST(sv_eq(signed_->holder, l->holder) && signed_->version == l->version, "what is signed");
}

struct proof { struct trust trust; const struct status_list *lists; size_t n_lists; };

static void verify(const struct proof *by, struct sv text, struct verified *out)
{
    struct verify_in in = { .text = text, .trust = &by->trust, .lists = by->lists,
                            .n_lists = by->n_lists, .now = now, .signed_by = sm2_signed_by };
    verify_offline(&in, scratch, out);
}

/* Trust and status lists as published now. */
static struct proof published(void)
{
    struct proof p = { .n_lists = 0 };
    err_clear(&quiet);
    now += STATUS_FRESH_MS + 1; /* nobody is told of changes sooner */
    if (trust_load(app, scratch, &p.trust, &quiet) != 0 ||
        status_now(app, now, scratch, &p.lists, &p.n_lists, &quiet) != 0)
        fail_msg("%s", err_text(&quiet));
    return p;
}

/* One current version; of the older ones, the newest `deep` are tried as prints. */
static void check_prints(size_t at, const struct seen *s, const struct proof *by, size_t deep)
{
    struct verified v;
    for (size_t i = 0; i < s->n; i++) {
        const struct licence_row *l = &s->rows[i];
        MUST(l->version == (int64_t)(s->n - i), "versions in order, none missing");
        MUST(l->current == (i == 0), "one current version, the newest");
        MUST(i == 0 || (sv_is(l->state, "superseded") && l->ended_on != DATE_NONE), "an old version");
        if (i > deep)
            continue;
        verify(by, licence_qr_text(app, l, scratch), &v);
        bool good = v.verdict == VERDICT_VALID;
        MUST(verdict_genuine(v.verdict), "a print that we signed");
        MUST(good == (i == 0 && sv_is(l->state, "valid")), "what a print is worth");
        if (i == 0)
            check_current(at, l, &v.payload);
    }
}

static void check(size_t at, size_t deep)
{
    struct seen s = { .at = at, .arena = scratch };
    struct proof by = published();
    if (db_read(app->db, look, &s, &quiet) != 0)
        fail_msg("%s", err_text(&quiet));
    check_permits(at, &s);
    check_prints(at, &s, &by, deep);
}

/* ---- what is done ---- */

struct trial { struct model *m; enum act act; struct permit_notice in; struct actor who;
               struct command cmd; bool own; };

static const enum act OTHERS[] = { ACT_WITHDRAW_PERMIT, ACT_REVOKE_PERMIT, ACT_CANCEL_PERMIT,
                                   ACT_FORFEIT_PERMIT, ACT_RENEW_PERMIT, ACT_EXPIRE_PERMIT };

static void some_change(struct trial *t)
{
    int32_t today = date_of_ms(now);
    if (chance(40))
        t->in.address = arena_printf_sv(scratch, "示例街%d号", (int)dice(9000));
    if (chance(30))
        t->in.holder = arena_printf_sv(scratch, "（示例）商户%d", (int)dice(9000));
    if (chance(20))
        t->in.number = arena_printf_sv(scratch, "示例许可%lld", (long long)tried);
    if (chance(20))
        t->in.valid_until = today + (int32_t)dice(2000);
    t->in.no_end = t->in.valid_until == DATE_NONE && chance(5);
}

static struct trial some_trial(void)
{
    struct model *m = &permits[dice(n_permits)];
    struct trial t = { .m = m, .act = chance(90) ? ACT_AMEND_PERMIT : OTHERS[dice(COUNT_OF(OTHERS))],
                       .in = { .on = DATE_NONE, .valid_until = DATE_NONE } };
    t.own = chance(93);
    t.who = (struct actor){ .id = 1, .role = ROLE_REVIEWER,
                            .department = t.own ? sv_of(m->department) : SV("D-WH-NONE") };
    t.cmd = (struct command){ .now = now, .if_match = m->version - chance(4) };
    t.in.document = chance(97) ? SV("示例〔2026〕1号") : SV("");
    t.in.reason = chance(97) ? SV("示例理由") : SV("");
    t.in.basis = chance(97) ? SV("示例依据") : SV("");
    if (chance(10))
        t.in.on = date_of_ms(now) - (int32_t)dice(400) + 2;
    if (t.act == ACT_AMEND_PERMIT || chance(3))
        some_change(&t);
    return t;
}

/* May this be done? In plain words of P24. */
static bool ought(const struct trial *t)
{
    const struct permit_notice *in = &t->in;
    int32_t today = date_of_ms(now);
    int32_t on = in->on == DATE_NONE ? today : in->on;
    bool amends = t->act == ACT_AMEND_PERMIT;
    bool valid = strcmp(t->m->state, "valid") == 0;
    bool changes = in->number.n || in->holder.n || in->address.n || in->no_end ||
                   in->valid_until != DATE_NONE;
    if (!t->own || t->cmd.if_match != t->m->version || on > today || on < t->m->since ||
        changes != amends || !permit_own_act(t->act) || !in->document.n)
        return false;
    if (amends)
        return valid && (t->m->until == DATE_NONE || on <= t->m->until);
    bool strikes_off = t->act == ACT_CANCEL_PERMIT && strcmp(t->m->state, "cancelled") != 0;
    return (valid || strikes_off) && in->reason.n && in->basis.n;
}

static void apply(const struct trial *t)
{
    static const struct { enum act act; const char *state; } ends[] = {
        { ACT_WITHDRAW_PERMIT, "withdrawn" }, { ACT_REVOKE_PERMIT, "revoked" },
        { ACT_CANCEL_PERMIT, "cancelled" }, { ACT_FORFEIT_PERMIT, "forfeited" } };
    struct model *m = t->m;
    for (size_t i = 0; i < COUNT_OF(ends); i++)
        if (ends[i].act == t->act)
            KEEP(m->state, sv_of(ends[i].state));
    if (t->in.number.n)
        KEEP(m->number, t->in.number);
    if (t->in.holder.n)
        KEEP(m->holder, t->in.holder);
    if (t->in.address.n)
        KEEP(m->address, t->in.address);
    if (t->in.holder.n || t->in.address.n)
        m->spoke = ++spoken;
    if (t->in.no_end || t->in.valid_until != DATE_NONE)
        m->until = t->in.valid_until;
    m->since = t->in.on == DATE_NONE ? date_of_ms(now) : t->in.on;
    m->version++;
    licences[m->licence].version++;
}

static void broken(int rc)
{
    if (rc == ERR_INTERNAL || rc == ERR_CORRUPT || rc == ERR_DB)
        fail_msg("try %lld broke: %s", (long long)tried, err_text(&quiet));
}

static size_t officer_acts(void)
{
    struct trial t = some_trial();
    t.cmd.actor = &t.who;
    bool may = ought(&t);
    int rc = permit_act(app, &t.cmd, t.m->id, t.act, &t.in, &quiet);
    broken(rc);
    if ((rc == 0) != may)
        fail_msg("try %lld, %s on a permit %s: %s", (long long)tried, act_key(t.act), t.m->state,
                 rc == 0 ? "was done and should not" : err_text(&quiet));
    if (rc == 0)
        apply(&t);
    passed += rc == 0;
    return t.m->licence;
}

static size_t bureau_reissues(void)
{
    size_t at = dice(n_licences);
    struct known *l = &licences[at];
    struct actor bureau = { .id = 2, .role = ROLE_BUREAU, .region = sv_of(l->region) };
    struct command cmd = { .actor = &bureau, .now = now, .if_match = l->version - chance(10) };
    bool valid = false;
    for (size_t k = 0; k < n_permits; k++)
        valid |= permits[k].licence == at && strcmp(permits[k].state, "valid") == 0;
    bool may = valid && cmd.if_match == l->version;
    int rc = licence_reissue(app, &cmd, sv_of(l->number), SV("示例"), &quiet);
    broken(rc);
    if ((rc == 0) != may)
        fail_msg("re-issue of %s: %s", l->number, rc ? err_text(&quiet) : "should not");
    l->version += rc == 0;
    passed += rc == 0;
    return at;
}

static size_t time_passes(void)
{
    now += (int64_t)(1 + dice(40)) * 86400000;
    if (permit_clock_run(app, now, &quiet) < 0)
        fail_msg("clock: %s", err_text(&quiet));
    for (size_t k = 0; k < n_permits; k++) {
        struct model *m = &permits[k];
        if (strcmp(m->state, "valid") != 0 || m->until == DATE_NONE || m->until >= date_of_ms(now))
            continue;
        KEEP(m->state, SV("expired"));
        m->since = m->until + 1;
        m->version++;
        licences[m->licence].version++;
    }
    for (size_t at = 0; at < n_licences; at++)
        check(at, 1);
    return 0;
}

static void test_P23_random_events(void **state)
{
    (void)state;
    const char *wanted = getenv("YZ_ACTS");
    int64_t tries = wanted ? atoll(wanted) : getenv("YZ_SLOW") ? TRIES_SLOW : TRIES;
    print_message("seed %llu, %lld tries, %zu licences with %zu permits\n",
                  (unsigned long long)seed, (long long)tries, n_licences, n_permits);
    for (tried = 0; tried < tries; tried++) {
        uint64_t what = dice(100);
        arena_reset(scratch);
        err_clear(&quiet);
        now += 1000;
        check(what < 85 ? officer_acts() : what < 99 ? bureau_reissues() : time_passes(), 2);
    }
    for (size_t at = 0; at < n_licences; at++)
        check(at, SIZE_MAX);
    print_message("%lld of them took effect\n", (long long)passed);
    assert_true(passed > tries / 4);
}

/* ---- at once ---- */

struct worker { pthread_t thread; uint64_t seed; int64_t done[LICENCES_MAX]; int64_t broke; };
static _Atomic bool over;
static _Atomic int64_t two_current, watched;

static int read_one(struct db_conn *c, void *ctx, struct err *e)
{
    struct permit_row *p = ctx;
    return permit_find(c, p->id, e->arena, p, e);
}

/* Amends, ends, re-issues: whatever the permit is now, with the version that was read a moment ago. */
static void *work(void *arg)
{
    struct worker *w = arg;
    struct arena *a = arena_new();
    for (int i = 0; i < THREAD_TRIES; i++) {
        struct err e;
        uint64_t r = test_random(&w->seed);
        arena_reset(a);
        err_init(&e, a);
        struct model *m = &permits[r % n_permits];
        while (m->licence >= THREAD_LICENCES) /* few, so that they meet */
            m = m + 1 < permits + n_permits ? m + 1 : permits;
        struct permit_row p = { .id = m->id };
        if (db_read(app->db, read_one, &p, &e) != 1)
            w->broke++;
        struct actor who = { .id = 1, .role = ROLE_REVIEWER, .department = p.department };
        struct command cmd = { .actor = &who, .now = now, .if_match = p.version };
        struct permit_notice in = { .document = SV("示例"), .reason = SV("示例"), .basis = SV("示例"),
                                    .on = DATE_NONE, .valid_until = DATE_NONE };
        bool amend = r >> 20 & 255;
        if (amend)
            in.address = arena_printf_sv(a, "示例街%d号", (int)(r >> 30 & 1023));
        int rc = permit_act(app, &cmd, m->id, amend ? ACT_AMEND_PERMIT : ACT_REVOKE_PERMIT, &in, &e);
        w->done[m->licence] += rc == 0;
        w->broke += rc == ERR_INTERNAL || rc == ERR_CORRUPT;
    }
    arena_free(a);
    return NULL;
}

/* Never two current versions, never none: looked at all the while. */
static void *watch(void *arg)
{
    struct arena *a = arena_new();
    (void)arg;
    while (!over) {
        for (size_t at = 0; at < THREAD_LICENCES; at++) {
            struct err e;
            size_t current = 0;
            arena_reset(a);
            err_init(&e, a);
            struct seen s = { .at = at, .arena = a };
            if (db_read(app->db, look, &s, &e) != 0)
                continue;
            for (size_t i = 0; i < s.n; i++)
                current += s.rows[i].current;
            two_current += current != 1;
            watched++;
        }
    }
    arena_free(a);
    return NULL;
}

/* What the threads did is in the log: the model follows it, each event as it was recorded. */
static int follow(struct db_conn *c, void *ctx, struct err *e)
{
    size_t at = *(size_t *)ctx;
    struct permit_event_row *rows;
    size_t n;
    int rc = permit_events_licence(c, sv_of(licences[at].number), scratch, &rows, &n, e);
    for (size_t k = 0; rc == 0 && k < n_permits; k++) {
        int64_t events = 0;
        struct model *m = &permits[k];
        for (size_t i = 0; m->licence == at && i < n; i++) {
            if (rows[i].permit_id != m->id)
                continue;
            events++;
            m->since = rows[i].effective_on;
            if (rows[i].address.n)
                KEEP(m->address, rows[i].address);
            if (rows[i].address.n || rows[i].holder.n)
                m->spoke = rows[i].ledger_seq + 1;
            if (rows[i].act == ACT_REVOKE_PERMIT)
                KEEP(m->state, SV("revoked"));
        }
        spoken = m->spoke > spoken ? m->spoke : spoken;
        m->version = m->licence == at ? events : m->version; /* the grant made the first */
    }
    return rc;
}

static void test_P23_at_once(void **state)
{
    (void)state;
    static struct worker workers[THREADS];
    pthread_t watcher;
    arena_reset(scratch);
    assert_int_equal(pthread_create(&watcher, NULL, watch, NULL), 0);
    for (int i = 0; i < THREADS; i++) {
        workers[i].seed = seed + (uint64_t)i * 7919 + 1;
        assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    }
    int64_t done = 0;
    for (int i = 0; i < THREADS; i++) {
        pthread_join(workers[i].thread, NULL);
        assert_int_equal(workers[i].broke, 0);
        for (size_t at = 0; at < THREAD_LICENCES; at++) {
            licences[at].version += workers[i].done[at];
            done += workers[i].done[at];
        }
    }
    over = true;
    pthread_join(watcher, NULL);
    assert_int_equal(two_current, 0);
    assert_true(watched > 0);
    for (size_t at = 0; at < THREAD_LICENCES; at++) {
        assert_int_equal(db_read(app->db, follow, &at, &quiet), 0);
        check(at, SIZE_MAX);
    }
    print_message("%lld events at once, looked at %lld times\n", (long long)done, (long long)watched);
}

/* The log of all of it gives the same bytes again. */
static void test_P23_log_agrees(void **state)
{
    (void)state;
    struct verify_report report;
    assert_int_equal(ledger_verify(app, scratch, NULL, &report, &quiet), 0);
    for (size_t k = 0; k < report.n_faults && k < 5; k++)
        print_error("%s\n", report.faults[k]);
    assert_int_equal(report.n_faults, 0);
}

static int setup(void **state)
{
    (void)state;
    struct err e;
    keep = arena_new();
    scratch = arena_new();
    err_init(&e, keep);
    err_init(&quiet, scratch);
    seed = getenv("YZ_SEED") ? strtoull(getenv("YZ_SEED"), NULL, 10)
                             : (uint64_t)time(NULL) * 2654435761u | 1;
    folder = test_folder(keep);
    struct app_options o = { .data_dir = arena_printf(keep, "%s/data", folder), .readers = 2 };
    if (app_init(&o, true, &e) != 0 || !(app = app_open(&o, &e)) ||
        demo_fill(app, NULL, &e) != 0 || db_read(app->db, read_licences, NULL, &e) != 0 ||
        db_read(app->db, read_permits, NULL, &e) != 0 ||
        db_read(app->db, read_grants, NULL, &e) != 0) {
        print_error("%s\n", err_text(&e));
        return -1;
    }
    now = clock_now_ms();
    return n_licences > THREAD_LICENCES && n_permits > n_licences ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    app_close(app);
    test_folder_remove(folder);
    arena_free(scratch);
    arena_free(keep);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_P23_at_once),
        cmocka_unit_test(test_P23_random_events),
        cmocka_unit_test(test_P23_log_agrees),
    };
    return cmocka_run_group_tests_name("life", tests, setup, teardown);
}
