/* archive_export: packages copied out of the store. See archive.h. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "service/archive.h"
#include "service/personal.h"
#include "sys/files.h"

enum { PAGE = 500, PIECE = 65536, FOLDER_PATH = 4096 };

struct choose_ctx { const struct archive_choice *which; struct arena *arena;
                    struct archive_export *all; size_t n, cap; int64_t after; bool more; };

static bool chosen(const struct archive_choice *which, const struct case_row *row)
{
    int64_t id = 0;
    bool one = which->one.n == 0 || sv_eq(which->one, row->number) ||
               (sv_to_i64(which->one, &id) && id == row->id);
    return one && row->closed_at < which->closed_before;
}

static void keep(struct choose_ctx *x, const struct archive_row *row, struct sv number)
{
    if (x->n == x->cap) {
        struct archive_export *more = arena_array(x->arena, x->cap ? x->cap * 2 : 64, sizeof *more);
        if (x->n)
            memcpy(more, x->all, x->n * sizeof *more);
        x->all = more;
        x->cap = x->cap ? x->cap * 2 : 64;
    }
    x->all[x->n++] = (struct archive_export){ *row, number };
}

static int page_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct choose_ctx *x = ctx;
    struct archive_row *rows;
    size_t n = 0;
    int rc = archive_scan(c, x->after, PAGE, x->arena, &rows, &n, e);
    for (size_t i = 0; rc >= 0 && i < n; i++) {
        struct case_row row;
        x->after = rows[i].case_id;
        rc = case_find(c, rows[i].case_id, x->arena, &row, e);
        if (rc == 1 && chosen(x->which, &row))
            keep(x, &rows[i], row.number);
    }
    x->more = n == PAGE;
    return rc < 0 ? rc : 0;
}

int archive_choose(struct app *app, const struct archive_choice *which, struct arena *a,
                   struct archive_export **out, size_t *n, struct err *e)
{
    struct choose_ctx x = { .which = which, .arena = a, .more = true };
    int rc = 0;
    while (rc == 0 && x.more)
        rc = db_read(app->db, page_tx, &x, e);
    *out = x.all;
    *n = x.n;
    return rc;
}

/* ---- one ---- */

/* Copy (out NULL: only read) and hash; the number of bytes, or -1. */
static int64_t copy(FILE *in, FILE *out, struct sm3_hash *hash)
{
    struct sm3_ctx *ctx = sm3_new();
    char *piece = mem_new(PIECE);
    int64_t size = 0;
    size_t n;
    bool good = true;
    while (good && (n = fread(piece, 1, PIECE, in)) > 0) {
        sm3_add(ctx, sv_make(piece, n));
        size += (int64_t)n;
        good = !out || fwrite(piece, 1, n, out) == n;
    }
    good = good && !ferror(in);
    sm3_end(ctx, hash);
    sm3_free(ctx);
    free(piece);
    return good ? size : -1;
}

static bool same(const char *path, const struct archive_row *row)
{
    struct sm3_hash is, should;
    FILE *f = file_stamp_of(path).size == row->size ? fopen(path, "rbe") : NULL;
    bool good = f && sm3_from_hex(row->sm3, &should) && copy(f, NULL, &is) == row->size &&
                memcmp(is.b, should.b, SM3_SIZE) == 0;
    if (f)
        fclose(f);
    return good;
}

static int write_copy(struct app *app, const struct archive_export *x, const char *path,
                      struct err *e)
{
    char from[FOLDER_PATH], part[FOLDER_PATH + 8];
    struct sm3_hash should, is;
    int rc = 0;
    if (!sm3_from_hex(x->row.sm3, &should))
        return err_set(e, ERR_CORRUPT, "归档包登记有误");
    blob_where(app->data_dir.p, &should, from);
    snprintf(part, sizeof part, "%s.part", path);
    FILE *in = fopen(from, "rbe");
    FILE *out = in ? fopen(part, "wbe") : NULL;
    if (!in || !out)
        rc = err_set(e, ERR_IO, in ? "不能写 %s" : "归档包不在存储中：%s", in ? part : x->number.p);
    int64_t size = rc == 0 ? copy(in, out, &is) : -1;
    if (rc == 0 && size < 0)
        rc = err_set(e, ERR_IO, "复制归档包失败：%s", x->number.p);
    if (rc == 0 && (size != x->row.size || memcmp(is.b, should.b, SM3_SIZE) != 0))
        rc = err_set(e, ERR_CORRUPT, "归档包与登记的摘要不符：%s", x->number.p);
    if (rc == 0 && (fflush(out) != 0 || fsync(fileno(out)) != 0))
        rc = err_set(e, ERR_IO, "写 %s 失败", part);
    if (in)
        fclose(in);
    if (out && fclose(out) != 0 && rc == 0)
        rc = err_set(e, ERR_IO, "写 %s 失败", part);
    if (rc == 0 && rename(part, path) != 0)
        rc = err_set(e, ERR_IO, "写 %s 失败", path);
    if (rc != 0 && out)
        unlink(part);
    return rc;
}

int archive_export_one(struct app *app, const struct archive_export *x, const char *dir, int64_t now,
                       struct err *e)
{
    const struct actor operator = { .role = ROLE_ADMIN, .name = SV("系统管理员（命令行）") };
    char path[FOLDER_PATH];
    if (snprintf(path, sizeof path, "%s/%s.zip", dir, x->number.p) >= (int)sizeof path)
        return err_set(e, ERR_IO, "目录名太长");
    if (same(path, &x->row))
        return 0;
    json_t *fields = json_pack("[s]", "整个案卷（含个人信息）");
    const struct personal_read read = { &operator, x->row.case_id, PERSONAL_ARCHIVE, fields,
                                        SV("导出归档包") };
    int rc = personal_log(app, &read, now, e);
    json_decref(fields);
    if (rc == 0)
        rc = write_copy(app, x, path, e);
    return rc == 0 ? 1 : rc;
}
