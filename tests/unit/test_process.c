/* process: random acts by everybody, sensible and senseless, against the real service and database;
 * after each the invariants at the end of PROCESS.md are read back from the rows.
 *
 * Nothing here knows which act should pass: only what must never be true afterwards. The seed is
 * printed; YZ_SEED repeats a run, YZ_ACTS makes it longer. */
#include <time.h>

#include "service/account.h"
#include "service/draft.h"
#include "service/drive.h"
#include "service/ledger.h"
#include "service/notify.h"
#include "service/sample.h"
#include "service/tolerance.h"
#include "service/visits.h"
#include "service/warn.h"
#include "sys/ids.h"
#include "test.h"

enum { POOL = 10, ITEMS_MAX = 8, ACTS_WANTED = 100000, ACTS_SLOW = 6000, OFFICERS_MAX = 80 };

/* What a case was before the act. */
struct shadow { int64_t id; size_t n; struct item_row item[ITEMS_MAX]; bool issued; int64_t events; };

static struct app *app;
static struct arena *keep;
static struct actor officers[OFFICERS_MAX], applicant;
static size_t n_officers;
static struct drive crew;
static struct sm3_hash paper;
static int64_t paper_size, now, tried, passed, filed;
static struct shadow pool[POOL];
static uint64_t seed;

static uint64_t dice(uint64_t sides)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (seed >> 11) % sides;
}

static bool chance(unsigned percent)
{
    return dice(100) < percent;
}

/* ---- people ---- */

static int put_user(struct db_conn *c, void *ctx, struct err *e)
{
    return user_insert(c, ctx, e);
}

static void hire(const char *role, struct sv department, const char *region, bool head)
{
    struct err e;
    struct user_row u = { .id = id_next(), .role = sv_of(role), .department = department,
                          .region = sv_of(region), .head = head, .created_at = now };
    u.login = arena_printf_sv(keep, "o%zu", n_officers);
    u.name = arena_printf_sv(keep, "示例人员%zu", n_officers);
    u.hall = sv_is(u.role, "clerk") ? SV("示例大厅") : SV("");
    err_init(&e, keep);
    assert_true(n_officers < OFFICERS_MAX);
    assert_int_equal(db_write(app->db, put_user, &u, &e), 0);
    officers[n_officers++] = (struct actor){ .id = u.id, .role = role_of(u.role), .name = u.name,
                                             .department = u.department, .region = u.region,
                                             .hall = u.hall, .head = head };
}

static void hire_all(void)
{
    const struct catalog *c = app->catalog;
    for (size_t d = 0; d < c->n_departments; d++) {
        bool decides = false;
        for (size_t p = 0; p < c->n_permits; p++)
            decides |= catalog_decider(&c->permits[p], SV("150302")) == &c->departments[d];
        for (int k = 0; decides && k < 2; k++)
            hire("reviewer", c->departments[d].code, c->departments[d].region.p, k == 0);
    }
    hire("bureau", SV(""), "150302", false);
    hire("clerk", SV(""), "150302", false);
    hire("government", SV(""), "150302", false);
    struct user_row u = { .id = id_next(), .role = SV("applicant"), .phone = SV("13900000001"),
                          .name = SV("示例申请人"), .created_at = now };
    struct err e;
    err_init(&e, keep);
    assert_int_equal(db_write(app->db, put_user, &u, &e), 0);
    applicant = (struct actor){ .id = u.id, .role = ROLE_APPLICANT, .name = u.name,
                                .phone = u.phone };
    crew = (struct drive){ app, officers, n_officers };
}

/* ---- reading a case ---- */

struct look { int64_t id; unsigned parts; struct arena *arena; struct bundle b; };

static int read_case(struct db_conn *c, void *ctx, struct err *e)
{
    struct look *l = ctx;
    int rc = bundle_load(app, c, l->id, l->parts, l->arena, &l->b, e);
    return rc == 1 ? 0 : rc < 0 ? rc : ERR_NOT_FOUND;
}

static void look_at(struct look *l, int64_t id, unsigned parts)
{
    struct err e;
    *l = (struct look){ .id = id, .parts = parts, .arena = arena_new() };
    err_init(&e, l->arena);
    int rc = db_read(app->db, read_case, l, &e);
    if (rc != 0)
        fail_msg("%s", err_text(&e));
}

static void look_away(struct look *l)
{
    bundle_done(&l->b);
    arena_free(l->arena);
}

/* ---- invariants ---- */

#define MUST(holds, what)                                                                         \
    do {                                                                                          \
        if (!(holds))                                                                             \
            fail_msg("case %lld after act %lld: %s", (long long)b->row.id, (long long)tried, what); \
    } while (0)

static struct timer replayed(const struct bundle *b, int64_t item_id)
{
    struct timer_event events[200];
    size_t n = 0;
    for (size_t k = 0; k < b->n_events && n < 200; k++)
        if (b->events[k].item_id == item_id)
            events[n++] = (struct timer_event){ b->events[k].on, b->events[k].clock,
                                                b->events[k].holder, b->events[k].extended };
    return timer_replay(app_calendar(app, b->row.region), events, n);
}

static bool same_timer(const struct timer *a, const struct timer *b)
{
    return a->clock == b->clock && a->holder == b->holder && a->since == b->since &&
           a->used == b->used && a->extended == b->extended &&
           memcmp(a->spent, b->spent, sizeof a->spent) == 0;
}

static void check_item_clock(const struct bundle *b, const struct item_row *i)
{
    bool open = item_open(i->state);
    bool theirs = i->state == ITEM_CORRECTING && b->has_correction &&
                  sv_is(b->correction.state, "issued");
    struct timer again = replayed(b, i->id);
    struct item_row dated = *i;
    MUST(open == (i->timer.holder != HOLDER_NOBODY), "a clock on a closed item, or none on an open");
    MUST(!open || (i->timer.holder == HOLDER_SPECIAL) == (i->special_id != 0),
         "a clock running while stopped by law");
    MUST(!open || (i->timer.holder == HOLDER_APPLICANT) == theirs, "whose time it is");
    MUST(same_timer(&again, &i->timer), "a clock that moved without an event, or the reverse");
    item_set_clock(app, b, &dated);
    MUST(dated.due_on == i->due_on && dated.yellow_on == i->yellow_on, "a due date out of date");
}

/* What a grant must not have overlooked; none of it is changed by granting itself. */
static void check_grant(const struct bundle *b, const struct item_row *i)
{
    const struct permit_type *p = catalog_permit(b->catalog, i->permit);
    size_t permits = 0;
    MUST(i->inspection == INSPECTION_NONE || i->inspection == INSPECTION_PASSED || item_filing(b, i),
         "a grant with an open required inspection");
    MUST(i->special_id == 0, "a grant while the clock is stopped");
    MUST(i->hearing == HEARING_NONE || i->hearing == HEARING_HELD || i->hearing == HEARING_WAIVED ||
             (i->hearing == HEARING_TOLD && date_of_ms(now) > i->hearing_until),
         "a grant over a pending hearing");
    MUST(!p->hearing_required || i->hearing == HEARING_HELD, "a grant without the hearing due");
    for (size_t k = 0; k < b->n_commitments; k++)
        MUST(!form_asks(p, b->commitment_rows[k].material) || item_filing(b, i) ||
                 sv_is(b->commitment_rows[k].state, "confirmed") ||
                 b->commitment_rows[k].due_on >= date_of_ms(now),
             "a grant with an overdue commitment");
    for (size_t k = 0; k < b->n_permits; k++)
        permits += b->permits[k].item_id == i->id && sv_eq(b->permits[k].number, i->number);
    MUST(permits == 1, "a grant without its permit, or with two");
}

static void check_against(const struct bundle *b, const struct shadow *s)
{
    size_t granted = 0;
    for (size_t k = 0; k < b->n_items; k++) {
        const struct item_row *i = &b->items[k];
        const struct item_row *was = &s->item[k];
        granted += i->state == ITEM_GRANTED;
        MUST(item_open(was->state) || i->state == was->state, "an item decided twice");
        MUST(was->last_on == DATE_NONE || i->last_on >= was->last_on, "an act back-dated");
        MUST(!was->extended || i->extended, "an extension taken back");
        MUST(i->version >= was->version, "a version taken back");
        if (i->state == ITEM_GRANTED && was->state != ITEM_GRANTED)
            check_grant(b, i);
        if (i->state == ITEM_DENIED)
            MUST(i->reason.n && i->basis.n, "a denial without reasons");
        check_item_clock(b, i);
    }
    MUST(b->n_permits == granted, "permits that nobody granted");
    MUST((int64_t)b->n_events >= s->events, "an event taken back");
}

static void check_case(const struct bundle *b, const struct shadow *s)
{
    struct case_facts f = bundle_facts(b);
    struct timer joint = replayed(b, 0);
    size_t open = 0, visits = 0, applicants_turn = 0;
    for (size_t k = 0; k < b->n_items; k++) {
        open += item_open(b->items[k].state);
        applicants_turn += b->items[k].timer.holder == HOLDER_APPLICANT;
    }
    for (size_t k = 0; k < b->n_visits; k++)
        visits += visit_open(b->visits[k].state);
    MUST(case_derive(&f) == b->row.state, "a case state set by hand");
    MUST((int64_t)open == b->row.n_open, "open items miscounted");
    MUST(same_timer(&joint, &b->row.joint), "a joint clock that moved without an event");
    MUST(visits <= 1, "two visits at once");
    MUST(!b->row.issued_at || (open == 0 && f.count[ITEM_GRANTED] > 0), "a licence over open items");
    MUST(!s->issued || b->row.issued_at, "a licence taken back");
    MUST(!b->has_correction || !sv_is(b->correction.state, "issued") || applicants_turn > 0,
         "a notice that waits for nobody");
    check_against(b, s);
}

/* Who decided: from the log itself. */
static void check_deciders(const struct bundle *b)
{
    for (size_t k = 0; k < b->n_timeline; k++) {
        const struct ledger_row *r = &b->timeline[k].row;
        if (!sv_is(r->act, "grant") && !sv_is(r->act, "deny"))
            continue;
        const struct actor *who = NULL;
        for (size_t o = 0; o < n_officers; o++)
            if (officers[o].id == r->actor_id)
                who = &officers[o];
        MUST(who && sv_eq(who->department, r->department), "a decision from another department");
        MUST(who->id != b->row.clerk_id, "a decision by the receiving clerk");
    }
}

static void remember(struct shadow *s, const struct bundle *b)
{
    s->id = b->row.id;
    s->n = b->n_items;
    s->issued = b->row.issued_at != 0;
    s->events = (int64_t)b->n_events;
    assert_true(s->n <= ITEMS_MAX);
    for (size_t k = 0; k < s->n; k++)
        s->item[k] = b->items[k]; /* its texts are not looked at again */
}

static void check(struct shadow *s)
{
    struct look l;
    look_at(&l, s->id, WITH_ITEMS | WITH_CORRECTION | WITH_PERMITS | WITH_VISITS |
                           WITH_COMMITMENTS | WITH_PROCESS |
                           (tried % 20 == 0 ? (unsigned)WITH_TIMELINE : 0));
    check_case(&l.b, s);
    check_deciders(&l.b);
    remember(s, &l.b);
    look_away(&l);
}

/* ---- acts ---- */

static struct err quiet;
static struct arena *scratch;

static void count(int rc)
{
    tried++;
    passed += rc == 0;
    if (rc == ERR_INTERNAL || rc == ERR_CORRUPT || rc == ERR_DB)
        fail_msg("act %lld broke: %s", (long long)tried, err_text(&quiet));
}

static void file_case(struct shadow *s)
{
    struct drive_filing f = {
        .who = chance(20) ? drive_role(&crew, ROLE_CLERK, SV("150302")) : &applicant,
        .owner = &applicant, .industry = &app->catalog->industries[dice(app->catalog->n_industries)],
        .region = SV("150302"), .variant = (int64_t)dice(3), .n = 5000 + filed++,
        .promise = chance(40), .paper = paper, .paper_size = paper_size, .now = now,
    };
    struct look l;
    int64_t id;
    err_clear(&quiet);
    if (drive_file(&crew, &f, &id, &quiet) != 0)
        fail_msg("filing %s: %s %s", f.industry->code.p, err_text(&quiet),
                 quiet.n_problems ? quiet.problems[0].message.p : "");
    now += 60000;
    look_at(&l, id, WITH_ITEMS | WITH_CORRECTION | WITH_PROCESS);
    remember(s, &l.b);
    look_away(&l);
}

static struct act_input some_input(const struct bundle *b, const struct item_row *i, json_t **own)
{
    const struct permit_type *p = catalog_permit(b->catalog, i->permit);
    const struct calendar *c = app_calendar(app, i->region);
    struct act_input in = ACT_INPUT_NONE;
    static const char *const results[] = { "pass", "pass", "pass", "rectify", "fail" };
    bool good = !chance(8);
    const char *result = results[dice(5)];
    json_t *checks = json_object();
    for (size_t n = 0; good && n < p->n_checks; n++)
        json_put(checks, check_code(p, n, scratch).p,
                 json_pack("{s:s}", "result", "pass"));
    *own = json_pack("{s:o,s:[{s:s,s:s,s:s,s:s}],s:[{s:s,s:s,s:s}]}", "checks", checks, "entries",
                     "kind", "field", "code", chance(50) ? "F_ADDR" : "F_AREA", "what", "补正",
                     "why", "无法核对", "parties", "name", "邻店", "contact", "示例", "interest",
                     "间距");
    in.checks = json_object_get(*own, "checks");
    in.entries = json_object_get(*own, "entries");
    in.parties = chance(50) ? json_object_get(*own, "parties") : NULL;
    in.applicant_only = !in.parties && good;
    in.reason = good ? SV("示例理由") : SV("");
    in.basis = chance(95) ? SV("示例依据") : SV("");
    in.right_organ = SV("示例机关");
    in.kind = SV("testing");
    in.days = (int64_t)dice(8);
    in.result = sv_of(result);
    in.findings = SV("示例发现");
    in.rectify_by = calendar_add(c, date_of_ms(now), 1 + (int64_t)dice(5));
    in.asked_by = SV("依职权");
    in.on = calendar_add(c, date_of_ms(now), 6 + (int64_t)dice(6));
    in.time = SV("上午9:00");
    in.place = SV("示例地点");
    in.chair = SV("示例主持人");
    in.minutes = SV("示例笔录");
    in.false_material = chance(3);
    in.material = b->n_commitments ? b->commitment_rows[0].material : SV("M-YYZZ");
    in.number = p->number_format.n ? SV("")
                                   : arena_printf_sv(scratch, "%.*s", (int)p->number_example.n,
                                                     p->number_example.p);
    return in;
}

/* Some of the acts that the table lets somebody of the department try, or any act at all. */
static enum act some_act(const struct bundle *b, const struct item_row *i, const struct actor *who)
{
    uint64_t may = transition_allowed(&ITEM_TABLE, (int)i->state, actor_kinds(who),
                                      item_filing(b, i),
                                      item_facts_of(b, i, who, date_of_ms(now)), FACTS_OF_INPUT);
    if (may == 0 || chance(10))
        return (enum act)dice(ACTS);
    for (;;) {
        enum act act = (enum act)dice(ACTS);
        bool rare = act == ACT_REFUSE || act == ACT_DENY || act == ACT_OPEN_SPECIAL ||
                    act == ACT_TELL_HEARING;
        if ((may >> act & 1) && (!rare || chance(25)))
            return act;
        if (rare && (may & (may - 1)) == 0)
            return act;
    }
}

static void officer_acts(struct shadow *s)
{
    struct look l;
    json_t *own;
    look_at(&l, s->id, WITH_ALL & ~(unsigned)WITH_TIMELINE);
    const struct item_row *i = &l.b.items[dice(l.b.n_items)];
    const struct actor *who = chance(92) ? drive_reviewer(&crew, i->department, (int)dice(2))
                                         : &officers[dice(n_officers)];
    enum act act = some_act(&l.b, i, who);
    struct act_input in = some_input(&l.b, i, &own);
    const struct visit_row *v = bundle_visit(&l.b);
    const struct part_row *part = v ? bundle_part(&l.b, v->id, i->id) : NULL;
    bool by_part = part && (act == ACT_INSPECT || act == ACT_COUNTERSIGN);
    struct command cmd = { .actor = who, .now = now,
                           .if_match = (by_part ? part->version : i->version) - chance(3) };
    if (act == ACT_CONFIRM_COMMITMENT && chance(80)) {
        struct new_file f = { .material = in.material, .name = SV("a.pdf"), .hash = paper,
                              .size = paper_size, .media_type = "application/pdf" };
        int64_t id;
        tolerance_collect(app, &cmd, i->id, &f, &id, &quiet);
        err_clear(&quiet);
    }
    count(item_act(app, &cmd, i->id, act, &in, &quiet));
    json_decref(own);
    look_away(&l);
}

static void visit_acts(struct shadow *s)
{
    struct look l;
    static const enum act acts[] = { ACT_AGREE_VISIT, ACT_AGREE_VISIT, ACT_AGREE_VISIT,
                                     ACT_AGREE_VISIT, ACT_DECLINE_VISIT, ACT_CANCEL_VISIT };
    look_at(&l, s->id, WITH_ITEMS | WITH_VISITS);
    const struct calendar *c = app_calendar(app, SV("150302"));
    const struct visit_row *v = bundle_visit(&l.b);
    bool open = v && visit_open(v->state);
    struct visit_input in = { .on = calendar_add(c, date_of_ms(now) - 1, 1), .time = SV("上午"),
                              .place = SV("示例"), .reason = SV("示例"), .counter_on = DATE_NONE };
    struct command cmd = { .actor = drive_role(&crew, ROLE_BUREAU, SV("150302")), .now = now,
                           .if_match = open ? v->version : 0 };
    int64_t id;
    if (!open || chance(10)) {
        count(visit_propose(app, &cmd, s->id, &in, &id, &quiet));
    } else {
        const struct item_row *i = &l.b.items[dice(l.b.n_items)];
        const struct actor *one = drive_reviewer(&crew, i->department, 0);
        const struct actor *two = drive_reviewer(&crew, i->department, chance(95) ? 1 : 0);
        cmd.actor = one;
        in.officer_a = one->id;
        in.officer_b = two->id;
        count(visit_act(app, &cmd, v->id, chance(85) ? ACT_AGREE_VISIT : acts[dice(6)], &in,
                        &quiet));
    }
    look_away(&l);
}

static void owner_acts(struct shadow *s)
{
    struct look l;
    look_at(&l, s->id, WITH_ITEMS | WITH_CORRECTION);
    const struct actor *who = l.b.row.clerk_id ? drive_role(&crew, ROLE_CLERK, SV("150302"))
                                               : &applicant;
    struct command cmd = { .actor = who, .now = now, .if_match = l.b.row.version - chance(3) };
    const struct item_row *i = &l.b.items[dice(l.b.n_items)];
    struct delivery_input d = { SV("electronic"), SV("本人"), SV(""), SV(""), NULL };
    switch (dice(10)) {
    case 0:
        if (chance(15))
            count(case_withdraw(app, &cmd, s->id, SV("示例"), NULL, &quiet));
        break;
    case 1:
        count(case_hearing(app, &cmd, s->id, i->id, chance(50) ? ACT_ASK_HEARING
                                                               : ACT_WAIVE_HEARING, &quiet));
        break;
    case 2: count(case_deliver(app, &cmd, s->id, &d, &quiet)); break;
    default: count(case_supplement(app, &cmd, s->id, &quiet)); break;
    }
    look_away(&l);
}

static void bureau_acts(struct shadow *s)
{
    struct look l;
    struct sv number;
    look_at(&l, s->id, WITH_ITEMS);
    struct command cmd = { .actor = drive_role(&crew, chance(80) ? ROLE_BUREAU : ROLE_GOVERNMENT,
                                               SV("150302")),
                           .now = now, .if_match = l.b.row.version };
    if (chance(85))
        count(case_issue(app, &cmd, s->id, scratch, &number, &quiet));
    else
        count(case_extend_joint(app, &cmd, s->id, SV("示例"), &quiet));
    look_away(&l);
}

static void time_passes(void)
{
    now += chance(10) ? (int64_t)dice(4 * 86400) * 1000 : (int64_t)dice(6 * 3600) * 1000;
    if (clock_run(app, now, &quiet) < 0 || warn_run(app, now, &quiet) < 0)
        fail_msg("clock: %s", err_text(&quiet));
    for (size_t k = 0; k < POOL; k++)
        check(&pool[k]);
}

static void step(void)
{
    struct shadow *s = &pool[dice(POOL)];
    arena_reset(scratch);
    err_clear(&quiet);
    bool over = true, visits = false, corrects = false;
    for (size_t k = 0; k < s->n; k++) {
        over = over && !item_open(s->item[k].state);
        visits |= s->item[k].state == ITEM_ACCEPTED &&
                  (s->item[k].inspection == INSPECTION_REQUIRED ||
                   s->item[k].inspection == INSPECTION_RECTIFY);
        corrects |= s->item[k].timer.holder == HOLDER_APPLICANT;
    }
    uint64_t what = dice(100);
    now += 1000;
    if (over && chance(12))
        file_case(s);
    else if (over)
        chance(50) ? bureau_acts(s) : owner_acts(s);
    else if (what < (visits ? 60 : 90))
        officer_acts(s);
    else if (what < 90)
        visit_acts(s);
    else if (what < (corrects ? 96 : 92))
        owner_acts(s);
    else if (what < 97)
        bureau_acts(s);
    else
        time_passes();
    check(s);
}

/* ---- the test ---- */

static void test_random_acts(void **state)
{
    (void)state;
    const char *wanted = getenv("YZ_ACTS");
    int64_t acts = wanted ? atoll(wanted) : getenv("YZ_SLOW") ? ACTS_SLOW : ACTS_WANTED;
    print_message("seed %llu, %lld acts\n", (unsigned long long)seed, (long long)acts);
    for (size_t k = 0; k < POOL; k++)
        file_case(&pool[k]);
    while (tried < acts)
        step();
    print_message("%lld acts, %lld took effect, %lld cases\n", (long long)tried,
                  (long long)passed, (long long)filed);
    assert_true(passed > acts / 10);
    assert_true(filed > acts / 1000);
}

/* The log of all of it, recomputed, and the rows against it. */
static void test_log_agrees(void **state)
{
    (void)state;
    struct verify_report report;
    struct err e;
    err_init(&e, keep);
    assert_int_equal(ledger_verify(app, keep, NULL, &report, &e), 0);
    for (size_t k = 0; k < report.n_faults && k < 5; k++)
        print_error("%s\n", report.faults[k]);
    assert_int_equal(report.n_faults, 0);
    assert_true(report.acts > passed);
}

static char *folder;

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
    now = date_start_ms(date_of(2026, 3, 2)) + INT64_C(9) * 3600000;
    if (app_init(&o, true, &e) != 0 || !(app = app_open(&o, &e))) {
        print_error("%s\n", err_text(&e));
        return -1;
    }
    hire_all();
    return drive_paper(app, &paper, &paper_size, &e);
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
        cmocka_unit_test(test_random_acts),
        cmocka_unit_test(test_log_agrees),
    };
    return cmocka_run_group_tests_name("process", tests, setup, teardown);
}
