/* verify: is this licence real and valid right now? As JSON, and as one small page (R7.4).
 *
 * The page (page.h) is one response under 30 KB, no script, readable on any phone. Names of persons are masked; what the licence on the wall shows is shown.
 */
#include "api/page.h"
#include "service/licence.h"
#include "service/status.h"
#include "service/trust.h"
#include "sys/clock.h"

struct verify_body { struct sv text; };
static const struct json_field VERIFY[] = {
    { "text", "二维码内容", JSON_K_TEXT, true, offsetof(struct verify_body, text), 0, 4000 },
};

static json_t *payload_json(const struct verified *v)
{
    const struct payload *p = &v->payload;
    json_t *o = json_object();
    json_t *permits = json_array();
    json_put_sv(o, "number", p->number);
    json_put_i64(o, "version", p->version);
    json_put_sv(o, "holder", p->holder);
    json_put_sv(o, "uscc", p->uscc);
    json_put_sv(o, "person", p->person);
    json_put_sv(o, "address", p->address);
    json_put_sv(o, "industry", p->industry);
    json_put_sv(o, "issuer", p->issuer);
    json_put_sv(o, "region", p->region);
    json_put_sv(o, "short_id", p->short_id);
    json_put_sv(o, "key_id", p->key_id);
    put_date(o, "issued_on", p->issued);
    for (size_t i = 0; i < p->n_permits; i++) {
        json_t *x = json_object();
        json_put_sv(x, "name", p->permits[i].name);
        json_put_sv(x, "number", p->permits[i].number);
        json_put_sv(x, "department", p->permits[i].department);
        put_date(x, "granted_on", p->permits[i].granted);
        put_date(x, "valid_until", p->permits[i].valid_until);
        json_put_sv(x, "state", sv_of(permit_status_key(v->permits[i])));
        json_put_sv(x, "state_text", sv_of(permit_status_text(v->permits[i])));
        json_push(permits, x);
    }
    json_put(o, "permits", permits);
    return o;
}

/* Present state of the version that the payload names; of another city's licence, what its own
 * verdict says: there is no register of it here. */
static json_t *status_json(struct request *rq, const struct verified *v, bool own, int64_t ms,
                           struct err *e)
{
    struct licence_view now;
    json_t *o = json_object();
    int rc = own ? licence_open_short(app_of(rq), v->payload.short_id, rq->arena, &now, e) : 0;
    const char *state = rc != 1 ? "unknown"
                                : licence_state(now.row.state.p, now.row.expires_on,
                                                date_of_ms(ms));
    if (rc < 0) {
        json_decref(o);
        return NULL;
    }
    json_put_sv(o, "state", sv_of(state));
    json_put_sv(o, "state_text", rc == 1 ? sv_of(licence_state_text(state))
                                 : own   ? SV("登记中没有这个版本")
                                         : sv_of(verdict_text(v->verdict)));
    put_time(o, "as_of", ms);
    return o;
}

/* 张**: the first character, then stars. */
static struct sv mask_name(struct arena *a, struct sv name)
{
    size_t n = 1;
    if (name.n == 0)
        return name;
    while (n < name.n && ((unsigned char)name.p[n] & 0xc0) == 0x80)
        n++;
    return arena_printf_sv(a, "%.*s**", (int)n, name.p);
}

/* A bare licence number typed by hand: no signature to check, but the register can be asked. */
static int verify_number(struct request *rq, struct response *rs, struct sv number,
                         struct err *e)
{
    struct licence_view l;
    struct view v = api_view(rq);
    int rc = licence_open_number(app_of(rq), number, rq->arena, &l, e);
    if (rc < 0)
        return rc;
    json_t *o = json_object();
    json_put_bool(o, "ok", rc == 1);
    if (rc == 0) {
        json_put_sv(o, "reason", SV("登记中没有这个证号，请核对后再试"));
        return api_json(rq, rs, 200, o);
    }
    json_t *licence = json_licence(&v, &l.row, l.permits, l.n_permits);
    json_t *status = json_object();
    json_put_sv(status, "state", json_sv(licence, "state"));
    json_put_sv(status, "state_text", json_sv(licence, "state_text"));
    put_time(status, "as_of", clock_now_ms());
    /* Anybody may ask: what points into the case stays inside. */
    static const char *const inside[] = { "case_id", "qr_text" };
    for (size_t i = 0; i < 2; i++)
        json_object_del(licence, inside[i]);
    json_put_sv(licence, "person", mask_name(rq->arena, l.row.person));
    json_put(o, "licence", licence);
    json_put(o, "status", status);
    return api_json(rq, rs, 200, o);
}

/* A print from before there were status lists has no bits; here the register can say it. */
static void by_register(struct verified *v, struct sv state)
{
    static const struct { const char *state; enum verdict verdict; } says[] = {
        { "valid", VERDICT_VALID }, { "superseded", VERDICT_SUPERSEDED },
        { "void", VERDICT_SUPERSEDED }, { "expired", VERDICT_EXPIRED },
    };
    if (v->verdict != VERDICT_UNCONFIRMED || v->list == LIST_FRESH)
        return;
    for (size_t i = 0; i < sizeof says / sizeof says[0]; i++)
        if (sv_is(state, says[i].state)) {
            v->verdict = says[i].verdict;
            v->reason = verdict_reason(v->verdict);
        }
    for (size_t i = 0; i < v->payload.n_permits; i++)
        if (v->verdict == VERDICT_VALID && v->permits[i] == SEEN_UNCONFIRMED)
            v->permits[i] = SEEN_IN_FORCE;
}

/* The same verdict as without a network (domain/licence/verdict.h), with the list of this minute. */
static int verify_payload(struct request *rq, struct response *rs, struct sv text, struct err *e)
{
    struct trust trust;
    struct verified v;
    struct verify_in in = { .text = text, .trust = &trust, .now = clock_now_ms(),
                            .signed_by = sm2_signed_by };
    int rc = trust_load(app_of(rq), rq->arena, &trust, e);
    if (rc == 0)
        rc = status_now(app_of(rq), in.now, rq->arena, &in.lists, &in.n_lists, e);
    if (rc < 0)
        return rc;
    verify_offline(&in, rq->arena, &v);
    bool genuine = verdict_genuine(v.verdict);
    json_t *status = NULL;
    if (genuine) {
        status = status_json(rq, &v, v.issuer == &trust.issuers[0], in.now, e);
        if (!status)
            return e->code;
        by_register(&v, json_sv(status, "state"));
    }
    json_t *o = json_object();
    json_put_bool(o, "ok", genuine);
    json_put_sv(o, "verdict", sv_of(verdict_key(v.verdict)));
    json_put_sv(o, "verdict_text", sv_of(verdict_text(v.verdict)));
    json_put_sv(o, "reason", sv_of(v.reason));
    if (genuine) {
        json_put(o, "licence", payload_json(&v));
        json_put(o, "status", status);
        put_pair(o, "signed_by", v.issuer->region, v.issuer->name);
    }
    return api_json(rq, rs, 200, o);
}

int verify_text(struct request *rq, struct response *rs, struct err *e)
{
    struct verify_body in = { 0 };
    json_t *body = api_body(rq, e);
    int rc = body ? json_decode(body, VERIFY, 1, &in, e) : e->code;
    struct sv text = rc == 0 ? arena_sv(rq->arena, in.text) : SV("");
    json_decref(body);
    if (rc != 0)
        return rc;
    rq->user = arena_alloc(rq->arena, sizeof(struct caller));
    return sv_starts(text, SV("WHZH")) ? verify_number(rq, rs, text, e)
                                       : verify_payload(rq, rs, text, e);
}

/* ---- the page ---- */

#define KEEP                                                                                 \
    "<section class=\"card\"><h2>没有网络也能核验</h2><p><a href=\"/verify\">打开离线核验</a>，" \
    "在浏览器菜单里选“添加到主屏幕”（或“安装应用”）。以后没有网络时打开它，扫证照上的二维码，"    \
    "就能验签名、有效期和随身带的状态名单；联网时它会自己更新名单。</p></section>"

struct page_word { const char *css, *word, *advice; };

static struct page_word word_of(const char *state)
{
    static const struct { const char *state; struct page_word v; } table[] = {
        { "valid", { "ok", "✔ 有效", "登记信息如下，请核对与现场是否一致。" } },
        { "expired", { "bad", "✘ 已过期", "所载许可均已过期。" } },
        { "superseded", { "warn", "！已更新",
                          "这一版已被新版本替代，请持证人出示最新的证照。" } },
        { "void", { "bad", "✘ 已失效", "该证已失效，不能作为许可凭证。" } },
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (strcmp(state, table[i].state) == 0)
            return table[i].v;
    return table[3].v;
}

static void list_permits(struct buf *b, const struct licence_view *l, int32_t today,
                        struct arena *a)
{
    buf_fmt(b, "<section class=\"card\"><h2>所载许可 %lld 项</h2><ul>",
            (long long)l->row.permits_valid);
    for (size_t i = 0; i < l->n_permits; i++) {
        const struct permit_row *p = &l->permits[i];
        if (!sv_is(p->state, "valid"))
            continue; /* said in the note */
        bool past = p->valid_until != DATE_NONE && today > p->valid_until;
        buf_str(b, "<li><strong>");
        buf_html(b, p->name);
        buf_fmt(b, "</strong> %s<dl>", past ? "（已过期）" : "（有效）");
        page_row(b, "证号", p->number);
        page_row(b, "发证部门", p->department_name);
        page_row(b, "发证日期", page_date(a, p->granted_on, ""));
        page_row(b, "有效期至", page_date(a, p->valid_until, "长期"));
        buf_str(b, "</dl></li>");
    }
    buf_str(b, "</ul></section>");
}

static struct sv version_words(const struct licence_view *l, struct arena *a)
{
    return arena_printf_sv(a, "%s（第%lld版）", l->row.number.p, (long long)l->row.version);
}

static void current_version(const struct app *app, const struct licence_view *l, int32_t today,
                            struct arena *a, struct buf *b)
{
    const struct industry *ind = catalog_industry(app->catalog, l->row.industry);
    buf_str(b, "<section class=\"card\"><dl>");
    page_row(b, "证号", version_words(l, a));
    page_row(b, "市场主体", l->row.holder);
    page_row(b, "统一社会信用代码", l->row.uscc);
    page_row(b, "负责人", mask_name(a, l->row.person));
    page_row(b, "经营场所", l->row.address);
    page_row(b, "行业", ind ? ind->name : l->row.industry);
    page_row(b, "颁发部门", l->row.issuer);
    page_row(b, "颁发日期", page_date(a, l->row.issued_on, ""));
    page_row(b, "说明", l->row.ended_note);
    buf_str(b, "</dl></section>");
    list_permits(b, l, today, a);
}

/* P23: an old print says that it is old, and leads to nothing. */
static void old_version(const struct licence_view *l, struct arena *a, struct buf *b)
{
    buf_str(b, "<section class=\"card\"><dl>");
    page_row(b, "证号", version_words(l, a));
    page_row(b, "替代日期", page_date(a, l->row.ended_on, ""));
    buf_str(b, "</dl></section>");
}

/* The register stands; what the print proves without it does not (R9.4). */
static void key_words(const struct app *app, const struct licence_view *l, struct arena *a,
                      struct buf *b)
{
    const struct key_info *key = licence_key_revoked(app, &l->row, a);
    if (!key)
        return;
    buf_str(b, "<section class=\"card warn\"><p><strong>签发这一版的密钥已作废</strong>");
    if (key->reason.n) {
        buf_str(b, "（");
        buf_html(b, key->reason);
        buf_str(b, "）");
    }
    buf_str(b, "。本页的登记信息仍然有效，但这张打印件不能再离线核验，请持证人免费重出一版。</p></section>");
}

static void licence_page(struct request *rq, const struct licence_view *l, struct buf *b)
{
    const struct app *app = app_of(rq);
    struct arena *a = rq->arena;
    int64_t now = clock_now_ms();
    int32_t today = date_of_ms(now);
    struct page_word v = word_of(licence_state(l->row.state.p, l->row.expires_on, today));
    page_head(b, v.word, "行业综合许可证核验");
    buf_fmt(b, "<section class=\"card %s\" role=\"status\"><p class=\"big\">%s</p><p>%s</p>"
               "<small>查询时间 %s</small>%s</section>", v.css, v.word, v.advice,
            page_time(a, now).p,
            app->demo ? " <span class=\"sample\">示例数据</span>" : "");
    if (l->row.current) {
        key_words(app, l, a, b);
        current_version(app, l, today, a, b);
    } else {
        old_version(l, a, b);
    }
    if (l->row.current)
        buf_fmt(b, "<section class=\"card\"><p><a href=\"/register/%s\">公示登记，在您的浏览器里核对登记证明</a></p></section>",
                l->row.number.p);
    buf_fmt(b, "<section class=\"card\"><small>本页由登记系统实时生成。该证的颁发记载于防篡改日志第 "
               "%lld 条（<a href=\"/api/v1/ledger/proof?seq=%lld\">存在证明</a>，"
               "<a href=\"/api/v1/ledger/head\">签名树头</a>，<a href=\"/api/v1/keys\">验签公钥</a>）。"
               "本证不替代法定许可证。</small></section>" KEEP "</main></body></html>",
            (long long)l->row.ledger_seq, (long long)l->row.ledger_seq);
}

/* As Crockford's base32 is read when typed by hand: case does not matter, nor O for 0, I and L
 * for 1. */
static struct sv typed_id(struct arena *a, struct sv typed)
{
    char *out = arena_dup(a, typed);
    for (size_t i = 0; i < typed.n; i++) {
        char c = out[i] >= 'a' && out[i] <= 'z' ? (char)(out[i] - 'a' + 'A') : out[i];
        out[i] = c == 'O' ? '0' : c == 'I' || c == 'L' ? '1' : c;
    }
    return sv_make(out, typed.n);
}

int verify_page(struct request *rq, struct response *rs, struct err *e)
{
    struct licence_view l;
    struct buf b;
    struct sv id = typed_id(rq->arena, rq->params[0]);
    int rc = id.n ? licence_open_short(app_of(rq), id, rq->arena, &l, e) : 0;
    if (rc < 0)
        return rc;
    buf_init(&b, 256 * 1024);
    if (rc == 1) {
        licence_page(rq, &l, &b);
    } else {
        page_head(&b, "核验", "行业综合许可证核验");
        buf_fmt(&b, "<section class=\"card %s\"><p class=\"big\">%s</p><p>%s</p><p>"
                    "<a href=\"/verify\">扫码、输入证号或二维码内容核验</a></p></section>" KEEP
                    "</main></body></html>", id.n ? "bad" : "warn", id.n ? "✘ 没有登记" : "请扫描证照上的二维码",
                id.n ? "登记中没有这个证照，请谨防假冒。" : "也可以手工输入证号核验。");
        rs->status = id.n ? 404 : 200;
    }
    page_answer(rs, arena_sv(rq->arena, buf_sv(&b)));
    buf_done(&b);
    return 0;
}
