/* register: see register.h. */
#include "service/register.h"

#include "domain/licence/search_text.h"
#include "service/ledger.h"
#include "service/shipped.h"
#include "service/versions.h"

/* Counted up when rows or grams are made otherwise: the next start makes all anew. */
#define FORM "1"
enum { BATCH = 200, TEXT_MAX = 16384, CARE_PAGES = 200 /* some ms of the writer */ };

/* ---- one row ---- */

static struct sv permits_json(const struct permit_row *permits, size_t n, struct arena *a)
{
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++) {
        json_t *o = json_object();
        json_put_sv(o, "name", permits[i].name);
        json_put_sv(o, "number", permits[i].number);
        json_put_sv(o, "department", permits[i].department_name);
        json_put_i64(o, "from", date_to_number(permits[i].valid_from));
        json_put_i64(o, "until", date_to_number(permits[i].valid_until));
        json_put_sv(o, "state", permits[i].state);
        json_push(list, o);
    }
    struct sv out = json_dump(a, list, true);
    json_decref(list);
    return out;
}

static void put_gram(struct buf *out, const char *mark, struct sv gram)
{
    if (out->n)
        buf_byte(out, ' ');
    buf_str(out, mark);
    buf_sv_add(out, gram);
}

static struct sv normal(struct sv text, struct arena *a)
{
    struct buf b;
    buf_init(&b, TEXT_MAX);
    search_normal(text, 0, &b);
    struct sv out = arena_sv(a, buf_sv(&b));
    buf_done(&b);
    return out;
}

/* Pairs of the name twice, marked and not: names are looked through first. Then what a filter asks for. */
static struct sv grams_of(const struct register_row *r, struct arena *a)
{
    enum { MOST = 1000 };
    const struct { const char *mark; struct sv text; } filters[] = {
        { "@i", r->industry }, { "@r", r->region }, { "@s", r->state } };
    struct sv *grams = arena_array(a, MOST, sizeof *grams);
    struct sv holder = normal(r->holder, a);
    struct buf b;
    buf_init(&b, (size_t)TEXT_MAX * 4);
    size_t n = search_grams(holder, grams, MOST);
    for (size_t i = 0; i < n; i++)
        put_gram(&b, "=", grams[i]);
    struct sv all = arena_printf_sv(a, "%.*s %.*s %.*s", (int)holder.n, holder.p,
                                    (int)normal(r->address, a).n, normal(r->address, a).p,
                                    (int)normal(r->industry_name, a).n,
                                    normal(r->industry_name, a).p);
    n = search_grams(all, grams, MOST);
    for (size_t i = 0; i < n; i++)
        put_gram(&b, "", grams[i]);
    for (size_t i = 0; i < sizeof filters / sizeof filters[0]; i++)
        put_gram(&b, filters[i].mark, normal(filters[i].text, a));
    struct sv out = arena_sv(a, buf_sv(&b));
    buf_done(&b);
    return out;
}

void register_compose(const struct licence_row *l, int32_t first_issued_on,
                      const struct permit_row *permits, size_t n, struct arena *a,
                      struct register_row *out, struct sv *grams)
{
    *out = (struct register_row){
        .id = out->id, .number = l->number, .version = l->version, .state = l->state,
        .holder = l->holder, .uscc = l->uscc, .address = l->address, .industry = l->industry,
        .industry_name = version_industry(l, a), .region = l->region, .issuer = l->issuer,
        .first_issued_on = first_issued_on, .issued_on = l->issued_on,
        .expires_on = l->expires_on, .ended_on = l->ended_on,
        .permits = permits_json(permits, n, a), .short_id = l->short_id,
        .ledger_seq = l->ledger_seq,
    };
    *grams = grams_of(out, a);
}

int register_now(struct db_conn *c, struct sv number, struct arena *a, struct register_row *out,
                 struct sv *grams, struct err *e)
{
    struct licence_row current, first;
    struct permit_row *permits;
    size_t n;
    int rc = licence_find_current(c, number, a, &current, e);
    if (rc != 1)
        return rc;
    first = current;
    if (current.version > 1)
        rc = licence_find_version(c, number, 1, a, &first, e);
    if (rc >= 0)
        rc = permit_list_licence(c, number, a, &permits, &n, e);
    if (rc < 0)
        return rc;
    register_compose(&current, first.issued_on, permits, n, a, out, grams);
    return 1;
}

int register_keep(struct db_conn *c, struct sv number, struct err *e)
{
    struct arena *a = arena_new();
    struct register_row before = { 0 }, now = { 0 };
    struct sv grams;
    int rc = register_find(c, number, a, &before, e);
    now.id = rc == 1 ? before.id : 0;
    if (rc >= 0)
        rc = register_now(c, number, a, &now, &grams, e);
    if (rc == 1)
        rc = register_put(c, &now, grams, e);
    arena_free(a);
    return rc < 0 ? rc : 0;
}

bool register_same(const struct register_row *x, const struct register_row *y)
{
    const struct sv texts[][2] = {
        { x->number, y->number }, { x->state, y->state }, { x->holder, y->holder },
        { x->uscc, y->uscc }, { x->address, y->address }, { x->industry, y->industry },
        { x->industry_name, y->industry_name }, { x->region, y->region },
        { x->issuer, y->issuer }, { x->permits, y->permits }, { x->short_id, y->short_id },
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (!sv_eq(texts[i][0], texts[i][1]))
            return false;
    return x->version == y->version && x->first_issued_on == y->first_issued_on &&
           x->issued_on == y->issued_on && x->expires_on == y->expires_on &&
           x->ended_on == y->ended_on && x->ledger_seq == y->ledger_seq;
}

/* ---- all rows ---- */

struct rebuild { char after[64]; int64_t done; size_t n; };

static int rebuild_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct rebuild *b = ctx;
    struct arena *a = arena_new();
    struct sv *numbers;
    int rc = register_licences(c, sv_of(b->after), BATCH, a, &numbers, &b->n, e);
    for (size_t i = 0; rc == 0 && i < b->n; i++)
        rc = register_keep(c, numbers[i], e);
    if (rc == 0 && b->n)
        snprintf(b->after, sizeof b->after, "%s", numbers[b->n - 1].p);
    arena_free(a);
    return rc;
}

static int mark_tx(struct db_conn *c, void *ctx, struct err *e)
{
    (void)ctx;
    int rc = meta_set(c, SV("register_form"), SV(FORM), e);
    return rc == 0 ? register_care(c, -INT32_MAX, e) : rc;
}

int register_rebuild(struct app *app, void (*progress)(const char *what, int64_t done, int64_t total),
                     int64_t *n, struct err *e)
{
    struct rebuild b = { .n = 1 };
    int rc = 0;
    while (rc == 0 && b.n) {
        rc = db_write(app->db, rebuild_tx, &b, e);
        b.done += (int64_t)b.n;
        if (progress && rc == 0 && b.n && b.done % 10000 == 0)
            progress("公示登记", b.done, 0);
    }
    *n = b.done;
    return rc == 0 ? db_write(app->db, mark_tx, NULL, e) : rc;
}

int register_migrate(struct app *app, void (*progress)(const char *what, int64_t done, int64_t total),
                     struct err *e)
{
    struct sv form = { 0 };
    int64_t n;
    int rc = shipped_meta(app, SV("register_form"), &form, e);
    if (rc < 0 || sv_is(form, FORM))
        return rc < 0 ? rc : 0;
    return register_rebuild(app, progress, &n, e);
}

/* ---- the index ---- */

static int care_tx(struct db_conn *c, void *ctx, struct err *e)
{
    (void)ctx;
    return register_care(c, CARE_PAGES, e);
}

int register_care_run(struct app *app, int64_t now, struct err *e)
{
    struct arena *a = arena_new();
    struct tree_head_row head = { 0 };
    (void)now;
    int rc = ledger_latest_head(app, a, &head, e);
    arena_free(a);
    if (rc <= 0 || head.size == app->register_cared)
        return rc < 0 ? rc : 0;
    app->register_cared = head.size;
    return db_write(app->db, care_tx, NULL, e);
}
