/* handouts: see handouts.h. */
#include "service/handouts.h"

#include <stdio.h>

#include "service/paper_parts.h"

struct kind {
    const char *file, *title;
    int (*make)(const struct handout *h, enum doc_format format, struct buf *out, struct err *e);
};

/* ---- what it is about ---- */

static void all_permits(const struct handout *h, struct guide_result *g)
{
    const struct industry *ind = h->industry;
    *g = (struct guide_result){ .industry = ind, .complete = true };
    g->permits = arena_array(h->arena, ind->n_permits, sizeof *g->permits);
    for (size_t i = 0; i < ind->n_permits; i++)
        if (!ind->permits[i].permit->retired)
            g->permits[g->n_permits++] = (struct guide_permit){ .permit = ind->permits[i].permit,
                                                                .listing = &ind->permits[i] };
}

int handout_guide(const struct handout *h, struct guide_result *out, struct err *e)
{
    if (h->answers) {
        int rc = guide_run(h->catalog, h->industry, h->answers, NULL, h->arena, out, e);
        if (rc < 0)
            return rc;
        json_decref(out->prefill); /* not on paper */
        out->prefill = NULL;
    } else {
        all_permits(h, out);
    }
    return out->n_permits ? 0 : err_set(e, ERR_NOT_FOUND, "按这些回答没有要办的许可，没有可以生成的内容");
}

static const struct permit_type **permits_of(const struct handout *h, const struct guide_result *g)
{
    const struct permit_type **list = arena_array(h->arena, g->n_permits, sizeof *list);
    for (size_t i = 0; i < g->n_permits; i++)
        list[i] = g->permits[i].permit;
    return list;
}

/* The page with these answers: the same address as the guide's own (web/src/shared/case/guide.ts). */
static struct sv page_url(const struct handout *h, const char *page)
{
    struct arena *a = h->arena;
    const char *name;
    json_t *v;
    if (sv_empty(h->base_url))
        return SV("");
    struct sv url = arena_printf_sv(a, "%s/%s/%s", text_of(h->base_url), page,
                                    text_of(h->industry->code));
    if (!h->answers)
        return url;
    url = arena_printf_sv(a, "%s?region=%s", url.p, text_of(h->region));
    json_object_foreach((json_t *)(uintptr_t)h->answers, name, v) {
        url = arena_printf_sv(a, "%s&%s=", url.p, name);
        for (size_t i = 0; i < json_array_size(v); i++)
            url = arena_printf_sv(a, "%s%s%s", url.p, i ? "," : "",
                                  text_of(json_text(json_array_get(v, i))));
    }
    return url;
}

/* ---- notice ---- */

static void say_answers(struct letter *l, const struct handout *h, const struct guide_result *g)
{
    const struct region *r = catalog_region(h->catalog, h->region);
    const char *where = r ? text_of(r->name) : "";
    const char *name = text_of(h->industry->name);
    struct sv open = SV("");
    if (!h->answers) {
        letter_say(l, "在%s开办%s，涉及下列全部事项。实际要办哪几项，由经营内容决定：请扫码或者在窗口回答几个问题，只办需要的。",
                   where, name);
        return;
    }
    letter_say(l, "在%s开办%s，按您的回答要办%zu项许可。根据行政许可法第三十条，现将事项、依据、条件、期限、材料和救济途径一次告知如下。",
               where, name, g->n_permits);
    for (size_t i = 0; i < g->n_visible; i++) {
        const struct question *q = g->visible[i];
        struct sv said = SV("");
        for (size_t k = 0; k < q->n_options; k++)
            if (g->selected[q - h->industry->questions] >> k & 1)
                said = arena_printf_sv(h->arena, "%s%s%s", text_of(said), said.n ? "；" : "",
                                       text_of(q->options[k].label));
        if (said.n)
            letter_say(l, "%s%s。", text_of(q->text), text_of(said));
        else
            open = arena_printf_sv(h->arena, "%s%s", text_of(open), text_of(q->text));
    }
    if (open.n)
        letter_say(l, "还没有确定的问题（回答以后，要办的许可可能不同）：%s", open.p);
}

static int notice(const struct handout *h, enum doc_format format, struct buf *out, struct err *e)
{
    struct guide_result g;
    int rc = handout_guide(h, &g, e);
    if (rc < 0)
        return rc;
    struct letter *l = arena_alloc(h->arena, sizeof *l);
    const struct department *bureau = catalog_bureau(h->catalog, h->region);
    *l = (struct letter){ .arena = h->arena, .catalog = h->catalog, .e = e };
    say_answers(l, h, &g);
    letter_notice(l, &g, h->region);
    letter_say(l, "%s", text_of(h->catalog->disclaimer));
    l->doc.blocks = l->blocks;
    l->doc.title = arena_printf_sv(h->arena, "%s“一业一证”一次告知书", text_of(h->industry->name));
    l->doc.number = arena_printf_sv(h->arena, "行业目录版本 %s", text_of(h->catalog->version));
    l->doc.issuer = bureau ? bureau->name : SV("");
    l->doc.qr_text = page_url(h, h->answers ? "notice" : "guide");
    l->doc.qr_note = SV("扫码看最新内容并办理");
    l->doc.footer = arena_printf_sv(h->arena, "依据行业目录 %s 生成，办理不收费",
                                    text_of(h->catalog->version));
    l->doc.plain = true;
    return doc_letter(&l->doc, format, out, e);
}

/* ---- flow chart ---- */

static int flow(const struct handout *h, bool narrow, enum doc_format format, struct buf *out,
                struct err *e)
{
    struct guide_result g;
    struct doc_flow d;
    int rc = handout_guide(h, &g, e);
    if (rc < 0)
        return rc;
    handout_flow(h->industry, permits_of(h, &g), g.n_permits, h->region, h->arena, &d);
    return doc_flow(&d, narrow, format == DOC_PDF ? DOC_SVG : format, out, e);
}

static int flow_wide(const struct handout *h, enum doc_format format, struct buf *out,
                     struct err *e)
{
    return flow(h, false, format, out, e);
}

static int flow_narrow(const struct handout *h, enum doc_format format, struct buf *out,
                       struct err *e)
{
    return flow(h, true, format, out, e);
}

/* ---- poster ---- */

static bool must_bring(const struct form_material *m)
{
    struct form_demand d = form_material_demand(m);
    return !m->material->generated && !m->material->exempt_by_share && !d.conditional && !d.on_site;
}

/* Materials that exactly these permits ask for: n of all, or only p. */
static struct sv bring_text(const struct handout *h, const struct form *f,
                            const struct permit_type *only)
{
    struct sv text = SV("");
    for (size_t i = 0; i < f->n_materials; i++) {
        const struct form_material *m = &f->materials[i];
        bool shared = m->n_permits > 1 || f->n_permits == 1;
        if (!must_bring(m) || (only ? shared || m->permits[0] != only : !shared))
            continue;
        text = arena_printf_sv(h->arena, "%s%s%s", text_of(text), text.n ? "、" : "",
                               text_of(m->material->name));
    }
    return text;
}

static void bring(const struct handout *h, const struct form *f, struct doc_poster *d)
{
    struct doc_poster_step *list = arena_array(h->arena, f->n_permits + 1, sizeof *list);
    struct sv common = bring_text(h, f, NULL);
    d->bring = list;
    if (common.n)
        list[d->n_bring++] = (struct doc_poster_step){
            f->n_permits > 1 ? SV("多个事项共用，只交一份") : SV("要交的材料"), common };
    for (size_t i = 0; i < f->n_permits; i++) {
        struct sv own = f->n_permits > 1 ? bring_text(h, f, f->permits[i]) : SV("");
        if (own.n)
            list[d->n_bring++] = (struct doc_poster_step){
                arena_printf_sv(h->arena, "办%s的", text_of(f->permits[i]->name)), own };
    }
    d->bring_note = SV("营业执照等能共享的免提交；特定情形才要的材料，扫码回答几个问题就知道。");
}

static void figures(const struct handout *h, const struct reform_effect *e, struct doc_poster *d)
{
    struct doc_poster_figure *list = arena_array(h->arena, EFFECT_SITE_VISITS, sizeof *list);
    for (int k = 0; k < EFFECT_SITE_VISITS; k++) {
        const struct effect_figure *f = &e->figures[k];
        list[k] = (struct doc_poster_figure){
            sv_of(effect_figure_name((enum effect_kind)k)),
            f->before.known ? arena_printf_sv(h->arena, "%lld", (long long)f->before.total)
                            : SV(""),
            arena_printf_sv(h->arena, "%lld", (long long)f->after.total),
            sv_of(effect_figure_unit((enum effect_kind)k)) };
    }
    d->figures = list;
    d->n_figures = EFFECT_SITE_VISITS;
    d->figures_note = arena_printf_sv(
        h->arena, "按本行业全部事项都要办%s计算，只办其中几项的更少；时间自受理起算。“逐个办”为目录中的改革前基线：%s。",
        h->industry->n_groups ? "（二选一的只算一项）" : "",
        text_of(e->figures[EFFECT_DAYS].before.lines[0].certainty));
}

/* Where to go first: of the region, those that advise and receive. */
static void windows(const struct handout *h, struct doc_poster *d)
{
    struct doc_poster_window *list = arena_array(h->arena, 3, sizeof *list);
    const struct catalog *c = h->catalog;
    d->windows = list;
    for (size_t i = 0; i < c->n_windows && d->n_windows < 3; i++)
        if (sv_eq(c->windows[i].region, h->region))
            list[d->n_windows++] = (struct doc_poster_window){
                c->windows[i].name, c->windows[i].address,
                arena_printf_sv(h->arena, "电话 %s", text_of(c->windows[i].phone)),
                c->windows[i].hours };
}

static int poster(const struct handout *h, enum doc_format format, struct buf *out, struct err *e)
{
    static const struct doc_poster_step steps[] = {
        { SV("问清楚"), SV("扫码或在窗口回答几个问题，一次告知要办什么") },
        { SV("填一张表"), SV("共用信息只填一次，材料只交一套") },
        { SV("交一个窗口"), SV("网上或窗口一次提交，各部门同时审批") },
        { SV("查一次"), SV("要看现场的，各部门约好一起来") },
        { SV("领一张证"), SV("综合许可证和法定许可证一起发，扫码可核验") },
    };
    struct guide_result g;
    struct form f;
    struct reform_effect effect;
    struct handout all = *h;
    all.answers = NULL;
    int rc = handout_guide(&all, &g, e);
    if (rc < 0)
        return rc;
    const struct permit_type **permits = permits_of(h, &g);
    form_build(h->catalog, permits, g.n_permits, h->arena, &f);
    effect_compute(h->catalog, permits, guide_at_once(h->industry, permits, g.n_permits), h->arena,
                   &effect);
    const struct region *r = catalog_region(h->catalog, h->region);
    struct doc_poster d = {
        .kicker = arena_printf_sv(h->arena, "%s“一业一证”改革", r ? text_of(r->name) : ""),
        .title = arena_printf_sv(h->arena, "开办%s", text_of(h->industry->name)),
        .subtitle = SV("一次告知　一张表　一套材料　一个窗口　一张证　不收费"),
        .steps = steps, .n_steps = sizeof steps / sizeof *steps,
        .qr_text = page_url(&all, "guide"), .qr_note = SV("扫码看看您要办什么"),
        .foot = arena_printf_sv(h->arena, "依据行业目录 %s 生成。%s", text_of(h->catalog->version),
                                text_of(h->catalog->disclaimer)),
    };
    figures(h, &effect, &d);
    bring(h, &f, &d);
    windows(h, &d);
    return doc_poster(&d, format, out, e);
}

/* ---- the table ---- */

static const struct kind KINDS[HANDOUTS] = {
    [HANDOUT_NOTICE] = { "notice.pdf", "一次告知书", notice },
    [HANDOUT_SPECIFICATION] = { "specification.pdf", "工作规范", handout_specification },
    [HANDOUT_POSTER] = { "poster.pdf", "窗口海报", poster },
    [HANDOUT_FLOW_WIDE] = { "flow.svg", "办理流程图", flow_wide },
    [HANDOUT_FLOW_NARROW] = { "flow-narrow.svg", "办理流程图（手机）", flow_narrow },
};

const char *handout_file(enum handout_kind k)
{
    return KINDS[k].file;
}

const char *handout_title(enum handout_kind k)
{
    return KINDS[k].title;
}

int handout_make(const struct handout *h, enum handout_kind kind, enum doc_format format,
                 struct buf *out, struct err *e)
{
    return KINDS[kind].make(h, format, out, e);
}
