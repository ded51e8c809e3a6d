/* archive_read: how cases stand, and reading their packages. See archive.h. */
#include "service/archive.h"

#include <unistd.h>

#include "service/archive_parts.h"
#include "service/personal.h"

static void state_from(struct archive_case *x, struct arena *a, struct archive_state *out)
{
    *out = (struct archive_state){
        .row = x->b.row, .closed = x->b.row.submitted_at && x->b.row.n_open == 0,
        .archived = x->archived, .package = x->row, .n_files = x->n_parts,
        .files = arena_array(a, x->n_parts + 1, sizeof *out->files),
    };
    if (!x->archived) {
        out->problems = x->problems;
        out->n_problems = x->n_problems;
    }
    for (size_t i = 0; i < x->n_parts; i++) {
        const struct archive_part *p = &x->parts[i];
        out->files[i] = (struct archive_file){
            .title = p->title, .piece = sv_of(archive_piece_key(p->piece.kind)),
            .piece_text = sv_of(archive_piece_text(p->piece.kind)), .date = p->date,
            .size = p->source == FROM_BLOB ? p->size : -1 };
    }
}

/* Only window and bureau: the package holds what departments may not see of each other (P28). */
static bool may_read(const struct actor *actor, const struct archive_case *x)
{
    return (actor->role == ROLE_CLERK || actor->role == ROLE_BUREAU) &&
           case_visible(x->b.catalog, actor, &x->b.row);
}

int archive_state_of(struct app *app, const struct actor *actor, int64_t case_id, int64_t now,
                     struct arena *a, struct archive_state *out, struct err *e)
{
    struct archive_case x;
    int rc = archive_gather(app, case_id, now, a, &x, e);
    if (rc == 1 && may_read(actor, &x)) {
        state_from(&x, a, out);
        rc = 0;
    } else if (rc >= 0) {
        rc = err_set(e, ERR_NOT_FOUND, "没有找到这个办件，或您无权查看");
    }
    archive_case_done(&x);
    return rc;
}

struct page_ctx { const struct archive_filter *filter; struct arena *arena; int64_t *ids; size_t n;
                  int64_t total; };

static int page_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct page_ctx *p = ctx;
    int rc = archive_list(c, p->filter, p->arena, &p->ids, &p->n, e);
    return rc < 0 ? rc : archive_count(c, p->filter, &p->total, e);
}

int archive_states(struct app *app, const struct archive_filter *f, int64_t now, struct arena *a,
                   struct archive_state **out, size_t *n, int64_t *total, struct err *e)
{
    struct page_ctx p = { .filter = f, .arena = a };
    int rc = db_read(app->db, page_tx, &p, e);
    *out = arena_array(a, p.n + 1, sizeof **out);
    *n = 0;
    *total = p.total;
    for (size_t i = 0; rc >= 0 && i < p.n; i++) {
        struct archive_case x;
        rc = archive_gather(app, p.ids[i], now, a, &x, e);
        if (rc == 1)
            state_from(&x, a, &(*out)[(*n)++]);
        archive_case_done(&x);
    }
    return rc < 0 ? rc : 0;
}

/* ---- the package ---- */

struct open_ctx { struct app *app; struct arena *arena; const struct actor *actor; int64_t case_id;
                  struct case_row row; struct archive_row package; };

static int open_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct open_ctx *x = ctx;
    int rc = case_find(c, x->case_id, x->arena, &x->row, e);
    if (rc != 1)
        return rc;
    if (!case_visible(x->app->catalog, x->actor, &x->row))
        return 0;
    return archive_find(c, x->case_id, x->arena, &x->package, e);
}

int archive_open(struct app *app, const struct actor *actor, int64_t case_id, int64_t now,
                 struct arena *a, int *fd, int64_t *size, struct sv *name, struct err *e)
{
    struct open_ctx x = { .app = app, .arena = a, .actor = actor, .case_id = case_id };
    struct sm3_hash hash;
    int rc = db_read(app->db, open_tx, &x, e);
    if (rc != 1)
        return rc < 0 ? rc : err_set(e, ERR_NOT_FOUND, "这个办件还没有归档包，或您无权查看");
    json_t *fields = json_pack("[s]", "整个案卷（含个人信息）");
    const struct personal_read read = { actor, case_id, PERSONAL_ARCHIVE, fields, SV("调阅归档包") };
    rc = personal_log(app, &read, now, e);
    json_decref(fields);
    if (rc != 0)
        return rc;
    if (!sm3_from_hex(x.package.sm3, &hash))
        return err_set(e, ERR_CORRUPT, "归档包登记有误");
    *name = arena_printf_sv(a, "%s.zip", x.row.number.p);
    rc = blob_open(app->data_dir.p, &hash, fd, size, e);
    if (rc == 0 && *size != x.package.size) {
        close(*fd);
        *fd = -1;
        rc = err_set(e, ERR_CORRUPT, "归档包与登记的大小不符");
    }
    return rc;
}
