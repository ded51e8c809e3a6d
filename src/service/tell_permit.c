/* tell_permit: see tell_permit.h. Words in catalog/notices.json. */
#include "service/tell_permit.h"

#include "service/notify.h"
#include "service/permits.h"

static struct sv chinese(struct arena *a, int32_t d)
{
    char text[32];
    return d == DATE_NONE ? SV("长期") : arena_sv(a, sv_of(date_chinese(d, text)));
}

/* What became of the licence, as a sentence. */
static struct sv licence_words(const struct licence_row *l, struct arena *a)
{
    if (!l)
        return SV("该许可还没有列入行业综合许可证。");
    if (!sv_is(l->state, "valid"))
        return arena_printf_sv(a, "行业综合许可证（%.*s）已没有有效的许可，随之失效。",
                               (int)l->number.n, l->number.p);
    return arena_printf_sv(a, "行业综合许可证（%.*s）已免费换发为第%lld版，旧版二维码随即失效，请在“我的证照”下载新证。",
                           (int)l->number.n, l->number.p, (long long)l->version);
}

/* The holder's account is the applicant of the case that led to the permit. */
static int to_holder(struct app *app, struct db_conn *c, const struct permit_row *p,
                     const char *key, const struct notify_var *vars, size_t n, struct sv dedupe,
                     int64_t now, struct arena *a, struct err *e)
{
    struct case_row row;
    int rc = case_find(c, p->case_id, a, &row, e);
    return rc == 1 ? notify_case(app, c, &row, key, vars, n, dedupe, now, e) : rc;
}

int tell_permit(struct app *app, struct db_conn *c, const struct permit_row *p,
                const struct permit_event_row *event, const struct licence_row *licence,
                struct arena *a, struct err *e)
{
    bool taken = !sv_is(p->state, "valid") && event->act != ACT_EXPIRE_PERMIT && event->case_id == 0;
    const struct notify_var vars[] = {
        { "permit", p->name }, { "number", p->number }, { "act", sv_of(act_text(event->act)) },
        { "department", p->department_name }, { "on", chinese(a, event->effective_on) },
        { "holder", p->holder }, { "licence", licence_words(licence, a) },
        { "reason", event->reason.n ? event->reason : SV("（未写明）") },
    };
    size_t n = sizeof vars / sizeof vars[0];
    int rc = to_holder(app, c, p, taken ? "permit_taken" : "permit_changed", vars, n, SV(""),
                       event->at, a, e);
    /* The windows hand out the new print and take the old one back. */
    if (rc != 0 || !licence)
        return rc;
    struct notify_about about = { .subject = arena_printf_sv(a, "licence:%s", licence->number.p) };
    return notify_role(app, c, ROLE_CLERK, p->region, about, "permit_changed_window", vars, n,
                       SV(""), event->at, e);
}

int tell_permit_ends(struct app *app, struct db_conn *c, const struct permit_row *p, int64_t days,
                     int64_t now, struct arena *a, struct err *e)
{
    const struct notify_var vars[] = {
        { "permit", p->name }, { "number", p->number }, { "until", chinese(a, p->valid_until) },
        { "days", arena_printf_sv(a, "%d", (int)(p->valid_until - date_of_ms(now))) },
        { "by", chinese(a, permit_renew_by(p)) },
    };
    struct sv dedupe = arena_printf_sv(a, "ends:%lld:%d:%lld", (long long)p->id,
                                       (int)p->valid_until, (long long)days);
    return to_holder(app, c, p, "permit_ends", vars, sizeof vars / sizeof vars[0], dedupe, now, a,
                     e);
}
