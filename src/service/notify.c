/* notify: see notify.h. */
#include "service/notify.h"

#include "sys/ids.h"

enum { MS_PER_MINUTE = 60000 };

/* Channels go by their wanted name; what has no gateway ends in the file when its turn comes. */
static int dispatch_all(struct db_conn *c, const struct notice *n, const struct notify_to *to,
                        const struct message_row *m, struct err *e)
{
    const struct { bool wanted; struct sv channel, address; } ways[] = {
        { n->sms, SV("sms"), to->phone },
        { n->email, SV("email"), to->email },
    };
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < sizeof ways / sizeof ways[0]; i++) {
        struct dispatch_row d = {
            .id = id_next(), .message_id = m->id, .channel = ways[i].channel,
            .address = ways[i].address, .next_at = m->created_at, .created_at = m->created_at,
            .expires_at = n->valid_minutes ? m->created_at + n->valid_minutes * MS_PER_MINUTE : 0,
        };
        if (ways[i].wanted && d.address.n > 0)
            rc = dispatch_insert(c, &d, e);
    }
    return rc;
}

int notify_send(struct app *app, struct db_conn *c, const struct notify_to *to,
                const char *template_key, const struct notify_var *vars, size_t n,
                struct sv dedupe, int64_t now, struct err *e)
{
    const struct notice *notice = notices_find(&app->notices, sv_of(template_key));
    if (!notice)
        return err_set(e, ERR_INTERNAL, "没有通知模板 %s", template_key);
    struct arena *a = arena_new();
    struct message_row m = {
        .id = id_next(), .user_id = to->user_id, .case_id = to->case_id, .item_id = to->item_id,
        .created_at = now, .important = notice->important, .template = notice->key,
        .dedupe = dedupe, .subject = to->subject,
    };
    int rc = notice_fill(notice, notice->title, vars, n, a, &m.title, e);
    if (rc == 0)
        rc = notice_fill(notice, notice->text, vars, n, a, &m.body, e);
    if (rc == 0)
        rc = message_insert(c, &m, e);
    if (rc == 1)
        rc = dispatch_all(c, notice, to, &m, e);
    arena_free(a);
    return rc < 0 ? rc : 0;
}

int notify_case(struct app *app, struct db_conn *c, const struct case_row *row,
                const char *template_key, const struct notify_var *vars, size_t n,
                struct sv dedupe, int64_t now, struct err *e)
{
    struct notify_to to = { .user_id = row->applicant_id, .phone = row->applicant_phone,
                            .case_id = row->id };
    const struct notice *notice = notices_find(&app->notices, sv_of(template_key));
    struct arena *a = arena_new();
    struct user_row user;
    int rc = 0;
    if (notice && notice->email && to.user_id)
        rc = user_find(c, to.user_id, a, &user, e);
    if (rc == 1)
        to.email = user.email;
    if (rc >= 0)
        rc = notify_send(app, c, &to, template_key, vars, n, dedupe, now, e);
    arena_free(a);
    return rc;
}

/* Officers by role, department and region ("" = any): in their list, and by e-mail if they have
 * one. */
struct officers { enum role role; struct sv department, region; struct notify_about about;
                  int64_t item_id; };

/* Each person's own message of an occasion. */
static struct sv personal(struct arena *a, struct sv dedupe, int64_t user)
{
    return dedupe.n ? arena_printf_sv(a, "%.*s:u%lld", (int)dedupe.n, dedupe.p, (long long)user)
                    : dedupe;
}

static int tell_officers(struct app *app, struct db_conn *c, const struct officers *who,
                         const char *template_key, const struct notify_var *vars, size_t n,
                         struct sv dedupe, int64_t now, struct err *e)
{
    struct arena *a = arena_new();
    struct user_row *list;
    size_t n_list;
    int rc = user_list_role(c, sv_of(role_key(who->role)), who->department, who->region, a, &list,
                            &n_list, e);
    for (size_t i = 0; rc == 0 && i < n_list; i++) {
        struct notify_to to = { .user_id = list[i].id, .email = list[i].email,
                                .case_id = who->about.case_id, .subject = who->about.subject,
                                .item_id = who->item_id };
        rc = notify_send(app, c, &to, template_key, vars, n, personal(a, dedupe, list[i].id),
                         now, e);
    }
    arena_free(a);
    return rc;
}

int notify_department(struct app *app, struct db_conn *c, struct sv department, struct sv region,
                      struct notify_about about, const char *template_key,
                      const struct notify_var *vars, size_t n, struct sv dedupe, int64_t now,
                      struct err *e)
{
    struct officers who = { ROLE_REVIEWER, department, region, about, 0 };
    return tell_officers(app, c, &who, template_key, vars, n, dedupe, now, e);
}

int notify_settled(struct db_conn *c, struct sv department, struct sv dedupe, int64_t now,
                   struct err *e)
{
    struct arena *a = arena_new();
    struct user_row *list;
    size_t n;
    int rc = user_list_role(c, sv_of(role_key(ROLE_REVIEWER)), department, SV(""), a, &list, &n, e);
    for (size_t i = 0; rc >= 0 && i < n; i++)
        rc = message_settle(c, personal(a, dedupe, list[i].id), now, e);
    arena_free(a);
    return rc < 0 ? rc : 0;
}

int notify_item(struct app *app, struct db_conn *c, const struct item_row *item,
                const char *template_key, const struct notify_var *vars, size_t n,
                struct sv dedupe, int64_t now, struct err *e)
{
    struct officers who = { ROLE_REVIEWER, item->department, SV(""),
                            { .case_id = item->case_id }, item->id };
    return tell_officers(app, c, &who, template_key, vars, n, dedupe, now, e);
}

int notify_role(struct app *app, struct db_conn *c, enum role role, struct sv region,
                struct notify_about about, const char *template_key,
                const struct notify_var *vars, size_t n, struct sv dedupe, int64_t now,
                struct err *e)
{
    struct officers who = { role, SV(""), region, about, 0 };
    return tell_officers(app, c, &who, template_key, vars, n, dedupe, now, e);
}
