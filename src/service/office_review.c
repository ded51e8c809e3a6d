/* office_review: what holds of a draft: problems, contradictions, facts of the table. See office.h. */
#include "service/desk.h"
#include "service/office.h"

bool office_may_edit(const struct app *app, const struct actor *actor)
{
    const struct catalog *c = app->catalog;
    const struct region *r = catalog_region(c, actor->region);
    return actor->role == ROLE_BUREAU && r && !catalog_region(c, r->parent);
}

struct find { struct app *app; struct arena *arena; int64_t id; struct catalog_draft_row *row; };

static int find_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct find *x = ctx;
    return catalog_draft_find(c, x->id, x->arena, x->row, e);
}

int office_find(struct app *app, int64_t id, struct arena *a, struct catalog_draft_row *out,
                struct err *e)
{
    struct find x = { app, a, id, out };
    int rc = db_peek(app->db, find_tx, &x, e);
    return rc == 0 ? err_set(e, ERR_NOT_FOUND, "没有这份目录草稿") : rc < 0 ? rc : 0;
}

const struct catalog *office_catalog(struct app *app, int64_t id, struct err *e)
{
    struct arena *a = arena_new();
    struct catalog_draft_row row;
    const struct catalog *c = NULL;
    if (office_find(app, id, a, &row, e) == 0)
        c = desk_take(app->desk, row.digest, row.body, e);
    arena_free(a);
    return c;
}

/* ---- documents by name ---- */

struct body { struct app *app; struct arena *arena; struct sv name, text; };

static int body_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct body *x = ctx;
    struct catalog_row version;
    struct catalog_draft_row draft;
    int64_t id;
    int rc = 0;
    if (sv_starts(x->name, SV("v:"))) {
        rc = catalog_row_find(c, sv_skip(x->name, 2), x->arena, &version, e);
        x->text = rc == 1 ? version.body : SV("");
    } else if (sv_starts(x->name, SV("d:")) && sv_to_i64(sv_skip(x->name, 2), &id)) {
        rc = catalog_draft_find(c, id, x->arena, &draft, e);
        x->text = rc == 1 ? draft.body : SV("");
    }
    return rc == 0 ? err_set(e, ERR_NOT_FOUND, "没有这个目录版本或草稿") : rc;
}

json_t *office_document(struct app *app, struct sv name, struct arena *a, struct err *e)
{
    struct body x = { app, a, name, SV("") };
    int rc = db_peek(app->db, body_tx, &x, e);
    return rc == 1 ? json_parse(x.text, e) : NULL;
}

/* ---- facts ---- */

struct base { struct app *app; struct arena *arena; const struct catalog_draft_row *row;
              const struct catalog *catalog; struct sv current, version; bool known; };

static int base_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct base *x = ctx;
    int rc = catalog_current_version(c, x->arena, &x->current, e);
    if (rc >= 0)
        x->catalog = app_catalog(x->app, c, x->row->base_version, e);
    return x->catalog ? 0 : rc < 0 ? rc : ERR_CORRUPT;
}

static int known_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct base *x = ctx;
    int rc = catalog_version_known(c, x->version, e);
    x->known = rc == 1;
    return rc < 0 ? rc : 0;
}

/* Is the document the base's but for the version's name? */
static bool differs(const json_t *doc, const struct catalog *base)
{
    json_t *now = json_copy((json_t *)(uintptr_t)doc);
    json_object_set(now, "version", json_object_get(base->source, "version"));
    bool other = !json_equal(base->source, now);
    json_decref(now);
    return other;
}

static void find_contradictions(const struct catalog *c, const struct catalog *base,
                                struct arena *a, struct office_review *out)
{
    struct contradictions before;
    catalog_contradictions(c, a, &out->list);
    catalog_contradictions(base, a, &before);
    out->known = arena_array(a, out->list.n + 1, sizeof *out->known);
    for (size_t i = 0; i < out->list.n; i++) {
        out->known[i] = contradiction_find(&before, out->list.list[i].key) != NULL;
        out->unexplained += !out->known[i] && !json_object_get(out->reasons,
                                                               out->list.list[i].key.p);
    }
}

static unsigned fact(bool holds, unsigned bit)
{
    return holds ? bit : 0;
}

int office_review(struct app *app, const struct catalog_draft_row *row, const struct actor *actor,
                  struct arena *a, struct office_review *out, struct err *e)
{
    struct base x = { .app = app, .arena = a, .row = row };
    *out = (struct office_review){ 0 };
    err_init(&out->problems, a);
    int rc = db_read(app->db, base_tx, &x, e);
    if (rc != 0)
        return rc;
    bool based = sv_eq(x.current, row->base_version);
    out->reasons = json_parse(row->reasons, e);
    const struct catalog *c = desk_take(app->desk, row->digest, row->body, &out->problems);
    if (c) {
        x.version = c->version;
        rc = db_peek(app->db, known_tx, &x, e);
        find_contradictions(c, x.catalog, a, out);
        out->facts |= EDITION_BIT(SOUND) |
                      fact(out->unexplained == 0, EDITION_BIT(EXPLAINED)) |
                      fact(differs(c->source, x.catalog), EDITION_BIT(DIFFERS)) |
                      fact(!x.known, EDITION_BIT(FREE));
    }
    desk_give(app->desk, c);
    out->facts |= based ? EDITION_BIT(BASED) : EDITION_BIT(BEHIND);
    out->facts |= fact(actor && actor->id != row->edited_by && actor->id != row->submitted_by,
                       EDITION_BIT(SECOND));
    return rc;
}

void office_review_done(struct office_review *r)
{
    json_decref(r->reasons);
    r->reasons = NULL;
}
