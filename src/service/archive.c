/* archive: see archive.h. */
#include "service/archive.h"

#include "doc/zip_pack.h"
#include "service/acts.h"
#include "service/archive_parts.h"
#include "service/personal.h"

enum { DER_MAX = 80, AT_ONCE = 4 /* some two seconds: whoever stops the server waits so long */ };
#define DAY_MS INT64_C(86400000)

struct archive_ctx {
    struct app *app;
    const struct command *cmd;
    struct arena *arena;
    struct archive_case c;
    struct tree_head_row head;
    struct archive_row row;
    struct sm3_hash sm3;
    bool replayed;
};

static struct sv actor_name(const struct command *cmd)
{
    return cmd->actor ? cmd->actor->name : SV("系统");
}

/* ---- may it be? ---- */

/* By the table. Whether it is complete is asked apart, so that everything that is missing can be named. */
static int may(const struct archive_ctx *x, const struct case_row *row, struct err *e)
{
    struct case_facts f = bundle_facts(&x->c.b);
    return transition_find(&CASE_TABLE, (int)row->state, ACT_ARCHIVE_CASE,
                           actor_kinds(x->cmd->actor), false, case_fact_set(&f), e)
               ? 0 : e->code;
}

static int begin_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct archive_ctx *x = ctx;
    struct sv ref;
    int rc = command_begin(c, x->cmd, x->arena, &ref, e);
    x->replayed = rc == 1;
    return rc < 0 ? rc : 0;
}

/* Everything that is missing at once; what it is about is the pointer. */
static int refuse_incomplete(const struct archive_case *x, struct err *e)
{
    if (x->n_problems == 0)
        return 0;
    for (size_t i = 0; i < x->n_problems; i++) {
        const struct archive_problem *p = &x->problems[i];
        err_problem(e, arena_printf_sv(e->arena, "/%s/%lld", archive_fact_key(p->fact->kind),
                                       (long long)p->fact->ref),
                    p->code, "%s", p->text.p);
    }
    e->rule = "P31";
    return err_set(e, ERR_INCOMPLETE, "案卷还不齐全，不能归档：%s%s", x->problems[0].text.p,
                   x->n_problems > 1 ? "，等" : "");
}

static int check(struct archive_ctx *x, struct err *e)
{
    int rc = may(x, &x->c.b.row, e);
    if (rc == 0 && x->cmd->actor) /* the clock has seen no version */
        rc = command_match(x->cmd, x->c.b.row.version, e);
    return rc == 0 ? refuse_incomplete(&x->c, e) : rc;
}

/* ---- the package ---- */

static int64_t last_seq(const struct archive_case *c)
{
    return c->b.n_timeline ? c->b.timeline[c->b.n_timeline - 1].row.seq : -1;
}

/* A signed head over everything that was done in the case. */
static int sign_head(struct archive_ctx *x, struct err *e)
{
    int rc = ledger_latest_head(x->app, x->arena, &x->head, e);
    if (rc >= 0 && (rc == 0 || x->head.size <= last_seq(&x->c))) {
        rc = ledger_sign_head(x->app, x->cmd->now, e);
        if (rc >= 0)
            rc = ledger_latest_head(x->app, x->arena, &x->head, e);
    }
    if (rc < 0)
        return rc;
    return x->head.size > last_seq(&x->c) ? 0 : err_set(e, ERR_BUSY, "办理日志还没有签名，请稍后再试");
}

/* Parts in the order of the manifest, which comes first with its signature. */
static int pack(struct archive_ctx *x, const char *path, struct err *e)
{
    const struct key_ring *keys = app_keys(x->app);
    struct zip_part *parts = arena_array(x->arena, x->c.n_parts + 2, sizeof *parts);
    struct buf sig;
    struct sv manifest = archive_manifest(&x->c, &x->head, sv_of(keys->current->id));
    buf_init(&sig, DER_MAX);
    int rc = sm2_sign_der(keys->signer, manifest, &sig, e);
    parts[0] = (struct zip_part){ SV(ARCHIVE_MANIFEST), manifest, NULL };
    parts[1] = (struct zip_part){ SV(ARCHIVE_SIGNATURE), buf_sv(&sig), NULL };
    for (size_t i = 0; i < x->c.n_parts; i++) {
        const struct archive_part *p = &x->c.parts[i];
        parts[i + 2] = (struct zip_part){ p->path, p->bytes, p->file };
    }
    if (rc == 0)
        rc = zip_write(path, parts, x->c.n_parts + 2, e);
    buf_done(&sig);
    return rc;
}

static int make_package(struct archive_ctx *x, struct err *e)
{
    char path[4096], hex[65];
    int rc = sign_head(x, e);
    if (rc == 0)
        rc = archive_fill(&x->c, &x->head, e);
    if (rc == 0)
        rc = refuse_incomplete(&x->c, e);
    if (rc == 0)
        rc = blob_new_path(x->app->data_dir.p, path, e);
    if (rc == 0)
        rc = pack(x, path, e);
    if (rc == 0)
        rc = blob_adopt(x->app->data_dir.p, path, &x->sm3, &x->row.size, e);
    if (rc != 0)
        return rc;
    sm3_hex(&x->sm3, hex);
    x->row.case_id = x->c.b.row.id;
    x->row.sm3 = arena_sv(x->arena, sv_of(hex));
    x->row.files = (int64_t)x->c.n_parts;
    x->row.archived_at = x->cmd->now;
    x->row.by_id = x->cmd->actor ? x->cmd->actor->id : 0;
    x->row.by_name = actor_name(x->cmd);
    x->row.head_size = x->head.size;
    return 0;
}

/* ---- the act ---- */

/* The package says what was true when it was made. */
static int unchanged(struct db_conn *c, struct archive_ctx *x, struct err *e)
{
    struct timeline_row *later;
    struct case_row now_row;
    size_t n = 0;
    int rc = case_find(c, x->c.b.row.id, x->arena, &now_row, e);
    if (rc != 1)
        return rc < 0 ? rc : ERR_NOT_FOUND;
    rc = may(x, &now_row, e);
    if (rc == 0)
        rc = ledger_timeline(c, now_row.id, last_seq(&x->c), x->arena, &later, &n, e);
    if (rc >= 0 && (n > 0 || now_row.version != x->c.b.row.version))
        return err_set(e, ERR_CHANGED, "%s", err_title(ERR_CHANGED));
    return rc < 0 ? rc : 0;
}

static int write_act(struct db_conn *c, struct archive_ctx *x, struct err *e)
{
    struct act_entry entry = { .act = ACT_ARCHIVE_CASE, .effective_on = date_of_ms(x->cmd->now),
                               .actor = x->cmd->actor, .case_id = x->row.case_id,
                               .department = x->cmd->actor ? x->cmd->actor->department : SV(""),
                               .body = json_object() };
    json_put_sv(entry.body, "sm3", x->row.sm3);
    json_put_i64(entry.body, "size", x->row.size);
    json_put_i64(entry.body, "files", x->row.files);
    json_put_i64(entry.body, "head_size", x->row.head_size);
    int rc = ledger_append(x->app, c, &entry, x->cmd->now, &x->row.ledger_seq, e);
    json_decref(entry.body);
    return rc;
}

static int archive_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct archive_ctx *x = ctx;
    struct sv ref;
    int rc = command_begin(c, x->cmd, x->arena, &ref, e);
    if (rc != 0)
        return rc < 0 ? rc : err_set(e, ERR_CHANGED, "%s", err_title(ERR_CHANGED));
    rc = unchanged(c, x, e);
    if (rc == 0)
        rc = write_act(c, x, e);
    if (rc == 0)
        rc = archive_insert(c, &x->row, e);
    x->c.b.row.state = CASE_ARCHIVED; /* the fact that case_derive goes by */
    if (rc == 0)
        rc = acts_put_case(x->app, c, &x->c.b, x->cmd->now, e);
    return rc == 0 ? command_end(c, x->cmd, x->row.sm3, e) : rc;
}

/* Whoever lost the race leaves no package behind. */
static int uses_tx(struct db_conn *c, void *ctx, struct err *e)
{
    return archive_uses(c, ((struct archive_ctx *)ctx)->row.sm3, e);
}

static void drop_unused(struct archive_ctx *x)
{
    struct err quiet;
    err_init(&quiet, x->arena);
    if (x->row.sm3.n && db_peek(x->app->db, uses_tx, x, &quiet) == 0)
        blob_drop(x->app->data_dir.p, &x->sm3);
}

int case_archive(struct app *app, const struct command *cmd, int64_t case_id, struct err *e)
{
    struct archive_ctx x = { .app = app, .cmd = cmd, .arena = arena_new() };
    int rc = db_write(app->db, begin_tx, &x, e);
    if (rc == 0 && !x.replayed) {
        rc = archive_gather(app, case_id, cmd->now, x.arena, &x.c, e);
        bool seen = rc == 1 && (!cmd->actor || case_visible(x.c.b.catalog, cmd->actor, &x.c.b.row));
        if (rc >= 0)
            rc = seen ? check(&x, e) : err_set(e, ERR_NOT_FOUND, "没有找到这个办件，或您无权查看");
        if (rc == 0)
            rc = make_package(&x, e);
        if (rc == 0)
            rc = db_write(app->db, archive_tx, &x, e);
        if (rc < 0)
            drop_unused(&x);
    }
    archive_case_done(&x.c);
    arena_free(x.arena);
    return rc;
}

/* ---- by itself ---- */

struct due_ctx { struct arena *arena; int64_t until, after; int64_t *ids; size_t n; };

static int due_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct due_ctx *d = ctx;
    return archive_list_due(c, d->until, d->after, AT_ONCE, d->arena, &d->ids, &d->n, e);
}

/* What is not complete stays for people, who see it in their list; another turn looks again. */
int archive_run(struct app *app, int64_t now, struct err *e)
{
    const struct command cmd = { .now = now };
    struct due_ctx d = { .until = now - app->archive_days * DAY_MS, .after = app->archive_after };
    if (app->archive_days <= 0)
        return 0;
    d.arena = arena_new();
    int rc = db_peek(app->db, due_tx, &d, e);
    for (size_t i = 0; rc >= 0 && i < d.n; i++) {
        struct err own;
        err_init(&own, d.arena);
        rc = case_archive(app, &cmd, d.ids[i], &own);
        if (rc == ERR_INCOMPLETE || rc == ERR_CHANGED || rc == ERR_REFUSED)
            rc = 0;
        if (rc < 0)
            err_set(e, rc, "办件 %lld 没有归档：%s", (long long)d.ids[i], err_text(&own));
        app->archive_after = d.ids[i];
    }
    bool more = d.n == AT_ONCE;
    if (!more)
        app->archive_after = 0;
    arena_free(d.arena);
    return rc < 0 ? rc : more;
}
