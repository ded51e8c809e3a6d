/* drive: see drive.h. */
#include "service/drive.h"

#include "service/draft.h"
#include "service/tolerance.h"
#include "service/visits.h"

const struct actor *drive_reviewer(const struct drive *d, struct sv department, int n)
{
    for (size_t i = 0; i < d->n_officers; i++)
        if (d->officers[i].role == ROLE_REVIEWER &&
            sv_eq(d->officers[i].department, department) && n-- == 0)
            return &d->officers[i];
    return NULL;
}

const struct actor *drive_role(const struct drive *d, enum role role, struct sv region)
{
    for (size_t i = 0; i < d->n_officers; i++)
        if (d->officers[i].role == role && sv_eq(d->officers[i].region, region))
            return &d->officers[i];
    return NULL;
}

/* ---- one item ---- */

struct look { struct app *app; int64_t id; struct arena *arena; struct item_row item; };

static int read_item(struct db_conn *c, void *ctx, struct err *e)
{
    struct look *l = ctx;
    return item_find(c, l->id, l->arena, &l->item, e);
}

static int missing(struct sv department, struct err *e)
{
    return err_set(e, ERR_INTERNAL, "部门 %.*s 没有审批人员", (int)department.n, department.p);
}

int drive_act(const struct drive *d, int64_t item_id, int n, enum act act,
              const struct act_input *in, int64_t now, struct err *e)
{
    struct look l = { .app = d->app, .id = item_id, .arena = arena_new() };
    int rc = db_peek(d->app->db, read_item, &l, e);
    const struct actor *who = rc == 1 ? drive_reviewer(d, l.item.department, n) : NULL;
    if (rc == 1 && !who)
        rc = missing(l.item.department, e);
    if (rc == 1) {
        struct command cmd = { .actor = who, .now = now, .if_match = l.item.version };
        rc = item_act(d->app, &cmd, item_id, act, in, e);
    }
    arena_free(l.arena);
    return rc;
}

/* ---- the visit ---- */

struct open_case { struct app *app; int64_t id; struct arena *arena; struct bundle *b; };

static int load_case(struct db_conn *c, void *ctx, struct err *e)
{
    struct open_case *o = ctx;
    return bundle_load(o->app, c, o->id, WITH_ITEMS | WITH_VISITS | WITH_COMMITMENTS, o->arena,
                       o->b, e);
}

static int reload(const struct drive *d, int64_t case_id, struct arena *a, struct bundle *b,
                  struct err *e)
{
    struct open_case o = { d->app, case_id, a, b };
    bundle_done(b);
    int rc = db_read(d->app->db, load_case, &o, e);
    return rc == 0 ? err_set(e, ERR_NOT_FOUND, "没有这个办件") : rc < 0 ? rc : 0;
}

static bool ready(const struct bundle *b)
{
    bool waits = false;
    for (size_t i = 0; i < b->n_items; i++) {
        bool needs = item_open(b->items[i].state) &&
                     (b->items[i].inspection == INSPECTION_REQUIRED ||
                      b->items[i].inspection == INSPECTION_RECTIFY);
        if (needs && b->items[i].state != ITEM_ACCEPTED)
            return false;
        waits |= needs;
    }
    return waits;
}

static int agree(const struct drive *d, const struct bundle *b, int64_t visit, int64_t now,
                 struct err *e)
{
    int64_t version = bundle_visit(b)->version;
    int rc = 0;
    for (size_t k = 0; rc == 0 && k < b->n_parts; k++) {
        const struct part_row *p = &b->parts[k];
        bool again = false;
        for (size_t j = 0; j < k; j++)
            again |= b->parts[j].visit_id == visit && sv_eq(b->parts[j].department, p->department);
        if (p->visit_id != visit || again)
            continue;
        const struct actor *one = drive_reviewer(d, p->department, 0);
        const struct actor *two = drive_reviewer(d, p->department, 1);
        if (!one || !two)
            return missing(p->department, e);
        struct command cmd = { .actor = one, .now = now, .if_match = version++ };
        struct visit_input in = { .on = DATE_NONE, .counter_on = DATE_NONE,
                                  .officer_a = one->id, .officer_b = two->id };
        rc = visit_act(d->app, &cmd, visit, ACT_AGREE_VISIT, &in, e);
    }
    return rc;
}

/* Every row of the checklist alike. */
static json_t *all_checks(const struct permit_type *p, const char *result, struct arena *a)
{
    json_t *checks = json_object();
    for (size_t n = 0; n < p->n_checks; n++) {
        json_t *one = json_object();
        json_put_sv(one, "result", n == 0 ? sv_of(result) : SV("pass"));
        if (n == 0 && strcmp(result, "fail") == 0)
            json_put_sv(one, "note", SV("示例：与申请内容不一致"));
        json_put(checks, check_code(p, n, a).p, one);
    }
    return checks;
}

static int write_down(const struct drive *d, const struct bundle *b, const struct part_row *p,
                      int64_t now, const char *result, int32_t rectify_by, struct arena *a,
                      struct err *e)
{
    const struct permit_type *type = NULL;
    struct act_input in = ACT_INPUT_NONE;
    bool good = strcmp(result, "pass") == 0;
    for (size_t i = 0; i < b->n_items; i++)
        if (b->items[i].id == p->item_id)
            type = catalog_permit(b->catalog, b->items[i].permit);
    json_t *checks = all_checks(type, good ? "pass" : "fail", a);
    struct command one = { .actor = drive_reviewer(d, p->department, 0), .now = now,
                           .if_match = p->version };
    struct command two = { .actor = drive_reviewer(d, p->department, 1), .now = now,
                           .if_match = p->version + 1 };
    in.checks = checks;
    in.result = sv_of(result);
    in.findings = good ? SV("") : SV("示例：现场布局与平面图不一致");
    in.rectify_by = rectify_by;
    int rc = item_act(d->app, &one, p->item_id, ACT_INSPECT, &in, e);
    json_decref(checks);
    in = ACT_INPUT_NONE;
    return rc == 0 ? item_act(d->app, &two, p->item_id, ACT_COUNTERSIGN, &in, e) : rc;
}

static int hold(const struct drive *d, const struct bundle *b, int64_t visit, int64_t now,
                const char *result, int32_t rectify_by, struct arena *a, struct err *e)
{
    int rc = 0;
    for (size_t k = 0; rc == 0 && k < b->n_parts; k++)
        if (b->parts[k].visit_id == visit)
            rc = write_down(d, b, &b->parts[k], now, result, rectify_by, a, e);
    return rc;
}

int drive_visit(const struct drive *d, int64_t case_id, int64_t now, const char *result,
                int32_t rectify_by, struct err *e)
{
    struct arena *a = arena_new();
    struct bundle b = { 0 };
    int64_t visit = 0;
    int rc = reload(d, case_id, a, &b, e);
    if (rc != 0 || !ready(&b)) {
        bundle_done(&b);
        arena_free(a);
        return rc;
    }
    struct command cmd = { .actor = drive_role(d, ROLE_BUREAU, b.row.region), .now = now };
    struct visit_input in = { .on = date_of_ms(now), .time = SV("上午9:30"),
                              .place = b.row.address.n ? b.row.address : SV("经营场所"),
                              .counter_on = DATE_NONE };
    rc = cmd.actor ? visit_propose(d->app, &cmd, case_id, &in, &visit, e)
                   : missing(b.row.region, e);
    if (rc == 0)
        rc = reload(d, case_id, a, &b, e);
    if (rc == 0)
        rc = agree(d, &b, visit, now, e);
    if (rc == 0)
        rc = reload(d, case_id, a, &b, e);
    if (rc == 0)
        rc = hold(d, &b, visit, now, result, rectify_by, a, e);
    bundle_done(&b);
    arena_free(a);
    return rc == 0 ? 1 : rc;
}

/* ---- promises, delivery ---- */

static int keep(const struct drive *d, const struct bundle *b, const struct commitment_row *c,
                const struct new_file *paper, int64_t now, struct err *e)
{
    struct act_input in = ACT_INPUT_NONE;
    int64_t id;
    in.material = c->material;
    for (size_t i = 0; i < b->n_items; i++) {
        const struct item_row *x = &b->items[i];
        struct command cmd = { .actor = drive_reviewer(d, x->department, 0), .now = now };
        if (x->state != ITEM_ACCEPTED || !form_asks(catalog_permit(b->catalog, x->permit),
                                                    c->material))
            continue;
        int rc = cmd.actor ? tolerance_collect(d->app, &cmd, x->id, paper, &id, e)
                           : missing(x->department, e);
        if (rc == 0)
            rc = drive_act(d, x->id, 0, ACT_CONFIRM_COMMITMENT, &in, now, e);
        return rc == 0 ? 1 : rc;
    }
    return 0;
}

int drive_promises(const struct drive *d, int64_t case_id, const struct sm3_hash *paper,
                   int64_t paper_size, int64_t now, struct err *e)
{
    struct arena *a = arena_new();
    struct bundle b = { 0 };
    struct new_file f = { .name = SV("示例.pdf"), .hash = *paper, .size = paper_size,
                          .media_type = "application/pdf" };
    int kept = 0;
    int rc = reload(d, case_id, a, &b, e);
    for (size_t k = 0; rc >= 0 && k < b.n_commitments; k++) {
        if (!sv_is(b.commitment_rows[k].state, "promised"))
            continue;
        f.material = b.commitment_rows[k].material;
        rc = keep(d, &b, &b.commitment_rows[k], &f, now, e);
        kept += rc > 0;
    }
    bundle_done(&b);
    arena_free(a);
    return rc < 0 ? rc : kept;
}

int drive_deliver(const struct drive *d, int64_t case_id, int64_t now, struct err *e)
{
    struct arena *a = arena_new();
    struct bundle b = { 0 };
    struct delivery_input in = { SV("pickup"), SV("示例·领取人"), SV("本人"), SV(""), NULL };
    int rc = reload(d, case_id, a, &b, e);
    bool waits = rc == 0 && b.row.deliver_by != DATE_NONE;
    struct command cmd = { .actor = rc == 0 ? drive_role(d, ROLE_BUREAU, b.row.region) : NULL,
                           .now = now, .if_match = b.row.version };
    if (waits)
        rc = cmd.actor ? case_deliver(d->app, &cmd, case_id, &in, e)
                       : missing(b.row.region, e);
    bundle_done(&b);
    arena_free(a);
    return rc < 0 ? rc : waits;
}

/* ---- the hearing ---- */

int drive_hearing(const struct drive *d, int64_t item_id, int64_t now, struct err *e)
{
    struct look l = { .app = d->app, .id = item_id, .arena = arena_new() };
    struct act_input in = ACT_INPUT_NONE;
    int32_t today = date_of_ms(now);
    int rc = db_peek(d->app->db, read_item, &l, e);
    const struct calendar *c = app_calendar(d->app, l.item.region);
    static const enum act next[HEARING_STAGES] = {
        [HEARING_NONE] = ACT_TELL_HEARING, [HEARING_TOLD] = ACT_ASK_HEARING,
        [HEARING_ASKED] = ACT_NOTIFY_HEARING, [HEARING_NOTICED] = ACT_HOLD_HEARING,
    };
    enum hearing_stage stage = l.item.hearing;
    arena_free(l.arena);
    if (rc != 1 || stage == HEARING_HELD || stage == HEARING_WAIVED)
        return rc < 0 ? rc : 0;
    in.reason = SV("示例：依法应当举行听证");
    in.applicant_only = true;
    in.asked_by = SV("依职权");
    in.on = calendar_add(c, today, HEARING_NOTICE_DAYS + 1);
    in.time = SV("上午9:00");
    in.place = SV("示例：政务服务中心听证室");
    in.chair = SV("示例·听证主持人");
    in.minutes = SV("示例：各方到场，未提出异议。");
    rc = drive_act(d, item_id, 0, next[stage], &in, now, e);
    /* The day has not come yet. */
    if (rc == ERR_REFUSED && stage == HEARING_NOTICED) {
        err_clear(e);
        return 0;
    }
    return rc == 0 ? 1 : rc;
}
