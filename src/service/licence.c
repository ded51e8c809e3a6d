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
    rc = permit_list_case(c, x->out->row.case_id, x->arena, &x->out->permits, &x->out->n_permits,
                          e);
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

int licence_document(struct app *app, const struct licence_view *l, int32_t today,
                     struct arena *a, enum doc_format format, struct buf *out, struct err *e)
{
    const struct industry *ind = catalog_industry(app->catalog, l->row.industry);
    struct doc_permit *permits = arena_array(a, l->n_permits, sizeof *permits);
    bool gone = !sv_is(l->row.state, "valid");
    for (size_t i = 0; i < l->n_permits; i++) {
        const struct permit_row *p = &l->permits[i];
        bool past = p->valid_until != DATE_NONE && today > p->valid_until;
        permits[i] = (struct doc_permit){ p->name, p->number, p->department_name,
                                          chinese(a, p->granted_on, ""),
                                          chinese(a, p->valid_until, "长期"),
                                          past ? SV("已过期") : SV("有效") };
    }
    struct doc_licence d = {
        .number = l->row.number, .holder = l->row.holder, .uscc = l->row.uscc,
        .person = l->row.person, .address = l->row.address,
        .industry = ind ? ind->name : l->row.industry, .issuer = l->row.issuer,
        .issued = chinese(a, l->row.issued_on, ""), .version = l->row.version,
        .qr_text = licence_qr_text(app, &l->row, a),
        .query_url = licence_verify_url(app, &l->row, a), .permits = permits,
        .n_permits = l->n_permits, .ended_note = l->row.ended_note,
        .void_note = gone ? SV("本版已失效") : SV(""), .sample = app->demo,
    };
    return doc_licence(&d, format, out, e);
}

int licence_check_text(const struct sm2_key *key, struct sv text, struct arena *a,
                       struct payload *out, struct err *e)
{
    unsigned char sig[SM2_SIG_SIZE];
    struct sv carried;
    struct buf signed_bytes;
    int rc = payload_split(text, &carried, sig, e);
    if (rc != 0)
        return rc;
    buf_init(&signed_bytes, PAYLOAD_MAX_BYTES + 64);
    payload_to_sign(carried, &signed_bytes);
    bool good = buf_ok(&signed_bytes) && sm2_verify(key, buf_sv(&signed_bytes), sig);
    buf_done(&signed_bytes);
    if (!good)
        return err_set(e, ERR_INVALID, "签名不符：内容被改动过，或不是本市签发的证照");
    return payload_decode(carried, a, out, e);
}

static bool permit_kept(const struct payload_permit *p, const struct permit_row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (sv_eq(rows[i].number, p->number) && sv_eq(rows[i].name, p->name))
            return sv_eq(rows[i].department_name, p->department) &&
                   rows[i].granted_on == p->granted && rows[i].valid_until == p->valid_until;
    return false;
}

bool licence_row_kept(const struct licence_row *l, const struct permit_row *permits, size_t n,
                      struct arena *a)
{
    unsigned char sig[SM2_SIG_SIZE];
    struct payload p;
    struct sv carried;
    struct err quiet;
    int32_t last = INT32_MIN + 1;
    err_init(&quiet, a);
    if (payload_split(l->payload, &carried, sig, &quiet) != 0 ||
        payload_decode(carried, a, &p, &quiet) != 0)
        return false;
    bool kept = sv_eq(p.number, l->number) && p.version == l->version &&
                sv_eq(p.short_id, l->short_id) && sv_eq(p.region, l->region) &&
                sv_eq(p.holder, l->holder) && sv_eq(p.uscc, l->uscc) &&
                sv_eq(p.person, l->person) && sv_eq(p.address, l->address) &&
                sv_eq(p.issuer, l->issuer) && p.issued == l->issued_on &&
                p.issued_at == l->issued_at;
    for (size_t i = 0; i < p.n_permits; i++) {
        int32_t until = p.permits[i].valid_until;
        if (until == DATE_NONE || last == DATE_NONE)
            last = DATE_NONE;
        else if (until > last)
            last = until;
        if (l->current)
            kept = kept && permit_kept(&p.permits[i], permits, n);
    }
    if (l->current && sv_is(l->state, "valid"))
        kept = kept && l->expires_on == last && l->permits_valid == (int64_t)p.n_permits;
    return kept;
}
