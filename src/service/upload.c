/* upload: see upload.h. */
#include "service/upload.h"

#include "sys/files.h"

#include "sys/ids.h"

struct begin_ctx { struct app *app; const struct command *cmd; struct arena *arena;
                   struct upload_row row; };

static int begin_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct begin_ctx *x = ctx;
    struct sv ref;
    int64_t open = 0;
    int rc = command_begin(c, x->cmd, x->arena, &ref, e);
    if (rc == 1)
        return sv_to_i64(ref, &x->row.id) ? 0 : ERR_CORRUPT;
    if (rc == 0)
        rc = upload_count_open(c, x->cmd->actor->id, &open, e);
    if (rc == 0 && open >= UPLOADS_OPEN_MAX)
        rc = err_refuse(e, "files", "还有 %d 个文件没有传完，请先传完或取消", UPLOADS_OPEN_MAX);
    if (rc == 0)
        rc = upload_insert(c, &x->row, e);
    return rc == 0 ? command_end(c, x->cmd, arena_printf_sv(x->arena, "%lld",
                                                            (long long)x->row.id), e)
                   : rc;
}

int upload_begin(struct app *app, const struct command *cmd, int64_t case_id,
                 const struct new_file *f, int64_t *id, struct err *e)
{
    struct begin_ctx x = { .app = app, .cmd = cmd, .arena = arena_new() };
    x.row = (struct upload_row){ .id = id_next(), .case_id = case_id, .material = f->material,
                                 .name = f->name, .size = f->size, .replaces = f->replaces,
                                 .created_by = cmd->actor->id, .created_at = cmd->now };
    if (f->size <= 0)
        err_problem(e, SV("/size"), "empty_file", "文件是空的");
    if (f->size > app->upload_cap)
        err_problem(e, SV("/size"), "too_large", "文件超过 %lld MB 的上限",
                    (long long)(app->upload_cap / 1048576));
    int rc = e->code ? e->code : draft_attach_allowed(app, cmd, case_id, f->material, e);
    if (rc == 0)
        rc = db_write(app->db, begin_tx, &x, e);
    *id = x.row.id;
    arena_free(x.arena);
    return rc;
}

struct find_ctx { int64_t id; struct arena *arena; struct upload_row *row; };

static int find_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct find_ctx *x = ctx;
    return upload_find(c, x->id, x->arena, x->row, e);
}

int upload_open(struct app *app, const struct actor *actor, int64_t id, struct arena *a,
                struct upload_state *out, struct err *e)
{
    struct find_ctx x = { id, a, &out->row };
    *out = (struct upload_state){ 0 };
    int rc = db_peek(app->db, find_tx, &x, e);
    if (rc < 0)
        return rc;
    if (rc == 0 || out->row.created_by != actor->id)
        return err_set(e, ERR_NOT_FOUND, "没有这个上传，可能已过期，请重新选择文件");
    out->offset = out->row.attachment_id ? out->row.size : blob_part_size(app->data_dir.p, id);
    return 0;
}

int upload_add(struct app *app, const struct upload_row *row, int64_t offset, struct sv bytes,
               int64_t *now, struct err *e)
{
    *now = 0;
    if (offset < 0 || (int64_t)bytes.n > row->size - offset)
        return err_set(e, ERR_TOO_LARGE, "收到的内容比说好的 %lld 字节多", (long long)row->size);
    return blob_part_add(app->data_dir.p, row->id, offset, bytes, now, e);
}

struct done_ctx { int64_t id, file_id; bool duplicate; };

static int done_tx(struct db_conn *c, void *ctx, struct err *e)
{
    const struct done_ctx *x = ctx;
    return upload_done(c, x->id, x->file_id, x->duplicate, e);
}

/* Handed in first, then noted: between the two a repeated last piece finds the same content there. */
int upload_finish(struct app *app, const struct command *cmd, const struct upload_row *row,
                  const struct new_file *f, int64_t *file_id, bool *duplicate, struct err *e)
{
    int rc = draft_attach(app, cmd, row->case_id, f, file_id, duplicate, e);
    struct done_ctx x = { row->id, rc == 0 ? *file_id : 0, *duplicate };
    return rc == 0 ? db_write(app->db, done_tx, &x, e) : rc;
}

static int drop_tx(struct db_conn *c, void *ctx, struct err *e)
{
    int rc = upload_delete(c, *(const int64_t *)ctx, e);
    return rc < 0 ? rc : 0;
}

int upload_drop(struct app *app, const struct actor *actor, int64_t id, struct err *e)
{
    struct arena *a = arena_new();
    struct upload_state s;
    int rc = upload_open(app, actor, id, a, &s, e);
    if (rc == 0)
        rc = db_write(app->db, drop_tx, &id, e);
    if (rc == 0)
        blob_part_drop(app->data_dir.p, id);
    arena_free(a);
    return rc;
}
