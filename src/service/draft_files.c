/* draft_files: what is handed in with a case: added, taken away, put in the place of something else.
 *
 * What departments have been given stays as it was (P6): before submission files come and go freely,
 * afterwards only what was added for the present correction may go again. The same content for the same
 * material is one file, however often it is sent.
 */
#include "service/draft.h"

#include "service/tolerance.h"
#include "sys/ids.h"

enum { FILES_MAX = 200 };

struct file_ctx {
    struct app *app;
    struct arena *arena;
    int64_t case_id;
    struct attachment_row row; /* to add */
    int64_t remove;            /* or the file to take away */
    int64_t now;
    int64_t *id;
    bool *duplicate;
};

/* A promised material may be handed in at any time until its department has confirmed it, as long
 * as the case has not come to an end (P12, P32). */
static bool promise_open(const struct bundle *b, struct sv material)
{
    bool ended = b->row.state == CASE_WITHDRAWN || b->row.state == CASE_ENDED ||
                 b->row.state == CASE_ARCHIVED;
    return material.n > 0 && !ended && tolerance_open(b, material);
}

/* material: to be added, "" when a file is taken away. */
static int files_editable(const struct bundle *b, struct sv material, struct err *e)
{
    if (promise_open(b, material))
        return 0;
    return bundle_editable(b) ? 0 : err_refuse(e, "state", "办件正在办理，现在不能增减材料；"
                                                           "收到补正通知后可以补交");
}

static const struct attachment_row *live_file(const struct bundle *b, int64_t id)
{
    for (size_t i = 0; i < b->n_files; i++)
        if (b->files[i].id == id)
            return &b->files[i];
    return NULL;
}

/* Departments have seen it: it stays in the file, whatever comes beside it or in its place. */
static bool seen(const struct bundle *b, const struct attachment_row *f)
{
    return b->row.submitted_at && f->created_at < b->correction.issued_at;
}

/* What a new file takes the place of goes out of sight, unless departments have seen it. */
static int put_aside(struct db_conn *c, const struct file_ctx *x, const struct bundle *b,
                     struct err *e)
{
    const struct attachment_row *old = live_file(b, x->row.replaces);
    if (!x->row.replaces)
        return 0;
    if (!old || !sv_eq(old->material, x->row.material)) {
        err_problem(e, SV("/replaces"), "unknown_file", "要替换的文件已经不在这份材料里");
        return ERR_INVALID;
    }
    return seen(b, old) ? 0 : attachment_remove(c, old->id, x->now, e);
}

static int add_file(struct db_conn *c, struct file_ctx *x, const struct bundle *b, struct err *e)
{
    for (size_t i = 0; i < b->n_files; i++)
        if (sv_eq(b->files[i].sm3, x->row.sm3) && sv_eq(b->files[i].material, x->row.material)) {
            *x->duplicate = true;
            *x->id = b->files[i].id;
            return 0;
        }
    if (b->n_files >= FILES_MAX)
        return err_refuse(e, "files", "一个办件最多上传 %d 个文件", FILES_MAX);
    *x->id = x->row.id;
    int rc = put_aside(c, x, b, e);
    if (rc == 0)
        rc = attachment_insert(c, &x->row, e);
    return rc < 0 ? rc : case_touch_files(c, x->case_id, e);
}

static int take_file(struct db_conn *c, struct file_ctx *x, const struct bundle *b, struct err *e)
{
    const struct attachment_row *file = live_file(b, x->remove);
    if (!file)
        return err_set(e, ERR_NOT_FOUND, "没有这个文件");
    if (seen(b, file))
        return err_refuse(e, "P6", "已提交的材料不能删除，可以补交新的文件");
    int rc = attachment_remove(c, x->remove, x->now, e);
    return rc < 0 ? rc : case_touch_files(c, x->case_id, e);
}

/* The case may have been submitted or its correction answered since it was looked at: what
 * departments have been given must not change behind their backs, so it is asked here again. */
static int file_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct file_ctx *x = ctx;
    struct bundle b = { 0 };
    int rc = bundle_load(x->app, c, x->case_id, WITH_FILES | WITH_CORRECTION | WITH_COMMITMENTS,
                         x->arena, &b, e);
    if (rc == 0)
        rc = err_set(e, ERR_NOT_FOUND, "办件已被删除");
    if (rc == 1)
        rc = files_editable(&b, x->row.material, e);
    if (rc == 0)
        rc = x->remove ? take_file(c, x, &b, e) : add_file(c, x, &b, e);
    bundle_done(&b);
    return rc;
}

static int open_files(struct app *app, const struct command *cmd, int64_t case_id,
                      struct sv material, struct arena *a, struct bundle *b, struct err *e)
{
    int rc = draft_open_own(app, cmd, case_id, WITH_ALL & ~WITH_TIMELINE, a, b, e);
    if (rc == 0)
        rc = files_editable(b, material, e);
    return rc == 0 ? bundle_resolve(b, a, e) : rc;
}

static bool wanted(const struct form *f, struct sv material)
{
    for (size_t i = 0; i < f->n_materials; i++)
        if (sv_eq(f->materials[i].material->code, material))
            return !f->materials[i].material->generated;
    return false;
}

/* Owner, editable, and a material that this case asks for; b with files, resolved. */
static int open_for_file(struct app *app, const struct command *cmd, int64_t case_id,
                         struct sv material, struct arena *a, struct bundle *b, struct err *e)
{
    int rc = open_files(app, cmd, case_id, material, a, b, e);
    if (rc == 0 && !wanted(&b->form, material)) {
        err_problem(e, SV("/material"), "unknown_material", "本办件不需要这种材料");
        rc = ERR_INVALID;
    }
    return rc;
}

int draft_attach_allowed(struct app *app, const struct command *cmd, int64_t case_id,
                         struct sv material, struct err *e)
{
    struct arena *a = arena_new();
    struct bundle b = { 0 };
    int rc = open_for_file(app, cmd, case_id, material, a, &b, e);
    bundle_done(&b);
    arena_free(a);
    return rc;
}

int draft_attach(struct app *app, const struct command *cmd, int64_t case_id,
                 const struct new_file *f, int64_t *id, bool *duplicate, struct err *e)
{
    struct arena *a = arena_new();
    struct bundle b = { 0 };
    char hex[65];
    int rc = open_for_file(app, cmd, case_id, f->material, a, &b, e);
    sm3_hex(&f->hash, hex);
    *duplicate = false;
    if (rc == 0) {
        struct file_ctx x = { .app = app, .arena = a, .case_id = case_id, .id = id,
                              .duplicate = duplicate, .row = {
            .id = id_next(), .case_id = case_id, .material = f->material, .name = f->name,
            .media_type = sv_of(f->media_type), .sm3 = sv_of(hex), .size = f->size,
            .created_at = cmd->now, .created_by = cmd->actor->id, .replaces = f->replaces },
            .now = cmd->now };
        rc = db_write(app->db, file_tx, &x, e);
    }
    bundle_done(&b);
    arena_free(a);
    return rc;
}

int draft_detach(struct app *app, const struct command *cmd, int64_t case_id, int64_t file_id,
                 struct err *e)
{
    struct arena *a = arena_new();
    struct bundle b = { 0 };
    int rc = open_files(app, cmd, case_id, SV(""), a, &b, e);
    if (rc == 0) {
        struct file_ctx x = { .app = app, .arena = a, .case_id = case_id, .remove = file_id,
                              .now = cmd->now };
        rc = db_write(app->db, file_tx, &x, e);
    }
    bundle_done(&b);
    arena_free(a);
    return rc;
}

/* ---- turning ---- */

struct turn_ctx { int64_t case_id, file_id, degrees; struct arena *arena; };

static int turn_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct turn_ctx *x = ctx;
    struct attachment_row row;
    int rc = attachment_find(c, x->file_id, x->arena, &row, e);
    if (rc == 0 || (rc == 1 && (row.case_id != x->case_id || row.removed_at)))
        return err_set(e, ERR_NOT_FOUND, "没有这个文件");
    return rc < 0 ? rc : attachment_turn(c, x->file_id, x->degrees, e);
}

int draft_turn(struct app *app, const struct command *cmd, int64_t case_id, int64_t file_id,
               int64_t degrees, struct err *e)
{
    struct arena *a = arena_new();
    struct bundle b = { 0 };
    struct turn_ctx x = { case_id, file_id, degrees, a };
    if (degrees % 90 != 0 || degrees < 0 || degrees > 270)
        err_problem(e, SV("/rotation"), "out_of_range", "旋转角度应为0、90、180、270");
    int rc = e->code ? e->code : draft_open_own(app, cmd, case_id, 0, a, &b, e);
    if (rc == 0)
        rc = db_write(app->db, turn_tx, &x, e);
    bundle_done(&b);
    arena_free(a);
    return rc;
}
