/* specification: 行业综合许可工作规范 of an industry, for clerks and departments (R2.4). Everything stands in
 * the catalogue; what is the same for all industries is the law's and the city's plan's, with the
 * article beside it. What the catalogue holds for uncertain says so.
 */
#include "service/specification.h"

#include "domain/law/clock.h"

void spec_chapter(struct spec *s, const char *title)
{
    static const char *const numbers[] = { "一", "二", "三", "四", "五", "六", "七", "八", "九", "十",
                                           "十一", "十二", "十三", "十四", "十五", "十六", "十七",
                                           "十八", "十九", "二十" };
    size_t last = sizeof numbers / sizeof *numbers - 1;
    letter_head(s->l, arena_printf(s->l->arena, "%s、%s",
                                   numbers[s->chapters < last ? s->chapters : last], title));
    s->chapters++;
}

struct sv spec_sure(struct spec *s, struct sv text, enum certainty c)
{
    return c != TO_BE_VERIFIED || sv_empty(text) || strstr(text.p, "待核定")
               ? text
               : arena_printf_sv(s->l->arena, "%s（待核定）", text.p);
}

struct sv spec_names(struct spec *s, const struct permit_type **list, size_t n)
{
    struct sv text = SV("");
    if (n == s->n_permits && n > 1)
        return SV("全部事项");
    for (size_t i = 0; i < n; i++)
        text = arena_printf_sv(s->l->arena, "%s%s%s", text_of(text), i ? "、" : "",
                               text_of(list[i]->name));
    return text;
}

/* ---- scope and who does what ---- */

static void scope(struct spec *s)
{
    const struct industry *ind = s->h->industry;
    struct letter_table t = letter_facts(s->l, 8);
    spec_chapter(s, "适用范围");
    fact_add(&t, "行业", ind->name);
    fact_add(&t, "适用范围", ind->scope);
    fact_add(&t, "国民经济行业", ind->gbt4754);
    fact_add(&t, "方案附件列明", ind->annex_text);
    fact_add(&t, "方案附件备注", ind->annex_remark);
    for (size_t i = 0; i < ind->n_notes; i++)
        fact_add(&t, "说明", ind->notes[i]);
    table_done(&t);
    letter_say(s->l, "“一业一证”不取消现有行政许可事项，不改变行政许可的实施主体、法律效力和法律关系，只对一个行业现有的多个许可证"
                     "实施物理打包，一证通办。申请人自愿选择，也可以单独申请其中的事项。");
}

static struct sv seat_name(const struct spec *s, struct sv role)
{
    const struct department *d = catalog_seat(s->h->catalog, role, s->h->region);
    return d ? d->name : role;
}

static void duties(struct spec *s)
{
    static const struct sv heads[] = { { "单位", 6 }, { "职责", 6 } };
    static const double widths[] = { 0.36, 0.64 };
    const struct industry *ind = s->h->industry;
    const struct department *bureau = catalog_bureau(s->h->catalog, s->h->region);
    struct letter_table t = letter_table(s->l, heads, widths, 2, s->n_permits * 2 + 16);
    spec_chapter(s, "职责分工");
    struct sv rows[][2] = {
        { bureau ? bureau->name : SV("审批服务管理局"),
          SV("统一调度管理“一业一证”窗口，维护行业目录，统一颁发和送达行业综合许可证，公布查询渠道") },
        { SV("“一业一证”窗口服务专员"),
          SV("现场咨询、申请受理、材料流转、业务协调、证照发放、档案存放；收件的人不作审批决定（受审分离）") },
        { spec_sure(s, seat_name(s, ind->lead_role), ind->lead_certainty),
          arena_printf_sv(s->l->arena, "牵头梳理本规范%s%s%s", ind->lead_note.n ? "（" : "",
                          text_of(ind->lead_note), ind->lead_note.n ? "）" : "") },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        table_add(&t, rows[i]);
    for (size_t i = 0; i < ind->n_co_roles; i++) {
        struct sv cells[] = { seat_name(s, ind->co_roles[i]), SV("协同办理、联合核查") };
        table_add(&t, cells);
    }
    for (size_t i = 0; i < s->n_permits; i++) {
        const struct department *d = catalog_supervisor(s->permits[i], s->h->region);
        struct sv cells[] = { d ? d->name : SV("行业主管部门"),
                              arena_printf_sv(s->l->arena, "%s：接收审批结果，负责事中事后监管",
                                              text_of(s->permits[i]->name)) };
        table_add(&t, cells);
    }
    table_done(&t);
}

/* Who decides, region by region. */
static void deciders(struct spec *s)
{
    const struct catalog *c = s->h->catalog;
    struct arena *a = s->l->arena;
    size_t n = c->n_regions + 1 < 8 ? c->n_regions + 1 : 8;
    struct sv *heads = arena_array(a, n, sizeof *heads);
    double *widths = arena_array(a, n, sizeof *widths);
    struct sv *cells = arena_array(a, n, sizeof *cells);
    heads[0] = SV("事项");
    widths[0] = 0.24;
    for (size_t i = 1; i < n; i++) {
        heads[i] = c->regions[i - 1].name;
        widths[i] = 0.76 / (double)(n - 1);
    }
    struct letter_table t = letter_table(s->l, heads, widths, n, s->n_permits);
    for (size_t p = 0; p < s->n_permits; p++) {
        cells[0] = s->permits[p]->name;
        for (size_t i = 1; i < n; i++) {
            const struct department *d = catalog_decider(s->permits[p], c->regions[i - 1].code);
            cells[i] = d ? d->name : SV("—");
        }
        table_add(&t, cells);
    }
    letter_below(s->l, 1, SV("各地实施审批的部门"));
    table_done(&t);
}

/* ---- which permits, by what answers ---- */

static void listing(struct spec *s)
{
    static const struct sv heads[] = { { "事项", 6 }, { "类型", 6 }, { "办理方式", 12 },
                                       { "来由", 6 } };
    static const double widths[] = { 0.32, 0.14, 0.16, 0.38 };
    const struct industry *ind = s->h->industry;
    struct letter_table t = letter_table(s->l, heads, widths, 4, ind->n_permits);
    spec_chapter(s, "事项清单和情形引导");
    for (size_t i = 0; i < ind->n_permits; i++) {
        const struct industry_permit *x = &ind->permits[i];
        struct sv cells[] = {
            x->permit->retired ? arena_printf_sv(s->l->arena, "%s（已取消，只用于旧规定）",
                                                 text_of(x->permit->name)) : x->permit->name,
            sv_of(permit_kind_text(x->permit->kind)), sv_of(permit_mode_text(x->mode)),
            spec_sure(s, x->mode_source, x->certainty) };
        table_add(&t, cells);
    }
    table_done(&t);
}

static void add_effect(struct spec *s, struct sv *text, const char *what, struct sv name)
{
    *text = arena_printf_sv(s->l->arena, "%s%s%s%s", text_of(*text), text->n ? "；" : "", what,
                            text_of(name));
}

static struct sv option_effect(struct spec *s, const struct guide_option *o)
{
    struct sv text = SV("");
    if (o->block)
        add_effect(s, &text, "不能办理", SV(""));
    for (size_t i = 0; i < o->n_add; i++)
        add_effect(s, &text, "要办", o->add[i]->name);
    for (size_t i = 0; i < o->n_drop; i++)
        add_effect(s, &text, "不用办", o->drop[i]->name);
    for (size_t i = 0; i < o->n_related; i++)
        add_effect(s, &text, "另有", o->related[i]->name);
    for (size_t i = 0; i < o->n_redirect; i++) {
        const struct industry *to = catalog_industry(s->h->catalog, o->redirect[i]);
        add_effect(s, &text, "改按行业：", to ? to->name : o->redirect[i]);
    }
    if (o->note.n)
        add_effect(s, &text, "", o->note);
    return text.n ? text : SV("—");
}

static void questions(struct spec *s)
{
    static const struct sv heads[] = { { "问题", 6 }, { "回答", 6 }, { "结果", 6 } };
    static const double widths[] = { 0.3, 0.34, 0.36 };
    const struct industry *ind = s->h->industry;
    size_t rows = 0;
    for (size_t i = 0; i < ind->n_questions; i++)
        rows += ind->questions[i].n_options;
    struct letter_table t = letter_table(s->l, heads, widths, 3, rows);
    for (size_t i = 0; i < ind->n_questions; i++) {
        const struct question *q = &ind->questions[i];
        struct sv ask = arena_printf_sv(s->l->arena, "%zu. %s%s", i + 1, text_of(q->text),
                                        q->multi ? "（可多选）" : "");
        for (size_t k = 0; k < q->n_options; k++) {
            struct sv cells[] = { k ? SV("") : ask, q->options[k].label,
                                  option_effect(s, &q->options[k]) };
            table_add(&t, cells);
        }
    }
    letter_below(s->l, 1, SV("情形引导的问题和结果"));
    letter_say(s->l, "必办的事项都要办；按需的，由下列回答决定。");
    table_done(&t);
}

/* ---- limits and the course of things ---- */

static void limits(struct spec *s)
{
    static const struct sv heads[] = { { "事项", 6 }, { "法定时限", 12 }, { "承诺时限", 12 },
                                       { "补正期限", 12 }, { "可以延长", 12 } };
    static const double widths[] = { 0.36, 0.16, 0.16, 0.16, 0.16 };
    struct arena *a = s->l->arena;
    struct letter_table t = letter_table(s->l, heads, widths, 5, s->n_permits);
    spec_chapter(s, "办理时限");
    for (size_t i = 0; i < s->n_permits; i++) {
        const struct permit_type *p = s->permits[i];
        long long correction = p->correction_days ? p->correction_days : CORRECTION_DAYS;
        long long extension = p->extension_days ? p->extension_days : EXTENSION_DAYS;
        struct sv cells[] = {
            p->name,
            spec_sure(s, p->statutory_days ? arena_printf_sv(a, "%lld个工作日",
                                                             (long long)p->statutory_days)
                                           : SV("当场"), p->limit_certainty),
            p->promised_days ? arena_printf_sv(a, "%lld个工作日", (long long)p->promised_days)
                             : SV("当场"),
            p->kind == PERMIT_FILING ? SV("—") : arena_printf_sv(a, "%lld个工作日", correction),
            p->kind == PERMIT_FILING ? SV("—") : arena_printf_sv(a, "%lld个工作日", extension),
        };
        table_add(&t, cells);
    }
    table_done(&t);
    letter_say(s->l, "统一、联合办理的，全部事项自受理之日起%d个工作日内办结；经本级政府负责人批准可以延长%d个工作日，并告知理由（"
                     "行政许可法第四十二条第二款）。时限以工作日计算，不含法定节假日（行政许可法第八十二条）。",
               JOINT_DAYS, JOINT_EXTENSION_DAYS);
}

static void rules(struct spec *s)
{
    spec_chapter(s, "受理、补正、容缺和特别程序");
    letter_below(s->l, 2, SV("收件和受理"));
    letter_say(s->l, "窗口收件当场出具收件回执，收件不等于受理。各部门在%d个工作日内决定是否受理；材料不齐全或者不符合法定形式的，当场或者在"
                     "%d个工作日内一次告知需要补正的全部内容，逾期不告知的，自收到申请材料之日起即为受理（行政许可法第三十二条）。",
               SILENCE_DAYS, SILENCE_DAYS);
    letter_below(s->l, 2, SV("补齐补正"));
    letter_say(s->l, "各部门提出的补正要求合并成一份通知；第一次能提出而没有提出的，不得再要求。补正期间不计入审批时限。");
    letter_below(s->l, 2, SV("承诺制容缺受理"));
    letter_say(s->l, "需要现场核查的事项，除涉及国家安全、公共安全、生态安全、产业政策外，缺少的可容缺材料可以签承诺书后补，由核查人员现场确认"
                     "并获取。到期没有补的不予许可；已经准予的，通知实施部门依法撤销。");
    spec_tolerance(s);
    letter_below(s->l, 2, SV("特别程序"));
    letter_say(s->l, "依法需要听证、招标、拍卖、检验、检测、检疫、鉴定和专家评审的，所需时间不计入时限，应当书面告知申请人（行政许可法第四十五条）。");
    letter_below(s->l, 2, SV("延期"));
    letter_say(s->l, "规定时限内不能作出决定的，经本部门负责人批准可以延长，并将理由告知申请人（行政许可法第四十二条第一款）。");
    letter_below(s->l, 2, SV("听证"));
    letter_say(s->l, "法律规定应当听证的，审批部门应当公告并举行听证（第四十六条）。直接涉及申请人与他人之间重大利益关系的，告知听证权利；在被告知"
                     "后%d日内提出的，在%d日内组织听证（第四十七条），并在举行%d日前通知（第四十八条）。",
               HEARING_ASK_DAYS, HEARING_HOLD_DAYS, HEARING_NOTICE_DAYS);
}

static void decision(struct spec *s)
{
    spec_chapter(s, "决定、出证和送达");
    letter_say(s->l, "各审批部门各自依法作出准予或者不予许可的书面决定，并对决定负责；不予许可的，说明理由，告知申请行政复议或者提起行政诉讼的"
                     "权利（行政许可法第三十八条）。");
    letter_say(s->l, "全部事项有了决定、至少一项准予的，统一出证：颁发行业综合许可证，同时一并发放法定许可证。准予的决定公开，公众可以查阅（第四"
                     "十条）；自作出决定之日起%d日内向申请人颁发、送达（第四十四条）。可以窗口领取、寄送或者下载电子证照，都留送达回证。",
               DELIVERY_DAYS);
    letter_below(s->l, 2, SV("证照"));
    letter_say(s->l, "行业综合许可证采用全市统一样式，二维码载明每一项许可，扫码可以核验，离线也可以核验。");
    spec_numbers(s);
    letter_below(s->l, 2, SV("变更、延续和失效"));
    letter_say(s->l, "载明的单项许可发生变更、延续、失效、撤回、撤销、注销的，审批部门及时通报，由颁发部门同步变更或者删除，并免费换发新证。");
}

static void supervision(struct spec *s)
{
    spec_chapter(s, "救济途径、监管和档案");
    letter_below(s->l, 2, SV("救济途径"));
    letter_remedies(s->l);
    letter_below(s->l, 2, SV("审管联动"));
    letter_say(s->l, "每项审批结果推送给负责监管的部门，由其签收；发现不再符合条件或者违法的，反馈审批部门依法处理，结果同步到行业综合许可证。");
    for (size_t i = 0; i < s->n_permits; i++)
        if (!s->permits[i]->inspection_required && s->permits[i]->inspection_text.n)
            letter_say(s->l, "%s：%s。", text_of(s->permits[i]->name),
                       text_of(spec_sure(s, s->permits[i]->inspection_text,
                                         s->permits[i]->inspection_certainty)));
    letter_below(s->l, 2, SV("档案"));
    letter_say(s->l, "不改变各部门的权责边界和归档责任。申请材料、过程文书、决定和结构化数据在办结时归集成一份档案，保证有效、合法、完整。");
}

static void windows(struct spec *s)
{
    static const struct sv heads[] = { { "窗口", 6 }, { "地址", 6 }, { "电话", 6 },
                                       { "时间", 6 } };
    static const double widths[] = { 0.3, 0.28, 0.18, 0.24 };
    const struct catalog *c = s->h->catalog;
    struct letter_table t = letter_table(s->l, heads, widths, 4, c->n_windows);
    spec_chapter(s, "窗口");
    letter_say(s->l, "全市任一窗口都可以收件，由有权的部门办理。标明“示例”的地址和电话在上线前核定。");
    for (size_t i = 0; i < c->n_windows; i++) {
        const struct window *w = &c->windows[i];
        struct sv cells[] = { w->name, w->address, w->phone, w->hours };
        table_add(&t, cells);
    }
    table_done(&t);
}

static void to_verify(struct spec *s)
{
    json_t *notice = notice_to_json(s->h->catalog, s->g, s->h->region);
    const json_t *list = json_object_get(notice, "to_verify");
    size_t k;
    json_t *x;
    if (json_array_size(list)) {
        spec_chapter(s, "尚待核定的内容");
        letter_say(s->l, "以下由主管部门核定；核定后目录换新版本，本规范随之更新。");
        json_array_foreach(list, k, x)
            letter_say(s->l, "%zu. %s。", k + 1, text_of(json_text(x)));
    }
    json_decref(notice);
}

/* ---- the whole ---- */

static void chapters(struct spec *s)
{
    struct reform_effect effect;
    const struct permit_type **once = arena_array(s->l->arena, s->n_permits, sizeof *once);
    memcpy(once, s->permits, s->n_permits * sizeof *once);
    effect_compute(s->h->catalog, once, guide_at_once(s->h->industry, once, s->n_permits),
                   s->l->arena, &effect);
    scope(s);
    duties(s);
    deciders(s);
    listing(s);
    questions(s);
    spec_permits(s);
    spec_fields(s);
    spec_materials(s);
    spec_chapter(s, "办理流程图");
    letter_flow(s->l, s->h->industry, s->permits, s->n_permits, s->h->region);
    limits(s);
    spec_checks(s);
    rules(s);
    decision(s);
    supervision(s);
    windows(s);
    spec_chapter(s, "改革成效：一起办省多少");
    letter_say(s->l, "按本行业全部事项都要办%s计算；只办其中几项的，以情形引导的结果为准。",
               s->h->industry->n_groups ? "（二选一的只算一项）" : "");
    letter_effect(s->l, &effect);
    to_verify(s);
}

int handout_specification(const struct handout *h, enum doc_format format, struct buf *out,
                          struct err *e)
{
    struct guide_result g;
    struct handout all = *h;
    all.answers = NULL;
    int rc = handout_guide(&all, &g, e);
    if (rc < 0)
        return rc;
    struct letter *l = arena_alloc(h->arena, sizeof *l);
    *l = (struct letter){ .arena = h->arena, .catalog = h->catalog, .e = e };
    struct spec s = { .l = l, .h = h, .g = &g, .n_permits = g.n_permits };
    s.permits = arena_array(h->arena, g.n_permits, sizeof *s.permits);
    for (size_t i = 0; i < g.n_permits; i++)
        s.permits[i] = g.permits[i].permit;
    form_build(h->catalog, s.permits, s.n_permits, h->arena, &s.form);
    chapters(&s);
    const struct department *bureau = catalog_bureau(h->catalog, h->region);
    struct doc_manual d = {
        .title = SV("行业综合许可工作规范"), .subject = h->industry->name,
        .issuer = bureau ? bureau->name : SV(""),
        .edition = arena_printf_sv(h->arena, "行业目录版本 %s", text_of(h->catalog->version)),
        .note = h->catalog->disclaimer,
        .footer = arena_printf_sv(h->arena, "依据行业目录 %s 生成", text_of(h->catalog->version)),
        .blocks = l->blocks, .n_blocks = l->doc.n_blocks,
    };
    return doc_manual(&d, format, out, e);
}
