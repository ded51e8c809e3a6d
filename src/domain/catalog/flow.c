/* flow: see flow.h. Stages are added in order; every common stage is linked from whatever has no
 * successor yet in its branches, so no node is left hanging. */
#include "domain/catalog/flow.h"

#include <stdio.h>

#include "base/buf.h"
#include "domain/law/clock.h"

enum { NODES_PER_BRANCH = 4, NODES_COMMON = 12, TEXT_CAP = 64000 };

struct build {
    struct flow_chart *f;
    struct arena *a;
    size_t *open; /* per branch: the node that its next one follows */
};

static const char *text_of(struct sv s)
{
    return s.p ? s.p : "";
}

const char *flow_lane_text(enum flow_lane l)
{
    static const char *const texts[LANES] = { "申请人", "窗口", "各部门", "现场核查", "出证" };
    return texts[l];
}

/* ---- branches ---- */

/* Departments by first appearance; of a permit without one, by itself. */
static size_t seat_of(const struct flow_branch *list, size_t n, size_t i)
{
    for (size_t k = 0; k < n && list[i].department; k++)
        if (list[k].department == list[i].department)
            return k;
    return i;
}

/* Both kinds of permits (with and without a visit) at one department? Its columns then stand
 * where the two parts meet. */
static bool mixed(const struct flow_branch *list, size_t n, size_t i)
{
    for (size_t k = 0; k < n; k++)
        if (list[i].department && list[k].department == list[i].department &&
            list[k].visit != list[i].visit)
            return true;
    return false;
}

static size_t rank_of(const struct flow_branch *list, size_t n, size_t i)
{
    size_t part = list[i].visit ? (mixed(list, n, i) ? 2 : 3) : (mixed(list, n, i) ? 1 : 0);
    return (part * n + seat_of(list, n, i)) * n + i;
}

static void add_branches(struct build *b, const struct permit_type **permits, size_t n,
                         struct sv region)
{
    struct flow_branch *raw = arena_array(b->a, n, sizeof *raw);
    size_t longest = 0;
    b->f->branches = arena_array(b->a, n, sizeof *b->f->branches);
    for (size_t i = 0; i < n; i++) {
        raw[i] = (struct flow_branch){ permits[i], catalog_decider(permits[i], region),
                                       permits[i]->inspection_required, false };
        if (permits[i]->promised_days > permits[longest]->promised_days)
            longest = i;
    }
    raw[longest].critical = true;
    b->f->critical_days = permits[longest]->promised_days;
    for (size_t i = 0; i < n; i++) {
        size_t at = 0;
        for (size_t k = 0; k < n; k++)
            at += rank_of(raw, n, k) < rank_of(raw, n, i);
        b->f->branches[at] = raw[i];
    }
    b->f->n_branches = n;
}

/* ---- nodes and edges ---- */

static bool has_critical(const struct flow_chart *f, size_t first, size_t n)
{
    for (size_t i = first; i < first + n; i++)
        if (f->branches[i].critical)
            return true;
    return false;
}

static void link_nodes(struct build *b, size_t from, size_t to, bool wait)
{
    struct flow_chart *f = b->f;
    bool critical = !wait && f->nodes[from].critical && f->nodes[to].critical;
    f->edges[f->n_edges++] = (struct flow_edge){ from, to, wait, critical };
}

/* A node of branches first .. first+n-1; what was open there leads to it. */
static struct flow_node *add(struct build *b, enum flow_stage stage, enum flow_lane lane,
                             size_t first, size_t n)
{
    struct flow_chart *f = b->f;
    size_t at = f->n_nodes++;
    f->nodes[at] = (struct flow_node){ .stage = stage, .lane = lane, .first = first, .n = n,
                                       .days = -1, .critical = has_critical(f, first, n) };
    for (size_t i = first; i < first + n; i++) {
        bool seen = b->open[i] == SIZE_MAX;
        for (size_t k = first; k < i; k++)
            seen = seen || b->open[k] == b->open[i];
        if (!seen)
            link_nodes(b, b->open[i], at, false);
    }
    for (size_t i = first; i < first + n; i++)
        b->open[i] = at;
    return &f->nodes[at];
}

static struct flow_node *add_common(struct build *b, enum flow_stage stage, enum flow_lane lane,
                                    const char *title, const char *text, const char *time)
{
    struct flow_node *node = add(b, stage, lane, 0, b->f->n_branches);
    node->title = sv_of(title);
    node->text = sv_of(text);
    node->time = sv_of(time);
    return node;
}

static void add_start(struct build *b)
{
    struct flow_chart *f = b->f;
    add_common(b, FLOW_TOLD, LANE_APPLICANT, "一次告知", "回答几个问题，得到一份告知书", "");
    add_common(b, FLOW_APPLY, LANE_APPLICANT, "一次提交", "一张表、一套材料，网上或窗口交", "");
    add_common(b, FLOW_RECEIVE, LANE_WINDOW, "一窗收件", "当场给回执，同时分发给各部门", "当日")->days = 0;
    struct flow_node *accept = add_common(
        b, FLOW_ACCEPT, LANE_DEPARTMENTS, "同时决定是否受理",
        "材料齐全、符合法定形式的受理；有缺的合并成一份补正通知，一次说清",
        arena_printf(b->a, "最长%d个工作日，逾期不告知视为受理", SILENCE_DAYS));
    accept->days = SILENCE_DAYS;
    size_t at = (size_t)(accept - f->nodes);
    f->nodes[f->n_nodes] = (struct flow_node){
        .stage = FLOW_CORRECT, .lane = LANE_APPLICANT, .first = 0, .n = f->n_branches,
        .title = SV("补齐补正"), .text = SV("收到补正通知后一次补齐，再接着审"),
        .time = SV("等候，不计入时限"), .days = -1, .wait = true };
    link_nodes(b, at, f->n_nodes++, true);
}

/* Neighbouring columns of one department under its name. */
static void add_seats(struct build *b)
{
    const struct flow_chart *f = b->f;
    for (size_t i = 0, n; i < f->n_branches; i += n) {
        const struct department *d = f->branches[i].department;
        for (n = 1; d && i + n < f->n_branches && f->branches[i + n].department == d; n++)
            ;
        add(b, FLOW_SEAT, LANE_DEPARTMENTS, i, n)->title = d ? d->name : SV("审批部门");
    }
}

static void add_reviews(struct build *b)
{
    for (size_t i = 0; i < b->f->n_branches; i++) {
        const struct permit_type *p = b->f->branches[i].permit;
        struct flow_node *node = add(b, FLOW_REVIEW, LANE_DEPARTMENTS, i, 1);
        node->title = p->name;
        node->text = p->kind == PERMIT_FILING ? SV("核对备案材料") : SV("审查材料");
    }
}

static void add_visit(struct build *b)
{
    const struct flow_chart *f = b->f;
    size_t first = 0;
    while (first < f->n_branches && !f->branches[first].visit)
        first++;
    size_t n = f->n_branches - first;
    bool sometimes = false;
    for (size_t i = first; i < f->n_branches; i++)
        sometimes = sometimes || f->branches[i].permit->inspection_when;
    if (n == 0)
        return;
    struct flow_node *node = add(b, FLOW_VISIT, LANE_VISIT, first, n);
    node->title = n > 1 ? SV("一同核查") : SV("现场核查");
    node->text = arena_printf_sv(b->a, "%s%s%s",
                                 n > 1 ? "约好一天，各部门一起上门，只来一次" : "约好一天上门",
                                 "；要整改的，改好后复查",
                                 sometimes ? "；选择告知承诺的，可以在发证后再查" : "");
}

/* What the law does not count for this permit; "" none. */
static struct sv wait_text(struct build *b, const struct permit_type *p)
{
    struct sv text = SV("");
    bool publicity = p->publicity_days > 0;
    bool hearing = p->hearing_required;
    for (size_t i = 0; i < p->n_limit_excludes; i++) {
        const char *one = text_of(p->limit_excludes[i]);
        publicity = publicity && !strstr(one, "公示");
        hearing = hearing && !strstr(one, "听证");
        text = arena_printf_sv(b->a, "%s%s%s", text_of(text), i ? "、" : "", one);
    }
    if (publicity)
        text = arena_printf_sv(b->a, "%s%s公示%lld日", text_of(text), text.n ? "、" : "",
                               (long long)p->publicity_days);
    if (hearing)
        text = arena_printf_sv(b->a, "%s%s听证", text_of(text), text.n ? "、" : "");
    return text;
}

static void add_waits(struct build *b)
{
    for (size_t i = 0; i < b->f->n_branches; i++) {
        struct sv text = wait_text(b, b->f->branches[i].permit);
        if (sv_empty(text))
            continue;
        struct flow_node *node = add(b, FLOW_WAIT, LANE_DEPARTMENTS, i, 1);
        node->title = text;
        node->time = SV("等候，不计入时限");
        node->wait = true;
    }
}

static void add_decisions(struct build *b)
{
    static const char *const titles[] = { [PERMIT_LICENCE] = "作出决定",
                                          [PERMIT_FILING] = "办理备案",
                                          [PERMIT_REGISTRATION] = "决定登记" };
    for (size_t i = 0; i < b->f->n_branches; i++) {
        const struct permit_type *p = b->f->branches[i].permit;
        struct flow_node *node = add(b, FLOW_DECIDE, LANE_DEPARTMENTS, i, 1);
        node->title = sv_of(titles[p->kind]);
        node->days = p->promised_days;
        node->time = p->promised_days
                         ? arena_printf_sv(b->a, "%s%lld个工作日",
                                           p->kind == PERMIT_FILING ? "" : "受理后",
                                           (long long)p->promised_days)
                         : SV("当场");
    }
}

/* Permits that are looked at only after they are granted. */
static struct sv later_visits(struct build *b)
{
    struct sv text = SV("");
    for (size_t i = 0; i < b->f->n_branches; i++)
        if (!b->f->branches[i].visit)
            text = arena_printf_sv(b->a, "%s%s%s", text_of(text), text.n ? "、" : "",
                                   text_of(b->f->branches[i].permit->name));
    return text;
}

static void add_end(struct build *b)
{
    add_common(b, FLOW_ISSUE, LANE_ISSUE, "统一出证",
               "行业综合许可证和各张法定许可证一起发放；不予许可的，说明理由和救济途径",
               arena_printf(b->a, "决定后最长%d个工作日送达", DELIVERY_DAYS))->days = DELIVERY_DAYS;
    add_common(b, FLOW_DELIVER, LANE_APPLICANT, "领证开业", "窗口领取、寄送或下载电子证照；手机可出示", "");
    struct sv later = later_visits(b);
    if (sv_empty(later))
        return;
    struct flow_node *node = add_common(b, FLOW_AFTER, LANE_VISIT, "事后核查", "", "");
    node->text = arena_printf_sv(b->a, "%s：发证（备案）前不核查，之后依法检查", text_of(later));
    node->critical = false;
    b->f->edges[b->f->n_edges - 1].critical = false;
}

static void add_notes(struct build *b)
{
    struct flow_chart *f = b->f;
    bool guess = false;
    for (size_t i = 0; i < f->n_branches; i++) {
        struct sv sure = f->branches[i].permit->promised_certainty;
        guess = guess || !(sv_empty(sure) || sv_is(sure, certainty_text(CERTAIN)));
        if (f->branches[i].critical)
            f->summary = arena_printf_sv(
                b->a, "最长的一项是%s，受理后%lld个工作日内决定，它决定总时间；其他事项同时进行。",
                text_of(f->branches[i].permit->name), (long long)f->critical_days);
    }
    f->notes[f->n_notes++] = SV("规定时限内不能决定的，经部门负责人批准可以延长，并书面告知理由"
                                "（行政许可法第四十二条）。");
    f->notes[f->n_notes++] = arena_printf_sv(
        b->a, "许可直接涉及申请人与他人之间重大利益关系的，可以在被告知后%d日内要求听证，听证不计入时限（行政许可法"
              "第四十五条、第四十七条）。", HEARING_ASK_DAYS);
    if (guess)
        f->notes[f->n_notes++] = SV("承诺时限是建议值，待各部门核定。");
}

void flow_build(const struct industry *ind, const struct permit_type **permits, size_t n,
                struct sv region, struct arena *a, struct flow_chart *out)
{
    struct build b = { out, a, arena_array(a, n, sizeof *b.open) };
    size_t nodes = n * NODES_PER_BRANCH + NODES_COMMON + n;
    *out = (struct flow_chart){ .industry = ind };
    if (n == 0)
        return;
    out->nodes = arena_array(a, nodes, sizeof *out->nodes);
    out->edges = arena_array(a, nodes * 2, sizeof *out->edges);
    for (size_t i = 0; i < n; i++)
        b.open[i] = SIZE_MAX;
    add_branches(&b, permits, n, region);
    add_start(&b);
    add_seats(&b);
    add_reviews(&b);
    add_visit(&b);
    add_waits(&b);
    add_decisions(&b);
    add_end(&b);
    add_notes(&b);
}

/* ---- in words ---- */

struct sv flow_to_text(const struct flow_chart *f, struct arena *a)
{
    struct buf t;
    size_t number = 0;
    buf_init(&t, TEXT_CAP);
    for (size_t i = 0; i < f->n_nodes; i++) {
        const struct flow_node *x = &f->nodes[i];
        bool own = x->n == 1 && (x->stage == FLOW_WAIT || x->stage == FLOW_DECIDE);
        if (x->stage == FLOW_SEAT)
            continue;
        buf_fmt(&t, "%zu. %s：", ++number, flow_lane_text(x->lane));
        if (own)
            buf_fmt(&t, "%s，", text_of(f->branches[x->first].permit->name));
        buf_fmt(&t, "%s", text_of(x->title));
        if (x->text.n)
            buf_fmt(&t, "，%s", text_of(x->text));
        if (x->time.n)
            buf_fmt(&t, "（%s）", text_of(x->time));
        buf_str(&t, "。\n");
    }
    buf_fmt(&t, "%s", text_of(f->summary));
    struct sv out = arena_sv(a, buf_sv(&t));
    buf_done(&t);
    return out;
}
