/* issue: the bureau issues the comprehensive licence (R7.1, P22): its first version, or, for a case
 * that adds permits to a licence, the next one under the same number.
 *
 * The signature is slow and stays outside the transaction: first number and status bit are drawn (a
 * gap does no harm), then the version is composed and signed, then one transaction checks that case
 * and licence are still as they were read and writes licence, permits, case and ledger together.
 */
#include "domain/licence/number.h"
#include "service/acts.h"
#include "service/ledger.h"
#include "service/tell.h"
#include "service/versions.h"

struct issue_ctx {
    struct app *app;
    const struct command *cmd;
    struct arena *arena;
    struct bundle *b;
    struct version_base base;
    struct permit_row *permits; size_t n_permits;      /* of the licence so far, then of the case */
    struct permit_event_row *events; size_t n_events;  /* theirs, in the order of the log */
    struct version version;
    struct sv replayed;
};

/* Of the case as it was read; asked before a number is drawn, so that refusals draw none. */
static int may_issue(const struct issue_ctx *x, struct err *e)
{
    struct case_facts facts = bundle_facts(x->b);
    int rc = case_may_issue(&facts, e);
    return rc == 0 ? command_match(x->cmd, x->b->row.version, e) : rc;
}

/* "未取得：烟草专卖证（不予许可）" so that the licence says what it does not carry. */
static struct sv ended_note(const struct bundle *b, struct arena *a)
{
    struct buf text;
    buf_init(&text, 4096);
    for (size_t i = 0; i < b->n_items; i++) {
        const struct permit_type *p = catalog_permit(b->catalog, b->items[i].permit);
        if (b->items[i].state == ITEM_GRANTED || !p)
            continue;
        buf_str(&text, text.n ? "、" : "本次未取得：");
        buf_sv_add(&text, p->name);
        buf_fmt(&text, "（%s）", item_state_text(b->items[i].state));
    }
    struct sv out = arena_sv(a, buf_sv(&text));
    buf_done(&text);
    return out;
}

static int draw_number(struct db_conn *c, struct issue_ctx *x, struct err *e)
{
    const struct bundle *b = x->b;
    const struct department *bureau = catalog_bureau(b->catalog, b->row.region);
    const struct key_ring *keys = app_keys(x->app);
    struct buf text;
    int64_t serial;
    int year = date_civil(date_of_ms(x->cmd->now)).year;
    int rc = counter_next(c, arena_printf_sv(x->arena, "licence:%.*s:%lld:%d",
                                             (int)b->row.region.n, b->row.region.p,
                                             (long long)b->industry->seq, year),
                          &serial, e);
    if (rc < 0)
        return rc;
    buf_init(&text, 64);
    licence_number(&text, b->row.region, b->industry->seq, year, serial);
    x->base = (struct version_base){
        .format = PAYLOAD_FORMAT, .number = arena_sv(x->arena, buf_sv(&text)), .version = 1, .case_id = b->row.id,
        .short_id = version_short_id(x->arena), .uscc = b->row.uscc, .region = b->row.region,
        .industry = b->industry->code, .industry_name = b->industry->name,
        .issuer = bureau ? bureau->name : SV("审批服务管理局"), .holder = b->row.holder_name,
        .person = b->row.person, .address = b->row.address, .keys = keys, .key_id = sv_of(keys->current->id),
        .at = x->cmd->now,
    };
    buf_done(&text);
    return status_index_draw(x->app, c, &x->base.status_index, e);
}

static int draw_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct issue_ctx *x = ctx;
    struct licence_row current;
    int rc = command_begin(c, x->cmd, x->arena, &x->replayed, e);
    if (rc != 0)
        return rc < 0 ? rc : 0;
    rc = may_issue(x, e);
    if (rc != 0)
        return rc;
    if (x->b->row.of_licence.n == 0)
        return draw_number(c, x, e);
    rc = licence_find_current(c, x->b->row.of_licence, x->arena, &current, e);
    return rc == 1 ? version_next(x->app, c, &current, x->cmd->now, x->arena, &x->base, e)
         : rc < 0 ? rc : err_set(e, ERR_CORRUPT, "办件所增补的证照不存在");
}

static int by_log(const void *a, const void *b)
{
    const struct permit_event_row *x = a, *y = b;
    return x->ledger_seq < y->ledger_seq ? -1 : x->ledger_seq > y->ledger_seq;
}

/* Every permit that will be on the licence, with its events. */
static int read_permits(struct db_conn *c, void *ctx, struct err *e)
{
    struct issue_ctx *x = ctx;
    struct permit_row *before = NULL;
    struct permit_event_row *events;
    size_t n_before = 0, n, cap = 0;
    int rc = x->base.version == 1 ? 0 : permit_list_licence(c, x->base.number, x->arena, &before,
                                                            &n_before, e);
    x->n_permits = n_before + x->b->n_permits;
    x->n_events = 0;
    x->permits = arena_array(x->arena, x->n_permits, sizeof *x->permits);
    for (size_t i = 0; rc == 0 && i < x->n_permits; i++) {
        x->permits[i] = i < n_before ? before[i] : x->b->permits[i - n_before];
        rc = permit_events_of(c, x->permits[i].id, x->arena, &events, &n, e);
        for (size_t k = 0; rc == 0 && k < n; k++) {
            if (x->n_events == cap) {
                struct permit_event_row *more =
                    arena_array(x->arena, cap ? cap * 2 : 16, sizeof *more);
                if (cap)
                    memcpy(more, x->events, cap * sizeof *more);
                x->events = more;
                cap = cap ? cap * 2 : 16;
            }
            x->events[x->n_events++] = events[k];
        }
    }
    if (x->n_events)
        qsort(x->events, x->n_events, sizeof *x->events, by_log);
    return rc;
}

static int compose(struct issue_ctx *x, struct err *e)
{
    int rc = db_read(x->app->db, read_permits, x, e);
    x->base.note = ended_note(x->b, x->arena);
    if (rc == 0)
        rc = version_compose(&x->base, x->permits, x->n_permits, x->events, x->n_events, x->arena,
                             &x->version, e);
    if (rc == 0 && x->version.content.n_permits == 0)
        rc = err_refuse(e, "P22", "准予的许可都已失效，不能颁发行业综合许可证");
    return rc == 0 ? version_sign(&x->version, x->arena, e) : rc;
}

/* What the log needs to make the same bytes again, beside what acts on the permits say. */
static json_t *issue_body(const struct issue_ctx *x)
{
    json_t *body = version_body(&x->version);
    json_t *numbers = json_array();
    json_t *list = json_array();
    for (size_t i = 0; i < x->b->n_permits; i++) {
        const struct permit_row *p = &x->b->permits[i];
        json_t *o = json_object();
        json_put_i64(o, "id", p->id);
        json_put_sv(o, "name", p->name);
        json_put_sv(o, "department_name", p->department_name);
        json_put_i64(o, "status", p->status_index);
        json_push(list, o);
        json_push_sv(numbers, p->number);
    }
    json_put(body, "permits", numbers);
    json_put(body, "list", list);
    json_put_sv(body, "uscc", x->base.uscc);
    json_put_sv(body, "region", x->base.region);
    json_put_sv(body, "industry", x->base.industry_name);
    json_put_sv(body, "issuer", x->base.issuer);
    return body;
}

/* Neither case nor licence nor any of the permits has changed since they were read. */
static int unchanged(struct db_conn *c, const struct issue_ctx *x, struct err *e)
{
    struct case_facts facts = bundle_facts(x->b);
    struct case_row now_row;
    int rc = case_find(c, x->b->row.id, x->arena, &now_row, e);
    if (rc != 1)
        return rc < 0 ? rc : ERR_NOT_FOUND;
    facts.issued = now_row.issued_at != 0;
    rc = case_may_issue(&facts, e);
    if (rc == 0)
        rc = command_match(x->cmd, now_row.version, e);
    for (size_t i = 0; rc == 0 && i < x->n_permits; i++) {
        struct permit_row p;
        rc = permit_find(c, x->permits[i].id, x->arena, &p, e);
        if (rc == 1)
            rc = p.version == x->permits[i].version &&
                         sv_eq(p.licence_number, x->permits[i].licence_number)
                     ? 0 : err_set(e, ERR_CHANGED, "许可刚有变化，请重新颁发");
    }
    return rc;
}

static int write_issue(struct db_conn *c, struct issue_ctx *x, struct err *e)
{
    struct bundle *b = x->b;
    int64_t seq = 0;
    struct act_entry entry = { .act = ACT_ISSUE_LICENCE, .effective_on = x->version.row.issued_on,
                               .actor = x->cmd->actor, .department = x->cmd->actor->department,
                               .case_id = b->row.id, .body = issue_body(x) };
    int rc = ledger_append(x->app, c, &entry, x->cmd->now, &seq, e);
    json_decref(entry.body);
    for (size_t i = 0; rc == 0 && i < b->n_permits; i++)
        rc = permit_set_licence(c, b->permits[i].id, x->base.number, e);
    return rc == 0 ? version_write(c, &x->version, seq, e) : rc;
}

static int issue_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct issue_ctx *x = ctx;
    struct bundle *b = x->b;
    int rc = command_begin(c, x->cmd, x->arena, &x->replayed, e);
    if (rc != 0)
        return rc < 0 ? rc : 0;
    rc = unchanged(c, x, e);
    if (rc == 0)
        rc = write_issue(c, x, e);
    b->row.issued_at = x->cmd->now;
    b->row.licence_number = x->base.number;
    if (rc == 0)
        rc = acts_put_case(x->app, c, b, x->cmd->now, e);
    if (rc == 0)
        rc = tell_issued(&(struct tell){ x->app, c, b, x->cmd->now }, e);
    return rc == 0 ? command_end(c, x->cmd, x->base.number, e) : rc;
}

int case_issue(struct app *app, const struct command *cmd, int64_t case_id, struct arena *a,
               struct sv *number, struct err *e)
{
    struct bundle b = { 0 };
    struct issue_ctx x = { .app = app, .cmd = cmd, .arena = a, .b = &b };
    int rc = bundle_open(app, cmd->actor, case_id, WITH_ITEMS | WITH_PERMITS, a, &b, e);
    if (rc == 0 && cmd->actor->role != ROLE_BUREAU)
        rc = err_set(e, ERR_FORBIDDEN, "综合许可证由审批服务管理局颁发");
    if (rc == 0)
        rc = db_write(app->db, draw_tx, &x, e);
    if (rc != 0 || x.replayed.n)
        goto out;
    rc = compose(&x, e);
    if (rc == 0)
        rc = db_write(app->db, issue_tx, &x, e);
out:
    *number = x.replayed.n ? x.replayed : x.base.number;
    bundle_done(&b);
    return rc;
}
