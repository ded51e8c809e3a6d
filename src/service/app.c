/* app: see app.h. Opening, catalogue slots, and what every command does first and last. */
#include "service/app.h"

#include <stdlib.h>

#include "service/archive.h"
#include "service/calendar.h"
#include "service/desk.h"
#include "service/elicence.h"
#include "service/keys.h"
#include "service/personal.h"
#include "service/register.h"
#include "service/shipped.h"
#include "service/status.h"
#include "service/supervise.h"
#include "service/versions.h"
#include "share/share.h"
#include "sys/clock.h"
#include "sys/files.h"
#include "sys/ids.h"

enum { HASHING_MAX = 4 };

struct catalog_slot {
    struct catalog *catalog;
    struct catalog_slot *next;
};

static const struct { const char *key, *text; } ROLE_NAMES[ROLES] = {
    [ROLE_NONE] = { "none", "访客" },
    [ROLE_APPLICANT] = { "applicant", "申请人" },
    [ROLE_CLERK] = { "clerk", "窗口服务专员" },
    [ROLE_REVIEWER] = { "reviewer", "部门审批人员" },
    [ROLE_BUREAU] = { "bureau", "审批服务管理局" },
    [ROLE_ADMIN] = { "admin", "系统管理员" },
    [ROLE_GOVERNMENT] = { "government", "政府负责人" },
};

const char *role_key(enum role r)
{
    return ROLE_NAMES[r].key;
}

const char *role_text(enum role r)
{
    return ROLE_NAMES[r].text;
}

enum role role_of(struct sv key)
{
    for (int r = ROLE_APPLICANT; r < ROLES; r++)
        if (sv_is(key, ROLE_NAMES[r].key))
            return (enum role)r;
    return ROLE_NONE;
}

struct sv app_db_url(const struct app_options *o, struct arena *a)
{
    return o->db_url ? arena_sv(a, sv_of(o->db_url))
                     : arena_printf_sv(a, "%s/yizheng.db", o->data_dir);
}

/* ---- catalogues ---- */

static struct catalog *slot_find(struct app *app, struct sv version)
{
    for (struct catalog_slot *s = app->slots; s; s = s->next)
        if (sv_eq(s->catalog->version, version))
            return s->catalog;
    return NULL;
}

static void slot_add(struct app *app, struct catalog *c)
{
    struct catalog_slot *s = mem_new(sizeof *s);
    s->catalog = c;
    s->next = app->slots;
    app->slots = s;
}

/* Reads on the caller's own connection: leasing a second one while every reader waits for this
 * lock would hang them all for ever. */
const struct catalog *app_catalog(struct app *app, struct db_conn *conn, struct sv version,
                                  struct err *e)
{
    pthread_mutex_lock(&app->lock);
    struct catalog *c = slot_find(app, version);
    if (!c) {
        struct arena *a = arena_new();
        struct catalog_row row;
        int rc = catalog_row_find(conn, version, a, &row, e);
        if (rc == 1)
            c = catalog_load(row.body, row.version, e);
        else if (rc == 0)
            err_set(e, ERR_CORRUPT, "数据库中没有办件所用的目录版本");
        if (c) {
            c->digest = arena_sv(c->arena, row.digest);
            slot_add(app, c);
        }
        arena_free(a);
    }
    pthread_mutex_unlock(&app->lock);
    return c;
}

/* ---- opening ---- */

static struct share_client *source_open(const struct source_gateway *g)
{
    struct share_options o = { g->url, g->token, g->timeout * 1000, g->pause * 1000 };
    return g->url ? share_new(&o) : NULL;
}

struct app *app_open(const struct app_options *o, struct err *e)
{
    struct app *app = mem_new(sizeof *app);
    struct sv demo = { 0 };
    app->arena = arena_new();
    app->desk = desk_new();
    app->readings = readings_new();
    app->register_pairs = register_pairs_new();
    pthread_mutex_init(&app->lock, NULL);
    sem_init(&app->hashing, 0, HASHING_MAX);
    app->data_dir = arena_sv(app->arena, sv_of(o->data_dir));
    app->upload_cap = INT64_C(50) * 1024 * 1024;
    app->archive_days = ARCHIVE_AFTER_DAYS;
    if (o->public_url)
        app->public_url = arena_sv(app->arena, sv_of(o->public_url));
    if (keys_open(app, e) != 0 || shipped_notices(app, e) != 0 || elicence_open(app, e) != 0 ||
        supervise_open(app, e) != 0)
        goto fail;
    if (gateways_load(app->data_dir, app->arena, &app->gateways, e) != 0)
        goto fail;
    app->enterprises = source_open(&app->gateways.enterprises);
    app->licences = source_open(&app->gateways.licences);
    struct sv url = app_db_url(o, app->arena);
    if (db_migrate(url, e) != 0)
        goto fail;
    app->db = db_open(url, STORE_SETS, STORE_N_SETS, o->readers, e);
    if (app->db)
        db_set_vault(app->db, app_keys(app)->vault);
    if (!app->db || status_index_backfill(app, e) != 0 || shipped_catalog(app, e) != 0 ||
        calendars_open(app, e) != 0 || register_migrate(app, o->progress, e) != 0)
        goto fail;
    if (personal_migrate(app, o->progress, e) != 0)
        goto fail;
    if (shipped_meta(app, SV("demo"), &demo, e) < 0)
        goto fail;
    if (sv_eq(demo, DEMO_FILLING)) {
        err_set(e, ERR_CONFIG, "上次准备示例数据时被中断，%s 不完整：请删除这个目录（用 PostgreSQL 的还有数据库），"
                "然后重新运行", o->data_dir);
        goto fail;
    }
    app->demo = sv_is(demo, "1");
    return app;
fail:
    app_close(app);
    return NULL;
}

void app_use_catalog(struct app *app, struct catalog *c)
{
    pthread_mutex_lock(&app->lock);
    slot_add(app, c);
    app->catalog = c;
    pthread_mutex_unlock(&app->lock);
}

void app_close(struct app *app)
{
    if (!app)
        return;
    db_close(app->db);
    while (app->slots) {
        struct catalog_slot *s = app->slots;
        app->slots = s->next;
        catalog_free(s->catalog);
        free(s);
    }
    calendars_close(app);
    share_free(app->enterprises);
    share_free(app->licences);
    desk_free(app->desk);
    status_cache_free(app->status);
    register_pairs_free(app->register_pairs);
    elicence_close(app->elicence);
    readings_free(app->readings);
    keys_close(app);
    pthread_mutex_destroy(&app->lock);
    sem_destroy(&app->hashing);
    arena_free(app->arena);
    free(app);
}

/* ---- commands ---- */

static struct sv actor_name(const struct command *cmd, struct arena *a)
{
    return arena_printf_sv(a, "u%lld", (long long)cmd->actor->id);
}

int command_begin(struct db_conn *c, const struct command *cmd, struct arena *a, struct sv *ref,
                  struct err *e)
{
    struct idem_row row;
    if (cmd->idem_key.n == 0)
        return 0;
    int rc = idem_find(c, actor_name(cmd, a), cmd->idem_key, a, &row, e);
    if (rc <= 0)
        return rc;
    if (!sv_eq(row.digest, cmd->idem_digest))
        return err_set(e, ERR_CONFLICT, "这个幂等键（Idempotency-Key）已用于另一个请求");
    *ref = row.ref;
    return 1;
}

int command_end(struct db_conn *c, const struct command *cmd, struct sv ref, struct err *e)
{
    struct idem_row row = { cmd->idem_digest, ref };
    if (cmd->idem_key.n == 0)
        return 0;
    struct arena *a = arena_new();
    int rc = idem_insert(c, actor_name(cmd, a), cmd->idem_key, &row, cmd->now, e);
    arena_free(a);
    return rc;
}

int command_match(const struct command *cmd, int64_t version, struct err *e)
{
    if (cmd->if_match == 0)
        return err_set(e, ERR_PRECONDITION, "%s", err_title(ERR_PRECONDITION));
    if (cmd->if_match != version)
        return err_set(e, ERR_CHANGED, "%s", err_title(ERR_CHANGED));
    return 0;
}

bool region_covers(const struct catalog *c, struct sv officer_region, struct sv region)
{
    const struct region *r = catalog_region(c, region);
    return sv_eq(officer_region, region) || (r && sv_eq(r->parent, officer_region));
}

static struct sv mask(struct arena *a, struct sv s, size_t head, size_t tail)
{
    if (s.n <= head + tail)
        return s.n ? SV("****") : s;
    struct sv out = arena_sv(a, s);
    memset((char *)(uintptr_t)out.p + head, '*', s.n - head - tail);
    return out;
}

struct sv mask_phone(struct arena *a, struct sv phone)
{
    return mask(a, phone, 3, 4);
}

struct sv mask_id(struct arena *a, struct sv id)
{
    return mask(a, id, 6, 4);
}
