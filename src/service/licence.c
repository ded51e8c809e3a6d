/* licence: see licence.h. */
#include "service/licence.h"

#include <ctype.h>

#include "service/bundle.h"

struct open_ctx {
    struct app *app;
    const struct actor *actor; /* NULL: anybody */
    struct sv number, short_id;
    struct arena *arena;
    struct licence_view *out;
};

static bool may_see(struct app *app, const struct actor *actor, const struct case_row *row,
                    const struct licence_view *l)
{
    if (actor->role != ROLE_REVIEWER)
        return case_visible(app->catalog, actor, row);
    for (size_t i = 0; i < l->n_permits; i++)
        if (sv_eq(l->permits[i].department, actor->department))
            return true;
    return false;
}

static int open_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct open_ctx *x = ctx;
    struct case_row row;
    int rc = x->short_id.n ? licence_find_short(c, x->short_id, x->arena, &x->out->row, e)
                           : licence_find_current(c, x->number, x->arena, &x->out->row, e);
    if (rc != 1)
        return rc;
    rc = permit_list_licence(c, x->out->row.number, x->arena, &x->out->permits,
                             &x->out->n_permits, e);
    if (rc != 0 || !x->actor)
        return rc < 0 ? rc : 1;
    rc = case_find(c, x->out->row.case_id, x->arena, &row, e);
    return rc == 1 ? may_see(x->app, x->actor, &row, x->out) : rc;
}

int licence_open_for(struct app *app, const struct actor *actor, struct sv number,
                     struct arena *a, struct licence_view *out, struct err *e)
{
    struct open_ctx x = { .app = app, .actor = actor, .number = number, .arena = a, .out = out };
    *out = (struct licence_view){ 0 };
    int rc = db_read(app->db, open_tx, &x, e);
    return rc == 1 ? 0 : rc < 0 ? rc : err_set(e, ERR_NOT_FOUND, "没有这个证照，或您无权查看");
}

int licence_open_short(struct app *app, struct sv short_id, struct arena *a,
                       struct licence_view *out, struct err *e)
{
    struct open_ctx x = { .app = app, .short_id = short_id, .arena = a, .out = out };
    *out = (struct licence_view){ 0 };
    return db_read(app->db, open_tx, &x, e);
}

int licence_open_number(struct app *app, struct sv number, struct arena *a,
                        struct licence_view *out, struct err *e)
{
    struct open_ctx x = { .app = app, .number = number, .arena = a, .out = out };
    *out = (struct licence_view){ 0 };
    return db_read(app->db, open_tx, &x, e);
}

struct sv licence_verify_url(const struct app *app, const struct licence_row *l, struct arena *a)
{
    return arena_printf_sv(a, "%.*s/v/%.*s", (int)app->public_url.n, app->public_url.p,
                           (int)l->short_id.n, l->short_id.p);
}

struct sv licence_qr_text(const struct app *app, const struct licence_row *l, struct arena *a)
{
    struct buf b;
    char *host = arena_dup(a, app->public_url);
    /* Upper case keeps the whole code in QR's alphanumeric mode; scheme and host do not care. */
    for (char *p = host; *p; p++)
        *p = (char)toupper((unsigned char)*p);
    buf_init(&b, PAYLOAD_MAX_TEXT + 512);
    payload_url(sv_of(host), l->short_id, l->payload, &b);
    struct sv out = arena_sv(a, buf_sv(&b));
    buf_done(&b);
    return out;
}

static struct sv chinese(struct arena *a, int32_t date, const char *none)
{
    char text[32];
    return date == DATE_NONE ? sv_of(none) : arena_sv(a, sv_of(date_chinese(date, text)));
}

void licence_facts(const struct app *app, const struct licence_view *l, int32_t today,
                   struct arena *a, struct doc_licence *out)
{
    const struct industry *ind = catalog_industry(app->catalog, l->row.industry);
    struct doc_permit *permits = arena_array(a, l->n_permits, sizeof *permits);
    bool gone = !sv_is(l->row.state, "valid");
    size_t n = 0;
    for (size_t i = 0; i < l->n_permits; i++) {
        const struct permit_row *p = &l->permits[i];
        bool past = p->valid_until != DATE_NONE && today > p->valid_until;
        if (!sv_is(p->state, "valid"))
            continue; /* said in the note */
        permits[n++] = (struct doc_permit){ p->name, p->number, p->department_name,
                                            chinese(a, p->granted_on, ""),
                                            chinese(a, p->valid_until, "长期"),
                                            past ? SV("已过期") : SV("有效") };
    }
    *out = (struct doc_licence){
        .number = l->row.number, .holder = l->row.holder, .uscc = l->row.uscc,
        .person = l->row.person, .address = l->row.address,
        .industry = ind ? ind->name : l->row.industry, .issuer = l->row.issuer,
        .issued = chinese(a, l->row.issued_on, ""), .version = l->row.version,
        .qr_text = licence_qr_text(app, &l->row, a),
        .query_url = licence_verify_url(app, &l->row, a), .permits = permits,
        .n_permits = n, .ended_note = l->row.ended_note,
        .void_note = gone ? SV("本版已失效") : SV(""), .sample = app->demo,
    };
}

const struct key_info *licence_key_revoked(const struct app *app, const struct licence_row *l,
                                           struct arena *a)
{
    struct payload_carried carried;
    struct payload content;
    struct err quiet;
    err_init(&quiet, a);
    if (payload_split(l->payload, &carried, &quiet) != 0 ||
        payload_decode(&carried, a, &content, &quiet) != 0)
        return NULL;
    const struct key_info *key = key_ring_find(app_keys(app), content.key_id);
    return key && key->revoked_ms ? key : NULL;
}
