/* json_case: cases as the applicant, the window and the bureau see them. */
#include "api/api.h"
#include "service/personal.h"
#include "sys/clock.h"

struct view api_view(struct request *rq)
{
    return (struct view){ app_of(rq), rq->arena, date_of_ms(clock_now_ms()), actor_of(rq) };
}

void put_id(json_t *o, const char *key, int64_t id)
{
    char text[24];
    struct buf b;
    buf_init(&b, sizeof text);
    buf_fmt(&b, "%lld", (long long)id);
    json_put_sv(o, key, buf_sv(&b));
    buf_done(&b);
}

void put_time(json_t *o, const char *key, int64_t ms)
{
    char text[32];
    if (ms)
        json_put_sv(o, key, sv_of(time_format(ms, text)));
    else
        json_put(o, key, json_null());
}

void put_date(json_t *o, const char *key, int32_t date)
{
    char text[11];
    if (date != DATE_NONE)
        json_put_sv(o, key, sv_of(date_format(date, text)));
    else
        json_put(o, key, json_null());
}

void put_text_or_null(json_t *o, const char *key, struct sv s)
{
    if (s.n)
        json_put_sv(o, key, s);
    else
        json_put(o, key, json_null());
}

void put_pair(json_t *o, const char *key, struct sv code, struct sv name)
{
    json_t *pair = json_object();
    json_put_sv(pair, "code", code);
    json_put_sv(pair, "name", name);
    json_put(o, key, pair);
}

static void put_region(json_t *o, const struct catalog *c, struct sv code)
{
    const struct region *r = catalog_region(c, code);
    put_pair(o, "region", code, r ? r->name : code);
}

/* The clock that runs out first among the case's open items. */
static struct law_clock nearest(const struct view *v, const struct bundle *b)
{
    struct law_clock best = { .kind = CLOCK_NONE };
    for (size_t i = 0; i < b->n_items; i++) {
        struct law_clock c;
        item_clock(v->app, b, &b->items[i], v->today, &c);
        if (c.kind != CLOCK_NONE && (best.kind == CLOCK_NONE || c.due_on < best.due_on))
            best = c;
    }
    return best;
}

struct next { const char *who, *text, *action; };

static struct next next_of(const struct bundle *b)
{
    size_t granted = 0;
    for (size_t i = 0; i < b->n_items; i++)
        granted += b->items[i].state == ITEM_GRANTED;
    if (b->has_correction && sv_is(b->correction.state, "issued"))
        return (struct next){ "applicant", "请按补正通知一次补齐材料", "correct" };
    switch (b->row.state) {
    case CASE_DRAFT:
        return (struct next){ "applicant", "填写申请表、上传材料后提交", "fill" };
    case CASE_SUBMITTED:
        return (struct next){ "department", "各部门正在同时核对材料，您不需要做什么", "wait" };
    case CASE_IN_PROGRESS:
        return (struct next){ "department", "各部门正在并联审查，您不需要做什么", "wait" };
    case CASE_DECIDED:
        return granted ? (struct next){ "bureau", "各部门已办结，等待审批服务管理局统一出证",
                                        "issue" }
                       : (struct next){ "nobody", "各部门已作出决定，没有准予的事项", "none" };
    case CASE_ISSUED:
    case CASE_ARCHIVED:
        return (struct next){ "nobody", "行业综合许可证已颁发，可查看电子证或到窗口领取",
                              "view_licence" };
    case CASE_WITHDRAWN:
        return (struct next){ "nobody", "您已撤回申请，可以随时重新申请", "none" };
    default:
        return (struct next){ "nobody", "办件已终止，不影响重新申请", "none" };
    }
}

static json_t *json_next(const struct view *v, const struct bundle *b,
                         const struct law_clock *clock)
{
    struct next n = next_of(b);
    json_t *o = json_object();
    json_put_sv(o, "who", sv_of(n.who));
    json_put_sv(o, "text", sv_of(n.text));
    json_put_sv(o, "action", sv_of(n.action));
    if (strcmp(n.action, "correct") == 0) {
        put_date(o, "due_on", b->correction.due_on);
        json_put_i64(o, "days_left",
                     calendar_count(app_calendar(v->app, b->row.region), v->today, b->correction.due_on));
    } else if (clock->kind != CLOCK_NONE) {
        put_date(o, "due_on", clock->due_on);
        json_put_i64(o, "days_left", clock->days_left);
    }
    return o;
}

json_t *json_case_summary(const struct view *v, const struct bundle *b)
{
    const struct case_row *r = &b->row;
    struct law_clock clock = nearest(v, b);
    json_t *o = json_object();
    put_id(o, "id", r->id);
    put_text_or_null(o, "number", r->number);
    json_put_i64(o, "version", r->version);
    json_put_sv(o, "state", sv_of(case_state_key(r->state)));
    json_put_sv(o, "state_text", sv_of(case_state_text(r->state)));
    json_put_sv(o, "channel", r->channel);
    json_put_sv(o, "kind", sv_of(case_kind_key(r->kind)));
    json_put_sv(o, "kind_text", sv_of(case_kind_text(r->kind)));
    put_text_or_null(o, "of_licence", r->of_licence);
    put_pair(o, "industry", r->industry, b->industry->name);
    put_region(o, b->catalog, r->region);
    json_put_sv(o, "holder_name", r->holder_name);
    json_put_sv(o, "uscc", r->uscc);
    json_put_sv(o, "applicant_name", r->applicant_name);
    put_time(o, "created_at", r->created_at);
    put_time(o, "submitted_at", r->submitted_at);
    put_time(o, "updated_at", r->updated_at);
    json_put(o, "clock", json_clock(&clock));
    json_put(o, "next", json_next(v, b, &clock));
    json_put_i64(o, "n_items", r->n_items);
    json_put_i64(o, "n_open", r->n_open);
    return o;
}

/* Whole phone for its owner and for the window that keeps the case; masked for the rest. */
static struct sv phone_for(const struct view *v, const struct bundle *b)
{
    return case_owned(v->actor, &b->row) ? b->row.applicant_phone
                                         : mask_phone(v->arena, b->row.applicant_phone);
}

static json_t *json_receipt(const struct view *v, const struct bundle *b)
{
    json_t *o;
    json_t *list;
    if (!b->row.submitted_at)
        return json_null();
    o = json_object();
    list = json_array();
    json_put_sv(o, "number", b->row.number);
    put_time(o, "submitted_at", b->row.submitted_at);
    for (size_t i = 0; i < b->n_items; i++) {
        const struct permit_type *p = catalog_permit(b->catalog, b->items[i].permit);
        const struct department *d = catalog_department(b->catalog, b->items[i].department);
        json_t *row = json_object();
        json_put_sv(row, "department", d ? d->name : b->items[i].department);
        json_put_sv(row, "permit", p ? p->name : b->items[i].permit);
        put_date(row, "due_on", calendar_add(app_calendar(v->app, b->row.region),
                                             date_of_ms(b->row.submitted_at), SILENCE_DAYS));
        json_push(list, row);
    }
    json_put(o, "departments", list);
    return o;
}

static bool may_deliver(const struct view *v, const struct bundle *b)
{
    return b->row.deliver_by != DATE_NONE && v->actor->role != ROLE_GOVERNMENT;
}

/* An accepted item waits for the site visit, and none is being arranged. */
static bool may_visit(const struct view *v, const struct bundle *b)
{
    const struct visit_row *visit = bundle_visit(b);
    bool waits = false;
    for (size_t i = 0; i < b->n_items; i++) {
        bool needs = b->items[i].inspection == INSPECTION_REQUIRED ||
                     b->items[i].inspection == INSPECTION_RECTIFY;
        if (needs && item_open(b->items[i].state) && b->items[i].state != ITEM_ACCEPTED)
            return false;
        waits |= needs && b->items[i].state == ITEM_ACCEPTED;
    }
    return waits && (!visit || !visit_open(visit->state)) &&
           (v->actor->role == ROLE_CLERK || v->actor->role == ROLE_BUREAU ||
            v->actor->role == ROLE_REVIEWER);
}

/* Nothing is open, and it is not put away yet; what may still be missing GET …/archive says. */
static bool may_archive(const struct view *v, const struct bundle *b)
{
    return b->row.submitted_at && b->row.n_open == 0 && b->row.state != CASE_ARCHIVED &&
           (v->actor->role == ROLE_CLERK || v->actor->role == ROLE_BUREAU);
}

static json_t *json_allowed(const struct view *v, const struct bundle *b)
{
    json_t *list = json_array();
    bool own = case_owned(v->actor, &b->row);
    bool draft = b->row.state == CASE_DRAFT;
    struct case_facts f = bundle_facts(b);
    bool bureau = v->actor->role == ROLE_BUREAU;
    const struct { const char *act; bool may; } acts[] = {
        { "edit", own && bundle_editable(b) },
        { "delete", own && draft },
        { "submit", own && draft },
        { "supplement", own && !draft && bundle_editable(b) },
        { "withdraw", own && !draft && b->row.n_open > 0 },
        { "issue", bureau && case_may_issue(&f, NULL) == 0 },
        { "deliver", may_deliver(v, b) },
        { "propose_visit", may_visit(v, b) },
        { "archive", may_archive(v, b) },
        { "extend", v->actor->role == ROLE_GOVERNMENT && b->row.state == CASE_IN_PROGRESS &&
                        b->row.joint.holder == HOLDER_OURS && !b->row.joint_extended },
    };
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++)
        if (acts[i].may)
            json_push_sv(list, sv_of(acts[i].act));
    return list;
}

static json_t *json_licence_ref(const struct bundle *b)
{
    json_t *o;
    if (b->row.licence_number.n == 0)
        return json_null();
    o = json_object();
    json_put_sv(o, "number", b->row.licence_number);
    json_put_i64(o, "version", b->licence.version);
    json_put_sv(o, "state", sv_of(b->licence.state));
    return o;
}

json_t *json_case(const struct view *v, const struct bundle *b)
{
    json_t *o = json_case_summary(v, b);
    json_t *items = json_array();
    json_t *person = json_object();
    bool told = b->has_correction && !sv_is(b->correction.state, "draft");
    for (size_t i = 0; i < b->n_items; i++)
        json_push(items, json_item(v, b, &b->items[i]));
    json_put_sv(o, "address", b->row.address);
    json_put(o, "answers", json_incref(b->answers));
    json_put_sv(o, "catalog_version", b->row.catalog_version);
    json_put(o, "items", items);
    json_put(o, "correction", told ? json_correction(v, b, NULL) : json_null());
    json_put(o, "attachments", json_attachments(b, NULL));
    json_put(o, "receipt", json_receipt(v, b));
    json_put(o, "licence", json_licence_ref(b));
    json_put(o, "process", json_process(v, b, NULL));
    json_put(o, "visits", json_visits(v, b));
    json_put(o, "commitments", json_commitments(b, NULL));
    json_put(o, "timeline", json_timeline(b, NULL));
    json_put(o, "papers", json_papers(v, b, NULL));
    json_put(o, "allowed", json_allowed(v, b));
    json_put_sv(person, "name", b->row.applicant_name);
    json_put_sv(person, "phone", phone_for(v, b));
    json_put(o, "applicant", person);
    if (b->row.clerk_id) {
        json_t *clerk = json_object();
        json_put_sv(clerk, "name", b->clerk_name);
        json_put_sv(clerk, "hall", b->row.hall);
        json_put(o, "clerk", clerk);
    }
    return o;
}

/* The phone is whole for the window that keeps the case, contacts of a hearing's parties for all who see it. */
static int note_reading(struct request *rq, const struct bundle *b, struct err *e)
{
    bool own = case_owned(actor_of(rq), &b->row);
    json_t *shown = json_array();
    if (own)
        json_push_sv(shown, SV("申请人手机号"));
    personal_add_parties(shown, b, 0);
    return api_read_personal(rq, b->row.id, PERSONAL_CASE, shown, own ? "窗口代为办理" : "查看办件",
                             e);
}

int api_answer_case(struct request *rq, struct response *rs, int status, int64_t id,
                    struct err *e)
{
    struct bundle b = { 0 };
    struct view v = api_view(rq);
    int rc = bundle_open(app_of(rq), actor_of(rq), id, WITH_ALL & ~(unsigned)WITH_FORM, rq->arena,
                         &b, e);
    if (rc == 0)
        rc = note_reading(rq, &b, e);
    if (rc == 0) {
        api_etag(rq, rs, b.row.version);
        rc = api_json(rq, rs, status, json_case(&v, &b));
    }
    bundle_done(&b);
    return rc;
}

void api_note_changes(struct request *rq, const struct bundle *b)
{
    enum { LATEST = 5 };
    struct bundle last = *b;
    size_t skip = b->n_timeline > LATEST ? b->n_timeline - LATEST : 0;
    last.timeline += skip;
    last.n_timeline -= skip;
    ((struct caller *)rq->user)->changes = json_timeline(&last, NULL);
}
