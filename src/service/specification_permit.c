/* specification_permit: the chapters of the work specification that go through the permits: what
 * each needs, the one form, the one set of materials, checklists, tolerance, licences. */
#include "service/specification.h"

static struct sv days_text(struct spec *s, int64_t days)
{
    return days ? arena_printf_sv(s->l->arena, "%lld个工作日", (long long)days) : SV("当场");
}

static struct sv joined(struct spec *s, const struct sv *list, size_t n, const char *between)
{
    struct sv text = SV("");
    for (size_t i = 0; i < n; i++)
        text = arena_printf_sv(s->l->arena, "%s%s%s", text_of(text), i ? between : "",
                               text_of(list[i]));
    return text;
}

static struct sv numbered(struct spec *s, const struct sv *list, size_t n)
{
    struct sv text = SV("");
    for (size_t i = 0; i < n; i++)
        text = arena_printf_sv(s->l->arena, "%s%s%zu. %s", text_of(text), i ? "\n" : "", i + 1,
                               text_of(list[i]));
    return text;
}

/* A note for people: parts that speak of the catalogue's codes and patterns are for its editors. */
static struct sv plain_note(struct spec *s, struct sv note)
{
    static const char *const codes[] = { "_", "[", "^", "P-", "value", "commitment" };
    struct sv text = SV("");
    const char *rest = text_of(note);
    while (*rest) {
        const char *end = strstr(rest, "；");
        size_t n = end ? (size_t)(end - rest) : strlen(rest);
        char *part = arena_dup(s->l->arena, sv_make(rest, n));
        bool plain = n > 0;
        for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
            plain = plain && !strstr(part, codes[i]);
        if (plain)
            text = arena_printf_sv(s->l->arena, "%s%s%s", text_of(text), text.n ? "；" : "", part);
        rest += n + (end ? strlen("；") : 0);
    }
    return text;
}

/* ---- one permit ---- */

static struct sv limit_text(struct spec *s, const struct permit_type *p)
{
    struct arena *a = s->l->arena;
    struct sv law = p->statutory_text.n ? p->statutory_text : days_text(s, p->statutory_days);
    struct sv out = arena_printf_sv(a, "法定：%s；承诺：%s%s%s%s",
                                    text_of(spec_sure(s, law, p->limit_certainty)),
                                    text_of(days_text(s, p->promised_days)),
                                    p->promised_certainty.n ? "（" : "",
                                    text_of(p->promised_certainty),
                                    p->promised_certainty.n ? "）" : "");
    if (p->n_limit_excludes)
        out = arena_printf_sv(a, "%s；不计入时限：%s", text_of(out),
                              text_of(joined(s, p->limit_excludes, p->n_limit_excludes, "、")));
    return p->limit_note.n ? arena_printf_sv(a, "%s；%s", text_of(out), text_of(p->limit_note)) : out;
}

static struct sv validity_text(struct spec *s, const struct permit_type *p)
{
    struct arena *a = s->l->arena;
    struct sv out = p->validity_text;
    if (p->renewal_text.n)
        out = arena_printf_sv(a, "%s；延续：%s", text_of(out), text_of(p->renewal_text));
    if (p->annual_text.n)
        out = arena_printf_sv(a, "%s；%s", text_of(out), text_of(p->annual_text));
    return spec_sure(s, out, p->validity_certainty);
}

static struct sv hearing_text(struct spec *s, const struct permit_type *p)
{
    struct arena *a = s->l->arena;
    struct sv out = p->hearing_text;
    if (p->publicity_days)
        out = arena_printf_sv(a, "公示%lld日；听证：%s", (long long)p->publicity_days, text_of(out));
    if (p->publicity_basis.n)
        out = arena_printf_sv(a, "%s（%s）", text_of(out), text_of(p->publicity_basis));
    return spec_sure(s, out, p->publicity_certainty);
}

static struct sv quantity_text(struct spec *s, const struct permit_type *p)
{
    const json_t *q = p->quantity_control;
    struct sv basis = json_sv(q, "basis");
    struct sv note = json_sv(q, "note");
    struct sv type = json_sv(q, "type");
    return type.n ? arena_printf_sv(s->l->arena, "%s%s%s%s%s", text_of(type), basis.n ? "；" : "",
                                    text_of(basis), note.n ? "；" : "", text_of(note))
                  : SV("");
}

static void permit_bases(struct spec *s, const struct permit_type *p)
{
    static const struct sv heads[] = { { "法律、法规、规章", 24 }, { "条款", 6 }, { "内容", 6 } };
    static const double widths[] = { 0.32, 0.2, 0.48 };
    struct letter_table t = letter_table(s->l, heads, widths, 3, p->n_bases);
    for (size_t i = 0; i < p->n_bases; i++) {
        const struct basis *b = &p->bases[i];
        struct sv cells[] = { arena_printf_sv(s->l->arena, "《%s》", text_of(b->law->title)),
                              b->article, spec_sure(s, b->summary, b->certainty) };
        table_add(&t, cells);
    }
    table_done(&t);
}

static void one_permit(struct spec *s, const struct permit_type *p)
{
    struct letter_table t = letter_facts(s->l, 16);
    letter_below(s->l, 1, p->name);
    fact_add(&t, "类型", sv_of(permit_kind_text(p->kind)));
    fact_add(&t, "法定名称", p->formal_name);
    fact_add(&t, "发给的证照", p->certificate_name);
    fact_add(&t, "适用范围", p->scope);
    fact_add(&t, "实施层级", spec_sure(s, p->level, p->level_certainty));
    fact_add(&t, "条件", spec_sure(s, numbered(s, p->conditions, p->n_conditions),
                                  p->conditions_certainty));
    fact_add(&t, "时限", limit_text(s, p));
    fact_add(&t, "有效期", validity_text(s, p));
    fact_add(&t, "现场核查", spec_sure(s, arena_printf_sv(s->l->arena, "%s%s%s",
                                                       text_of(p->inspection_phase),
                                                       p->inspection_text.n ? "：" : "",
                                                       text_of(p->inspection_text)),
                                   p->inspection_certainty));
    fact_add(&t, "公示和听证", hearing_text(s, p));
    fact_add(&t, "数量和布局", quantity_text(s, p));
    fact_add(&t, "说明", joined(s, p->notes, p->n_notes, "；"));
    table_done(&t);
    permit_bases(s, p);
}

void spec_permits(struct spec *s)
{
    spec_chapter(s, "各事项的要求和依据");
    for (size_t i = 0; i < s->n_permits; i++)
        one_permit(s, s->permits[i]);
}

/* ---- the one form ---- */

static const char *type_text(enum field_type t)
{
    static const char *const texts[] = {
        [FIELD_TEXT] = "文字", [FIELD_TEXTAREA] = "多行文字", [FIELD_NUMBER] = "数字",
        [FIELD_INTEGER] = "整数", [FIELD_DATE] = "日期", [FIELD_BOOL] = "是/否",
        [FIELD_RADIO] = "单选", [FIELD_SELECT] = "单选", [FIELD_MULTISELECT] = "多选",
        [FIELD_TABLE] = "表格", [FIELD_PERSON] = "人员", [FIELD_PHONE] = "电话",
        [FIELD_EMAIL] = "邮箱", [FIELD_IDCARD] = "证件号码", [FIELD_USCC] = "统一社会信用代码",
        [FIELD_ADDRESS] = "地址", [FIELD_REGION] = "行政区划", [FIELD_LNGLAT] = "经纬度",
    };
    return texts[t];
}

static const char *required_text(const struct field *f)
{
    return f->required ? f->show_if ? "显示时必填" : "必填" : f->required_if ? "视情形必填" : "选填";
}

/* What may be chosen, or the columns of a table. */
static struct sv field_note(struct spec *s, const struct field *f)
{
    struct arena *a = s->l->arena;
    struct sv text = SV("");
    for (size_t i = 0; i < f->n_options; i++)
        text = arena_printf_sv(a, "%s%s%s", text_of(text), i ? "、" : "",
                               text_of(f->options[i].label));
    for (size_t i = 0; i < f->n_columns; i++)
        text = arena_printf_sv(a, "%s%s%s", text_of(text), i ? "、" : "",
                               text_of(f->columns[i].label));
    if (f->unit.n)
        text = arena_printf_sv(a, "单位：%s", text_of(f->unit));
    struct sv note = plain_note(s, f->note);
    if (note.n && !(f->n_columns && sv_starts(note, SV("列：")))) /* the columns again */
        text = arena_printf_sv(a, "%s%s%s", text_of(text), text.n ? "。" : "", note.p);
    if (f->prefill_source.n)
        text = arena_printf_sv(a, "%s%s预填：%s", text_of(text), text.n ? "。" : "",
                               text_of(f->prefill_source));
    return text;
}

void spec_fields(struct spec *s)
{
    static const struct sv heads[] = { { "填写内容", 12 }, { "填法", 6 }, { "要求", 6 },
                                       { "说明", 6 } };
    static const double widths[] = { 0.26, 0.13, 0.13, 0.48 };
    struct sv last = SV("");
    struct letter_table t = { 0 };
    spec_chapter(s, "一张表：填写内容");
    letter_say(s->l, "共用内容只填一次，各事项的个性内容按事项分组，共%zu项。", s->form.n_fields);
    for (size_t i = 0; i < s->form.n_fields; i++) {
        const struct form_field *ff = &s->form.fields[i];
        struct sv group = ff->owner ? ff->owner->name : ff->field->group;
        if (i == 0 || !sv_eq(group, last)) {
            if (i)
                table_done(&t);
            letter_below(s->l, 2, arena_printf_sv(s->l->arena, "%s：%s", ff->owner ? "个性" : "共用",
                                               text_of(group)));
            t = letter_table(s->l, heads, widths, 4, s->form.n_fields);
            last = group;
        }
        struct sv cells[] = { ff->field->label, sv_of(type_text(ff->field->type)),
                              sv_of(required_text(ff->field)), field_note(s, ff->field) };
        table_add(&t, cells);
    }
    if (s->form.n_fields)
        table_done(&t);
}

/* ---- the one set of materials ---- */

static struct sv need_text(struct spec *s, const struct form_material *m)
{
    struct form_demand d = form_material_demand(m);
    if (m->material->generated)
        return SV("由平台生成");
    if (m->material->exempt_by_share)
        return SV("免提交（数据共享）");
    if (d.on_site)
        return SV("核查时查验");
    return arena_printf_sv(s->l->arena, "%s%s", d.tolerable ? "可容缺" : necessity_text(d.strictest),
                           d.conditional ? "（特定情形）" : "");
}

static struct sv form_text(struct spec *s, const struct form_material *m)
{
    struct sv text = SV("");
    for (size_t i = 0; i < m->n_permits; i++) {
        struct sv one = arena_printf_sv(s->l->arena, "%s%lld份",
                                        material_form_text(m->uses[i]->form),
                                        (long long)m->uses[i]->copies);
        if (!text.n || !strstr(text.p, one.p))
            text = arena_printf_sv(s->l->arena, "%s%s%s", text_of(text), text.n ? "、" : "", one.p);
    }
    return text;
}

/* Own names of forms (文书样本), where and when, until when it may follow. The same once. */
static struct sv material_note(struct spec *s, const struct form_material *m)
{
    struct arena *a = s->l->arena;
    struct sv text = plain_note(s, m->material->note);
    for (size_t i = 0; i < m->n_permits; i++) {
        const struct material_use *u = m->uses[i];
        const struct { const char *label; struct sv text; } parts[] = {
            { "样本：", u->original_name }, { "", u->when_text }, { "标注：", u->annotate },
            { "容缺：", u->tolerance }, { "", plain_note(s, u->note) },
        };
        for (size_t k = 0; k < sizeof parts / sizeof *parts; k++)
            if (parts[k].text.n && (!text.n || !strstr(text.p, parts[k].text.p)))
                text = arena_printf_sv(a, "%s%s%s%s", text_of(text), text.n ? "；" : "",
                                       parts[k].label, parts[k].text.p);
    }
    return text;
}

void spec_materials(struct spec *s)
{
    static const struct sv heads[] = { { "材料", 6 }, { "要求", 6 }, { "形式份数", 12 },
                                       { "提出要求的事项", 21 }, { "样本、情形、容缺和说明", 33 } };
    static const double widths[] = { 0.21, 0.12, 0.11, 0.2, 0.36 };
    struct letter_table t = letter_table(s->l, heads, widths, 5, s->form.n_materials);
    spec_chapter(s, "一套材料：申报材料和文书样本");
    letter_say(s->l, "同一材料只交一份，供全部提出要求的事项使用。“样本”是原事项使用的文书名称，统一后由本表材料替代。");
    for (size_t i = 0; i < s->form.n_materials; i++) {
        const struct form_material *m = &s->form.materials[i];
        struct sv cells[] = { m->material->name, need_text(s, m), form_text(s, m),
                              spec_names(s, m->permits, m->n_permits), material_note(s, m) };
        table_add(&t, cells);
    }
    table_done(&t);
}

/* ---- checklists ---- */

static const struct common_check *common_of(const struct spec *s, struct sv code)
{
    for (size_t i = 0; i < s->h->catalog->n_common_checks; i++)
        if (sv_eq(s->h->catalog->common_checks[i].code, code))
            return &s->h->catalog->common_checks[i];
    return NULL;
}

/* What several permits look at, once, with those who do. */
static void common_checks(struct spec *s)
{
    static const struct sv heads[] = { { "共同核查的内容", 21 }, { "方法", 6 }, { "事项", 6 } };
    static const double widths[] = { 0.4, 0.26, 0.34 };
    struct letter_table t = letter_table(s->l, heads, widths, 3, s->h->catalog->n_common_checks);
    const struct permit_type **who = arena_array(s->l->arena, s->n_permits + 1, sizeof *who);
    for (size_t i = 0; i < s->h->catalog->n_common_checks; i++) {
        const struct common_check *c = &s->h->catalog->common_checks[i];
        size_t n = 0;
        for (size_t p = 0; p < s->n_permits; p++)
            for (size_t k = 0; k < s->permits[p]->n_checks; k++)
                if (sv_eq(s->permits[p]->checks[k].common_code, c->code)) {
                    who[n++] = s->permits[p];
                    break;
                }
        struct sv cells[] = { c->item, c->method, spec_names(s, who, n) };
        if (n > 1)
            table_add(&t, cells);
    }
    if (t.t->n_rows == 0)
        return;
    letter_below(s->l, 1, SV("共同核查的内容"));
    table_done(&t);
}

static void own_checks(struct spec *s, const struct permit_type *p)
{
    static const struct sv heads[] = { { "核查内容", 12 }, { "方法", 6 }, { "关键项", 9 },
                                       { "并入", 6 } };
    static const double widths[] = { 0.42, 0.24, 0.1, 0.24 };
    struct letter_table t = letter_table(s->l, heads, widths, 4, p->n_checks);
    for (size_t i = 0; i < p->n_checks; i++) {
        const struct check_item *c = &p->checks[i];
        const struct common_check *common = common_of(s, c->common_code);
        struct sv cells[] = { c->item, c->method, c->key_item ? SV("是") : SV(""),
                              common ? common->item : SV("") };
        table_add(&t, cells);
    }
    letter_below(s->l, 1, arena_printf_sv(s->l->arena, "%s（%s）", text_of(p->name),
                                       text_of(p->inspection_phase)));
    table_done(&t);
}

void spec_checks(struct spec *s)
{
    spec_chapter(s, "一同核查：核查清单");
    letter_say(s->l, "要在决定前现场核查的事项约在同一天，一次上门；每个部门指派两名以上工作人员（行政许可法第三十四条）。关键项不合格的，"
                     "不得评定为合格；可以限期整改，整改后复查。");
    common_checks(s);
    for (size_t i = 0; i < s->n_permits; i++)
        if (s->permits[i]->n_checks)
            own_checks(s, s->permits[i]);
}

/* ---- tolerance, licences ---- */

void spec_tolerance(struct spec *s)
{
    static const struct sv heads[] = { { "事项", 6 }, { "容缺受理", 12 }, { "理由和范围", 15 } };
    static const double widths[] = { 0.28, 0.16, 0.56 };
    struct letter_table t = letter_table(s->l, heads, widths, 3, s->n_permits);
    for (size_t i = 0; i < s->n_permits; i++) {
        const struct permit_type *p = s->permits[i];
        struct sv why = p->n_sensitive
                            ? arena_printf_sv(s->l->arena, "涉及%s。%s",
                                              text_of(joined(s, p->sensitive, p->n_sensitive, "、")),
                                              text_of(p->tolerance_reason))
                            : p->tolerance_reason;
        struct sv cells[] = { p->name, p->tolerance_allowed && !p->n_sensitive ? SV("可以") : SV("不适用"),
                              spec_sure(s, why, p->tolerance_certainty) };
        table_add(&t, cells);
    }
    table_done(&t);
}

void spec_numbers(struct spec *s)
{
    static const struct sv heads[] = { { "法定许可证", 15 }, { "编号", 6 }, { "举例", 6 } };
    static const double widths[] = { 0.3, 0.4, 0.3 };
    struct letter_table t = letter_table(s->l, heads, widths, 3, s->n_permits);
    for (size_t i = 0; i < s->n_permits; i++) {
        const struct permit_type *p = s->permits[i];
        struct sv cells[] = { p->certificate_name, spec_sure(s, p->number_text, p->number_certainty),
                              p->number_example };
        table_add(&t, cells);
    }
    table_done(&t);
}
