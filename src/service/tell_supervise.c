/* tell_supervise: see tell_supervise.h. Words in catalog/notices.json. */
#include "service/tell_supervise.h"

#include "service/notify.h"

static struct sv name_of(const struct app *app, struct sv code)
{
    const struct department *d = catalog_department(app->catalog, code);
    return d ? d->name : code;
}

static struct sv chinese(struct arena *a, int32_t d)
{
    char text[32];
    return arena_sv(a, sv_of(date_chinese(d, text)));
}

/* A denied application has no permit: its kind's name. */
static struct sv permit_name(const struct app *app, const struct supervision_entry *x)
{
    const struct permit_type *p = catalog_permit(app->catalog, x->task.permit_type);
    return x->permit_name.n ? x->permit_name : p ? p->name : x->task.permit_type;
}

static struct sv occasion(struct arena *a, const struct supervision_row *t)
{
    return arena_printf_sv(a, "supervise:%lld", (long long)t->id);
}

static struct notify_about about_task(struct arena *a, const struct supervision_row *t)
{
    return (struct notify_about){ .subject = arena_printf_sv(a, "supervision:%lld",
                                                             (long long)t->id) };
}

int tell_supervision_seen(struct db_conn *c, const struct supervision_row *t, int64_t now,
                          struct err *e)
{
    struct arena *a = arena_new();
    int rc = notify_settled(c, t->department, occasion(a, t), now, e);
    arena_free(a);
    return rc;
}

int tell_supervision_opened(struct app *app, struct db_conn *c, const struct supervision_row *t,
                            const struct supervise_decision *d, struct err *e)
{
    struct arena *a = arena_new();
    struct sv due = t->clock.due_on == DATE_NONE
                        ? SV("不限时")
                        : arena_printf_sv(a, "%s前", chinese(a, t->clock.due_on).p);
    int rc = notify_department(
        app, c, t->department, SV(""), about_task(a, t), "supervision_opened",
        NOTIFY_VARS({ "kind", sv_of(supervision_kind_text(t->kind)) }, { "holder", d->holder },
                    { "permit", d->name }, { "act", sv_of(act_text(d->act)) },
                    { "department", name_of(app, d->grantor) }, { "due", due }),
        occasion(a, t), d->now, e);
    arena_free(a);
    return rc;
}

int tell_supervision_proposed(struct app *app, struct db_conn *c,
                              const struct supervision_entry *x,
                              const struct supervision_event_row *v, struct err *e)
{
    struct arena *a = arena_new();
    enum act wants;
    struct sv act = act_of(v->wants, &wants) ? sv_of(act_text(wants)) : v->wants;
    int rc = notify_department(
        app, c, x->task.grantor, SV(""), about_task(a, &x->task), "supervision_proposed",
        NOTIFY_VARS({ "act", act }, { "department", name_of(app, x->task.department) },
                    { "document", v->document }, { "holder", x->holder },
                    { "permit", permit_name(app, x) }, { "number", x->number },
                    { "reason", v->reason }, { "due", chinese(a, x->task.clock.due_on) }),
        arena_printf_sv(a, "proposal:%lld", (long long)v->id), v->at, e);
    arena_free(a);
    return rc;
}

int tell_supervision_answered(struct app *app, struct db_conn *c,
                              const struct supervision_entry *x,
                              const struct supervision_event_row *v, struct err *e)
{
    struct arena *a = arena_new();
    enum act act;
    bool declined = v->act == ACT_DECLINE_PROPOSAL;
    struct sv answer = !declined && act_of(v->wants, &act) ? sv_of(act_text(act))
                                                           : sv_of(act_text(v->act));
    int rc = notify_department(
        app, c, x->task.department, SV(""), about_task(a, &x->task), "supervision_answered",
        NOTIFY_VARS({ "answer", answer }, { "holder", x->holder },
                    { "permit", permit_name(app, x) }, { "number", x->number },
                    { "reason", v->reason }),
        arena_printf_sv(a, "answer:%lld", (long long)v->id), v->at, e);
    arena_free(a);
    return rc;
}

/* What waits, and whom it waits for. */
static struct sv whose_turn(const struct supervision_row *t, const char **what)
{
    static const char *const WHAT[SUPERVISION_STATES] = {
        [SUPERVISION_NONE] = "", [SUPERVISION_PENDING] = "待签收",
        [SUPERVISION_ACKNOWLEDGED] = "监管中", [SUPERVISION_FINDING] = "责令整改待复查",
        [SUPERVISION_PROPOSED] = "函告待答复", [SUPERVISION_CLOSED] = "已办结",
    };
    *what = WHAT[t->state];
    return t->state == SUPERVISION_PROPOSED ? t->grantor : t->department;
}

int tell_supervision_due(struct app *app, struct db_conn *c, const struct supervision_entry *x,
                         bool passed, int64_t now, struct err *e)
{
    struct arena *a = arena_new();
    const struct supervision_row *t = &x->task;
    const char *what;
    struct sv who = whose_turn(t, &what);
    const struct notify_var vars[] = {
        { "holder", x->holder }, { "permit", permit_name(app, x) }, { "what", sv_of(what) },
        { "due", chinese(a, t->clock.due_on) }, { "department", name_of(app, who) },
    };
    const char *key = passed ? "supervision_overdue" : "supervision_due";
    struct sv dedupe = arena_printf_sv(a, "supervise-due:%lld:%lld:%d:%d", (long long)t->id,
                                       (long long)t->version, (int)t->clock.due_on, passed);
    int rc = notify_department(app, c, who, SV(""), about_task(a, t), key, vars, sizeof vars / sizeof vars[0],
                               dedupe, now, e);
    if (rc == 0 && passed)
        rc = notify_role(app, c, ROLE_BUREAU, t->region, about_task(a, t), key, vars,
                         sizeof vars / sizeof vars[0], dedupe, now, e);
    arena_free(a);
    return rc;
}
