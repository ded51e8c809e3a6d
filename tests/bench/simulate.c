/* simulate: a year of a city through the real service: so many applications a day over all
 * industries, officers who are sometimes slow, every act of the process, the clock each morning.
 *
 *   simulate DIR [DAYS [CASES_A_DAY [SEED]]]
 *
 * Cases are independent, so that each day is shared by several threads; the writer batches what they
 * do. At the end no case may be stuck: what is open must be waiting for somebody whose day has not come.
 * Prints the figures of the reform: on-time rate, our time and their time, and the rate of the run.
 * Exit code 1 when anything is stuck or the log does not verify. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "service/account.h"
#include "service/draft.h"
#include "service/drive.h"
#include "service/ledger.h"
#include "service/demo.h"
#include "service/warn.h"
#include "sys/clock.h"

enum { LAST_ROUND = 4, THREADS = 8, DAYS = 248, CASES_A_DAY = 60, OFFICERS_MAX = 200 };

/* One application on its way. habit: what its people are like, fixed when it is filed. */
struct life { int64_t id; int born; unsigned habit; bool over, promised; };

static struct app *app;
static struct actor officers[OFFICERS_MAX], applicant;
static struct drive crew;
static struct sm3_hash paper;
static int64_t paper_size;
static struct life *lives;
static size_t n_lives, n_over;
static int today_n;      /* working day of the run */
static int32_t today;
static int64_t morning;
static _Atomic size_t next_life;
static _Atomic int64_t acts;
static _Atomic int broken;
static uint64_t seed = 20260101;

static unsigned habit_of(size_t n)
{
    uint64_t h = (n + seed) * UINT64_C(0x9e3779b97f4a7c15);
    return (unsigned)(h >> 33);
}

/* ---- one day of one case ---- */

struct worker { struct arena *arena; struct err err; int64_t now; int64_t done; };

static int64_t tick(struct worker *w)
{
    w->done++;
    return w->now += 1000;
}

static bool good(struct worker *w, int rc, const char *what)
{
    if (rc >= 0)
        return true;
    if (!broken++)
        fprintf(stderr, "simulate：%s：%s\n", what, err_text(&w->err));
    return false;
}

static bool slow(const struct life *l, size_t i, int age, int usual)
{
    unsigned lazy = (l->habit >> (i * 3)) % 8; /* one department in eight is late */
    return age < usual + (lazy == 0 ? 12 : lazy < 3 ? 2 : 0);
}

static int ask(struct worker *w, const struct item_row *i)
{
    struct act_input in = ACT_INPUT_NONE;
    in.entries = json_pack("[{s:s,s:s,s:s,s:s}]", "kind", "field", "code", F_ADDR, "what",
                           "写到门牌号", "why", "无法核对");
    int rc = drive_act(&crew, i->id, 0, ACT_ASK_CORRECTION, &in, tick(w), &w->err);
    json_decref((json_t *)(uintptr_t)in.entries);
    return rc;
}

static int before_acceptance(struct worker *w, const struct life *l, const struct item_row *i,
                             size_t at, int age)
{
    struct act_input in = ACT_INPUT_NONE;
    if (l->habit % 23 == 5 && at == 0)
        return 0; /* silent: the clock accepts it */
    if (slow(l, at, age, 1))
        return 0;
    if (l->habit % 6 == 1 && at == 0 && i->asked_round == 0)
        return ask(w, i);
    return drive_act(&crew, i->id, (int)(l->habit % 2), ACT_ACCEPT, &in, tick(w), &w->err);
}

static int stop_or_go(struct worker *w, const struct life *l, const struct item_row *i, int age)
{
    struct act_input in = ACT_INPUT_NONE;
    in.kind = SV("testing");
    in.reason = SV("示例：样品检测");
    in.result = SV("示例：合格");
    in.days = 8;
    if (i->special_id && i->hearing == HEARING_NONE)
        return today >= i->special_due - 3
                   ? drive_act(&crew, i->id, 0, ACT_CLOSE_SPECIAL, &in, tick(w), &w->err) : 0;
    if (l->habit % 31 == 7 && age == 4 && i->special_id == 0)
        return drive_act(&crew, i->id, 0, ACT_OPEN_SPECIAL, &in, tick(w), &w->err);
    if (l->habit % 37 == 9 && !i->extended && age == 6 && i->special_id == 0 && today <= i->due_on)
        return drive_act(&crew, i->id, 0, ACT_EXTEND, &in, tick(w), &w->err);
    return 0;
}

static int decide(struct worker *w, const struct life *l, const struct bundle *b, size_t at, int age)
{
    const struct item_row *i = &b->items[at];
    const struct permit_type *p = catalog_permit(b->catalog, i->permit);
    struct act_input in = ACT_INPUT_NONE;
    bool failed = i->inspection == INSPECTION_FAILED;
    bool deny = failed || l->habit % 19 == 3;
    in.reason = SV("示例：不符合条件");
    in.basis = SV("示例：设立条件");
    if (i->special_id || (p->hearing_required && i->hearing != HEARING_HELD) || slow(l, at, age, 3))
        return 0;
    if (!deny && i->inspection != INSPECTION_NONE && i->inspection != INSPECTION_PASSED)
        return 0;
    if (!deny && p->number_format.n == 0)
        in.number = arena_printf_sv(w->arena, "%.*s", (int)p->number_example.n,
                                    p->number_example.p);
    int rc = drive_act(&crew, i->id, 1, deny ? ACT_DENY : ACT_GRANT, &in, tick(w), &w->err);
    /* An overdue promise or a number taken: denied, or tried without. */
    if (rc == ERR_REFUSED || rc == ERR_INVALID) {
        err_clear(&w->err);
        rc = drive_act(&crew, i->id, 1, ACT_DENY, &in, tick(w), &w->err);
    }
    return rc;
}

static int department_day(struct worker *w, const struct life *l, const struct bundle *b, size_t at,
                          int age)
{
    const struct item_row *i = &b->items[at];
    const struct permit_type *p = catalog_permit(b->catalog, i->permit);
    if (i->state == ITEM_RECEIVED)
        return before_acceptance(w, l, i, at, age);
    if (i->state != ITEM_ACCEPTED)
        return 0;
    if (p->hearing_required && i->hearing != HEARING_HELD)
        return drive_hearing(&crew, i->id, tick(w), &w->err);
    return stop_or_go(w, l, i, age);
}

static int owner_day(struct worker *w, const struct life *l, const struct bundle *b)
{
    bool asked = b->has_correction && sv_is(b->correction.state, "issued");
    if (!asked || l->habit % 41 == 2) /* some never answer */
        return 0;
    int64_t waited = calendar_count(app_calendar(app, b->row.region),
                                    date_of_ms(b->correction.issued_at), today);
    if (waited < (int64_t)(l->habit % 9))
        return 0;
    struct command cmd = { .actor = &applicant, .now = tick(w), .if_match = b->row.version };
    return case_supplement(app, &cmd, l->id, &w->err);
}

static int bureau_day(struct worker *w, const struct life *l, const struct bundle *b)
{
    struct case_facts f = bundle_facts(b);
    struct sv number;
    if (b->row.n_open > 0)
        return 0;
    if (case_may_issue(&f, NULL) != 0)
        return b->row.deliver_by != DATE_NONE ? drive_deliver(&crew, l->id, tick(w), &w->err) : 0;
    struct command cmd = { .actor = drive_role(&crew, ROLE_BUREAU, b->row.region),
                           .now = tick(w), .if_match = b->row.version };
    return case_issue(app, &cmd, l->id, w->arena, &number, &w->err);
}

static int site_visit(struct worker *w, const struct life *l, const struct bundle *b, int age)
{
    const char *result = l->habit % 13 == 6 ? "rectify" : l->habit % 29 == 8 ? "fail" : "pass";
    int rc = 0;
    if (age < 2 || b->row.n_open == 0)
        return 0;
    for (size_t i = 0; i < b->n_items; i++)
        if (b->items[i].inspection == INSPECTION_RECTIFY)
            result = "pass"; /* mended by the second visit */
    /* Promised materials are collected and confirmed on site; some are forgotten. */
    if (l->promised && l->habit % 17 != 4)
        rc = drive_promises(&crew, l->id, &paper, paper_size, tick(w), &w->err);
    return rc < 0 ? rc : drive_visit(&crew, l->id, tick(w), result,
                                      calendar_add(app_calendar(app, b->row.region), today, 3),
                                      &w->err);
}

struct reading { int64_t id; struct arena *arena; struct bundle b; };

static int read_case(struct db_conn *c, void *ctx, struct err *e)
{
    struct reading *r = ctx;
    return bundle_load(app, c, r->id, WITH_ITEMS | WITH_CORRECTION | WITH_COMMITMENTS, r->arena,
                       &r->b, e);
}

static int first_round(struct worker *w, const struct life *l, const struct bundle *b, int age)
{
    int rc = 0;
    for (size_t i = 0; rc >= 0 && i < b->n_items; i++)
        rc = department_day(w, l, b, i, age);
    return rc;
}

static int later_round(struct worker *w, const struct life *l, const struct bundle *b, int age,
                       int round)
{
    int rc = 0;
    if (round == 1)
        return site_visit(w, l, b, age);
    if (round == 3)
        return owner_day(w, l, b);
    if (round == 4)
        return bureau_day(w, l, b);
    for (size_t i = 0; rc >= 0 && i < b->n_items; i++)
        if (b->items[i].state == ITEM_ACCEPTED)
            rc = decide(w, l, b, i, age);
    return rc;
}

static bool all_over(const struct bundle *b, int round)
{
    return b->row.n_open == 0 && b->row.deliver_by == DATE_NONE &&
           (b->row.issued_at || b->row.state != CASE_DECIDED || round == LAST_ROUND);
}

/* A day: departments, the joint visit, decisions, the applicant, the bureau. The case is read anew
 * only after something was done to it. */
static void live(struct worker *w, struct life *l)
{
    struct reading r = { .id = l->id, .arena = w->arena };
    int age = today_n - l->born;
    bool stale = true;
    w->now = morning + (int64_t)(l->habit % 1000) * 1000;
    for (int round = 0; round <= LAST_ROUND && !broken; round++) {
        int64_t before = w->done;
        if (stale) {
            bundle_done(&r.b);
            r.b = (struct bundle){ 0 };
            arena_reset(w->arena);
            err_clear(&w->err);
            if (!good(w, db_read(app->db, read_case, &r, &w->err), "读取"))
                break;
        }
        int rc = round == 0 ? first_round(w, l, &r.b, age) : later_round(w, l, &r.b, age, round);
        good(w, rc, "办理");
        stale = w->done != before;
        l->over = !stale && all_over(&r.b, round);
    }
    bundle_done(&r.b);
}

static void file(struct worker *w, size_t n, struct life *l)
{
    static const char *const regions[] = { "150302", "150302", "150303", "150304" };
    *l = (struct life){ .born = today_n, .habit = habit_of(n), .promised = n % 6 == 0 };
    w->now = morning + (int64_t)(l->habit % 1000) * 1000;
    struct drive_filing f = {
        .who = &applicant, .industry = &app->catalog->industries[n % app->catalog->n_industries],
        .region = sv_of(regions[l->habit % 4]), .variant = (int64_t)(l->habit % 3),
        .n = 100000 + (int64_t)n, .promise = l->promised, .paper = paper,
        .paper_size = paper_size, .now = w->now,
    };
    arena_reset(w->arena);
    err_clear(&w->err);
    w->done++;
    good(w, drive_file(&crew, &f, &l->id, &w->err), "申报");
}

static size_t fresh_from; /* lives from here on are to be filed today */

static void *work(void *arg)
{
    struct worker w = { .arena = arena_new() };
    (void)arg;
    err_init(&w.err, w.arena);
    for (;;) {
        size_t n = next_life++;
        if (n >= n_lives || broken)
            break;
        if (n >= fresh_from)
            file(&w, n, &lives[n]);
        else if (!lives[n].over)
            live(&w, &lives[n]);
    }
    acts += w.done;
    arena_free(w.arena);
    return NULL;
}

static void one_day(void)
{
    pthread_t threads[THREADS];
    next_life = 0;
    for (int k = 0; k < THREADS; k++)
        if (pthread_create(&threads[k], NULL, work, NULL) != 0)
            abort();
    for (int k = 0; k < THREADS; k++)
        pthread_join(threads[k], NULL);
}

/* ---- the report ---- */

struct report { int64_t decided, on_time, ours, applicant, special, open, deemed, extended, denied,
                granted, ended; };

static void add_item(struct report *r, const struct item_row *i)
{
    const struct permit_type *p = catalog_permit(app->catalog, i->permit);
    int64_t limit = p ? law_limit(p->promised_days, p->statutory_days) : STATUTORY_DAYS;
    r->open += item_open(i->state);
    r->granted += i->state == ITEM_GRANTED;
    r->denied += i->state == ITEM_DENIED;
    r->ended += i->state == ITEM_ENDED;
    r->deemed += i->accept_deemed;
    r->extended += i->extended;
    if (i->state != ITEM_GRANTED && i->state != ITEM_DENIED)
        return;
    r->decided++;
    r->on_time += i->timer.spent[HOLDER_OURS] <= limit + SILENCE_DAYS + (i->extended ? 10 : 0);
    r->ours += i->timer.spent[HOLDER_OURS];
    r->applicant += i->timer.spent[HOLDER_APPLICANT];
    r->special += i->timer.spent[HOLDER_SPECIAL];
}

static int scan(struct db_conn *c, void *ctx, struct err *e)
{
    struct arena *a = arena_new();
    struct item_row *rows;
    size_t n = 0;
    int64_t after = lives[0].id;
    int rc;
    do {
        arena_reset(a);
        rc = item_scan(c, after, 2000, a, &rows, &n, e);
        for (size_t i = 0; rc == 0 && i < n; i++) {
            add_item(ctx, &rows[i]);
            after = rows[i].id;
        }
    } while (rc == 0 && n > 0);
    arena_free(a);
    return rc;
}

static double per(int64_t part, int64_t whole)
{
    return whole ? (double)part / (double)whole : 0;
}

static void print_report(double seconds)
{
    struct report r = { 0 };
    struct err e;
    struct arena *a = arena_new();
    err_init(&e, a);
    db_read(app->db, scan, &r, &e);
    printf("办件 %zu，办结 %zu；事项准予 %lld、不予 %lld、终止 %lld，视为受理 %lld，延期 %lld\n", n_lives,
           n_over, (long long)r.granted, (long long)r.denied, (long long)r.ended,
           (long long)r.deemed, (long long)r.extended);
    printf("按时办结率 %.1f%%；每事项：部门 %.1f 天，申请人 %.1f 天，特别程序 %.1f 天\n",
           100 * per(r.on_time, r.decided), per(r.ours, r.decided), per(r.applicant, r.decided),
           per(r.special, r.decided));
    printf("动作 %lld，用时 %.1f 秒：每秒 %.0f 个动作、%.0f 个办件\n", (long long)acts, seconds,
           (double)acts / seconds, (double)n_lives / seconds);
    arena_free(a);
}

/* ---- the year ---- */

static int put_user(struct db_conn *c, void *ctx, struct err *e)
{
    return user_insert(c, ctx, e);
}

static bool open_city(const char *dir, struct arena *a, struct err *e)
{
    struct app_options o = { .data_dir = dir, .readers = THREADS };
    struct user_row *list, u = { .id = 7, .role = SV("applicant"), .phone = SV("13900000002"),
                                 .name = SV("示例申请人") };
    size_t n;
    if (app_init(&o, true, e) < 0 || !(app = app_open(&o, e)) || demo_fill(app, NULL, e) != 0 ||
        account_list_officers(app, a, &list, &n, e) != 0)
        return false;
    size_t kept = 0;
    for (size_t i = 0; i < n && kept < OFFICERS_MAX; i++)
        officers[kept++] = (struct actor){
            .id = list[i].id, .role = role_of(list[i].role), .name = list[i].name,
            .department = list[i].department, .region = list[i].region, .hall = list[i].hall,
            .head = list[i].head };
    crew = (struct drive){ app, officers, kept };
    applicant = (struct actor){ .id = u.id, .role = ROLE_APPLICANT, .name = u.name,
                                .phone = u.phone };
    return db_write(app->db, put_user, &u, e) == 0 &&
           drive_paper(app, &paper, &paper_size, e) == 0;
}

static double seconds_since(const struct timespec *t0)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)(t.tv_sec - t0->tv_sec) + (double)(t.tv_nsec - t0->tv_nsec) / 1e9;
}

static bool year(int days, int cases_a_day, struct err *e)
{
    struct timespec started;
    clock_gettime(CLOCK_MONOTONIC, &started);
    int wind_down = 120; /* no new cases; the last ones run out */
    today = date_of_ms(clock_now_ms()) + 1;
    for (today_n = 0; today_n < days + wind_down && !broken; today_n++, today++) {
        while (!calendar_works(app_calendar(app, SV("")), today))
            today++;
        morning = date_start_ms(today) + INT64_C(9) * 3600000;
        if (clock_run(app, morning, e) < 0 || warn_run(app, morning, e) < 0)
            return false;
        fresh_from = n_lives;
        if (today_n < days)
            n_lives += (size_t)cases_a_day;
        one_day();
        n_over = 0;
        for (size_t i = 0; i < n_lives; i++)
            n_over += lives[i].over;
        if (today_n % 31 == 30)
            printf("  第%d个工作日：在办 %zu，办结 %zu，%.1f 秒\n", today_n + 1, n_lives - n_over, n_over,
                   seconds_since(&started));
        fflush(stdout);
        if (today_n >= days && n_over == n_lives)
            break;
    }
    return !broken;
}

int main(int argc, char **argv)
{
    int days = argc > 2 ? atoi(argv[2]) : DAYS;
    int cases_a_day = argc > 3 ? atoi(argv[3]) : CASES_A_DAY;
    struct arena *a = arena_new();
    struct timespec t0;
    struct verify_report v;
    struct err e;
    err_init(&e, a);
    if (argc < 2) {
        fprintf(stderr, "用法：simulate 目录 [天数 [每天件数 [种子]]]\n");
        return 2;
    }
    seed = argc > 4 ? strtoull(argv[4], NULL, 10) : seed;
    lives = calloc((size_t)days * (size_t)cases_a_day + 1, sizeof *lives);
    if (!open_city(argv[1], a, &e)) {
        fprintf(stderr, "simulate：%s\n", err_text(&e));
        return 1;
    }
    clock_gettime(CLOCK_MONOTONIC, &t0);
    bool ran = year(days, cases_a_day, &e);
    print_report(seconds_since(&t0));
    bool kept = ran && ledger_verify(app, a, NULL, &v, &e) == 0 && v.n_faults == 0;
    printf("%s；%s\n", n_over == n_lives ? "没有卡住的办件" : "有办件没有办完",
           kept ? "日志核对一致" : "日志核对不一致");
    for (size_t i = 0, shown = 0; i < n_lives && shown < 5; i++)
        if (!lives[i].over)
            printf("  没有办完：%lld（第%d天，%u）\n", (long long)lives[i].id, lives[i].born,
                   lives[i].habit), shown++;
    app_close(app);
    free(lives);
    arena_free(a);
    bool fine = kept && n_over == n_lives;
    printf("simulate: %d passed, %d failed\n", fine, !fine);
    return fine ? 0 : 1;
}
