/* prefill_own: see prefill_own.h. */
#include "service/prefill_own.h"

enum { EARLIER_MAX = 5, LICENCES_MAX = 5 };

/* Groups of the form that are about the premises, and those that are about this one application
 * and nobody else's. */
#define GROUP_PLACE "场所"
static const char *const GROUPS_OF_ONE_CASE[] = { "代理", "办理" };
static const char *const FIELDS_OF_ONE_CASE[] = { "F_OPEN_DATE", F_REGION };

struct reading {
    const struct own_question *q;
    struct own_answer *out;
    struct earlier_row *earlier; size_t n_earlier;
    struct licence_row *licences; size_t n_licences;
};

/* An account's own things: whoever owns the account, or a clerk who files for it on record and for
 * a named enterprise. */
static bool may_offer(const struct own_question *q)
{
    if (q->actor->role == ROLE_APPLICANT)
        return q->row->applicant_id == q->actor->id;
    return q->actor->role == ROLE_CLERK && q->row->applicant_id != 0 && q->uscc.n > 0 &&
           q->row->authorisation.n > 0;
}

static int read_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct reading *x = ctx;
    const struct own_question *q = x->q;
    struct licence_filter f = { .applicant_id = q->row->applicant_id, .limit = LICENCES_MAX,
                                .before_issued = INT64_MAX };
    int rc = earlier_list(c, q->row->applicant_id, q->uscc, q->row->id, EARLIER_MAX, q->arena,
                          &x->earlier, &x->n_earlier, e);
    if (rc >= 0)
        rc = licence_list(c, &f, q->arena, &x->licences, &x->n_licences, e);
    if (rc >= 0 && q->uscc.n)
        rc = permit_list_own(c, q->row->applicant_id, q->uscc, q->arena, &x->out->permits,
                             &x->out->n_permits, e);
    return rc < 0 ? rc : 0;
}

/* The enterprise that all is about: the named one, or the only one there is. */
static struct sv enterprise(const struct reading *x)
{
    struct sv one = x->q->uscc.n || x->n_earlier == 0 ? x->q->uscc : x->earlier[0].uscc;
    for (size_t i = 0; i < x->n_earlier; i++)
        if (!sv_eq(x->earlier[i].uscc, one))
            return SV("");
    return one;
}

static bool listed(const char *const *list, size_t n, struct sv s)
{
    for (size_t i = 0; i < n; i++)
        if (sv_is(s, list[i]))
            return true;
    return false;
}

#define LISTED(list, s) listed((list), sizeof(list) / sizeof((list)[0]), (s))

/* What may be said again of another application. Premises elsewhere are other premises; fields of
 * one permit mostly describe them too. */
static bool again(const struct field *f, bool same_region)
{
    if (LISTED(GROUPS_OF_ONE_CASE, f->group) || LISTED(FIELDS_OF_ONE_CASE, f->code))
        return false;
    return same_region || (!f->owner && !sv_is(f->group, GROUP_PLACE));
}

static json_t *said_again(const struct reading *x, const json_t *body)
{
    json_t *out = json_object();
    const char *code;
    json_t *v;
    bool same_region = sv_eq(json_sv(body, F_REGION), x->q->row->region);
    json_object_foreach((json_t *)(uintptr_t)body, code, v) {
        const struct field *f = catalog_field(x->q->app->catalog, sv_of(code));
        if (f && again(f, same_region))
            json_put(out, code, json_incref(v));
    }
    return out;
}

static void push(struct reading *x, enum prefill_kind kind, struct sv number, int32_t on,
                 json_t *values)
{
    x->out->sources[x->out->n++] = (struct prefill_source){
        kind, sv_of(prefill_kind_text(kind)), number, on, values, 0 };
}

static void push_earlier(struct reading *x, const struct earlier_row *row)
{
    json_t *body = json_parse(row->body, NULL);
    push(x, PREFILL_CASE, row->number, date_of_ms(row->submitted_at), said_again(x, body));
    json_decref(body);
}

static void push_licence(struct reading *x, const struct licence_row *l)
{
    json_t *values = json_object();
    json_put_sv(values, F_ENT_NAME, l->holder);
    json_put_sv(values, F_USCC, l->uscc);
    json_put_sv(values, F_LEGAL_NAME, l->person);
    if (sv_eq(l->region, x->q->row->region))
        json_put_sv(values, F_ADDR, l->address);
    push(x, PREFILL_PERMIT, l->number, l->issued_on, values);
}

static void drop_expired(struct own_answer *o, int32_t today)
{
    size_t kept = 0;
    for (size_t i = 0; i < o->n_permits; i++)
        if (o->permits[i].valid_until == DATE_NONE || o->permits[i].valid_until >= today)
            o->permits[kept++] = o->permits[i];
    o->n_permits = kept;
}

int own_read(const struct own_question *q, struct own_answer *out, struct err *e)
{
    struct reading x = { .q = q, .out = out };
    *out = (struct own_answer){ .n = 0 };
    if (!may_offer(q))
        return 0;
    int rc = db_read(q->app->db, read_tx, &x, e);
    if (rc < 0)
        return rc;
    struct sv one = enterprise(&x);
    out->several = x.n_earlier > 0 && one.n == 0;
    for (size_t i = 0; one.n && i < x.n_licences; i++) {
        const struct licence_row *l = &x.licences[i];
        if (sv_eq(l->uscc, one) && sv_is(l->state, "valid") &&
            (l->expires_on == DATE_NONE || l->expires_on >= q->today))
            push_licence(&x, l);
    }
    for (size_t i = 0; one.n && i < x.n_earlier; i++)
        push_earlier(&x, &x.earlier[i]);
    drop_expired(out, q->today);
    return 0;
}

void own_done(struct own_answer *o)
{
    for (size_t i = 0; i < o->n; i++)
        json_decref((json_t *)(uintptr_t)o->sources[i].values);
    o->n = 0;
}
