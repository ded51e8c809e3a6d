/* paper_chart: the flow chart and the reform's effect, made ready for drawing: what the notice of a
 * case, the handouts and the pages show of them.
 */
#include "domain/catalog/flow.h"
#include "service/handouts.h"
#include "service/paper_parts.h"

/* ---- flow chart ---- */

/* Rows of the wide layout: a correction stands beside the submission, above what asks for it. */
static size_t row_of(enum flow_stage s)
{
    return s == FLOW_CORRECT ? FLOW_APPLY : s;
}

/* One after the other: the correction after what asks for it. */
static size_t narrow_row_of(enum flow_stage s)
{
    static const unsigned char rows[FLOW_STAGES] = {
        [FLOW_TOLD] = 0, [FLOW_APPLY] = 1, [FLOW_RECEIVE] = 2, [FLOW_ACCEPT] = 3,
        [FLOW_CORRECT] = 4, [FLOW_SEAT] = 5, [FLOW_REVIEW] = 6, [FLOW_VISIT] = 7,
        [FLOW_WAIT] = 8, [FLOW_DECIDE] = 9, [FLOW_ISSUE] = 10, [FLOW_DELIVER] = 11,
        [FLOW_AFTER] = 12,
    };
    return rows[s];
}

static struct doc_flow_node node_of(const struct flow_chart *f, const struct flow_node *x)
{
    const struct flow_branch *b = &f->branches[x->first];
    double n = (double)f->n_branches;
    bool whole = x->stage == FLOW_TOLD || x->stage == FLOW_APPLY || x->stage == FLOW_RECEIVE;
    struct doc_flow_node out = {
        .title = x->title, .text = x->text, .time = x->time,
        .lane = sv_of(flow_lane_text(x->lane)), .x0 = (double)x->first / n,
        .x1 = (double)(x->first + x->n) / n, .row = row_of(x->stage),
        .narrow_row = narrow_row_of(x->stage), .wait = x->wait, .critical = x->critical,
        .caption = x->stage == FLOW_SEAT,
    };
    if (whole)
        out.x1 = 0.6;
    if (x->stage == FLOW_CORRECT)
        out.x0 = 0.66;
    if (x->stage == FLOW_REVIEW && b->department)
        out.head = b->department->name;
    else if (x->stage == FLOW_WAIT || x->stage == FLOW_DECIDE)
        out.head = b->permit->name;
    return out;
}

struct doc_flow handout_chart(const struct flow_chart *f, struct arena *a)
{
    struct doc_flow_node *nodes = arena_array(a, f->n_nodes, sizeof *nodes);
    struct doc_flow_edge *edges = arena_array(a, f->n_edges, sizeof *edges);
    struct sv *notes = arena_array(a, f->n_notes + 1, sizeof *notes);
    size_t *at = arena_array(a, f->n_nodes, sizeof *at); /* where a node went */
    size_t n = 0;
    for (size_t row = 0; row < FLOW_STAGES; row++)
        for (size_t i = 0; i < f->n_nodes; i++)
            if (row_of(f->nodes[i].stage) == row) {
                at[i] = n;
                nodes[n++] = node_of(f, &f->nodes[i]);
            }
    for (size_t i = 0; i < f->n_edges; i++)
        edges[i] = (struct doc_flow_edge){ at[f->edges[i].from], at[f->edges[i].to],
                                           f->edges[i].wait, f->edges[i].critical };
    notes[0] = f->summary;
    for (size_t i = 0; i < f->n_notes; i++)
        notes[i + 1] = f->notes[i];
    return (struct doc_flow){
        .title = arena_printf_sv(a, "%s办理流程图", text_of(f->industry->name)),
        .words = flow_to_text(f, a), .nodes = nodes, .n_nodes = n, .edges = edges,
        .n_edges = f->n_edges, .notes = notes, .n_notes = f->n_notes + 1,
    };
}

/* What is left out because it is an alternative to what is drawn. */
static struct sv alternatives(const struct permit_type **list, size_t n, struct arena *a)
{
    struct sv text = SV("");
    for (size_t i = 0; i < n; i++)
        text = arena_printf_sv(a, "%s%s%s", text_of(text), i ? "、" : "", text_of(list[i]->name));
    return n ? arena_printf_sv(a, "%s与图中的事项二选一，图中没有画出。", text.p) : text;
}

void handout_flow(const struct industry *ind, const struct permit_type **permits, size_t n,
                  struct sv region, struct arena *a, struct doc_flow *out)
{
    struct flow_chart f;
    const struct permit_type **list = arena_array(a, n, sizeof *list);
    memcpy(list, permits, n * sizeof *list);
    size_t once = guide_at_once(ind, list, n);
    flow_build(ind, list, once, region, a, &f);
    *out = handout_chart(&f, a);
    if (once == n)
        return;
    struct sv *notes = arena_array(a, out->n_notes + 1, sizeof *notes);
    notes[0] = alternatives(list + once, n - once, a);
    memcpy(notes + 1, out->notes, out->n_notes * sizeof *notes);
    out->notes = notes;
    out->n_notes++;
}

void letter_flow(struct letter *l, const struct industry *ind, const struct permit_type **permits,
                 size_t n, struct sv region)
{
    struct doc_flow *d = arena_alloc(l->arena, sizeof *d);
    if (n == 0 || l->doc.n_blocks == BLOCKS_MAX)
        return;
    handout_flow(ind, permits, n, region, l->arena, d);
    l->blocks[l->doc.n_blocks++] = (struct doc_block){ .flow = d };
}

/* ---- effect ---- */

static struct sv total_text(struct letter *l, const struct effect_side *s, const char *unit)
{
    return s->known ? arena_printf_sv(l->arena, "%lld%s", (long long)s->total, unit)
                    : SV("目录没有，待核定");
}

/* "食品经营许可证8、烟草专卖证4": the counted lines of a side. */
static struct sv lines_text(struct letter *l, const struct effect_side *s)
{
    struct sv text = SV("");
    for (size_t i = 0; i < s->n_lines; i++)
        if (s->lines[i].counted && s->lines[i].known)
            text = arena_printf_sv(l->arena, "%s%s%s%lld", text_of(text), text.n ? "、" : "",
                                   text_of(s->lines[i].label), (long long)s->lines[i].amount);
    return text;
}

static struct sv effect_note(struct letter *l, enum effect_kind k, const struct effect_figure *f)
{
    struct sv lines = lines_text(l, &f->before);
    struct sv how = f->after.how;
    if (k == EFFECT_DAYS && f->after.known)
        how = arena_printf_sv(l->arena, "%s（%s）", text_of(how), text_of(lines_text(l, &f->after)));
    return arena_printf_sv(l->arena, "逐个办：%s%s%s%s。一起办：%s。", text_of(f->before.how),
                           lines.n ? "（" : "", text_of(lines), lines.n ? "）" : "", text_of(how));
}

void letter_effect(struct letter *l, const struct reform_effect *e)
{
    static const struct sv heads[] = { { "", 0 }, { "逐个办", 9 }, { "一起办", 9 },
                                       { "怎么算的", 12 } };
    static const double widths[] = { 0.13, 0.15, 0.15, 0.57 };
    struct letter_table t = letter_table(l, heads, widths, 4, EFFECT_KINDS);
    struct sv sure = SV("");
    for (int k = 0; k < EFFECT_KINDS; k++) {
        const struct effect_figure *f = &e->figures[k];
        const char *unit = effect_figure_unit((enum effect_kind)k);
        if (f->before.n_lines == 0)
            continue;
        if (k == EFFECT_DAYS)
            sure = f->before.lines[0].certainty;
        struct sv cells[] = { sv_of(effect_figure_name((enum effect_kind)k)),
                              total_text(l, &f->before, unit), total_text(l, &f->after, unit),
                              effect_note(l, (enum effect_kind)k, f) };
        table_add(&t, cells);
    }
    table_done(&t);
    if (sure.n)
        letter_say(l, "“逐个办”的数字是目录中的改革前基线：%s；“一起办”的数字由目录算出，承诺时限为建议值的待各部门核定。",
                   text_of(sure));
    for (size_t i = 0; i < e->n_missing; i++)
        letter_say(l, "%s。", text_of(e->missing[i]));
}
