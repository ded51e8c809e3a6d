/* register_search: finding entries of the register. See register.h and docs/register.md.
 *
 * The index answers which entries have some pairs; whether an entry really has them all is looked up in
 * its text. So the index is asked for the rarest pairs only, and a number of candidates is enough.
 */
#include <stdlib.h>

#include "domain/licence/search_text.h"
#include "service/register_pairs.h"

enum { DRIVERS = 4, CANDIDATES = 400, SIMILAR_DRIVERS = 5, SIMILAR_CANDIDATES = 300,
       CODES = 200, LIMIT_MAX = 100, TEXT_MAX = 16384 };

struct search {
    struct app *app;
    const struct register_ask *ask;
    struct arena *arena;
    struct register_page *out;
    struct search_query q;
    struct sv filters; /* of the index: "a" AND ("b" OR "c"); "" none */
    struct sv regions[16]; size_t n_regions;
    struct db_conn *conn;
    struct buf text; /* of the entry that is looked at, as search_normal writes it */
};

const char *register_how_key(enum register_how h)
{
    static const char *const keys[] = { "exact", "name", "anywhere", "similar" };
    return keys[h];
}

/* ---- asking the index ---- */

static struct sv plain(struct search *s, struct sv text)
{
    struct buf b;
    buf_init(&b, TEXT_MAX);
    search_normal(text, 0, &b);
    struct sv out = arena_sv(s->arena, buf_sv(&b));
    buf_done(&b);
    return out;
}

static void and_term(struct buf *b, const char *mark, struct sv gram)
{
    if (b->n)
        buf_str(b, " AND ");
    buf_fmt(b, "\"%s%.*s\"", mark, (int)gram.n, gram.p);
}

static void read_filters(struct search *s)
{
    const struct register_ask *x = s->ask;
    const struct catalog *c = s->app->catalog;
    struct buf b;
    buf_init(&b, 4096);
    if (x->industry.n)
        and_term(&b, "@i", plain(s, x->industry));
    if (x->state.n)
        and_term(&b, "@s", plain(s, x->state));
    for (size_t i = 0; x->region.n && i < c->n_regions && s->n_regions < 16; i++)
        if (region_covers(c, x->region, c->regions[i].code))
            s->regions[s->n_regions++] = c->regions[i].code;
    if (s->n_regions && b.n)
        buf_str(&b, " AND ");
    for (size_t i = 0; i < s->n_regions; i++)
        buf_fmt(&b, "%s\"@r%.*s\"", i ? " OR " : "(", (int)s->regions[i].n, s->regions[i].p);
    if (s->n_regions)
        buf_str(&b, ")");
    s->filters = arena_sv(s->arena, buf_sv(&b));
    buf_done(&b);
}

struct rated { struct sv gram; unsigned count; };

static int by_count(const void *a, const void *b)
{
    const struct rated *x = a, *y = b;
    return x->count < y->count ? -1 : x->count > y->count;
}

/* The rarest pairs of the query, at most `most`; the number. */
static size_t rarest(const struct search *s, const char *mark, struct sv *out, size_t most)
{
    struct rated all[SEARCH_GRAMS_MAX];
    for (size_t i = 0; i < s->q.n; i++)
        all[i] = (struct rated){ s->q.grams[i], register_pairs_count(s->app->register_pairs, mark,
                                                                     s->q.grams[i]) };
    qsort(all, s->q.n, sizeof *all, by_count);
    size_t n = s->q.n < most ? s->q.n : most;
    for (size_t i = 0; i < n; i++)
        out[i] = all[i].gram;
    return n;
}

static struct sv asked_all(struct search *s, const char *mark)
{
    struct sv grams[DRIVERS];
    size_t n = rarest(s, mark, grams, DRIVERS);
    struct buf b;
    buf_init(&b, 8192);
    buf_sv_add(&b, s->filters);
    for (size_t i = 0; i < n; i++)
        and_term(&b, mark, grams[i]);
    struct sv out = arena_sv(s->arena, buf_sv(&b));
    buf_done(&b);
    return out;
}

/* Whoever has enough of n pairs has two of any n - enough + 2 of them: of the rarest, too. */
static struct sv asked_similar(struct search *s)
{
    struct sv grams[SIMILAR_DRIVERS];
    size_t enough = search_enough(s->q.n);
    size_t wanted = s->q.n - enough + 2;
    size_t n = rarest(s, "", grams, wanted < SIMILAR_DRIVERS ? wanted : SIMILAR_DRIVERS);
    struct buf b;
    buf_init(&b, 8192);
    buf_sv_add(&b, s->filters);
    buf_str(&b, s->filters.n ? " AND (" : "(");
    for (size_t i = 0; i < n; i++)
        for (size_t k = i + 1; k < n; k++)
            buf_fmt(&b, "%s(\"%.*s\" AND \"%.*s\")", i + k > 1 ? " OR " : "", (int)grams[i].n,
                    grams[i].p, (int)grams[k].n, grams[k].p);
    buf_str(&b, ")");
    struct sv out = arena_sv(s->arena, buf_sv(&b));
    buf_done(&b);
    return out;
}

/* ---- looking at what it gave ---- */

/* How many pairs of the query an entry's name has. */
static size_t found_in_name(struct search *s, const struct register_row *r)
{
    buf_clear(&s->text);
    search_normal(r->holder, 0, &s->text);
    return search_found(buf_sv(&s->text), s->q.grams, s->q.n);
}

/* How many its name, address and industry have; after found_in_name. */
static size_t found_in_all(struct search *s, const struct register_row *r)
{
    buf_byte(&s->text, ' ');
    search_normal(r->address, 0, &s->text);
    buf_byte(&s->text, ' ');
    search_normal(r->industry_name, 0, &s->text);
    return search_found(buf_sv(&s->text), s->q.grams, s->q.n);
}

static bool passes(const struct search *s, const struct register_row *r)
{
    bool region = s->ask->region.n == 0;
    for (size_t i = 0; i < s->n_regions; i++)
        region = region || sv_eq(s->regions[i], r->region);
    return region && (s->ask->industry.n == 0 || sv_eq(s->ask->industry, r->industry)) &&
           (s->ask->state.n == 0 || sv_eq(s->ask->state, r->state));
}

static bool fits(struct search *s, const struct register_row *r, enum register_how how)
{
    if (!passes(s, r))
        return false;
    bool named = found_in_name(s, r) == s->q.n && s->q.n > 0;
    if (how == REGISTER_NAME)
        return named;
    return !named && found_in_all(s, r) == s->q.n;
}

static void keep(struct search *s, const struct register_row *r, enum register_how how)
{
    s->out->items[s->out->n++] = (struct register_found){ *r, how };
}

struct collect { struct search *s; enum register_how how; int64_t last; bool full; };

static bool take(void *ctx, const struct register_row *row)
{
    struct collect *x = ctx;
    if (fits(x->s, row, x->how)) {
        x->full = (int64_t)x->s->out->n == x->s->ask->limit;
        if (x->full)
            return false;
        keep(x->s, row, x->how);
    }
    x->last = row->id;
    return true;
}

/* Entries of one kind, newest first, until the page is full. With many candidates and few that fit the next page goes on
 * from here. */
static int collect(struct search *s, enum register_how how, int64_t before, struct err *e)
{
    struct collect x = { s, how, before, false };
    int n = register_match(s->conn, asked_all(s, how == REGISTER_NAME ? "=" : ""), before, CANDIDATES,
                           s->arena, take, &x, e);
    if (n < 0)
        return n;
    s->out->more = x.full || n == CANDIDATES;
    s->out->how = how;
    s->out->before = x.last;
    return 0;
}

struct scored { const struct register_row *row; size_t name, all; };

static int by_score(const void *a, const void *b)
{
    const struct scored *x = a, *y = b;
    if (x->name != y->name)
        return x->name > y->name ? -1 : 1;
    if (x->all != y->all)
        return x->all > y->all ? -1 : 1;
    return x->row->id > y->row->id ? -1 : 1;
}

struct similar { struct search *s; struct scored list[SIMILAR_CANDIDATES]; size_t n; };

static bool score(void *ctx, const struct register_row *row)
{
    struct similar *x = ctx;
    const struct search_query *q = &x->s->q;
    struct scored one = { .row = row, .name = found_in_name(x->s, row) };
    one.all = found_in_all(x->s, row);
    if (passes(x->s, row) && one.all >= search_enough(q->n) && one.all < q->n)
        x->list[x->n++] = one;
    return true;
}

static int similar(struct search *s, struct err *e)
{
    struct similar *x = arena_alloc(s->arena, sizeof *x);
    x->s = s;
    x->n = 0;
    if (search_enough(s->q.n) < 2)
        return 0;
    int rc = register_match(s->conn, asked_similar(s), INT64_MAX, SIMILAR_CANDIDATES, s->arena, score,
                            x, e);
    if (x->n)
        qsort(x->list, x->n, sizeof *x->list, by_score);
    for (size_t i = 0; i < x->n && (int64_t)s->out->n < s->ask->limit; i++)
        keep(s, x->list[i].row, REGISTER_SIMILAR);
    return rc < 0 ? rc : 0;
}

static int exact(struct search *s, struct err *e)
{
    struct register_row *rows;
    size_t n;
    int rc = register_code(s->conn, s->q.code, CODES, s->arena, &rows, &n, e);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        if (!passes(s, &rows[i]))
            continue;
        s->out->narrow = (int64_t)s->out->n == s->ask->limit;
        if (s->out->narrow)
            break;
        keep(s, &rows[i], REGISTER_EXACT);
    }
    return rc;
}

static int search_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct search *s = ctx;
    bool first = s->ask->how == REGISTER_EXACT;
    s->conn = c;
    int rc = register_pairs_refresh(s->app->register_pairs, c, e);
    if (rc == 0 && first && s->q.code.n)
        rc = exact(s, e);
    if (rc < 0 || s->out->n || (s->q.n == 0 && s->ask->q.n))
        return rc;
    if (s->q.n && s->ask->how <= REGISTER_NAME)
        rc = collect(s, REGISTER_NAME, first ? INT64_MAX : s->ask->before, e);
    if (rc == 0 && !s->out->more)
        rc = collect(s, REGISTER_ANYWHERE,
                     s->ask->how == REGISTER_ANYWHERE ? s->ask->before : INT64_MAX, e);
    if (rc == 0 && first && !s->out->more && s->out->n == 0 && s->q.code.n == 0)
        rc = similar(s, e);
    return rc;
}

int register_search(struct app *app, const struct register_ask *ask, struct arena *a,
                    struct register_page *out, struct err *e)
{
    struct search s = { .app = app, .ask = ask, .arena = a, .out = out };
    *out = (struct register_page){ .items = arena_array(a, LIMIT_MAX, sizeof *out->items) };
    if (ask->q.n && !search_read(ask->q, a, &s.q))
        err_problem(e, SV("/q"), "too_short", "请至少输入连在一起的两个字");
    if (ask->region.n && !catalog_region(app->catalog, ask->region))
        err_problem(e, SV("/region"), "unknown_region", "没有这个行政区划");
    if (e->code)
        return e->code;
    read_filters(&s);
    buf_init(&s.text, TEXT_MAX);
    int rc = db_read(app->db, search_tx, &s, e);
    buf_done(&s.text);
    return rc;
}

/* ---- one entry ---- */

struct open_ctx { struct sv number; struct arena *arena; struct register_row *out; };

static int open_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct open_ctx *x = ctx;
    return register_find(c, x->number, x->arena, x->out, e);
}

int register_open(struct app *app, struct sv number, struct arena *a, struct register_row *out,
                  struct err *e)
{
    struct open_ctx x = { number, a, out };
    return db_peek(app->db, open_tx, &x, e);
}
