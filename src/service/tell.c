/* tell: see tell.h. */
#include "service/tell.h"

#include "domain/law/ids.h"
#include "service/notify.h"

enum { TEXT = 64 };

/* Chinese words of a date or a number, in a buffer of the caller's frame. */
struct word { char p[TEXT]; };

static struct sv day(int32_t d, struct word *w)
{
    return d == DATE_NONE ? SV("法定期限") : sv_of(date_chinese(d, w->p));
}

static struct sv number(int64_t n, struct word *w)
{
    struct buf b;
    buf_init(&b, TEXT);
    buf_fmt(&b, "%lld", (long long)n);
    memcpy(w->p, b.p, b.n + 1);
    buf_done(&b);
    return sv_of(w->p);
}

static struct sv permit_name(const struct tell *t, const struct item_row *i)
{
    const struct permit_type *p = catalog_permit(t->b->catalog, i->permit);
    return p ? p->name : i->permit;
}

static struct sv or_none(struct sv s)
{
    return s.n ? s : SV("（未写明）");
}

/* The applicant of the case. */
#define TO_APPLICANT(key, ...)                                                                    \
    notify_case(t->app, t->c, &t->b->row, key, NOTIFY_VARS(__VA_ARGS__), SV(""), t->now, e)

int tell_submitted(const struct tell *t, struct err *e)
{
    struct word items;
    return TO_APPLICANT("submitted", { "number", t->b->row.number },
                        { "items", number((int64_t)t->b->n_items, &items) });
}

int tell_correction(const struct tell *t, struct err *e)
{
    struct word n, due;
    return TO_APPLICANT("correction_sent", { "number", t->b->row.number },
                        { "entries", number((int64_t)t->b->n_entries, &n) },
                        { "due", day(t->b->correction.due_on, &due) });
}

int tell_item(const struct tell *t, const struct item_row *i, enum act act, struct err *e)
{
    struct word date;
    struct sv name = permit_name(t, i);
    if (act == ACT_DEEM_ACCEPTED)
        return TO_APPLICANT("deemed_accepted", { "number", t->b->row.number }, { "permit", name },
                            { "accepted_on", day(i->accepted_on, &date) });
    if (act == ACT_END_CORRECTION)
        return TO_APPLICANT("item_ended", { "number", t->b->row.number }, { "permit", name },
                            { "due", day(i->closed_on, &date) });
    if (i->state == ITEM_GRANTED && (act == ACT_GRANT || act == ACT_ACCEPT))
        return TO_APPLICANT("decided_granted", { "permit", name }, { "permit_number", i->number });
    if (act == ACT_DENY)
        return TO_APPLICANT("decided_denied", { "permit", name }, { "reason", or_none(i->reason) });
    if (act == ACT_REFUSE)
        return TO_APPLICANT("decided_refused", { "permit", name }, { "reason", or_none(i->reason) },
                            { "organ", or_none(i->right_organ) });
    return 0;
}

int tell_closed(const struct tell *t, struct err *e)
{
    struct word items, granted;
    size_t n = 0;
    for (size_t i = 0; i < t->b->n_items; i++)
        n += t->b->items[i].state == ITEM_GRANTED;
    struct sv all = number((int64_t)t->b->n_items, &items);
    if (n == 0)
        return TO_APPLICANT("case_closed_none", { "number", t->b->row.number }, { "items", all });
    return TO_APPLICANT("case_closed_granted", { "number", t->b->row.number }, { "items", all },
                        { "granted", number((int64_t)n, &granted) });
}

int tell_issued(const struct tell *t, struct err *e)
{
    return TO_APPLICANT("licence_issued", { "licence", t->b->row.licence_number });
}

int tell_special(const struct tell *t, const struct item_row *i, const struct special_row *s,
                 bool opened, struct err *e)
{
    struct word days, due;
    if (opened)
        return TO_APPLICANT("special_opened", { "kind", s->title },
                            { "number", t->b->row.number }, { "permit", permit_name(t, i) },
                            { "days", number(s->days, &days) }, { "reason", s->reason });
    return TO_APPLICANT("special_closed", { "kind", s->title }, { "number", t->b->row.number },
                        { "permit", permit_name(t, i) }, { "due", day(i->due_on, &due) });
}

int tell_extended(const struct tell *t, const struct item_row *i, const struct extension_row *x,
                  struct err *e)
{
    struct word days, due;
    if (!i)
        return TO_APPLICANT("joint_extended", { "number", t->b->row.number },
                            { "days", number(x->days, &days) }, { "due", day(x->due_on, &due) },
                            { "reason", x->reason });
    return TO_APPLICANT("extended", { "number", t->b->row.number },
                        { "permit", permit_name(t, i) }, { "days", number(x->days, &days) },
                        { "due", day(x->due_on, &due) }, { "reason", x->reason });
}

/* The applicant, and everybody named as an interested party whose contact is a telephone (art. 47):
 * they have no account here. Others get the paper from the department. */
static int tell_parties(const struct tell *t, const struct hearing_row *h, const char *key,
                        const struct notify_var *vars, size_t n, struct err *e)
{
    struct id_verdict ignored;
    size_t k;
    json_t *party;
    json_t *parties = json_parse(h->parties, NULL);
    int rc = notify_case(t->app, t->c, &t->b->row, key, vars, n, SV(""), t->now, e);
    json_array_foreach(parties, k, party) {
        struct notify_to to = { .phone = json_sv(party, "contact"), .case_id = t->b->row.id };
        if (rc >= 0 && ids_check_phone(to.phone, "联系方式", &ignored))
            rc = notify_send(t->app, t->c, &to, key, vars, n, SV(""), t->now, e);
    }
    json_decref(parties);
    return rc;
}

int tell_hearing(const struct tell *t, const struct item_row *i, const struct hearing_row *h,
                 bool noticed, struct err *e)
{
    struct word date;
    struct arena *a = arena_new();
    struct sv when = day(noticed ? h->held_on : h->ask_until, &date);
    int rc = noticed
        ? tell_parties(t, h, "hearing_notice", NOTIFY_VARS(
              { "number", t->b->row.number }, { "permit", permit_name(t, i) },
              { "date", arena_printf_sv(a, "%.*s%.*s", (int)when.n, when.p, (int)h->held_time.n,
                                        h->held_time.p) }, { "place", h->place }), e)
        : tell_parties(t, h, "hearing_told", NOTIFY_VARS(
              { "number", t->b->row.number }, { "permit", permit_name(t, i) }, { "due", when }), e);
    arena_free(a);
    return rc;
}

/* "2026年12月1日 上午9:30"; on a. */
static struct sv visit_time(const struct visit_row *v, struct arena *a)
{
    struct word date;
    return arena_printf_sv(a, "%s %.*s", day(v->held_on, &date).p, (int)v->held_time.n,
                           v->held_time.p);
}

int tell_visit_proposed(const struct tell *t, const struct visit_row *v, struct err *e)
{
    struct arena *a = arena_new();
    struct sv date = visit_time(v, a);
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < t->b->n_items; i++) {
        const struct item_row *x = &t->b->items[i];
        bool needs = item_open(x->state) && (x->inspection == INSPECTION_REQUIRED ||
                                             x->inspection == INSPECTION_RECTIFY);
        if (needs)
            rc = notify_item(t->app, t->c, x, "visit_proposed",
                             NOTIFY_VARS({ "number", t->b->row.number },
                                         { "holder", t->b->row.holder_name },
                                         { "department", v->proposed_by }, { "date", date }),
                             SV(""), t->now, e);
    }
    arena_free(a);
    return rc;
}

/* Every department once. */
static struct sv departments_of(const struct tell *t, const struct visit_row *v, struct arena *a)
{
    struct buf names;
    buf_init(&names, 4096);
    for (size_t k = 0; k < t->b->n_parts; k++) {
        const struct part_row *p = &t->b->parts[k];
        const struct department *d = catalog_department(t->b->catalog, p->department);
        bool again = p->visit_id != v->id;
        for (size_t j = 0; j < k; j++)
            again |= t->b->parts[j].visit_id == v->id &&
                     sv_eq(t->b->parts[j].department, p->department);
        if (!again)
            buf_fmt(&names, "%s%s", names.n ? "、" : "", d ? d->name.p : p->department.p);
    }
    struct sv out = arena_sv(a, buf_sv(&names));
    buf_done(&names);
    return or_none(out);
}

int tell_visit_announced(const struct tell *t, const struct visit_row *v, struct err *e)
{
    struct arena *a = arena_new();
    int rc = TO_APPLICANT("visit_announced", { "number", t->b->row.number },
                          { "date", visit_time(v, a) },
                          { "departments", departments_of(t, v, a) });
    arena_free(a);
    return rc;
}

int tell_visit_result(const struct tell *t, const struct item_row *i, struct err *e)
{
    struct word date;
    struct arena *a = arena_new();
    struct sv next = SV("您现在不需要做什么。");
    if (i->inspection == INSPECTION_RECTIFY)
        next = arena_printf_sv(a, "请在%s前整改完毕，部门将复查。", day(i->rectify_by, &date).p);
    if (i->inspection == INSPECTION_FAILED)
        next = SV("部门将据此作出决定。");
    int rc = TO_APPLICANT("visit_result", { "number", t->b->row.number },
                          { "permit", permit_name(t, i) },
                          { "result", sv_of(inspection_stage_text(i->inspection)) },
                          { "next", next });
    arena_free(a);
    return rc;
}

int tell_commitment(const struct tell *t, const struct commitment_row *x, bool broken,
                    struct err *e)
{
    struct word due, days;
    const struct material *m = catalog_material(t->b->catalog, x->material);
    struct sv name = m ? m->name : x->material;
    int64_t left = calendar_count(app_calendar(t->app, t->b->row.region), date_of_ms(t->now),
                                  x->due_on);
    if (!broken)
        return TO_APPLICANT("commitment_reminder", { "number", t->b->row.number },
                            { "material", name }, { "days", number(left, &days) },
                            { "due", day(x->due_on, &due) });
    int rc = TO_APPLICANT("commitment_broken_applicant", { "number", t->b->row.number },
                          { "material", name }, { "due", day(x->due_on, &due) });
    for (size_t i = 0; rc == 0 && i < t->b->n_items; i++) {
        const struct permit_type *p = catalog_permit(t->b->catalog, t->b->items[i].permit);
        if (p && form_asks(p, x->material))
            rc = notify_item(t->app, t->c, &t->b->items[i], "commitment_broken_department",
                             NOTIFY_VARS({ "number", t->b->row.number }, { "permit", p->name },
                                         { "material", name }, { "due", day(x->due_on, &due) }),
                             SV(""), t->now, e);
    }
    return rc;
}

int tell_assigned(const struct tell *t, const struct item_row *i, struct err *e)
{
    struct word due;
    struct notify_to to = { .user_id = i->officer_id, .case_id = i->case_id, .item_id = i->id };
    return notify_send(t->app, t->c, &to, "assigned",
                       NOTIFY_VARS({ "number", t->b->row.number },
                                   { "holder", t->b->row.holder_name },
                                   { "permit", permit_name(t, i) },
                                   { "due", day(i->due_on, &due) }),
                       SV(""), t->now, e);
}

int tell_deadline(const struct tell *t, const struct item_row *i, bool passed, struct err *e)
{
    struct word due, days, level, id;
    struct arena *a = arena_new();
    int64_t left = calendar_count(app_calendar(t->app, i->region), date_of_ms(t->now), i->due_on);
    struct sv dedupe = arena_printf_sv(a, "deadline:%s:%s:%s", number(i->id, &id).p,
                                       number(i->due_on, &level).p, passed ? "2" : "1");
    int rc;
    if (passed)
        rc = notify_item(t->app, t->c, i, "deadline_alert",
                         NOTIFY_VARS({ "number", t->b->row.number },
                                     { "permit", permit_name(t, i) },
                                     { "due", day(i->due_on, &due) }),
                         dedupe, t->now, e);
    else
        rc = notify_item(t->app, t->c, i, "deadline_warning",
                         NOTIFY_VARS({ "number", t->b->row.number },
                                     { "permit", permit_name(t, i) },
                                     { "days", number(left, &days) },
                                     { "due", day(i->due_on, &due) }),
                         dedupe, t->now, e);
    arena_free(a);
    return rc;
}

int tell_undelivered(const struct tell *t, bool passed, struct err *e)
{
    struct word due, days, n, id, day_number;
    struct arena *a = arena_new();
    const struct case_row *row = &t->b->row;
    const char *key = passed ? "delivery_alert" : "delivery_warning";
    int64_t left = calendar_count(app_calendar(t->app, row->region), date_of_ms(t->now),
                                  row->deliver_by);
    struct sv dedupe = arena_printf_sv(a, "deliver:%s:%s:%d", number(row->id, &id).p,
                                       number(row->deliver_by, &day_number).p, passed);
    int64_t waits = licence_undelivered(row);
    for (size_t i = 0; i < t->b->n_items; i++)
        waits += item_undelivered(&t->b->items[i]);
    const struct notify_var vars[] = { { "number", row->number }, { "holder", row->holder_name },
                                       { "count", number(waits, &n) },
                                       { "due", day(row->deliver_by, &due) },
                                       { "days", number(left, &days) } };
    size_t n_vars = sizeof vars / sizeof vars[0] - (passed ? 1 : 0); /* no days are left */
    int rc = notify_role(t->app, t->c, ROLE_BUREAU, row->region,
                         (struct notify_about){ .case_id = row->id }, key, vars, n_vars, dedupe,
                         t->now, e);
    for (size_t i = 0; rc == 0 && i < t->b->n_items; i++)
        if (item_undelivered(&t->b->items[i]))
            rc = notify_item(t->app, t->c, &t->b->items[i], key, vars, n_vars, dedupe, t->now, e);
    arena_free(a);
    return rc;
}

int tell_answer_due(const struct tell *t, int64_t days, struct err *e)
{
    struct word n, due, id;
    struct arena *a = arena_new();
    int rc = notify_case(t->app, t->c, &t->b->row, "correction_reminder",
                         NOTIFY_VARS({ "number", t->b->row.number }, { "days", number(days, &n) },
                                     { "due", day(t->b->correction.due_on, &due) }),
                         arena_printf_sv(a, "answer:%s", number(t->b->correction.id, &id).p),
                         t->now, e);
    arena_free(a);
    return rc;
}
