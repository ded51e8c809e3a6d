/* effect: see effect.h. Each kind of figure has a function for "together"; "one by one" is the
 * same for the four: the member of the baseline, permit by permit. */
#include "domain/catalog/effect.h"

static const struct effect_word {
    const char *key, *name, *unit, *how;
} WORDS[EFFECT_KINDS] = {
    [EFFECT_MATERIALS] = { "materials", "材料", "份",
                           "每办一个许可交一套，同样的材料要交几次，所以相加" },
    [EFFECT_VISITS] = { "visits", "跑动", "次", "每个许可各跑各的，所以相加" },
    [EFFECT_STEPS] = { "steps", "环节", "步", "每个许可各走一遍，所以相加" },
    [EFFECT_DAYS] = { "days", "时间", "个工作日",
                      "改革前是“串联”审批，办完一个再办下一个，所以相加" },
    [EFFECT_SITE_VISITS] = { "site_visits", "上门核查", "次",
                             "要在决定前现场核查的许可，各部门各来一次" },
};

const char *effect_figure_key(enum effect_kind k)
{
    return WORDS[k].key;
}

const char *effect_figure_name(enum effect_kind k)
{
    return WORDS[k].name;
}

const char *effect_figure_unit(enum effect_kind k)
{
    return WORDS[k].unit;
}

int effect_percent(const struct effect_figure *f)
{
    if (!f->before.known || !f->after.known || f->before.total <= 0 ||
        f->after.total > f->before.total)
        return 0;
    return (int)((f->before.total - f->after.total) * 100 / f->before.total);
}

/* ---- sides ---- */

struct work {
    const struct permit_type **permits; size_t n;
    struct arena *a;
    struct reform_effect *out;
};

static struct effect_side side_new(struct work *w, size_t lines)
{
    struct effect_side s = { .known = true };
    s.lines = arena_array(w->a, lines, sizeof *s.lines);
    return s;
}

static void side_add(struct effect_side *s, struct effect_line line)
{
    if (line.counted) {
        s->known = s->known && line.known;
        s->total += line.known ? line.amount : 0;
    }
    s->lines[s->n_lines++] = line;
}

static struct effect_line counted(struct sv label, int64_t amount, struct sv source,
                                  struct sv certainty)
{
    return (struct effect_line){ label, true, true, amount, source, certainty };
}

static struct effect_line beside(struct sv label, int64_t amount, struct sv source,
                                 struct sv certainty)
{
    return (struct effect_line){ label, true, false, amount, source, certainty };
}

/* ---- one by one ---- */

/* The source of a baseline figure: days say how they were taken, steps which they are. */
static struct sv baseline_source(const json_t *baseline, enum effect_kind k)
{
    struct sv text = k == EFFECT_DAYS    ? json_sv(baseline, "days_basis")
                     : k == EFFECT_STEPS ? json_sv(baseline, "steps_example")
                                         : SV("");
    return sv_empty(text) ? SV("目录中的改革前基线") : text;
}

static struct effect_side before(struct work *w, enum effect_kind k)
{
    struct effect_side s = side_new(w, w->n);
    s.how = sv_of(WORDS[k].how);
    for (size_t i = 0; i < w->n; i++) {
        const struct permit_type *p = w->permits[i];
        const json_t *baseline = json_object_get(p->effect, "baseline_before");
        const json_t *v = json_object_get(baseline, WORDS[k].key);
        struct effect_line line = { .label = p->name, .counted = true,
                                    .known = json_is_integer(v) && json_integer_value(v) >= 0 };
        if (line.known) {
            line.amount = json_integer_value(v);
            line.source = baseline_source(baseline, k);
            line.certainty = json_sv(baseline, "certainty");
        } else {
            line.source = SV("目录没有这一项");
            line.certainty = sv_of(certainty_text(TO_BE_VERIFIED));
            w->out->missing[w->out->n_missing++] = arena_printf_sv(
                w->a, "%s：目录没有改革前的%s数", p->name.p, WORDS[k].name);
        }
        side_add(&s, line);
    }
    return s;
}

/* ---- together ---- */

static struct sv who_asks(struct work *w, const struct form_material *m)
{
    struct sv text = m->permits[0]->name;
    for (size_t i = 1; i < m->n_permits; i++)
        text = arena_printf_sv(w->a, "%s、%s", text.p, m->permits[i]->name.p);
    return arena_printf_sv(w->a, "%s要求", text.p);
}

/* How sure: the least of those who ask. */
static struct sv material_certainty(const struct form_material *m)
{
    enum certainty least = CERTAIN;
    for (size_t i = 0; i < m->n_permits; i++)
        if (m->permits[i]->materials_certainty > least)
            least = m->permits[i]->materials_certainty;
    return sv_of(certainty_text(least));
}

static struct effect_side materials(struct work *w, const struct form *form)
{
    struct effect_side s = side_new(w, form->n_materials);
    size_t sometimes = 0;
    bool later = false; /* some may follow */
    for (size_t i = 0; i < form->n_materials; i++) {
        const struct form_material *m = &form->materials[i];
        struct form_demand need = form_material_demand(m);
        struct sv sure = material_certainty(m);
        if (m->material->generated)
            side_add(&s, beside(m->material->name, 0, SV("由平台按填写的内容生成"), sure));
        else if (m->material->exempt_by_share)
            side_add(&s, beside(m->material->name, 0, SV("数据共享取得，免提交"), sure));
        else if (need.conditional || need.on_site)
            sometimes++;
        else
            side_add(&s, counted(m->material->name, 1, who_asks(w, m), sure));
        later = later || (need.tolerable && !need.conditional);
    }
    s.how = later ? SV("同样的材料只交一份；可以容缺后补的也计在内") : SV("同样的材料只交一份");
    if (sometimes)
        s.how = arena_printf_sv(w->a, "%s；另有%zu种只在特定情形下才要或核查时查看，不计在内", s.how.p,
                                sometimes);
    return s;
}

static struct effect_side visits(struct work *w)
{
    struct effect_side s = side_new(w, 2);
    side_add(&s, counted(SV("到“一业一证”窗口一次提交、一次领证（可寄送）"), 1,
                         SV("方案“窗口申报”：一次性提交一套申请材料；证照统一颁发和送达"),
                         sv_of(certainty_text(CERTAIN))));
    side_add(&s, beside(SV("网上申报，证照寄送或下载"), 0, SV("方案“线上申报”：不用到大厅"),
                        sv_of(certainty_text(CERTAIN))));
    s.how = SV("到窗口最多1次，网上办理是0次；按到窗口计算");
    return s;
}

/* The steps of the joint process that these permits go through (flow.h draws the same). */
static struct effect_side steps(struct work *w)
{
    struct effect_side s = side_new(w, 6);
    const struct sv sure = sv_of(certainty_text(CERTAIN));
    bool licence = false; /* something that is not settled on the spot */
    bool hearing = false;
    for (size_t i = 0; i < w->n; i++) {
        licence = licence || w->permits[i]->statutory_days > 0;
        hearing = hearing || w->permits[i]->hearing_required;
    }
    side_add(&s, counted(SV("一次提交"), 1, SV("一张表、一套材料"), sure));
    if (licence) {
        side_add(&s, counted(SV("同时受理"), 1, SV("各部门各自受理，同时进行"), sure));
        side_add(&s, counted(SV("同时审查、一同核查"), 1, SV("各部门并联审查，上门只来一次"), sure));
    }
    if (hearing)
        side_add(&s, counted(SV("公示和听证"), 1, SV("有的许可依法应当公示、听证"), sure));
    side_add(&s, licence ? counted(SV("各部门作出决定"), 1, SV("各部门依法各自决定"), sure)
                         : counted(SV("同时办理"), 1, SV("全部当场办理或者备案"), sure));
    side_add(&s, counted(SV("统一出证"), 1, SV("综合许可证和各法定许可证一起发放"), sure));
    s.how = SV("所有许可一起走一遍");
    return s;
}

static struct effect_side days(struct work *w)
{
    struct effect_side s = side_new(w, w->n);
    size_t longest = 0;
    for (size_t i = 1; i < w->n; i++)
        if (w->permits[i]->promised_days > w->permits[longest]->promised_days)
            longest = i;
    for (size_t i = 0; i < w->n; i++) {
        const struct permit_type *p = w->permits[i];
        struct sv sure = sv_empty(p->promised_certainty)
                             ? sv_of(certainty_text(p->limit_certainty)) : p->promised_certainty;
        if (i == longest)
            side_add(&s, counted(p->name, p->promised_days, SV("最长的一项，决定总时间（承诺时限）"), sure));
        else
            side_add(&s, beside(p->name, p->promised_days, SV("同时进行，不另加（承诺时限）"), sure));
    }
    s.how = SV("“并联”审批，自受理起到作出决定，取最长的一项；补正、公示、听证等依法不计入");
    return s;
}

static void site_visits(struct work *w, struct effect_figure *f)
{
    f->before = side_new(w, w->n);
    f->after = side_new(w, 1);
    for (size_t i = 0; i < w->n; i++) {
        const struct permit_type *p = w->permits[i];
        if (p->inspection_required)
            side_add(&f->before, counted(p->name, 1, sv_empty(p->inspection_text)
                                                         ? SV("目录要求现场核查") : p->inspection_text,
                                         sv_of(certainty_text(p->inspection_certainty))));
    }
    f->before.how = sv_of(WORDS[EFFECT_SITE_VISITS].how);
    f->after.how = SV("“一同核查”：约好一天，各部门一起来");
    if (f->before.n_lines)
        side_add(&f->after, counted(SV("一同核查"), 1, SV("方案“一同核查”"),
                                    sv_of(certainty_text(CERTAIN))));
}

void effect_compute(const struct catalog *c, const struct permit_type **permits, size_t n,
                    struct arena *a, struct reform_effect *out)
{
    struct form form;
    form_build(c, permits, n, a, &form);
    *out = (struct reform_effect){ 0 };
    out->missing = arena_array(a, 4 * form.n_permits, sizeof *out->missing);
    struct work w = { form.permits, form.n_permits, a, out };
    if (w.n == 0)
        return;
    for (int k = 0; k < EFFECT_SITE_VISITS; k++)
        out->figures[k].before = before(&w, (enum effect_kind)k);
    out->figures[EFFECT_MATERIALS].after = materials(&w, &form);
    out->figures[EFFECT_VISITS].after = visits(&w);
    out->figures[EFFECT_STEPS].after = steps(&w);
    out->figures[EFFECT_DAYS].after = days(&w);
    site_visits(&w, &out->figures[EFFECT_SITE_VISITS]);
}

void effect_of_guide(const struct catalog *c, const struct guide_result *g, struct arena *a,
                     struct reform_effect *out)
{
    const struct permit_type **permits = arena_array(a, g->n_permits, sizeof *permits);
    for (size_t i = 0; i < g->n_permits; i++)
        permits[i] = g->permits[i].permit;
    effect_compute(c, permits, guide_at_once(g->industry, permits, g->n_permits), a, out);
}

/* ---- JSON ---- */

static json_t *side_json(const struct effect_side *s)
{
    json_t *o = json_object(), *lines = json_array();
    for (size_t i = 0; i < s->n_lines; i++) {
        const struct effect_line *l = &s->lines[i];
        json_t *x = json_object();
        json_put_sv(x, "label", l->label);
        json_put(x, "amount", l->known ? json_integer(l->amount) : json_null());
        json_put_bool(x, "counted", l->counted);
        json_put_sv(x, "source", l->source);
        json_put_sv(x, "certainty", l->certainty);
        json_push(lines, x);
    }
    json_put(o, "total", s->known ? json_integer(s->total) : json_null());
    json_put_sv(o, "how", s->how);
    json_put(o, "lines", lines);
    return o;
}

json_t *effect_to_json(const struct reform_effect *e)
{
    json_t *o = json_object(), *figures = json_array(), *missing = json_array();
    if (e->figures[EFFECT_DAYS].before.n_lines == 0) {
        json_decref(o), json_decref(figures), json_decref(missing);
        return json_null();
    }
    for (int k = 0; k < EFFECT_KINDS; k++) {
        const struct effect_figure *f = &e->figures[k];
        json_t *x = json_object();
        json_put_sv(x, "key", sv_of(WORDS[k].key));
        json_put_sv(x, "name", sv_of(WORDS[k].name));
        json_put_sv(x, "unit", sv_of(WORDS[k].unit));
        json_put(x, "before", side_json(&f->before));
        json_put(x, "after", side_json(&f->after));
        json_put_i64(x, "percent", effect_percent(f));
        json_push(figures, x);
    }
    for (size_t i = 0; i < e->n_missing; i++)
        json_push_sv(missing, e->missing[i]);
    json_put(o, "figures", figures);
    json_put(o, "missing", missing);
    return o;
}

json_t *effect_guide_json(const struct catalog *c, const struct guide_result *g)
{
    struct arena *a = arena_new();
    struct reform_effect effect;
    effect_of_guide(c, g, a, &effect);
    json_t *o = effect_to_json(&effect);
    arena_free(a);
    return o;
}
