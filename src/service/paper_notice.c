/* paper_notice: the one-time notice (R2.2) as a letter: of a case, under the case's own version of
 * the catalogue, and of anybody's answers (handouts.c). Both are written from notice_to_json, which
 * the pages show as well.
 */
#include "service/paper_parts.h"

void paper_find_notice(const struct bundle *b, size_t row, struct arena *a, struct paper *out)
{
    paper_find_receipt(b, row, a, out);
}

/* Member of a JSON object, on the letter's arena. */
static struct sv part(struct letter *l, const json_t *o, const char *key)
{
    return arena_sv(l->arena, json_sv(o, key));
}

/* text with 待核定 beside it when that is how sure the catalogue is (o[key]) (R1.5). */
static struct sv sure(struct letter *l, struct sv text, const json_t *o, const char *key)
{
    return sv_is(json_sv(o, key), certainty_text(TO_BE_VERIFIED)) && text.n
               ? arena_printf_sv(l->arena, "%s（待核定）", text_of(text)) : text;
}

static struct sv permit_name(const struct letter *l, struct sv code)
{
    const struct permit_type *p = catalog_permit(l->catalog, code);
    return p ? p->name : code;
}

/* Names of permits: [code] or [{code}]; 全部事项 when it is all of them. */
static struct sv permits_text(struct letter *l, const json_t *notice, const json_t *codes)
{
    size_t all = json_array_size(json_object_get(notice, "permits"));
    struct buf t;
    size_t k;
    json_t *one;
    if (json_array_size(codes) == 0 ||
        (json_array_size(codes) == all && all > 1))
        return SV("全部事项");
    buf_init(&t, 8192);
    json_array_foreach(codes, k, one) {
        struct sv code = json_is_object(one) ? json_sv(one, "code") : json_text(one);
        buf_fmt(&t, "%s%s", k ? "、" : "", text_of(permit_name(l, code)));
    }
    struct sv out = arena_sv(l->arena, buf_sv(&t));
    buf_done(&t);
    return out;
}

static void permits(struct letter *l, const json_t *notice)
{
    static const struct sv heads[] = { { "事项", 6 }, { "审批部门", 12 },
                                       { "法定时限", 12 }, { "承诺时限", 12 },
                                       { "有效期", 9 }, { "现场核查", 12 } };
    static const double widths[] = { 0.21, 0.22, 0.155, 0.145, 0.11, 0.16 };
    const json_t *list = json_object_get(notice, "permits");
    struct letter_table t = letter_table(l, heads, widths, 6, json_array_size(list));
    size_t k;
    json_t *p;
    letter_head(l, "一、办理事项");
    json_array_foreach(list, k, p) {
        const json_t *limits = json_object_get(p, "limits");
        const json_t *inspection = json_object_get(p, "inspection");
        int64_t statutory = json_i64(limits, "statutory_days", 0);
        int64_t promised = json_i64(limits, "promised_days", 0);
        int64_t years = json_i64(json_object_get(p, "validity"), "years", 0);
        struct sv cells[] = {
            sure(l, part(l, p, "name"), p, "certainty"),
            sure(l, part(l, json_object_get(p, "department"), "name"), p, "level_certainty"),
            sure(l, statutory ? arena_printf_sv(l->arena, "%lld个工作日", (long long)statutory)
                              : SV("当场"), limits, "certainty"),
            promised ? arena_printf_sv(l->arena, "%lld个工作日", (long long)promised)
                     : SV("当场"),
            sure(l, years ? arena_printf_sv(l->arena, "%lld年", (long long)years) : SV("长期"),
                 json_object_get(p, "validity"), "certainty"),
            sure(l, json_bool(inspection, "required", false) ? part(l, inspection, "phase")
                                                             : SV("事前不核查"),
                 inspection, "certainty"),
        };
        table_add(&t, cells);
    }
    table_done(&t);
}

/* The scope of each permit, and where the time is longer. */
static void scopes(struct letter *l, const json_t *notice)
{
    size_t k;
    json_t *p;
    json_array_foreach(json_object_get(notice, "permits"), k, p)
        if (json_sv(p, "scope").n)
            letter_say(l, "%s适用于：%s。", text_of(part(l, p, "name")),
                       text_of(part(l, p, "scope")));
    letter_say(l, "%s。", text_of(part(l, json_object_get(json_object_get(notice, "limits"),
                                                         "joint"), "text")));
}

/* One row of the bases: articles of one law for the same permits. */
struct law_row { struct sv law, permits; struct sv articles; };

/* Laws once for the same permits; articles that are not known yet are left out (they are told of
 * under 尚待核定). */
static void bases(struct letter *l, const json_t *notice)
{
    static const struct sv heads[] = { { "法律、法规、规章", 24 }, { "条款", 6 },
                                       { "适用事项", 12 } };
    static const double widths[] = { 0.38, 0.34, 0.28 };
    const json_t *list = json_object_get(notice, "bases");
    struct letter_table t = letter_table(l, heads, widths, 3, json_array_size(list));
    struct law_row *rows = arena_array(l->arena, json_array_size(list) + 1, sizeof *rows);
    size_t n = 0;
    size_t k;
    json_t *x;
    letter_head(l, "二、依据");
    json_array_foreach(list, k, x) {
        struct law_row row = { part(l, x, "law"), permits_text(l, notice, json_object_get(x, "permits")),
                               part(l, x, "article") };
        size_t at = 0;
        if (row.articles.n == 0 || strstr(row.articles.p, "待核定"))
            continue;
        while (at < n && !(sv_eq(rows[at].law, row.law) && sv_eq(rows[at].permits, row.permits)))
            at++;
        if (at < n)
            rows[at].articles = arena_printf_sv(l->arena, "%s、%s", rows[at].articles.p,
                                                row.articles.p);
        else
            rows[n++] = row;
    }
    for (k = 0; k < n; k++) {
        struct sv cells[] = { arena_printf_sv(l->arena, "《%s》", text_of(rows[k].law)),
                              rows[k].articles, rows[k].permits };
        table_add(&t, cells);
    }
    table_done(&t);
}

static void conditions(struct letter *l, const json_t *notice)
{
    static const struct sv heads[] = { { "许可条件", 12 }, { "适用事项", 12 } };
    static const double widths[] = { 0.7, 0.3 };
    const json_t *list = json_object_get(notice, "conditions");
    struct letter_table t = letter_table(l, heads, widths, 2, json_array_size(list));
    size_t k;
    json_t *x;
    letter_head(l, "三、条件");
    json_array_foreach(list, k, x) {
        struct sv cells[] = { sure(l, part(l, x, "text"), x, "certainty"),
                              permits_text(l, notice, json_object_get(x, "permits")) };
        table_add(&t, cells);
    }
    table_done(&t);
}

/* What a reader has to do about a material. */
static struct sv material_need(struct letter *l, const json_t *m)
{
    const json_t *first = json_array_get(json_object_get(m, "permits"), 0);
    if (json_bool(m, "generated", false))
        return SV("由系统生成");
    if (json_bool(m, "exempt_by_share", false))
        return SV("免提交（数据共享）");
    if (json_bool(m, "on_site", false))
        return SV("核查时查验");
    return arena_printf_sv(l->arena, "%s%s，%s%lld份", text_of(part(l, m, "necessity")),
                           json_bool(m, "conditional", false) ? "（符合情形时）" : "",
                           text_of(part(l, first, "form")),
                           (long long)json_i64(first, "copies", 1));
}

/* When it is needed and until when it may follow, as each permit says; the same once. */
static struct sv material_note(struct letter *l, const json_t *m)
{
    static const char *const keys[] = { "when_text", "tolerance", "annotate" };
    struct buf t;
    size_t k;
    json_t *use;
    buf_init(&t, 8192);
    json_array_foreach(json_object_get(m, "permits"), k, use)
        for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
            struct sv text = part(l, use, keys[i]);
            if (text.n && (t.n == 0 || !strstr(t.p, text.p)))
                buf_fmt(&t, "%s%s", t.n ? "；" : "", text.p);
        }
    struct sv out = arena_sv(l->arena, buf_sv(&t));
    buf_done(&t);
    return out;
}

static void materials(struct letter *l, const json_t *notice)
{
    static const struct sv heads[] = { { "材料", 6 }, { "要求", 6 }, { "提出要求的事项", 21 },
                                       { "说明", 6 } };
    static const double widths[] = { 0.26, 0.2, 0.28, 0.26 };
    const json_t *list = json_object_get(notice, "materials");
    struct letter_table t = letter_table(l, heads, widths, 4, json_array_size(list));
    size_t k;
    json_t *m;
    letter_head(l, "四、材料（同一材料只交一次）");
    json_array_foreach(list, k, m) {
        struct sv cells[] = { part(l, m, "name"), material_need(l, m),
                              permits_text(l, notice, json_object_get(m, "permits")),
                              material_note(l, m) };
        table_add(&t, cells);
    }
    table_done(&t);
}

static void windows(struct letter *l, const json_t *notice)
{
    static const struct sv heads[] = { { "窗口", 6 }, { "地址", 6 }, { "电话", 6 },
                                       { "时间", 6 } };
    static const double widths[] = { 0.28, 0.3, 0.18, 0.24 };
    const json_t *list = json_object_get(notice, "windows");
    struct letter_table t = letter_table(l, heads, widths, 4, json_array_size(list));
    size_t k;
    json_t *w;
    letter_head(l, "七、办理窗口");
    json_array_foreach(list, k, w) {
        struct sv cells[] = { arena_printf_sv(l->arena, "%s%s", text_of(part(l, w, "name")),
                                              json_bool(w, "sample", false) ? "（示例）" : ""),
                              part(l, w, "address"), part(l, w, "phone"), part(l, w, "hours") };
        table_add(&t, cells);
    }
    table_done(&t);
}

static void remedies(struct letter *l, const json_t *notice)
{
    size_t k;
    json_t *x;
    letter_head(l, "八、费用和救济途径");
    letter_say(l, "办理%s。", text_of(part(l, json_object_get(notice, "fee"), "text")));
    json_array_foreach(json_object_get(notice, "remedies"), k, x)
        letter_say(l, "%s：%s（%s）。", text_of(part(l, x, "kind")), text_of(part(l, x, "text")),
                   text_of(part(l, x, "basis")));
}

/* What the catalogue itself does not hold for certain is said, not hidden. */
static void to_verify(struct letter *l, const json_t *notice)
{
    const json_t *list = json_object_get(notice, "to_verify");
    struct buf t;
    size_t k;
    json_t *x;
    buf_init(&t, 16000);
    json_array_foreach(list, k, x)
        buf_fmt(&t, "%s%s", k ? "；" : "", text_of(json_text(x)));
    if (t.n) {
        letter_head(l, "九、尚待核定的内容");
        letter_say(l, "%s。以主管部门核定为准。", text_of(buf_sv(&t)));
    }
    buf_done(&t);
}

static const struct permit_type **types_of(struct letter *l, const struct guide_result *g)
{
    const struct permit_type **list = arena_array(l->arena, g->n_permits, sizeof *list);
    for (size_t i = 0; i < g->n_permits; i++)
        list[i] = g->permits[i].permit;
    return list;
}

static void write_parts(struct letter *l, const json_t *notice,
                        void (*const *parts)(struct letter *, const json_t *), size_t n)
{
    for (size_t i = 0; i < n; i++)
        parts[i](l, notice);
}

void letter_notice(struct letter *l, const struct guide_result *g, struct sv region)
{
    static void (*const what[])(struct letter *, const json_t *) = { permits, scopes, bases,
                                                                     conditions, materials };
    static void (*const where[])(struct letter *, const json_t *) = { windows, remedies,
                                                                      to_verify };
    const struct permit_type **types = types_of(l, g);
    struct reform_effect effect;
    json_t *notice = notice_to_json(l->catalog, g, region);
    write_parts(l, notice, what, sizeof what / sizeof *what);
    if (g->n_permits) {
        effect_of_guide(l->catalog, g, l->arena, &effect);
        letter_head(l, "五、办理流程图");
        letter_flow(l, g->industry, types, g->n_permits, region);
        letter_head(l, "六、一起办省多少");
        letter_effect(l, &effect);
    }
    write_parts(l, notice, where, sizeof where / sizeof *where);
    json_decref(notice);
}

int paper_write_notice(struct letter *l)
{
    const struct bundle *b = l->b;
    struct guide_result g = { 0 };
    int rc = guide_run(b->catalog, b->industry, b->answers, NULL, l->arena, &g, l->e);
    if (rc < 0)
        return rc;
    letter_say(l, "您（单位）申请办理“%s”行业综合许可（办件编号%s）。根据行政许可法第三十条，现将所涉许可的事项、依据、"
               "条件、期限、材料和救济途径一次告知如下。", text_of(b->industry->name),
               text_of(b->row.number));
    letter_notice(l, &g, b->row.region);
    json_decref(g.prefill);
    return 0;
}
