/* demo: see demo.h. */
#include "service/demo.h"

#include <ctype.h>
#include <stdio.h>

#include "service/account.h"
#include "service/acts.h"
#include "service/demo_supervise.h"
#include "service/shipped.h"
#include "service/draft.h"
#include "service/drive.h"
#include "service/inbox.h"
#include "service/sample.h"
#include "service/supervise.h"
#include "service/warn.h"
#include "sys/clock.h"
#include "sys/files.h"
#include "sys/ids.h"

enum { DAYS = 45, CASES = 200, APPLICANTS = 40, FETCHED_AT_AGE = 11,
       FORGETFUL = 3 /* one in so many keeps no promise */ };

/* What becomes of a case, by its number modulo the table: every board has something. */
enum fate { STAYS_DRAFT, WAITS, ACCEPTED_ONLY, ASKED, ANSWERED, DECIDED, LICENSED, DENIED_ONE,
            WITHDRAWN, SILENT };
static const enum fate FATES[] = { LICENSED, DECIDED, WAITS, LICENSED, ASKED, ACCEPTED_ONLY,
                                   LICENSED, ANSWERED, DENIED_ONE, LICENSED, STAYS_DRAFT,
                                   ACCEPTED_ONLY, LICENSED, WITHDRAWN, SILENT, LICENSED };

struct demo {
    struct app *app;
    struct arena *arena;
    struct actor applicants[APPLICANTS];
    struct actor *officers;
    size_t n_officers;
    struct sm3_hash paper; /* the sample file that stands for every material */
    int64_t paper_size;
    int64_t now;
    void (*progress)(int, int);
};

struct sample_case { int64_t id; int born; enum fate fate; const struct actor *owner; };

/* ---- people ---- */

static int insert_user(struct db_conn *c, void *ctx, struct err *e)
{
    return user_insert(c, ctx, e);
}

static int add_officer(struct demo *d, const struct user_row *u, struct err *e)
{
    int rc = db_write(d->app->db, insert_user, (void *)(uintptr_t)u, e);
    if (rc != 0)
        return rc;
    d->officers[d->n_officers++] = (struct actor){
        .id = u->id, .role = role_of(u->role), .name = u->name, .login = u->login,
        .department = u->department, .region = u->region, .hall = u->hall, .head = u->head };
    return 0;
}

/* "D-HBW-SCJG" -> "hbw-scjg". */
static struct sv login_of(struct arena *a, struct sv code)
{
    char *s = arena_dup(a, sv_skip(code, 2));
    for (char *p = s; *p; p++)
        *p = (char)tolower((unsigned char)*p);
    return sv_of(s);
}

static const char *hall_of(const struct catalog *c, struct sv region)
{
    for (size_t i = 0; i < c->n_windows; i++)
        if (sv_eq(c->windows[i].region, region))
            return c->windows[i].center.p;
    return "政务服务中心";
}

/* Or supervises what others decide. */
static bool decides(const struct catalog *c, const struct department *d)
{
    for (size_t i = 0; i < c->n_permits; i++)
        for (size_t r = 0; r < c->n_regions; r++)
            if (catalog_decider(&c->permits[i], c->regions[r].code) == d ||
                catalog_supervisor(&c->permits[i], c->regions[r].code) == d)
                return true;
    return false;
}

static struct sv region_name(const struct catalog *c, struct sv code)
{
    const struct region *r = catalog_region(c, code);
    return r ? r->name : code;
}

/* Whoever edits the catalogue does not approve it: the bureau has two. */
static int add_second(struct demo *d, const struct user_row *first, struct err *e)
{
    struct user_row u = *first;
    u.id = id_next();
    u.login = arena_printf_sv(d->arena, "%s-2", first->login.p);
    u.name = arena_printf_sv(d->arena, "%s（二）", first->name.p);
    return add_officer(d, &u, e);
}

static int add_department(struct demo *d, const struct department *dept, struct sv phc,
                          struct err *e)
{
    const struct catalog *c = d->app->catalog;
    struct sv login = login_of(d->arena, dept->code);
    struct user_row u = { .password = phc, .region = dept->region, .created_at = d->now };
    int rc = 0;
    if (sv_is(dept->role, "SPJ")) {
        u.id = id_next();
        u.role = SV("bureau");
        u.department = dept->code;
        u.login = login;
        u.name = arena_printf_sv(d->arena, "示例·%s", dept->name.p);
        rc = add_officer(d, &u, e);
        if (rc == 0)
            rc = add_second(d, &u, e);
        u.id = id_next();
        u.role = SV("clerk");
        u.login = arena_printf_sv(d->arena, "%.*s-ck", (int)(login.n - 4), login.p);
        u.hall = sv_of(hall_of(c, dept->region));
        u.name = arena_printf_sv(d->arena, "示例·%s窗口", u.hall.p);
        if (rc == 0)
            rc = add_officer(d, &u, e);
        u.id = id_next();
        u.role = SV("government");
        u.hall = SV("");
        u.login = arena_printf_sv(d->arena, "%.*s-zf", (int)(login.n - 4), login.p);
        u.name = arena_printf_sv(d->arena, "示例·%.*s政府负责人",
                                 (int)region_name(c, dept->region).n,
                                 region_name(c, dept->region).p);
        return rc == 0 ? add_officer(d, &u, e) : rc;
    }
    for (int i = 1; rc == 0 && i <= 2 && decides(c, dept); i++) {
        u.id = id_next();
        u.role = SV("reviewer");
        u.head = i == 1;
        u.department = dept->code;
        u.login = i == 1 ? login : arena_printf_sv(d->arena, "%s-%d", login.p, i);
        u.name = arena_printf_sv(d->arena, "示例·%s审批%d", dept->name.p, i);
        rc = add_officer(d, &u, e);
    }
    return rc;
}

static int add_people(struct demo *d, struct err *e)
{
    const struct catalog *c = d->app->catalog;
    char phc[128];
    int rc = password_hash(SV(DEMO_PASSWORD), phc, e);
    d->officers = arena_array(d->arena, c->n_departments * 4 + 1, sizeof *d->officers);
    for (size_t i = 0; rc == 0 && i < c->n_departments; i++)
        rc = add_department(d, &c->departments[i], sv_of(phc), e);
    struct user_row admin = { .id = id_next(), .role = SV("admin"), .login = SV("admin"),
                              .name = SV("示例·系统管理员"), .password = sv_of(phc),
                              .region = SV("150300"), .created_at = d->now };
    if (rc == 0)
        rc = add_officer(d, &admin, e);
    for (int i = 0; rc == 0 && i < APPLICANTS; i++) {
        struct sample_holder h;
        sample_holder(i + 1, SV("150302"), SV("商户"), d->arena, &h);
        struct user_row u = { .id = id_next(), .role = SV("applicant"), .phone = h.phone,
                              .name = h.person, .created_at = d->now };
        rc = db_write(d->app->db, insert_user, &u, e);
        d->applicants[i] = (struct actor){ .id = u.id, .role = ROLE_APPLICANT, .name = u.name,
                                           .phone = u.phone };
    }
    return rc;
}

/* ---- one case ---- */

static struct command command_of(struct demo *d, const struct actor *who, int64_t version)
{
    d->now += 1000;
    return (struct command){ .actor = who, .now = d->now, .if_match = version };
}

static struct drive drive_of(const struct demo *d)
{
    return (struct drive){ d->app, d->officers, d->n_officers };
}

static const struct actor *clerk_of(const struct demo *d, struct sv region)
{
    for (size_t i = 0; i < d->n_officers; i++)
        if (d->officers[i].role == ROLE_CLERK && sv_eq(d->officers[i].region, region))
            return &d->officers[i];
    return NULL;
}

/* What is still open is recent, as in a city that keeps its promises; a few are late. */
static enum fate fate_of(int n, int day)
{
    enum { RECENT = 6, LATE_EVERY = 23 };
    enum fate f = FATES[n % (int)(sizeof FATES / sizeof FATES[0])];
    bool stays_open = f == ACCEPTED_ONLY || f == WAITS || f == ASKED || f == ANSWERED ||
                      f == SILENT;
    return stays_open && day < DAYS - RECENT && n % LATE_EVERY != 0 ? LICENSED : f;
}

static int open_case(struct demo *d, int n, int day, struct sample_case *out, struct err *e)
{
    static const char *const regions[] = { "150302", "150302", "150303", "150304" };
    enum { WINDOW_EVERY = 5, PROMISE_EVERY = 7 };
    const struct catalog *c = d->app->catalog;
    struct drive dr = drive_of(d);
    struct sv region = sv_of(regions[n / 3 % 4]);
    const struct actor *owner = &d->applicants[n % APPLICANTS];
    bool window = n % WINDOW_EVERY == 2;
    *out = (struct sample_case){ .born = day, .fate = fate_of(n, day),
                                 .owner = window ? clerk_of(d, region) : owner };
    struct drive_filing f = {
        .who = out->owner, .owner = owner, .industry = &c->industries[n % (int)c->n_industries],
        .region = region, .variant = n % 3, .n = 1000 + n, .promise = n % PROMISE_EVERY == 3,
        .draft = out->fate == STAYS_DRAFT, .paper = d->paper, .paper_size = d->paper_size,
        .now = d->now + 1000,
    };
    d->now += 60000;
    return drive_file(&dr, &f, &out->id, e);
}

/* ---- what officers do ---- */


static int ask(struct demo *d, const struct item_row *i, const struct actor *who, struct err *e)
{
    struct act_input in = ACT_INPUT_NONE;
    struct command cmd = command_of(d, who, i->version);
    in.entries = json_pack("[{s:s,s:s,s:s,s:s}]", "kind", "field", "code", F_ADDR, "what",
                           "经营场所地址请写到门牌号", "why", "与平面图标注的位置不一致，无法核对");
    int rc = item_act(d->app, &cmd, i->id, ACT_ASK_CORRECTION, &in, e);
    json_decref((json_t *)(uintptr_t)in.entries);
    return rc;
}

static int act(struct demo *d, const struct item_row *i, enum act what, struct err *e)
{
    struct drive dr = drive_of(d);
    const struct actor *who = drive_reviewer(&dr, i->department, 0);
    struct act_input in = ACT_INPUT_NONE;
    if (what == ACT_DENY) {
        in.reason = SV("示例：经营场所位于规定距离以内");
        in.basis = SV("示例：相应管理办法关于设立条件的规定");
    }
    if (!who)
        return err_set(e, ERR_INTERNAL, "部门 %s 没有示例审批人员", i->department.p);
    if (what == ACT_ASK_CORRECTION)
        return ask(d, i, who, e);
    struct command cmd = command_of(d, who, i->version);
    return item_act(d->app, &cmd, i->id, what, &in, e);
}

/* What to do with an item of a case of this fate, some days old; -1 = leave it. */
static int next_act(const struct sample_case *s, const struct item_row *i, size_t index, int age)
{
    bool slow = index % 2 == 1;
    if (i->state == ITEM_RECEIVED && s->fate == ASKED)
        return index == 0 && age >= 1 ? ACT_ASK_CORRECTION : age >= 2 ? ACT_ACCEPT : -1;
    if (i->state == ITEM_RECEIVED && s->fate == ANSWERED && i->asked_round == 0 && index == 0)
        return age >= 1 ? ACT_ASK_CORRECTION : -1;
    if (i->state == ITEM_RECEIVED && s->fate != WAITS && s->fate != SILENT &&
        s->fate != WITHDRAWN)
        return age >= (slow ? 2 : 1) ? ACT_ACCEPT : -1;
    if (i->state == ITEM_ACCEPTED && (s->fate == DECIDED || s->fate == LICENSED))
        return age >= (slow ? 6 : 4) ? ACT_GRANT : -1;
    if (i->state == ITEM_ACCEPTED && s->fate == DENIED_ONE)
        return age >= 5 ? (index == 0 ? ACT_DENY : ACT_GRANT) : -1;
    return -1;
}

/* The hearing that a permit must have takes its steps on its own days. */
static int hearings(struct demo *d, const struct bundle *b, struct err *e)
{
    struct drive dr = drive_of(d);
    int rc = 0;
    for (size_t i = 0; rc >= 0 && i < b->n_items; i++) {
        const struct permit_type *p = catalog_permit(b->catalog, b->items[i].permit);
        if (b->items[i].state == ITEM_ACCEPTED && p && p->hearing_required) {
            d->now += 1000;
            rc = drive_hearing(&dr, b->items[i].id, d->now, e);
        }
    }
    return rc < 0 ? rc : 0;
}

/* Everybody comes once, on the third day or later, when all who need to are ready. */
static int visits(struct demo *d, const struct sample_case *s, int age, struct err *e)
{
    struct drive dr = drive_of(d);
    bool decides = s->fate == DECIDED || s->fate == LICENSED || s->fate == DENIED_ONE;
    if (!decides || age < 3)
        return 0;
    d->now += 1000;
    int rc = s->id % FORGETFUL ? drive_promises(&dr, s->id, &d->paper, d->paper_size, d->now, e) : 0;
    d->now += 1000;
    if (rc >= 0)
        rc = drive_visit(&dr, s->id, d->now, "pass", DATE_NONE, e);
    return rc < 0 ? rc : 0;
}

/* Decisions and licence are fetched some days after they were made. */
static int fetch(struct demo *d, const struct sample_case *s, int age, struct err *e)
{
    struct drive dr = drive_of(d);
    if (age < FETCHED_AT_AGE)
        return 0;
    d->now += 1000;
    int rc = drive_deliver(&dr, s->id, d->now, e);
    return rc < 0 ? rc : 0;
}

static bool may_decide(const struct bundle *b, const struct item_row *i)
{
    const struct permit_type *p = catalog_permit(b->catalog, i->permit);
    return (i->inspection == INSPECTION_NONE || i->inspection == INSPECTION_PASSED) &&
           i->special_id == 0 && (!p->hearing_required || i->hearing == HEARING_HELD);
}

static int officers_work(struct demo *d, const struct sample_case *s, int age, struct err *e)
{
    struct bundle b = { 0 };
    int rc = bundle_open(d->app, s->owner, s->id, WITH_ITEMS, d->arena, &b, e);
    for (size_t i = 0; rc == 0 && i < b.n_items; i++) {
        int what = next_act(s, &b.items[i], i, age);
        bool decision = what == ACT_GRANT || what == ACT_DENY;
        if (what >= 0 && (!decision || may_decide(&b, &b.items[i])))
            rc = act(d, &b.items[i], (enum act)what, e);
    }
    if (rc == 0)
        rc = hearings(d, &b, e);
    bundle_done(&b);
    return rc == 0 ? visits(d, s, age, e) : rc;
}

static int owner_works(struct demo *d, const struct sample_case *s, int age, struct err *e)
{
    struct bundle b = { 0 };
    int rc = bundle_open(d->app, s->owner, s->id, WITH_ITEMS | WITH_CORRECTION, d->arena, &b, e);
    bool asked = b.has_correction && sv_is(b.correction.state, "issued");
    struct command cmd = command_of(d, s->owner, b.row.version);
    if (rc == 0 && s->fate == ANSWERED && asked && age >= 3)
        rc = case_supplement(d->app, &cmd, s->id, e);
    if (rc == 0 && s->fate == WITHDRAWN && age == 2 && b.row.n_open > 0)
        rc = case_withdraw(d->app, &cmd, s->id, SV("示例：改变经营计划"), NULL, e);
    bundle_done(&b);
    return rc;
}

static int bureau_works(struct demo *d, const struct sample_case *s, struct err *e)
{
    struct bundle b = { 0 };
    struct sv number;
    const struct actor *bureau = NULL;
    int rc = bundle_open(d->app, s->owner, s->id, WITH_ITEMS, d->arena, &b, e);
    struct case_facts f = bundle_facts(&b);
    for (size_t i = 0; i < d->n_officers; i++)
        if (d->officers[i].role == ROLE_BUREAU && sv_eq(d->officers[i].region, b.row.region))
            bureau = &d->officers[i];
    if (rc == 0 && bureau && (s->fate == LICENSED || s->fate == DENIED_ONE) &&
        case_may_issue(&f, NULL) == 0) {
        struct command cmd = command_of(d, bureau, b.row.version);
        rc = case_issue(d->app, &cmd, s->id, d->arena, &number, e);
    }
    bundle_done(&b);
    return rc;
}

static int one_day(struct demo *d, struct sample_case *cases, int *n, int day,
                   struct err *e)
{
    int wanted = CASES * (day + 1) / DAYS;
    int rc = clock_run(d->app, d->now, e);
    for (int i = 0; rc >= 0 && i < *n; i++) {
        int age = day - cases[i].born;
        if (cases[i].fate == STAYS_DRAFT)
            continue;
        rc = officers_work(d, &cases[i], age, e);
        if (rc == 0)
            rc = owner_works(d, &cases[i], age, e);
        if (rc == 0)
            rc = bureau_works(d, &cases[i], e);
        if (rc == 0)
            rc = fetch(d, &cases[i], age, e);
    }
    const struct drive dr = drive_of(d);
    if (rc >= 0)
        rc = demo_supervise(&dr, d->now + 1000, e);
    for (; rc >= 0 && *n < wanted; ++*n) {
        rc = open_case(d, *n, day, &cases[*n], e);
        if (rc < 0)
            break;
        if (d->progress)
            d->progress(*n + 1, CASES);
    }
    return rc < 0 ? rc : 0;
}

static int fill(struct app *app, void (*progress)(int done, int total), struct err *e)
{
    struct demo d = { .app = app, .arena = arena_new(), .progress = progress };
    struct sample_case *cases = arena_array(d.arena, CASES, sizeof *cases);
    int64_t end = clock_now_ms();
    int32_t date = date_of_ms(end);
    int n = 0;
    for (int left = DAYS; left > 0; left -= calendar_works(app_calendar(app, SV("")), date))
        date--;
    d.now = date_start_ms(date) + INT64_C(9) * 3600000;
    int rc = add_people(&d, e);
    if (rc == 0)
        rc = drive_paper(app, &d.paper, &d.paper_size, e);
    for (int day = 0; rc == 0 && day < DAYS; date++) {
        if (!calendar_works(app_calendar(app, SV("")), date))
            continue;
        int64_t nine = date_start_ms(date) + INT64_C(9) * 3600000;
        d.now = nine > d.now ? nine : d.now;
        rc = one_day(&d, cases, &n, day, e);
        day++;
    }
    /* What time alone has brought by now, so that nobody is told of it when the server starts. */
    if (rc == 0)
        rc = clock_run(app, end, e);
    if (rc >= 0)
        rc = warn_run(app, end, e);
    if (rc >= 0)
        rc = supervise_warn_run(app, end, e);
    if (rc >= 0)
        rc = supervise_backfill(app, end, e);
    if (rc >= 0)
        rc = outbox_drop(app, e);
    arena_free(d.arena);
    return rc;
}

int demo_fill(struct app *app, void (*progress)(int done, int total), struct err *e)
{
    int rc = shipped_set_meta(app, SV("demo"), DEMO_FILLING, e);
    if (rc == 0)
        rc = db_relax(app->db, true, e);
    if (rc == 0)
        rc = fill(app, progress, e);
    if (rc == 0)
        rc = db_relax(app->db, false, e);
    return rc < 0 ? rc : shipped_set_meta(app, SV("demo"), SV("1"), e);
}
