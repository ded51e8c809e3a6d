/* tell_catalog: see tell_catalog.h. Words in catalog/notices.json. */
#include "service/tell_catalog.h"

static int tell_one(struct app *app, struct db_conn *c, const struct draft_told *d,
                    const char *key, const struct user_row *who, struct arena *a, struct err *e)
{
    const struct notify_to to = { .user_id = who->id, .email = who->email,
                                  .subject = arena_printf_sv(a, "draft:%lld",
                                                             (long long)d->row->id) };
    if (d->by && d->by->id == who->id)
        return 0;
    return notify_send(app, c, &to, key,
                       NOTIFY_VARS({ "title", d->row->title },
                                   { "name", d->by ? d->by->name : SV("系统") },
                                   { "base", d->row->base_version }, { "reason", d->reason }),
                       SV(""), d->now, e);
}

static int tell_approvers(struct app *app, struct db_conn *c, const struct draft_told *d,
                          struct arena *a, struct err *e)
{
    struct user_row *list;
    size_t n;
    int rc = user_list_role(c, sv_of(role_key(ROLE_BUREAU)), SV(""), d->by->region, a, &list, &n, e);
    for (size_t i = 0; rc == 0 && i < n; i++)
        rc = tell_one(app, c, d, "draft_submitted", &list[i], a, e);
    return rc;
}

static int tell_writers(struct app *app, struct db_conn *c, const struct draft_told *d,
                        const char *key, struct arena *a, struct err *e)
{
    const int64_t ids[] = { d->row->author_id,
                            d->row->edited_by == d->row->author_id ? 0 : d->row->edited_by };
    struct user_row user;
    int rc = 0;
    for (size_t i = 0; rc >= 0 && i < sizeof ids / sizeof ids[0]; i++) {
        rc = ids[i] ? user_find(c, ids[i], a, &user, e) : 0;
        if (rc == 1)
            rc = tell_one(app, c, d, key, &user, a, e);
    }
    return rc < 0 ? rc : 0;
}

int tell_draft(struct app *app, struct db_conn *c, const struct draft_told *d, struct err *e)
{
    struct arena *a = arena_new();
    int rc = d->act == ACT_SUBMIT_CATALOG    ? tell_approvers(app, c, d, a, e)
             : d->act == ACT_APPROVE_CATALOG ? tell_writers(app, c, d, "draft_approved", a, e)
             : d->act == ACT_RETURN_CATALOG  ? tell_writers(app, c, d, "draft_returned", a, e)
                                             : 0;
    arena_free(a);
    return rc;
}
