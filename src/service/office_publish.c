/* office_publish: a draft becomes the version in force, on its day by itself. See office.h.
 *
 * What is due is found by state and date, never by a job row: a server that was down over the
 * day publishes when it is back, effective from the day itself. A draft whose base is not in force
 * any more would undo what was published in between: it goes back to its editors with a note.
 */
#include "domain/catalog/shape.h"
#include "service/calendar.h"
#include "service/ledger.h"
#include "service/office.h"
#include "service/tell_catalog.h"
#include "sys/log.h"

/* The industries of a batch are offered from that day: the day stands in the document. */
static int date_batch(struct catalog_draft_row *row, struct arena *a, struct err *e)
{
    struct sm3_hash h;
    char hex[65], on[11];
    size_t i;
    json_t *one, *doc = json_parse(row->body, e);
    if (!doc)
        return ERR_CORRUPT;
    json_array_foreach(json_object_get(doc, "batches"), i, one)
        if (row->batch.n && sv_eq(json_sv(one, "code"), row->batch))
            json_put_sv(one, "published_on", sv_of(date_format(row->publish_on, on)));
    row->body = shape_text(doc, a);
    sm3(row->body, &h);
    sm3_hex(&h, hex);
    row->digest = arena_sv(a, sv_of(hex));
    json_decref(doc);
    return 0;
}

static int version_of(const struct catalog_draft_row *row, struct arena *a, struct sv *out,
                      struct err *e)
{
    json_t *doc = json_parse(row->body, e);
    *out = arena_sv(a, json_sv(doc, "version"));
    json_decref(doc);
    return doc ? 0 : ERR_CORRUPT;
}

int office_put_version(struct db_conn *c, struct catalog_draft_row *row, int64_t now,
                       struct arena *a, struct err *e)
{
    struct catalog_row v = { .current = true, .origin = SV("office"), .batch = row->batch,
                             .published_on = row->publish_on, .published_by = row->published_by,
                             .draft_id = row->id };
    struct sv current;
    int rc = date_batch(row, a, e);
    if (rc == 0)
        rc = version_of(row, a, &v.version, e);
    if (rc == 0)
        rc = catalog_version_known(c, v.version, e);
    if (rc == 1)
        return err_refuse(e, "R1.3", "版本号“%s”已经有一个版本用过，请改一个", v.version.p);
    if (rc == 0)
        rc = catalog_current_version(c, a, &current, e);
    if (rc == 1 && !sv_eq(current, row->base_version))
        return err_refuse(e, "R1.3", "刚刚公布了另一个版本，请以现行版本重新起草");
    v.digest = row->digest;
    v.body = row->body;
    return rc < 0 ? rc : catalog_row_put(c, &v, now, e);
}

/* ---- following ---- */

struct follow { struct app *app; struct arena *arena; struct sv version;
                const struct catalog *catalog; };

static int follow_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct follow *x = ctx;
    int rc = catalog_current_version(c, x->arena, &x->version, e);
    if (rc == 1 && !sv_eq(x->version, ((const struct catalog *)x->app->catalog)->version)) {
        x->catalog = app_catalog(x->app, c, x->version, e);
        rc = x->catalog ? 0 : ERR_CORRUPT;
    }
    return rc < 0 ? rc : 0;
}

static bool same_regions(const struct catalog *a, const struct catalog *b)
{
    bool same = a->n_regions == b->n_regions;
    for (size_t i = 0; same && i < a->n_regions; i++)
        same = sv_eq(a->regions[i].code, b->regions[i].code) &&
               sv_eq(a->regions[i].parent, b->regions[i].parent);
    return same;
}

int office_follow(struct app *app, struct err *e)
{
    struct follow x = { .app = app, .arena = arena_new() };
    const struct catalog *before = app->catalog;
    int rc = db_read(app->db, follow_tx, &x, e);
    if (rc == 0 && x.catalog) {
        app->catalog = (struct catalog *)(uintptr_t)x.catalog;
        LOG(LOG_INFO, "catalog_in_force", LOG_T("version", x.version));
        if (!same_regions(before, x.catalog))
            rc = calendar_rebuild(app, e);
    }
    arena_free(x.arena);
    return rc;
}

/* ---- what time does by itself ---- */

struct due { struct app *app; struct arena *arena; int64_t now, id; struct catalog_draft_row row;
             const char *hindrance; };

static int due_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct due *x = ctx;
    int rc = catalog_draft_due(c, date_of_ms(x->now), &x->id, e);
    return rc == 1 ? catalog_draft_find(c, x->id, x->arena, &x->row, e) : rc;
}

static int log_by_clock(struct db_conn *c, struct due *x, enum act act, struct err *e)
{
    json_t *body = json_object();
    json_put_i64(body, "draft", x->row.id);
    json_put_sv(body, "base", x->row.base_version);
    json_put_sv(body, "digest", x->row.digest);
    json_put_sv(body, "state", x->row.state);
    if (x->row.batch.n)
        json_put_sv(body, "batch", x->row.batch);
    if (x->hindrance)
        json_put_sv(body, "reason", sv_of(x->hindrance));
    struct act_entry entry = { .act = act, .actor = NULL, .body = body,
                               .effective_on = act == ACT_PUBLISH_CATALOG ? x->row.publish_on
                                                                          : date_of_ms(x->now) };
    int rc = ledger_append(x->app, c, &entry, x->now, NULL, e);
    json_decref(body);
    return rc;
}

static int publish_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct due *x = ctx;
    x->row.version++;
    x->row.updated_at = x->row.published_at = x->now;
    x->row.state = sv_of(edition_key(EDITION_PUBLISHED));
    int rc = office_put_version(c, &x->row, x->now, x->arena, e);
    if (rc == 0)
        rc = catalog_draft_update(c, &x->row, e);
    return rc == 0 ? log_by_clock(c, x, ACT_PUBLISH_CATALOG, e) : rc;
}

static int return_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct due *x = ctx;
    x->row.version++;
    x->row.updated_at = x->now;
    x->row.state = sv_of(edition_key(EDITION_EDITING));
    x->row.note = sv_of(x->hindrance);
    x->row.submitted_by = x->row.approved_by = x->row.published_by = 0;
    x->row.submitted_at = x->row.approved_at = 0;
    x->row.publish_on = DATE_NONE;
    int rc = catalog_draft_update(c, &x->row, e);
    if (rc == 0)
        rc = log_by_clock(c, x, ACT_RETURN_CATALOG, e);
    return rc == 0 ? tell_draft(x->app, c,
                                &(struct draft_told){ &x->row, ACT_RETURN_CATALOG, NULL,
                                                      x->row.note, x->now }, e)
                   : rc;
}

/* Another node may be doing the same: whoever comes second finds the row changed. */
static int publish_due(struct due *x, struct err *e)
{
    struct office_review r;
    int rc = office_review(x->app, &x->row, NULL, x->arena, &r, e);
    if (rc != 0)
        return rc;
    struct catalog_draft_row read = x->row;
    rc = edition_step(EDITION_SCHEDULED, ACT_PUBLISH_CATALOG, r.facts | EDITION_BIT(COME), e);
    office_review_done(&r);
    if (rc >= 0)
        rc = db_write(x->app->db, publish_tx, x, e);
    if (rc == ERR_REFUSED) {
        x->row = read;
        x->hindrance = arena_printf(x->arena, "到了公布日期没有公布：%s", err_text(e));
        err_clear(e);
        rc = db_write(x->app->db, return_tx, x, e);
    }
    if (rc == ERR_CHANGED) {
        err_clear(e);
        rc = 0;
    }
    return rc;
}

int office_run(struct app *app, int64_t now, struct err *e)
{
    struct due x = { .app = app, .arena = arena_new(), .now = now };
    int rc = db_read(app->db, due_tx, &x, e);
    bool found = rc == 1;
    if (found)
        rc = publish_due(&x, e);
    if (rc >= 0)
        rc = office_follow(app, e);
    arena_free(x.arena);
    return rc < 0 ? rc : found;
}
