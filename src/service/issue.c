/* issue: the bureau issues the comprehensive licence (R7.1, P22).
 *
 * The signature is slow and stays outside the transaction: first a number is drawn (a gap in
 * the numbers does no harm), then the payload is signed, then one transaction checks that the
 * case is still as it was read and writes licence, case and ledger together.
 */
#include "domain/licence/number.h"
#include "domain/licence/payload.h"
#include "service/acts.h"
#include "service/ledger.h"
#include "service/tell.h"

struct issue_ctx {
    struct app *app;
    const struct command *cmd;
    struct arena *arena;
    struct bundle *b;
    struct licence_row row;
    struct sv replayed;
};

/* Of the case as it was read; asked before a number is drawn, so that refusals draw none. */
static int may_issue(const struct issue_ctx *x, struct err *e)
{
    struct case_facts facts = bundle_facts(x->b);
    int rc = case_may_issue(&facts, e);
    return rc == 0 ? command_match(x->cmd, x->b->row.version, e) : rc;
}

static int draw_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct issue_ctx *x = ctx;
    struct buf text;
    int64_t serial;
    int year = date_civil(date_of_ms(x->cmd->now)).year;
    int rc = command_begin(c, x->cmd, x->arena, &x->replayed, e);
    if (rc != 0)
        return rc < 0 ? rc : 0;
    rc = may_issue(x, e);
    if (rc == 0)
        rc = counter_next(c, arena_printf_sv(x->arena, "licence:%.*s:%lld:%d",
                                             (int)x->b->row.region.n, x->b->row.region.p,
                                             (long long)x->b->industry->seq, year),
                          &serial, e);
    if (rc < 0)
        return rc;
    buf_init(&text, 64);
    licence_number(&text, x->b->row.region, x->b->industry->seq, year, serial);
    x->row.number = arena_sv(x->arena, buf_sv(&text));
    buf_done(&text);
    return 0;
}

/* Ten characters of Crockford's base32: 50 random bits, typable, not guessable. */
static struct sv short_id(struct arena *a)
{
    static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    unsigned char r[10];
    char *out = arena_alloc(a, sizeof r + 1);
    random_bytes(r, sizeof r);
    for (size_t i = 0; i < sizeof r; i++)
        out[i] = alphabet[r[i] & 31];
    return sv_make(out, sizeof r);
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

/* Last day on which any permit of the licence is valid; DATE_NONE when one has no end. */
static int32_t last_day(const struct bundle *b)
{
    int32_t last = INT32_MIN + 1;
    for (size_t i = 0; i < b->n_permits; i++) {
        if (b->permits[i].valid_until == DATE_NONE)
            return DATE_NONE;
        if (b->permits[i].valid_until > last)
            last = b->permits[i].valid_until;
    }
    return last;
}

static void fill_row(struct issue_ctx *x)
{
    struct bundle *b = x->b;
    const struct department *bureau = catalog_bureau(b->catalog, b->row.region);
    struct sv number = x->row.number;
    x->row = (struct licence_row){
        .number = number, .version = 1, .current = true, .state = SV("valid"),
        .case_id = b->row.id, .short_id = short_id(x->arena), .uscc = b->row.uscc,
        .holder = b->row.holder_name, .person = b->row.person, .address = b->row.address,
        .industry = b->industry->code, .region = b->row.region,
        .issuer = bureau ? bureau->name : SV("审批服务管理局"),
        .issued_on = date_of_ms(x->cmd->now), .issued_at = x->cmd->now,
        .expires_on = last_day(b), .permits_valid = (int64_t)b->n_permits,
        .ended_note = ended_note(b, x->arena),
    };
}

static int sign_payload(struct issue_ctx *x, struct err *e)
{
    struct bundle *b = x->b;
    unsigned char sig[SM2_SIG_SIZE];
    struct buf carried, signed_bytes, text;
    struct payload p = {
        .key_id = sv_of(x->app->key_id), .number = x->row.number, .version = x->row.version,
        .short_id = x->row.short_id, .region = x->row.region, .industry = b->industry->name,
        .holder = x->row.holder, .uscc = x->row.uscc, .person = x->row.person,
        .address = x->row.address, .issuer = x->row.issuer, .issued = x->row.issued_on,
        .issued_at = x->row.issued_at, .n_permits = b->n_permits,
        .permits = arena_array(x->arena, b->n_permits, sizeof *p.permits),
    };
    for (size_t i = 0; i < b->n_permits; i++)
        p.permits[i] = (struct payload_permit){
            b->permits[i].name, b->permits[i].number, b->permits[i].department_name,
            b->permits[i].granted_on, b->permits[i].valid_until, -1,
        };
    buf_init(&carried, PAYLOAD_MAX_BYTES);
    buf_init(&signed_bytes, PAYLOAD_MAX_BYTES + 64);
    buf_init(&text, PAYLOAD_MAX_TEXT);
    int rc = payload_encode(&p, &carried, e);
    if (rc == 0) {
        payload_to_sign(buf_sv(&carried), &signed_bytes);
        rc = sm2_sign(x->app->key, buf_sv(&signed_bytes), sig, e);
    }
    if (rc == 0) {
        payload_text(buf_sv(&carried), sig, &text);
        x->row.payload = arena_sv(x->arena, buf_sv(&text));
        if (!buf_ok(&text))
            rc = err_set(e, ERR_TOO_LARGE, "证照内容超过二维码容量");
    }
    buf_done(&carried);
    buf_done(&signed_bytes);
    buf_done(&text);
    return rc;
}

static json_t *issue_body(const struct issue_ctx *x)
{
    json_t *body = json_object();
    json_t *permits = json_array();
    struct sm3_hash h;
    char hex[65];
    sm3(x->row.payload, &h);
    sm3_hex(&h, hex);
    json_put_sv(body, "licence", x->row.number);
    json_put_i64(body, "version", x->row.version);
    json_put_sv(body, "payload", sv_of(hex));
    if (x->row.ended_note.n)
        json_put_sv(body, "ended_note", x->row.ended_note);
    for (size_t i = 0; i < x->b->n_permits; i++)
        json_push_sv(permits, x->b->permits[i].number);
    json_put(body, "permits", permits);
    return body;
}

static int issue_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct issue_ctx *x = ctx;
    struct bundle *b = x->b;
    struct case_row now_row;
    int rc = command_begin(c, x->cmd, x->arena, &x->replayed, e);
    if (rc != 0)
        return rc < 0 ? rc : 0;
    rc = case_find(c, b->row.id, x->arena, &now_row, e);
    if (rc != 1)
        return rc < 0 ? rc : ERR_NOT_FOUND;
    struct case_facts facts = bundle_facts(b);
    facts.issued = now_row.issued_at != 0;
    rc = case_may_issue(&facts, e);
    if (rc == 0)
        rc = command_match(x->cmd, now_row.version, e);
    if (rc != 0)
        return rc;
    struct act_entry entry = { .act = ACT_ISSUE_LICENCE, .effective_on = x->row.issued_on,
                               .actor = x->cmd->actor, .department = x->cmd->actor->department,
                               .case_id = b->row.id, .body = issue_body(x) };
    rc = ledger_append(x->app, c, &entry, x->cmd->now, &x->row.ledger_seq, e);
    json_decref(entry.body);
    if (rc == 0)
        rc = licence_insert(c, &x->row, e);
    b->row.issued_at = x->cmd->now;
    b->row.licence_number = x->row.number;
    if (rc == 0)
        rc = acts_put_case(x->app, c, b, x->cmd->now, e);
    if (rc == 0)
        rc = tell_issued(&(struct tell){ x->app, c, b, x->cmd->now }, e);
    return rc == 0 ? command_end(c, x->cmd, x->row.number, e) : rc;
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
    fill_row(&x);
    rc = sign_payload(&x, e);
    if (rc == 0)
        rc = db_write(app->db, issue_tx, &x, e);
out:
    *number = x.replayed.n ? x.replayed : x.row.number;
    bundle_done(&b);
    return rc;
}
