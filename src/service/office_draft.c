/* office_draft: commands on drafts of the catalogue. See office.h. */
#include "domain/catalog/merge.h"
#include "domain/catalog/patch.h"
#include "domain/catalog/shape.h"
#include "service/desk.h"
#include "service/ledger.h"
#include "service/office.h"
#include "service/tell_catalog.h"
#include "sys/ids.h"

/* One command under way. */
struct change {
    struct app *app;
    const struct command *cmd;
    struct arena *arena;
    struct catalog_draft_row row; /* as read, then as it shall be */
    int64_t id;
    enum act act;
    json_t *log;   /* owned: what the log says besides the draft */
    bool replayed; /* the same command was done before */
    bool fresh;    /* the row is new */
    int32_t today;
};

static void set_body(struct change *x, const json_t *doc)
{
    struct sm3_hash h;
    char hex[65];
    x->row.body = shape_text(doc, x->arena);
    sm3(x->row.body, &h);
    sm3_hex(&h, hex);
    x->row.digest = arena_sv(x->arena, sv_of(hex));
}

static int log_act(struct db_conn *c, struct change *x, struct err *e)
{
    json_put_i64(x->log, "draft", x->row.id);
    json_put_sv(x->log, "base", x->row.base_version);
    json_put_sv(x->log, "digest", x->row.digest);
    json_put_sv(x->log, "state", x->row.state);
    struct act_entry entry = { .act = x->act, .effective_on = x->today, .actor = x->cmd->actor,
                               .department = x->cmd->actor->department, .body = x->log };
    return ledger_append(x->app, c, &entry, x->cmd->now, NULL, e);
}

static int change_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct change *x = ctx;
    struct sv ref;
    int rc = command_begin(c, x->cmd, x->arena, &ref, e);
    if (rc == 1) {
        x->replayed = true;
        return sv_to_i64(ref, &x->id) ? 0 : ERR_CORRUPT;
    }
    if (rc == 0 && x->act == ACT_PUBLISH_CATALOG) /* may write a day into the document */
        rc = office_put_version(c, &x->row, x->cmd->now, x->arena, e);
    if (rc == 0)
        rc = x->fresh ? catalog_draft_insert(c, &x->row, e) : catalog_draft_update(c, &x->row, e);
    if (rc == 0)
        rc = log_act(c, x, e);
    if (rc == 0)
        rc = tell_draft(x->app, c,
                        &(struct draft_told){ &x->row, x->act, x->cmd->actor, x->row.note,
                                              x->cmd->now }, e);
    if (rc == 0)
        rc = command_end(c, x->cmd,
                         arena_printf_sv(x->arena, "%lld", (long long)x->row.id), e);
    return rc;
}

static int look_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct change *x = ctx;
    struct sv ref;
    int rc = command_begin(c, x->cmd, x->arena, &ref, e);
    x->replayed = rc == 1;
    if (rc == 0)
        rc = catalog_draft_find(c, x->id, x->arena, &x->row, e);
    return rc == 0 ? err_set(e, ERR_NOT_FOUND, "没有这份目录草稿") : rc < 0 ? rc : 0;
}

static int may_edit(const struct change *x, struct err *e)
{
    return office_may_edit(x->app, x->cmd->actor)
               ? 0 : err_set(e, ERR_FORBIDDEN, "行业目录由市审批服务管理局编辑和公布");
}

static void begin(struct change *x, struct app *app, const struct command *cmd, int64_t id,
                  enum act act)
{
    *x = (struct change){ .app = app, .cmd = cmd, .arena = arena_new(), .id = id, .act = act,
                          .log = json_object(), .today = date_of_ms(cmd->now) };
}

/* Read the row for a command on it: permission, If-Match; or replayed is set. */
static int open_row(struct change *x, struct err *e)
{
    int rc = may_edit(x, e);
    if (rc == 0)
        rc = db_read(x->app->db, look_tx, x, e);
    if (rc == 0 && !x->replayed)
        rc = command_match(x->cmd, x->row.version, e);
    return rc;
}

/* id (may be NULL) gets the draft's: also of the first time, when this is a repetition. */
static int finish(struct change *x, int rc, int64_t *id, struct err *e)
{
    if (rc == 0 && !x->replayed) {
        x->row.version++;
        x->row.updated_at = x->cmd->now;
        rc = db_write(x->app->db, change_tx, x, e);
    }
    if (rc == 0 && x->act == ACT_PUBLISH_CATALOG)
        rc = office_follow(x->app, e);
    if (id)
        *id = x->id;
    json_decref(x->log);
    arena_free(x->arena);
    return rc;
}

/* ---- making one ---- */

/* "wuhai-2026.2" and "wuhai-2026.2-7" -> "wuhai-2026.2". */
static struct sv stem_of(struct sv version)
{
    size_t n = version.n;
    while (n && version.p[n - 1] >= '0' && version.p[n - 1] <= '9')
        n--;
    return n > 1 && n < version.n && version.p[n - 1] == '-' ? sv_make(version.p, n - 1)
                                                             : version;
}

struct birth { struct change *x; struct sv from; struct catalog_row base; int64_t serial; };

static int birth_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct birth *b = ctx;
    struct sv stem;
    int rc = b->from.n ? catalog_row_find(c, b->from, b->x->arena, &b->base, e)
                       : catalog_row_current(c, b->x->arena, &b->base, e);
    if (rc == 0) {
        err_problem(e, SV("/from"), "unknown_version", "没有这个目录版本");
        return ERR_INVALID;
    }
    stem = stem_of(b->base.version);
    if (rc == 1)
        rc = counter_next(c, arena_printf_sv(b->x->arena, "catalog:%.*s", (int)stem.n, stem.p),
                          &b->serial, e);
    return rc < 0 ? rc : 0;
}

static void first_row(struct change *x, const struct birth *b, struct sv title, json_t *doc)
{
    struct sv stem = stem_of(b->base.version);
    json_put_sv(doc, "version", arena_printf_sv(x->arena, "%.*s-%lld", (int)stem.n, stem.p,
                                                (long long)b->serial));
    x->fresh = true;
    x->row = (struct catalog_draft_row){
        .id = id_next(), .title = title, .base_version = b->base.version,
        .state = sv_of(edition_key(EDITION_EDITING)), .reasons = SV("{}"), .batch = SV(""),
        .note = SV(""), .author_id = x->cmd->actor->id, .edited_by = x->cmd->actor->id,
        .publish_on = DATE_NONE, .created_at = x->cmd->now,
    };
    x->id = x->row.id;
    set_body(x, doc);
    json_put_sv(x->log, "title", title);
    json_put_sv(x->log, "version", json_sv(doc, "version"));
}

int office_create(struct app *app, const struct command *cmd, struct sv title, struct sv from,
                  int64_t *id, struct err *e)
{
    struct change x;
    begin(&x, app, cmd, 0, ACT_CREATE_CATALOG);
    struct birth b = { .x = &x, .from = from };
    int rc = may_edit(&x, e);
    if (rc == 0)
        rc = db_write(app->db, birth_tx, &b, e);
    json_t *doc = rc == 0 ? json_parse(b.base.body, e) : NULL;
    if (rc == 0 && !doc)
        rc = ERR_CORRUPT;
    if (rc == 0)
        first_row(&x, &b, title, doc);
    json_decref(doc);
    return finish(&x, rc, id, e);
}

/* ---- changing it ---- */

static int store_document(struct change *x, const json_t *doc, struct err *e)
{
    int rc = edition_step(edition_of(x->row.state), ACT_EDIT_CATALOG, 0, e);
    if (rc < 0)
        return rc;
    set_body(x, doc);
    if (x->row.body.n > OFFICE_BODY_MAX)
        return err_set(e, ERR_TOO_LARGE, "目录超过%dMB", OFFICE_BODY_MAX / (1024 * 1024));
    x->row.edited_by = x->cmd->actor->id;
    json_put_sv(x->log, "version", json_sv(doc, "version"));
    return 0;
}

struct taken { struct sv version; bool taken; };

static int taken_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct taken *t = ctx;
    int rc = catalog_version_known(c, t->version, e);
    t->taken = rc == 1;
    return rc < 0 ? rc : 0;
}

int office_replace(struct app *app, const struct command *cmd, int64_t id, const json_t *doc,
                   struct err *e)
{
    struct change x;
    begin(&x, app, cmd, id, ACT_EDIT_CATALOG);
    struct taken t = { .version = json_sv(doc, "version") };
    json_t *copy = NULL, *before = NULL;
    int rc = open_row(&x, e);
    if (rc == 0 && !x.replayed)
        rc = db_peek(app->db, taken_tx, &t, e);
    if (rc == 0 && !x.replayed) {
        copy = json_copy((json_t *)(uintptr_t)doc);
        before = json_parse(x.row.body, e);
        if (t.taken)
            json_put_sv(copy, "version", json_sv(before, "version"));
        json_put_bool(x.log, "whole", true);
        rc = before ? store_document(&x, copy, e) : ERR_CORRUPT;
    }
    json_decref(copy);
    json_decref(before);
    return finish(&x, rc, NULL, e);
}

int office_patch(struct app *app, const struct command *cmd, int64_t id, const json_t *ops,
                 struct err *e)
{
    struct change x;
    begin(&x, app, cmd, id, ACT_EDIT_CATALOG);
    int rc = open_row(&x, e);
    if (rc == 0 && !x.replayed) {
        json_t *doc = json_parse(x.row.body, e), *paths = json_array(), *o;
        size_t i;
        rc = doc ? catalog_patch(doc, ops, e) : ERR_CORRUPT;
        json_array_foreach((json_t *)(uintptr_t)ops, i, o)
            json_push_sv(paths, json_sv(o, "path"));
        json_put(x.log, "paths", paths);
        if (rc == 0)
            rc = store_document(&x, doc, e);
        if (rc == 0)
            desk_offer(app->desk, x.row.digest, doc);
        json_decref(doc);
    }
    return finish(&x, rc, NULL, e);
}

/* ---- acts ---- */

static int explain(struct change *x, const struct office_review *r, const struct office_input *in,
                   struct err *e)
{
    if (!contradiction_find(&r->list, in->key)) {
        err_problem(e, SV("/key"), "unknown_contradiction", "草稿里没有这一处矛盾，请刷新");
        return ERR_INVALID;
    }
    json_t *why = json_object();
    json_put_sv(why, "reason", in->reason);
    json_put_sv(why, "by", x->cmd->actor->name);
    json_put_i64(why, "at", x->cmd->now);
    json_object_setn_new(r->reasons, in->key.p, in->key.n, why);
    x->row.reasons = json_dump(x->arena, r->reasons, true);
    json_put_sv(x->log, "key", in->key);
    return 0;
}

/* What both sides changed is kept as the draft has it, and stands in the draft's note. */
static void note_conflicts(struct change *x, const struct merge_conflicts *c)
{
    struct buf b;
    buf_init(&b, 1 << 16);
    buf_fmt(&b, "已合并现行版本 %s。", x->row.base_version.p);
    if (c->n)
        buf_fmt(&b, "有%zu处两边都改过，保留了草稿的写法，请核对：", c->n);
    for (size_t i = 0; i < c->n; i++)
        buf_fmt(&b, "%s%.*s", i ? "；" : "", (int)c->labels[i].n, c->labels[i].p);
    x->row.note = arena_sv(x->arena, buf_sv(&b));
    buf_done(&b);
    json_put_i64(x->log, "conflicts", (int64_t)c->n);
}

struct bodies { struct arena *arena; struct sv base; struct catalog_row was, now; };

static int bodies_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct bodies *b = ctx;
    int rc = catalog_row_find(c, b->base, b->arena, &b->was, e);
    if (rc == 1)
        rc = catalog_row_current(c, b->arena, &b->now, e);
    return rc == 1 ? 0 : rc < 0 ? rc : ERR_CORRUPT;
}

static int rebase(struct change *x, struct err *e)
{
    struct bodies b = { .arena = x->arena, .base = x->row.base_version };
    struct merge_conflicts conflicts;
    int rc = db_read(x->app->db, bodies_tx, &b, e);
    json_t *was = rc == 0 ? json_parse(b.was.body, e) : NULL;
    json_t *now = rc == 0 ? json_parse(b.now.body, e) : NULL;
    json_t *mine = rc == 0 ? json_parse(x->row.body, e) : NULL;
    if (was && now && mine) {
        json_t *merged = catalog_merge(was, mine, now, x->arena, &conflicts);
        set_body(x, merged);
        json_decref(merged);
        x->row.base_version = b.now.version;
        x->row.edited_by = x->cmd->actor->id;
        note_conflicts(x, &conflicts);
    }
    rc = rc == 0 && !mine ? ERR_CORRUPT : rc;
    json_decref(was);
    json_decref(now);
    json_decref(mine);
    return rc;
}

/* Which day, which batch; a day ahead makes it another act. */
static int plan(struct change *x, const struct office_input *in, struct err *e)
{
    json_t *doc = json_parse(x->row.body, e), *one;
    bool known = in->batch.n == 0;
    size_t i;
    json_array_foreach(json_object_get(doc, "batches"), i, one)
        known = known || sv_eq(json_sv(one, "code"), in->batch);
    json_decref(doc);
    x->row.publish_on = in->on == DATE_NONE ? x->today : in->on;
    x->row.batch = in->batch;
    if (!known)
        err_problem(e, SV("/batch"), "unknown_batch", "草稿里没有这个批次");
    if (x->row.publish_on < x->today)
        err_problem(e, SV("/on"), "out_of_range", "公布日期不能早于今天");
    if (x->row.publish_on > x->today)
        x->act = ACT_SCHEDULE_CATALOG;
    x->row.published_by = x->cmd->actor->id;
    return e->code;
}

static void record(struct change *x, const struct office_input *in)
{
    struct catalog_draft_row *r = &x->row;
    char on[11];
    switch (x->act) {
    case ACT_SUBMIT_CATALOG:
        r->submitted_by = x->cmd->actor->id;
        r->submitted_at = x->cmd->now;
        r->note = SV("");
        break;
    case ACT_APPROVE_CATALOG:
        r->approved_by = x->cmd->actor->id;
        r->approved_at = x->cmd->now;
        break;
    case ACT_RETURN_CATALOG:
        r->note = in->reason;
        r->submitted_by = r->approved_by = r->published_by = 0;
        r->submitted_at = r->approved_at = 0;
        r->publish_on = DATE_NONE;
        r->batch = SV("");
        break;
    case ACT_PUBLISH_CATALOG:
        r->published_at = x->cmd->now;
        break;
    default:
        break;
    }
    if (in->reason.n)
        json_put_sv(x->log, "reason", in->reason);
    if (r->publish_on != DATE_NONE)
        json_put_sv(x->log, "on", sv_of(date_format(r->publish_on, on)));
    if (r->batch.n)
        json_put_sv(x->log, "batch", r->batch);
}

static int step(struct change *x, const struct office_input *in, struct err *e)
{
    struct office_review r;
    int rc = 0;
    if (x->act == ACT_PUBLISH_CATALOG)
        rc = plan(x, in, e);
    if (rc == 0)
        rc = office_review(x->app, &x->row, x->cmd->actor, x->arena, &r, e);
    if (rc != 0)
        return rc;
    r.facts |= in->reason.n ? EDITION_BIT(REASON) : 0;
    r.facts |= x->act == ACT_SCHEDULE_CATALOG ? EDITION_BIT(LATER) : EDITION_BIT(COME);
    rc = edition_step(edition_of(x->row.state), x->act, r.facts, e);
    if (rc >= 0) {
        x->row.state = sv_of(edition_key((enum edition_state)rc));
        rc = x->act == ACT_EXPLAIN_CATALOG  ? explain(x, &r, in, e)
             : x->act == ACT_REBASE_CATALOG ? rebase(x, e)
                                            : 0;
    }
    if (rc == 0)
        record(x, in);
    office_review_done(&r);
    return rc;
}

int office_act(struct app *app, const struct command *cmd, int64_t id, enum act act,
               const struct office_input *in, struct err *e)
{
    struct change x;
    begin(&x, app, cmd, id, act);
    int rc = open_row(&x, e);
    if (rc == 0 && !x.replayed)
        rc = step(&x, in, e);
    return finish(&x, rc, NULL, e);
}
